"""Processes that are started on one core, measured with their children, and ended by their ids."""

import ctypes
import os
import pathlib
import resource
import signal
import subprocess
import time

_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


def open_files():
    """How many files a process may have open here."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1]


def start(command, core, folder=None, env=None, output=subprocess.DEVNULL, **options):
    """Starts a process on a core, with as many open files as allowed. It ends when this one does."""

    def prepare():
        os.sched_setaffinity(0, {core})
        resource.setrlimit(resource.RLIMIT_NOFILE, (open_files(), open_files()))
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

    return subprocess.Popen(
        [str(word) for word in command], cwd=folder, env={**os.environ, **(env or {})},
        preexec_fn=prepare, stdout=output, **options)


def end(processes, seconds=8):
    """Ends them and their children: asks, waits, and kills what is left."""
    pids = [pid for process in processes for pid in tree(process.pid)]
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + seconds
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for pid in pids:  # children that outlived their parent
        if parent_of(pid) is not None:
            os.kill(pid, signal.SIGKILL)


def parent_of(pid):
    """The parent's id, or None where there is no such process (or only its end is to be reaped)."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else int(fields[1])


def tree(root):
    """The ids of a process and of all below it."""
    parents = {int(entry): parent_of(entry) for entry in os.listdir("/proc") if entry.isdigit()}
    found = [root] if parents.get(root) is not None else []
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def cpu_seconds(pids):
    """User and system time so far of all the threads, those that ended too."""
    ticks = 0
    for pid in pids:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / _TICKS_A_SECOND


def core_busy_seconds(core):
    """How long a core has worked so far, for whomever."""
    for line in pathlib.Path("/proc/stat").read_text().splitlines():
        name, *times = line.split()
        if name == f"cpu{core}":
            user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, times[:8])
            return (user + nice + system + irq + softirq + steal) / _TICKS_A_SECOND
    raise ValueError(f"no core {core}")


def pss_kib(pid, kind="Pss"):
    """The proportional set size: memory of its own, and its share of what it has in common with others.

    "Pss_Anon" is that without the files of code, which other programs on the machine may share, or no longer share.
    """
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(f"{kind}:"):
            return int(line.split()[1])
    raise ValueError(f"no {kind} of {pid}")
