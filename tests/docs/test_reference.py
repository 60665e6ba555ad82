"""What the pages say of flags, variables and reasons is what the programs have."""

import os
import re
import subprocess
import unittest

import markdown
from markdown import ROOT

FOLDERS = ("common", "net", "http", "telemetry", "gateway", "client", "server", "standalone", "emulator", "proto")
CONFIGURATION = ROOT / "docs/configuration.md"
# Of tools in this repository, which are no programs of the service.
OTHER_FLAGS = {"control_url", "beside_node", "work_dir"}
# Of protoc.
OTHER_FLAGS |= {"python_out", "grpc_python_out", "go_out", "go_opt"}


def sources():
    return [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*"))
            if path.suffix in (".cc", ".h") and path.is_file()]


def flags():
    return {name for path in sources()
            for name in re.findall(r"ABSL_FLAG\(\s*[\w:<>, ]+?,\s*(\w+),", path.read_text())}


class ConfigurationTest(unittest.TestCase):
    def test_it_is_what_the_programs_say(self):
        checked = subprocess.run([ROOT / "scripts/configuration-reference", "--check"], capture_output=True, text=True,
                                 env=dict(os.environ), check=False)
        self.assertEqual(checked.returncode, 0, checked.stderr)

    def test_no_flag_is_missing(self):
        text = CONFIGURATION.read_text()
        self.assertGreater(len(flags()), 50)
        self.assertEqual([flag for flag in sorted(flags()) if f"`--{flag}`" not in text], [],
                         "run scripts/configuration-reference")

    def test_no_environment_variable_is_missing(self):
        read = {name for path in sources()
                for name in re.findall(r'(?:EnvOr|getenv)\(\s*"([A-Z][A-Z_]+)"', path.read_text())}
        self.assertIn("OPENVIDU_URL", read)
        text = CONFIGURATION.read_text()
        self.assertEqual([name for name in sorted(read - {"HOME"}) if f"`{name}`" not in text], [])

    def test_pages_name_only_flags_that_there_are(self):
        known = flags() | OTHER_FLAGS
        unknown = [f"{page.relative_to(ROOT)}: --{name}" for page in markdown.pages() if page.name != "CHANGELOG.md"
                   for name in re.findall(r"(?<![\w-])--(?:no)?([a-z]+(?:_[a-z]+)+)\b(?!-)", page.read_text())
                   if name not in known]
        self.assertEqual(unknown, [])


class TroubleshootingTest(unittest.TestCase):
    """Each `reason` that the code can say is explained, and no other."""

    PAGE = ROOT / "docs/guides/troubleshooting.md"
    # gRPC's codes, in capitals where the code spells one out.
    CODES = {"RESOURCE_EXHAUSTED", "INVALID_ARGUMENT", "NOT_FOUND", "PERMISSION_DENIED", "DEADLINE_EXCEEDED",
             "ALREADY_EXISTS", "FAILED_PRECONDITION", "OUT_OF_RANGE", "DATA_LOSS", "NOT_SERVING"}

    def reasons(self):
        variables = set(re.findall(r"[A-Z_]+", CONFIGURATION.read_text()))
        # Of client/, what makes a status: the rest only reads one.
        said = {name for path in sources() if path.parts[len(ROOT.parts)] not in ("emulator", "client")
                or path.stem == "token_channel"
                for name in re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', path.read_text())}
        return said - variables - self.CODES

    def test_each_reason_has_its_row(self):
        rows = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", "\n".join(
            line.split("|")[1] for line in self.PAGE.read_text().split("## Reasons")[1].split("\n## ")[0].split("\n")
            if line.startswith("|"))))
        self.assertIn("UPSTREAM_CIRCUIT_OPEN", rows)
        self.assertEqual(sorted(self.reasons() - rows), [], "reasons that docs/guides/troubleshooting.md does not explain")
        self.assertEqual(sorted(rows - self.reasons()), [], "no code says these")

    def test_lines_of_the_log_are_written_somewhere(self):
        written = re.sub(r'"\s*\n\s*"', "", "\n".join(path.read_text() for path in sources()))
        section = self.PAGE.read_text().split("## Lines of the log")[1]
        told = [part for cell in re.findall(r"^\| (`.*?`) \|", section, re.MULTILINE)
                for text in re.findall(r"`([^`]+)`", cell) for part in re.split(r"\s*…\s*", text) if len(part) > 5]
        self.assertGreater(len(told), 15)
        self.assertEqual([part for part in told if part.rstrip(":") not in written], [])


class FeatureTableTest(unittest.TestCase):
    """Each row of the feature table names a test of ours that there is."""

    PAGE = ROOT / "docs/feature-table.md"

    def test_each_row_is_shown_by_a_test(self):
        rows = [line for section in re.split(r"^## ", self.PAGE.read_text(), flags=re.MULTILINE)
                if "| shown by |" in section for line in section.split("\n") if line.startswith("|")]
        rows = [row for row in rows if "| shown by |" not in row and not row.startswith("|---")]
        self.assertGreater(len(rows), 25)
        for row in rows:
            with self.subTest(row.split("|")[1].strip()):
                shown = re.search(r"\[`(\w+)`\]\(\.\./(tests/[\w./]+)\) \|$", row)
                self.assertIsNotNone(shown, row)
                self.assertRegex((ROOT / shown[2]).read_text(), rf"(?:def|class|TEST(?:_F|_P)?\(\w+,) ?{shown[1]}\b")


if __name__ == "__main__":
    unittest.main()
