# shellcheck shell=bash
# The webhook receiver against Express, and against pgbench inserting single rows. No worker runs meanwhile (the peers
# have none): the jobs pile up.
source deploy/local/marketplace.sh
source Benchmarks/before.sh
source Benchmarks/results.sh
source Benchmarks/Peers/install.sh

bench_rounds=${HAAT_BENCH_ROUNDS:-3}
bench_seconds=${HAAT_BENCH_SECONDS:-8}
bench_events_per_second=${HAAT_BENCH_EVENTS_PER_SECOND:-30000}

bench_receiver() {
    install_packages wrk nodejs
    install_node_modules
    build_products release haat-api
    prepare_receivers
    build_state_before
    if [[ -n $state_before ]]; then start_receiver_before; fi
    local connections
    for connections in 64 256; do compare_receivers "$connections"; done
    record_value "API resident memory at its highest, MB" "$(peak_memory_of api)" at-most 120
    stop_process peer
    stop_process api
    if [[ -n $state_before ]]; then stop_process api-before; fi
}

prepare_receivers() {
    local database=postgresql://haat@127.0.0.1:$HAAT_LOCAL_POSTGRES_PORT
    choose_port PEER_PORT 8441
    export PEER_DATABASE_URL=$database/peer
    export PEER_REDIS_URL=redis://127.0.0.1:$HAAT_LOCAL_REDIS_PORT/1
    export PEER_WEBHOOK_SECRET=$HAAT_STRIPE_WEBHOOK_SECRETS
    run_sql "$database/postgres" 'create database peer'
    run_sql "$PEER_DATABASE_URL" "$(cat Benchmarks/Peers/peer_schema.sql)"
    export_process_settings
    migrate
    start_api
    start_process peer node Benchmarks/Peers/receiver.js
    wait_until_ready peer "http://127.0.0.1:$PEER_PORT/"
}

start_receiver_before() {
    choose_port BEFORE_API_PORT 8443
    choose_port BEFORE_API_MANAGEMENT_PORT 8444
    HAAT_API_PORT=$BEFORE_API_PORT HAAT_API_MANAGEMENT_PORT=$BEFORE_API_MANAGEMENT_PORT \
        in_state_before start_process api-before "$before_bin_dir/haat-api" serve
    wait_until_any_state_serves api-before "$BEFORE_API_PORT"
}

compare_receivers() {
    local connections=$1 round
    local runs=$HAAT_LOCAL/receiver-$connections
    rm -f "$runs".*
    for ((round = 1; round <= bench_rounds; round++)); do
        step "Receiver, $connections connections, round $round of $bench_rounds"
        sign_events
        # Which of two states goes first in a round is not to decide which is quicker.
        if [[ -n $state_before ]] && ((round % 2 == 0)); then
            run_receiver before "$BEFORE_API_PORT" "$connections" >>"$runs.before"
        fi
        run_receiver haat "$HAAT_API_PORT" "$connections" >>"$runs.haat"
        if [[ -n $state_before ]] && ((round % 2 == 1)); then
            run_receiver before "$BEFORE_API_PORT" "$connections" >>"$runs.before"
        fi
        run_receiver express "$PEER_PORT" "$connections" >>"$runs.express"
        run_pgbench "$connections" "$PEER_DATABASE_URL" insert_peer_row >>"$runs.pgbench"
        run_pgbench "$connections" "$HAAT_DATABASE_URL" persist_event >>"$runs.pgbench-haat"
        tail -qn 1 "$runs".*
    done
    rm -f "$HAAT_LOCAL"/events.*
    record_receivers "$connections" "$runs"
}

record_receivers() {
    local connections=$1 runs=$2 ours express
    ours=$(median_of per_second "$runs.haat")
    express=$(median_of per_second "$runs.express")
    if ((connections == 64)); then
        record_ratio "Webhooks stored/s, 64 connections" "$ours" Express "$express" at-least 3
        record_figure "same, single rows by pgbench into Express' table" "$ours" pgbench "$(median <"$runs.pgbench")"
    else
        record_ratio "Webhooks stored/s, 256 connections" "$ours" Express "$express" at-least 4
        record_ratio "same, single rows by pgbench into Express' table" "$ours" pgbench "$(median <"$runs.pgbench")" at-least 0.8
    fi
    if [[ -n $state_before ]]; then
        record_against_before "Webhooks stored/s, $connections connections" "$ours" "$(median_of per_second "$runs.before")"
    fi
    record_figure "same, Haat's own three rows by pgbench" "$ours" pgbench "$(median <"$runs.pgbench-haat")"
    record_figure "p50 in ms, $connections connections" "$(median_of p50_ms "$runs.haat")" Express "$(median_of p50_ms "$runs.express")"
    record_ratio "p99 in ms, $connections connections" "$(median_of p99_ms "$runs.haat")" \
        Express "$(median_of p99_ms "$runs.express")" at-most 0.5
}

median_of() { jq ".$1" "$2" | median; }

# Both receivers get the same events of this round, each for the first time. A signature holds for five minutes.
sign_events() {
    event_bytes=$(node Benchmarks/Receiver/events.js $((bench_events_per_second * bench_seconds)) 2 "$HAAT_LOCAL/events")
}

# run_receiver haat|before|express PORT CONNECTIONS: prints what wrk saw as JSON, and fails unless each 200 has its row.
run_receiver() {
    local name=$1 port=$2 connections=$3 result rows
    empty_tables
    result=$(wrk --threads 2 --connections "$connections" --duration "${bench_seconds}s" \
        --script Benchmarks/Receiver/post_events.lua "http://127.0.0.1:$port" -- "$HAAT_LOCAL/events" "$event_bytes" | tail -n 1)
    sleep 1
    rows=$(run_sql "$(database_of "$name")" 'select count(*) from webhook_events')
    jq -ce --argjson rows "$rows" --argjson connections "$connections" '
        if .refused > 0 then error("\(.refused) requests were refused")
        elif $rows < .accepted or $rows > .accepted + $connections then error("\(.accepted) answers of 200, but \($rows) rows")
        else . + {per_second: (.accepted / .seconds | round)} end' <<<"$result"
}

database_of() {
    case $1 in
        haat) printf '%s' "$HAAT_DATABASE_URL" ;;
        before) printf '%s' "$before_database" ;;
        express) printf '%s' "$PEER_DATABASE_URL" ;;
    esac
}

# run_pgbench CLIENTS URL SCRIPT: prints single-row statements per second, with the body sent each time.
run_pgbench() {
    empty_tables
    "$(postgres_bin)/pgbench" --no-vacuum --protocol=prepared --client="$1" --jobs=2 --time="$bench_seconds" \
        --define=body="$(event_body)" --define=signature="$(event_signature)" --define=id_prefix="$(id_prefix)" \
        --file="Benchmarks/Receiver/$3.sql" "$2" 2>/dev/null |
        sed -nE 's/^tps = ([0-9]+).*/\1/p'
}

event_body() { head -c "$event_bytes" "$HAAT_LOCAL/events.0" | tail -n 1; }

event_signature() { head -c "$event_bytes" "$HAAT_LOCAL/events.0" | sed -nE 's/^Stripe-Signature: ([^\r]*)\r$/\1/p'; }

# The first 13 characters of a UUIDv7 of this moment.
id_prefix() {
    local milliseconds
    printf -v milliseconds '%012x' "$(date +%s%3N)"
    printf '%s-%s' "${milliseconds:0:8}" "${milliseconds:8:4}"
}

# Every run starts with empty tables and queues and without a checkpoint of the run before it to pay for.
empty_tables() {
    run_sql "$PEER_DATABASE_URL" 'truncate webhook_events'
    # As a replica: what was seen is append-only for everybody else.
    local database
    for database in "$HAAT_ADMINISTRATOR_DATABASE_URL" ${before_database:-}; do
        run_sql "$database" 'set session_replication_role = replica; truncate webhook_seen, webhook_events, jobs'
    done
    run_sql "$HAAT_ADMINISTRATOR_DATABASE_URL" checkpoint
    redis-cli -p "$HAAT_LOCAL_REDIS_PORT" flushall >/dev/null
    sleep 1
}

# In MB (10⁶ bytes), as the kernel remembers it.
peak_memory_of() { awk '/^VmHWM:/ { printf "%.0f", $2 * 1024 / 1e6 }' "/proc/$(pid_of "$1")/status"; }
