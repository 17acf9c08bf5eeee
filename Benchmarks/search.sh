# shellcheck shell=bash
# Searches and suggestions at four connections, over 100,000 products with 300,000 variants of 1,000 vendors.
source deploy/local/install.sh
source deploy/local/marketplace.sh
source Benchmarks/results.sh

bench_search() {
    build_products release haat-api
    build_products release bench-search
    migrate
    step "A catalogue of 100,000 products"
    "$(postgres_bin)/psql" --no-psqlrc --quiet --output=/dev/null --set=ON_ERROR_STOP=1 \
        --file=Benchmarks/Search/catalogue.sql "$HAAT_ADMINISTRATOR_DATABASE_URL"
    local measured=$HAAT_LOCAL/search.json
    "$HAAT_BIN_DIR/bench-search" --rebuild >"$measured"
    record_value "Faceted search, p99 in ms" "$(jq '.search_p99_ms' "$measured")" at-most 150
    record_value "The same search again, p99 in ms" "$(jq '.repeated_p99_ms' "$measured")" at-most 5
    record_value "Suggestions, p99 in ms" "$(jq '.suggestion_p99_ms' "$measured")" at-most 15
    record_observation "Rebuild of 100,000 documents, in s" "$(jq '.rebuild_seconds' "$measured")"
}
