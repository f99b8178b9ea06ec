import inside
import os
import pwd
from pathlib import Path

from right import *

homes = {os.environ.get("HOME", "/"), "/tmp/home", "/root", "/home"}
homes |= {entry.pw_dir for entry in pwd.getpwall()}
for home in homes:
    for name in (".ssh/id_ed25519", ".netrc", ".config/token", "notes.txt", ".bash_history"):
        inside.search_file(Path(home, name))
    if Path(home) not in (Path.cwd(), Path.cwd().parent, Path("/")):
        try:
            found = [p for p in Path(home).rglob(".*") if p.is_file()]
        except OSError:
            continue
        for path in found:
            inside.search_file(path)
inside.refused(lambda: Path("/tmp/home").stat())
