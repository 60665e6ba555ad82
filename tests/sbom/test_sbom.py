"""That the software bill of materials is CycloneDX, whole and true."""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import unittest

BIN_DIR = pathlib.Path(os.environ["TOKEN_BIN_DIR"])
VERSION = os.environ["TOKEN_VERSION"]
SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts/make-sbom"
PROGRAMS = ("token-server", "token-gateway")


def make(*programs):
    done = subprocess.run([SCRIPT, VERSION, *(BIN_DIR / program for program in programs)], capture_output=True,
                          text=True, check=True)
    return json.loads(done.stdout)


class SbomTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bom = make(*PROGRAMS)
        cls.libraries = [component for component in cls.bom["components"] if component["type"] == "library"]

    def test_it_has_what_the_format_requires(self):
        self.assertEqual((self.bom["bomFormat"], self.bom["specVersion"], self.bom["version"]), ("CycloneDX", "1.5", 1))
        self.assertRegex(self.bom["serialNumber"], r"^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
        self.assertEqual(self.bom["metadata"]["component"]["version"], VERSION)
        for component in self.bom["components"]:
            self.assertTrue(component["name"] and component["version"] and component["bom-ref"])
            self.assertIn(component["type"], ("application", "library"))

    def test_libraries_are_debian_packages_as_installed(self):
        for library in self.libraries:
            with self.subTest(library["name"]):
                self.assertRegex(library["purl"], r"^pkg:deb/debian/[a-z0-9.+-]+@[^?+ :]+\?arch=(amd64|arm64|all)$")
                installed = subprocess.run(["dpkg-query", "--show", "--showformat", "${Version}\n", library["name"]],
                                           capture_output=True, text=True, check=True).stdout.split()
                self.assertIn(library["version"], installed)
        licensed = [library for library in self.libraries if library["licenses"]]
        self.assertGreater(len(licensed), len(self.libraries) // 2)

    def test_no_library_of_a_program_is_missing(self):
        files = [file for library in self.libraries for file in library.get("components", ())]
        names = {file["name"].rpartition("/")[2] for file in files}
        for program in PROGRAMS:
            dynamic = subprocess.run(["readelf", "--dynamic", BIN_DIR / program], capture_output=True, text=True,
                                     check=True).stdout
            needed = re.findall(r"\(NEEDED\).*\[(.+)\]", dynamic)
            self.assertGreater(len(needed), 10)
            for library in needed:
                # The file behind the link: libssl.so.3, libcpp-httplib.so.0.11 → libcpp-httplib.so.0.11.4.
                self.assertTrue(any(name.startswith(library) for name in names), f"{program}: {library}")
        self.assertIn("nlohmann-json3-dev", {library["name"] for library in self.libraries})

    def test_hashes_are_those_of_the_files(self):
        programs = [component for component in self.bom["components"] if component["type"] == "application"]
        self.assertEqual([program["name"] for program in programs], list(PROGRAMS))
        files = [(BIN_DIR / program["name"], program) for program in programs] + [
            (pathlib.Path(file["name"]), file) for library in self.libraries for file in library.get("components", ())]
        for path, component in files:
            (found,) = component["hashes"]
            self.assertEqual((found["alg"], found["content"]),
                             ("SHA-256", hashlib.sha256(path.read_bytes()).hexdigest()), path)

    def test_dependencies_name_components(self):
        refs = {component["bom-ref"] for component in self.bom["components"]}
        refs.add(self.bom["metadata"]["component"]["bom-ref"])
        self.assertEqual(len(refs), len(self.bom["components"]) + 1)
        named = set()
        for entry in self.bom["dependencies"]:
            self.assertIn(entry["ref"], refs)
            named |= {entry["ref"], *entry["dependsOn"]}
        self.assertEqual(named, refs)

    def test_it_is_the_same_again(self):
        self.assertEqual(self.bom, make(*PROGRAMS))


if __name__ == "__main__":
    unittest.main()
