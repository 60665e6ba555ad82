"""The packages, made from what is built."""

import os
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ["BUILD_DIR"])
VERSION = os.environ["TOKEN_VERSION"]
NAMES = ("openvidu-token-server", "openvidu-token-gateway", "openvidu-token-cli", "libopenvidu-token-dev")
PROGRAMS = {"openvidu-token-server": ("token-server", "token-standalone"), "openvidu-token-gateway": ("token-gateway",),
            "openvidu-token-cli": ("token-cli", "openvidu-emulator"), "libopenvidu-token-dev": ()}


def output(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True, **options).stdout


def make(folder):
    """Makes the packages in `folder`; returns their paths by name."""
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(["cpack", "--config", BUILD / "CPackConfig.cmake", "-B", folder], check=True, capture_output=True,
                   cwd=BUILD, env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"})
    return {path.name.partition("_")[0]: path for path in sorted(folder.glob("*.deb"))}


def contents(deb):
    """(mode, owner, path) of each file in it."""
    for line in output("dpkg-deb", "--contents", deb).splitlines():
        mode, owner, _, _, _, path = line.split(None, 5)
        yield mode, owner, path.partition(" -> ")[0].removeprefix(".")


def depends(deb):
    """The packages that it depends on, the first where it is one of several."""
    field = output("dpkg-deb", "--field", deb, "Depends")
    return {re.match(r"[\w.+-]+", part.strip()).group() for part in field.split(",")}
