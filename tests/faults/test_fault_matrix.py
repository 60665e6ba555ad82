"""Each fault of OpenVidu, met by each call: what the caller sees, how often OpenVidu was asked, and what exists then.

The service may ask again only where that creates nothing twice, so the numbers are exact.
"""

import concurrent.futures
import dataclasses
import itertools
import pathlib
import sys
import time
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import processes  # noqa: E402
import web  # noqa: E402

REQUEST_TIMEOUT_S = 2
# Far beyond the deadline: a busy machine is no failure, a call that hangs is.
HANGS_AFTER_S = 60

OK = (200, "")
LOST = (503, "UPSTREAM_ANSWER_LOST")
ERROR = (503, "UPSTREAM_ERROR")
LATE = (504, "UPSTREAM_ANSWER_LOST")
BAD = (500, "UPSTREAM_BAD_ANSWER")
UNREACHABLE = (503, "UPSTREAM_UNREACHABLE")
GONE = (503, "TOKEN_SERVER_UNAVAILABLE")
CIRCUIT_OPEN = (503, "UPSTREAM_CIRCUIT_OPEN")


@dataclasses.dataclass(frozen=True)
class Outcome:
    """Of one call."""

    answer: tuple  # HTTP status and reason
    requests: int  # that reached OpenVidu
    sessions: int = 0  # that exist afterwards and did not before
    connections: int = 0

    def __str__(self):
        return f"{self.answer} after {self.requests} requests, +{self.sessions} sessions, +{self.connections} connections"


# The calls: creation without and with a custom id, connection to a session that is there, join of a session that the
# service knows, and of one that is not there.
CALLS = ("create", "create_with_id", "connect", "join_known", "join_new")


def outcomes(create, create_with_id, connect, join_known, join_new):
    return dict(zip(CALLS, (create, create_with_id, connect, join_known, join_new)))


def not_handled(answer):
    """The first request meets the fault, and nothing came of it."""
    return outcomes(Outcome(answer, 1), Outcome(OK, 2, sessions=1), Outcome(answer, 1), Outcome(answer, 1),
                    Outcome(OK, 3, sessions=1, connections=1))


def always_not_handled(answer):
    return outcomes(Outcome(answer, 1), Outcome(answer, 4), Outcome(answer, 1), Outcome(answer, 1), Outcome(answer, 4))


def handled(answer):
    """The first request took effect, and its answer was lost on the way: a second creation of the same id finds it."""
    return outcomes(Outcome(answer, 1, sessions=1), Outcome(OK, 2, sessions=1), Outcome(answer, 1, connections=1),
                    Outcome(answer, 1, connections=1), Outcome(OK, 3, sessions=1, connections=1))


def handled_and_final(answer):
    """The same where nothing is asked again: it would help nobody, or the time is over."""
    return outcomes(Outcome(answer, 1, sessions=1), Outcome(answer, 1, sessions=1), Outcome(answer, 1, connections=1),
                    Outcome(answer, 1, connections=1), Outcome(answer, 1, sessions=1))


def refused(answer):
    """Not handled, and not asked again."""
    return outcomes(*[Outcome(answer, 1)] * len(CALLS))


def status(code, **more):
    return {"fault": "status", "status": code, **more}


LONG_MS = 1000 * 10 * REQUEST_TIMEOUT_S
UNEXPECTED = (500, "UPSTREAM_UNEXPECTED_STATUS")
CONFLICT = (409, "SESSION_EXISTS")

NO_FAULT = outcomes(Outcome(OK, 1, sessions=1), Outcome(OK, 1, sessions=1), Outcome(OK, 1, connections=1),
                    Outcome(OK, 1, connections=1), Outcome(OK, 2, sessions=1, connections=1))

# (name, fault, outcomes)
MATRIX = (
    ("reset before the answer", {"fault": "reset_before_answer"}, not_handled(LOST)),
    ("reset before each answer", {"fault": "reset_before_answer", "times": 0}, always_not_handled(LOST)),
    ("end before the answer", {"fault": "close_before_answer"}, not_handled(LOST)),
    ("end after it took effect", {"fault": "handle_then_close"}, handled(LOST)),
    ("reset in the answer", {"fault": "reset_mid_answer"}, handled(LOST)),
    ("end in the answer", {"fault": "close_mid_answer"}, handled(LOST)),
    ("stall before the head", {"fault": "stall_before_head", "duration_ms": LONG_MS}, handled_and_final(LATE)),
    ("stall in the body", {"fault": "stall_mid_body", "duration_ms": LONG_MS}, handled_and_final(LATE)),
    ("slow drip", {"fault": "drip", "interval_ms": 200}, handled_and_final(LATE)),
    ("500", status(500), not_handled(ERROR)),
    ("502 of a proxy", status(502, body="<html>"), not_handled(ERROR)),
    ("503 with Retry-After", status(503, headers={"Retry-After": "1"}), not_handled(ERROR)),
    ("503 always", status(503, times=0), always_not_handled(ERROR)),
    ("401", status(401), refused((500, "OPENVIDU_SECRET_REFUSED"))),
    ("403", status(403), refused((500, "OPENVIDU_MASKED_ERROR"))),
    ("404", status(404),
     outcomes(Outcome(UNEXPECTED, 1), Outcome(UNEXPECTED, 1), Outcome((404, "SESSION_NOT_FOUND"), 1),
              # Created anew, which finds it after all.
              Outcome(OK, 3, connections=1), Outcome(UNEXPECTED, 1))),
    ("404 of a proxy", status(404, body="<html>"), refused(UNEXPECTED)),
    ("409", status(409),
     outcomes(Outcome(CONFLICT, 1), Outcome(OK, 1), Outcome(CONFLICT, 1), Outcome(CONFLICT, 1),
              # It says that it is there, then that it is not, and then it is created.
              Outcome(OK, 4, sessions=1, connections=1))),
    ("garbage", {"fault": "garbage_body"}, handled_and_final(BAD)),
    ("truncated JSON", {"fault": "truncated_json"}, handled_and_final(BAD)),
    ("another content type", {"fault": "wrong_content_type"},
     outcomes(Outcome(OK, 1, sessions=1), Outcome(OK, 1, sessions=1), Outcome(OK, 1, connections=1),
              Outcome(OK, 1, connections=1), Outcome(OK, 2, sessions=1, connections=1))),
    ("huge answer", {"fault": "huge_answer", "bytes": 40 << 20}, refused(BAD)),
)

class FaultMatrixTest(unittest.TestCase):
    def setUp(self):
        self.stack = processes.Stack()
        self.addCleanup(self.stack.close)
        self.emulator = self.stack.start(processes.Emulator)
        self.ids = (f"room-{number}" for number in itertools.count())

    def start(self, url=None):
        # A fresh one each time, for failures make it try less often.
        return self.stack.start(processes.Standalone, url or self.emulator.url,
                                f"--request_timeout={REQUEST_TIMEOUT_S}s")

    def call(self, call, address, room):
        if call == "create":
            return web.post_json(address, "/api/sessions", {})
        if call == "create_with_id":
            return web.post_json(address, "/api/sessions", {"customSessionId": room})
        path = "connections" if call == "connect" else "join"
        return web.post_json(address, f"/api/sessions/{room}/{path}", {})

    def prepare(self, call, address, room):
        """Makes the room where the call needs one."""
        if call in ("connect", "join_known"):
            self.assertEqual(web.post_json(address, "/api/sessions", {"customSessionId": room}).status, 200)

    def outcome(self, call, address, room):
        """Makes the call, and sees what came of it."""
        before = self.emulator.control("GET", "state")
        self.emulator.forget_requests()
        began = time.monotonic()
        answer = self.call(call, address, room)
        self.assertLess(time.monotonic() - began, HANGS_AFTER_S)
        reason = "" if answer.status == 200 else answer.json().get("reason", "")
        after = self.emulator.control("GET", "state")
        return Outcome((answer.status, reason), len(self.emulator.requests()), after["sessions"] - before["sessions"],
                       after["connections"] - before["connections"])

    def expect(self, expected, address, before_each=lambda: None):
        for call in CALLS:
            with self.subTest(call=call):
                room = next(self.ids)
                self.prepare(call, address, room)
                before_each()
                self.assertEqual(str(self.outcome(call, address, room)), str(expected[call]))

    def test_faults_of_an_answer(self):
        for name, fault, expected in MATRIX:
            for call in CALLS:
                with self.subTest(fault=name, call=call):
                    service = self.start()
                    room = next(self.ids)
                    self.prepare(call, service.address, room)
                    self.emulator.control("POST", "faults", fault)
                    self.assertEqual(str(self.outcome(call, service.address, room)), str(expected[call]))
                    self.emulator.control("DELETE", "faults")
                    service.stop()

    def test_no_fault(self):
        self.expect(NO_FAULT, self.start().address)

    def test_connections_that_were_closed_while_idle(self):
        self.expect(NO_FAULT, self.start().address,
                    before_each=lambda: self.emulator.control("POST", "faults", {"fault": "close_idle"}))

    def test_connections_that_are_reset_after_the_answer(self):
        address = self.start().address
        for call in CALLS:
            with self.subTest(call=call):
                room = next(self.ids)
                self.prepare(call, address, room)
                self.emulator.control("POST", "faults", {"fault": "reset_after_answer"})
                allowed = [str(NO_FAULT[call])]
                if call == "join_new":
                    # The second request may go just before the reset is there: it gets no answer, and may have happened.
                    allowed.append(str(Outcome(LOST, 1, sessions=1)))
                self.assertIn(str(self.outcome(call, address, room)), allowed)

    def test_a_connection_is_closed_with_its_100th_answer(self):
        address = self.start().address
        self.emulator.forget_requests()
        for _ in range(250):
            self.assertEqual(web.post_json(address, "/api/sessions", {}).status, 200)
        self.assertEqual(len(self.emulator.requests()), 250)

    def test_nothing_is_there(self):
        for url in ("http://127.0.0.1:1", "http://no-such-host.invalid:4443"):
            with self.subTest(url=url):
                for call in CALLS:
                    with self.subTest(call=call):
                        service = self.start(url)
                        answer = self.call(call, service.address, "room")
                        self.assertEqual((answer.status, answer.json()["reason"]), UNREACHABLE)
                        # After some failures nothing is tried for a while.
                        answer = self.call(call, service.address, "room")
                        self.assertIn((answer.status, answer.json()["reason"]), (UNREACHABLE, CIRCUIT_OPEN))
                        service.stop()

    def test_openvidu_restarts(self):
        address = self.start().address
        room = next(self.ids)
        self.assertEqual(web.post_json(address, f"/api/sessions/{room}/join", {}).status, 200)
        self.emulator.control("POST", "restart")
        self.assertEqual(self.outcome("create_with_id", address, next(self.ids)).answer, OK)
        self.assertEqual(self.outcome("connect", address, room).answer, (404, "SESSION_NOT_FOUND"))
        joined = web.post_json(address, f"/api/sessions/{room}/join", {}).json()
        self.assertEqual((joined["sessionId"], joined["created"]), (room, True))

    def test_a_replica_is_killed_and_started_again(self):
        server = self.stack.start(processes.Server, self.emulator.url)
        gateway = self.stack.start(processes.Gateway, server.address)
        for call in CALLS:
            with self.subTest(call=call):
                room = next(self.ids)
                self.prepare(call, gateway.address, room)
                self.emulator.control("POST", "faults", {"fault": "stall_before_head", "duration_ms": LONG_MS})
                self.emulator.forget_requests()

                def kill_at_work(server=server):
                    deadline = time.monotonic() + HANGS_AFTER_S
                    while not self.emulator.requests():
                        self.assertLess(time.monotonic(), deadline)
                        time.sleep(0.01)
                    server.kill()

                with concurrent.futures.ThreadPoolExecutor(1) as pool:
                    killed = pool.submit(kill_at_work)
                    # It may have happened, so nothing is asked again.
                    self.assertEqual(str(self.outcome(call, gateway.address, room)), str(handled_and_final(GONE)[call]))
                    killed.result()
                self.assertEqual(str(self.outcome(call, gateway.address, next(self.ids))), str(Outcome(GONE, 0)))
                server = self.stack.start(processes.Server, self.emulator.url, listen_address=server.address)
                self.await_ready(gateway.address)
                room = next(self.ids)
                self.prepare(call, gateway.address, room)
                self.assertEqual(str(self.outcome(call, gateway.address, room)), str(NO_FAULT[call]))

    def await_ready(self, address):
        deadline = time.monotonic() + HANGS_AFTER_S
        while web.send(address, "GET", "/readyz").status != 200:
            self.assertLess(time.monotonic(), deadline)

    def test_the_secret_is_another(self):
        service = self.stack.start(processes.Standalone, self.emulator.url, OPENVIDU_SECRET="another")
        answer = web.post_json(service.address, "/api/sessions", {})
        self.assertEqual((answer.status, answer.json()["reason"]), (500, "OPENVIDU_SECRET_REFUSED"))


if __name__ == "__main__":
    unittest.main()
