# shellcheck shell=bash
# A stand-in for the object storage of the second repository: moto behind nginx, which ends TLS.

moto_version=5.2.5
bucket=haat-backups

start_object_storage() {
    local venv=$PWD/.local/venv-moto wanted=$HAAT_LOCAL/moto.txt
    printf 'moto[s3,server]==%s\n' "$moto_version" >"$wanted"
    install_python_packages "$venv" "$wanted"
    step "Starting the stand-in for object storage (port $HAAT_STORAGE_PORT)"
    # pgBackRest looks for names alone, an address among them.
    make_certificate "$HAAT_LOCAL/storage" 127.0.0.1
    start_process moto "$venv/bin/moto_server" --host 127.0.0.1 --port "$HAAT_MOTO_PORT"
    wait_until_ready moto "http://127.0.0.1:$HAAT_MOTO_PORT/"
    write_storage_proxy
    start_process storage nginx -p "$HAAT_LOCAL/storage" -c "$HAAT_LOCAL/storage/nginx.conf" -e stderr
    wait_until_listens storage "$HAAT_STORAGE_PORT"
    curl --fail --silent --show-error --output /dev/null --request PUT "http://127.0.0.1:$HAAT_MOTO_PORT/$bucket"
}

write_storage_proxy() {
    cat >"$HAAT_LOCAL/storage/nginx.conf" <<SETTINGS
daemon off;
pid $HAAT_LOCAL/storage/nginx.pid;
error_log stderr warn;
events {}
http {
    access_log off;
    client_body_temp_path $HAAT_LOCAL/storage/bodies;
    proxy_temp_path $HAAT_LOCAL/storage/answers;
    server {
        listen 127.0.0.1:$HAAT_STORAGE_PORT ssl;
        ssl_certificate $HAAT_LOCAL/storage/certificate.pem;
        ssl_certificate_key $HAAT_LOCAL/storage/key.pem;
        client_max_body_size 0;
        location / {
            proxy_pass http://127.0.0.1:$HAAT_MOTO_PORT;
            # moto takes the first part of a name for a bucket.
            proxy_set_header Host 127.0.0.1;
        }
    }
}
SETTINGS
}
