# shellcheck shell=bash
# The units under a systemd of their own, in namespaces, with the very files and paths of an installation.

check_systemd() {
    if ! can_run_systemd; then
        step "The units are not started: that takes root and a hierarchy of cgroups that systemd can have a part of"
        return
    fi
    choose_port HAAT_UNIT_API_PORT 8757
    choose_port HAAT_UNIT_SECOND_API_PORT 8758
    choose_port HAAT_UNIT_WORKER_PORT 8759
    export_process_settings
    run_sql "$HAAT_OWNER_DATABASE_URL" 'drop schema public cascade; create schema public'
    start_systemd
    migrate_by_unit
    start_units
    inspect_units
    call_as_person
    restart_units
    refuse_bad_settings
    stop_units
    back_up_by_units
    check_journal
    end_systemd
}

can_run_systemd() { ((EUID == 0)) && [[ -d /sys/fs/cgroup/systemd && -x /lib/systemd/systemd ]]; }

start_systemd() {
    step "Starting a systemd for the units"
    unit_files=$HAAT_LOCAL/units
    write_unit_files
    mkdir -p "$HAAT_LOCAL/mounts"
    start_process systemd bash -c '
        for hierarchy in systemd memory pids; do
            mkdir -p "/sys/fs/cgroup/$hierarchy/haat-check-$$"
            echo $$ >"/sys/fs/cgroup/$hierarchy/haat-check-$$/cgroup.procs"
        done
        exec unshare --fork --kill-child --pid --mount --cgroup --uts --ipc bash deploy/check/systemd-boot.sh "$@"' \
        _ haat-check "$HAAT_LOCAL/mounts" "$HAAT_RELEASE" "$unit_files" "$HAAT_LOCAL_SERVERS"
    local attempt
    for ((attempt = 0; attempt < 300; attempt++)); do
        if systemd_pid >/dev/null && inside systemctl is-active --quiet systemd-journald 2>/dev/null; then return; fi
        sleep 0.1
    done
    cat "$(log_of systemd)" >&2
    fail "systemd does not start"
}

systemd_pid() { pgrep --parent "$(pid_of systemd || printf 0)" --exact systemd; }

inside() { nsenter --target "$(systemd_pid)" --mount --pid --ipc --uts -- "$@"; }

# All processes of its namespace end with it.
end_systemd() {
    local cgroup pid
    cgroup=haat-check-$(pid_of systemd) || return 0
    if pid=$(systemd_pid); then kill -KILL "$pid"; fi
    stop_process systemd
    remove_cgroups "$cgroup"
}

# The last processes leave theirs a moment after they were killed.
remove_cgroups() {
    local attempt hierarchy
    for ((attempt = 0; attempt < 50; attempt++)); do
        for hierarchy in systemd memory pids; do
            find "/sys/fs/cgroup/$hierarchy/$1" -depth -type d -exec rmdir {} + 2>/dev/null || true
        done
        compgen -G "/sys/fs/cgroup/*/$1" >/dev/null || return 0
        sleep 0.1
    done
    say "  cgroups are left over: $1"
}

# /etc as docs/deploying.md leaves it.
write_unit_files() {
    local credentials=$unit_files/haat/credentials gateway=systemd/system
    rm -rf "$unit_files"
    mkdir -p "$credentials" "$unit_files/$gateway"/haat-{api,worker}@.service.d
    cp deploy/systemd/*.{service,timer,target} "$unit_files/$gateway"
    for name in api worker; do cp deploy/systemd/gateways/stripe.conf "$unit_files/$gateway/haat-$name@.service.d"; done
    cp deploy/systemd/haat/*.env "$unit_files/haat"
    sed -e "s|^HAAT_PUBLIC_URL=.*|HAAT_PUBLIC_URL=http://127.0.0.1:$HAAT_UNIT_API_PORT|" -i "$unit_files/haat/haat.env"
    printf 'HAAT_STRIPE_BASE_URL=%s\n' "$HAAT_STRIPE_BASE_URL" >>"$unit_files/haat/haat.env"
    sed "s|^HAAT_WORKER_MANAGEMENT_PORT=.*|HAAT_WORKER_MANAGEMENT_PORT=$HAAT_UNIT_WORKER_PORT|" -i "$unit_files/haat/worker-core.env"
    printf '%s' "$HAAT_OWNER_DATABASE_URL" >"$credentials/owner_database_url"
    printf '%s' "$HAAT_API_DATABASE_URL" >"$credentials/api_database_url"
    printf '%s' "$HAAT_DATABASE_URL" >"$credentials/database_url"
    printf '%s' "$HAAT_REDIS_URL" >"$credentials/redis_url"
    printf '%s' "$HAAT_ADMIN_TOKEN" >"$credentials/admin_token"
    printf '%s' "$HAAT_ENCRYPTION_KEY" >"$credentials/encryption_key"
    printf '%s' "$HAAT_AUDIT_KEY" >"$credentials/audit_key"
    printf '%s' "$HAAT_SMTP_URL" >"$credentials/smtp_url"
    printf '%s' "$HAAT_STRIPE_SECRET_KEY" >"$credentials/stripe_secret_key"
    printf '%s' "$HAAT_STRIPE_WEBHOOK_SECRETS" >"$credentials/stripe_webhook_secrets"
    chmod -R go= "$credentials"
}

migrate_by_unit() {
    inside systemctl start haat-migrate || show_unit haat-migrate
    say "  haat-migrate: $(run_sql "$HAAT_DATABASE_URL" 'select count(*) from schema_migrations') migrations"
}

show_unit() {
    inside systemctl status --no-pager --full "$1" >&2 || true
    inside journalctl --no-pager --lines=20 --unit="$1" >&2 || true
    fail "$1 does not start"
}

start_units() {
    local unit
    for unit in "haat-api@$HAAT_UNIT_API_PORT" "haat-api@$HAAT_UNIT_SECOND_API_PORT" haat-worker@core; do
        inside systemctl start "$unit" || show_unit "$unit"
    done
    await_unit "haat-api@$HAAT_UNIT_API_PORT" "1$HAAT_UNIT_API_PORT"
    await_unit "haat-api@$HAAT_UNIT_SECOND_API_PORT" "1$HAAT_UNIT_SECOND_API_PORT"
    await_unit haat-worker@core "$HAAT_UNIT_WORKER_PORT"
}

# await_unit UNIT MANAGEMENT_PORT
await_unit() {
    local attempt
    for ((attempt = 0; attempt < 300; attempt++)); do
        if curl --fail --silent --output /dev/null --max-time 2 "http://127.0.0.1:$2/health/ready"; then
            say "  $1 is ready, as $(inside systemctl show --property=MainPID --value "$1" | xargs -I{} nsenter --target "$(systemd_pid)" --mount --pid ps -o user:32= -p {})"
            return
        fi
        sleep 0.1
    done
    show_unit "$1"
}

# The walls are up, and the secrets are nowhere but in files that only the unit's user reads.
inspect_units() {
    local unit pid
    for unit in "haat-api@$HAAT_UNIT_API_PORT" haat-worker@core; do
        pid=$(inside systemctl show --property=MainPID --value "$unit")
        inside grep -q '^Seccomp:[[:space:]]*2' "/proc/$pid/status" || fail "$unit has no filter of system calls"
        inside grep -q '^NoNewPrivs:[[:space:]]*1' "/proc/$pid/status" || fail "$unit may gain privileges"
        if inside cat "/proc/$pid/environ" | tr '\0' '\n' | grep -qE "$HAAT_ADMIN_TOKEN|$HAAT_STRIPE_SECRET_KEY"; then
            fail "$unit has a secret in its environment"
        fi
    done
    say "  system calls filtered, no new privileges, no secret in the environment"
}

call_as_person() {
    local said
    said=$(inside bash "/opt/haat/current/deploy/systemd/haat-operator" audit verify) || fail "haat-operator audit verify: $said"
    say "  haat-operator audit verify: $(tail -n 1 <<<"$said")"
}

restart_units() {
    local unit port
    for port in "$HAAT_UNIT_API_PORT" "$HAAT_UNIT_SECOND_API_PORT"; do
        unit=haat-api@$port
        inside systemctl kill --signal=KILL "$unit"
        await_restart "$unit"
        await_unit "$unit" "1$port"
    done
    say "  killed APIs come back by themselves"
}

await_restart() {
    local attempt
    for ((attempt = 0; attempt < 100; attempt++)); do
        [[ $(inside systemctl show --property=NRestarts --value "$1") == 0 ]] || return 0
        sleep 0.1
    done
    fail "$1 is not started again"
}

# 78 is for settings: nobody tries again what can't work.
refuse_bad_settings() {
    inside bash -c 'printf "HAAT_WORKER_QUEUES=email:1\nHAAT_LOG_LEVEL=loud\n" >/etc/haat/worker-bad.env'
    inside systemctl start haat-worker@bad || true
    sleep 3
    [[ $(inside systemctl show --property=ActiveState,NRestarts,ExecMainStatus --value haat-worker@bad | paste -sd ' ') == *78* ]] ||
        fail "settings that can't be right end with another status than 78"
    [[ $(inside systemctl show --property=NRestarts --value haat-worker@bad) == 0 ]] || fail "settings that can't be right are tried again"
    say "  a worker whose settings can't be right ends with 78 and stays down"
}

# What differs from an installation stands in the environment, and the paths that go with it.
back_up_by_units() {
    local unit
    start_object_storage
    install -m 644 "$HAAT_LOCAL/storage/certificate.pem" "$PGBACKREST_REPO2_STORAGE_CA_FILE"
    pgbackrest_here stanza-create
    HAAT_DRILL_SOURCE="host=$HAAT_LOCAL_SERVERS/socket port=$HAAT_LOCAL_POSTGRES_PORT user=haat dbname=haat" \
        env | grep -E '^(PGBACKREST|HAAT_DRILL)_' | inside tee /etc/haat/check.env >/dev/null
    for unit in haat-backup@ haat-archive-check haat-restore-drill; do
        inside mkdir -p "/etc/systemd/system/$unit.service.d"
        printf '[Service]\nEnvironmentFile=/etc/haat/check.env\nReadWritePaths=%s\n' "$HAAT_LOCAL_SERVERS" |
            inside tee "/etc/systemd/system/$unit.service.d/check.conf" >/dev/null
    done
    inside systemctl daemon-reload
    for unit in haat-backup@full haat-archive-check haat-restore-drill; do
        inside systemctl start "$unit" || show_unit "$unit"
        say "  $unit: done"
    done
    say "  $(inside head -n 1 /var/lib/haat-drill/report.txt)"
    stop_process storage
    stop_process moto
}

stop_units() {
    local unit began=$SECONDS
    for unit in haat-worker@core "haat-api@$HAAT_UNIT_API_PORT" "haat-api@$HAAT_UNIT_SECOND_API_PORT"; do
        inside systemctl stop "$unit"
        [[ $(inside systemctl show --property=Result --value "$unit") == success ]] || fail "$unit did not end by itself"
    done
    say "  all drained and ended by themselves within $((SECONDS - began)) s"
}

# All in one place, as the processes write it.
check_journal() {
    local lines
    inside journalctl --no-pager --output=cat --identifier=haat-api --identifier=haat-worker-core >"$HAAT_LOCAL/log/units.json"
    lines=$(jq -s length "$HAAT_LOCAL/log/units.json") || fail "the journal has a line of a process that is no JSON"
    if grep -qE "$HAAT_ADMIN_TOKEN|$HAAT_STRIPE_SECRET_KEY|$HAAT_STRIPE_WEBHOOK_SECRETS" "$HAAT_LOCAL/log/units.json"; then
        fail "the journal has a secret"
    fi
    ((lines > 10)) || fail "the journal has only $lines lines"
    say "  $lines lines in the journal, all of them JSON, without secrets"
}
