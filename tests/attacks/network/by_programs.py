import inside
import subprocess
import sys

from right import *

for command in (
    ["bash", "-c", "echo hello > /dev/tcp/127.0.0.1/20777"],
    ["bash", "-c", "echo hello > /dev/udp/127.0.0.1/20777"],
    ["curl", "-s", "http://127.0.0.1:20777/"],
    ["wget", "-q", "http://127.0.0.1:20777/"],
    ["nc", "-w1", "127.0.0.1", "20777"],
    ["ping", "-c1", "127.0.0.1"],
    [sys.executable, "-c", "import socket; socket.create_connection(('127.0.0.1', 20777))"],
):
    inside.refused(lambda: subprocess.run(command, check=True, capture_output=True, timeout=0.3))
