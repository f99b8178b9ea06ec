import inside
import socket

from right import *


def connect(address):
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(address)
        caller.sendall(b"hello")


inside.refused(connect, "/tmp/attacks.sock")
inside.refused(connect, "\0attacks-listener")
inside.refused(connect, "/run/dbus/system_bus_socket")
inside.refused(connect, "/var/run/docker.sock")
