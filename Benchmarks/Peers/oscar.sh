# shellcheck shell=bash
# A shop made with django-oscar 4.2 and oscarapi on a PostgreSQL of its own behind gunicorn, with 5,000 products of three variants each. Its
# pages are asked for by the same load generator; those of `/own/` are what a team writes over Oscar's models once oscarapi's lists are too
# thin for a storefront.
source deploy/local/install.sh
source deploy/local/processes.sh

oscar_directory=$PWD/.peers/oscar
oscar_port=8460

measure_oscar() {
    install_packages wrk python3 python3-venv
    if [[ ! -e $oscar_directory/installed ]]; then
        step "Installing the peer from PyPI into .peers/oscar, with 5,000 products"
        HTTP_PORT=$oscar_port bash Benchmarks/Peers/Oscar/setup.sh install "$oscar_directory"
        touch "$oscar_directory/installed"
    fi
    HTTP_PORT=$oscar_port start_process oscar bash Benchmarks/Peers/Oscar/setup.sh serve "$oscar_directory"
    wait_until_oscar_serves
    oscar_paths
    oscar_rate list 3 >/dev/null
    oscar_list_rate=$(oscar_rate list "$catalogue_seconds")
    oscar_facet_rate=$(oscar_rate facets "$catalogue_seconds")
    stop_process oscar
}

# Its server is a child of the script that was started.
wait_until_oscar_serves() {
    local end=$((SECONDS + 120))
    until curl -fsS -o /dev/null --max-time 5 "http://127.0.0.1:$oscar_port/own/products/?limit=1" 2>/dev/null; do
        pid_of oscar >/dev/null || report_death oscar
        ((SECONDS < end)) || fail "the Oscar peer does not answer"
        sleep 0.5
    done
}

oscar_paths() {
    local offset category band
    for offset in $(seq 0 20 4000); do printf '/own/products/?limit=20&offset=%s\n' "$offset"; done >"$HAAT_LOCAL/oscar-list.txt"
    for category in $(curl -fsS "http://127.0.0.1:$oscar_port/own/products/?limit=1&facets=1" | jq -r '.facets.categories | keys[]' |
        tr 'A-Z ' 'a-z-'); do
        for band in 0-20 20-40 40-60 60-; do
            printf '/own/products/?category=%s&band=%s&facets=1\n' "$category" "$band"
        done
    done >"$HAAT_LOCAL/oscar-facets.txt"
}

# oscar_rate KIND SECONDS: requests a second.
oscar_rate() {
    wrk --threads 2 --connections 8 --duration "$2s" --timeout 30s --script Benchmarks/Catalogue/get_paths.lua \
        "http://127.0.0.1:$oscar_port" -- "$HAAT_LOCAL/oscar-$1.txt" | tail -n 1 |
        jq -e 'if .refused + .broken > 0 then error("\(.refused + .broken) requests of the peer failed")
            else .requests / .seconds | round end'
}
