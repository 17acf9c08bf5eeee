# shellcheck shell=bash
# What a program needs to know that starts, stops and ruins servers by itself.
source deploy/local/postgres.sh

# export_fault_settings DIRECTORY:
#   HAAT_BIN_DIR             the programs under test (from build.sh)
#   HAAT_PG_BIN              the directory of initdb, pg_ctl and postgres
#   HAAT_PG_USER             the system user that has to run them, or empty: as ourselves
#   HAAT_REDIS_SERVER        redis-server
#   HAAT_FAULT_DIRECTORY     an empty directory in which that user may keep data
export_fault_settings() {
    mkdir -p "$1"
    HAAT_PG_BIN=$(postgres_bin)
    HAAT_PG_USER=
    HAAT_REDIS_SERVER=$(command -v redis-server)
    HAAT_FAULT_DIRECTORY=$(server_data_directory "$1")
    rm -rf "$HAAT_FAULT_DIRECTORY"
    mkdir -p "$HAAT_FAULT_DIRECTORY"
    chmod 700 "$HAAT_FAULT_DIRECTORY"
    if ((EUID == 0)); then
        HAAT_PG_USER=postgres
        chown postgres: "$HAAT_FAULT_DIRECTORY"
    fi
    export HAAT_PG_BIN HAAT_PG_USER HAAT_REDIS_SERVER HAAT_FAULT_DIRECTORY
}

# with_fault_directory COMMAND…: removes what it has written there once it succeeds, and says where that is once it fails.
with_fault_directory() {
    if "$@"; then
        remove_fault_directory
    else
        say "  what servers and processes wrote is kept until the next run: $HAAT_FAULT_DIRECTORY"
        return 1
    fi
}

# The servers of a run outlive it by a moment.
remove_fault_directory() {
    local attempt
    for ((attempt = 0; attempt < 100; attempt++)); do
        rm -rf "$HAAT_FAULT_DIRECTORY" 2>/dev/null && return
        sleep 0.1
    done
    say "  can't remove $HAAT_FAULT_DIRECTORY"
}
