# shellcheck shell=bash
# A private PostgreSQL: own data, own port, no socket in the system's directories.
source deploy/local/terminal.sh

oldest_postgres=15

# The directory of the newest PostgreSQL server programs, or nothing. Debian keeps them off the PATH.
postgres_bin() {
    local newest
    [[ -d /usr/lib/postgresql ]] || return 0
    newest=$(find /usr/lib/postgresql -mindepth 3 -maxdepth 3 -path '*/bin/postgres' | sort -V | tail -n 1)
    [[ -n $newest ]] || return 0
    newest=${newest%/postgres}
    local version=${newest#/usr/lib/postgresql/}
    if ((${version%%/*} >= oldest_postgres)); then printf '%s' "$newest"; fi
}

# PostgreSQL refuses to run as root, so root lends it Debian's `postgres` user.
as_server_user() {
    if ((EUID == 0)); then
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

# Prints where the server user can keep data for the installation $1: inside it, or, where a parent directory is
# closed to that user (a checkout under /root), in /var/tmp.
server_data_directory() {
    if as_server_user test -x "$1"; then
        printf '%s/postgres' "$1"
    else
        printf '/var/tmp/haat-%s' "$(printf '%s' "$1" | cksum | cut -d' ' -f1)"
    fi
}

# create_postgres DIRECTORY ROLE [PASSWORD]: a new cluster with ROLE as its superuser; without a password, loopback is trusted.
create_postgres() {
    local directory=$1 role=$2 password=${3:-} authentication=(--auth=trust)
    mkdir -p "$directory"
    chmod 700 "$directory"
    if [[ -n $password ]]; then
        (umask 077 && printf '%s\n' "$password" >"$directory/password")
        authentication=(--auth=scram-sha-256 --pwfile="$directory/password")
    fi
    if ((EUID == 0)); then chown -R postgres: "$directory"; fi
    as_server_user "$(postgres_bin)/initdb" --pgdata="$directory/data" --username="$role" "${authentication[@]}" \
        --encoding=UTF8 --locale=C.UTF-8 --no-instructions >/dev/null
    rm -f "$directory/password"
}

# start_postgres DIRECTORY PORT [setting=value …]: returns when it accepts connections.
start_postgres() {
    local directory=$1 port=$2 setting
    shift 2
    local options="-c port=$port -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
    for setting in shared_buffers=256MB max_connections=200 synchronous_commit=on max_wal_size=2GB "$@"; do
        options+=" -c $setting"
    done
    as_server_user "$(postgres_bin)/pg_ctl" start --wait --silent --pgdata="$directory/data" --log="$directory/log" \
        --options="$options" >/dev/null </dev/null || {
        tail -n 20 "$directory/log" >&2
        fail "PostgreSQL did not start"
    }
}

postgres_runs() { as_server_user "$(postgres_bin)/pg_ctl" status --pgdata="$1/data" >/dev/null 2>&1; }

# As cheap as it gets, for asking every second.
postgres_is_alive() {
    local pid
    pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null) && [[ -d /proc/$pid ]]
}

stop_postgres() {
    [[ -n $(postgres_bin) ]] && postgres_runs "$1" || return 0
    as_server_user "$(postgres_bin)/pg_ctl" stop --mode=fast --wait --silent --pgdata="$1/data"
}
