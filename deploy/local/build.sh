# shellcheck shell=bash
# Builds with SwiftPM, whose own no-op is quick enough to be asked every time.
source deploy/local/terminal.sh

# build_products CONFIGURATION PRODUCT…: leaves the directory of the programs in HAAT_BIN_DIR.
build_products() {
    local configuration=$1 product
    shift
    step "Building $* ($configuration)"
    for product in "$@"; do
        swift build --configuration "$configuration" --product "$product" </dev/null
    done
    HAAT_BIN_DIR=$(swift build --configuration "$configuration" --show-bin-path)
    export HAAT_BIN_DIR
}
