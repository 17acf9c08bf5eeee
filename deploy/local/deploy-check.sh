#!/usr/bin/env bash
# ./haat deploy-check [texts|nginx|systemd|backup]: the files of deploy/ at work, on servers of their own.
set -euo pipefail
shopt -s inherit_errexit
source deploy/local/install.sh
source deploy/local/marketplace.sh
source deploy/local/python.sh
source deploy/local/seed.sh
source deploy/local/purchase.sh
source deploy/check/release.sh
source deploy/check/proxy.sh
source deploy/check/texts.sh
source deploy/check/nginx.sh
source deploy/check/systemd.sh
source deploy/check/object-storage.sh
source deploy/check/backup.sh
source deploy/check/sabotage.sh

parts=(texts nginx systemd backup)
if (($#)); then
    [[ " ${parts[*]} " == *" $1 "* ]] || fail "there is no part \"$1\" of the check; there are: ${parts[*]}"
    parts=("$1")
fi

# What was not archived need not be: nobody wants these data again.
close_check() {
    end_systemd
    stop_processes
    end_postgres_at_once
    close_installation
}

require_swift
install_what_haat_needs
install_packages nginx pgbackrest dbus shellcheck openssl python3
# Programs that are built already may be named.
if [[ -z ${HAAT_BIN_DIR:-} ]]; then build_products release haat-api haat-worker haat-sandbox; fi
open_installation "$PWD/.local/deploy-check" 300
trap close_check EXIT
trap 'exit 130' INT TERM
start_checked_servers
lay_out_release
for part in "${parts[@]}"; do
    "check_$part"
done
step "The files of deploy/ work: ${parts[*]}"
