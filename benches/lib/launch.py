"""launch.py LOG COMMAND…: runs one command, its words into LOG, and prints as JSON what it cost.

A process of its own, since Linux counts the memory of whoever starts a program into the program's peak: this one stays
small (about 8 MiB, the floor of all peaks), whatever `benches/run` holds.
"""

import json
import os
import sys
import time


def main():
    log, command = sys.argv[1], sys.argv[2:]
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    actions = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)]
    actions += [(os.POSIX_SPAWN_DUP2, said, standard) for standard in (1, 2)]
    started = time.monotonic()
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
    _, status, usage = os.wait4(child, 0)
    wall = time.monotonic() - started
    code = os.waitstatus_to_exitcode(status)
    print(json.dumps([code, usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024]))


main()
