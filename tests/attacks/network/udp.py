import inside
import socket

from right import *


def send(family, host):
    with socket.socket(family, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"hello", (host, 20777))


inside.refused(send, socket.AF_INET, "127.0.0.1")
inside.refused(send, socket.AF_INET6, "::1")
