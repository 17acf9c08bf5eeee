# shellcheck shell=bash
# Runs the providers' published clients against the sandbox, and what verifies our webhooks against API and worker.
source deploy/local/browser.sh

run_clients() {
    local venv=$PWD/.local/venv-clients
    # Two of them come as source, which setuptools builds; what they pin excludes one another, so nothing is resolved.
    install_python_packages "$venv" "$PWD/Tests/Clients/requirements.txt" --no-deps
    started_processes=()
    trap stop_processes EXIT
    choose_port HAAT_SHOP_PORT 9290
    migrate
    export_process_settings
    push_to "http://127.0.0.1:$HAAT_SHOP_PORT/webhooks"
    # Receivers are here.
    export HAAT_WEBHOOKS_TO_THIS_MACHINE=1
    start_api
    start_worker
    unset HAAT_STRIPE_SECRET_KEY
    forget_accounts
    start_sandbox
    HAAT_API_URL=http://127.0.0.1:$HAAT_API_PORT HAAT_SANDBOX_URL=http://127.0.0.1:$HAAT_SANDBOX_PORT PYTHONDONTWRITEBYTECODE=1 \
        "$venv/bin/pytest" -c Tests/Clients/pytest.ini Tests/Clients "$@" </dev/null | tee "$HAAT_LOCAL/log/clients.log"
}
