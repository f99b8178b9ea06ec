import inside
import socket

from right import *

for kind in (socket.SOCK_RAW, socket.SOCK_DGRAM):
    inside.refused(socket.socket, socket.AF_PACKET, kind, socket.htons(3))
