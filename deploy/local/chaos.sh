#!/usr/bin/env bash
# ./haat chaos [--failover] [rounds] [--seed N]: real processes against real servers, all of which the program itself starts
# and ruins.
set -euo pipefail
shopt -s inherit_errexit
source deploy/local/install.sh
source deploy/local/build.sh
source deploy/local/faults.sh

require_swift
install_what_haat_needs
configuration=debug # release builds have no places to be killed at
if [[ " $* " == *" --failover "* ]]; then
    install_packages haproxy
    configuration=release
fi
build_products "$configuration" haat-api haat-worker haat-sandbox haat-chaos
export_fault_settings "$PWD/.local/chaos"
with_fault_directory "$HAAT_BIN_DIR/haat-chaos" "$@"
