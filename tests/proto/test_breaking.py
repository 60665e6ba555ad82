"""That clients of the last release understand the contract as it is, and that buf would say if they did not."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

PROTO = pathlib.Path(__file__).resolve().parents[2] / "proto"
CONTRACT = "openvidu/token/v1/token_service.proto"


def last_release():
    return max((PROTO / "releases").glob("v*.binpb"), key=lambda path: [int(n) for n in re.findall(r"\d+", path.name)])


def breaking(folder):
    return subprocess.run([os.environ["BUF"], "breaking", folder, "--against", last_release()], capture_output=True,
                          text=True, check=False)


class BreakingTest(unittest.TestCase):
    def broken(self, pattern, replacement):
        """What buf says of the contract with this change."""
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder) / "proto"
            shutil.copytree(PROTO, copy)
            text = (copy / CONTRACT).read_text(encoding="utf-8")
            changed, count = re.subn(pattern, replacement, text)
            self.assertEqual(count, 1)
            (copy / CONTRACT).write_text(changed, encoding="utf-8")
            done = breaking(copy)
            self.assertNotEqual(done.returncode, 0)
            return done.stdout + done.stderr

    def test_the_contract_keeps_what_was_released(self):
        done = breaking(PROTO)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_a_field_that_went_is_seen(self):
        self.assertIn('"created" on message "JoinSessionResponse" was deleted', self.broken(r"\n  bool created = 3;", ""))

    def test_a_field_of_another_number_is_seen(self):
        self.assertIn('"already_existed"', self.broken(r"already_existed = 2", "already_existed = 3"))

    def test_a_call_that_went_is_seen(self):
        self.assertIn('"JoinSession"', self.broken(r"\n  rpc JoinSession.*", ""))


if __name__ == "__main__":
    unittest.main()
