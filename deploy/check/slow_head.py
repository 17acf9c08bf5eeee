"""Sends a request's head a byte at a time and prints after how many seconds the other side had enough.

usage: slow_head.py URL CERTIFICATE NAME
"""

import socket
import ssl
import sys
import time
import urllib.parse


def main():
    url, certificate, name = sys.argv[1:]
    address = urllib.parse.urlsplit(url)
    context = ssl.create_default_context(cafile=certificate)
    with socket.create_connection((address.hostname, address.port)) as plain:
        with context.wrap_socket(plain, server_hostname=name) as connection:
            connection.settimeout(1)
            began = time.monotonic()
            connection.sendall(b"GET /slow-head HTTP/1.1\r\nX-Slow: ")
            while time.monotonic() - began < 60:
                try:
                    connection.sendall(b"a")
                    if not connection.recv(1):
                        break
                except TimeoutError:
                    continue
                except OSError:
                    break
            print(round(time.monotonic() - began, 1))


main()
