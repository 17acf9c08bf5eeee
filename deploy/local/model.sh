#!/usr/bin/env bash
# ./haat model [--update]: searches the models in Tests/Model exhaustively, and finds the faults that are planted in them.
# --update writes Tests/Model/transitions.txt anew.
set -euo pipefail
shopt -s inherit_errexit
source deploy/local/install.sh

# Checks, one a line: model | variant | property | faults in a run | definitions. `safety` looks at assertions, also at that on
# runs that stop; `ends` besides at the model's LTL formula, for runs in which every process that can go on does so in the end.
checks=(
    "intake|-|safety|3|"
    "intake|-|ends|2|"
    "jobs|effect within finish|safety|2|"
    "jobs|effect within finish|ends|1|"
    "jobs|effect outside, held|safety|2|-DOUTSIDE"
    "jobs|effect outside, held|ends|1|-DOUTSIDE"
    "jobs|handler without finish|safety|2|-DWITHOUT_FINISH"
    "jobs|handler without finish|ends|1|-DWITHOUT_FINISH"
    "jobs|handler ends its worker|safety|1|-DPOISON"
    "jobs|handler ends its worker|ends|0|-DPOISON"
    "jobs|the same, held|safety|1|-DPOISON -DOUTSIDE"
    "jobs|the same, held|ends|0|-DPOISON -DOUTSIDE"
    "idempotency|transactional|ends|3|"
    "idempotency|leased|ends|3|-DLEASED"
)

# Planted faults: model | fault | property that is to be violated | other faults in a run | definitions.
planted=(
    "intake|FAULT_HINT_WITHOUT_HISTORY|safety|1"
    "intake|FAULT_DUPLICATE_WITHOUT_MESSAGE|safety|2"
    "jobs|FAULT_FINISH_WITHOUT_FENCE|safety|2"
    "jobs|FAULT_KEEP_ABANDONED_CLAIMS|safety|1"
    "jobs|FAULT_UNCOUNTED_RUNS|ends|0|-DPOISON"
    "idempotency|FAULT_ANSWER_AFTER_EFFECT|safety|1"
)

models=$PWD/Tests/Model
work=$PWD/.local/model
allowed=$models/transitions.txt

# search DIRECTORY MODEL PROPERTY FAULTS DEFINITIONS: leaves what spin says in DIRECTORY/log.
search() {
    local directory=$1 model=$2 property=$3 faults=$4 began status=0
    local -a definitions compile run
    read -ra definitions <<<"${5:-}"
    mkdir -p "$directory"
    cd "$directory"
    case $property in
        safety) compile=(-DSAFETY -DNOCLAIM) run=() ;;
        ends) compile=(-DNFAIR=3) run=(-a -f) ;;
    esac
    spin -a "-DFAULTS=$faults" "${definitions[@]}" "$models/$model.pml" >spin.log
    # Optimising takes longer than it saves.
    gcc -O0 -w -I "$models" "${compile[@]}" -o pan pan.c
    began=${EPOCHREALTIME/./}
    PRINT_TRANSITIONS=1 ./pan -m1000000 "${run[@]}" >log 2>&1 || status=$?
    echo "seconds: $(((${EPOCHREALTIME/./} - began) / 10000))" >>log
    return "$status"
}

# As many at a time as there are processors. A search that could not be made leaves no log.
search_all() {
    local entry model variant property faults definitions number=0
    rm -rf "$work"
    for entry in "${checks[@]}"; do
        IFS='|' read -r model variant property faults definitions <<<"$entry"
        in_turn search "$work/check-$((number++))" "$model" "$property" "$faults" "$definitions"
    done
    number=0
    for entry in "${planted[@]}"; do
        IFS='|' read -r model variant property faults definitions <<<"$entry"
        in_turn search "$work/planted-$((number++))" "$model" "$property" "$faults" "-D$variant $definitions"
    done
    wait
}

in_turn() {
    while (($(jobs -rp | wc -l) >= $(nproc))); do wait -n || true; done
    ("$@") || true &
}

# What a log tells.
states() { sed -nE 's/^ *([0-9.e+]+) states, stored.*/\1/p' "$1" | awk '{ printf "%d", $1 }'; }
transitions() { sed -nE 's/^ *([0-9.e+]+) transitions \(.*/\1/p' "$1" | awk '{ printf "%d", $1 }'; }
depth() { sed -nE 's/.*depth reached ([0-9]+).*/\1/p' "$1"; }
seconds() { sed -nE 's/^seconds: ([0-9]+)$/\1/p' "$1" | awk '{ printf "%.2f", $1 / 100 }'; }

# Nothing was found, and nothing left out.
is_proven() {
    grep -q 'errors: 0$' "$1" && ! grep -qE 'max search depth too small|out of memory|Search not completed' "$1"
}

print_checks() {
    local entry model variant property faults definitions number=0 log result
    printf '%-12s %-24s %-7s %6s %9s %12s %7s %8s  %s\n' model variant property faults states transitions depth seconds result
    for entry in "${checks[@]}"; do
        IFS='|' read -r model variant property faults definitions <<<"$entry"
        log=$work/check-$((number++))/log
        result=holds
        if ! { [[ -e $log ]] && is_proven "$log"; }; then
            result="VIOLATED, see ${log%/log}"
            failures=$((failures + 1))
        fi
        [[ -e $log ]] || log=/dev/null
        printf '%-12s %-24s %-7s %6s %9s %12s %7s %8s  %s\n' "$model" "$variant" "$property" "$faults" "$(states "$log")" \
            "$(transitions "$log")" "$(depth "$log")" "$(seconds "$log")" "$result"
    done
}

print_planted() {
    local entry model fault property number=0 log finding
    printf '\n%-12s %-34s %-8s %6s %8s  %s\n' model "planted fault" property steps seconds found
    for entry in "${planted[@]}"; do
        IFS='|' read -r model fault property _ <<<"$entry"
        log=$work/planted-$((number++))/log
        [[ -e $log ]] || log=/dev/null
        finding=$(sed -nE 's/^pan:1: (.*) \(at depth [0-9]+\)$/\1/p' "$log")
        if [[ -z $finding ]]; then
            finding="NOT FOUND"
            failures=$((failures + 1))
        fi
        printf '%-12s %-34s %-8s %6s %8s  %.70s\n' "$model" "$fault" "$property" "$(sed -nE 's/^pan:1: .* \(at depth ([0-9]+)\)$/\1/p' "$log")" \
            "$(seconds "$log")" "$finding"
    done
}

# What the row of a job may do, by all that the searches have met.
compare_transitions() {
    local found=$work/transitions.txt
    { sed -n 's/^transition: //p' "$work"/check-*/log || true; } | LC_ALL=C sort -u >"$found"
    if [[ ${1:-} == --update ]]; then
        cp "$found" "$allowed"
    elif ! diff -u "$allowed" "$found"; then
        say "Tests/Model/transitions.txt is not what the model does; ./haat model --update writes it anew"
        failures=$((failures + 1))
    fi
    say ""
    say "$(wc -l <"$found") transitions of a job's row"
}

failures=0
install_packages spin gcc
step "Searching the models"
search_all
print_checks
print_planted
compare_transitions "$@"
say "$SECONDS s in all"
((failures == 0))
