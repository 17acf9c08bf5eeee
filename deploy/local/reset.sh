#!/usr/bin/env bash
# ./haat reset
set -euo pipefail
shopt -s inherit_errexit
source deploy/local/installation.sh

# Claiming an installation ends what a killed run left; what is open in another terminal makes this fail instead.
drop_installation() {
    [[ -d $1 ]] || return 0
    claim_installation "$1"
    rm -rf "$HAAT_LOCAL_SERVERS" "$1"
}

drop_installation "$PWD/.local/test"
drop_installation "$PWD/.local/bench"
drop_installation "$PWD/.local/deploy-check"
rm -rf "$(server_data_directory "$PWD/.local/chaos")"
drop_installation "$PWD/.local"
say ".local/ is gone."
