"""A Debian that systemd-nspawn boots, without a network but its own loopback."""

import hashlib
import os
import pathlib
import shutil
import signal
import subprocess
import time

import debs

TIMEOUT_S = 300


def _base(packages):
    """The archive of a Debian with these packages, which is made where it is not there."""
    key = hashlib.sha256(" ".join(sorted(packages)).encode()).hexdigest()[:12]
    archive = debs.ROOT / f"build/tools/debian-{key}.tar"
    if not archive.exists():
        archive.parent.mkdir(parents=True, exist_ok=True)
        debs.output("mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(sorted(packages))}", "bookworm",
                    f"{archive}.new.tar")
        os.replace(f"{archive}.new.tar", archive)
    return archive


class Container:
    """With the packages' dependencies, and their files at /packages."""

    def __init__(self, folder, packages, archives):
        self.root = folder / "root"
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir(parents=True)
        debs.output("tar", "--extract", "--file", _base(packages), "--directory", self.root)
        # As the installer writes it.
        (self.root / "etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
        (self.root / "packages").mkdir()
        for archive in archives:
            shutil.copy(archive, self.root / "packages")
        self._console = open(folder / "console", "wb")
        self._nspawn = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--private-network", "--console=pipe",
             "--directory", self.root, "--boot"],
            stdin=subprocess.DEVNULL, stdout=self._console, stderr=subprocess.STDOUT)
        try:
            self._init = self._await(self._find_init)
            # It is degraded where something that a container cannot have fails, and up all the same.
            self._await(lambda: self.run("systemctl", "is-system-running").stdout.strip() in ("running", "degraded"))
        except BaseException:
            self.stop()
            raise

    def _await(self, ask):
        deadline = time.monotonic() + TIMEOUT_S
        while True:
            answer = ask()
            if answer:
                return answer
            if self._nspawn.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the container does not boot: {pathlib.Path(self._console.name).read_text()[-3000:]}")
            time.sleep(0.1)

    def _find_init(self):
        """The pid of the container's first process."""
        parents = {self._nspawn.pid}
        for status in sorted(pathlib.Path("/proc").glob("[0-9]*/status"), key=lambda path: int(path.parent.name)):
            try:
                fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
            except OSError:
                continue
            if int(fields["PPid"]) in parents:
                if fields["NSpid"].split()[-1] == "1" and fields["Name"].strip() == "systemd":
                    return int(fields["Pid"])
                parents.add(int(fields["Pid"]))
        return None

    def run(self, *command, stdin=None):
        return subprocess.run(
            ["nsenter", f"--target={self._init}", "--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wd=/", "env",
             "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive", *command],
            input=stdin, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)

    def output(self, *command, stdin=None):
        """What a command that has to succeed writes."""
        done = self.run(*command, stdin=stdin)
        if done.returncode != 0:
            raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}\n"
                                 + self.run("journalctl", "--no-pager", "--lines=60").stdout)
        return done.stdout

    def show(self, unit, name):
        return self.output("systemctl", "show", "--value", f"--property={name}", unit).strip()

    def await_shown(self, unit, name, matches):
        return self._await(lambda: (value := self.show(unit, name)) and matches(value) and value)

    def write(self, path, text, mode=0o644):
        file = self.root / path.lstrip("/")
        file.write_text(text, encoding="utf-8")
        file.chmod(mode)

    def stop(self):
        # The container's first process, with which all others of it end; nspawn's own end leaves it running.
        init = self._find_init()
        if init is not None:
            os.kill(init, signal.SIGKILL)
        self._nspawn.kill()
        self._nspawn.wait()
        self._console.close()
