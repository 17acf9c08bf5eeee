# shellcheck shell=bash
# Mutated requests to every port of the API and of a worker. HAAT_MUTATED_REQUESTS says how many to each (100000 take about an hour),
# HAAT_MUTATED_SEED which.
source deploy/local/install.sh
source deploy/local/marketplace.sh

run_mutated_requests() {
    # A subshell does not inherit the script's traps; what starts here also ends here.
    started_processes=()
    trap stop_processes EXIT
    # Their access log would be larger than the disk.
    export HAAT_LOG_LEVEL=error
    migrate
    # Whoever came before may have revoked the key that this begins with.
    run_sql "$HAAT_OWNER_DATABASE_URL" 'update api_keys set revoked_at = null where is_bootstrap'
    start_marketplace
    PYTHONDONTWRITEBYTECODE=1 within_budget python3 Tests/Fuzz/mutated_requests.py --api "$HAAT_API_PORT:$(pid_of api)" \
        --management "api-management:$HAAT_API_MANAGEMENT_PORT:$(pid_of api)" \
        --management "worker-management:$HAAT_WORKER_MANAGEMENT_PORT:$(pid_of worker)" \
        --count "${HAAT_MUTATED_REQUESTS:-2000}" --seed "${HAAT_MUTATED_SEED:-20260101}" "$@" </dev/null
}
