import inside
import socket

from right import *


def listen(family, address):
    with socket.socket(family) as listener:
        listener.bind(address)
        listener.listen()


inside.refused(listen, socket.AF_INET, ("127.0.0.1", 20778))
inside.refused(listen, socket.AF_INET, ("0.0.0.0", 0))
inside.refused(listen, socket.AF_UNIX, "/tmp/mine.sock")
inside.refused(listen, socket.AF_UNIX, "\0mine")
