# shellcheck shell=bash
# What can be said about the files without running them.

gixy_version=0.2.59
# systemd-analyze's own measure: 0 is closed, 10 is open.
allowed_exposure=15

check_texts() {
    step "Reading the files of deploy/"
    read_scripts
    read_units
    read_site
}

read_scripts() {
    local scripts=(haat deploy/backup/drill deploy/systemd/haat-operator deploy/check/systemd-boot.sh deploy/local/{bench,chaos,deploy-check,format,lint,reset,test,up}.sh)
    shellcheck --external-sources "${scripts[@]}"
    say "  shellcheck: ${#scripts[@]} programs and what they source"
}

# The paths of an installation are those of the checked release here.
read_units() {
    local units=$HAAT_LOCAL/unit-texts unit said
    rm -rf "$units"
    mkdir -p "$units"
    for unit in deploy/systemd/*.{service,timer,target}; do
        sed "s|/opt/haat/current|$HAAT_RELEASE|" "$unit" >"$units/${unit##*/}"
    done
    said=$(systemd-analyze verify --man=no "$units"/* 2>&1) || true
    [[ -z $said ]] || fail "systemd-analyze verify: $said"
    for unit in "$units"/*.service; do
        said=$(systemd-analyze security --offline=true --no-pager --threshold="$allowed_exposure" "$unit" 2>/dev/null) ||
            fail "${unit##*/} is too open: ${said##*→}"
        say "  ${said##*→ Overall exposure level for }"
    done
}

read_site() {
    local directory=$HAAT_LOCAL/nginx-text venv=$PWD/.local/venv-gixy wanted=$HAAT_LOCAL/gixy.txt
    printf 'gixy-ng==%s\n' "$gixy_version" >"$wanted"
    install_python_packages "$venv" "$wanted"
    make_certificate "$HAAT_LOCAL/certificate" "$site"
    lay_out_site "$directory" 8443 8442 8080 8081
    quietly nginx -t -q -p "$directory" -c "$directory/nginx.conf" -e stderr
    say "  nginx -t: nothing to say"
    quietly "$venv/bin/gixy" "$directory/nginx.conf"
    say "  gixy: nothing found"
}
