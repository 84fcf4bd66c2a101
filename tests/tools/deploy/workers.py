"""Checks in processes of their own, some at once, and what ends them."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time


def end_with_parent():
    """Ends this process as an ordinary exit would, servers and mounts with it, when it is told to, or, with WITH_PARENT, when
    who started it is gone without having told."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("interrupted"))
    if not os.environ.get("WITH_PARENT"):
        return
    parent = os.getppid()

    def watch():
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def share_out(program, labels, jobs):
    """Runs the program once a label, `jobs` at once, and prints what each said when it ended; the labels that failed."""
    left, running, failed = list(labels), {}, []
    begun = time.monotonic()
    try:
        while left or running:
            while left and len(running) < jobs:
                label = left.pop(0)
                log = tempfile.TemporaryFile()
                environment = {**os.environ, "WITH_PARENT": "1"}
                process = subprocess.Popen([sys.executable, program, label], stdout=log, stderr=subprocess.STDOUT, env=environment)
                running[label] = (process, log, time.monotonic())
            time.sleep(0.2)
            for label, (process, log, since) in list(running.items()):
                if process.poll() is None:
                    continue
                del running[label]
                said(log)
                print(f"  {label}: {time.monotonic() - since:.0f} s in all, {time.monotonic() - begun:.0f} s since the start", flush=True)
                if process.returncode:
                    failed.append(label)
    finally:
        for process, log, _ in running.values():
            process.terminate()
        for process, log, _ in running.values():
            process.wait()
            said(log)
    return failed


def said(log):
    log.seek(0)
    sys.stdout.write(log.read().decode(errors="replace"))
    sys.stdout.flush()
