"""docs/openapi.yaml against the service that it describes."""

import os
import pathlib
import subprocess
import unittest

import yaml

import processes
import web

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SCHEMATHESIS = ROOT / "build" / "tools" / "venv" / "bin" / "schemathesis"
MAX_TIME_S = 60


class OpenApiTest(unittest.TestCase):
    def setUp(self):
        self.stack = processes.Stack()
        self.addCleanup(self.stack.close)
        self.service = self.stack.start(processes.Standalone, None, "--policy=sample")

    def test_the_service_serves_what_the_tree_holds(self):
        source = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text(encoding="utf-8"))
        self.assertEqual(web.send(self.service.address, "GET", "/openapi.json").json(), source)

    def test_every_example_of_a_body_is_taken(self):
        document = web.send(self.service.address, "GET", "/openapi.json").json()
        web.post_json(self.service.address, "/api/sessions", {"customSessionId": "room-1"})
        taken = 0
        for path, item in document["paths"].items():
            for media in [item.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json", {})]:
                for name, example in media.get("examples", {}).items():
                    with self.subTest(path=path, example=name):
                        answer = web.post_json(self.service.address, path.replace("{sessionId}", "room-1"),
                                               example["value"])
                        self.assertEqual(answer.status, 200, answer.text)
                        taken += 1
        self.assertGreaterEqual(taken, 6)

    def test_what_schemathesis_asks_is_answered_as_described(self):
        # Most of what it asks about connections is of a session that exists; the description's examples say its name.
        web.post_json(self.service.address, "/api/sessions", {"customSessionId": "room-1"})
        done = subprocess.run(
            [SCHEMATHESIS, "--config-file", HERE / "schemathesis.toml", "run", "--checks=all", "--seed=1",
             "--max-examples=100", f"--max-time={MAX_TIME_S}", "--continue-on-failure",
             f"http://{self.service.address}/openapi.json"],
            cwd=os.environ.get("UI_WORK_DIR", "."), capture_output=True, text=True, errors="replace", check=False,
            env=processes.environment(SCHEMATHESIS_HOOKS=str(HERE / "schemathesis_hooks.py")))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for tested in ("Examples", "Coverage", "Fuzzing", "Stateful"):
            self.assertIn(f"✅  {tested}", done.stdout)


if __name__ == "__main__":
    unittest.main()
