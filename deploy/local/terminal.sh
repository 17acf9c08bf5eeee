# shellcheck shell=bash
# What the scripts say to the person in front of them.

say() { printf '%s\n' "$*"; }

step() {
    if [[ -t 1 ]]; then printf '\n\033[1m%s\033[0m\n' "$*"; else printf '\n== %s\n' "$*"; fi
}

fail() {
    printf 'haat: %s\n' "$*" >&2
    exit 1
}

# within_budget COMMAND…: in a part of ./haat test no longer than the part may take, elsewhere as long as it takes.
within_budget() { timeout --kill-after=30 "${part_seconds:-0}" "$@"; }
