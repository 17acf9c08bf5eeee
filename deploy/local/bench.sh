#!/usr/bin/env bash
# ./haat bench [receiver|postgres|jobs|orders|sandbox|abuse|search|catalogue|pricing|documents]
set -euo pipefail
shopt -s inherit_errexit
source deploy/local/install.sh
source deploy/local/marketplace.sh
source Benchmarks/results.sh
source Benchmarks/receiver.sh
source Benchmarks/postgres.sh
source Benchmarks/jobs.sh
source Benchmarks/orders.sh
source Benchmarks/search.sh
source Benchmarks/documents.sh
source Benchmarks/catalogue.sh
source Benchmarks/sandbox.sh
source Benchmarks/abuse.sh
source Benchmarks/pricing.sh

parts=(receiver postgres jobs orders sandbox abuse search catalogue pricing documents)
if (($#)); then
    [[ " ${parts[*]} " == *" $1 "* ]] || fail "there is no benchmark \"$1\"; there are: ${parts[*]}"
    parts=("$1")
fi

# A server that has run for a while writes over its old WAL files. A new one first fills each with zeros, and no commit ends
# for tens of milliseconds meanwhile: the disk would be measured, not who writes to it.
season_wal() {
    local megabytes
    for ((megabytes = 0; megabytes < 1800; megabytes += 15)); do
        printf "select pg_logical_emit_message(false, 'season', repeat('x', 15000000)), pg_switch_wal();\n"
    done >"$HAAT_LOCAL/season.sql"
    "$(postgres_bin)/psql" --no-psqlrc --quiet --output=/dev/null --set=ON_ERROR_STOP=1 --file="$HAAT_LOCAL/season.sql" \
        "$HAAT_ADMINISTRATOR_DATABASE_URL"
    run_sql "$HAAT_ADMINISTRATOR_DATABASE_URL" checkpoint
    rm "$HAAT_LOCAL/season.sql"
}

# The peers log no requests either.
export HAAT_LOG_LEVEL=warning

require_swift
install_what_haat_needs
open_installation "$PWD/.local/bench" 200
trap close_installation EXIT
trap 'exit 130' INT TERM
start_fresh_servers max_connections=400 min_wal_size=2GB max_wal_size=4GB
season_wal
clear_results
for part in "${parts[@]}"; do
    "bench_$part"
done
print_results
