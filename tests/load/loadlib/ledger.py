"""Keeps what callers were told, and balances it with what exists at OpenVidu.

Each call has a mark of its own, by which what it created is known: the name of a recording for a session without an id,
the data of a connection. A session with an id is known by that.
"""

import collections
import dataclasses

OK = "OK"
REFUSED = "connection refused"
# By these a caller knows that nothing happened; all others are reasons of the service's.
NOTHING_HAPPENED = {REFUSED, "UPSTREAM_UNREACHABLE", "UPSTREAM_CIRCUIT_OPEN", "UPSTREAM_BUSY", "RATE_LIMITED",
                    "OPENVIDU_SECRET_REFUSED", "SESSION_NOT_FOUND"}


@dataclasses.dataclass
class Call:
    """One mark and what came of it. It may have been sent more than once by its caller."""

    given: set = dataclasses.field(default_factory=set)  # tokens, or the ids of sessions
    unsure: int = 0  # answers that do not tell
    under_way: int = 0
    across_restart: bool = False  # of OpenVidu, which forgets


@dataclasses.dataclass
class Room:
    """A session with an id."""

    told: bool = False  # somebody was told that it is there
    created: int = 0  # how many were told that they created it


class Ledger:
    """Of one run."""

    def __init__(self):
        self.answers = collections.Counter()  # by kind and outcome
        self.balanced = collections.Counter()
        self.mistakes = []
        self.restarts = 0
        self._calls = collections.defaultdict(Call)
        self._rooms = collections.defaultdict(Room)

    def begin(self, mark):
        """Returns the epoch, for told_of()."""
        self._calls[mark].under_way += 1
        return self.restarts

    def end(self, mark, kind, outcome, given=None):
        """What the caller was told: what it was `given`, or how else it ended."""
        call = self._calls[mark]
        call.under_way -= 1
        self.answers[kind, outcome] += 1
        if given is not None:
            if given in call.given and kind != "repeated":
                self.mistakes.append(f"{mark} was given twice")
            call.given.add(given)
        elif outcome != OK and outcome not in NOTHING_HAPPENED:
            call.unsure += 1

    def told_of(self, room, epoch, created=False):
        if epoch != self.restarts:
            return  # it may have been before the restart
        self._rooms[room].told = True
        self._rooms[room].created += created

    @property
    def under_way(self):
        return sum(call.under_way for call in self._calls.values())

    def restarted(self):
        """OpenVidu has forgotten all; of what was asked since the last balance nobody knows when it was made."""
        self.restarts += 1
        for call in self._calls.values():
            call.across_restart = True
        self._rooms.clear()

    def balance(self, sessions):
        """Compares with OpenVidu's own list, when nothing is under way. Then all begins anew."""
        made = collections.defaultdict(list)
        for session in sessions:
            if session["customSessionId"]:
                self._rooms[session["customSessionId"]]  # one of us asked for it, whatever came of it
            else:
                made[session["defaultRecordingProperties"]["name"]].append(session["id"])
            for connection in session["connections"]["content"]:
                made[connection["serverData"]].append(connection["token"])
        ids = {session["id"] for session in sessions}
        for room, state in self._rooms.items():
            self._check(not state.told or room in ids, f"session {room} is lost")
            self._check(state.created <= 1, f"session {room}: {state.created} callers created it")
        for mark, call in self._calls.items():
            self._check_call(mark, call, made.pop(mark, []))
        for mark in made:
            self.mistakes.append(f"{mark} exists, and nobody asked for it")
        self._calls.clear()
        self._rooms.clear()

    def _check_call(self, mark, call, made):
        self.balanced["made"] += len(made)
        self.balanced["given"] += len(call.given)
        self.balanced["given across a restart"] += len(call.given) if call.across_restart else 0
        self.balanced["made, and the caller was told that it may be"] += len(set(made) - call.given)
        if not call.across_restart:
            self._check(call.given <= set(made), f"{mark} is lost")
        self._check(len(made) == len(set(made)), f"{mark} is there twice")
        self._check(len(set(made) - call.given) <= call.unsure, f"{mark} is doubled: {len(made)} of it were made, "
                    f"{len(call.given)} given, and {call.unsure} answers said that there may be one more")

    def _check(self, right, mistake):
        if not right:
            self.mistakes.append(mistake)
