# shellcheck shell=bash
# A small marketplace to look at: two vendors, goods and licence keys. Made over the REST API, and only what is missing.
source deploy/local/api.sh

demo_product="Lekha Word Processor, one year"

seed_marketplace() {
    local vendor
    step "Seeding the demo marketplace"
    vendor=$(seed_vendor "Padma Handlooms, Dhaka" 120000)
    seed_goods "$vendor" "Jamdani scarf" "Hand-woven in Narayanganj from fine cotton." PADMA-SCARF 249900 BDT 180
    seed_goods "$vendor" "Nakshi kantha throw" "Quilted by hand from six layers of old saris." PADMA-THROW 620000 BDT 1400
    vendor=$(seed_vendor "Kaveri Softworks, Bengaluru" 150000)
    seed_goods "$vendor" "Filter coffee set" "Brass dabara, tumbler and filter." KAVERI-COFFEE 129900 INR 950
    seed_licence "$vendor" "$demo_product" "A word processor for Kannada, Bengali, Hindi and English." LEKHA-1Y 249900 INR
}

# seed_vendor NAME COMMISSION: prints the vendor's id. The commission is in parts per million.
seed_vendor() {
    local id
    id=$(find_in_listing /vendors name "$1")
    if [[ -z $id ]]; then
        id=$(call_as_operator POST /vendors \
            "$(jq -nc --arg name "$1" --argjson commission "$2" '{name: $name, email: "sales@vendor.example", commission_ppm: $commission}')" | jq -r .id)
    fi
    printf '%s' "$id"
}

# seed_goods VENDOR TITLE DESCRIPTION SKU PRICE CURRENCY WEIGHT
seed_goods() {
    local variant
    variant=$(seed_product "$1" "$2" "$3" "$(jq -nc --arg sku "$4" --argjson price "$5" --arg currency "$6" --argjson weight "$7" \
        '{sku: $sku, kind: "physical", price: {minor_units: $price, currency: $currency}, weight_grams: $weight}')")
    if (($(available "$variant") < 10)); then
        call_as_operator POST "/variants/$variant/stock_adjustments" '{"delta": 50, "reason": "received", "note": "demo stock"}' >/dev/null
    fi
}

# seed_licence VENDOR TITLE DESCRIPTION SKU PRICE CURRENCY
seed_licence() {
    local variant
    variant=$(seed_product "$1" "$2" "$3" "$(jq -nc --arg sku "$4" --argjson price "$5" --arg currency "$6" \
        '{sku: $sku, kind: "licence_key", price: {minor_units: $price, currency: $currency}}')")
    if (($(available "$variant") < 10)); then
        call_as_operator POST "/variants/$variant/licence_keys" "$(random_keys 100)" >/dev/null
    fi
}

# seed_product VENDOR TITLE DESCRIPTION VARIANT: prints the id of the product's only variant.
seed_product() {
    local id
    id=$(find_in_listing /products title "$2")
    if [[ -z $id ]]; then
        id=$(call_as_operator POST /products \
            "$(jq -nc --arg vendor "$1" --arg title "$2" --arg description "$3" --argjson variant "$4" \
                '{vendor_id: $vendor, title: $title, description: $description, status: "active", variants: [$variant]}')" | jq -r .id)
        say "  $2" >&2
    fi
    only_variant_of "$id"
}

only_variant_of() { call_as_operator GET "/products/$1" | jq -r '.variants[0].id'; }

# How many of a variant can be sold.
available() { call_as_operator GET "/variants/$1/stock" | jq -r '.available'; }

# random_keys COUNT: an import of made-up licence keys, such as LEKHA-708E-56CC-E525-6F9A.
random_keys() {
    head -c $(($1 * 8)) /dev/urandom | od -An -v -tx2 -w8 | tr 'a-f' 'A-F' | sed -E 's/ +/-/g; s/^/LEKHA/' |
        jq -Rnc '{keys: [inputs]}'
}
