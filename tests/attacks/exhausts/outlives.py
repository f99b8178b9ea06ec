import inside
import os
import signal
import time

from right import *

for _ in range(3):
    if os.fork() == 0:
        for number in signal.valid_signals():
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                continue
        try:
            os.setsid()
        except OSError:
            pass
        if os.fork() == 0:
            for number in range(256):
                try:
                    os.close(number)
                except OSError:
                    continue
            while True:
                time.sleep(1)
        os._exit(0)
