# shellcheck shell=bash
# End to end: orders are placed as fast as they are taken, then paid at a steady rate; from the accepted webhook to the
# delivered key, with everything that a payment causes, mails included, on the same machine.
source deploy/local/marketplace.sh
source Benchmarks/results.sh

play_orders() {
    "$HAAT_BIN_DIR/bench-orders" --api "http://127.0.0.1:$HAAT_API_PORT" --admin-token "$HAAT_ADMIN_TOKEN" "$@" |
        tail -n 1 | jq -c .
}

bench_orders() {
    local process
    build_products release haat-api
    build_products release haat-worker
    build_products release haat-sandbox
    build_products release bench-orders
    migrate
    # What the receiver was sent without a worker would be worked off first.
    # As a replica: what was seen is append-only for everybody else.
    run_sql "$HAAT_ADMINISTRATOR_DATABASE_URL" 'set session_replication_role = replica;
        truncate webhook_seen, webhook_events, webhook_outcomes, jobs, job_unique_keys'
    redis-cli -p "$HAAT_LOCAL_REDIS_PORT" flushall >/dev/null
    # The sandbox has no limit of calls; Stripe's own would be the rate of what is measured here.
    export HAAT_STRIPE_CALLS_PER_SECOND=10000
    export HAAT_RETURN_HOSTS=shop.example
    start_marketplace
    # The types that docs/settings.md tells operators to subscribe to, as far as these payments bring them about.
    curl -fsS -o /dev/null -H 'Content-Type: application/json' \
        -d '{"id": "we_default", "types": ["checkout.session.completed"]}' \
        "http://127.0.0.1:$HAAT_SANDBOX_PORT/_control/stripe/endpoints"
    step "200 paid orders a second"
    play_orders --rate 200 --seconds "${HAAT_BENCH_ORDER_SECONDS:-20}" | tee "$HAAT_LOCAL/orders"
    step "As many whole purchases as the machine carries"
    play_orders --whole --rate 200 --seconds 10 | tee "$HAAT_LOCAL/purchases"
    record_observation "Orders placed and checkouts opened per second, by 32 customers" \
        "$(jq '.placed_per_second | floor' "$HAAT_LOCAL/orders")"
    record_value "Orders paid per second, of 200 asked for" "$(jq '.paid_per_second | floor' "$HAAT_LOCAL/orders")" at-least 195
    record_value "Share of those orders that got their key" "$(jq '.delivered / .orders' "$HAAT_LOCAL/orders")" at-least 1
    record_value "Webhook accepted to key delivered at 200 orders/s, p99 in ms" \
        "$(jq '.webhook_to_key_p99_ms | round' "$HAAT_LOCAL/orders")" at-most 500
    record_value "Share of those orders whose customer got the mail" "$(jq '.mailed / .orders' "$HAAT_LOCAL/orders")" at-least 1
    record_observation "The last of these mails after the last payment, in seconds" \
        "$(jq '.mails_behind_s * 10 | round / 10' "$HAAT_LOCAL/orders")"
    record_observation "Whole purchases per second, from the order to the key" \
        "$(jq '.paid_per_second | floor' "$HAAT_LOCAL/purchases")"
    for process in worker api sandbox; do stop_process "$process"; done
}
