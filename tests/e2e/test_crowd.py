"""A hundred callers who join one room at once: what it costs OpenVidu."""

import concurrent.futures
import unittest

import processes
import web

CALLERS = 100
# One creation, and a connection for each. A sample application asks twice for each caller.
MOST_REQUESTS = CALLERS + 1
# How long the creation takes, so that all callers have come before its end.
CREATION_MS = 5000


class CrowdTest(unittest.TestCase):
    def setUp(self):
        self.stack = processes.Stack()
        self.addCleanup(self.stack.close)
        self.emulator = self.stack.start(processes.Emulator)

    def crowd(self, join):
        """Lets all callers `join` at once; their tokens."""
        self.emulator.forget_requests()
        self.emulator.control("POST", "faults", {
            "match": {"method": "POST", "path": "/openvidu/api/sessions"}, "fault": "stall_before_head",
            "duration_ms": CREATION_MS})
        with concurrent.futures.ThreadPoolExecutor(CALLERS) as pool:
            tokens = list(pool.map(lambda _: join(), range(CALLERS)))
        self.assertEqual(len(set(tokens)), CALLERS)
        self.assertLessEqual(len(self.emulator.requests()), MOST_REQUESTS)
        self.assertEqual(self.emulator.control("GET", "state"), {"sessions": 1, "connections": CALLERS})

    def addresses(self):
        yield "split", self.stack.start_split(self.emulator.url)
        yield "standalone", self.stack.start_standalone(self.emulator.url)

    def test_by_join(self):
        for form, address in self.addresses():
            with self.subTest(form=form):
                self.emulator.control("POST", "restart")
                created = []

                def join(address=address, created=created):
                    joined = web.post_json(address, "/api/sessions/room/join", {}).json()
                    created.append(joined["created"])
                    return joined["token"]

                self.crowd(join)
                self.assertEqual(created.count(True), 1)

    def test_by_session_and_connection(self):
        for form, address in self.addresses():
            with self.subTest(form=form):
                self.emulator.control("POST", "restart")

                def join(address=address):
                    session = web.post_json(address, "/api/sessions", {"customSessionId": "room"})
                    self.assertEqual((session.status, session.text), (200, "room"))
                    return web.post_json(address, "/api/sessions/room/connections", {}).text

                self.crowd(join)


if __name__ == "__main__":
    unittest.main()
