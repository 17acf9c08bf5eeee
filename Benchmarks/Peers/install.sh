# shellcheck shell=bash
# Brings Express, pg and redis for Node from Debian's packages into .peers/, without installing them.
source deploy/local/terminal.sh

install_node_modules() {
    local modules=$PWD/.peers/node
    NODE_PATH=$modules/usr/share/nodejs:$modules/usr/lib/$(uname -m)-linux-gnu/nodejs
    export NODE_PATH
    if node -e 'for (const name of ["express", "pg", "redis"]) require(name)' 2>/dev/null; then return; fi
    step "Fetching the Express peer's modules from Debian's packages into .peers/"
    rm -rf "$modules"
    mkdir -p "$modules" .peers/archives
    node_packages | (cd .peers/archives && xargs apt-get download -q >/dev/null 2>&1) ||
        fail "apt-get could not download the modules; is its package list fresh (apt-get update)?"
    find .peers/archives -name '*.deb' -exec dpkg -x {} "$modules" \;
    node -e 'for (const name of ["express", "pg", "redis"]) require(name)'
}

# node-express, node-pg, node-redis and every Node module below them.
node_packages() {
    apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
        node-express node-pg node-redis | grep -E '^node-[a-z0-9.+-]+$' | sort -u
}
