#!/usr/bin/env bash
# ./haat test [arguments of swift test]
set -euo pipefail
shopt -s inherit_errexit
source deploy/local/install.sh
source deploy/local/marketplace.sh
source deploy/local/faults.sh
source deploy/local/schemathesis.sh
source deploy/local/mutated.sh
source deploy/local/browser.sh
source deploy/local/clients.sh
source deploy/local/fuzzing.sh

report=()
failures=0

# run_part SECONDS NAME COMMAND…: goes on after a failure, so that one run tells everything. The seconds are about twice what the
# part takes on two cores; what uses them up is cut off.
run_part() {
    local part_seconds=$1 name=$2 began=$SECONDS verdict=passed
    shift 2
    step "$name (at most $part_seconds s, $SECONDS s so far)"
    # The subshell keeps `set -e` at work inside the part, which a condition would switch off.
    set +e
    (
        set -e
        "$@"
    )
    local status=$?
    set -e
    if ((status != 0)); then
        verdict="FAILED"
        failures=$((failures + 1))
    fi
    report+=("$(printf '%-8s %4d s of %4d  %s' "$verdict" $((SECONDS - began)) "$part_seconds" "$name")")
}

build_tests() { within_budget swift build --build-tests </dev/null; }

# A crash ends the run at once, with the one thread that matters; a hang ends it too.
export SWIFT_BACKTRACE=threads=crashed,images=none,interactive=no

# swift_test WIDTH ARGUMENT…: so many tests at a time: all of them at once would starve one another on a small machine.
swift_test() {
    local width=$1
    shift
    within_budget swift test --experimental-maximum-parallelization-width "$width" "$@" </dev/null 2>&1
}

# Apart from the others: they start dozens of processes and would wait for them.
run_tests() { swift_test 4 --skip-build --skip '^FaultTests\.' | tee "$HAAT_LOCAL/log/tests.log"; }

# Most of the time these wait until a dead process' work is taken over.
run_fault_tests() {
    with_fault_directory swift_test 8 --skip-build --filter '^FaultTests\.' | tee "$HAAT_LOCAL/log/fault-tests.log"
}

# The manifest without the web framework changes Package.resolved, so the full one comes back afterwards.
run_thread_sanitizer() {
    trap 'mv -f "$HAAT_LOCAL/Package.resolved" Package.resolved' EXIT
    [[ -e $HAAT_LOCAL/Package.resolved ]] || cp Package.resolved "$HAAT_LOCAL/Package.resolved"
    HAAT_INFRASTRUCTURE_ONLY=1 swift_test 4 --sanitize=thread --scratch-path .build/tsan --skip TelemetryTests |
        tee "$HAAT_LOCAL/log/thread-sanitizer.log"
}

run_short_fuzzing() {
    local targets
    mapfile -t targets < <(fuzz_targets)
    run_fuzzing 5 "${targets[@]}"
}

print_report() {
    step "Summary"
    tail -n 3 "$HAAT_LOCAL/log/tests.log" 2>/dev/null || true
    say ""
    printf '%s\n' "${report[@]}"
}

require_swift
install_what_haat_needs
install_packages poppler-utils zbar-tools libharfbuzz-bin openssl python3 pgbouncer
open_installation "$PWD/.local/test" 100
trap close_installation EXIT
trap 'exit 130' INT TERM
# Without fsync a power cut may cost the data, which nobody will miss; what a killed server had committed is still there.
# What an answer costs is told by the statements that the server counts: of all the databases that tests make.
start_fresh_servers fsync=off full_page_writes=off max_connections=600 \
    shared_preload_libraries=pg_stat_statements pg_stat_statements.max=100000
export HAAT_TEST_DATABASE_URL=postgresql://haat@127.0.0.1:$HAAT_LOCAL_POSTGRES_PORT/postgres
export HAAT_TEST_REDIS_URL=redis://127.0.0.1:$HAAT_LOCAL_REDIS_PORT/0
HAAT_BIN_DIR=$(swift build --show-bin-path)
export HAAT_BIN_DIR
export_fault_settings "$HAAT_LOCAL/faults"

if (($#)); then
    with_fault_directory swift_test 4 "$@"
    exit
fi

run_part 1800 "Debug build" build_tests
if ((failures == 0)); then
    run_part 1200 "Unit and integration tests" run_tests
    run_part 800 "Fault tests" run_fault_tests
    run_part 200 "Models of intake, jobs and idempotency (spin)" within_budget bash deploy/local/model.sh
    run_part 900 "Thread Sanitizer over Postgres, Redis and Jobs" run_thread_sanitizer
    run_part 500 "Fuzzing of what reads bytes from outside" run_short_fuzzing
    run_part 550 "The API against its own specification (schemathesis)" run_schemathesis
    run_part 120 "Mutated requests on every port" run_mutated_requests
    run_part 150 "Published clients of the providers" run_clients
    run_part 500 "Pages in a browser" run_browser_walks
fi
print_report
((failures == 0))
