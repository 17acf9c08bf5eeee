# shellcheck shell=bash
# No-op jobs: against PgQueuer, which keeps a row of each in PostgreSQL as ours does, and against Sidekiq, which has no ledger.
source deploy/local/install.sh
source deploy/local/marketplace.sh
source deploy/local/python.sh
source Benchmarks/before.sh
source Benchmarks/results.sh

bench_jobs() {
    install_packages ruby-sidekiq
    install_pgqueuer
    build_products release haat-api
    build_products release bench-jobs
    migrate
    build_state_before bench-jobs
    export PEER_REDIS_URL=redis://127.0.0.1:$HAAT_LOCAL_REDIS_PORT/2
    local round rounds=${HAAT_BENCH_ROUNDS:-3} jobs=${HAAT_BENCH_JOBS:-100000} runs=$HAAT_LOCAL/jobs
    rm -f "$runs".*
    for ((round = 1; round <= rounds; round++)); do
        step "No-op jobs, round $round of $rounds"
        # Which of two states goes first in a round is not to decide which is quicker.
        if [[ -n $state_before ]] && ((round % 2 == 0)); then
            in_state_before drain_haat "$before_bin_dir" "$jobs" >>"$runs.before"
        fi
        drain_haat "$HAAT_BIN_DIR" "$jobs" >>"$runs.haat"
        if [[ -n $state_before ]] && ((round % 2 == 1)); then
            in_state_before drain_haat "$before_bin_dir" "$jobs" >>"$runs.before"
        fi
        drain_sidekiq "$jobs" >>"$runs.sidekiq"
        drain_pgqueuer "$jobs" >>"$runs.pgqueuer"
        tail -qn 1 "$runs".*
    done
    record_ratio "No-op jobs/s" "$(drained_per_second "$runs.haat")" Sidekiq "$(median <"$runs.sidekiq")" at-least 1.0
    record_ratio "No-op jobs/s" "$(drained_per_second "$runs.haat")" PgQueuer "$(median <"$runs.pgqueuer")" at-least 1.0
    record_against_before "No-op jobs/s" "$(drained_per_second "$runs.haat")" "$(drained_per_second "$runs.before")"
    record_value "Enqueue to start on an idle machine, p50 in ms" \
        "$(jq '.enqueue_to_start_p50_ms' "$runs.haat" | median)" at-most 5
}

# drain_haat PROGRAMS JOBS: prints what the benchmark of these programs measured, as one line of JSON.
drain_haat() {
    run_sql "$HAAT_ADMINISTRATOR_DATABASE_URL" 'truncate jobs'
    "$1/bench-jobs" --count "$2" | tail -n 1 | jq -c .
}

drained_per_second() { jq '.jobs_per_second | round' "$1" 2>/dev/null | median; }

# drain_sidekiq JOBS: prints jobs per second, from the first job taken to the empty queue; starting up is not counted.
drain_sidekiq() {
    local jobs=$1 length started=
    redis-cli -p "$HAAT_LOCAL_REDIS_PORT" -n 2 flushdb >/dev/null
    ruby Benchmarks/Peers/enqueue_noops.rb "$jobs"
    start_process sidekiq sidekiq -r ./Benchmarks/Peers/noop_job.rb -c 10
    while read -r length; do
        if [[ -z $started && $length -lt $jobs ]]; then started=$EPOCHREALTIME; fi
        if ((length == 0)); then break; fi
        pid_of sidekiq >/dev/null || report_death sidekiq
    done < <(exec redis-cli -p "$HAAT_LOCAL_REDIS_PORT" -n 2 -r 20000 -i 0.02 llen queue:default)
    awk -v jobs="$jobs" -v from="$started" -v to="$EPOCHREALTIME" 'BEGIN { printf "%d\n", jobs / (to - from) }'
    stop_process sidekiq
}

install_pgqueuer() {
    install_python_packages .peers/pgqueuer Benchmarks/Peers/requirements.txt
    PEER_DATABASE_URL=postgresql://haat@127.0.0.1:$HAAT_LOCAL_POSTGRES_PORT/pgqueuer
    export PEER_DATABASE_URL
}

# drain_pgqueuer JOBS: prints jobs per second.
drain_pgqueuer() {
    run_sql "$HAAT_DATABASE_URL" 'drop database if exists pgqueuer'
    run_sql "$HAAT_DATABASE_URL" 'create database pgqueuer'
    .peers/pgqueuer/bin/python Benchmarks/Peers/pgqueuer_noops.py "$1"
}
