# shellcheck shell=bash
# Notes what the marketplace holds before and after a named moment: what is restored to that moment lies between the two, and where
# nothing happened meanwhile, it is the same.

mark_source() {
    local name before moment lsn segment at user database after
    name=haat-drill-$(date -u +%Y%m%dT%H%M%S)-$RANDOM
    before=$(facts_of "$HAAT_DRILL_SOURCE") || failed mark "The marketplace's database can't be asked" || return
    moment=$(ask "$HAAT_DRILL_SOURCE" "$(name_moment "$name")") || failed mark "The moment can't be named" || return
    read -r lsn segment at user database <<<"$moment"
    after=$(facts_of "$HAAT_DRILL_SOURCE") || failed mark "The marketplace's database can't be asked" || return
    jq -n --arg name "$name" --arg lsn "$lsn" --argjson at "$at" --arg user "$user" --arg database "$database" \
        --argjson before "$before" --argjson after "$after" \
        '{name: $name, lsn: $lsn, at: $at, user: $user, database: $database, before: $before, after: $after}' >"$mark_file"
    passed mark "$name at $lsn"
    await_archive "$segment"
}

facts_of() { psql_on "$1" --file="$here/facts.sql"; }

# ask URL SQL: prints bare rows, columns parted by blanks.
ask() { psql_on "$1" --field-separator=' ' --command="$2"; }

psql_on() {
    local url=$1
    shift
    PGAPPNAME='haat drill' psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 "$@" "$url"
}

name_moment() {
    cat <<SQL
WITH moment AS MATERIALIZED (SELECT pg_create_restore_point('$1') AS lsn)
SELECT lsn, pg_walfile_name(lsn), extract(epoch FROM clock_timestamp())::numeric(14, 2), current_user, current_database() FROM moment
SQL
}

# The segment that holds the moment is closed and has to arrive.
await_archive() {
    local segment=$1 began last
    began=$(now)
    ask "$HAAT_DRILL_SOURCE" 'SELECT pg_switch_wal()' >/dev/null
    while :; do
        last=$(ask "$HAAT_DRILL_SOURCE" "SELECT coalesce(last_archived_wal, '') FROM pg_stat_archiver WHERE last_archived_wal ~ '^[0-9A-F]{24}$'")
        # Names of one timeline sort by time.
        [[ -n $last && ! $last < $segment ]] && break
        if (($(printf '%.0f' "$(since "$began")") >= HAAT_DRILL_ARCHIVE_SECONDS)); then
            failed archive "The archive does not take the write-ahead log: $segment has not arrived within $HAAT_DRILL_ARCHIVE_SECONDS s, the last one is ${last:-none}"
            return 1
        fi
        sleep 0.1
    done
    passed archive "$segment arrived" "$(since "$began")"
    check_recovery_point "$(since "$began")"
}

# A segment that nobody fills is closed after archive_timeout, and then has to arrive.
check_recovery_point() {
    local timeout seconds
    timeout=$(ask "$HAAT_DRILL_SOURCE" "SELECT setting FROM pg_settings WHERE name = 'archive_timeout'")
    ((timeout > 0)) || failed recovery_point "archive_timeout is 0: a quiet hour would be lost with the host" || return
    seconds=$(jq -n --argjson timeout "$timeout" --argjson arrival "$1" '$timeout + $arrival')
    (($(printf '%.0f' "$seconds") <= HAAT_DRILL_RPO_SECONDS)) ||
        failed recovery_point "$seconds s may be lost with the host; $HAAT_DRILL_RPO_SECONDS are allowed" || return
    passed recovery_point "at most so much is lost with the host" "$seconds"
}
