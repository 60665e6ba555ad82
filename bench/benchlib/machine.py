"""What the figures were measured on, and with which versions."""

import json
import os
import pathlib
import platform
import re
import subprocess

from benchlib.paths import BENCH, BUILD


def describe(bin_dir):
    """Plain data for the JSON and the report."""
    cpuinfo = pathlib.Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*:\s*(.*)$", cpuinfo, re.MULTILINE)
    meminfo = re.search(r"^MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text(), re.MULTILINE)
    return {
        "cpu": model.group(1) if model else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(int(meminfo.group(1)) / 2**20, 1),
        "virtual": " hypervisor" in cpuinfo,
        "kernel": ".".join(platform.release().split(".")[:2]),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", ""),
        "load_average": os.getloadavg()[0],
        "versions": {name: version for name, version in _versions(bin_dir) if version},
    }


def _versions(bin_dir):
    yield "ours", _first_line([bin_dir / "token-standalone", "--version"])
    yield "nginx", _first_line(["nginx", "-v"])
    yield "node", _first_line(["node", "--version"])
    for name in ("express", "openvidu-node-client"):
        yield name, _npm_version(name)
    yield "python", _first_line([BUILD / "python/venv/bin/python", "--version"])
    for name in ("Flask", "gunicorn", "requests"):
        yield name, _pinned("python/requirements.txt", rf"^{name}==(\S+)")
    yield "go", _first_line(["cat", BUILD / "go/go-version"])
    yield "grpc-go", _pinned("go/go.mod", r"^\s*google\.golang\.org/grpc v(\S+)")
    yield "grpc-gateway", _pinned("go/go.mod", r"^\s*github\.com/grpc-ecosystem/grpc-gateway/v2 v(\S+)")


def _first_line(command):
    try:
        text = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    return text.splitlines()[0] if text else None


def _npm_version(name):
    manifest = BUILD / "node/node_modules" / name / "package.json"
    return json.loads(manifest.read_text())["version"] if manifest.exists() else None


def _pinned(path, pattern):
    found = re.search(pattern, (BENCH / "peers" / path).read_text(), re.MULTILINE)
    return found.group(1) if found else None
