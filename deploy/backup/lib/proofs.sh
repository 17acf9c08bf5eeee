# shellcheck shell=bash
# What is asked of the copy. A failure is recorded and does not end the drill.

prove_contents() {
    local restored differences violations
    if ! restored=$(facts_of "$copy_url" 2>"$copy/psql.log"); then
        failed contents "The copy can't be read: $(last_words "$copy/psql.log")" || return 0
    fi
    printf '%s' "$restored" >"$copy/facts.json"
    differences=$(jq -rn --slurpfile mark "$mark_file" --slurpfile restored "$copy/facts.json" --from-file "$here/differences.jq")
    if [[ -n $differences ]]; then
        failed contents "The copy is not what was marked: $(paste -sd ';' <<<"$differences" | sed 's/;/; /g')" || true
    else
        passed contents "$(jq -r '"\(.rows | add) rows in \(.rows | length) tables; ledger sums \(.ledger_totals | tojson)"' "$copy/facts.json")"
    fi
    if ! violations=$(psql_on "$copy_url" --file="$here/invariants.sql" 2>"$copy/psql.log"); then
        failed invariants "The copy can't be read: $(last_words "$copy/psql.log")" || return 0
    fi
    if [[ -n $violations ]]; then
        failed invariants "The books are wrong: $(paste -sd ';' <<<"$violations" | sed 's/;/; /g')" || true
    else
        passed invariants "every ledger transaction sums to zero, every capture is booked, stock is the sum of its movements"
    fi
}

# The processes' settings for the copy. No provider, no Redis and no mail server can be reached from it.
copy_environment() {
    copy_settings=(--unset=HAAT_ENCRYPTION_KEY --unset=HAAT_AUDIT_KEY --unset=HAAT_ADMIN_TOKEN_FILE --unset=HAAT_DATABASE_URL_FILE
        HAAT_DATABASE_URL="$copy_url" HAAT_REDIS_URL=redis://127.0.0.1:1/0 HAAT_SMTP_URL=smtp://127.0.0.1:1 HAAT_GATEWAYS=none
        HAAT_ADMIN_TOKEN="$(od -An -v -tx1 -N24 /dev/urandom | tr -d ' \n')" HAAT_API_HOST=127.0.0.1 HAAT_API_PORT=0
        HAAT_MANAGEMENT_HOST=127.0.0.1 HAAT_API_MANAGEMENT_PORT="$HAAT_DRILL_MANAGEMENT_PORT" HAAT_WORKER_MANAGEMENT_PORT=0
        HAAT_LOG_LEVEL=warning)
}

# The programs know their migrations' contents: a file that is not what was applied is told.
prove_migrations() {
    local pending
    if ! env "${copy_settings[@]}" "$HAAT_PROGRAMS/haat-api" migrate --status --directory "$HAAT_MIGRATIONS" >"$copy/migrations.txt" 2>"$copy/migrations.log"; then
        failed migrations "The migrations are not those of this release: $(last_words "$copy/migrations.log")" || return 0
    fi
    pending=$(grep -v '^applied' "$copy/migrations.txt" | cut -f 2 | paste -sd ' ') || true
    if [[ -n $pending ]]; then
        failed migrations "The copy lacks migrations: $pending" || true
    else
        passed migrations "$(grep -c '^applied' "$copy/migrations.txt") applied, as in this release"
    fi
}

prove_audit_trail() {
    local began
    began=$(now)
    if env "${copy_settings[@]}" "$HAAT_PROGRAMS/haat-worker" audit verify >"$copy/audit.txt" 2>"$copy/audit.log"; then
        passed audit "$(head -n 1 "$copy/audit.txt")" "$(since "$began")"
    else
        failed audit "The audit trail is broken or sealed with another key: $(
            grep '^first broken row' "$copy/audit.txt" || last_words "$copy/audit.log"
        )" || true
    fi
}

# Without its keys a marketplace that came back can't hand anything over.
prove_secrets() {
    local began
    began=$(now)
    if env "${copy_settings[@]}" "$HAAT_PROGRAMS/haat-worker" vault verify >"$copy/secrets.txt" 2>"$copy/secrets.log"; then
        passed secrets "$(head -n 1 "$copy/secrets.txt")" "$(since "$began")"
    else
        failed secrets "The secrets can't be opened: $(last_words "$copy/secrets.log")" || true
    fi
}

# Ready means that it has written to the copy and knows its schema.
prove_api() {
    local attempt pid seconds url=http://127.0.0.1:$HAAT_DRILL_MANAGEMENT_PORT/health/ready
    env "${copy_settings[@]}" "$HAAT_PROGRAMS/haat-api" serve >"$copy/api.log" 2>&1 </dev/null &
    pid=$!
    for ((attempt = 0; attempt < 300; attempt++)); do
        if ! kill -0 "$pid" 2>/dev/null; then break; fi
        if curl --fail --silent --output /dev/null --max-time 2 "$url"; then
            seconds=$(since "$began_restore")
            break
        fi
        sleep 0.1
    done
    kill -TERM "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    if [[ -z ${seconds:-} ]]; then
        failed api "The API does not become ready on the copy: $(last_words "$copy/api.log")" || true
    elif (($(printf '%.0f' "$seconds") > HAAT_DRILL_RTO_SECONDS)); then
        failed api "From the beginning of the restore to a ready API took $seconds s; $HAAT_DRILL_RTO_SECONDS are allowed" || true
    else
        passed api "ready on the copy; seconds count from the beginning of the restore" "$seconds"
    fi
}

# Every page of every table and index; the databases' checksums are looked at on the way.
prove_storage() {
    local began
    began=$(now)
    if "$(server_programs)/pg_amcheck" --host="$copy/socket" --username="$(mark_of user)" --install-missing --database="$(mark_of database)" \
        >"$copy/amcheck.log" 2>&1; then
        passed storage "pg_amcheck finds nothing" "$(since "$began")"
    else
        failed storage "Tables or indexes are damaged: $(grep -vE '^pg_amcheck: (including|in database)' "$copy/amcheck.log" | head -n 2 | tr '\n' ' ' | cut -c 1-400)" || true
    fi
}
