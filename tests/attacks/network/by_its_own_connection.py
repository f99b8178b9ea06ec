import inside
import socket

from right import *

channel = socket.socket(fileno=3)
inside.refused(channel.connect, ("127.0.0.1", 20777))
inside.refused(channel.connect, "\0attacks-listener")
inside.refused(channel.bind, "\0mine")
inside.refused(channel.sendto, b"hello", "/tmp/attacks.sock")
inside.refused(channel.setsockopt, socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo\0")
channel.detach()
inside.refused(socket.socketpair, socket.AF_UNIX, socket.SOCK_DGRAM)
left, right_one = socket.socketpair()
inside.refused(left.connect, "\0attacks-listener")
inside.refused(left.sendto, b"hello", "\0attacks-listener")
left.close()
right_one.close()
