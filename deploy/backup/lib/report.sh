# shellcheck shell=bash
# What a drill leaves: report.json, report.txt, and for Prometheus' textfile collector the moment of the last success.

write_report() {
    local report=$HAAT_DRILL_DIRECTORY/report
    jq -s --arg at "$(date -u +%FT%TZ)" --argjson took "$SECONDS" \
        '{verdict: (if length > 0 and all(.[]; .passed) then "passed" else "failed" end), at: $at, seconds: $took,
          restored_within_seconds: ([.[] | select(.check == "api").seconds] | max),
          lost_at_most_seconds: ([.[] | select(.check == "recovery_point").seconds] | max),
          failures: [.[] | select(.passed | not) | "\(.of): \(.detail)"], checks: .}' "$results_file" >"$report.json"
    jq -r '"Restore drill of \(.at): \(.verdict) in \(.seconds) s", "",
        (.checks[] | "\(if .passed then "ok    " else "FAILED" end)  \(.of), \(.check): \(.detail)\(if .seconds then " (\(.seconds) s)" else "" end)")' \
        "$report.json" | tee "$report.txt"
    if [[ $(jq -r .verdict "$report.json") == passed ]]; then
        printf 'haat_restore_drill_success_timestamp_seconds %s\n' "$(date +%s)" >"$HAAT_DRILL_DIRECTORY/haat_restore_drill.prom"
    else
        return 1
    fi
}
