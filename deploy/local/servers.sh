# shellcheck shell=bash
# The private PostgreSQL and Redis of the open installation.
source deploy/local/installation.sh

# Durable servers with passwords, for data that should survive: database `haat`, kept between runs.
start_durable_servers() {
    step "Starting PostgreSQL (port $HAAT_LOCAL_POSTGRES_PORT) and Redis (port $HAAT_LOCAL_REDIS_PORT)"
    if ! has_cluster; then create_postgres "$HAAT_LOCAL_SERVERS" postgres "$HAAT_LOCAL_PASSWORD"; fi
    start_postgres "$HAAT_LOCAL_SERVERS" "$HAAT_LOCAL_POSTGRES_PORT"
    create_database "postgresql://postgres:$HAAT_LOCAL_PASSWORD@127.0.0.1:$HAAT_LOCAL_POSTGRES_PORT/postgres"
    start_redis "$HAAT_LOCAL_PASSWORD"
    export_database_urls postgres ":$HAAT_LOCAL_PASSWORD"
    export HAAT_REDIS_URL=redis://:$HAAT_LOCAL_PASSWORD@127.0.0.1:$HAAT_LOCAL_REDIS_PORT/0
}

# start_fresh_servers [setting=value …]: empty servers that trust loopback, with `haat` as the superuser.
start_fresh_servers() {
    step "Starting a fresh PostgreSQL (port $HAAT_LOCAL_POSTGRES_PORT) and Redis (port $HAAT_LOCAL_REDIS_PORT)"
    rm -rf "$HAAT_LOCAL_SERVERS" "$HAAT_LOCAL/redis"
    create_postgres "$HAAT_LOCAL_SERVERS" haat
    start_postgres "$HAAT_LOCAL_SERVERS" "$HAAT_LOCAL_POSTGRES_PORT" "$@"
    create_database "postgresql://haat@127.0.0.1:$HAAT_LOCAL_POSTGRES_PORT/postgres"
    start_redis
    export_database_urls haat
    export HAAT_REDIS_URL=redis://127.0.0.1:$HAAT_LOCAL_REDIS_PORT/0
}

has_cluster() { as_server_user test -e "$HAAT_LOCAL_SERVERS/data/PG_VERSION"; }

# create_database ADMINISTRATOR_URL: with the roles and logins of docs/deploying.md, unless it is there.
create_database() {
    local role
    [[ $(run_sql "$1" "select count(*) from pg_database where datname = 'haat'") == 1 ]] && return
    for role in haat_app haat_maintenance haat_readonly; do run_sql "$1" "create role $role nologin"; done
    run_sql "$1" "create role haat_owner login password '$HAAT_LOCAL_PASSWORD'"
    run_sql "$1" "create role haat_api login password '$HAAT_LOCAL_PASSWORD' in role haat_app"
    run_sql "$1" "create role haat_worker login password '$HAAT_LOCAL_PASSWORD' in role haat_app, haat_maintenance"
    run_sql "$1" 'create database haat owner haat_owner'
}

# export_database_urls ADMINISTRATOR [:PASSWORD]: the database as each login reaches it; HAAT_DATABASE_URL is the worker's.
export_database_urls() {
    local password=${2:-} place=127.0.0.1:$HAAT_LOCAL_POSTGRES_PORT/haat
    export HAAT_ADMINISTRATOR_DATABASE_URL=postgresql://$1$password@$place
    export HAAT_OWNER_DATABASE_URL=postgresql://haat_owner$password@$place
    export HAAT_API_DATABASE_URL=postgresql://haat_api$password@$place
    export HAAT_DATABASE_URL=postgresql://haat_worker$password@$place
}

# run_sql URL SQL: prints bare rows.
run_sql() { "$(postgres_bin)/psql" --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --command="$2" "$1"; }

# start_redis [PASSWORD]: every write is in the append-only file, and a full memory refuses writes instead of evicting jobs.
start_redis() {
    local password=${1:-} attempt
    mkdir -p "$HAAT_LOCAL/redis"
    chmod 700 "$HAAT_LOCAL/redis"
    (
        umask 077
        cat >"$HAAT_LOCAL/redis/redis.conf" <<SETTINGS
bind 127.0.0.1
port $HAAT_LOCAL_REDIS_PORT
dir "$HAAT_LOCAL/redis"
appendonly yes
save ""
maxmemory-policy noeviction
${password:+requirepass $password}
SETTINGS
    )
    start_process redis redis-server "$HAAT_LOCAL/redis/redis.conf"
    for ((attempt = 0; attempt < 1800; attempt++)); do
        if [[ $(REDISCLI_AUTH=$password redis-cli -p "$HAAT_LOCAL_REDIS_PORT" ping 2>/dev/null) == PONG ]]; then return; fi
        pid_of redis >/dev/null || report_death redis
        sleep 0.1
    done
    fail "Redis did not start within three minutes"
}
