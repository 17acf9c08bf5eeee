# shellcheck shell=bash
# The libpq client against pgbench: prepared `select $1` over the same number of connections.
source deploy/local/marketplace.sh
source Benchmarks/results.sh

bench_postgres() {
    build_products release bench-postgres
    local connections round seconds=${HAAT_BENCH_SECONDS:-8} rounds=${HAAT_BENCH_ROUNDS:-3} runs
    for connections in 4 8; do
        runs=$HAAT_LOCAL/postgres-$connections
        rm -f "$runs".*
        for ((round = 1; round <= rounds; round++)); do
            step "PostgreSQL client, $connections connections, round $round of $rounds"
            "$HAAT_BIN_DIR/bench-postgres" --connections "$connections" --concurrency 256 --seconds "$seconds" \
                --url "$HAAT_DATABASE_URL" | tail -n 1 | jq '.statementsPerSecond | round' >>"$runs.haat"
            "$(postgres_bin)/pgbench" --no-vacuum --protocol=prepared --client="$connections" --jobs=2 --time="$seconds" \
                --file=Benchmarks/Postgres/select.sql "$HAAT_DATABASE_URL" 2>/dev/null |
                sed -nE 's/^tps = ([0-9]+).*/\1/p' >>"$runs.pgbench"
            tail -qn 1 "$runs".*
        done
        record_ratio "Prepared selects/s, $connections connections" "$(median <"$runs.haat")" \
            pgbench "$(median <"$runs.pgbench")" at-least 0.8
    done
}
