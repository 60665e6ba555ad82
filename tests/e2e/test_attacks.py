"""Attacks over raw sockets: what is ambiguous or too large is refused, and whatever others do, callers are answered and
memory is bounded."""

import contextlib
import json
import pathlib
import re
import tempfile
import time
import unittest
import urllib.parse

import attackers
import processes
import web

HALF_OPEN = 5000
# Some 64 MiB of requests (HttpServerOptions::max_buffered_bytes) and what connections and TLS need, far below what the
# attackers together have sent. With a sanitizer memory is something else.
MAX_GROWTH_BYTES = 192 << 20


def resident_bytes(process):
    return int(re.search(r"VmRSS:\s+(\d+) kB", pathlib.Path(f"/proc/{process.pid}/status").read_text()).group(1)) * 1024


def is_sanitized():
    return b"__asan_init" in (data := (processes.BIN_DIR / "token-standalone").read_bytes()) or b"__tsan_init" in data


class AttacksTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = processes.Stack()
        cls.addClassCleanup(cls.stack.close)
        cls.emulator = cls.stack.start(processes.Emulator)
        folder = cls.stack.enter_context(tempfile.TemporaryDirectory())
        cls.standalone = cls.stack.start(processes.Standalone, cls.emulator.url, "--policy=sample",
                                         "--tls=auto", f"--tls_folder={folder}/tls")
        cls.address = cls.standalone.address

    def assert_serves(self):
        self.assertEqual(web.post_json(self.address, "/api/sessions", {"customSessionId": "honest"}).text, "honest")
        self.assertEqual(web.post_json(self.address, "/api/sessions/honest/connections", {}).status, 200)

    def test_smuggled_requests_are_not_read(self):
        self.emulator.forget_requests()
        for name, request in attackers.SMUGGLING.items():
            with self.subTest(name):
                answer = attackers.ask(self.address, request)
                statuses = re.findall(rb"HTTP/1\.1 (\d+) ", answer)
                if name == "TLS garbage":
                    self.assertEqual(statuses, [])
                else:
                    self.assertEqual(len(statuses), 1, answer)
                    self.assertIn(statuses[0], (b"400", b"501", b"505"))
                    self.assertIn(b"Connection: close", answer)
        self.assertEqual(self.emulator.requests(), [])
        self.assert_serves()

    def test_nothing_is_injected_into_heads_or_requests_or_the_log(self):
        evil = "\r\nX-Injected: 1\r\n\r\n2026-11-25T00:00:00.000Z info forged\n"
        encoded = urllib.parse.quote(evil, safe="")
        self.emulator.forget_requests()
        self.assertEqual(web.post_json(self.address, "/api/sessions", {"customSessionId": "injected"}).status, 200)
        given = {"data": evil, "role": "PUBLISHER"}
        for status, target, headers, body in (
                (400, "/api/sessions", {}, {"customSessionId": "a" + evil}),
                (400, f"/api/sessions/a{encoded}/connections", {}, {}),
                (404, f"/api/sessions{encoded}", {}, {}),
                (200, "/api/sessions/injected/connections", {}, given),
                (400, "/api/sessions/injected/connections", {}, {"role": evil}),
                (200, "/api/sessions/injected/connections", {"Origin": f"https://a{encoded}"}, {}),
                (200, "/api/sessions/injected/connections", {"X-Request-Id": f"a{encoded}"}, {}),
                (200, "/api/sessions/injected/connections", {"X-Forwarded-For": f"a{encoded}"}, {}),
                (400, "/api/sessions/injected/connections", {"Grpc-Timeout": f"5S{encoded}"}, {})):
            with self.subTest(target=target, headers=headers, body=body):
                answer = web.send(self.address, "POST", target, {"Content-Type": "application/json", **headers},
                                  json.dumps(body))
                self.assertEqual(answer.status, status, answer.text)
                self.assertNotIn("X-Injected", answer.headers)
        asked = [request for request in self.emulator.requests() if "injected" in request["path"]]
        self.assertIn(given, [json.loads(request["body"]) for request in asked])
        self.assertEqual({request["path"] for request in asked}, {"/openvidu/api/sessions/injected/connection"})
        for line in self.standalone.output().splitlines():
            self.assertRegex(line, r"^\d{4}-\d\d-\d\dT[\d:.]+Z (info|warning|error) ")

    def test_what_is_too_large_is_refused_and_not_kept(self):
        before = resident_bytes(self.standalone)
        for _ in range(20):
            for name, request in attackers.LARGE.items():
                statuses = re.findall(rb"HTTP/1\.1 (\d+) ", attackers.ask(self.address, request))
                # None: its client was still sending and had its answer reset.
                self.assertLessEqual(set(statuses), {b"400", b"413", b"414", b"431"}, name)
                self.assertLessEqual(len(statuses), 1, name)
        if not is_sanitized():
            self.assertLess(resident_bytes(self.standalone) - before, MAX_GROWTH_BYTES)
        self.assert_serves()

    def test_others_are_served_while_all_attack(self):
        before = resident_bytes(self.standalone)
        each = attackers.allow_connections(HALF_OPEN + 1200) - HALF_OPEN
        self.assertGreater(each, 0, "the limit on descriptors is too low for this test")
        with contextlib.ExitStack() as attack:
            for start, count in ((attackers.half_open, HALF_OPEN), (attackers.slow_heads, each // 4),
                                 (attackers.slow_bodies, each // 4), (attackers.slow_readers, each // 4),
                                 (attackers.half_handshakes, each // 4)):
                crowd = start(self.address, count)
                attack.callback(crowd.close)
                crowd.await_full()
            attack.callback(attackers.Garbage(self.address).close)
            for _ in range(100):
                self.assert_serves()
                self.assertIn(attackers.handshake(self.address), ("TLSv1.2", "TLSv1.3"))
            if not is_sanitized():
                self.assertLess(resident_bytes(self.standalone) - before, MAX_GROWTH_BYTES)
        self.assert_serves()
        descriptors = pathlib.Path(f"/proc/{self.standalone.pid}/fd")
        deadline = time.monotonic() + web.TIMEOUT_S
        while len(list(descriptors.iterdir())) > 500:
            self.assertLess(time.monotonic(), deadline, "connections of attackers who have gone are kept")
            time.sleep(0.1)


if __name__ == "__main__":
    unittest.main()
