import inside
import socket

from right import *

for protocol in range(23):
    inside.refused(socket.socket, socket.AF_NETLINK, socket.SOCK_RAW, protocol)
for family in (socket.AF_VSOCK, socket.AF_ALG, socket.AF_CAN, 31, 44, 26, 16):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        inside.refused(socket.socket, family, kind)
