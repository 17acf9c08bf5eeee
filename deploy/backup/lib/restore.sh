# shellcheck shell=bash
# A cluster of its own from one repository: the copy. It is reached over a socket that nobody else may enter, and archives nothing.

pgbackrest_of_copy() {
    # Apart from what the archiving of the database itself holds.
    PGBACKREST_SPOOL_PATH=$copy/spool PGBACKREST_LOCK_PATH=$copy/lock PGBACKREST_LOG_LEVEL_CONSOLE=warn \
        pgbackrest --stanza="$HAAT_DRILL_STANZA" "$@"
}

check_backup_age() {
    local described label age
    mkdir -p "$copy"
    # pgBackRest puts control characters of an error into its JSON as they are.
    described=$(pgbackrest_of_copy --repo="$1" --output=json info 2>"$copy/info.log" | LC_ALL=C tr '\000-\037' ' ') ||
        failed backup "Repository $1 can't be read: $(last_words "$copy/info.log")" || return
    read -r label age < <(jq -r --argjson now "$(date +%s)" \
        '[.[].backup[]? | select(.error | not)] | last // empty | "\(.label) \($now - .timestamp.stop)"' <<<"$described") ||
        failed backup "Repository $1 has no backup that can be read: $(why_no_backup <<<"$described")" || return
    ((age <= HAAT_DRILL_BACKUP_SECONDS)) ||
        failed backup "The newest backup of repository $1, $label, is $age s old; $HAAT_DRILL_BACKUP_SECONDS are allowed" || return
    passed backup "$label, $age s old"
}

why_no_backup() {
    jq -r '[.[].repo[]?.status.message] | unique | join(", ")
        | if test("CryptoError|FormatError") then "its passphrase is another one, or it is damaged: \(.)" else . end' |
        tr '\n' ' ' | cut -c 1-300
}

restore_copy() {
    mkdir -p "$copy/data" "$copy/socket" "$copy/spool" "$copy/lock"
    began_restore=$(now)
    pgbackrest_of_copy --repo="$1" --pg1-path="$copy/data" --archive-mode=off --type=name --target="$(mark_of name)" \
        --target-action=promote restore >"$copy/restore.log" 2>&1 ||
        failed restore "The backup of repository $1 can't be restored: $(grep -E 'ERROR|FATAL' "$copy/restore.log" | head -n 1 | cut -c 1-400)" || return
    passed restore "restored" "$(since "$began_restore")"
}

mark_of() { jq -r ".$1" "$mark_file"; }

# Debian keeps a cluster's settings apart from its data, so the copy has settings of its own.
start_copy() {
    local began
    began=$(now)
    printf 'local all all trust\n' >"$copy/pg_hba.conf"
    : >"$copy/pg_ident.conf"
    cat >"$copy/postgresql.conf" <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$copy/socket'
unix_socket_permissions = 0700
hba_file = '$copy/pg_hba.conf'
ident_file = '$copy/pg_ident.conf'
hot_standby = off
archive_mode = off
jit = off
SETTINGS
    copy_url="host=$copy/socket user=$(mark_of user) dbname=$(mark_of database)"
    if ! PGBACKREST_SPOOL_PATH=$copy/spool PGBACKREST_LOCK_PATH=$copy/lock \
        "$(server_programs)/pg_ctl" start --wait --timeout="$HAAT_DRILL_RTO_SECONDS" --silent --pgdata="$copy/data" \
        --log="$copy/postgres.log" --options="-c config_file=$copy/postgresql.conf" >/dev/null 2>&1 </dev/null; then
        failed recovery "$(why_recovery_failed)" || return
    fi
    await_promotion || failed recovery "$(why_recovery_failed)" || return
    passed recovery "at the mark$(recovered_until)" "$(since "$began")"
}

server_programs() {
    local version
    version=$(cat "$copy/data/PG_VERSION")
    dirname "$(find "/usr/lib/postgresql/$version" -path '*/bin/pg_ctl')"
}

await_promotion() {
    local attempt
    for ((attempt = 0; attempt < 300; attempt++)); do
        [[ $(ask "$copy_url" 'SELECT pg_is_in_recovery()' 2>/dev/null) == f ]] && return
        sleep 0.1
    done
    return 1
}

why_recovery_failed() {
    local missing
    if grep -q 'recovery ended before configured recovery target was reached' "$copy/postgres.log"; then
        missing=$(grep -oE 'unable to find [0-9A-F]{24} in the archive' "$copy/postgres.log" | tail -n 1 | grep -oE '[0-9A-F]{24}') || true
        printf 'The archive ends before the mark: write-ahead log is missing%s' "${missing:+, the first of it is $missing}"
    else
        printf 'PostgreSQL does not start on the restored data: %s' "$(grep -E 'FATAL|PANIC|ERROR' "$copy/postgres.log" | head -n 1 | cut -c 1-300)"
    fi
}

# The last transaction that came back, as PostgreSQL tells it.
recovered_until() {
    local last
    last=$(sed -nE 's/.*last completed transaction was at log time (.*)$/\1/p' "$copy/postgres.log" | tail -n 1)
    printf '%s' "${last:+, last transaction of $last}"
}

discard_copy() {
    if [[ -e $copy/data/postmaster.pid ]]; then
        "$(server_programs)/pg_ctl" stop --mode=immediate --wait --silent --pgdata="$copy/data" >/dev/null 2>&1 || true
    fi
    rm -rf "$copy"
}
