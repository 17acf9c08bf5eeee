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
