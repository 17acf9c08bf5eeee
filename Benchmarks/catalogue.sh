# shellcheck shell=bash
# The storefront over 100,000 products with 300,000 variants of 1,000 vendors: pages, searches and suggestions over HTTP, and what the API
# and PostgreSQL spend on each. Beside it, in the same run, the same kinds of page of a shop made with django-oscar.
source deploy/local/install.sh
source deploy/local/marketplace.sh
source deploy/local/api.sh
source Benchmarks/results.sh
source Benchmarks/Peers/oscar.sh

catalogue_seconds=${HAAT_BENCH_CATALOGUE_SECONDS:-10}
catalogue_products=${HAAT_BENCH_PRODUCTS:-100000}

bench_catalogue() {
    install_packages wrk nodejs
    build_products release haat-api
    build_products release haat-worker
    migrate
    export_process_settings
    export HAAT_TRUSTED_PROXIES=1
    seed_catalogue
    start_api
    write_paths
    measure_catalogue
    measure_import
    stop_process worker
    stop_process api
    measure_oscar
    record_against_oscar
}

seed_catalogue() {
    local began=$SECONDS
    step "A marketplace of $catalogue_products products"
    HAAT_DATABASE_URL=$HAAT_OWNER_DATABASE_URL "$HAAT_BIN_DIR/haat-api" seed --vendors 1000 --products "$catalogue_products" \
        --customers 0 --orders 0 --seed 1 --until 2026-11-30
    record_observation "Marketplace of $catalogue_products products seeded, in s" $((SECONDS - began))
    run_sql "$HAAT_ADMINISTRATOR_DATABASE_URL" 'vacuum analyze'
    run_sql "$HAAT_ADMINISTRATOR_DATABASE_URL" checkpoint
}

write_paths() {
    local ids=$HAAT_LOCAL/ids.txt kind
    # By the vendors that sell most.
    run_sql "$HAAT_ADMINISTRATOR_DATABASE_URL" "
        select 'category ' || id from categories order by id;
        select 'vendor ' || id from vendors where status = 'active' order by id" >"$ids"
    for kind in lists searches suggestions; do
        node Benchmarks/Catalogue/paths.js "$kind" 10000 <"$ids" >"$HAAT_LOCAL/$kind.txt"
    done
    printf '/api/v1/products?limit=20\n%.0s' 1 2 >"$HAAT_LOCAL/page.txt"
    head -n 1 "$HAAT_LOCAL/searches.txt" | sed p >"$HAAT_LOCAL/search.txt"
}

measure_catalogue() {
    local page lists searches repeated suggestions
    # What connections prepare once, and what PostgreSQL reads once.
    get_paths lists 32 3 >/dev/null
    get_paths searches 4 3 >/dev/null
    page=$(get_paths page 64 "$catalogue_seconds")
    lists=$(get_paths lists 32 "$catalogue_seconds")
    searches=$(get_paths searches 4 "$catalogue_seconds")
    repeated=$(get_paths search 4 "$catalogue_seconds")
    suggestions=$(get_paths suggestions 4 "$catalogue_seconds")
    page_rate=$(rate_of "$page")
    list_rate=$(rate_of "$lists")
    search_rate=$(rate_of "$searches")
    record_value "Page of 20 products, kept: requests/s, 64 connections" "$page_rate" at-least 10000
    record_cost "$page"
    record_value "Page of 20 products, another filter each: requests/s, 32 connections" "$list_rate" at-least 1000
    record_value "same, p99 in ms" "$(jq .p99_ms <<<"$lists")" at-most 50
    record_cost "$lists"
    record_value "Faceted search over HTTP, 4 connections: p99 in ms" "$(jq .p99_ms <<<"$searches")" at-most 150
    record_cost "$searches"
    record_value "The same search again over HTTP, p99 in ms" "$(jq .p99_ms <<<"$repeated")" at-most 5
    record_value "Suggestions over HTTP, p99 in ms" "$(jq .p99_ms <<<"$suggestions")" at-most 15
    record_cost "$suggestions"
}

# A table of products comes in, while four buyers turn pages.
measure_import() {
    local vendor media import state began pages
    step "An import of $catalogue_products products"
    start_worker
    vendor=$(call_as_operator POST /vendors '{"name": "Import", "email": "import@vendor.example", "commission_ppm": 100000}' | jq -r .id)
    node Benchmarks/Catalogue/import.js "$catalogue_products" >"$HAAT_LOCAL/import.csv"
    media=$(curl -fsS --max-time 120 -H "Authorization: Bearer $HAAT_ADMIN_TOKEN" -H "Idempotency-Key: $(random_uuid)" -H 'Content-Type: text/csv' \
        --data-binary "@$HAAT_LOCAL/import.csv" "$HAAT_PUBLIC_URL/api/v1/media?purpose=import&vendor_id=$vendor" | jq -r .id)
    began=$(date +%s%N)
    import=$(call_as_operator POST /product_imports "{\"vendor_id\": \"$vendor\", \"media_id\": \"$media\", \"currency\": \"BDT\"}" | jq -r .id)
    # Longer than the import may take; what is measured after its end counts as well.
    get_paths lists 4 60 >"$HAAT_LOCAL/during-import.json" &
    pages=$!
    while :; do
        state=$(call_as_operator GET "/product_imports/$import")
        [[ $(jq -r .state <<<"$state") == queued || $(jq -r .state <<<"$state") == running ]] || break
        sleep 0.5
    done
    record_value "Import of $catalogue_products products from a table, in s" $((($(date +%s%N) - began) / 1000000000)) at-most 60
    jq -e --argjson wanted "$catalogue_products" '.created == $wanted' <<<"$state" >/dev/null || fail "the import ended so: $state"
    wait "$pages"
    record_value "Pages meanwhile, four at once: p99 in ms" "$(jq .p99_ms "$HAAT_LOCAL/during-import.json")" at-most 100
    record_value "Worker's memory at its highest, MB" "$(peak_memory_of worker)" at-most 200
}

# get_paths KIND CONNECTIONS SECONDS: what wrk saw of the paths in KIND.txt as JSON, with the milliseconds of processor time that a request
# took in the API and in PostgreSQL. Fails where a request was refused.
get_paths() {
    local kind=$1 connections=$2 seconds=$3 api postgres result
    api=$(processor_ms "$(pid_of api)")
    postgres=$(postgres_ms)
    result=$(wrk --threads 2 --connections "$connections" --duration "${seconds}s" --timeout 10s \
        --script Benchmarks/Catalogue/get_paths.lua "http://127.0.0.1:$HAAT_API_PORT" -- "$HAAT_LOCAL/$kind.txt" | tail -n 1)
    api=$(($(processor_ms "$(pid_of api)") - api))
    postgres=$(($(postgres_ms) - postgres))
    jq -ce --argjson api "$api" --argjson postgres "$postgres" '
        if .refused + .broken > 0 then error("\(.refused) requests were refused, \(.broken) broke")
        else . + {api_ms: ($api / .requests), postgres_ms: ($postgres / .requests)} end' <<<"$result"
}

rate_of() { jq '.requests / .seconds | round' <<<"$1"; }

record_cost() {
    record_observation "same, processor ms a request, API and PostgreSQL" \
        "$(jq -r '"\(.api_ms * 1000 | round / 1000) and \(.postgres_ms * 1000 | round / 1000)"' <<<"$1")"
}

# Of a process and of those of its children that it has seen end.
processor_ms() { awk '{ sub(/^.*\) /, ""); print ($12 + $13) * 10 }' "/proc/$1/stat" 2>/dev/null || printf 0; }

postgres_ms() {
    local postmaster pid sum
    postmaster=$(head -n 1 "$HAAT_LOCAL_SERVERS/data/postmaster.pid")
    sum=$(awk '{ sub(/^.*\) /, ""); print ($12 + $13 + $14 + $15) * 10 }' "/proc/$postmaster/stat")
    for pid in $(cat /proc/"$postmaster"/task/*/children); do sum=$((sum + $(processor_ms "$pid"))); done
    printf '%s' "$sum"
}

# The ratios travel better than the figures: both shared the machine within minutes.
record_against_oscar() {
    record_ratio "Page of 20 products with prices, stock and variants, kept: requests/s" "$page_rate" \
        "Oscar, a view of one's own" "$oscar_list_rate" at-least 20
    record_ratio "same, another filter each" "$list_rate" "Oscar, a view of one's own" "$oscar_list_rate" at-least 5
    record_ratio "Faceted search over $catalogue_products products: requests/s" "$search_rate" \
        "Oscar, filter and facet counts of one's own over 5000" "$oscar_facet_rate" at-least 1
}
