# shellcheck shell=bash
# Collects what the benchmarks measured and sets it beside the bars.
source deploy/local/terminal.sh

clear_results() { : >"$HAAT_LOCAL/results.tsv"; }

# record_ratio MEASURE OURS PEER THEIRS at-least|at-most BAR: the bar is on OURS / THEIRS.
record_ratio() {
    local ratio
    ratio=$(ratio_of "$2" "$4")
    add_result "$1" "$2" "$3: $4" "$ratio" "$5" "$6" "$ratio"
}

ratio_of() { awk -v ours="$1" -v theirs="$2" 'BEGIN { printf "%.2f", (theirs > 0 ? ours / theirs : 0) }'; }

# record_value MEASURE OURS at-least|at-most BAR: the bar is on OURS itself.
record_value() { add_result "$1" "$2" "" "" "$3" "$4" "$2"; }

# record_figure MEASURE OURS PEER THEIRS: without a bar, to be read beside the others.
record_figure() {
    printf '%s\t%s\t%s\t%s\t\t\n' "$1" "$2" "$3: $4" "$(ratio_of "$2" "$4")" >>"$HAAT_LOCAL/results.tsv"
}

# record_observation MEASURE OURS: with neither a bar nor a peer.
record_observation() { printf '%s\t%s\t\t\t\t\n' "$1" "$2" >>"$HAAT_LOCAL/results.tsv"; }

add_result() {
    local verdict
    verdict=$(awk -v value="$7" -v kind="$5" -v bar="$6" \
        'BEGIN { print ((kind == "at-least" ? value + 0 >= bar + 0 : value + 0 <= bar + 0) ? "met" : "MISSED") }')
    printf '%s\t%s\t%s\t%s\t%s %s\t%s\n' "$1" "$2" "$3" "$4" "${5/-/ }" "$6" "$verdict" >>"$HAAT_LOCAL/results.tsv"
}

# Prints the table, keeps it in latest.md, and fails if a bar was missed.
print_results() {
    step "Results (also in ${HAAT_LOCAL#"$PWD/"}/latest.md)"
    {
        printf '| measure | Haat | peer | ratio | bar | |\n| --- | ---: | ---: | ---: | --- | --- |\n'
        awk -F '\t' '{ printf "| %s | %s | %s | %s | %s | %s |\n", $1, $2, $3, $4, $5, $6 }' "$HAAT_LOCAL/results.tsv"
        printf '\n%s, %s, %s cores; all processes and the load generator share the machine.\n' \
            "$(date -u +%F)" "$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)"
    } | tee "$HAAT_LOCAL/latest.md"
    if grep -q 'MISSED$' "$HAAT_LOCAL/results.tsv"; then fail "a bar was missed"; fi
}

# The middle of the numbers on standard input.
median() { sort -n | awk '{ value[NR] = $1 } END { print NR ? value[int((NR + 1) / 2)] : 0 }'; }
