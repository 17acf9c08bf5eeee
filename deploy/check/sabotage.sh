# shellcheck shell=bash
# Breaks one thing at a time: each has to fail the drill, with a sentence that names it.

check_sabotages() {
    step "Sabotages, each of which has to fail the drill"
    # What one repository lacks is found whatever the other has.
    drill_settings=(HAAT_DRILL_REPOSITORIES=1)
    sabotage "a backup that is too old" 'The newest backup of repository 1, [^ ]+, is [0-9]+ s old; 1 are allowed' \
        drill_with HAAT_DRILL_BACKUP_SECONDS=1
    sabotage "a passphrase that is not the repository's" 'Repository 1 has no backup that can be read: its passphrase is another one, or it is damaged: .*' \
        drill_with PGBACKREST_REPO1_CIPHER_PASS=not-the-passphrase
    sabotage "an encryption key that is not the marketplace's" 'The secrets can.t be opened: .*HAAT_ENCRYPTION_KEY has the fingerprint .*' \
        drill_with_other HAAT_ENCRYPTION_KEY_FILE
    sabotage "an audit key that is not the marketplace's" 'The audit trail is broken or sealed with another key: first broken row: .*' \
        drill_with_other HAAT_AUDIT_KEY_FILE
    sabotage "a mark that counts an order more" 'The copy is not what was marked: rows of orders: [0-9]+ restored, [0-9]+ marked' \
        drill_with_changed_mark
    sabotage "a segment of the write-ahead log deleted from the repository" \
        'The archive ends before the mark: write-ahead log is missing, the first of it is [0-9A-F]{24}' drill_without_segment
    sabotage "a byte of a backed-up table flipped" 'The backup of repository 1 can.t be restored: .*' drill_with_flipped_byte
    sabotage "a ledger entry changed behind the program's back" 'ledger transaction [-0-9a-f]+ is off by 1 [A-Z]{3}' \
        drill_with_unbalanced_ledger
    sabotage "an audit event deleted behind the program's back" 'The audit trail is broken or sealed with another key: first broken row: .*' \
        drill_without_audit_event
    sabotage "an archive that takes nothing" 'The archive does not take the write-ahead log: [0-9A-F]{24} has not arrived within 5 s.*' \
        drill_with_stopped_archive
}

# sabotage WHAT SENTENCE COMMAND…
sabotage() {
    local what=$1 sentence=$2
    shift 2
    if "$@" >"$HAAT_LOCAL/log/sabotage.txt" 2>&1; then fail "the drill passes in spite of $what"; fi
    grep -qE "$sentence" "$HAAT_LOCAL/log/sabotage.txt" || {
        cat "$HAAT_LOCAL/log/sabotage.txt"
        fail "the drill fails on $what with another sentence than \"$sentence\""
    }
    say "  $what: $(grep -oE "$sentence" "$HAAT_LOCAL/log/sabotage.txt" | head -n 1 | cut -c 1-160)"
}

drill_with() {
    local drill_settings=("${drill_settings[@]}" "$@")
    drill
}

# drill_with_other SETTING: a key made for this.
drill_with_other() {
    local key=$HAAT_LOCAL_SERVERS/pgbackrest/other_key
    random_base64 32 | as_server_user tee "$key" >/dev/null
    drill_with "$1=$key"
}

drill_with_changed_mark() {
    local mark=$HAAT_LOCAL_SERVERS/drill/mark.json changed
    drill mark
    changed=$(as_server_user jq '.before.rows.orders += 1 | .after.rows.orders += 1' "$mark")
    as_server_user tee "$mark" >/dev/null <<<"$changed"
    drill verify
}

# The one that holds the mark. Only for a while: what follows needs it.
drill_without_segment() {
    local segment status=0
    drill mark
    segment=$(find "$PGBACKREST_REPO1_PATH/archive/haat" -type f -name '0*-*' -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2)
    mv "$segment" "$HAAT_LOCAL_SERVERS/segment"
    drill verify || status=$?
    mv "$HAAT_LOCAL_SERVERS/segment" "$segment"
    return "$status"
}

drill_with_flipped_byte() {
    local file status=0
    file=$(find "$PGBACKREST_REPO1_PATH/backup/haat/latest/pg_data/base" -type f -printf '%s %p\n' | sort -n | tail -n 1 | cut -d' ' -f2)
    flip_byte "$file"
    drill || status=$?
    flip_byte "$file"
    return "$status"
}

# The middle byte of the file becomes its complement.
flip_byte() {
    python3 - "$1" <<'PYTHON'
import os, sys
with open(sys.argv[1], "r+b") as file:
    middle = os.fstat(file.fileno()).st_size // 2
    file.seek(middle)
    byte = file.read(1)[0]
    file.seek(middle)
    file.write(bytes([byte ^ 0xFF]))
PYTHON
}

# As somebody may who is the database's superuser.
behind_its_back() { run_sql "$HAAT_ADMINISTRATOR_DATABASE_URL" "set session_replication_role = replica; $1"; }

drill_with_unbalanced_ledger() {
    local first="where (transaction_id, line) = (select transaction_id, line from ledger_entries order by 1, 2 limit 1)" status=0
    behind_its_back "update ledger_entries set amount_minor = amount_minor + 1 $first"
    drill || status=$?
    behind_its_back "update ledger_entries set amount_minor = amount_minor - 1 $first"
    return "$status"
}

drill_without_audit_event() {
    local status=0
    behind_its_back "create table taken as select * from audit_events order by id limit 1; delete from audit_events where id = (select id from taken)"
    drill || status=$?
    behind_its_back "insert into audit_events select * from taken; drop table taken"
    return "$status"
}

drill_with_stopped_archive() {
    local status=0
    run_sql "$HAAT_ADMINISTRATOR_DATABASE_URL" "alter system set archive_command = 'false'"
    run_sql "$HAAT_ADMINISTRATOR_DATABASE_URL" 'select pg_reload_conf()' >/dev/null
    drill_with HAAT_DRILL_ARCHIVE_SECONDS=5 || status=$?
    run_sql "$HAAT_ADMINISTRATOR_DATABASE_URL" 'alter system reset archive_command'
    run_sql "$HAAT_ADMINISTRATOR_DATABASE_URL" 'select pg_reload_conf()' >/dev/null
    return "$status"
}
