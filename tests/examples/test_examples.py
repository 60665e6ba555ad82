"""The examples, by the lines of examples/README.md: the last lines of each block call a server, the others build."""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import unittest

import processes

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = processes.BIN_DIR.parent
WORK = pathlib.Path(os.environ["EXAMPLES_WORK_DIR"])
PLACE = "localhost:50051"
TIMEOUT_S = 600


def blocks(heading):
    """The lines of each shell block below this heading."""
    text = (ROOT / "examples/README.md").read_text(encoding="utf-8")
    section = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE).group(1)
    return [block.splitlines() for block in re.findall(r"^```sh\n(.*?)^```", section, re.DOTALL | re.MULTILINE)]


def token_of(room):
    return rf"wss://\S+sessionId={room}&token=tok_\S+"


class Examples:
    """What holds for every language."""

    heading = None
    folder = None

    @classmethod
    def setUpClass(cls):
        tree = WORK / cls.folder
        (tree / "examples").mkdir(parents=True, exist_ok=True)
        # Over what is there: what was fetched or built before is not again.
        shutil.copytree(ROOT / "examples" / cls.folder, tree / "examples" / cls.folder, dirs_exist_ok=True)
        shutil.copytree(ROOT / "proto", tree / "proto", dirs_exist_ok=True)
        cls.examples = tree / "examples"
        cls.environment = cls.make_environment()
        cls.calls = []
        for enter, *lines in blocks(cls.heading):
            cls.shell(enter, *(line for line in lines if PLACE not in line))
            cls.calls += [(enter, line) for line in lines if PLACE in line]
        cls.stack = processes.Stack()
        cls.addClassCleanup(cls.stack.close)
        cls.server = cls.stack.start(processes.Standalone, None).grpc_address

    @classmethod
    def make_environment(cls):
        return processes.environment()

    @classmethod
    def shell(cls, *lines):
        done = subprocess.run(["bash", "-euc", "\n".join(lines)], cwd=cls.examples, env=cls.environment, text=True,
                              capture_output=True, timeout=TIMEOUT_S, check=False)
        if done.returncode != 0:
            raise AssertionError(f"{lines}: {done.returncode}\n{done.stdout[-4000:]}{done.stderr[-4000:]}")

    def call(self, line, server, role=""):
        """Calls by a line of the README, but another server, and in a role."""
        enter, command = line
        return subprocess.run(["bash", "-euc", f"{enter}\n{command.replace(PLACE, server)} {role}"], cwd=self.examples,
                              env=self.environment, text=True, capture_output=True, timeout=TIMEOUT_S, check=False)

    def rooms(self, line):
        return re.findall(r"room-\d", line[1])

    def single_calls(self):
        calls = [line for line in self.calls if len(self.rooms(line)) == 1]
        self.assertTrue(calls)
        return calls

    def assert_fails(self, done, *words):
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stdout, "")
        for word in words:  # as this language spells it: DEADLINE_EXCEEDED, DeadlineExceeded
            self.assertIn(word.lower(), done.stderr.replace("_", "").lower())

    def test_it_prints_a_token(self):
        for line in self.calls:
            with self.subTest(line[1]):
                done = self.call(line, self.server)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                for room in self.rooms(line):
                    self.assertRegex(done.stdout, token_of(room))
                self.assertEqual(len(done.stdout.splitlines()), len(self.rooms(line)))

    def test_a_role_that_is_allowed(self):
        for line in self.single_calls():
            self.assertRegex(self.call(line, self.server, "SUBSCRIBER").stdout, token_of("room-1"))

    def test_it_says_what_is_not_allowed(self):
        for line in self.single_calls():
            self.assert_fails(self.call(line, self.server, "MODERATOR"), "permissiondenied", "policydenied")

    def test_it_does_not_wait_beyond_its_deadline(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            for line in self.calls:
                self.assert_fails(self.call(line, f"127.0.0.1:{silent.getsockname()[1]}"), "deadlineexceeded")

    def test_it_says_that_nobody_answers(self):
        with socket.create_server(("127.0.0.1", 0)) as nobody:
            port = nobody.getsockname()[1]
        for line in self.calls:
            self.assert_fails(self.call(line, f"127.0.0.1:{port}"), "unavailable")


class Node(Examples, unittest.TestCase):
    heading = "Node"
    folder = "node"


class Python(Examples, unittest.TestCase):
    heading = "Python"
    folder = "python"


class Go(Examples, unittest.TestCase):
    heading = "Go"
    folder = "go"

    @classmethod
    def make_environment(cls):
        wanted = re.search(r"^go (\S+)", (ROOT / "examples/go/go.mod").read_text(), re.MULTILINE).group(1)
        go = subprocess.check_output([ROOT / "scripts/new-enough-go", wanted], text=True).strip()
        path = f"{pathlib.Path(go).parent}:{os.environ['PATH']}"
        return processes.environment(PATH=path, GOMAXPROCS="2", GOTOOLCHAIN="local", GOFLAGS="")


class Java(Examples, unittest.TestCase):
    heading = "Java"
    folder = "java"


class Cpp(Examples, unittest.TestCase):
    heading = "C++"
    folder = "cpp"

    @classmethod
    def make_environment(cls):
        """With the client library as it is installed, and nothing of the tree that it was built in."""
        cls.prefix = WORK / "prefix"
        shutil.rmtree(cls.prefix, ignore_errors=True)
        subprocess.run(["cmake", "--install", BUILD, "--prefix", cls.prefix, "--component", "dev"], check=True,
                       capture_output=True)
        (pkg_config,) = cls.prefix.glob("lib/**/pkgconfig")
        return processes.environment(CMAKE_PREFIX_PATH=str(cls.prefix), PKG_CONFIG_PATH=str(pkg_config))

    def compiled(self, *arguments):
        return subprocess.run(["g++", "-fsyntax-only", *arguments], capture_output=True, text=True, check=False)

    def test_no_header_needs_another_or_warns(self):
        headers = sorted((self.prefix / "include/openvidu_token").iterdir())
        self.assertIn("token_client.h", [header.name for header in headers])
        for header in headers:
            done = self.compiled("-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I", self.prefix / "include",
                                 "-x", "c++", header)
            self.assertEqual((done.returncode, done.stderr.replace("#pragma once in main file", "")), (0, ""))

    def test_only_this_major_version_is_found(self):
        for version, found in ("1", True), ("1.0.0", True), ("2", False), ("0.9", False), ("1.99", False):
            folder = WORK / f"find-{version}"
            folder.mkdir(exist_ok=True)
            (folder / "CMakeLists.txt").write_text(
                "cmake_minimum_required(VERSION 3.25)\nproject(find LANGUAGES CXX)\n"
                f"find_package(OpenViduToken {version} CONFIG)\n"
                "message(STATUS \"found: ${OpenViduToken_FOUND}\")\n", encoding="utf-8")
            done = subprocess.run(["cmake", "--fresh", "-S", folder, "-B", folder / "build"], env=self.environment,
                                  capture_output=True, text=True, check=False)
            self.assertEqual("found: 1" in done.stdout, found, f"{version}: {done.stdout}{done.stderr}")

    def test_pkg_config_tells_the_version_of_the_programs(self):
        told = subprocess.check_output(["pkg-config", "--modversion", "openvidu-token"], env=self.environment, text=True)
        program = processes.run("token-cli", "--version").stdout
        self.assertEqual(f"token-cli {told}", program)


if __name__ == "__main__":
    unittest.main()
