import inside
import os

from right import *

for number in (0, 1, 1000, os.getuid() - 1):
    inside.refused(os.setuid, number)
    inside.refused(os.seteuid, number)
    inside.refused(os.setresuid, number, number, number)
    inside.refused(os.setgid, number)
    inside.refused(os.setresgid, number, number, number)
    inside.refused(os.setgroups, [number])
inside.refused(os.initgroups, "root", 0)
if 0 in (*os.getresuid(), *os.getresgid(), *os.getgroups()):
    inside.breach("it is root")
