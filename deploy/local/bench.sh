#!/usr/bin/env bash
# ./haat bench [receiver|postgres|jobs|orders|sandbox]
set -euo pipefail
shopt -s inherit_errexit
source deploy/local/install.sh
source deploy/local/marketplace.sh
source Benchmarks/results.sh
source Benchmarks/receiver.sh
source Benchmarks/postgres.sh
source Benchmarks/jobs.sh
source Benchmarks/orders.sh
source Benchmarks/sandbox.sh

parts=(receiver postgres jobs orders sandbox)
if (($#)); then
    [[ " ${parts[*]} " == *" $1 "* ]] || fail "there is no benchmark \"$1\"; there are: ${parts[*]}"
    parts=("$1")
fi

# The peers log no requests either.
export HAAT_LOG_LEVEL=warning

require_swift
install_what_haat_needs
open_installation "$PWD/.local/bench" 200
trap close_installation EXIT
trap 'exit 130' INT TERM
start_fresh_servers max_connections=400
clear_results
for part in "${parts[@]}"; do
    "bench_$part"
done
print_results
