# shellcheck shell=bash
# With HAAT_BENCH_BEFORE=<revision> that state of the sources is measured beside the present one, in the same rounds and with
# a work tree, a database and a Redis database of its own.
source deploy/local/build.sh
source deploy/local/servers.sh

state_before=${HAAT_BENCH_BEFORE:-}

# build_state_before PRODUCT…: does nothing where no state before was named; else sets before_bin_dir and its database.
build_state_before() {
    if [[ -z $state_before ]]; then return; fi
    local tree=$HAAT_LOCAL/before scratch=$PWD/.build/before product
    check_out_state_before "$tree"
    for product in haat-api "$@"; do
        step "Building $product as of $state_before"
        swift build --package-path "$tree" --scratch-path "$scratch" --configuration release --product "$product" </dev/null
    done
    before_bin_dir=$(swift build --package-path "$tree" --scratch-path "$scratch" --configuration release --show-bin-path)
    before_database=postgresql://haat@127.0.0.1:$HAAT_LOCAL_POSTGRES_PORT/before
    if [[ $(run_sql "$HAAT_ADMINISTRATOR_DATABASE_URL" "select count(*) from pg_database where datname = 'before'") == 0 ]]; then
        run_sql "$HAAT_ADMINISTRATOR_DATABASE_URL" 'create database before'
    fi
    (
        cd "$tree"
        HAAT_DATABASE_URL=$before_database "$before_bin_dir/haat-api" migrate
    )
}

# A tree that is there already stays, so that its build stays warm.
check_out_state_before() {
    local tree=$1 revision
    revision=$(git rev-parse --verify "$state_before^{commit}")
    if [[ $(git -C "$tree" rev-parse HEAD 2>/dev/null) == "$revision" ]]; then return; fi
    git worktree remove --force "$tree" 2>/dev/null || true
    git worktree prune
    git worktree add --force --detach "$tree" "$revision" >/dev/null
}

# Runs a function with the settings of the state before.
in_state_before() {
    local -x HAAT_DATABASE_URL=$before_database HAAT_ADMINISTRATOR_DATABASE_URL=$before_database HAAT_REDIS_URL=redis://127.0.0.1:$HAAT_LOCAL_REDIS_PORT/3
    "$@"
}

# wait_until_any_state_serves NAME PORT: where health is asked for has changed; the specification stands where it stood.
wait_until_any_state_serves() { wait_until_ready "$1" "http://127.0.0.1:$2/api/v1/openapi.json"; }

# record_against_before MEASURE NOW BEFORE: not slower, but for what a machine's noise makes of two equal programs.
record_against_before() {
    if [[ -n $state_before ]]; then record_ratio "$1" "$2" "before" "$3" at-least 0.97; fi
}
