import inside
import socket

from right import *

for kind in (socket.SOCK_RAW, socket.SOCK_RAW | socket.SOCK_NONBLOCK):
    for protocol in (socket.IPPROTO_ICMP, socket.IPPROTO_RAW, socket.IPPROTO_UDP):
        inside.refused(socket.socket, socket.AF_INET, kind, protocol)
        inside.refused(socket.socket, socket.AF_INET6, kind, protocol)
inside.refused(socket.socket, socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
