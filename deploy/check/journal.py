"""Stands for the journal's /dev/log: writes the text of each datagram as a line.

usage: journal.py SOCKET FILE
"""

import re
import socket
import sys

# <190>Nov 29 15:00:00 haat_nginx: …
FRAME = re.compile(rb"^<\d+>\w{3} [ \d]\d [\d:]{8} \w+: ")


def main():
    journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    journal.bind(sys.argv[1])
    with open(sys.argv[2], "wb", buffering=0) as lines:
        while True:
            lines.write(FRAME.sub(b"", journal.recv(65536)) + b"\n")


main()
