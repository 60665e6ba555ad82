"""That the programs are hardened, as readelf sees them."""

import os
import pathlib
import platform
import re
import subprocess
import unittest

BIN_DIR = pathlib.Path(os.environ["TOKEN_BIN_DIR"])
PROGRAMS = [BIN_DIR / name for name in ("token-server", "token-gateway", "token-standalone", "token-cli",
                                        "openvidu-emulator")]
ENDBR64 = b"\xf3\x0f\x1e\xfa"


def readelf(program, *options):
    return subprocess.run(["readelf", "--wide", *options, program], capture_output=True, text=True, check=True).stdout


class HardeningTest(unittest.TestCase):
    def test_addresses_are_random(self):
        for program in PROGRAMS:
            with self.subTest(program.name):
                self.assertRegex(readelf(program, "--file-header"), r"Type:\s+DYN ")
                self.assertRegex(readelf(program, "--dynamic"), r"\(FLAGS_1\)\s+Flags: .*\bPIE\b")

    def test_what_the_loader_has_resolved_is_read_only(self):
        for program in PROGRAMS:
            with self.subTest(program.name):
                self.assertIn("GNU_RELRO", readelf(program, "--program-headers"))
                self.assertRegex(readelf(program, "--dynamic"), r"\(FLAGS\)\s+.*BIND_NOW")

    def test_nothing_is_both_writable_and_executable(self):
        for program in PROGRAMS:
            with self.subTest(program.name):
                headers = readelf(program, "--program-headers")
                self.assertRegex(headers, r"GNU_STACK.* RW +0x")
                self.assertNotIn("RWE", headers)
                self.assertNotIn("TEXTREL", readelf(program, "--dynamic"))

    def test_stacks_and_buffers_are_checked(self):
        for program in PROGRAMS:
            with self.subTest(program.name):
                symbols = readelf(program, "--dyn-syms")
                self.assertIn("__stack_chk_fail@", symbols)
                self.assertRegex(symbols, r" __\w+_chk@")

    @unittest.skipUnless(platform.machine() == "x86_64", "x86 only")
    def test_indirect_jumps_have_marked_targets(self):
        # Debian's start files are not built so, which is why the linker leaves the note about it out; the code has it.
        for program in PROGRAMS:
            with self.subTest(program.name):
                text = re.search(r"\.text +PROGBITS +\w+ (\w+) (\w+)", readelf(program, "--sections"))
                offset, size = (int(number, 16) for number in text.groups())
                marked = program.read_bytes()[offset:offset + size].count(ENDBR64)
                functions = re.findall(r"FUNC +(?:LOCAL|GLOBAL|WEAK) +DEFAULT +\d+ ", readelf(program, "--symbols"))
                self.assertGreater(marked, len(functions) // 2)


if __name__ == "__main__":
    unittest.main()
