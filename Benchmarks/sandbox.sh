# shellcheck shell=bash
# Whole payments through the sandbox, so that it never is the bottleneck of another benchmark.
source deploy/local/marketplace.sh
source Benchmarks/results.sh

bench_sandbox() {
    build_products release haat-sandbox
    build_products release bench-sandbox
    local gateway sink figures=$HAAT_LOCAL/sandbox
    choose_port SANDBOX_SINK_PORT 8442
    sink=http://127.0.0.1:$SANDBOX_SINK_PORT/pushes
    for gateway in stripe razorpay bkash sslcommerz aamarpay paystation; do
        step "500 payments a second through the sandbox's $gateway"
        start_sandbox_with_sink "$sink"
        "$HAAT_BIN_DIR/bench-sandbox" --sandbox "http://127.0.0.1:$HAAT_SANDBOX_PORT" --pid "$(pid_of sandbox)" \
            --sink-port "$SANDBOX_SINK_PORT" --gateway "$gateway" --rate 500 \
            --seconds "${HAAT_BENCH_SANDBOX_SECONDS:-10}" | tail -n 1 | jq -c . | tee "$figures"
        stop_process sandbox
        record_value "Sandbox, $gateway: payments/s" "$(jq '.payments_per_second | round' "$figures")" at-least 490
        record_value "Sandbox, $gateway: cores at 500 payments/s" \
            "$(jq '.cores * 100 | round / 100' "$figures")" at-most 0.99
    done
}

# A fresh one for each gateway, so that its memory and time are that gateway's alone.
start_sandbox_with_sink() {
    (
        unset HAAT_STRIPE_SECRET_KEY
        export_process_settings
        export HAAT_SANDBOX_STRIPE_WEBHOOK_URL=$1 HAAT_SANDBOX_RAZORPAY_WEBHOOK_URL=$1 HAAT_SANDBOX_BKASH_SNS_URL=$1
        export HAAT_SANDBOX_SSLCOMMERZ_IPN_URL=$1 HAAT_SANDBOX_AAMARPAY_IPN_URL=$1 HAAT_SANDBOX_PAYSTATION_IPN_URL=$1
        start_sandbox
    )
    started_processes+=(sandbox)
}
