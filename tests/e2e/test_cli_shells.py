"""What token-cli says of itself: completions in real shells, the manual page, the help."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import processes
from terminal import Terminal

HELP = processes.run("token-cli", "--help").stdout
COMMANDS = re.findall(r"(?m)^  (\S+)", HELP.partition("Commands:\n")[2].partition("\n\n")[0])
FLAGS = set(re.findall(r"(?m)^  --(\w+)[= ]", HELP)) - {"help", "version"}


def flags_of(command):
    return set(re.findall(r"(?m)^  --(\w+)[= ]", processes.run("token-cli", "help", command).stdout))


class CompletionTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "openvidu-token").mkdir()
        (self.folder / "openvidu-token" / "profiles.ini").write_text("[staging]\n [ local ] \n")
        (self.folder / "certificate.pem").write_text("")
        self.environment = processes.environment(
            XDG_CONFIG_HOME=str(self.folder), HOME=str(self.folder), TERM="dumb", LC_ALL="C.UTF-8",
            PATH=f"{processes.BIN_DIR}:{os.environ['PATH']}")

    def script(self, shell):
        done = processes.run("token-cli", "completion", shell)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        path = self.folder / f"completion.{shell}"
        path.write_text(done.stdout)
        return path

    def test_there_are_these_commands(self):
        self.assertIn("init-session", COMMANDS)
        self.assertIn("help", COMMANDS)
        self.assertIn("server_address", FLAGS)
        self.assertEqual(processes.run("token-cli", "completion", "tcsh").returncode, 2)

    def test_bash_offers_what_the_table_has(self):
        script = self.script("bash")

        def offered(*words):
            quoted = " ".join(f"'{word}'" for word in words)
            done = subprocess.run(
                ["bash", "-c", f"source {script}; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _token_cli; "
                               "printf '%s\\n' \"${COMPREPLY[@]}\""],
                env=self.environment, cwd=self.folder, capture_output=True, text=True, check=True)
            self.assertEqual(done.stderr, "")
            return set(done.stdout.split())
        self.assertEqual(offered("token-cli", ""), set(COMMANDS))
        self.assertEqual(offered("token-cli", "help", ""), set(COMMANDS))
        for command in COMMANDS:
            self.assertEqual(offered("token-cli", command, "--"),
                             {f"--{flag}" for flag in flags_of(command)} | {"--help"}, command)
        self.assertEqual(offered("token-cli", "join", "room", "--role", "S"), {"SUBSCRIBER"})
        self.assertEqual(offered("token-cli", "join", "--output", "=", "j"), {"json"})
        self.assertEqual(offered("token-cli", "join", "--output", "="), {"auto", "table", "text", "json", "yaml"})
        self.assertEqual(offered("token-cli", "--profile", ""), {"staging", "local"})
        self.assertEqual(offered("token-cli", "health", "--ca_file", "cert"), {"certificate.pem"})
        self.assertEqual(offered("token-cli", "join", "--tls", "--ro"), {"--role"})
        self.assertEqual(offered("token-cli", "completion", ""), {"bash", "zsh", "fish"})

    def completed(self, shell, arguments, setup, line):
        """What is on the line of an interactive shell after `line` and the tabulator key."""
        with Terminal([shell, *arguments], self.environment, cwd=self.folder) as terminal:
            terminal.type(setup + "; echo rea''dy\n")
            terminal.await_output("ready")
            terminal.type(f"{line}\t\x18")
            return terminal.await_output("<(token-cli[^>]*)>").group(1)

    LINES = (("token-cli jo", "token-cli join "), ("token-cli join r --sess", "token-cli join r --session_properties"),
             ("token-cli join --role S", "token-cli join --role SUBSCRIBER "),
             ("token-cli join --output=j", "token-cli join --output=json "),
             ("token-cli health --profile st", "token-cli health --profile staging "),
             ("token-cli health --ca_file cert", "token-cli health --ca_file certificate.pem "),
             ("token-cli completion f", "token-cli completion fish "))

    def test_bash_completes_a_line(self):
        setup = f"source {self.script('bash')}; bind -x '\"\\C-x\": echo \"<$READLINE_LINE>\"'"
        for line, whole in self.LINES:
            done = self.completed("bash", ["--norc", "--noprofile", "-i"], setup, line)
            self.assertEqual(done.rstrip(), whole.rstrip())

    @unittest.skipUnless(shutil.which("zsh"), "no zsh")
    def test_zsh_completes_a_line(self):
        setup = (f"autoload -Uz compinit; compinit -u -D; source {self.script('zsh')}; "
                 "show() { print -r -- \"<$BUFFER>\" }; zle -N show; bindkey '^X' show")
        for line, whole in self.LINES:
            done = self.completed("zsh", ["-f", "-i"], setup, line)
            self.assertEqual(done.rstrip("= "), whole.rstrip())

    @unittest.skipUnless(shutil.which("zsh"), "no zsh")
    def test_zsh_takes_the_script_from_its_folder_of_functions(self):
        shutil.copy(self.script("zsh"), self.folder / "_token-cli")
        setup = (f"fpath=({self.folder} $fpath); autoload -Uz compinit; compinit -u -D; "
                 "show() { print -r -- \"<$BUFFER>\" }; zle -N show; bindkey '^X' show")
        for line, whole in self.LINES[:3]:
            done = self.completed("zsh", ["-f", "-i"], setup, line)
            self.assertEqual(done.rstrip("= "), whole.rstrip())

    @unittest.skipUnless(shutil.which("fish"), "no fish")
    def test_fish_offers_what_the_table_has(self):
        script = self.script("fish")

        def offered(line):
            done = subprocess.run(["fish", "--no-config", "-c", f"source {script}; complete -C '{line}'"],
                                  env=self.environment, cwd=self.folder, capture_output=True, text=True, check=True)
            self.assertEqual(done.stderr, "")
            return {row.partition("\t")[0] for row in done.stdout.splitlines()}
        self.assertEqual(offered("token-cli "), set(COMMANDS))
        self.assertEqual(offered("token-cli help "), set(COMMANDS))
        for command in COMMANDS:
            self.assertEqual(offered(f"token-cli {command} --"),
                             {f"--{flag}" for flag in flags_of(command)} | {"--help"}, command)
        self.assertEqual(offered("token-cli join --role "), {"SUBSCRIBER", "PUBLISHER", "MODERATOR"})
        self.assertEqual(offered("token-cli join --output=j"), {"--output=json"})
        self.assertEqual(offered("token-cli health --profile "), {"staging", "local"})
        self.assertEqual(offered("token-cli health --ca_file cert"), {"certificate.pem"})


class ManPageTest(unittest.TestCase):
    def setUp(self):
        done = processes.run("token-cli", "man")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.page = done.stdout

    @unittest.skipUnless(shutil.which("mandoc"), "no mandoc")
    def test_mandoc_finds_no_fault(self):
        done = subprocess.run(["mandoc", "-Tlint"], input=self.page, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    @unittest.skipUnless(shutil.which("man"), "no man")
    def test_man_shows_all_without_a_warning(self):
        done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-"], input=self.page,
                              capture_output=True, text=True, check=True,
                              env={**os.environ, "MANWIDTH": "1000", "LC_ALL": "C.UTF-8", "MAN_KEEP_FORMATTING": ""})
        self.assertEqual(done.stderr, "")
        shown = re.sub(r"\x1b\[[\d;]*m|.\x08", "", done.stdout)
        for command in COMMANDS:
            self.assertRegex(shown, rf"(?m)^ +{command}\b")
        for flag in FLAGS:
            self.assertRegex(shown, rf"(?m)^ +--{flag}\b")
        for code in re.findall(r"(?m)^  (\d)  ", HELP):
            self.assertRegex(shown, rf"(?m)^ +{code} ")


if __name__ == "__main__":
    unittest.main()
