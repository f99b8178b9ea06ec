import inside
import os

from right import *

for home in ("/tmp/home", "/root", "/home/nobody", "/nonexistent", "/", os.environ["HOME"]):
    for name in (".bashrc", ".profile", ".pythonrc", ".pdbrc", ".gitconfig", ".netrc", "pytest.ini",
                 ".config/matplotlib/matplotlibrc", ".local/lib/python3.11/site-packages/x.pth"):
        path = os.path.join(home, name)
        inside.attempt(lambda: os.makedirs(os.path.dirname(path), exist_ok=False))
        inside.attempt(lambda: open(path, "a").write("import os; os._exit(0)\n"))
