"""That the books of a soak tell what is wrong."""

import unittest

from loadlib import ledger


def session(session_id, *connections, recording=""):
    """As OpenVidu lists it; a connection is (mark, token)."""
    return {"id": session_id, "customSessionId": "" if recording else session_id,
            "defaultRecordingProperties": {"name": recording},
            "connections": {"content": [{"serverData": mark, "token": token} for mark, token in connections]}}


class LedgerTest(unittest.TestCase):
    def setUp(self):
        self.book = ledger.Ledger()

    def call(self, mark, outcome, given=None, kind="connection"):
        self.book.begin(mark)
        self.book.end(mark, kind, outcome, given)

    def mistakes(self, *sessions):
        self.book.balance(sessions)
        return self.book.mistakes

    def test_what_was_given_and_is_there_balances(self):
        self.call("a", ledger.OK, "tok_a")
        self.call("b", ledger.OK, "ses_b", kind="session")
        self.book.told_of("room", self.book.begin("c"), created=True)
        self.assertEqual(self.mistakes(session("room", ("a", "tok_a")), session("ses_b", recording="b")), [])
        self.assertEqual(self.book.balanced["made"], 2)

    def test_a_token_that_is_not_there_is_lost(self):
        self.call("a", ledger.OK, "tok_a")
        self.assertEqual(self.mistakes(session("room")), ["a is lost"])

    def test_another_token_than_was_given_is_a_loss_and_a_double(self):
        self.call("a", ledger.OK, "tok_a")
        self.assertEqual(len(self.mistakes(session("room", ("a", "tok_b")))), 2)

    def test_a_session_that_is_not_there_is_lost(self):
        self.book.told_of("room", self.book.begin("a"))
        self.assertEqual(self.mistakes(), ["session room is lost"])

    def test_a_session_has_one_creator(self):
        for _ in range(2):
            self.book.told_of("room", self.book.begin("a"), created=True)
        self.assertEqual(len(self.mistakes(session("room"))), 1)

    def test_what_is_there_twice_is_doubled(self):
        self.call("a", ledger.OK, "tok_a")
        self.assertEqual(len(self.mistakes(session("room", ("a", "tok_a"), ("a", "tok_b")))), 1)

    def test_what_may_have_happened_may_be_there_once(self):
        for there in ((), (("a", "tok_a"),), (("a", "tok_a"), ("a", "tok_b"))):
            with self.subTest(there=len(there)):
                self.book = ledger.Ledger()
                self.call("a", "UPSTREAM_ANSWER_LOST")
                self.assertEqual(len(self.mistakes(session("room", *there))), 1 if len(there) > 1 else 0)

    def test_what_did_not_happen_is_not_there(self):
        self.call("a", "UPSTREAM_BUSY")
        self.assertEqual(len(self.mistakes(session("room", ("a", "tok_a")))), 1)

    def test_what_nobody_asked_for_is_not_there(self):
        self.assertEqual(len(self.mistakes(session("room", ("a", "tok_a")))), 1)

    def test_two_callers_get_two_tokens(self):
        self.call("a", ledger.OK, "tok_a")
        self.call("a", ledger.OK, "tok_a")
        self.assertEqual(self.book.mistakes, ["a was given twice"])

    def test_requests_that_are_repeated_get_the_same_token(self):
        for _ in range(3):
            self.call("a", ledger.OK, "tok_a", kind="repeated")
        self.assertEqual(self.mistakes(session("room", ("a", "tok_a"))), [])

    def test_a_restart_forgets_but_doubles_nothing(self):
        self.call("a", ledger.OK, "tok_a")
        epoch = self.book.begin("b")
        self.book.restarted()
        self.book.told_of("room", epoch)
        self.assertEqual(self.mistakes(), [])
        self.call("c", ledger.OK, "tok_c")
        self.assertEqual(self.mistakes(), ["c is lost"])


if __name__ == "__main__":
    unittest.main()
