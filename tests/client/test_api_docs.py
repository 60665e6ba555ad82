"""That the reference of the client library is whole: Doxygen has nothing to say against it, and would if it had."""

import os
import pathlib
import subprocess
import tempfile
import unittest

BUILD = pathlib.Path(os.environ["BUILD_DIR"])


def doxygen(folder, *changes):
    """Makes the reference in `folder`."""
    settings = (BUILD / "client/install/Doxyfile").read_text(encoding="utf-8")
    settings = "\n".join([settings, f"OUTPUT_DIRECTORY={folder}", *changes])
    return subprocess.run(["doxygen", "-"], input=settings, capture_output=True, text=True, check=False)


class ApiDocsTest(unittest.TestCase):
    def test_there_are_no_warnings(self):
        with tempfile.TemporaryDirectory() as folder:
            done = doxygen(folder)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            page = pathlib.Path(folder, "html/classopenvidu_1_1token_1_1TokenClient.html").read_text(encoding="utf-8")
            self.assertIn("Creates a connection to the session of this id", page)

    def test_a_name_without_a_comment_is_an_error(self):
        with tempfile.TemporaryDirectory() as folder:
            header = pathlib.Path(folder, "client.h")
            header.write_text("/// A client.\nclass Client {\n public:\n  void Call();\n};\n", encoding="utf-8")
            done = doxygen(folder, f"INPUT={header}")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("Member Call() (function) of class Client is not documented", done.stderr)


if __name__ == "__main__":
    unittest.main()
