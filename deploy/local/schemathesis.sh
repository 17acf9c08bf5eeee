# shellcheck shell=bash
# Calls every operation of the live API with generated input, good and bad, and holds the answers against the specification.
# Streams are left out: they don't end.
# One worker: two threads of one CPython 3.11 that parse Python at a time fail now and then.
source deploy/local/install.sh
source deploy/local/marketplace.sh
source deploy/local/python.sh

schemathesis_version=4.32.5
schemathesis_seed=20260101
schemathesis_checks=not_a_server_error,status_code_conformance,content_type_conformance
schemathesis_checks+=,response_headers_conformance,response_schema_conformance,negative_data_rejection
schemathesis_checks+=,missing_required_header,unsupported_method,ignored_auth

run_schemathesis() {
    local api=http://127.0.0.1:$HAAT_API_PORT
    install_schemathesis
    # A subshell does not inherit the script's traps; what starts here also ends here.
    started_processes=()
    trap stop_processes EXIT
    migrate
    start_marketplace
    SCHEMATHESIS_HOOKS=deploy/local/schemathesis_hooks.py PYTHONDONTWRITEBYTECODE=1 \
        within_budget "$PWD/.local/venv/bin/schemathesis" --config-file deploy/local/schemathesis.toml run \
        "$api/api/v1/openapi.json" --url "$api" \
        --header "Authorization: Bearer $HAAT_ADMIN_TOKEN" --checks "$schemathesis_checks" \
        --max-examples "${HAAT_SCHEMATHESIS_EXAMPLES:-10}" --seed "$schemathesis_seed" --generation-database none \
        --exclude-path /api/v1/stock/events --exclude-path /api/v1/events/stream \
        --request-timeout 20 --workers 1 --warnings off
    local process
    for process in api worker sandbox; do
        pid_of "$process" >/dev/null || report_death "$process"
    done
}

install_schemathesis() {
    local wanted=$HAAT_LOCAL/schemathesis.txt
    printf 'schemathesis==%s\n' "$schemathesis_version" >"$wanted"
    install_python_packages "$PWD/.local/venv" "$wanted"
}
