"""Builds ours, and brings the peers and the load generator to build/bench, each from its own registry."""

import hashlib
import json
import os
import re
import shutil
import subprocess

from benchlib.paths import BENCH, BUILD, LOAD, PEERS, REPOSITORY

# command: Debian package. A command that came by another way counts.
_TOOLS = {"nginx": "nginx-light", "go": "golang-go", "strip": "binutils"}
_TOOLS_OF_PEER = {
    "node": {"node": "nodejs", "npm": "npm"},
    "python": {},
    "go": {"protoc": "protobuf-compiler"},
}
_OURS = ("token-standalone", "token-server", "token-gateway", "token_micro_bench")


def build_ours():
    """Builds what is measured of ours, as users run it."""
    _run([REPOSITORY / "scripts/install-packages"])
    if subprocess.run(["dpkg-query", "--show", "libbenchmark-dev"], stdout=subprocess.DEVNULL,
                      stderr=subprocess.DEVNULL, check=False).returncode:
        _install_packages({"libbenchmark-dev"})
    print("Building ours", flush=True)
    _run(["cmake", "--preset", "release"], cwd=REPOSITORY, quiet=True)
    _run(["cmake", "--build", "--preset", "release", "--parallel", "2", "--target", *_OURS], cwd=REPOSITORY,
         quiet=True)


def install(subjects, figures):
    """Installs what these subjects and figures need. Returns {name: why} of those that cannot be had here."""
    tools = dict(_TOOLS)
    if "instructions" in figures:
        tools["valgrind"] = "valgrind"
    for name in subjects:
        tools.update(_TOOLS_OF_PEER.get(name, {}))
    _install_packages({package for command, package in tools.items() if not shutil.which(command)})
    _once("load", BENCH / "load", _build_load)
    missing = {}
    for name, build in {"node": _build_node, "python": _build_python, "go": _build_go}.items():
        if name not in subjects:
            continue
        try:
            _once(name, PEERS / name, build)
        except (OSError, subprocess.SubprocessError) as error:
            missing[name] = f"could not be built here: {error}"
    return missing


def node_peer():
    """Brings the Node peer alone; returns the folder of its server.js."""
    _install_packages({package for command, package in _TOOLS_OF_PEER["node"].items() if not shutil.which(command)})
    _once("node", PEERS / "node", _build_node)
    return BUILD / "node"


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
    go = _new_enough_go()
    plugins = folder / "plugins"
    _run([go, "install", "tool"], cwd=folder, env={"GOBIN": str(plugins)})
    into = "module=bench/peer"
    _run(["protoc", "--proto_path=proto",
          *(f"--plugin={plugins}/protoc-gen-{name}" for name in ("go", "go-grpc", "grpc-gateway")),
          "--go_out=.", f"--go_opt={into}", "--go-grpc_out=.", f"--go-grpc_opt={into}",
          "--grpc-gateway_out=.", f"--grpc-gateway_opt={into},grpc_api_configuration=proto/routes.yaml",
          "token.proto"], cwd=folder)
    _run([go, "build", "-trimpath", "-ldflags=-s -w", "-o", "bin/", "./server", "./gateway"], cwd=folder)
    (folder / "go-version").write_text(subprocess.check_output([go, "version"], text=True))


def _new_enough_go():
    """The installed command, or the one that go.mod asks for, which is a module itself."""
    wanted = re.search(r"^go (\S+)", (PEERS / "go/go.mod").read_text(), re.MULTILINE).group(1)
    found = re.search(r"go(\d+[.\d]*)", subprocess.check_output(["go", "version"], text=True)).group(1)
    if _numbers(found) >= _numbers(wanted):
        return "go"
    goos, goarch = subprocess.check_output(["go", "env", "GOOS", "GOARCH"], text=True).split()
    module = f"golang.org/toolchain@v0.0.1-go{wanted}.{goos}-{goarch}"
    found = json.loads(subprocess.check_output(["go", "mod", "download", "-json", module], text=True, timeout=900))
    goroot = BUILD / "go-toolchain"
    shutil.rmtree(goroot, ignore_errors=True)
    shutil.copytree(found["Dir"], goroot, copy_function=shutil.copyfile)
    for program in [*goroot.glob("bin/*"), *goroot.glob("pkg/tool/*/*")]:
        program.chmod(0o755)  # a module's files are not executable
    return goroot / "bin/go"


def _numbers(version):
    return [int(number) for number in version.split(".")]


def _run(command, cwd=None, env=None, quiet=False):
    """Runs on two cores at most and gives up after half an hour. With `quiet`, says something on failure only."""
    environment = {**os.environ, "GOMAXPROCS": "2", **(env or {})}
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT} if quiet else {}
    try:
        subprocess.run([str(word) for word in command], cwd=cwd, env=environment, timeout=1800, check=True,
                       stdin=subprocess.DEVNULL, **output)
    except subprocess.CalledProcessError as error:
        print((error.stdout or b"").decode(), end="", flush=True)
        raise
