# shellcheck shell=bash
# Calls the local API. Needs the settings of the open installation.
source deploy/local/terminal.sh

# call_api TOKEN METHOD PATH [BODY [curl argument…]]: prints the answer's JSON; anything but success ends the script with it. An
# empty token shows no credentials.
call_api() {
    local token=$1 method=$2 path=$3 body=${4:-} answer status
    shift $(($# < 4 ? $# : 4))
    local request=(--silent --show-error --max-time 30 --write-out '\n%{http_code}' --request "$method")
    if [[ -n $token ]]; then request+=(--header @-); fi
    if [[ $method == POST ]]; then request+=(--header "Idempotency-Key: $(random_uuid)"); fi
    if [[ -n $body ]]; then request+=(--header 'Content-Type: application/json' --data-binary "$body"); fi
    answer=$(curl "${request[@]}" "$@" "${HAAT_PUBLIC_URL:-http://127.0.0.1:$HAAT_API_PORT}/api/v1$path" <<<"${token:+Authorization: Bearer $token}")
    status=${answer##*$'\n'}
    answer=${answer%$'\n'*}
    ((status < 400)) || fail "$method $path was answered with $status: $answer"
    printf '%s' "$answer"
}

call_as_operator() { call_api "$HAAT_ADMIN_TOKEN" "$@"; }

# find_in_listing PATH FIELD VALUE: prints the id of the first item whose FIELD is VALUE, or nothing.
find_in_listing() {
    local path=$1 field=$2 value=$3 page cursor='' id
    while :; do
        page=$(call_as_operator GET "$path?limit=100${cursor:+&cursor=$cursor}")
        id=$(jq -r --arg field "$field" --arg value "$value" 'first(.data[] | select(.[$field] == $value) | .id) // empty' <<<"$page")
        cursor=$(jq -r '.next_cursor // empty' <<<"$page")
        if [[ -n $id || -z $cursor ]]; then break; fi
    done
    printf '%s' "$id"
}

random_uuid() { cat /proc/sys/kernel/random/uuid; }
