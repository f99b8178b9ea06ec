import inside
import socket

from right import *

for address in (("127.0.0.1", 20777), ("::1", 20777), ("0.0.0.0", 20777), ("localhost", 20777)):
    inside.refused(lambda: socket.create_connection(address, timeout=1).sendall(b"hello"))
