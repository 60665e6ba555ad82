"""Replays the transcripts against the built emulator, and shows that the replayer can fail."""

import io
import json
import os
import pathlib
import random
import re
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import outcome  # noqa: E402
import records  # noqa: E402
import replay  # noqa: E402
from compare import Comparer  # noqa: E402
from ids import Ids  # noqa: E402
from known import KnownDifferences  # noqa: E402
from player import Replay  # noqa: E402
from recorded_server import RecordedServer, wire_of  # noqa: E402
from server import Server  # noqa: E402
from world import World  # noqa: E402


# When the transcripts were recorded, give or take a day.
RECORDED_MS = 1795540918302


def emulator_path():
    directory = os.environ.get("TOKEN_BIN_DIR")
    if not directory:
        raise unittest.SkipTest("TOKEN_BIN_DIR names no directory of binaries")
    path = pathlib.Path(directory) / "openvidu-emulator"
    if not path.exists():
        raise AssertionError(f"{path} is not built")
    return str(path)


def transcript(name):
    return next(t for t in records.load(HERE / "transcripts") if t.name == name)


def recorded_server(server):
    """A RecordedServer, whose answers are of the time when they were recorded."""
    return Server(server.url, None, "MY_SECRET", now_ms=lambda: RECORDED_MS)


def replayed(some_records, change=lambda record, data: data):
    """The differences that the replayer reports when a server answers as recorded, but for `change`."""
    part = records.Transcript(some_records[0].transcript, some_records)
    server = RecordedServer.of(some_records, change)
    try:
        outcomes = Replay(part, recorded_server(server), slow=False).run()
    finally:
        server.close()
    return {result.record.line: result.differences for result in outcomes if result.differences}


class ReplayerReports(unittest.TestCase):
    """A replayer that cannot fail would be worth nothing: each change of one answer must be reported."""

    @classmethod
    def setUpClass(cls):
        cls.records = transcript("01-sessions-valid").records[:40]
        cls.created = next(r for r in cls.records if r.status == 200)
        cls.refused = next(r for r in cls.records if r.status == 400)

    def report_of(self, target, old, new):
        self.assertIn(old.encode(), wire_of(target), "the test changes nothing")

        def change(record, data):
            if record is not target:
                return data
            head, _, body = data.replace(old.encode(), new.encode(), 1).partition(b"\r\n\r\n")
            length = f"content-length: {len(body)}".encode()
            return re.sub(rb"content-length: \d+", length, head) + b"\r\n\r\n" + body

        differences = replayed(self.records, change)
        self.assertEqual(list(differences), [target.line], differences)
        return " ".join(differences[target.line])

    def test_nothing_when_all_is_as_recorded(self):
        self.assertEqual(replayed(self.records), {})

    def test_another_status(self):
        self.assertIn("status: expected 200, came 201", self.report_of(self.created, "HTTP/1.1 200", "HTTP/1.1 201"))

    def test_a_reason_phrase(self):
        self.assertIn("start line", self.report_of(self.created, "HTTP/1.1 200 ", "HTTP/1.1 200 OK"))

    def test_a_missing_header(self):
        self.assertIn("header pragma", self.report_of(self.created, "pragma: no-cache\r\n", ""))

    def test_another_header_value(self):
        self.assertIn("header expires", self.report_of(self.created, "expires: 0", "expires: 1"))

    def test_an_additional_header(self):
        self.assertIn("header server", self.report_of(self.created, "expires: 0", "expires: 0\r\nserver: x"))

    def test_another_order_of_headers(self):
        self.assertIn("order of headers", self.report_of(
            self.created, "pragma: no-cache\r\nexpires: 0", "expires: 0\r\npragma: no-cache"))

    def test_another_order_of_keys(self):
        self.assertIn("order of keys", self.report_of(
            self.created, '"recording":false,"broadcasting":false', '"broadcasting":false,"recording":false'))

    def test_another_value(self):
        self.assertIn("mediaMode", self.report_of(self.created, '"mediaMode":"ROUTED"', '"mediaMode":"RELAYE"'))

    def test_another_kind_of_value(self):
        self.assertIn("recording", self.report_of(self.created, '"recording":false', '"recording":"false"'))

    def test_another_message(self):
        self.assertIn("message", self.report_of(self.refused, "Some parameter is not valid", "Some parameter is invalid"))

    def test_another_path_in_an_error(self):
        self.assertIn("path", self.report_of(
            self.refused, '"path":"/openvidu/api/sessions"', '"path":"/openvidu/api/session5"'))

    def test_a_generated_id_of_another_form(self):
        session = self.created.response_json()["id"]
        self.assertIn("id", self.report_of(self.created, f'"id":"{session}"', '"id":"ses_0BEOE9Gn9b"'))

    def test_an_id_that_changes_within_an_answer(self):
        session = self.created.response_json()["id"]
        self.assertIn("sessionId", self.report_of(
            self.created, f'"sessionId":"{session}"', '"sessionId":"ses_ZZZZZZZZZZ"'))

    def test_a_time_in_seconds(self):
        created_at = str(self.created.response_json()["createdAt"])
        self.assertIn("createdAt", self.report_of(self.created, created_at, created_at[:10]))

    def test_white_space(self):
        self.assertIn("white space", self.report_of(self.created, '"recording":false', '"recording": false'))

    def test_a_connection_that_stays_open(self):
        part = self.records[:self.records.index(self.refused) + 1]
        server = RecordedServer([wire_of(r) for r in part], [False] * len(part))
        kept, outcome.PATIENCE_S = outcome.PATIENCE_S, 1.0
        try:
            run = Replay(records.Transcript(part[0].transcript, part),
                                recorded_server(server), slow=False)
            outcomes = run.run()
        finally:
            outcome.PATIENCE_S = kept
            server.close()
        self.assertIn("it stays open", " ".join(outcomes[-1].differences))

    def test_a_connection_that_closes(self):
        part = self.records[:3]
        server = RecordedServer([wire_of(r) for r in part], [True, False, False])
        try:
            run = Replay(records.Transcript(part[0].transcript, part),
                                recorded_server(server), slow=False)
            outcomes = run.run()
        finally:
            server.close()
        self.assertIn("expected it to stay open", " ".join(outcomes[0].differences))


class ComparerTest(unittest.TestCase):
    NOW = 1795540918302

    def compare(self, recorded, actual, ids=None):
        return Comparer(ids or Ids(), now_ms=lambda: self.NOW).body(recorded, actual.encode())

    def test_lists_have_an_arbitrary_order(self):
        self.assertEqual(self.compare('{"content":[{"id":"a"},{"id":"b"}]}', '{"content":[{"id":"b"},{"id":"a"}]}'), [])

    def test_but_active_connections_come_first(self):
        element = '{{"id":"{}","status":"{}"}}'
        active, pending = element.format("a", "active"), element.format("b", "pending")
        differences = self.compare(f'{{"content":[{active},{pending}]}}', f'{{"content":[{pending},{active}]}}')
        self.assertIn("active connections", " ".join(differences))

    def test_a_list_with_another_element(self):
        self.assertNotEqual(self.compare('{"content":[{"id":"a"}]}', '{"content":[{"id":"b"}]}'), [])

    def test_a_list_with_one_more(self):
        self.assertNotEqual(self.compare('{"content":[]}', '{"content":[{"id":"b"}]}'), [])

    def test_number_literals_are_compared_as_written(self):
        self.assertNotEqual(self.compare('{"x":1.0}', '{"x":1}'), [])

    def test_escapes_are_compared_as_written(self):
        self.assertNotEqual(self.compare('{"x":"\\u2028"}', '{"x":"\u2028"}'), [])

    def test_an_id_stays_what_it_became(self):
        ids = Ids()
        self.assertEqual(self.compare('{"id":"ses_AAAAAAAAAA"}', '{"id":"ses_BBBBBBBBBB"}', ids), [])
        self.assertEqual(self.compare('{"id":"ses_AAAAAAAAAA"}', '{"id":"ses_BBBBBBBBBB"}', ids), [])
        self.assertNotEqual(self.compare('{"id":"ses_AAAAAAAAAA"}', '{"id":"ses_CCCCCCCCCC"}', ids), [])

    def test_two_ids_do_not_become_one(self):
        ids = Ids()
        self.assertEqual(self.compare('{"id":"con_AAAAAAAAAA"}', '{"id":"con_BBBBBBBBBB"}', ids), [])
        self.assertNotEqual(self.compare('{"id":"con_ZZZZZZZZZZ"}', '{"id":"con_BBBBBBBBBB"}', ids), [])

    def test_a_creation_time_stays_what_it_became(self):
        comparer = Comparer(Ids(), now_ms=lambda: self.NOW)
        recorded = '{"id":"a","createdAt":1795540900000}'
        self.assertEqual(comparer.body(recorded, b'{"id":"a","createdAt":1795540918000}'), [])
        self.assertNotEqual(comparer.body(recorded, b'{"id":"a","createdAt":1795540918001}'), [])

    def test_a_message_differs_in_a_loader_hash_only(self):
        message = '{{"message":"loader x @{} and y"}}'
        self.assertEqual(self.compare(message.format("6d06d69c"), message.format("1b2c3d4e")), [])
        self.assertNotEqual(self.compare('{"message":"Type error"}', '{"message":"type error"}'), [])

    def test_header_lines_keep_case_order_and_repetition(self):
        comparer = Comparer(Ids())
        lines = [("Vary", "Origin"), ("Vary", "X"), ("Date", "Tue, 24 Nov 2026 19:12:00 GMT")]
        self.assertEqual(comparer.header_lines(lines, lines), [])
        self.assertNotEqual(comparer.header_lines(lines, [("Vary", "Origin, X"), lines[2]]), [])
        self.assertNotEqual(comparer.header_lines(lines, [("vary", "Origin"), *lines[1:]]), [])
        self.assertNotEqual(comparer.header_lines(lines, [lines[1], lines[0], lines[2]]), [])
        self.assertNotEqual(comparer.header_lines(lines, [*lines[:2], ("Date", "today")]), [])

    def test_a_cut_body_is_compared_at_both_ends_and_in_length(self):
        text = '{"id":"x","data":"' + "y" * 1000 + '"}'
        cut = records.Text(text[:100], len(text), text[-100:])
        comparer = Comparer(Ids())
        self.assertEqual(comparer.cut_body(cut, text.encode()), [])
        self.assertNotEqual(comparer.cut_body(cut, text[:-3].encode() + b'"}'), [])
        self.assertNotEqual(comparer.cut_body(cut, text.replace("id", "ID").encode()), [])
        self.assertNotEqual(comparer.cut_body(cut, text.replace('"}', '"]').encode()), [])


class KnownDifferencesTest(unittest.TestCase):
    ENTRY = {"transcript": "01-sessions-valid", "name": "a", "difference": "^status", "reason": "because"}

    def record(self, name):
        return records.Record("01-sessions-valid", 1, {"name": name})

    def test_an_entry_explains_its_difference_and_no_other(self):
        known = KnownDifferences([self.ENTRY])
        self.assertTrue(known.explains(self.record("a"), ["status: expected 1, came 2"]))
        self.assertFalse(known.explains(self.record("a"), ["status: expected 1, came 2", "header x"]))
        self.assertFalse(known.explains(self.record("b"), ["status: expected 1, came 2"]))
        self.assertEqual(known.complaints(100, True), [])

    def test_an_entry_without_a_difference_is_stale(self):
        known = KnownDifferences([self.ENTRY])
        known.equal(self.record("a"))
        self.assertIn("STALE", known.complaints(1000, False)[0])
        self.assertIn("STALE", KnownDifferences([self.ENTRY]).complaints(1000, True)[0])
        self.assertEqual(KnownDifferences([self.ENTRY]).complaints(1000, False), [])

    def test_more_than_one_in_a_hundred_is_too_many(self):
        known = KnownDifferences([self.ENTRY])
        known.explains(self.record("a"), ["status"])
        self.assertIn("TOO MANY", known.complaints(99, True)[0])
        self.assertEqual(known.complaints(100, True), [])


class WorldTest(unittest.TestCase):
    """Missing predecessors are made up for, from the evidence of what follows."""

    class FakeApi:
        def __init__(self):
            self.calls = []

        def call(self, method, path, body=None):
            self.calls.append((method, path, body))
            number = len(self.calls)
            if path.endswith("/connection"):
                return json.dumps({"id": f"con_AAAAAAAAA{number}", "object": "connection", "status": "pending",
                                   "token": "t", "publishers": None})
            return json.dumps({"id": (body or {}).get("customSessionId") or f"ses_AAAAAAAAA{number}"})

        def control(self, path, body):
            self.calls.append(("CONTROL", path, body))

    def prepared(self, name, line):
        """The requests made before the record in `line` of a transcript of which only that record is left."""
        record = next(r for r in transcript(name).records if r.line == line)
        api = self.FakeApi()
        World(records.Transcript(name, [record]), Ids(), api).prepare(record, 0)
        return api.calls

    def line_of(self, name, wanted):
        return next(r.line for r in transcript(name).records if r.name == wanted)

    def test_a_session_that_answers_was_created(self):
        calls = self.prepared("06-lifecycle-pending", self.line_of("06-lifecycle-pending", "connection A"))
        self.assertEqual(calls, [("POST", "/openvidu/api/sessions", {})])

    def test_a_conflict_needs_the_first_one(self):
        calls = self.prepared("03-sessions-custom-ids",
                              self.line_of("03-sessions-custom-ids", '  repeat: customSessionId "-"'))
        self.assertEqual(calls, [("POST", "/openvidu/api/sessions", {"customSessionId": "-"})])

    def test_a_session_not_found_needs_nothing(self):
        self.assertEqual(self.prepared("06-lifecycle-pending",
                                       self.line_of("06-lifecycle-pending", "delete session again")), [])

    def test_a_signal_that_was_taken_needs_a_participant(self):
        calls = self.prepared("18-extra", self.line_of("18-extra", "signal no to"))
        self.assertEqual([call[0] for call in calls], ["POST", "POST", "CONTROL"])


class EmulatorEqualsTheRecordedServer(unittest.TestCase):
    """Runs the emulator; takes about a minute."""

    def replay(self, directory):
        arguments = replay.parse_arguments(["--emulator", emulator_path(), "--transcripts", str(directory)])
        out = io.StringIO()
        status = replay.replay_all(arguments, out)
        print(out.getvalue(), flush=True)
        self.assertEqual(status, 0, out.getvalue()[-4000:])

    def test_all_transcripts(self):
        self.replay(HERE / "transcripts")

    def test_a_quarter_of_the_records_alone(self):
        """As with records that were kept apart: most predecessors are missing."""
        chosen = random.Random(20261124)
        with tempfile.TemporaryDirectory() as directory:
            for whole in (HERE / "transcripts").glob("*.jsonl"):
                # Not splitlines(): what it takes for line ends occurs in recorded texts.
                lines = [line for line in whole.read_text(encoding="utf-8").split("\n")
                         if line and chosen.random() < 0.25]
                (pathlib.Path(directory) / whole.name).write_text("\n".join(lines), encoding="utf-8")
            self.replay(directory)


if __name__ == "__main__":
    unittest.main()
