"""Replicas that are stopped and started again while calls go on."""

import collections
import itertools
import signal
import threading
import time
import unittest

import processes
import web

CALLS = 1000
CALLERS = 32
SESSION = "drain"


# Time for a balancer to notice that a replica is about to stop.
DRAIN_DELAY = "--drain_delay=2s"
PROBE_PAUSE_S = 0.1


class Balancer:
    """Sends each call to the next of its addresses that is ready, as load balancers do: one that refuses a connection,
    or ends one with its answer, gets no call until it says that it is ready."""

    def __init__(self, addresses):
        self._next = itertools.cycle(addresses)
        self._count = len(addresses)
        self._lock = threading.Lock()
        self._leaving = {}  # address: when to probe it again

    def _is_ready(self, address):
        with self._lock:
            probe_at = self._leaving.get(address)
            if probe_at is None:
                return True
            if time.monotonic() < probe_at:
                return False
            self._leaving[address] = time.monotonic() + PROBE_PAUSE_S
        try:
            ready = web.send(address, "GET", "/readyz").status == 200
        except OSError:
            ready = False
        if ready:
            with self._lock:
                self._leaving.pop(address, None)
        return ready

    def _leaves(self, address):
        with self._lock:
            self._leaving.setdefault(address, time.monotonic() + PROBE_PAUSE_S)

    def _pick(self):
        for _ in range(self._count):
            with self._lock:
                address = next(self._next)
            if self._is_ready(address):
                return address
        return None

    def post_json(self, target, value):
        deadline = time.monotonic() + web.TIMEOUT_S
        while True:
            address = self._pick()
            try:
                if address is None:
                    raise ConnectionRefusedError("no replica is ready")
                answer = web.post_json(address, target, value)
                if answer.headers.get("Connection") == "close":
                    self._leaves(address)
                return answer
            except ConnectionRefusedError:
                if time.monotonic() > deadline:
                    raise
                if address is None:
                    time.sleep(PROBE_PAUSE_S)
                else:
                    self._leaves(address)


class Calls:
    """Callers who ask for connections without a pause until they have made CALLS and are told to end."""

    def __init__(self, balancer):
        self._balancer = balancer
        self._changed, self._answers, self._ended = threading.Condition(), [], False
        self._threads = [threading.Thread(target=self._run) for _ in range(CALLERS)]
        for thread in self._threads:
            thread.start()

    def _run(self):
        while True:
            with self._changed:
                if self._ended and len(self._answers) >= CALLS:
                    return
            try:
                answer = self._balancer.post_json(f"/api/sessions/{SESSION}/connections", {})
                outcome = (answer.status, answer.text)
            except OSError as error:
                outcome = (type(error).__name__, str(error))
            except Exception as error:  # pylint: disable=broad-except  (such as http.client's: it is lost too)
                outcome = (type(error).__name__, str(error))
            with self._changed:
                self._answers.append(outcome)
                self._changed.notify_all()

    def await_more(self, calls):
        with self._changed:
            enough = len(self._answers) + calls
            if not self._changed.wait_for(lambda: len(self._answers) >= enough, web.TIMEOUT_S):
                raise AssertionError(f"no calls come to an end: {self._answers[-10:]}")

    def end(self):
        """All that came of the calls, as (status, text)."""
        with self._changed:
            self._ended = True
        for thread in self._threads:
            thread.join()
        return self._answers


class DrainTest(unittest.TestCase):
    def setUp(self):
        self.stack = processes.Stack()
        self.addCleanup(self.stack.close)
        self.emulator = self.stack.start(processes.Emulator)

    def assert_none_lost(self, answers):
        lost = collections.Counter((status, text) for status, text in answers if status != 200)
        self.assertEqual(lost, {}, f"of {len(answers)} calls")
        self.assertGreaterEqual(len(answers), CALLS)
        self.assertEqual(len({token for _, token in answers}), len(answers))

    def begin_calls(self, *addresses):
        self.assertEqual(web.post_json(addresses[0], "/api/sessions", {"customSessionId": SESSION}).status, 200)
        return Calls(Balancer(addresses))

    def test_a_standalone_of_two_is_stopped_and_started_again(self):
        first = self.stack.start(processes.Standalone, self.emulator.url, DRAIN_DELAY)
        second = self.stack.start(processes.Standalone, self.emulator.url, DRAIN_DELAY)
        calls = self.begin_calls(first.address, second.address)
        calls.await_more(CALLS // 4)
        first.stop()
        calls.await_more(CALLS // 4)
        self.stack.start(processes.Standalone, self.emulator.url, f"--http_address={first.address}")
        calls.await_more(CALLS // 4)
        self.assert_none_lost(calls.end())

    def test_a_server_and_a_gateway_of_two_are_stopped_and_started_again(self):
        servers = [self.stack.start(processes.Server, self.emulator.url, DRAIN_DELAY) for _ in range(2)]
        target = "ipv4:" + ",".join(server.address for server in servers)
        gateways = [self.stack.start(processes.Gateway, target, DRAIN_DELAY) for _ in range(2)]
        calls = self.begin_calls(*(gateway.address for gateway in gateways))
        calls.await_more(CALLS // 5)
        servers[0].stop()
        calls.await_more(CALLS // 5)
        self.stack.start(processes.Server, self.emulator.url, DRAIN_DELAY, listen_address=servers[0].address)
        gateways[0].stop()
        calls.await_more(CALLS // 5)
        self.stack.start(processes.Gateway, target, f"--listen_address={gateways[0].address}")
        calls.await_more(CALLS // 5)
        self.assert_none_lost(calls.end())

    def await_not_ready(self, address):
        deadline = time.monotonic() + web.TIMEOUT_S
        while web.send(address, "GET", "/readyz").status != 503:
            self.assertLess(time.monotonic(), deadline, "it stays ready")

    def test_it_is_not_ready_but_serves_for_the_delay_and_a_second_signal_ends_it(self):
        server = self.stack.start(processes.Server, self.emulator.url)
        for start in (lambda: processes.Standalone(self.emulator.url, "--drain_delay=1h"),
                      lambda: processes.Gateway(server.address, "--drain_delay=1h")):
            process = start()
            with self.subTest(program=process.program):
                process.terminate()
                self.await_not_ready(process.address)
                answer = web.post_json(process.address, "/api/sessions", {"customSessionId": "late"})
                self.assertEqual((answer.status, answer.text), (200, "late"))
                self.assertEqual(answer.headers["Connection"], "close")
                self.assertEqual(web.send(process.address, "GET", "/healthz").status, 200)
                process.terminate()
                self.assertEqual(process.wait(), 128 + signal.SIGTERM)

    def test_a_gateway_of_a_server_that_drains_is_not_ready(self):
        server = processes.Server(self.emulator.url, "--drain_delay=1h")
        gateway = self.stack.start(processes.Gateway, server.address)
        self.assertEqual(web.send(gateway.address, "GET", "/readyz").status, 200)
        server.terminate()
        self.await_not_ready(gateway.address)
        self.assertTrue(server.running)
        server.terminate()
        self.assertEqual(server.wait(), 128 + signal.SIGTERM)

    def test_the_end_of_the_grace_is_answered(self):
        self.emulator.control("POST", "faults", {"fault": "stall_before_head", "times": 0, "duration_ms": 3600000})
        server = processes.Server(self.emulator.url, "--shutdown_grace=0s", "--request_timeout=1h")
        behind = self.stack.start(processes.Gateway, server.address, "--request_timeout=1h")
        for process, address in (
                (processes.Standalone(self.emulator.url, "--shutdown_grace=0s", "--request_timeout=1h"), None),
                (processes.Gateway(server.address, "--shutdown_grace=0s", "--request_timeout=1h"), None),
                (server, behind.address)):
            with self.subTest(program=process.program):
                answers, before = [], self.emulator.control("GET", "state")["sessions"]
                caller = threading.Thread(target=lambda at=address or process.address, to=answers: to.append(
                    web.post_json(at, "/api/sessions", {})))
                caller.start()
                deadline = time.monotonic() + web.TIMEOUT_S
                while self.emulator.control("GET", "state")["sessions"] == before:
                    self.assertLess(time.monotonic(), deadline)
                process.terminate()
                self.assertEqual(process.wait(), 0)
                caller.join()
                (answer,) = answers
                self.assertEqual(answer.status, 503, answer.text)
                self.assertEqual(answer.json()["reason"], "UPSTREAM_ANSWER_LOST")
                self.assertIn("may have been carried out", answer.json()["detail"])


if __name__ == "__main__":
    unittest.main()
