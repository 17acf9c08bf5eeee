#!/usr/bin/env bash
# Part of ./haat format, and a test: texts from outside are compared by their bytes. String compares, hashes and searches by
# canonical equivalence, which takes the square of the length of a run of combining marks; UTF8Text says more. Values in HTML stand in
# quotes. Files that SECURITY.md names exist.
set -euo pipefail
shopt -s inherit_errexit

findings=0

# forbid REASON PATTERN PATH…: prints each line of Swift that matches.
forbid() {
    local reason=$1 pattern=$2
    shift 2
    if grep -rnP --include='*.swift' "$pattern" "$@"; then
        printf '%s\n\n' "$reason" >&2
        findings=$((findings + 1))
    fi
}

# Where JSON, queries, headers and providers' answers are read.
readers=(
    Sources/API/Endpoints/Input Sources/API/Endpoints/Idempotency Sources/API/Endpoints/RateLimiting
    Sources/API/Endpoints/Pipeline/{PrincipalResolution,Compression,CrossOriginRules,EntityTag,Exchange,HeaderGrammar,InboundCall}.swift
    Sources/API/Endpoints/Pipeline/{ForgeryProtection,PageResponder,RequestHeaders,RequestIdentity,ResponseFinishing,UnmatchedRequests}.swift
    Sources/Shared/Core/{ASCIIBytes,EmailAddress,InputCheck,JSONParser,JSONValue,JSONValue+Canonical,Paging,TextContent,TextRule}.swift Sources/Shared/Values
    Sources/Shared/Outbound/{OutboundEvidence,RetryRules}.swift Sources/Shared/Payments/Gateways/ProviderObject.swift
    Sources/Shared/Platform/HTTP Sources/Shared/Webhooks
)

forbid 'A header of a request is read as request.headers.text(.name), by its bytes.' \
    'request\.headers\[' Sources/API/Endpoints Sources/Worker Sources/Shared
forbid 'The String of a UTF8Text is for keeping, sending and showing; compare the UTF8Text itself.' \
    '\.(string|textValue\?\.string) *([=!]=|[<>] )|switch [^{]*\.string \{|\.string\.(lowercased|uppercased|hasPrefix|hasSuffix|contains|split|count)\b' \
    Sources/API Sources/Shared Sources/Worker
forbid 'Text from outside passes here: split, trim and compare its utf8, or make it a UTF8Text.' \
    'split\(separator: "|(?<!uuidString)\.(lowercased|uppercased)\(\)|\.has(Prefix|Suffix)\(|\(?\\\.isWhitespace|\.isWhitespace *\}|trimmingCharacters|trimmingPrefix|\.replacing\(|components\(separatedBy|Set<(String|Substring)>|\bCharacter\(|for [a-z]+ in text \{' \
    "${readers[@]}"

forbid 'A text that people write has a TextRule, which says what becomes of what nobody sees in it.' \
    '\.string\([0-9]+\.\.\.[0-9]+\)' Sources/API/Server

mapfile -t pages < <(grep -rlE --include='*.swift' '^(package )?import HTML$' Sources)
forbid 'An attribute is written in quotes: name="\(value)".' '[" ][a-z-]+=\\\(' "${pages[@]}"

# What SECURITY.md names as proof is there.
while read -r path; do
    if [[ ! -e $path ]]; then
        printf 'SECURITY.md names %s, which is not there.\n\n' "$path" >&2
        findings=$((findings + 1))
    fi
done < <(grep -oE '`(Benchmarks|Migrations|Sources|Tests|deploy|docs)/[^` ]*`' SECURITY.md | tr -d '`' | sort -u)

((findings == 0))
