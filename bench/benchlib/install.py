"""Brings the peers and the load generator to build/bench, each from its own registry, and only what is missing."""

import hashlib
import os
import re
import shutil
import subprocess

from benchlib.paths import BENCH, BUILD, LOAD, PEERS

# command: Debian package. A command that came by another way counts.
_TOOLS = {"nginx": "nginx-light", "go": "golang-go", "strip": "binutils"}
_TOOLS_OF_PEER = {
    "node": {"node": "nodejs", "npm": "npm"},
    "python": {},
    "go": {"protoc": "protobuf-compiler"},
}


def install(subjects):
    """Installs what the subjects of these names need. Returns {name: why} of those that cannot be had here."""
    tools = dict(_TOOLS)
    for name in subjects:
        tools.update(_TOOLS_OF_PEER.get(name, {}))
    _install_packages({package for command, package in tools.items() if not shutil.which(command)})
    _once("load", BENCH / "load", _build_load)
    missing = {}
    for name, build in {"node": _build_node, "python": _build_python, "go": _build_go}.items():
        if name not in subjects:
            continue
        if name == "go" and (why := _go_is_too_old()):
            missing[name] = why
            continue
        _once(name, PEERS / name, build)
    return missing


def _install_packages(packages):
    if not packages:
        return
    print("Installing", *sorted(packages), flush=True)
    as_root = [] if os.geteuid() == 0 else ["sudo"]
    # RUNLEVEL: the packaged nginx is not to be started as a service.
    environment = ["env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1"]
    _run([*as_root, "apt-get", "update", "-qq"])
    _run([*as_root, *environment, "apt-get", "install", "-y", "-qq", "--no-install-recommends",
          *sorted(packages)])


def _once(name, source, build):
    """Calls build(source, folder) unless that was done with the same sources."""
    folder = BUILD / name
    digest = hashlib.sha256()
    for path in sorted(path for path in source.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(source)).encode() + path.read_bytes())
    stamp = BUILD / f"{name}.built"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    print(f"Building {name}", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, folder)
    build(folder)
    stamp.write_text(digest.hexdigest())


def _build_load(folder):
    _run(["go", "build", "-trimpath", "-o", LOAD, "."], cwd=folder)


def _build_node(folder):
    _run(["npm", "ci", "--omit=dev", "--no-fund", "--no-audit", "--loglevel=error"], cwd=folder)


def _build_python(folder):
    venv = folder / "venv"
    if subprocess.run(["python3", "-c", "import ensurepip"], stderr=subprocess.DEVNULL, check=False).returncode:
        _install_packages({"python3-venv"})
    _run(["python3", "-m", "venv", venv])
    _run([venv / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"],
         cwd=folder)


def _build_go(folder):
    plugins = folder / "plugins"
    _run(["go", "install", "tool"], cwd=folder, env={"GOBIN": str(plugins)})
    into = "module=bench/peer"
    _run(["protoc", "--proto_path=proto",
          *(f"--plugin={plugins}/protoc-gen-{name}" for name in ("go", "go-grpc", "grpc-gateway")),
          "--go_out=.", f"--go_opt={into}", "--go-grpc_out=.", f"--go-grpc_opt={into}",
          "--grpc-gateway_out=.", f"--grpc-gateway_opt={into},grpc_api_configuration=proto/routes.yaml",
          "token.proto"], cwd=folder)
    _run(["go", "build", "-trimpath", "-ldflags=-s -w", "-o", "bin/", "./server", "./gateway"],
         cwd=folder)


def _go_is_too_old():
    wanted = re.search(r"^go (\d+)\.(\d+)", (PEERS / "go/go.mod").read_text(), re.MULTILINE)
    found = re.search(r"go(\d+)\.(\d+)", subprocess.check_output(["go", "version"], text=True))
    if tuple(map(int, found.groups())) >= tuple(map(int, wanted.groups())):
        return None
    return f"needs Go {'.'.join(wanted.groups())}, and here is {'.'.join(found.groups())}"


def _run(command, cwd=None, env=None):
    """Runs on two cores at most and gives up after a quarter of an hour."""
    environment = {**os.environ, "GOMAXPROCS": "2", **(env or {})}
    subprocess.run([str(word) for word in command], cwd=cwd, env=environment, timeout=900, check=True,
                   stdin=subprocess.DEVNULL)
