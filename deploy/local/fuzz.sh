#!/usr/bin/env bash
# ./haat fuzz [target] [seconds]
set -euo pipefail
shopt -s inherit_errexit
source deploy/local/install.sh
source deploy/local/fuzzing.sh

mapfile -t targets < <(fuzz_targets)
if (($#)) && [[ ! $1 =~ ^[0-9]+$ ]]; then
    [[ " ${targets[*]} " == *" $1 "* ]] || fail "there is no target '$1'; there are: ${targets[*]}"
    targets=("$1")
    shift
fi
seconds=${1:-60}
[[ $seconds =~ ^[1-9][0-9]{0,5}$ ]] || fail "'$seconds' is no number of seconds"

require_swift
install_packages pkg-config libhiredis-dev
run_fuzzing "$seconds" "${targets[@]}"
