"""The images of deploy/image: what is in them, and that they are made the same again."""

import json
import os
import pathlib
import shutil
import subprocess
import tarfile
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAMS = ("token-server", "token-gateway", "token-standalone")
MAX_BYTES = 30_000_000


def build(out):
    """Builds both images into the folder `out`."""
    subprocess.run([ROOT / "deploy/image/build"], env={**os.environ, "OUT": str(out)}, check=True,
                   stdout=subprocess.DEVNULL)


class Image:
    """An image in a docker-archive."""

    def __init__(self, path):
        with tarfile.open(path) as archive:
            manifest, = json.load(archive.extractfile("manifest.json"))
            self.config = json.load(archive.extractfile(manifest["Config"]))
            self.files = {}
            for layer in manifest["Layers"]:
                with tarfile.open(fileobj=archive.extractfile(layer)) as files:
                    for member in files:
                        self.files["/" + member.name.strip("/")] = member
                    if "/usr/share/sbom/openvidu-token-service.cdx.json" in self.files and not hasattr(self, "sbom"):
                        self.sbom = json.load(files.extractfile("usr/share/sbom/openvidu-token-service.cdx.json"))


class ImageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="token-image-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.first, cls.second = (pathlib.Path(cls.folder) / name for name in ("first", "second"))
        build(cls.first)
        cls.service, cls.tools = Image(cls.first / "service.tar"), Image(cls.first / "tools.tar")

    def test_it_is_made_the_same_again(self):
        build(self.second)
        for name in ("service", "tools"):
            digests = {(folder / f"{name}.digest").read_text() for folder in (self.first, self.second)}
            self.assertEqual(len(digests), 1, name)
            self.assertRegex(digests.pop(), "^sha256:[0-9a-f]{64}$")

    def test_it_is_small(self):
        for image in (self.service, self.tools):
            self.assertLessEqual(sum(member.size for member in image.files.values()), MAX_BYTES)

    def test_it_holds_the_programs_and_no_others(self):
        executables = {path for path, member in self.service.files.items() if member.isfile() and member.mode & 0o111}
        loader = {path for path in executables if "/ld-linux" in path}
        self.assertEqual(executables - loader, {f"/usr/bin/{program}" for program in PROGRAMS})
        self.assertEqual(len(loader), 1)
        self.assertFalse([path for path, member in self.tools.files.items() if member.mode & 0o6000], "setuid")
        self.assertFalse([path for path in self.tools.files if path.rpartition("/")[2] in ("sh", "bash", "busybox")])

    def test_nobody_can_write_in_it(self):
        for path, member in self.tools.files.items():
            self.assertEqual((member.uid, member.gid), (0, 0), path)
            if not member.issym():
                self.assertFalse(member.mode & 0o022, path)

    def test_it_says_what_it_is_and_runs_as_nobody(self):
        config = self.service.config["config"]
        self.assertEqual(config["User"], "65532:65532")
        self.assertNotIn("Entrypoint", config)
        self.assertEqual(config["Cmd"], ["token-standalone"])
        for name in ("title", "description", "version", "revision", "licenses", "created"):
            self.assertIn(f"org.opencontainers.image.{name}", config["Labels"])

    def test_the_bill_of_materials_names_each_file_s_package(self):
        sbom = self.service.sbom
        self.assertEqual((sbom["bomFormat"], sbom["metadata"]["component"]["name"]),
                         ("CycloneDX", "openvidu-token-service"))
        packages = {component["name"] for component in sbom["components"] if component["type"] == "library"}
        for path, member in self.service.files.items():
            if member.isfile() and ".so" in path and "libopenvidu_token" not in path:
                found = subprocess.run(["dpkg-query", "--search", f"*/{path.rpartition('/')[2]}"], capture_output=True,
                                       text=True, check=False).stdout
                self.assertTrue({line.split(":")[0] for line in found.splitlines()} & packages, path)
        for linked_in in ("libgrpc++-dev", "libc-ares-dev"):
            self.assertIn(linked_in, packages)
        for package in packages:
            self.assertIn(f"/usr/share/doc/{package}/copyright", self.service.files)

    def test_its_programs_are_those_that_were_tested(self):
        linked = self.first / "root/linked"
        for program in sorted((linked / "bin").iterdir()):
            texts = [subprocess.run([path, "--help"], env={"LD_LIBRARY_PATH": str(linked / "lib")}, check=True,
                                    capture_output=True).stdout
                     for path in (program, pathlib.Path(os.environ["TOKEN_BIN_DIR"]) / program.name)]
            self.assertEqual(texts[0], texts[1], program.name)

    def test_its_programs_do_what_is_tested_of_them(self):
        """Tests of the programs as processes, with those of the image."""
        linked = self.first / "root/linked"
        environment = {**os.environ, "TOKEN_BIN_DIR": str(linked / "bin"), "LD_LIBRARY_PATH": str(linked / "lib")}
        ran = subprocess.run(["python3", "-B", "-m", "unittest", "test_programs"], cwd=ROOT / "tests/e2e", check=False,
                             env=environment, capture_output=True, text=True)
        self.assertEqual(ran.returncode, 0, ran.stderr[-3000:])

    @unittest.skipUnless(os.geteuid() == 0, "only root can enter another root file system")
    def test_nothing_is_missing(self):
        for program in PROGRAMS:
            said = subprocess.run(["chroot", "--userspec=65532:65532", self.first / "root/service", program, "--version"],
                                  env={"PATH": "/usr/bin:/usr/sbin"}, capture_output=True, text=True, check=False)
            self.assertRegex(said.stdout, rf"^{program} \d+\.\d+\.\d+\n$", said.stderr)


if __name__ == "__main__":
    unittest.main()
