# shellcheck shell=bash
# One client never slows another: a signed push every 10 ms while a client at another address attacks, one attack after the
# other, each on a fresh process.
source deploy/local/marketplace.sh
source Benchmarks/before.sh
source Benchmarks/results.sh

bench_attacks=(none marks heads bodies unread pipelined)
bench_attack_seconds=${HAAT_BENCH_ATTACK_SECONDS:-12}

bench_abuse() {
    install_packages nodejs python3
    # Both sides hold thousands of connections.
    ulimit -n "$(ulimit -Hn)"
    build_products release haat-api
    build_state_before
    export_process_settings
    migrate
    local attack
    for attack in "${bench_attacks[@]}"; do
        step "A push every 10 ms; attack: $attack"
        endure "$attack" now "$HAAT_BIN_DIR/haat-api" | tee "$HAAT_LOCAL/abuse.now"
        printf '{}' >"$HAAT_LOCAL/abuse.before"
        if [[ -n $state_before ]]; then
            in_state_before endure "$attack" before "$before_bin_dir/haat-api" | tee "$HAAT_LOCAL/abuse.before"
        fi
        record_attack "$attack"
    done
}

# endure ATTACK STATE PROGRAM: prints what became of the pushes, and what the API needed, as one line of JSON.
endure() {
    local attack=$1 name=api-$2 pushes
    start_process "$name" "$3" serve
    wait_until_any_state_serves "$name" "$HAAT_API_PORT"
    if [[ $attack != none ]]; then
        # The attacker shares the machine, but not by right.
        nice -n 19 python3 Benchmarks/Abuse/attack.py "$attack" "$HAAT_API_PORT" $((bench_attack_seconds + 3)) &
    fi
    sleep 2
    pushes=$(node Benchmarks/Abuse/pushes.js "$HAAT_API_PORT" "$bench_attack_seconds")
    wait
    jq -c --argjson memory "$(peak_memory_of "$name")" '. + {memory_mb: $memory}' <<<"$pushes"
    # A state that is still busy with the attack is killed, which is told.
    stop_process "$name" >&2
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
