"""Runs the shell blocks of one page as a reader would: in a tree like the repository's, with a home folder of its own, in a
network that has nothing but a loopback interface, so that the ports in the pages are free."""

import fcntl
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import tempfile
import threading

from markdown import ROOT

BIN_DIR = pathlib.Path(os.environ.get("TOKEN_BIN_DIR") or ROOT / "build/release/bin")
WAIT_S = 3600  # only for what hangs: a machine may be busy, and scripts/run may have to build
_UP_BY = (0x8913, 0x8914)  # SIOCGIFFLAGS, SIOCSIFFLAGS


def bring_loopback_up():
    """Makes a fresh network usable. AssertionError where this is the machine's own network."""
    names = [name for _, name in socket.if_nameindex()]
    if [name for name in names if name not in ("lo", "tunl0", "sit0", "gre0", "gretap0", "erspan0", "ip6tnl0", "ip6gre0",
                                               "ip_vti0", "ip6_vti0")]:
        raise AssertionError(f"run it in a network of its own: unshare -rnpf --kill-child python3 … (there are {names})")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        request = struct.pack("16sh14x", b"lo", 0)
        _, flags = struct.unpack("16sh14x", fcntl.ioctl(sock, _UP_BY[0], request))
        fcntl.ioctl(sock, _UP_BY[1], struct.pack("16sh14x", b"lo", flags | 1))


def segments(script):
    """[(commands, what they print or None)]: comment lines after commands are what these print."""
    found, commands, printed = [], [], []
    for line in script.rstrip("\n").split("\n"):
        if line.startswith("#") and any(command.strip() for command in commands):
            printed.append(line[1:].removeprefix(" "))
            continue
        if printed:
            found.append(("\n".join(commands), "\n".join(printed)))
            commands, printed = [], []
        # A comment before any command is one.
        commands.append(line if not line.startswith("#") else "")
    if any(command.strip() for command in commands):
        found.append(("\n".join(commands), "\n".join(printed) if printed else None))
    return found


def fits(expected, printed):
    """Whether `printed` is `expected`, in which `…` stands for anything within a line, and alone for any lines."""
    pattern = "\n".join("(?:.|\n)*?" if line.strip() == "…" else re.escape(line.rstrip()).replace("…", ".*")
                        for line in expected.split("\n"))
    lines = "\n".join(line.rstrip() for line in printed.strip("\n").split("\n"))
    return re.fullmatch(pattern, lines) is not None


class Served:
    """A command that serves until it is stopped."""

    def __init__(self, command, folder, environment):
        self.command, self.output, self._changed = command, "", threading.Condition()
        self._popen = subprocess.Popen(["bash", "-ec", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                                       start_new_session=True)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        with self._changed:
            self._changed.wait_for(lambda: "listening on" in self.output or self._popen.poll() is not None, WAIT_S)
        if "listening on" not in self.output:
            self.stop()
            raise AssertionError(f"{command!r} does not listen:\n{self.output}")

    def stop(self):
        if self._popen.poll() is None:
            os.killpg(self._popen.pid, signal.SIGTERM)
            try:
                self._popen.wait(WAIT_S)
            except subprocess.TimeoutExpired:
                os.killpg(self._popen.pid, signal.SIGKILL)
                self._popen.wait()
        self._reader.join(WAIT_S)
        self._popen.stdout.close()

    def _read(self):
        for line in self._popen.stdout:
            with self._changed:
                self.output += line
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()


class Scene:
    """What a page's blocks run in, one after the other, by one shell."""

    def __init__(self):
        self._temporary = tempfile.TemporaryDirectory(prefix="docs-")
        home = pathlib.Path(self._temporary.name) / "home"
        home.mkdir()
        # In place: for a clone that is made for it (fresh-clone).
        self.folder = ROOT if "DOCS_IN_PLACE" in os.environ else self._tree()
        kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "CCACHE_DIR") if name in os.environ}
        self._environment = {**kept, "HOME": str(home), "PATH": f"{BIN_DIR}:{os.environ['PATH']}"}
        self._served, self._shell = {}, None

    def _tree(self):
        """A folder of links to the repository's, in which a page may write."""
        tree = pathlib.Path(self._temporary.name) / "openvidu-token-service"
        tree.mkdir()
        for entry in ROOT.iterdir():
            if entry.name not in ("build", ".git"):
                (tree / entry.name).symlink_to(entry)
        if BIN_DIR == ROOT / "build/release/bin":
            (tree / "build").symlink_to(ROOT / "build")
        else:
            (tree / "build/release").mkdir(parents=True)
            (tree / "build/release/bin").symlink_to(BIN_DIR)
        return tree

    def close(self):
        self.serve([])
        if self._shell is not None:
            self._shell.stdin.close()
            self._shell.wait(WAIT_S)
            self._shell.stdout.close()
        self._temporary.cleanup()

    def serve(self, commands):
        """Has these commands serving and no others; those that do already go on."""
        for command in [command for command in self._served if command not in commands]:
            self._served.pop(command).stop()
        for command in commands:
            if command not in self._served:
                self._served[command] = Served(command, self.folder, self._environment)

    def run(self, commands):
        """(exit code, what they print). The shell keeps its variables and functions for the next."""
        if self._shell is None:
            self._shell = subprocess.Popen(["bash", "--norc"], cwd=self.folder, env=self._environment, text=True,
                                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        script, printed, errors = (pathlib.Path(self._temporary.name) / name for name in ("script", "printed", "errors"))
        script.write_text(f"set -e\n{commands}\n")
        self._shell.stdin.write(f". {script} >{printed} 2>{errors} </dev/null; echo $?\n")
        self._shell.stdin.flush()
        line = self._shell.stdout.readline()
        if line:
            return int(line), printed.read_text(errors="replace"), errors.read_text(errors="replace")
        code = self._shell.wait(WAIT_S)
        self._shell.stdin.close()
        self._shell.stdout.close()
        self._shell = None
        return code, printed.read_text(errors="replace"), errors.read_text(errors="replace")

    def served_output(self):
        return "\n".join(f"$ {served.command}\n{served.output}" for served in self._served.values())
