import inside
import os

from right import *

original = os.getpid()


def after():
    os._exit(0)


os.register_at_fork(after_in_child=after)
