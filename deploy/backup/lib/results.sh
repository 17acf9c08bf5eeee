# shellcheck shell=bash
# What the drill has found so far, one JSON object a line.

# What the results that follow are about.
results_of=source

begin_results() { : >"$results_file"; }

# keep_results_of SUBJECT: and forget those of an earlier run.
keep_results_of() {
    jq -c --arg of "$1" 'select(.of == $of)' "$results_file" >"$results_file.new"
    mv "$results_file.new" "$results_file"
}

# passed CHECK DETAIL [SECONDS]
passed() { record true "$@"; }

# failed CHECK SENTENCE: always fails, so that a check may end with it.
failed() {
    record false "$@"
    return 1
}

record() {
    jq -nc --arg of "$results_of" --argjson passed "$1" --arg check "$2" --arg detail "$3" --argjson seconds "${4:-null}" \
        '{of: $of, check: $check, passed: $passed, detail: $detail} + if $seconds then {seconds: $seconds} else {} end' >>"$results_file"
}

# For what keeps the drill from beginning.
fail_drill() {
    printf 'drill: %s\n' "$*" >&2
    exit 64
}

now() { date +%s.%N; }

# since MOMENT: seconds, to a hundredth.
since() { jq -n --argjson from "$1" --argjson to "$(now)" '($to - $from) * 100 | round / 100'; }

# The last words of a log that matter, as one line.
last_words() { grep -vE '^(HINT|DETAIL|STATEMENT)?:?[[:space:]]*$' "$1" | tail -n "${2:-1}" | tr '\n' ' ' | cut -c 1-400; }
