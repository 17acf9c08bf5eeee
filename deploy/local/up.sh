#!/usr/bin/env bash
# ./haat up [--once]
set -euo pipefail
shopt -s inherit_errexit
source deploy/local/install.sh
source deploy/local/build.sh
source deploy/local/marketplace.sh
source deploy/local/seed.sh
source deploy/local/purchase.sh

print_addresses() {
    local api=http://127.0.0.1:$HAAT_API_PORT sandbox=http://127.0.0.1:$HAAT_SANDBOX_PORT
    step "Haat is up"
    cat <<ADDRESSES
  API            $api/api/v1          (operator token: HAAT_ADMIN_TOKEN in .local/env)
  Documentation  $api/docs
  Health         http://127.0.0.1:$HAAT_API_MANAGEMENT_PORT/health/ready    (of the worker: port $HAAT_WORKER_MANAGEMENT_PORT)
  Metrics        http://127.0.0.1:$HAAT_API_MANAGEMENT_PORT/metrics         (likewise)
  Sandbox        $sandbox/            (Stripe: pay, fail or cancel by hand)
  Inbox          $sandbox/inbox
  PostgreSQL     $HAAT_DATABASE_URL    (as the worker)
  Redis          $HAAT_REDIS_URL
  Logs           .local/log/
ADDRESSES
}

stop_everything() {
    trap '' INT TERM
    step "Stopping"
    close_installation
}

# Returns on Ctrl-C or SIGTERM; fails as soon as something that should run no longer does.
stay_up() {
    local asked_to_stop='' name
    trap 'asked_to_stop=yes' INT TERM
    say ""
    say "Ctrl-C stops everything."
    while [[ -z $asked_to_stop ]]; do
        for name in "${started_processes[@]}"; do
            pid_of "$name" >/dev/null || [[ -n $asked_to_stop ]] || report_death "$name"
        done
        postgres_is_alive "$HAAT_LOCAL_SERVERS" || fail "PostgreSQL ended on its own; its log is $HAAT_LOCAL_SERVERS/log"
        sleep 1 || true
    done
}

once=
case ${1:-} in
    '') ;;
    --once) once=yes ;;
    *) fail "up knows only --once, not \"$1\"" ;;
esac

require_swift
install_what_haat_needs
build_products release haat-api haat-worker haat-sandbox
open_installation "$PWD/.local" 0
trap stop_everything EXIT
trap 'exit 130' INT TERM
start_durable_servers
migrate
start_marketplace
seed_marketplace
play_purchase
if [[ -z $once ]]; then
    print_addresses
    stay_up
fi
