# shellcheck shell=bash
# Fuzzing of what reads bytes from outside, for fuzz.sh and test.sh.

fuzz_corpora=Tests/Fuzz/Corpus
fuzz_program=.build/fuzz/release/haat-fuzz
fuzz_results=.local/fuzz

fuzz_targets() { find "$fuzz_corpora" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort; }

# The manifest without most packages changes Package.resolved, so the full one comes back afterwards.
build_fuzz_targets() (
    kept=.local/Package.resolved
    mkdir -p .local
    [[ -e $kept ]] || cp Package.resolved "$kept"
    trap 'mv -f "$kept" Package.resolved' EXIT
    HAAT_FUZZING=1 swift build --quiet -c release --scratch-path .build/fuzz --product haat-fuzz </dev/null
)

# fuzz TARGET ARGUMENT…: what reads 2 KiB takes milliseconds and few bytes; the timeout leaves room for a machine with other work.
fuzz() {
    local target=$1 dictionary=Tests/Fuzz/Dictionaries/$1.dict
    shift
    [[ ! -e $dictionary ]] || set -- "-dict=$dictionary" "$@"
    # What was freed is kept for a while, to find its uses; by default so much of it that growth would not show.
    ASAN_OPTIONS=quarantine_size_mb=32 SWIFT_BACKTRACE=enable=no HAAT_FUZZ_TARGET=$target "$fuzz_program" \
        -max_len=2048 -timeout=60 -rss_limit_mb=512 -malloc_limit_mb=256 -artifact_prefix="$fuzz_results/$target-" \
        -print_final_stats=1 "$@"
}

# fuzz_for TARGET SECONDS: inputs that reach something new stay in .local, for the next run.
fuzz_for() {
    local target=$1 seconds=$2 log=$fuzz_results/$1.log
    mkdir -p "$fuzz_results/$target"
    if ! fuzz "$target" -max_total_time="$seconds" "$fuzz_results/$target" "$fuzz_corpora/$target" >"$log" 2>&1; then
        tail -n 40 "$log"
        fail "$target: a promise is broken, or a limit exceeded; the input is in $fuzz_results, the whole output in $log"
    fi
    printf '  %-10s %9s inputs, %5s of them new, at most %s MiB\n' "$target" \
        "$(fuzz_statistic number_of_executed_units "$log")" "$(fuzz_statistic new_units_added "$log")" \
        "$(fuzz_statistic peak_rss_mb "$log")"
}

fuzz_statistic() { sed -n "s/^stat::$1: *//p" "$2"; }

# run_fuzzing SECONDS TARGET…
run_fuzzing() {
    local seconds=$1 target
    shift
    build_fuzz_targets
    for target in "$@"; do fuzz_for "$target" "$seconds"; done
}
