# shellcheck shell=bash
# End to end at a steady rate: from the accepted webhook to the delivered key.
source deploy/local/marketplace.sh
source Benchmarks/results.sh

bench_orders() {
    local process
    build_products release haat-api
    build_products release haat-worker
    build_products release haat-sandbox
    build_products release bench-orders
    migrate
    # What the receiver was sent without a worker would be worked off first.
    run_sql "$HAAT_DATABASE_URL" 'truncate webhook_seen, webhook_events, webhook_outcomes, jobs, job_unique_keys'
    redis-cli -p "$HAAT_LOCAL_REDIS_PORT" flushall >/dev/null
    start_marketplace
    step "200 paid orders a second"
    "$HAAT_BIN_DIR/bench-orders" --api "http://127.0.0.1:$HAAT_API_PORT" --admin-token "$HAAT_ADMIN_TOKEN" \
        --rate 200 --seconds "${HAAT_BENCH_ORDER_SECONDS:-20}" | tail -n 1 | jq -c . | tee "$HAAT_LOCAL/orders"
    record_value "Share of those orders that got their key" "$(jq '.delivered / .orders' "$HAAT_LOCAL/orders")" at-least 1
    record_value "Webhook accepted to key delivered at 200 orders/s, p99 in ms" \
        "$(jq '.webhook_to_key_p99_ms | round' "$HAAT_LOCAL/orders")" at-most 500
    for process in worker api sandbox; do stop_process "$process"; done
}
