import inside
import os

from right import *

here = os.getcwd()
for _ in range(400):
    try:
        os.mkdir("d" * 100, 0o700)
        os.chdir("d" * 100)
    except OSError:
        break
os.chmod(".", 0)
os.chdir(here)
