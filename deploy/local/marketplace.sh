# shellcheck shell=bash
# The three processes of Haat in the open installation.
source deploy/local/servers.sh
source deploy/local/build.sh

# Every setting of the processes that is not a port, a secret or a server of the installation.
export_process_settings() {
    # shellcheck disable=SC2153 # the ports come from open_installation
    local sandbox=127.0.0.1:$HAAT_SANDBOX_PORT api=127.0.0.1:$HAAT_API_PORT
    export HAAT_API_HOST=127.0.0.1 HAAT_MANAGEMENT_HOST=127.0.0.1 HAAT_SANDBOX_HOST=127.0.0.1
    export HAAT_PUBLIC_URL=http://$api
    export HAAT_STRIPE_BASE_URL=http://$sandbox/stripe
    export HAAT_SANDBOX_STRIPE_WEBHOOK_URL=http://$api/webhooks/stripe
    # The sandbox's own merchants: they protect nothing.
    export HAAT_BKASH_BASE_URL=http://$sandbox/bkash HAAT_BKASH_SNS_URL=http://$sandbox/bkash/sns
    export HAAT_BKASH_USERNAME=haat_sandbox HAAT_BKASH_PASSWORD=haat_sandbox_password
    export HAAT_BKASH_APP_KEY=haat_sandbox_app_key HAAT_BKASH_APP_SECRET=haat_sandbox_app_secret
    export HAAT_BKASH_TOPIC_ARN=arn:aws:sns:ap-southeast-1:123456789012:bpt_01929918
    export HAAT_SANDBOX_BKASH_TOPIC_ARN=$HAAT_BKASH_TOPIC_ARN HAAT_SANDBOX_BKASH_SNS_BASE=$HAAT_BKASH_SNS_URL
    export HAAT_SANDBOX_BKASH_SNS_URL=http://$api/webhooks/bkash
    export HAAT_SSLCOMMERZ_BASE_URL=http://$sandbox/sslcommerz
    export HAAT_SSLCOMMERZ_STORE_ID=haatsandbox HAAT_SSLCOMMERZ_STORE_PASSWORD=haatsandbox@ssl
    export HAAT_SANDBOX_SSLCOMMERZ_IPN_URL=http://$api/webhooks/sslcommerz
    # The pairs that the providers publish for their sandboxes, which ours takes too.
    export HAAT_AAMARPAY_BASE_URL=http://$sandbox/aamarpay HAAT_AAMARPAY_CONTACT_PHONE=+8801700000000
    export HAAT_AAMARPAY_STORE_ID=aamarpaytest HAAT_AAMARPAY_SIGNATURE_KEY=dbb74894e82415a2f7ff0ec3a97e4183
    export HAAT_SANDBOX_AAMARPAY_IPN_URL=http://$api/webhooks/aamarpay
    export HAAT_PAYSTATION_BASE_URL=http://$sandbox/paystation HAAT_PAYSTATION_CONTACT_PHONE=+8801700000000
    export HAAT_PAYSTATION_MERCHANT_ID=104-1653730183 HAAT_PAYSTATION_PASSWORD=gamecoderstorepass
    export HAAT_SANDBOX_PAYSTATION_IPN_URL=http://$api/webhooks/paystation
    export HAAT_RAZORPAY_BASE_URL=http://$sandbox/razorpay
    export HAAT_SANDBOX_RAZORPAY_WEBHOOK_URL=http://$api/webhooks/razorpay
    export HAAT_STEADFAST_BASE_URL=http://$sandbox/steadfast/api/v1
    export HAAT_STEADFAST_API_KEY=haat_sandbox HAAT_STEADFAST_SECRET_KEY=haat_sandbox_key
    HAAT_STEADFAST_WEBHOOK_TOKEN=$(token_of steadfast)
    export HAAT_STEADFAST_WEBHOOK_TOKEN
    export HAAT_SANDBOX_STEADFAST_WEBHOOK_URL=http://$api/webhooks/steadfast
    export HAAT_SHIPROCKET_BASE_URL=http://$sandbox/shiprocket/v1/external
    export HAAT_SHIPROCKET_EMAIL=api@haat.example HAAT_SHIPROCKET_PASSWORD=haat_sandbox
    HAAT_SHIPROCKET_WEBHOOK_TOKEN=$(token_of shiprocket)
    export HAAT_SHIPROCKET_WEBHOOK_TOKEN
    export HAAT_SANDBOX_SHIPROCKET_WEBHOOK_URL=http://$api/webhooks/parcels
    export HAAT_SMTP_URL="smtp://127.0.0.1:$HAAT_SANDBOX_SMTP_PORT?starttls=none"
    export HAAT_SMS_URL=http://$sandbox/sms/send HAAT_SMS_SENDER=Haat
    export HAAT_SMS_BODY='{"id":"{id}","to":"{to}","sender":"{sender}","text":"{text}"}'
    export HAAT_MAIL_FROM="Haat <orders@haat.example>"
    export HAAT_MEDIA_DIRECTORY=$HAAT_LOCAL/media
    # One address is all customers here.
    export HAAT_ORDERS_PER_MINUTE=0 HAAT_UNPAID_UNITS_PER_CLIENT=0 HAAT_UNPAID_UNITS_PER_EMAIL=0 HAAT_UNPAID_STOCK_SHARE=0
    export HAAT_LOG_LEVEL=${HAAT_LOG_LEVEL:-info}
}

# token_of COURIER: what proves its pushes, the same as long as the installation stays.
token_of() { printf '%s %s' "$1" "$HAAT_ADMIN_TOKEN" | sha256sum | cut -c1-40; }

migrate() {
    step "Migrating the database"
    HAAT_DATABASE_URL=$HAAT_OWNER_DATABASE_URL "$HAAT_BIN_DIR/haat-api" migrate
}

start_sandbox() {
    start_process sandbox "$HAAT_BIN_DIR/haat-sandbox" serve
    wait_until_ready sandbox "http://127.0.0.1:$HAAT_SANDBOX_PORT/"
}

start_api() {
    HAAT_DATABASE_URL=$HAAT_API_DATABASE_URL start_process api "$HAAT_BIN_DIR/haat-api" serve
    wait_until_ready api "http://127.0.0.1:$HAAT_API_MANAGEMENT_PORT/health/ready"
}

start_worker() {
    start_process worker "$HAAT_BIN_DIR/haat-worker" run
    wait_until_ready worker "http://127.0.0.1:$HAAT_WORKER_MANAGEMENT_PORT/health/ready"
}

start_marketplace() {
    step "Starting sandbox, API and worker (logs in ${HAAT_LOCAL#"$PWD/"}/log)"
    export_process_settings
    start_sandbox
    start_api
    start_worker
}
