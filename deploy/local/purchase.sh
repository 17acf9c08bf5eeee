# shellcheck shell=bash
# Buys one licence key the way a customer would: order, Stripe's Checkout page, and then only waiting.
source deploy/local/api.sh
source deploy/local/seed.sh

demo_key_form='LEKHA-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}'

play_purchase() {
    local email variant placed order token checkout paid_at key
    step "Buying \"$demo_product\""
    email=buyer-$(random_hex 4)@example.com
    variant=$(only_variant_of "$(find_in_listing /products title "$demo_product")")
    placed=$(call_api "" POST /orders \
        "$(jq -nc --arg email "$email" --arg variant "$variant" '{email: $email, lines: [{variant_id: $variant, quantity: 1}]}')")
    order=$(jq -r .order.id <<<"$placed")
    token=$(jq -r .access_token <<<"$placed")
    checkout=$(call_api "$token" POST "/orders/$order/checkout" \
        "$(jq -nc --arg back "http://127.0.0.1:$HAAT_SANDBOX_PORT/" '{gateway: "stripe", success_url: $back, cancel_url: $back}')" |
        jq -r .redirect_url)
    paid_at=$(date -u +%FT%T.%3NZ)
    curl --fail --silent --show-error --max-time 30 --output /dev/null --request POST "$checkout/pay" ||
        fail "Stripe's Checkout page at $checkout took no payment"
    key=$(wait_for_key "$order" "$token")
    wait_for_mail "$email" "$key"
    wait_for_entry "$order" "$token" email_sent key_assigned
    print_timeline "$order" "$token" "$paid_at"
    say ""
    say "  $email has the key $key, on the order and in the inbox."
}

# wait_for_key ORDER TOKEN: prints the key once the order has it.
wait_for_key() {
    local attempt shown
    for ((attempt = 0; attempt < 200; attempt++)); do
        shown=$(call_api "$2" POST "/orders/$1/licence_keys/reveal")
        if [[ $shown =~ $demo_key_form ]]; then
            printf '%s' "${BASH_REMATCH[0]}"
            return
        fi
        sleep 0.1
    done
    fail "no key arrived on the order within 20 s: $shown"
}

# wait_for_mail ADDRESS KEY
wait_for_mail() {
    local attempt
    for ((attempt = 0; attempt < 200; attempt++)); do
        if inbox_of "$1" | jq -e --arg key "$2" 'any(.[]; .text | contains($key))' >/dev/null; then return; fi
        sleep 0.1
    done
    fail "no e-mail with the key reached $1 within 20 s"
}

inbox_of() { curl --fail --silent --show-error --get --data-urlencode "to=$1" "http://127.0.0.1:$HAAT_SANDBOX_PORT/inbox.json"; }

# wait_for_entry ORDER TOKEN KIND AFTER: until the timeline has KIND after AFTER. The mail server has a mail a moment
# before the worker has noted that it was sent.
wait_for_entry() {
    local attempt
    for ((attempt = 0; attempt < 50; attempt++)); do
        if call_api "$2" GET "/orders/$1" | jq -e --arg kind "$3" --arg after "$4" \
            '[.timeline[].kind] | rindex($kind) as $last | $last != null and $last > index($after)' >/dev/null; then return; fi
        sleep 0.1
    done
    fail "the timeline of $1 has no $3 after $4"
}

# print_timeline ORDER TOKEN PAID_AT: the order's own timeline and the moment Pay was pressed, in milliseconds since the order.
print_timeline() {
    call_api "$2" GET "/orders/$1" | jq -r --arg paid "$3" '
        def milliseconds: (.[0:19] + "Z" | fromdateiso8601) * 1000
            + ((capture("\\.(?<digits>[0-9]+)").digits // "0") + "00" | .[0:3] | tonumber);
        [.timeline[], {kind: "pay_pressed", at: $paid}]
        | map({what: (.kind | gsub("_"; " ")), at: (.at | milliseconds)}) | sort_by(.at)
        | first.at as $start
        | .[] | "  \(.at - $start | tostring | " " * ([6 - length, 0] | max) + .) ms  \(.what)"'
}
