"""The requests that OpenVidu's own sample servers were sent, and how this service answers them.

`samples/` holds what the Node, Python and Java samples really answered; the table below is what ours has to show.
"""

import dataclasses
import json
import pathlib
import re
import unittest

import processes
import web

SAMPLES = pathlib.Path(__file__).parent / "samples"
REQUESTS_PER_SAMPLE = 32

TEXT = "text/plain; charset=utf-8"
GENERATED_ID = r"ses_[A-Za-z0-9]{10}"


@dataclasses.dataclass
class Expected:
    """How one request is answered. `body` is a pattern in which SESSION stands for the id in the request's path."""

    status: int
    body: str = ""
    field: str | None = None
    allow: str | None = None


def text(pattern):
    return Expected(200, pattern)


def problem(status, field=None, allow=None):
    return Expected(status, field=field, allow=allow)


TOKEN = text(r"wss://localhost:4443\?sessionId=SESSION&token=tok_[A-Za-z0-9]{16}")
NOT_ALLOWED = problem(405, allow="POST, OPTIONS")

# Keyed by the recorded names. CUSTOM stands for the id in the request's body.
EXPECTED = {
    "create empty body": text(GENERATED_ID),
    "create {}": text(GENERATED_ID),
    "create custom": text("CUSTOM"),
    "create custom again": text("CUSTOM"),
    "create all": text("CUSTOM"),
    "create bad enum": problem(400, "mediaMode"),
    "create bad id": problem(400, "customSessionId"),
    "create malformed": problem(400),
    "create array": problem(400),
    "create text/plain": text("tp1"),
    "create no type": text("nt1"),
    "create form": text("form1"),
    "connect SUBSCRIBER": TOKEN,
    "connect PUBLISHER": TOKEN,
    "connect MODERATOR": TOKEN,
    "connect empty body": TOKEN,
    "connect generated id": TOKEN,
    "connect kurento+ice": TOKEN,
    "connect unknown field": TOKEN,
    "connect ipcam": text(""),
    "connect bad role": problem(400, "role"),
    "connect unknown session": problem(404),
    "connect odd id": problem(400),
    "preflight": Expected(204),
    "cors create": text(GENERATED_ID),
    "GET sessions": NOT_ALLOWED,
    "GET connections": NOT_ALLOWED,
    "PUT": NOT_ALLOWED,
    "unknown path": problem(404),
    "root": problem(404),
    "trailing slash": text(GENERATED_ID),
    "body 200 KB": TOKEN,
}


def records(sample):
    with (SAMPLES / f"{sample}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def pattern_for(expected, target, body):
    """The pattern of the answer's body, with the ids of this request."""
    session = re.search(r"/api/sessions/([^/]+)/", target)
    custom = re.search(r'"customSessionId": "([^"]+)"', body)
    pattern = expected.body
    if session:
        pattern = pattern.replace("SESSION", re.escape(session.group(1)))
    if custom:
        pattern = pattern.replace("CUSTOM", re.escape(custom.group(1)))
    return pattern


class SplitTest(unittest.TestCase):
    """The emulator, the server and the gateway as three processes."""

    EMULATOR_FLAGS = ()

    @staticmethod
    def start(stack, openvidu_url):
        return stack.start_split(openvidu_url, server_flags=["--policy=sample"])

    @classmethod
    def setUpClass(cls):
        stack = processes.Stack()
        cls.addClassCleanup(stack.close)
        cls.emulator = stack.start(processes.Emulator, *cls.EMULATOR_FLAGS)
        cls.address = cls.start(stack, cls.emulator.url)

    def assert_problem(self, answer, status):
        self.assertEqual(answer.status, status, answer.body[:500])
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        told = answer.json()
        self.assertEqual(told["status"], status)
        self.assertTrue(told["title"] and told["detail"], told)
        return told

    def assert_expected(self, expected, pattern, answer):
        if expected.status >= 400:
            told = self.assert_problem(answer, expected.status)
            if expected.field:
                self.assertEqual(told.get("field"), expected.field, told)
            self.assertEqual(answer.headers["Allow"], expected.allow)
            return
        self.assertEqual(answer.status, expected.status, answer.body[:500])
        self.assertRegex(answer.text, rf"\A{pattern}\Z")
        if expected.status == 200:
            self.assertEqual(answer.headers["Content-Type"], TEXT)
            self.assertEqual(answer.headers["Content-Length"], str(len(answer.body)))

    def replay(self, sample):
        """Sends what `sample` was sent, in order; what it generated stands for what ours generated."""
        ours, sent = {}, 0
        for record in records(sample):
            request = record["request"]
            target = request["path"]
            for recorded, generated in ours.items():
                target = target.replace(recorded, generated)
            answer = web.send(self.address, request["method"], target, request["headers"], request["body"] or None)
            sent += 1
            recorded = record["response"]["body"] or ""
            if re.fullmatch(GENERATED_ID, recorded):
                ours[recorded] = answer.text
            with self.subTest(sample=sample, request=record["name"]):
                expected = EXPECTED[record["name"]]
                self.assert_expected(expected, pattern_for(expected, target, request["body"] or ""), answer)
                self.assertEqual(answer.headers["Access-Control-Allow-Origin"], "*")
        self.assertEqual(sent, REQUESTS_PER_SAMPLE)

    def test_answers_what_the_node_sample_was_sent(self):
        self.replay("node")

    def test_answers_what_the_python_sample_was_sent(self):
        self.replay("python")

    def test_answers_what_the_java_sample_was_sent(self):
        self.replay("java")

    def test_preflight_allows_what_is_asked_for(self):
        answer = web.send(self.address, "OPTIONS", "/api/sessions/room/connections", {
            "Origin": "http://example.com", "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type"})
        self.assertEqual(answer.status, 204)
        self.assertEqual(answer.body, b"")
        self.assertIn("POST", answer.headers["Access-Control-Allow-Methods"])
        self.assertIn("content-type", answer.headers["Access-Control-Allow-Headers"].lower())

    def test_every_kind_of_body_reaches_openvidu(self):
        bodies = [("application/json", '{"customSessionId":"kind"}'), ("text/plain", '{"customSessionId":"kind"}'),
                  (None, '{"customSessionId":"kind"}'),
                  ("application/x-www-form-urlencoded", "customSessionId=kind")]
        for content_type, body in bodies:
            with self.subTest(content_type=content_type):
                self.emulator.forget_requests()
                answer = web.send(self.address, "POST", "/api/sessions",
                                  {"Content-Type": content_type} if content_type else {}, body)
                self.assertEqual((answer.status, answer.text), (200, "kind"))
                (reached,) = self.emulator.requests()
                self.assertEqual(json.loads(reached["body"]), {"customSessionId": "kind"})

    def test_a_trailing_slash_changes_nothing(self):
        self.assertEqual(web.post_json(self.address, "/api/sessions/", {"customSessionId": "slash"}).text, "slash")
        answer = web.post_json(self.address, "/api/sessions/slash/connections/", {})
        self.assertEqual(answer.status, 200)
        self.assertIn("sessionId=slash&token=tok_", answer.text)

    def test_an_id_that_would_change_the_path_reaches_nobody(self):
        self.emulator.forget_requests()
        for session in ("a%2Fb", "..%2F..%2Fconfig", "a%3Fb", "a%20b"):
            with self.subTest(session=session):
                self.assert_problem(web.post_json(self.address, f"/api/sessions/{session}/connections", {}), 400)
        self.assertEqual(self.emulator.requests(), [])

    def test_a_body_over_the_limit_is_refused(self):
        self.emulator.forget_requests()
        body = json.dumps({"data": "x" * (1 << 20)})
        answer = web.send(self.address, "POST", "/api/sessions", {"Content-Type": "application/json"}, body)
        self.assert_problem(answer, 413)
        self.assertEqual(self.emulator.requests(), [])

    def test_a_put_to_the_connections_is_not_allowed(self):
        answer = web.send(self.address, "PUT", "/api/sessions/room/connections", {}, "{}")
        self.assert_problem(answer, 405)
        self.assertEqual(answer.headers["Allow"], "POST, OPTIONS")

    def test_openvidu_down_is_told(self):
        with processes.Stack() as stack:
            emulator = stack.start(processes.Emulator)
            address = self.start(stack, emulator.url)
            self.assertEqual(web.post_json(address, "/api/sessions", {"customSessionId": "down"}).status, 200)
            emulator.stop()
            self.assert_problem(web.post_json(address, "/api/sessions", {}), 503)
            self.assert_problem(web.post_json(address, "/api/sessions/down/connections", {}), 503)


class StandaloneTest(SplitTest):
    """The server and the gateway in one process, the emulator in another."""

    @staticmethod
    def start(stack, openvidu_url):
        return stack.start_standalone(openvidu_url, server_flags=["--policy=sample", "--ui=off"])


class SlowOpenViduTest(SplitTest):
    """As split, with an OpenVidu as slow and as narrow as a small real one."""

    EMULATOR_FLAGS = ("--cost_per_request=65ms", "--concurrency=2")


if __name__ == "__main__":
    unittest.main()
