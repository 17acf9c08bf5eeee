# shellcheck shell=bash
# Invoices of five lines, in Latin and Bengali letters, drawn one after the other on one core.
source deploy/local/install.sh
source deploy/local/marketplace.sh
source Benchmarks/results.sh

bench_documents() {
    build_products release bench-documents
    local measured=$HAAT_LOCAL/documents.json
    "$HAAT_BIN_DIR/bench-documents" >"$measured"
    record_value "Invoices drawn per second" "$(jq '.documents_per_second' "$measured")" at-least 100
    record_value "Memory that 10,000 more of them take, in kB" "$(jq '.growth_kb' "$measured")" at-most 4096
}
