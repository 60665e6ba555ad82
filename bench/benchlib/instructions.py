"""Instructions that a subject spends on one request, counted by callgrind: user space only, and without any noise."""

import dataclasses
import os
import re
import shutil
import subprocess

from benchlib.paths import BUILD
from benchlib.running import Running

SUBJECTS = ("standalone", "split", "nginx")  # machine code that can run under valgrind
_WARM_UP = 200
_REQUESTS = 1000
_SECONDS = 60
# A worker of nginx changes its user, and is no longer to be asked by vgdb.
_ONE_PROCESS = {"nginx": ["-g", "master_process off;"]}


def count(subject):
    """{process: {"all": instructions of one request, "where": {file of code: its part}}}, one request at a time."""
    folder = BUILD / "callgrind"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    programs = [dataclasses.replace(program, command=[
        "valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={folder}/%p", *program.command,
        *_ONE_PROCESS.get(subject.name, [])])
        for program in subject.programs]
    with Running(dataclasses.replace(subject, programs=programs)) as running:
        _load(running, _WARM_UP)
        pids = running.named_pids()
        _ask(pids.values(), "zero")
        _load(running, _REQUESTS)
        _ask(pids.values(), "dump")
        costs = {name: _costs((folder / f"{pid}.1").read_text()) for name, pid in pids.items()}
    return {name: {"all": sum(cost.values()) / _REQUESTS,
                   "where": {file: part / _REQUESTS for file, part in
                             sorted(cost.items(), key=lambda item: -item[1])}}
            for name, cost in costs.items() if sum(cost.values()) >= _REQUESTS}


def _load(running, requests):
    load = running.load(1, _SECONDS, 0, tokens=requests)
    if load["tokens"] != requests:
        raise RuntimeError(f"{running.subject.name} gave {load['tokens']} of {requests} tokens under callgrind")


def _ask(pids, command):
    for pid in pids:
        subprocess.run(["vgdb", f"--pid={pid}", command], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=30, check=True)


def _costs(profile):
    """{file of code: instructions of its own} from the text of a callgrind profile."""
    names, costs, current, is_callee = {}, {}, None, False
    for line in profile.splitlines():
        if found := re.match(r"c?ob=\((\d+)\)(?: (.*))?$", line):
            number, name = found.groups()
            if name:
                names[number] = os.path.basename(name)
            if line.startswith("ob="):
                current = names[number]
        elif line.startswith("calls="):
            is_callee = True  # the next line is what the callee costs, which its own lines say
        elif re.match(r"[+\-*\d]", line):
            if not is_callee:
                costs[current] = costs.get(current, 0) + int(line.split()[1])
            is_callee = False
    return costs
