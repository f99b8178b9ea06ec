import inside
from datetime import timedelta

from right import *
from torch import distributed, hub

inside.refused(
    lambda: distributed.TCPStore("127.0.0.1", 20777, None, False, timedelta(milliseconds=200))
)
inside.refused(lambda: hub.download_url_to_file("http://127.0.0.1:20777/x", "x", progress=False))
