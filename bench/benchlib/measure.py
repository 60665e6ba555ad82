"""The figures of one subject. Each function takes what it needs running, and returns plain data for the JSON."""

import os
import shutil
import subprocess
import tempfile
import time

from benchlib.running import Running

CONNECTIONS = (1, 8, 64, 256)
BUSY_CONNECTIONS = 64  # of the memory and idle figures
OURS = ("standalone", "split")
FIGURES = ("start", "load", "idle", "memory", "size", "instructions", "micro")
_STARTS = 3
_SEGMENTS = 10


def round_of(subject, figures, effort):
    """One round: starts, loads at each number of connections, and the idle connections."""
    found = {}
    if "start" in figures:
        found["first_answer_ms"] = []
        for _ in range(_STARTS - 1):
            with Running(subject) as running:
                found["first_answer_ms"].append(running.first_answer_ms)
    with Running(subject) as running:
        if "start" in figures:
            found["first_answer_ms"].append(running.first_answer_ms)
            time.sleep(0.5)
            found["rest_pss_kib"] = running.pss_kib()
        if "load" in figures:
            found["load"] = {
                str(connections): running.load(connections, effort.seconds, effort.warm_up)
                for connections in CONNECTIONS}
        if "idle" in figures:
            found["idle"] = _idle(running, effort)
    return found


def _idle(running, effort):
    """The busy connections alone, then next to idle ones."""
    alone = running.load(BUSY_CONNECTIONS, effort.seconds, effort.warm_up)
    before = running.anonymous_kib()
    with running.hold_idle(effort.idle) as idle:
        opened = running.anonymous_kib()
        beside = running.load(BUSY_CONNECTIONS, effort.seconds, effort.warm_up)
    return {"asked": effort.idle, "opened": idle.opened, "kept": idle.kept, "alone": alone,
            "beside": beside, "kib_before": before, "kib_opened": opened}


def memory(subject, effort):
    """Pss at rest, after `effort.tokens` or when the time is over, and of ours also on the way to many more."""
    with Running(subject) as running:
        time.sleep(0.5)
        found = {"rest_pss_kib": running.pss_kib(), "segments": []}
        _give_tokens(running, effort.tokens, effort.memory_seconds, found["segments"])
        if subject.name in OURS:
            more = effort.growth_tokens - effort.tokens
            for _ in range(_SEGMENTS):
                _give_tokens(running, more // _SEGMENTS, effort.memory_seconds, found["segments"])
    return found


def _give_tokens(running, tokens, seconds, segments):
    load = running.load(BUSY_CONNECTIONS, seconds, 0, tokens=tokens)
    before = segments[-1]["tokens"] if segments else 0
    segments.append({"tokens": before + load["tokens"], "pss_kib": running.pss_kib(),
                     "anonymous_kib": running.anonymous_kib()})


def size(subject):
    """Bytes of the stripped binaries, of the shared libraries that they load, and of packages beside."""
    libraries = {}
    for binary in subject.binaries:
        text = subprocess.run(["ldd", binary], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True, check=False).stdout
        for word in text.split():
            if word.startswith("/"):
                libraries[os.path.realpath(word)] = os.path.getsize(os.path.realpath(word))
    return {
        "stripped": {os.path.basename(binary): _stripped(binary) for binary in subject.binaries},
        "shared_libraries": len(libraries),
        "shared_libraries_bytes": sum(libraries.values()),
        "packages_bytes": _folder_bytes(subject.packages) if subject.packages else 0,
    }


def _stripped(binary):
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "stripped")
        shutil.copy(binary, copy)
        subprocess.run(["strip", copy], check=True)
        return os.path.getsize(copy)


def _folder_bytes(folder):
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
