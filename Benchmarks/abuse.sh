# shellcheck shell=bash
# One client never slows another: a signed push every 10 ms while a client at another address attacks, one attack after the
# other, each on a fresh process. With HAAT_BENCH_BEFORE=<revision> the same is measured with that state of the sources.
source deploy/local/marketplace.sh
source Benchmarks/results.sh

bench_attacks=(none marks heads bodies unread pipelined)
bench_attack_seconds=${HAAT_BENCH_ATTACK_SECONDS:-12}

bench_abuse() {
    install_packages nodejs python3
    # Both sides hold thousands of connections.
    ulimit -n "$(ulimit -Hn)"
    if [[ -n ${HAAT_BENCH_BEFORE:-} ]]; then build_state_before "$HAAT_BENCH_BEFORE"; fi
    build_products release haat-api
    export_process_settings
    migrate
    local attack
    for attack in "${bench_attacks[@]}"; do
        step "A push every 10 ms; attack: $attack"
        endure "$attack" now "$HAAT_BIN_DIR/haat-api" | tee "$HAAT_LOCAL/abuse.now"
        printf '{}' >"$HAAT_LOCAL/abuse.before"
        if [[ -n ${HAAT_BENCH_BEFORE:-} ]]; then
            in_state_before endure "$attack" before "$before_api" | tee "$HAAT_LOCAL/abuse.before"
        fi
        record_attack "$attack"
    done
}

# build_state_before REVISION: in a work tree and a database of its own; sets before_api.
build_state_before() {
    local tree=$HAAT_LOCAL/before
    git worktree remove --force "$tree" 2>/dev/null || true
    git worktree prune
    git worktree add --force --detach "$tree" "$1" >/dev/null
    step "Building haat-api as of $1"
    swift build --package-path "$tree" --scratch-path .build/before --configuration release --product haat-api </dev/null
    before_api=$(swift build --package-path "$tree" --scratch-path .build/before --configuration release --show-bin-path)/haat-api
    before_database=postgresql://haat@127.0.0.1:$HAAT_LOCAL_POSTGRES_PORT/before
    run_sql "postgresql://haat@127.0.0.1:$HAAT_LOCAL_POSTGRES_PORT/postgres" 'create database before'
    (
        cd "$tree"
        HAAT_DATABASE_URL=$before_database "$before_api" migrate
    )
}

# Runs a function with the settings of the state before.
in_state_before() {
    local -x HAAT_DATABASE_URL=$before_database HAAT_REDIS_URL=redis://127.0.0.1:$HAAT_LOCAL_REDIS_PORT/2
    "$@"
}

# endure ATTACK STATE PROGRAM: prints what became of the pushes, and what the API needed, as one line of JSON.
endure() {
    local attack=$1 name=api-$2 pushes
    start_process "$name" "$3" serve
    wait_until_ready "$name" "http://127.0.0.1:$HAAT_API_PORT/health/ready"
    if [[ $attack != none ]]; then
        # The attacker shares the machine, but not by right.
        nice -n 19 python3 Benchmarks/Abuse/attack.py "$attack" "$HAAT_API_PORT" $((bench_attack_seconds + 3)) &
    fi
    sleep 2
    pushes=$(node Benchmarks/Abuse/pushes.js "$HAAT_API_PORT" "$bench_attack_seconds")
    wait
    jq -c --argjson memory "$(peak_memory_of "$name")" '. + {memory_mb: $memory}' <<<"$pushes"
    stop_process "$name"
}

record_attack() {
    local attack=$1
    record_beside "p99 of a push in ms during $attack" .p99_ms at-most 50
    record_beside "Share of these pushes answered with 200" '.accepted / .pushes * 1000 | floor / 1000' at-least 1
    record_beside "API resident memory at its highest, MB" .memory_mb at-most 150
}

# record_beside MEASURE FILTER at-least|at-most BAR: the bar is on the present state, the state before stands beside it.
record_beside() {
    local ours before
    ours=$(jq "$2" "$HAAT_LOCAL/abuse.now")
    before=$(jq "if . == {} then empty else $2 end" "$HAAT_LOCAL/abuse.before")
    add_result "$1" "$ours" "${before:+before: $before}" "" "$3" "$4" "$ours"
}
