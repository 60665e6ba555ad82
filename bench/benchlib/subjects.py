"""What is compared: how each is started, and of which files it consists."""

import dataclasses
import pathlib
import shutil
import socket
import subprocess
import sys

from benchlib import nginx
from benchlib.paths import BUILD


@dataclasses.dataclass(frozen=True)
class Program:
    """A process to start. Children of it count as the same."""

    name: str
    command: list
    folder: pathlib.Path = None
    env: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Subject:
    """Something that hands out tokens on `port`."""

    name: str
    title: str
    port: int
    programs: list  # in the order of their start
    binaries: list  # of machine code, the interpreter's too
    packages: pathlib.Path = None  # a folder of code that comes with them


def free_port():
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make(name, upstream_port, bin_dir):
    """The subject of that name, in front of the upstream."""
    openvidu = {"OPENVIDU_URL": f"http://127.0.0.1:{upstream_port}", "OPENVIDU_SECRET": nginx.SECRET}
    return _MAKERS[name](free_port(), openvidu, bin_dir)


def _nginx(port, openvidu, _bin_dir):
    folder = nginx.proxy(port, int(openvidu["OPENVIDU_URL"].rpartition(":")[2]))
    return Subject("nginx", "bare nginx proxy", port, [Program("nginx", nginx.command(folder))],
                   [shutil.which("nginx")])


def _standalone(port, openvidu, bin_dir):
    command = [bin_dir / "token-standalone", f"--http_address=127.0.0.1:{port}",
               f"--grpc_address=127.0.0.1:{free_port()}"]
    return Subject("standalone", "token-standalone", port,
                   [Program("token-standalone", command, env=openvidu)], command[:1])


def _split(port, openvidu, bin_dir):
    between = f"127.0.0.1:{free_port()}"
    server = [bin_dir / "token-server", f"--listen_address={between}"]
    gateway = [bin_dir / "token-gateway", f"--listen_address=127.0.0.1:{port}",
               f"--server_address={between}"]
    return Subject("split", "token-server + token-gateway", port,
                   [Program("token-server", server, env=openvidu), Program("token-gateway", gateway)],
                   [server[0], gateway[0]])


def _go(port, openvidu, _bin_dir):
    between = f"127.0.0.1:{free_port()}"
    server = [BUILD / "go/bin/server", f"-listen={between}"]
    gateway = [BUILD / "go/bin/gateway", f"-listen=127.0.0.1:{port}", f"-server={between}"]
    return Subject("go", "Go grpc-gateway + grpc-go", port,
                   [Program("server", server, env=openvidu), Program("gateway", gateway)],
                   [server[0], gateway[0]])


def _node(port, openvidu, _bin_dir):
    folder = BUILD / "node"
    env = {**openvidu, "SERVER_PORT": str(port), "NODE_ENV": "production"}
    node = subprocess.check_output(["node", "-p", "process.execPath"], text=True).strip()
    return Subject("node", "Node express", port, [Program("node", [node, "server.js"], folder, env)],
                   [node], folder / "node_modules")


def _python(port, openvidu, _bin_dir):
    folder = BUILD / "python"
    command = ["venv/bin/gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1",
               "--worker-class", "gthread", "--threads", "16", "--worker-connections", "20000",
               "--keep-alive", "300", "--no-control-socket", "--log-level", "error", "app:app"]
    return Subject("python", "Python Flask + gunicorn", port,
                   [Program("gunicorn", command, folder, openvidu)],
                   [pathlib.Path(sys.executable).resolve()], folder / "venv")


_MAKERS = {
    "standalone": _standalone,
    "split": _split,
    "nginx": _nginx,
    "go": _go,
    "node": _node,
    "python": _python,
}
NAMES = list(_MAKERS)
