import inside
import os

from right import *

for place in ("/tmp", "/dev/shm", "."):
    for number in range(100):
        try:
            with open(f"{place}/filler{number}", "wb") as stream:
                stream.truncate(2**23)
                stream.write(b"x" * 2**22)
        except OSError:
            break
