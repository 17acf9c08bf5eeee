# shellcheck shell=bash
# What a cart of 200 lines costs with 50 promotions in force: the processor's time alone, no database.
source deploy/local/build.sh
source Benchmarks/results.sh

bench_pricing() {
    build_products release bench-pricing
    step "A cart of 200 lines with 50 promotions"
    local measured=$HAAT_LOCAL/pricing.json
    "$HAAT_BIN_DIR/bench-pricing" >"$measured"
    record_value "Cart of 200 lines, 50 promotions, p50 in ms of CPU" "$(jq '.cpu_p50_ms' "$measured")" at-most 5
    record_value "Cart of 200 lines, 50 promotions, p99 in ms of CPU" "$(jq '.cpu_p99_ms' "$measured")" at-most 10
}
