"""Every body that the real OpenVidu was sent, through the gateway: it must reach OpenVidu as it was sent."""

import dataclasses
import decimal
import json
import pathlib
import re
import sys
import unittest

import processes
import web

CONTRACT = pathlib.Path(__file__).resolve().parent.parent / "contract"
sys.path.append(str(CONTRACT))
import records  # noqa: E402  (the transcripts' reader)

TRANSCRIPTS = ("01-sessions-valid", "02-sessions-type-matrix", "04-connections-valid", "05-connections-bad",
               "05b-ipcam")
POSTS = 862
COMPARED = 855

SESSIONS = "/openvidu/api/sessions"
CONNECTION = re.compile(rf"{SESSIONS}/([^/?]+)/connection")

# Where the gateway's answer is of another class than OpenVidu's, by (transcript, name), and why.
_READ_AS_JSON = "the gateway reads this content type, and sends OpenVidu application/json"
OTHER_CLASS = {
    ("05-connections-bad", "post connection content-type None"): (200, _READ_AS_JSON),
    ("05-connections-bad", "post connection content-type 'text/plain'"): (200, _READ_AS_JSON),
    ("05-connections-bad", "post connection content-type 'application/x-www-form-urlencoded'"): (200, _READ_AS_JSON),
}


def parse(text):
    """The JSON value of `text`, its numbers exact. ValueError where it is none."""
    def refuse(constant):
        raise ValueError(f"{constant} is no JSON")
    return json.loads(text, parse_float=decimal.Decimal, parse_constant=refuse)


def without_nulls(value):
    """`value` where absent members and members that are null are the same."""
    if isinstance(value, dict):
        return {name: without_nulls(member) for name, member in value.items() if member is not None}
    if isinstance(value, list):
        return [without_nulls(element) for element in value]
    return value


def equal(one, other):
    """Equality of JSON values: unlike Python's, it tells true from 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def properties(body):
    """What a request's body says: an object, or None where it is none. No body and null say nothing."""
    if not body:
        return {}
    try:
        value = parse(body.decode("utf-8"))
    except ValueError:
        return None
    if value is None:
        return {}
    return value if isinstance(value, dict) else None


@dataclasses.dataclass
class Post:
    """A recorded request that has a counterpart in the gateway."""

    record: records.Record
    target: str
    body: bytes

    @classmethod
    def of(cls, record):
        if record.method != "POST":
            return None
        path, _, query = record.target.partition("?")
        connection = CONNECTION.fullmatch(path)
        if path != SESSIONS and not connection:
            return None
        target = f"/api/sessions/{connection.group(1)}/connections" if connection else "/api/sessions"
        text = record.request_text.rebuild()
        if text is None:
            raise AssertionError(f"{record.transcript}:{record.line}: the body can't be rebuilt")
        return cls(record, f"{target}?{query}" if query else target, records.body_bytes(text))


class TranscriptsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.transcripts = [transcript for transcript in records.load(CONTRACT / "transcripts")
                           if transcript.name in TRANSCRIPTS]

    def send(self, address, post):
        return web.send(address, "POST", post.target, {"Content-Type": "application/json"}, post.body or None)

    def check_body(self, post, reached):
        """Whether a body was compared: what is no object must not reach OpenVidu."""
        sent = properties(post.body)
        if sent is None:
            self.assertEqual(reached, [], "what is no JSON object reaches OpenVidu")
            return False
        self.assertEqual([request["method"] for request in reached], ["POST"])
        arrived = properties(reached[0]["body"].encode("utf-8", "surrogatepass"))
        self.assertIsNotNone(arrived, reached[0]["body"][:500])
        self.assertTrue(equal(without_nulls(sent), without_nulls(arrived)),
                        f"sent {post.body[:500]!r}, arrived {reached[0]['body'][:500]!r}")
        return True

    def check_class(self, post, answer):
        key = (post.record.transcript, post.record.name)
        recorded = OTHER_CLASS[key][0] if key in OTHER_CLASS else post.record.status
        if recorded == 409:
            recorded = 200  # The session is there: its id is the answer.
        self.assertEqual(answer.status // 100, recorded // 100,
                         f"recorded {post.record.status}, answered {answer.status}: {answer.body[:500]!r}")

    def replay(self, address, emulator):
        """(requests sent, bodies compared)"""
        sent = compared = 0
        for transcript in self.transcripts:
            for record in transcript.records:
                post = Post.of(record)
                if post is None:
                    if record.method == "DELETE":  # Past the gateway, for the state that the next requests meet.
                        emulator.send("DELETE", record.target)
                    continue
                emulator.forget_requests()
                answer = self.send(address, post)
                reached = emulator.requests()
                sent += 1
                with self.subTest(transcript=transcript.name, line=record.line, name=record.name):
                    compared += self.check_body(post, reached)
                    self.check_class(post, answer)
        return sent, compared

    def run_through(self, start):
        with processes.Stack() as stack:
            emulator = stack.start(processes.Emulator)
            address = start(stack, emulator.url, "--max_body_bytes=4194304", server_flags=["--policy=sample"])
            self.assertEqual(self.replay(address, emulator), (POSTS, COMPARED))

    def test_bodies_reach_openvidu_through_separate_processes(self):
        self.run_through(processes.Stack.start_split)

    def test_bodies_reach_openvidu_through_one_process(self):
        self.run_through(processes.Stack.start_standalone)


class EqualTest(unittest.TestCase):
    """The comparison itself: what it lets pass and what not."""

    def assert_equal(self, expected, one, other):
        self.assertEqual(equal(without_nulls(parse(one)), without_nulls(parse(other))), expected, (one, other))

    def test_null_is_absent_in_objects(self):
        self.assert_equal(True, '{"a":null,"b":[{"c":null}]}', '{"b":[{}]}')
        self.assert_equal(False, "[null]", "[]")

    def test_values_keep_their_types_and_digits(self):
        self.assert_equal(True, "1.0", "1")
        self.assert_equal(False, "true", "1")
        self.assert_equal(False, '"1"', "1")
        self.assert_equal(False, "12345678901234567890123", "12345678901234567890124")
        self.assert_equal(False, "0.1", "0.10000000000000000001")


if __name__ == "__main__":
    unittest.main()
