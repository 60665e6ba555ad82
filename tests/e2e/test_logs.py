"""What the programs write about themselves and their requests, and that nobody who makes a request waits for it."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import processes
import web

HOSTILE = 'a"b\\ status=500 {"access":"http"}\t\xff'
JSON = {"Content-Type": "application/json"}


class LogsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.stack = processes.Stack()
        self.addCleanup(self.stack.close)

    def lines_of(self, name):
        return [json.loads(line) for line in (self.folder / name).read_text().splitlines()]

    def use(self, address):
        """Three requests: one with all that a line tells, one that is refused, one that is no call."""
        answer = web.send(address, "POST", "/api/sessions/room-1/join?token=S3cret",
                          {**JSON, "X-Request-Id": "id-1", "User-Agent": HOSTILE}, '{"data":"private"}')
        self.assertEqual(answer.status, 200, answer.text)
        self.assertEqual(web.send(address, "POST", "/api/sessions", JSON, "{").status, 400)
        self.assertEqual(web.send(address, "GET", "/healthz").status, 200)
        return len(answer.body)

    def assert_http_lines(self, lines, join_bytes):
        self.assertEqual([(line["access"], line["method"], line["route"], line["status"]) for line in lines],
                         [("http", "POST", "/api/sessions/{id}/join", 200), ("http", "POST", "/api/sessions", 400),
                          ("http", "GET", "/healthz", 200)])
        join, refused, health = lines
        self.assertEqual((join["bytes"], join["address"], join["requestId"]), (join_bytes, "127.0.0.1", "id-1"))
        self.assertTrue(join["userAgent"].startswith('a"b\\ status=500 {"access":"http"}\t'), join)
        self.assertGreater(join["seconds"], 0)
        self.assertRegex(join["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertRegex(refused["requestId"], r"^[0-9a-f]{32}$")
        self.assertNotIn("requestId", health)

    def assert_private(self, name):
        text = (self.folder / name).read_text()
        self.assertEqual(processes.leaks(text), [])
        for word in ("S3cret", "private", "room-1"):
            self.assertNotIn(word, text)

    def test_each_request_is_one_line_of_the_door_that_it_came_by(self):
        with self.stack:
            standalone = self.stack.start(processes.Standalone, None, "--log_format=json",
                                          f"--access_log={self.folder}/access")
            join_bytes = self.use(standalone.address)
            done = processes.run("token-cli", f"--server_address={standalone.grpc_address}", "join", "room-1")
            self.assertEqual(done.returncode, 0, done.stderr)
        lines = self.lines_of("access")
        self.assert_http_lines(lines[:3], join_bytes)
        self.assertEqual([(line["access"], line["route"], line["code"]) for line in lines[3:]],
                         [("grpc", "JoinSession", "OK")])
        self.assert_private("access")

    def test_a_request_has_one_id_in_the_logs_of_all_programs(self):
        with self.stack:
            server = self.stack.start(processes.Server, "http://127.0.0.1:1", "--log_format=json",
                                      f"--access_log={self.folder}/server")
            gateway = self.stack.start(processes.Gateway, server.address, "--log_format=json",
                                       f"--access_log={self.folder}/gateway")
            answer = web.send(gateway.address, "POST", "/api/sessions", {**JSON, "X-Request-Id": "id-2"}, "{}")
            self.assertEqual(answer.status, 503)
        [http], [grpc] = self.lines_of("gateway"), self.lines_of("server")
        self.assertEqual((http["requestId"], http["status"]), ("id-2", 503))
        self.assertEqual((grpc["requestId"], grpc["code"], grpc["route"]), ("id-2", "UNAVAILABLE", "InitializeSession"))
        warnings = [json.loads(line) for line in server.output().splitlines() if '"warning"' in line]
        self.assertEqual([(line["message"], line["reason"], line["requestId"]) for line in warnings],
                         [("InitializeSession failed", "UPSTREAM_UNREACHABLE", "id-2")])

    def test_every_line_of_the_log_is_json(self):
        with self.stack:
            standalone = self.stack.start(processes.Standalone, None, "--log_format=json", "--policy=sample")
        lines = [json.loads(line) for line in standalone.output().splitlines()]
        self.assertTrue(all({"time", "level", "message"} <= line.keys() for line in lines), lines)
        self.assertEqual([line["level"] for line in lines if line["message"].startswith("POLICY")], ["warning"])
        self.assertEqual(lines[-1]["message"], "stopping")

    def test_the_level_is_followed(self):
        level = self.folder / "level"
        level.write_text("info")
        gateway = self.stack.start(processes.Gateway, "127.0.0.1:1", "--log_level=off", f"--log_level_file={level}")
        level.write_text("debug\n")
        gateway.await_output("(new log level level=debug)")
        level.write_text("loud")
        gateway.await_output("(the log level before stays)")
        level.write_text("error")
        gateway.await_output("(new log level level=error)")
        gateway.stop()
        self.assertNotIn("stopping", gateway.output())

    def test_mistakes_are_told_once(self):
        done = processes.run("token-standalone", "--emulate_openvidu", "--log_format=xml", "--log_level=loud")
        self.assertEqual(done.returncode, 2)
        self.assertIn("it is text or json", done.stderr)
        self.assertIn("debug, info, warning, error or off", done.stderr)
        done = processes.run("token-standalone", "--emulate_openvidu", "--audit_log=", "--access_log=",
                             "--log_level_file=/nonexistent", "--otlp_endpoint=collector:4317")
        self.assertEqual(done.returncode, 2)
        for name in ("audit_log is", "access_log is", "log_level_file: ", "otlp_endpoint must start"):
            self.assertEqual(done.stderr.count(name), 1, done.stderr)

    def test_what_ends_a_program_at_its_start_is_told(self):
        running = self.stack.start(processes.Gateway, "127.0.0.1:1")
        done = processes.run("token-gateway", f"--listen_address={running.address}", "--log_format=json")
        self.assertEqual(done.returncode, 1)
        self.assertIn("in use", done.stderr)

    def test_who_reads_no_log_holds_nobody_up(self):
        read_end, write_end = os.pipe()
        self.addCleanup(os.close, read_end)
        gateway = subprocess.Popen([processes.BIN_DIR / "token-gateway", "--listen_address=127.0.0.1:0",
                                    "--access_log=stdout"], env=processes.environment(), stdout=write_end,
                                   stderr=subprocess.PIPE, text=True)
        os.close(write_end)
        self.addCleanup(gateway.stderr.close)
        self.addCleanup(gateway.wait)
        self.addCleanup(gateway.kill)
        address = next(filter(None, (re.search(r"HTTP listening on (\S+),", line) for line in gateway.stderr))).group(1)
        # More than a pipe holds, which is 64 KiB.
        for _ in range(500):
            self.assertEqual(web.send(address, "GET", "/healthz", {"User-Agent": "x" * 256}).status, 200)
        gateway.terminate()
        self.assertEqual(gateway.wait(processes.STOP_TIMEOUT_S), 0)
        self.assertIn("lines of the access log were lost", gateway.stderr.read())


if __name__ == "__main__":
    unittest.main()
