"""A subject that runs, and what can be asked of it."""

import json
import os
import pathlib
import socket
import subprocess
import time

from benchlib import nginx, processes, subjects
from benchlib.paths import LOAD

SUBJECT_CORE = 1
LOAD_CORE = 0  # of the load generator, the upstream and this program
_LONGEST_START = 30


class Running:
    """Starts a subject, waits for its first answer, and ends it at the end of the `with` block."""

    def __init__(self, subject):
        self.subject = subject
        self.first_answer_ms = None
        self._processes = []

    def __enter__(self):
        begin = time.monotonic()
        try:
            for program in self.subject.programs:
                self._processes.append(processes.start(
                    program.command, SUBJECT_CORE, program.folder, program.env,
                    stderr=subprocess.DEVNULL))
            self._await_first_answer(begin)
        except BaseException:
            processes.end(self._processes)
            raise
        return self

    def __exit__(self, *_):
        processes.end(self._processes)

    def _await_first_answer(self, begin):
        """The first answer is that of a session, which a Node peer needs before it can give tokens."""
        while not creates_session(self.subject.port):
            if time.monotonic() - begin > _LONGEST_START:
                raise RuntimeError(f"{self.subject.name} does not answer")
            if any(process.poll() is not None for process in self._processes):
                raise RuntimeError(f"{self.subject.name} ended at start")
            time.sleep(0.001)
        self.first_answer_ms = (time.monotonic() - begin) * 1000

    def named_pids(self):
        """{name of a process: its id}; workers have a number after the name."""
        return {program.name + (f" worker {number}" if number else ""): pid
                for program, process in zip(self.subject.programs, self._processes)
                for number, pid in enumerate(processes.tree(process.pid))}

    def pss_kib(self):
        """{name of a process: its Pss}."""
        return {name: processes.pss_kib(pid) for name, pid in self.named_pids().items()}

    def anonymous_kib(self):
        """Memory of no file, of all processes together."""
        return sum(processes.pss_kib(pid, "Pss_Anon") for pid in self.named_pids().values())

    def load(self, connections, seconds, warm_up, tokens=0):
        """Loads it and returns what the load generator says, with the CPU time that it took."""
        pids = list(self.named_pids().values())
        before = _Clocks(pids)
        found = json.loads(subprocess.run(
            _load_command(self.subject.port, "-connections", connections, "-duration", f"{seconds}s",
                          "-warm_up", f"{warm_up}s", "-requests", tokens),
            timeout=seconds + warm_up + 60, stdout=subprocess.PIPE, check=True).stdout)
        after = _Clocks(pids)
        found["cpu_us"] = (after.subject - before.subject) * 1e6 / found["tokens"] if found["tokens"] else None
        found.update(after.shares_since(before))
        return found

    def hold_idle(self, connections):
        """A context in which so many idle connections are open, or as many as the subject keeps."""
        return _Idle(self.subject.port, connections)


class _Clocks:
    """What was used of the two cores so far, in seconds."""

    def __init__(self, pids):
        self._now = time.monotonic()
        self._busy = [processes.core_busy_seconds(core) for core in (SUBJECT_CORE, LOAD_CORE)]
        self.subject = processes.cpu_seconds(pids)
        ended = os.times()  # such as the load generator
        self._load = (processes.cpu_seconds(processes.tree(os.getpid())) - self.subject
                      + ended.children_user + ended.children_system)

    def shares_since(self, before):
        """Of the subject's core that the subject took, and of each core what programs of no benchmark took."""
        seconds = self._now - before._now
        ours = self.subject - before.subject, self._load - before._load
        others = [max(0.0, now - then - own) / seconds
                  for now, then, own in zip(self._busy, before._busy, ours)]
        return {"cpu_share": ours[0] / seconds, "others_share": others[0], "others_share_of_load_core": others[1]}


class _Idle:
    """`opened` is there within the block, `kept` after it."""

    def __init__(self, port, connections):
        self._command = _load_command(port, "-connections", connections, "-hold")
        self.opened = self.kept = None

    def __enter__(self):
        self._process = processes.start(self._command, LOAD_CORE, output=subprocess.PIPE,
                                        stdin=subprocess.PIPE, text=True)
        self.opened = json.loads(self._process.stdout.readline())["open"]
        return self

    def __exit__(self, *_):
        try:
            rest, _ = self._process.communicate(timeout=30)  # ends its input, and so the holding
            self.kept = json.loads(rest)["open"]
        finally:
            processes.end([self._process])


class Upstream:
    """The OpenVidu of the subjects, for the length of a `with` block."""

    def __init__(self, keepalive_requests):
        self.port = subjects.free_port()
        self._folder = nginx.upstream(self.port, keepalive_requests)

    def __enter__(self):
        self._process = processes.start(nginx.command(self._folder), LOAD_CORE, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while not creates_session(self.port, "/openvidu/api/sessions"):
            if time.monotonic() > deadline:
                processes.end([self._process])
                raise RuntimeError("the upstream does not start: " + _last_line(self._folder / "error.log"))
            time.sleep(0.01)
        return self

    def __exit__(self, *_):
        processes.end([self._process])


def creates_session(port, path="/api/sessions"):
    """Whether the server answers a request for a session with 200."""
    body = json.dumps({"customSessionId": nginx.SESSION_ID})
    request = (f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
               f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}")
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(request.encode())
            return connection.recv(4096).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _load_command(port, *arguments):
    url = f"http://127.0.0.1:{port}/api/sessions/{nginx.SESSION_ID}/connections"
    return [str(word) for word in (LOAD, "-url", url, *arguments)]


def _last_line(path):
    lines = pathlib.Path(path).read_text().splitlines() if pathlib.Path(path).exists() else []
    return lines[-1] if lines else "no word of why"
