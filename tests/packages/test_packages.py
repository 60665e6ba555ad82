"""What is in the packages."""

import gzip
import hashlib
import pathlib
import re
import subprocess
import tempfile
import unittest

import debs


class PackagesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.debs = debs.make(cls.folder / "debs")
        cls.roots = {}
        for name, deb in cls.debs.items():
            cls.roots[name] = cls.folder / name
            debs.output("dpkg-deb", "--extract", deb, cls.roots[name])

    def test_there_are_four_of_this_version(self):
        self.assertEqual(sorted(self.debs), sorted(debs.NAMES))
        for name, deb in self.debs.items():
            fields = debs.output("dpkg-deb", "--field", deb)
            self.assertIn(f"\nVersion: {debs.VERSION}\n", fields)
            self.assertIn("\nSection: libdevel\n" if name.endswith("-dev") else "\nSection: net\n", fields)

    def test_lintian_has_nothing_to_say(self):
        done = subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning", "--tag-display-limit=0",
                               *self.debs.values()], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stdout + done.stderr)

    def test_lintian_would_say_it(self):
        """A package without its copyright file."""
        root = self.folder / "bad"
        debs.output("dpkg-deb", "--raw-extract", self.debs["openvidu-token-cli"], root)
        (root / "usr/share/doc/openvidu-token-cli/copyright").unlink()
        debs.output("dpkg-deb", "--root-owner-group", "--build", root, self.folder / "bad.deb")
        done = subprocess.run(["lintian", "--allow-root", "--fail-on", "error", self.folder / "bad.deb"],
                              capture_output=True, text=True, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("no-copyright-file", done.stdout)

    def test_every_file_is_roots_and_in_one_package_only(self):
        packages_by_path = {}
        for name, deb in self.debs.items():
            for mode, owner, path in debs.contents(deb):
                self.assertEqual(owner, "root/root", path)
                self.assertRegex(mode, r"^(drwxr-xr-x|-rw-r--r--|-rwxr-xr-x)$", path)
                if not path.endswith("/"):
                    packages_by_path.setdefault(path, []).append(name)
        self.assertEqual({path: names for path, names in packages_by_path.items() if len(names) > 1}, {})
        for name, programs in debs.PROGRAMS.items():
            for program in programs:
                self.assertEqual(packages_by_path[f"/usr/bin/{program}"], [name])

    def test_configuration_is_the_administrators(self):
        for name in "openvidu-token-server", "openvidu-token-gateway":
            files = {path for _, _, path in debs.contents(self.debs[name]) if path.startswith("/etc/") and path[-1] != "/"}
            self.assertTrue(files)
            listed = debs.output("dpkg-deb", "--info", self.debs[name], "conffiles").split()
            self.assertEqual(files, set(listed))

    def test_no_file_knows_where_it_was_made(self):
        entries = "|".join(re.escape(path.name) for path in debs.ROOT.iterdir())
        here = re.compile(rf"{re.escape(str(debs.ROOT))}/({entries})\b".encode())
        for root in self.roots.values():
            for path in root.rglob("*"):
                if path.is_file():
                    self.assertIsNone(here.search(path.read_bytes()), path)

    def test_they_depend_on_what_they_load(self):
        for name in "openvidu-token-server", "openvidu-token-gateway", "openvidu-token-cli":
            self.assertLessEqual({"libc6", "libstdc++6", "libssl3", "libprotobuf32"}, debs.depends(self.debs[name]))
        self.assertLessEqual({"libgrpc++-dev", "libprotobuf-dev"}, debs.depends(self.debs["libopenvidu-token-dev"]))

    def test_they_are_the_same_again(self):
        again = debs.make(self.folder / "again")
        for name, deb in self.debs.items():
            self.assertEqual(*(hashlib.sha256(path.read_bytes()).hexdigest() for path in (deb, again[name])), name)

    def test_the_pages_have_every_flag_and_no_fault(self):
        pages = {path.name.partition(".")[0]: path for root in self.roots.values()
                 for path in root.glob("usr/share/man/man*/*.gz")}
        for program in "token-server", "token-gateway", "token-standalone", "openvidu-emulator":
            with self.subTest(program):
                done = subprocess.run(["man", "--warnings", "--encoding=utf8", "--local-file", pages[program]],
                                      capture_output=True, text=True, check=True, env={"PATH": "/usr/bin:/bin",
                                                                                       "MANWIDTH": "500", "LC_ALL": "C.UTF-8"})
                self.assertEqual(done.stderr, "")
                flags = re.findall(r"^  (--\w+)", debs.output(debs.BUILD / "bin" / program, "--help"), re.MULTILINE)
                self.assertGreater(len(flags), 3)
                for flag in flags:
                    self.assertRegex(done.stdout, rf"(?m)^ +{flag}\b")

    def test_the_command_line_is_known_to_shells_and_man(self):
        root = self.roots["openvidu-token-cli"] / "usr/share"
        self.assertIn("token-cli", (root / "bash-completion/completions/token-cli").read_text(encoding="utf-8"))
        self.assertRegex((root / "zsh/vendor-completions/_token-cli").read_text(encoding="utf-8"), r"^#compdef token-cli\n")
        self.assertIn("complete", (root / "fish/vendor_completions.d/token-cli.fish").read_text(encoding="utf-8"))
        with gzip.open(root / "man/man1/token-cli.1.gz", "rt", encoding="utf-8") as page:
            self.assertEqual(page.read(), debs.output(debs.BUILD / "bin/token-cli", "man", env={}))

    def test_the_library_is_found_where_it_was_extracted(self):
        prefix = self.roots["libopenvidu-token-dev"] / "usr"
        done = debs.output("pkg-config", "--cflags", "openvidu-token",
                           env={"PATH": "/usr/bin:/bin", "PKG_CONFIG_LIBDIR": ":".join(
                               map(str, [*prefix.glob("lib/**/pkgconfig"), *pathlib.Path("/usr").glob("lib/*/pkgconfig"),
                                         "/usr/share/pkgconfig"]))})
        include = pathlib.Path(re.search(r"-I(\S+)", done).group(1))
        self.assertTrue((include / "openvidu_token/token_client.h").is_file())


if __name__ == "__main__":
    unittest.main()
