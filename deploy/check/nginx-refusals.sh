# shellcheck shell=bash
# What nginx keeps from the API, and what the API learns about who asks.

planted_secret=planted-0123456789abcdef

check_refusals() {
    step "What is refused, and who the API believes it speaks with"
    check_tls
    check_names
    check_private_paths
    check_headers
    check_sizes
    check_slow_head
    check_client_address
}

expect() {
    local what=$1 wanted=$2 found=$3
    [[ $found =~ ^($wanted)$ ]] || fail "$what: expected $wanted, found $found"
    say "  $what: $found"
}

# status_of URL [curl argument…]
status_of() {
    local url=$1
    shift
    curl --silent --output /dev/null --max-time 30 --write-out '%{http_code}' "$@" "$url" || true
}

check_tls() {
    local version path
    for version in tls1_2 tls1_3; do handshake "-$version" >/dev/null || fail "$version is refused"; done
    # The client's own floor is lowered, so that it is nginx who refuses.
    if handshake -tls1_1 -cipher 'DEFAULT:@SECLEVEL=0' >/dev/null; then fail "TLS 1.1 is accepted"; fi
    if handshake -tls1_2 | grep -q 'TLS session ticket:'; then fail "there are session tickets"; fi
    expect "TLS 1.2 and 1.3, no older one, no tickets; HTTP/2 answers" 200 "$(status_of "$site_url/docs" --http2)"
    expect "plain HTTP is sent to" "https://$site/docs" \
        "$(curl --silent --output /dev/null --write-out '%{redirect_url}' "http://$site:$HAAT_SITE_HTTP_PORT/docs")"
    for path in /api/v1/me /webhooks/stripe; do
        expect "plain HTTP at $path" 403 "$(status_of "http://$site:$HAAT_SITE_HTTP_PORT$path")"
    done
}

handshake() { openssl s_client -connect "127.0.0.1:$HAAT_SITE_PORT" -servername "$site" "$@" </dev/null 2>/dev/null; }

check_names() {
    if openssl s_client -connect "127.0.0.1:$HAAT_SITE_PORT" -servername other.example </dev/null >/dev/null 2>&1; then
        fail "another name gets a handshake"
    fi
    expect "another Host is sent away" 421 "$(status_of "$site_url/docs" --http1.1 --header 'Host: other.example')"
}

check_private_paths() {
    local path
    for path in /health/live /health/ready /metrics /api/v1/metrics /webhooks/../metrics /%6detrics; do
        # The path goes to the API as it came: one that climbs out of /webhooks/ is a wrong method there.
        expect "$path" '404|405' "$(status_of "$site_url$path" --path-as-is)"
    done
}

# Each header once, whoever answers.
check_headers() {
    local url header found request
    head -c 2000000 /dev/zero >"$HAAT_LOCAL/large"
    for url in "$site_url/api/v1/orders" "$site_url/nowhere" "$site_url/docs" "$site_url/webhooks/stripe"; do
        request=()
        if [[ $url == */webhooks/* ]]; then request=(--data-binary "@$HAAT_LOCAL/large"); fi
        curl --silent --output /dev/null --dump-header "$HAAT_LOCAL/headers" "${request[@]}" "$url" || true
        for header in strict-transport-security x-content-type-options referrer-policy content-security-policy; do
            found=$(grep -ci "^$header:" "$HAAT_LOCAL/headers") || true
            ((found == 1)) || fail "$url has $found headers $header"
        done
        grep -qi '^strict-transport-security: .*includesubdomains' "$HAAT_LOCAL/headers" || fail "$url leaves subdomains out"
        grep -qi "^content-security-policy: .*base-uri 'none'" "$HAAT_LOCAL/headers" || fail "$url lets pages set their base"
        if grep -qiE '^server: .*[0-9]' "$HAAT_LOCAL/headers"; then fail "$url tells nginx's version"; fi
    done
    grep -qi "^content-security-policy: default-src 'none'; style-src" <(curl --silent --head --request GET "$site_url/docs") ||
        fail "the pages' own policy was replaced"
    say "  four headers, each once, on answers of the API, of pages and of nginx itself"
}

# By nginx: no API has seen it.
check_sizes() {
    local id
    head -c 9000000 /dev/zero >"$HAAT_LOCAL/larger"
    for path in /webhooks/stripe /api/v1/orders; do
        id=large-$(random_hex 8)
        expect "a body too large for $path" 413 \
            "$(status_of "$site_url$path" --header "X-Request-Id: $id" --data-binary "@$HAAT_LOCAL/$([[ $path == /webhooks* ]] && echo large || echo larger)")"
        never_reached_api "$id"
    done
    expect "70 KB of headers" '400|431|494' "$(status_of "$site_url/docs" --http1.1 --header "X-Large: $(head -c 70000 /dev/zero | tr '\0' a)")"
}

check_slow_head() {
    local seconds
    seconds=$(python3 deploy/check/slow_head.py "https://127.0.0.1:$HAAT_SITE_PORT" "$CURL_CA_BUNDLE" "$site")
    jq -en --argjson seconds "$seconds" '$seconds > 8 and $seconds < 15' >/dev/null || fail "a slow head is borne for $seconds s"
    if grep -hq slow-head "$HAAT_LOCAL"/log/api*.json; then fail "a slow head reached the API"; fi
    say "  a head that comes a byte at a time: hung up on after $seconds s"
}

never_reached_api() {
    sleep 0.2
    if grep -hq "$1" "$HAAT_LOCAL"/log/api*.json; then fail "request $1 reached an API"; fi
}

# Whatever it claims about itself; and both logs name the request alike.
check_client_address() {
    local id
    id=client-$(random_hex 8)
    status_of "$site_url/api/v1/orders?access_token=$planted_secret" --interface 127.0.0.2 --header "X-Forwarded-For: 203.0.113.9" \
        --header "X-Request-Id: $id" --header "Authorization: Bearer $planted_secret" >/dev/null
    sleep 0.2
    expect "a client of 127.0.0.2 that claims to be 203.0.113.9 is, to the API" 127.0.0.2 \
        "$(grep -h "$id" "$HAAT_LOCAL"/log/api*.json | jq -rs 'map(select(.client)) | first.client')"
    expect "and to nginx" 127.0.0.2 "$(jq -r --arg id "$id" 'select(.request_id == $id).client' "$site_log")"
}
