import inside
import socket

from right import *

for look_up in (socket.gethostbyname, socket.gethostbyname_ex):
    inside.refused(look_up, "name.invalid")
try:
    socket.getaddrinfo("localhost", 20777)  # may stand in a file; asking a server may not work
except OSError:
    pass
inside.refused(socket.gethostbyaddr, "127.0.0.1")
