# shellcheck shell=bash
# A release and its servers, laid out as docs/deploying.md says, where PostgreSQL's system user reaches them.

# Settings of PostgreSQL are those of deploy/backup/postgresql.conf.
start_checked_servers() {
    step "Starting PostgreSQL as deploy/backup/postgresql.conf says (port $HAAT_LOCAL_POSTGRES_PORT), and Redis"
    rm -rf "$HAAT_LOCAL_SERVERS" "$HAAT_LOCAL/redis"
    create_postgres "$HAAT_LOCAL_SERVERS" haat
    as_server_user "$(postgres_bin)/pg_checksums" --enable --pgdata="$HAAT_LOCAL_SERVERS/data" >/dev/null
    as_server_user mkdir -p "$HAAT_LOCAL_SERVERS/socket"
    export_backup_settings
    install -m 644 deploy/backup/postgresql.conf "$HAAT_LOCAL_SERVERS/haat.conf"
    printf "include '%s'\n" "$HAAT_LOCAL_SERVERS/haat.conf" >>"$HAAT_LOCAL_SERVERS/data/postgresql.conf"
    # There is no journal here.
    start_postgres "$HAAT_LOCAL_SERVERS" "$HAAT_LOCAL_POSTGRES_PORT" log_destination=stderr \
        unix_socket_directories="$HAAT_LOCAL_SERVERS/socket"
    create_database "postgresql://haat@127.0.0.1:$HAAT_LOCAL_POSTGRES_PORT/postgres"
    start_redis
    export_database_urls haat
    export HAAT_REDIS_URL=redis://127.0.0.1:$HAAT_LOCAL_REDIS_PORT/0
}

# What is laid out takes the place of what was built, so that everything runs from there.
lay_out_release() {
    local release=$HAAT_LOCAL_SERVERS/release
    mkdir -p "$release/bin"
    install -m 755 "$HAAT_BIN_DIR"/haat-{api,worker,sandbox} "$release/bin"
    cp -r Migrations deploy "$release"
    chmod -R a+rX "$release"
    # The cluster's directory is closed to all but its user, who owns it.
    if ((EUID == 0)); then chown -R postgres: "$release"; fi
    HAAT_RELEASE=$release
}


end_postgres_at_once() {
    postgres_runs "$HAAT_LOCAL_SERVERS" || return 0
    as_server_user "$(postgres_bin)/pg_ctl" stop --mode=immediate --wait --silent --pgdata="$HAAT_LOCAL_SERVERS/data"
}
