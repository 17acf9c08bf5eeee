# shellcheck shell=bash
# nginx before two APIs: purchases, pushes and streams pass, restarts go unnoticed, and what has no business there is refused.
source deploy/check/nginx-refusals.sh

site=shop.example
# Of docs/deploying.md, section 5.
debian_settings=(-e 's/worker_connections .*/worker_connections 8192;/' -e '1i worker_rlimit_nofile 16384;'
    -e '/ssl_protocols\|ssl_prefer_server_ciphers/d')

check_nginx() {
    choose_port HAAT_SITE_PORT 8750
    choose_port HAAT_SITE_HTTP_PORT 8751
    choose_port HAAT_PROVIDER_PORT 8752
    choose_port HAAT_STREAM_PORT 8753
    choose_port HAAT_STREAM_SITE_PORT 8754
    choose_port HAAT_SECOND_API_PORT 8755
    choose_port HAAT_SECOND_API_MANAGEMENT_PORT 8756
    site_url=https://$site:$HAAT_SITE_PORT
    site_files=$HAAT_LOCAL/nginx
    site_log=$HAAT_LOCAL/log/nginx.log
    migrate
    start_site
    buy_through_site
    restart_under_load
    check_stream
    check_refusals
    check_log
    stop_site
}

start_site() {
    step "Starting nginx before two APIs ($site_url)"
    make_certificate "$HAAT_LOCAL/certificate" "$site"
    export_site_settings
    rm -f "$HAAT_LOCAL/journal"
    start_process journal python3 deploy/check/journal.py "$HAAT_LOCAL/journal" "$site_log"
    lay_out_site "$site_files" "$HAAT_SITE_PORT" "$HAAT_SITE_HTTP_PORT" "$HAAT_API_PORT" "$HAAT_SECOND_API_PORT"
    lay_out_provider
    start_sandbox
    start_api
    start_second_api
    start_worker
    until [[ -S $HAAT_LOCAL/journal ]]; do sleep 0.1; done
    start_process nginx nginx -p "$site_files" -c "$site_files/nginx.conf" -e stderr
    wait_until_listens nginx "$HAAT_SITE_PORT"
    start_process provider nginx -p "$HAAT_LOCAL/provider" -c "$HAAT_LOCAL/provider/nginx.conf" -e stderr
    wait_until_listens provider "$HAAT_PROVIDER_PORT"
}

stop_site() {
    local name
    for name in provider nginx journal worker api-second api sandbox; do stop_process "$name"; done
    unset CURL_HOME CURL_CA_BUNDLE HAAT_TRUSTED_PROXIES HAAT_PUBLIC_URL HAAT_RETURN_HOSTS
}

# curl finds the site by its name and trusts its certificate.
export_site_settings() {
    export_process_settings
    export HAAT_PUBLIC_URL=$site_url HAAT_TRUSTED_PROXIES=1 HAAT_RETURN_HOSTS=127.0.0.1
    export HAAT_SANDBOX_STRIPE_WEBHOOK_URL=http://127.0.0.1:$HAAT_PROVIDER_PORT/webhooks/stripe
    export CURL_HOME=$HAAT_LOCAL/certificate CURL_CA_BUNDLE=$HAAT_LOCAL/certificate/certificate.pem
    printf 'resolve = "%s:%s:127.0.0.1"\nresolve = "%s:%s:127.0.0.1"\n' "$site" "$HAAT_SITE_PORT" "$site" "$HAAT_SITE_HTTP_PORT" \
        >"$CURL_HOME/.curlrc"
}

start_second_api() {
    HAAT_API_PORT=$HAAT_SECOND_API_PORT HAAT_API_MANAGEMENT_PORT=$HAAT_SECOND_API_MANAGEMENT_PORT \
        HAAT_DATABASE_URL=$HAAT_API_DATABASE_URL start_process api-second "$HAAT_BIN_DIR/haat-api" serve
    wait_until_ready api-second "http://127.0.0.1:$HAAT_SECOND_API_MANAGEMENT_PORT/health/ready"
}

# lay_out_site DIRECTORY HTTPS_PORT HTTP_PORT API_PORT…: Debian's nginx.conf and deploy/nginx, on loopback and own ports.
lay_out_site() {
    local directory=$1 https=$2 http=$3
    shift 3
    rm -rf "$directory"
    mkdir -p "$directory/sites-enabled" "$directory/modules-enabled"
    cp -r deploy/nginx/* /etc/nginx/mime.types "$directory"
    sed "${debian_settings[@]}" -e "s|/etc/nginx/|$directory/|" -e "s|/var/log/nginx/|$directory/|" -e "s|^pid .*|pid $directory/nginx.pid;\ndaemon off;|" \
        -e "$( ((EUID == 0)) && printf 's|^user .*|user root;|' || printf '/^user /d')" \
        -e "s|^http {|&\n$(temporary_paths "$directory")|" /etc/nginx/nginx.conf >"$directory/nginx.conf"
    sed -i -e "s|/dev/log|$HAAT_LOCAL/journal|" -e "/listen \[::\]/d" -e "s|listen 443|listen 127.0.0.1:$https|" -e "s|listen 80|listen 127.0.0.1:$http|" \
        -e "s|/etc/letsencrypt/live/$site/fullchain.pem|$HAAT_LOCAL/certificate/certificate.pem|" \
        -e "s|/etc/letsencrypt/live/$site/privkey.pem|$HAAT_LOCAL/certificate/key.pem|" \
        -e "s|127.0.0.1:8080|127.0.0.1:$1|" -e "s|127.0.0.1:8081|127.0.0.1:${2:-$1}|" "$directory/conf.d/haat.conf"
}

temporary_paths() {
    local kind
    for kind in client_body proxy fastcgi uwsgi scgi; do printf '%s_temp_path %s/%s;\\n' "$kind" "$1" "$kind"; done
}

# The sandbox knows no authority of ours: what it pushes goes over TLS from here.
lay_out_provider() {
    mkdir -p "$HAAT_LOCAL/provider"
    cat >"$HAAT_LOCAL/provider/nginx.conf" <<SETTINGS
daemon off;
pid $HAAT_LOCAL/provider/nginx.pid;
error_log stderr warn;
events {}
http {
    access_log off;
    $(temporary_paths "$HAAT_LOCAL/provider" | sed 's/\\n/\n/g')
    server {
        listen 127.0.0.1:$HAAT_PROVIDER_PORT;
        location / {
            proxy_pass https://127.0.0.1:$HAAT_SITE_PORT;
            proxy_http_version 1.1;
            proxy_set_header Host $site;
            proxy_ssl_server_name on;
            proxy_ssl_name $site;
            proxy_ssl_verify on;
            proxy_ssl_trusted_certificate $HAAT_LOCAL/certificate/certificate.pem;
        }
    }
}
SETTINGS
}

buy_through_site() {
    seed_marketplace
    play_purchase
    local pushes
    pushes=$(jq -rs '[.[] | select(.path == "/webhooks/stripe" and .status == 200)] | length' "$site_log")
    ((pushes > 0)) || fail "no push of the gateway came through nginx"
    say "  $pushes pushes of the gateway came through nginx."
}

# One after the other, as an upgrade does, and again and again until enough was pushed.
restart_under_load() {
    local before restarts=0 name pid
    step "Restarting both APIs, one after the other, under 260 pushes a second"
    before=$(count_events)
    python3 deploy/check/pushes.py "https://127.0.0.1:$HAAT_SITE_PORT" "$CURL_CA_BUNDLE" "$site" 260 >"$HAAT_LOCAL/pushes.json" &
    pid=$!
    while (($(count_events) - before < 3800)); do
        kill -0 "$pid" 2>/dev/null || fail "the pushes ended by themselves"
        for name in api api-second; do
            stop_process "$name"
            "start_${name/api-second/second_api}"
            restarts=$((restarts + 1))
            sleep 1
        done
    done
    kill -TERM "$pid"
    wait "$pid"
    say "  $restarts restarts; $(jq -c . "$HAAT_LOCAL/pushes.json"); $(($(count_events) - before)) stored"
    jq -e --argjson stored "$(($(count_events) - before))" '.statuses == {"200": .pushes} and $stored == .pushes' \
        "$HAAT_LOCAL/pushes.json" >/dev/null || fail "a push was not answered with 200, or not stored"
}

count_events() { run_sql "$HAAT_DATABASE_URL" 'select count(*) from webhook_seen'; }

check_stream() {
    local seen
    step "An event stream"
    lay_out_site "$HAAT_LOCAL/nginx-stream" "$HAAT_STREAM_SITE_PORT" 0 "$HAAT_STREAM_PORT"
    sed -i '/listen 127.0.0.1:0/d' "$HAAT_LOCAL/nginx-stream/conf.d/haat.conf"
    start_process stream python3 deploy/check/stream.py serve "$HAAT_STREAM_PORT"
    wait_until_listens stream "$HAAT_STREAM_PORT"
    start_process nginx-stream nginx -p "$HAAT_LOCAL/nginx-stream" -c "$HAAT_LOCAL/nginx-stream/nginx.conf" -e stderr
    wait_until_listens nginx-stream "$HAAT_STREAM_SITE_PORT"
    seen=$(python3 deploy/check/stream.py read "https://127.0.0.1:$HAAT_STREAM_SITE_PORT/stream" "$CURL_CA_BUNDLE" "$site")
    say "  $seen"
    jq -e '.events == 10 and .latest_ms < 200' <<<"$seen" >/dev/null || fail "events of a stream are held back"
    stop_process nginx-stream
    stop_process stream
}

# Every line is an object, names its request as the API does, and has neither a query nor a secret.
check_log() {
    local lines
    step "nginx's log"
    lines=$(jq -rs 'map(select(.logger == "nginx")) | length' "$site_log") || fail "$site_log has a line that is no JSON"
    if grep -qE "$planted_secret|$HAAT_ADMIN_TOKEN|\?" "$site_log"; then fail "$site_log has a query or a secret"; fi
    say "  $lines lines, all of them JSON, without queries and secrets"
}
