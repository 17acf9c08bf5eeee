# shellcheck shell=bash
# Walks the sandbox's pages and the API's documentation in Debian's Chromium.
source deploy/local/install.sh
source deploy/local/marketplace.sh
source deploy/local/python.sh

run_browser_walks() {
    local venv=$PWD/.local/venv-browser
    install_packages chromium
    install_python_packages "$venv" "$PWD/Tests/Browser/requirements.txt"
    # A subshell does not inherit the script's traps; what starts here also ends here.
    started_processes=()
    trap stop_processes EXIT
    choose_port HAAT_SHOP_PORT 9290
    migrate
    export_process_settings
    push_to "http://127.0.0.1:$HAAT_SHOP_PORT/webhooks"
    forget_accounts
    start_sandbox
    start_api
    HAAT_SANDBOX_URL=http://127.0.0.1:$HAAT_SANDBOX_PORT HAAT_API_URL=http://127.0.0.1:$HAAT_API_PORT \
        PYTHONDONTWRITEBYTECODE=1 within_budget "$venv/bin/pytest" -c Tests/Browser/pytest.ini Tests/Browser "$@" </dev/null |
        tee "$HAAT_LOCAL/log/browser.log"
}

# The sandbox, too, then has no accounts but its own, which those who walk and call know.
forget_accounts() {
    unset HAAT_RAZORPAY_KEY_ID HAAT_RAZORPAY_KEY_SECRET HAAT_RAZORPAY_WEBHOOK_SECRETS
    unset HAAT_STEADFAST_API_KEY HAAT_STEADFAST_SECRET_KEY HAAT_STEADFAST_WEBHOOK_TOKEN
    unset HAAT_SHIPROCKET_EMAIL HAAT_SHIPROCKET_PASSWORD HAAT_SHIPROCKET_WEBHOOK_TOKEN
}

# push_to BASE: lets every provider of the sandbox push to BASE/{provider}.
push_to() {
    local provider
    for provider in STRIPE RAZORPAY STEADFAST SHIPROCKET; do export "HAAT_SANDBOX_${provider}_WEBHOOK_URL=$1/${provider,,}"; done
    for provider in SSLCOMMERZ AAMARPAY PAYSTATION; do export "HAAT_SANDBOX_${provider}_IPN_URL=$1/${provider,,}"; done
    export HAAT_SANDBOX_BKASH_SNS_URL=$1/bkash
    export HAAT_SANDBOX_BKASH_SNS_BASE=http://127.0.0.1:$HAAT_SANDBOX_PORT/bkash/sns
}
