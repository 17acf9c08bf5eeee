# shellcheck shell=bash
# An installation: one directory with servers, secrets, logs and ports of its own.
source deploy/local/terminal.sh
source deploy/local/postgres.sh
source deploy/local/processes.sh

declare -A remembered=()

# claim_installation DIRECTORY: takes it for this script alone and ends what a killed run left behind.
claim_installation() {
    export HAAT_LOCAL=$1
    local owner
    (umask 077 && mkdir -p "$HAAT_LOCAL/log" "$HAAT_LOCAL/run")
    close_to_others
    if owner=$(living_pid "$HAAT_LOCAL/run/owner"); then
        fail "another ./haat works in $HAAT_LOCAL (process $owner); stop it first"
    fi
    write_identity $$ "$HAAT_LOCAL/run/owner"
    HAAT_LOCAL_SERVERS=$(server_data_directory "$HAAT_LOCAL")
    end_leftovers
}

# Secrets, data and logs are nobody else's. Where root lends PostgreSQL another user, that one passes through without looking round.
close_to_others() {
    local directory mode=700
    if ((EUID == 0)); then mode=711; fi
    for directory in "$PWD/.local" "$HAAT_LOCAL"; do
        [[ ! -d $directory ]] || chmod "$mode" "$directory"
    done
    chmod 700 "$HAAT_LOCAL/log" "$HAAT_LOCAL/run"
}

# open_installation DIRECTORY OFFSET: claims it and exports its ports and secrets. Ports are the defaults plus OFFSET,
# or the next free ones; what was chosen once is kept. All of them lie below those that the kernel gives to connections, and
# below those that tests take for servers of their own (HeldPort.swift).
open_installation() {
    local offset=$2
    claim_installation "$1"
    read_remembered
    choose_port HAAT_LOCAL_POSTGRES_PORT $((15432 + offset))
    choose_port HAAT_LOCAL_REDIS_PORT $((16379 + offset))
    choose_port HAAT_API_PORT $((8080 + offset))
    choose_port HAAT_API_MANAGEMENT_PORT $((8081 + offset))
    choose_port HAAT_WORKER_MANAGEMENT_PORT $((8082 + offset))
    choose_port HAAT_SANDBOX_PORT $((8090 + offset))
    choose_port HAAT_SANDBOX_SMTP_PORT $((8025 + offset))
    choose_secret HAAT_LOCAL_PASSWORD random_hex 16
    choose_secret HAAT_ADMIN_TOKEN random_hex 24
    choose_secret HAAT_ENCRYPTION_KEY random_base64 32
    choose_secret HAAT_AUDIT_KEY random_base64 32
    choose_secret HAAT_STRIPE_SECRET_KEY prefixed sk_test_ 16
    choose_secret HAAT_STRIPE_WEBHOOK_SECRETS prefixed whsec_ 16
    choose_secret HAAT_RAZORPAY_KEY_ID prefixed rzp_test_ 7
    choose_secret HAAT_RAZORPAY_KEY_SECRET random_hex 12
    choose_secret HAAT_RAZORPAY_WEBHOOK_SECRETS random_hex 16
    write_remembered
}

# Ends everything of the open installation, servers last.
close_installation() {
    stop_processes
    stop_postgres "$HAAT_LOCAL_SERVERS"
    rm -f "$HAAT_LOCAL/run/owner"
}

# A run that was killed could not end its children; their pid files tell which they are.
end_leftovers() {
    local file name
    for file in "$HAAT_LOCAL"/run/*.pid; do
        [[ -e $file ]] || continue
        name=${file##*/}
        stop_process "${name%.pid}"
    done
    stop_postgres "$HAAT_LOCAL_SERVERS"
}

read_remembered() {
    local line
    [[ -e $HAAT_LOCAL/env ]] || return 0
    while read -r line; do
        if [[ $line == *=* ]]; then remembered[${line%%=*}]=${line#*=}; fi
    done <"$HAAT_LOCAL/env"
}

write_remembered() {
    local name
    (
        umask 077
        {
            printf '# The ports and secrets of this installation, made once. Delete a line to have it made anew.\n'
            for name in "${!remembered[@]}"; do printf '%s=%s\n' "$name" "${remembered[$name]}"; done | sort
        } >"$HAAT_LOCAL/env.new"
    )
    mv "$HAAT_LOCAL/env.new" "$HAAT_LOCAL/env"
}

# A port given in the environment wins and is not remembered; it has to be free.
choose_port() {
    local name=$1 port=${!1:-}
    if [[ -n $port ]]; then
        is_port_taken "$port" && fail "$name is $port, but something already listens there"
    else
        port=${remembered[$name]:-$2}
        until hold_port "$port"; do port=$((port + 1)); done
        remembered[$name]=$port
    fi
    export "$name=$port"
}

# A port that nobody listens at yet is kept from other installations by a lock, which lasts as long as this script and what
# it has started. A lock that another user holds can't be opened.
hold_port() {
    local lock
    is_port_taken "$1" && return 1
    { exec {lock}>"/tmp/haat-port-$1.lock"; } 2>/dev/null && flock --nonblock "$lock"
}

# Reads the kernel's table of listening sockets (state 0A), so that it needs no tool and disturbs nobody.
is_port_taken() {
    local hexadecimal
    printf -v hexadecimal '%04X' "$1"
    grep -qE "^ *[0-9]+: [0-9A-F]+:$hexadecimal [0-9A-F]+:0000 0A " /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

choose_secret() {
    local name=$1
    shift
    [[ -n ${remembered[$name]:-} ]] || remembered[$name]=$("$@")
    export "$name=${remembered[$name]}"
}

random_hex() { head -c "$1" /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }
random_base64() { head -c "$1" /dev/urandom | base64 -w 0; }
prefixed() { printf '%s%s' "$1" "$(random_hex "$2")"; }
