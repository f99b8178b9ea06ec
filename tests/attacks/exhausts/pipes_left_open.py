import inside
import os
import socket

from right import *

kept = []
while len(kept) < 200:
    try:
        kept.append(socket.socketpair() if len(kept) % 2 else os.pipe())
    except OSError:
        break
kept = kept[:-20]
