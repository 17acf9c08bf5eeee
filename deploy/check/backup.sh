# shellcheck shell=bash
# The backups of deploy/backup at work: both repositories, and the drill on a marketplace that has sold something.

# The files are those that an installation has; what differs here stands in the environment, which pgBackRest prefers.
export_backup_settings() {
    choose_port HAAT_STORAGE_PORT 8744
    choose_port HAAT_MOTO_PORT 8745
    choose_port HAAT_DRILL_MANAGEMENT_PORT 8746
    export PGBACKREST_CONFIG=$HAAT_LOCAL_SERVERS/pgbackrest/pgbackrest.conf
    export PGBACKREST_CONFIG_INCLUDE_PATH=$HAAT_LOCAL_SERVERS/pgbackrest/conf.d
    export PGBACKREST_PG1_PATH=$HAAT_LOCAL_SERVERS/data PGBACKREST_PG1_PORT=$HAAT_LOCAL_POSTGRES_PORT
    export PGBACKREST_PG1_SOCKET_PATH=$HAAT_LOCAL_SERVERS/socket PGBACKREST_PG1_USER=haat
    export PGBACKREST_REPO1_PATH=$HAAT_LOCAL_SERVERS/repository PGBACKREST_SPOOL_PATH=$HAAT_LOCAL_SERVERS/spool
    export PGBACKREST_LOCK_PATH=$HAAT_LOCAL_SERVERS/lock
    export PGBACKREST_REPO2_STORAGE_HOST=127.0.0.1 PGBACKREST_REPO2_STORAGE_PORT=$HAAT_STORAGE_PORT
    export PGBACKREST_REPO2_S3_URI_STYLE=path PGBACKREST_REPO2_STORAGE_CA_FILE=$HAAT_LOCAL_SERVERS/pgbackrest/storage.pem
    # A repository that is away is noticed soon.
    export PGBACKREST_ARCHIVE_TIMEOUT=20 PGBACKREST_IO_TIMEOUT=10
    write_backup_settings
}

write_backup_settings() {
    local directory=$HAAT_LOCAL_SERVERS/pgbackrest
    as_server_user mkdir -p "$directory/conf.d" "$HAAT_LOCAL_SERVERS"/{repository,spool,lock,drill}
    install -m 644 deploy/backup/pgbackrest.conf "$directory"
    sed -e "s|^repo1-cipher-pass=.*|&$(random_base64 48)|" -e "s|^repo2-cipher-pass=.*|&$(random_base64 48)|" \
        -e "s|^repo2-s3-key=.*|&$(random_hex 10)|" -e "s|^repo2-s3-key-secret=.*|&$(random_hex 20)|" \
        deploy/backup/secrets.conf >"$directory/conf.d/secrets.conf"
    printf '%s' "$HAAT_ENCRYPTION_KEY" >"$directory/encryption_key"
    printf '%s' "$HAAT_AUDIT_KEY" >"$directory/audit_key"
    chmod 400 "$directory/conf.d/secrets.conf" "$directory"/{encryption,audit}_key
    if ((EUID == 0)); then chown -R postgres: "$directory"; fi
}

check_backup() {
    local repository
    start_object_storage
    install -m 644 "$HAAT_LOCAL/storage/certificate.pem" "$PGBACKREST_REPO2_STORAGE_CA_FILE"
    migrate
    start_marketplace
    seed_marketplace
    play_purchase
    step "Backing up into both repositories"
    timed pgbackrest_here stanza-create
    timed pgbackrest_here check
    for repository in 1 2; do timed pgbackrest_here --repo="$repository" --type=full backup; done
    # This one is in the write-ahead log alone.
    play_purchase
    stop_marketplace
    run_drill
    check_sabotages
    stop_process storage
    stop_process moto
}

stop_marketplace() {
    local name
    for name in worker api sandbox; do stop_process "$name"; done
}

run_drill() {
    step "The drill"
    drill >"$HAAT_LOCAL/log/drill.txt" || {
        cat "$HAAT_LOCAL/log/drill.txt"
        fail "the drill fails on sound backups"
    }
    cat "$HAAT_LOCAL/log/drill.txt"
    local allowed=${HAAT_CHECK_DRILL_SECONDS:-40}
    (($(drill_report .seconds) < allowed)) || fail "the drill took $(drill_report .seconds) s; $allowed are allowed"
}

# What it logs is shown where it fails.
pgbackrest_here() { quietly as_server_user pgbackrest --stanza=haat --log-level-console=warn "$@"; }

timed() {
    local began=$SECONDS
    "$@"
    say "  $((SECONDS - began)) s  ${*:2}"
}

# drill [COMMAND]: as the unit runs it. VARIABLES in drill_settings come last.
drill_settings=()
drill() {
    as_server_user env --unset=HAAT_ENCRYPTION_KEY --unset=HAAT_AUDIT_KEY --unset=HAAT_ADMIN_TOKEN \
        HAAT_DRILL_SOURCE="host=$HAAT_LOCAL_SERVERS/socket port=$HAAT_LOCAL_POSTGRES_PORT user=haat dbname=haat" \
        HAAT_DRILL_DIRECTORY="$HAAT_LOCAL_SERVERS/drill" HAAT_DRILL_MANAGEMENT_PORT="$HAAT_DRILL_MANAGEMENT_PORT" \
        HAAT_ENCRYPTION_KEY_FILE="$HAAT_LOCAL_SERVERS/pgbackrest/encryption_key" \
        HAAT_AUDIT_KEY_FILE="$HAAT_LOCAL_SERVERS/pgbackrest/audit_key" \
        HAAT_PROGRAMS="$HAAT_RELEASE/bin" HAAT_MIGRATIONS="$HAAT_RELEASE/Migrations" "${drill_settings[@]}" \
        "$HAAT_RELEASE/deploy/backup/drill" "$@"
}

drill_report() { as_server_user jq -r "$1" "$HAAT_LOCAL_SERVERS/drill/report.json"; }
