"""Every code block of every page is run, read, or marked with what shows it or why it is not run."""

import json
import pathlib
import re
import subprocess
import tomllib
import unittest

import yaml

import markdown
import shell
from markdown import ROOT

READERS = {"json": json.loads, "yaml": lambda text: list(yaml.safe_load_all(text)), "toml": tomllib.loads}


def setUpModule():
    shell.bring_loopback_up()


def shown(argument):
    """The paths in a mark `shown by PATH, PATH …`."""
    return [ROOT / path for path in re.split(r",\s*|\s+and\s+", argument)]


class BlocksTest(unittest.TestCase):
    def check(self, page):
        """Runs `page` from its first block to its last."""
        self.assertEqual(markdown.indented_blocks(page), [], f"{page.name}: code is in a fence, so that it has a language")
        scene = shell.Scene()
        self.addCleanup(scene.close)
        for block in markdown.blocks(page):
            if block.language == "sh":
                checked = subprocess.run(["bash", "-n"], input=block.text, capture_output=True, text=True, check=False)
                self.assertEqual(checked.stderr, "", f"{block} is no shell")
            if block.mark == "not run":
                self.assertRegex(block.argument, r"\w+ \w+", f"{block}: say why")
            elif block.mark == "shown by":
                for path in shown(block.argument):
                    self.assertTrue(path.is_file(), f"{block}: there is no {path.relative_to(ROOT)}")
            elif block.language == "sh" and block.mark in ("run", "serves", "beside"):
                self.run_block(scene, block)
            elif block.language in READERS:
                try:
                    READERS[block.language](block.text)
                except ValueError as error:
                    self.fail(f"{block} is no {block.language}: {error}")
                except yaml.YAMLError as error:
                    self.fail(f"{block} is no YAML: {error}")
            else:
                self.fail(f"{block}: nobody runs this {block.language or 'block without a language'}; mark it as "
                          "CONTRIBUTING.md says, such as <!-- run --> or <!-- shown by tests/… -->")

    def run_block(self, scene, block):
        if "scripts/run" in block.text + block.argument and shell.BIN_DIR != ROOT / "build/release/bin":
            self.skipTest("scripts/run builds and starts build/release, and other programs are tested here")
        if block.mark == "serves":
            commands = [line.strip() for line in block.text.replace("\\\n", " ").split("\n")]
            scene.serve([line for line in commands if line and not line.startswith("#")])
            return
        if block.mark == "beside":
            scene.serve([block.argument])
        for commands, expected in shell.segments(block.text):
            code, printed, errors = scene.run(commands)
            told = f"{block}:\n{commands}\nprinted:\n{printed}\n{errors}\n{scene.served_output()}"
            self.assertEqual(code, 0, told)
            if expected is not None:
                self.assertTrue(shell.fits(expected, printed), f"{told}\nand not:\n{expected}")


def _add_tests():
    for page in markdown.pages():
        if markdown.blocks(page) or markdown.indented_blocks(page):
            name = "test_" + re.sub(r"\W+", "_", str(page.relative_to(ROOT).with_suffix(""))).lower()
            setattr(BlocksTest, name, lambda self, page=page: self.check(page))


_add_tests()


class RulesTest(unittest.TestCase):
    """That the checks can fail."""

    def test_what_is_printed_is_what_the_comments_after_commands_say(self):
        script = "# why\ncurl a   # how\n# one\n# two …\n\ntrue\n"
        self.assertEqual(shell.segments(script), [("\ncurl a   # how", "one\ntwo …"), ("\ntrue", None)])

    def test_an_ellipsis_stands_for_anything_in_its_line(self):
        self.assertTrue(shell.fits("token=tok_…", "token=tok_x1\n"))
        self.assertTrue(shell.fits("a\n…\nb", "a\n1\n2\nb"))
        self.assertFalse(shell.fits("room-1", "room-2"))
        self.assertFalse(shell.fits("room-1", "room-1\nmore"))

    def test_a_command_that_fails_is_seen_and_the_shell_keeps_what_it_knows(self):
        scene = shell.Scene()
        self.addCleanup(scene.close)
        self.assertEqual(scene.run("x=5")[0], 0)
        self.assertEqual(scene.run("echo $x"), (0, "5\n", ""))
        self.assertNotEqual(scene.run("false\ntrue")[0], 0)

    def test_what_does_not_listen_is_told(self):
        scene = shell.Scene()
        self.addCleanup(scene.close)
        with self.assertRaisesRegex(AssertionError, "does not listen:\nno such flag"):
            scene.serve(["echo no such flag; exit 2"])


if __name__ == "__main__":
    unittest.main()
