"""Runs one openvidu-emulator on ports that it chooses itself."""

import os
import re
import subprocess
import threading
import time


class Emulator:
    """A running emulator; use as a context manager. `started` is time.monotonic() when it began to listen."""

    def __init__(self, binary, *flags, secret="MY_SECRET"):
        self._lines, self._log = threading.Condition(), []
        self.process = subprocess.Popen(
            [binary, "--listen_address=127.0.0.1:0", "--control_address=127.0.0.1:0", *flags],
            env={**os.environ, "OPENVIDU_SECRET": secret},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        # Its output is read to the end: a full pipe would stop it.
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        # The control surface says its port in a line of its own.
        self.address = ("127.0.0.1", self._await_port(lambda line: "control" not in line.lower()))
        self.control_url = f"http://127.0.0.1:{self._await_port(lambda line: 'control' in line.lower())}"
        self.started = time.monotonic()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(timeout=5)
        self.process.stdout.close()

    @property
    def url(self):
        return f"http://{self.address[0]}:{self.address[1]}"

    def log(self):
        with self._lines:
            return "".join(self._log)

    def _read(self):
        for line in self.process.stdout:
            with self._lines:
                self._log.append(line)
                self._lines.notify_all()
        with self._lines:
            self._log.append("")
            self._lines.notify_all()

    def _await_port(self, wanted, timeout=60):
        deadline = time.monotonic() + timeout
        with self._lines:
            while True:
                for line in self._log:
                    match = re.search(r"on (?:port |\S*?:)(\d+)", line)
                    if match and wanted(line):
                        return int(match.group(1))
                remaining = deadline - time.monotonic()
                if self.process.poll() is not None or remaining <= 0:
                    raise RuntimeError(f"the emulator does not listen; it said: {''.join(self._log)}")
                self._lines.wait(min(remaining, 0.5))
