"""Programs on a terminal of their own, as a person runs them."""

import os
import pty
import re
import select
import signal
import subprocess
import time

import web


class Terminal:
    """A program whose input, output and errors are one pseudo-terminal. For `with`."""

    def __init__(self, arguments, environment, cwd=None):
        self._master, slave = pty.openpty()
        self._popen = subprocess.Popen(arguments, env={"TERM": "xterm", **environment}, stdin=slave, stdout=slave,
                                       stderr=slave, start_new_session=True, cwd=cwd)
        os.close(slave)
        self.written = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._popen.kill()
        self._popen.wait()
        os.close(self._master)

    def type(self, text):
        os.write(self._master, text.encode())

    def interrupt(self):
        self._popen.send_signal(signal.SIGINT)

    def await_output(self, pattern):
        """The first match of `pattern` in what is written from now on."""
        begin, deadline = len(self.written), time.monotonic() + web.TIMEOUT_S
        while time.monotonic() < deadline:
            match = re.search(pattern, self.written[begin:])
            if match:
                return match
            if not self._read():
                break
        raise AssertionError(f"no {pattern!r} in {self.written[begin:]!r}")

    def read_to_end(self):
        """All that is written until the program ends, and its exit code."""
        while self._read():
            pass
        return self.written, self._popen.wait(web.TIMEOUT_S)

    def _read(self):
        if not select.select([self._master], [], [], web.TIMEOUT_S)[0]:
            return False
        try:
            some = os.read(self._master, 65536)
        except OSError:  # EIO: nobody has the other end any more
            return False
        self.written += some.decode(errors="replace")
        return bool(some)
