"""Runs a command that dies with the process that asked for it (Linux). A script, never imported.

    python -I -S tether.py PARENT COMMAND ARGUMENT...

Asks the kernel to send SIGKILL when the parent is gone, then *becomes* the command: same process, same
exit code. The parent may be gone already when the request is made, so that is looked at afterwards.
This is a program of its own, and not something done between fork and exec in the parent, because running
Python code there can deadlock when the parent has threads.
"""

import ctypes
import os
import signal
import sys
from contextlib import suppress

_PR_SET_PDEATHSIG = 1

if __name__ == "__main__":
    parent, command = int(sys.argv[1]), sys.argv[2:]
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)
    try:
        os.execv(command[0], command)
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")
