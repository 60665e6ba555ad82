#!/usr/bin/env python3
"""Installs an official client below --work_dir, starts an emulator, runs the client's program against it.

    TOKEN_BIN_DIR=build/dev/bin run_client.py node --work_dir /somewhere/in/the/build/tree
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys

from emulator import Emulator

HERE = pathlib.Path(__file__).resolve().parent


def tool(name, package):
    path = shutil.which(name)
    if path is None:
        sys.exit(f"FAILED: `{name}` is missing; install the Debian package {package}")
    return path


def run(command, cwd, **environment):
    print("+", " ".join(command), flush=True)
    subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, check=True)


def install_node(work_dir):
    """Returns the command that runs the program."""
    node, npm = tool("node", "nodejs"), tool("npm", "npm")
    for name in (".npmrc", "main.js", "package.json", "package-lock.json"):
        shutil.copy(HERE / "node_client" / name, work_dir / name)
    run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], work_dir)
    return [node, "main.js"]


def install_java(work_dir):
    java, mvn = tool("java", "default-jdk-headless"), tool("mvn", "maven")
    tool("javac", "default-jdk-headless")
    classpath = work_dir / "classpath"
    run([mvn, "-q", "-B", "-f", str(HERE / "java_client" / "pom.xml"), f"-Dcontract.build={work_dir}",
         f"-Dmdep.outputFile={classpath}", "compile", "dependency:build-classpath"], work_dir)
    path = os.pathsep.join([str(work_dir / "classes"), classpath.read_text(encoding="utf-8").strip()])
    return [java, "-cp", path, "openvidu.contract.Main"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("client", choices=["node", "java"])
    parser.add_argument("--work_dir", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    binary = pathlib.Path(os.environ.get("TOKEN_BIN_DIR", "")) / "openvidu-emulator"
    if not binary.exists():
        sys.exit(f"FAILED: {binary} is not built (TOKEN_BIN_DIR names the directory of binaries)")
    arguments.work_dir.mkdir(parents=True, exist_ok=True)
    work_dir = arguments.work_dir.resolve()
    command = {"node": install_node, "java": install_java}[arguments.client](work_dir)
    secret = "contract-secret"
    with Emulator(str(binary), secret=secret) as emulator:
        # With the server's own logs a failure can be understood without being repeated.
        try:
            run(command, work_dir, OPENVIDU_URL=emulator.url, OPENVIDU_SECRET=secret)
        except subprocess.CalledProcessError as error:
            print(f"--- the emulator said:\n{emulator.log()[-8000:]}")
            sys.exit(f"FAILED: the program exited with {error.returncode}")


if __name__ == "__main__":
    main()
