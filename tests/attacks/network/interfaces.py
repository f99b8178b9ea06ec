import inside
import fcntl
import socket

from right import *

inside.refused(socket.if_nameindex)
inside.refused(socket.sethostname, "mine")
SIOCGIFCONF, SIOCGIFHWADDR, SIOCSIFFLAGS, TUNSETIFF = 0x8912, 0x8927, 0x8914, 0x400454CA
for request in (SIOCGIFCONF, SIOCGIFHWADDR, SIOCSIFFLAGS, TUNSETIFF):
    inside.refused(fcntl.ioctl, 3, request, b"\0" * 40)
inside.refused(open, "/dev/net/tun", "r+b")
