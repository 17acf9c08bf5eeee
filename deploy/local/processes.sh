# shellcheck shell=bash
# Starts and ends processes of the open installation, each by its own pid.
source deploy/local/terminal.sh

# In the order in which they were started.
started_processes=()

# start_process NAME COMMAND…: in a session of its own, so that Ctrl-C reaches the script alone and the end has an order.
start_process() {
    local name=$1 pid
    shift
    (umask 077 && exec setsid "$@" </dev/null >"$(log_of "$name")" 2>&1) &
    pid=$!
    disown "$pid" # bash need not report its end: these scripts do
    write_identity "$pid" "$HAAT_LOCAL/run/$name.pid"
    started_processes+=("$name")
}

log_of() {
    case $1 in
        redis) printf '%s/log/redis.log' "$HAAT_LOCAL" ;;
        *) printf '%s/log/%s.json' "$HAAT_LOCAL" "$1" ;;
    esac
}

# A pid is used again one day; together with its start time it names one process for good.
write_identity() { printf '%s %s\n' "$1" "$(start_time_of "$1")" >"$2"; }

start_time_of() { sed -E 's/^.*\) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

# Prints the pid in an identity file while that process lives.
living_pid() {
    local pid started
    [[ -e $1 ]] && read -r pid started <"$1" && [[ -n $started && $(start_time_of "$pid") == "$started" ]] &&
        ! grep -q '^State:[[:space:]]*Z' "/proc/$pid/status" 2>/dev/null && printf '%s' "$pid"
}

pid_of() { living_pid "$HAAT_LOCAL/run/$1.pid"; }

# Asks the named process to finish, waits up to half a minute, and only then insists.
stop_process() {
    local name=$1 pid waited=0
    if pid=$(pid_of "$name"); then
        kill -TERM "$pid" 2>/dev/null || true
        while pid_of "$name" >/dev/null; do
            if ((++waited > 300)); then
                say "  $name did not stop within 30 s and is killed"
                kill -KILL "$pid" 2>/dev/null || true
                break
            fi
            sleep 0.1
        done
    fi
    rm -f "$HAAT_LOCAL/run/$name.pid"
}

# Ends everything that this script started, the last one first.
stop_processes() {
    local index
    for ((index = ${#started_processes[@]} - 1; index >= 0; index--)); do
        stop_process "${started_processes[index]}"
    done
    started_processes=()
}

# Says which process died and with which words, then fails.
report_death() {
    printf 'haat: %s ended on its own; the last lines of %s:\n' "$1" "$(log_of "$1")" >&2
    tail -n 15 "$(log_of "$1")" >&2
    exit 1
}

# wait_until_ready NAME URL: until the process itself, and no stranger at its port, answers 200 there; for three minutes at most.
wait_until_ready() {
    local name=$1 url=$2 end=$((SECONDS + 180)) port pid
    port=${url#*://*:}
    port=${port%%/*}
    while ((SECONDS < end)); do
        pid=$(pid_of "$name") || report_death "$name"
        if listens "$pid" "$port" && curl -fsS -o /dev/null --max-time 5 "$url" 2>/dev/null; then return; fi
        sleep 0.1
    done
    printf 'haat: %s is not ready at %s after three minutes; the last lines of %s:\n' "$name" "$url" "$(log_of "$name")" >&2
    tail -n 15 "$(log_of "$name")" >&2
    exit 1
}

# listens PID PORT: whether the process has one of the sockets that listen there, as the kernel tells (state 0A).
listens() {
    local inode hexadecimal
    printf -v hexadecimal '%04X' "$2"
    for inode in $(sed -nE "s/^ *[0-9]+: [0-9A-F]+:$hexadecimal [0-9A-F]+:0000 0A ([^ ]+ +){5}([0-9]+) .*/\2/p" \
        /proc/net/tcp /proc/net/tcp6 2>/dev/null); do
        if find "/proc/$1/fd" -lname "socket:\[$inode\]" 2>/dev/null | grep -q .; then return; fi
    done
    return 1
}
