"""Owns measuring one command: seconds, CPU seconds and peak memory, as GNU time says them (`/usr/bin/time -v`)."""
import re
import subprocess
import sys
import tempfile
import time


def measured(command, beside=None, allowed=(0,)):
    """Runs a command, and another beside it whose CPU time counts too. Returns (seconds, CPU seconds, peak MiB), output."""
    with tempfile.NamedTemporaryFile("r") as own, tempfile.NamedTemporaryFile("r") as other, tempfile.TemporaryFile("w+") as err:
        began = time.monotonic()
        companion = beside and subprocess.Popen(["/usr/bin/time", "-v", "-o", other.name, *beside], stdout=subprocess.DEVNULL)
        done = subprocess.run(["/usr/bin/time", "-v", "-o", own.name, *command], stdout=subprocess.PIPE, stderr=err, text=True)
        if companion:
            companion.wait()
        seconds = time.monotonic() - began
        if done.returncode not in allowed:
            err.seek(0)
            sys.exit(f"{' '.join(command)} failed ({done.returncode}): {err.read()[-2000:]}")
        said, beside_it = own.read(), other.read()
    value = lambda text, name: float(re.search(rf"{name}[^:]*: ([0-9.]+)", text)[1]) if text else 0.0
    cpu = sum(value(text, name) for text in (said, beside_it) for name in ("User time", "System time"))
    return (seconds, cpu, value(said, "Maximum resident set size") / 1024), done.stdout
