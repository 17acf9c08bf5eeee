# shellcheck shell=bash
# What the parts that run an nginx share.

# make_certificate DIRECTORY NAME: certificate.pem and key.pem, of an authority of its own.
make_certificate() {
    mkdir -p "$1"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$2" \
        -addext "subjectAltName=DNS:$2,IP:127.0.0.1" -keyout "$1/key.pem" -out "$1/certificate.pem" 2>/dev/null
}

# wait_until_listens NAME PORT
wait_until_listens() {
    local attempt pid
    for ((attempt = 0; attempt < 300; attempt++)); do
        pid=$(pid_of "$1") || report_death "$1"
        if listens "$pid" "$2"; then return; fi
        sleep 0.1
    done
    fail "$1 does not listen at $2 after half a minute"
}
