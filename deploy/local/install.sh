# shellcheck shell=bash
# What a bare Debian or Ubuntu lacks.
source deploy/local/terminal.sh
source deploy/local/postgres.sh

wanted_swift=6.3

declare -A package_purpose=(
    [pkg-config]="finds the libraries below for the Swift build"
    [libpq-dev]="PostgreSQL's client library"
    [libhiredis-dev]="Redis' protocol codec"
    [libssl-dev]="TLS for both"
    [libcurl4-openssl-dev]="sends e-mail"
    [libargon2-dev]="hashes passwords"
    [libpango1.0-dev]="sets and draws invoices, with cairo"
    [libzint-dev]="makes the codes of parcels' labels"
    [fonts-noto-core]="has the letters of Bengali, Hindi and English for them"
    [libvips-dev]="makes smaller pictures of uploaded ones"
    [zlib1g-dev]="compresses HTTP answers"
    [postgresql]="the database server"
    [redis-server]="the queue server"
    [curl]="talks to the API from these scripts"
    [jq]="reads the API's answers in these scripts"
    [python3-venv]="keeps the tests' Python packages apart from the system's"
    [poppler-utils]="reads labels and invoices back in the tests"
    [zbar-tools]="scans labels in the tests"
    [libharfbuzz-bin]="draws words for the tests to compare invoices with"
    [python3]="gives the sandbox's signatures and the prices of carts a second opinion in their tests"
    [openssl]="checks the sandbox's signatures in its tests"
    [chromium]="walks the sandbox's pages in its tests"
    [haproxy]="stands before pairs of servers while they fail over"
    [pgbouncer]="pools PostgreSQL's connections in the tests"
    [nginx]="stands before the API"
    [pgbackrest]="backs PostgreSQL up and restores it"
    [dbus]="lets operators' commands reach systemd"
    [shellcheck]="reads the scripts of a deployment"
    [spin]="searches the models of intake, jobs and idempotency"
    [gcc]="compiles what spin makes of them"
    [wrk]="generates HTTP load"
    [nodejs]="runs the Express peer"
    [ruby-sidekiq]="is the job queue that ours is measured against"
)

# The libraries of the build, the servers, and the tools of these scripts.
install_what_haat_needs() {
    install_packages pkg-config libpq-dev libhiredis-dev libssl-dev libcurl4-openssl-dev libargon2-dev libpango1.0-dev \
        fonts-noto-core libzint-dev libvips-dev zlib1g-dev postgresql redis-server curl jq
}

# Ends with one clear line where Swift is missing or older than the package needs.
require_swift() {
    local found
    command -v swift >/dev/null ||
        fail "Swift $wanted_swift or newer is needed, and there is no swift on the PATH: https://www.swift.org/install/linux/"
    found=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+(\.[0-9]+)*).*/\1/p') || found=
    is_at_least "$wanted_swift" "${found:-0}" ||
        fail "Swift $wanted_swift or newer is needed, and $(command -v swift) is ${found:-of an unknown version}: https://www.swift.org/install/linux/"
}

is_at_least() { [[ $(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1) == "$1" ]]; }

# Installs those of the named packages that are missing, and says which and why.
install_packages() {
    local missing=() package
    for package in "$@"; do
        is_present "$package" || missing+=("$package")
    done
    ((${#missing[@]})) || return 0

    command -v apt-get >/dev/null || fail "there is no apt-get here; please install by hand: ${missing[*]}"
    local as_root=()
    if ((EUID != 0)); then
        command -v sudo >/dev/null || fail "there is no sudo here; please run as root: apt-get install ${missing[*]}"
        as_root=(sudo)
    fi

    step "Installing system packages${as_root[*]:+ (with sudo)}"
    for package in "${missing[@]}"; do say "  $package: ${package_purpose[$package]}"; done
    (
        trap release_services EXIT
        hold_services
        quietly "${as_root[@]}" apt-get update -q
        quietly "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
            -o DPkg::Lock::Timeout=120 "${missing[@]}"
    )
}

# A package counts as present when what it is wanted for is there, wherever that came from.
is_present() {
    case $1 in
        postgresql) [[ -n $(postgres_bin) ]] ;;
        nginx) [[ -x /usr/sbin/nginx ]] ;;
        python3-venv) python3 -c 'import ensurepip, venv' 2>/dev/null ;;
        nodejs) command -v node >/dev/null ;;
        ruby-sidekiq) command -v sidekiq >/dev/null ;;
        pkg-config | redis-server | curl | jq | wrk | openssl | python3 | chromium | haproxy | pgbackrest | shellcheck | spin | gcc) command -v "$1" >/dev/null ;;
        *) [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]] ;;
    esac
}

# Debian starts a server as soon as its package is installed. Ours are private, so that one is asked not to start;
# policy-rc.d is Debian's own way of asking, and an existing one is left alone.
service_policy=/usr/sbin/policy-rc.d
service_policy_text='#!/bin/sh
# Placed by Haat while it installs packages; removed right after.
exit 101'

hold_services() {
    [[ -e $service_policy ]] && return
    printf '%s\n' "$service_policy_text" | "${as_root[@]}" tee "$service_policy" >/dev/null
    "${as_root[@]}" chmod 755 "$service_policy"
}

release_services() {
    if [[ $(cat "$service_policy" 2>/dev/null) == "$service_policy_text" ]]; then
        "${as_root[@]}" rm -f "$service_policy"
    fi
}

# Runs a chatty command and shows what it said only if it failed.
quietly() {
    local said
    said=$(mktemp)
    if ! "$@" >"$said" 2>&1 </dev/null; then
        tail -n 40 "$said" >&2
        rm -f "$said"
        fail "this failed: $*"
    fi
    rm -f "$said"
}
