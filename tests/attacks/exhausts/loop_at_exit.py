import inside
import atexit
import threading
import time

from right import *


def forever():
    while True:
        time.sleep(1)


atexit.register(forever)
threading.Thread(target=forever).start()  # Python waits for it at its exit
