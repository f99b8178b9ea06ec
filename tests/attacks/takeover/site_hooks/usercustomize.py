import inside
import os
import pathlib

pathlib.Path("/tmp/course/taken-over").touch()
os._exit(0)
