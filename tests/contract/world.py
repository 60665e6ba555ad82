"""What must exist on the server before a recorded request makes sense, and how to bring it about.

Records may be missing from a transcript, and what joined by WebSocket never was in it. So each recorded answer
is read as evidence: `200` to GET sessions/X says that X exists, `404` that it does not. Where the evidence and
what the replay itself has done so far disagree, an exchange is missing, and the world makes up for it with
requests of its own. It never looks at the server to find out: a server that forgets or invents something is
still caught.
"""

import contextlib
import json
import re

from evidence import ACTIVE, PENDING, created, facts_of, recorded_id, route
from ids import looks_generated
from server import NoControl, Unmet
from shown import Bodies


class Connection:
    """A connection by its recorded id; `text` is the JSON that the server under test answered for it.

    Without ids it is one that an answer has left behind without naming it.
    """

    def __init__(self, recorded, real, state, token=None, streams=(), text=None):
        self.recorded, self.real, self.state = recorded, real, state
        self.token, self.streams, self.text = token, list(streams), text


class Session:
    def __init__(self, recorded, real, text=None):
        self.recorded, self.real, self.text = recorded, real, text
        self.connections = []  # ids may repeat: clients choose them by `openviduCustomConnectionId`

    def find(self, connection_id):
        return next((c for c in self.connections if c.recorded == connection_id), None)

    def active(self):
        return [c for c in self.connections if c.state == ACTIVE]


class World:
    """The sessions that the replayed exchanges have left behind, by recorded id."""

    def __init__(self, transcript, ids, api, collects=False):
        self.sessions = {}
        # Whether something was made that the recorded server did not have as such: lengths then say nothing.
        self.guessed = False
        self._transcript, self._ids, self._api = transcript, ids, api
        self._collects = collects  # sessions go by themselves: one that is gone needs no DELETE
        self._fillers = 0
        self._bodies = Bodies(transcript)

    def _ensure_early_active(self, session, position):
        """Someone joined before the session was old enough to be collected, though it is shown later only."""
        active = self._bodies.active(session, position)
        made = (recorded_id(record) for record in self._transcript.records[position:]
                if record.kind == "http" and record.method == "POST" and record.status == 200)
        # One whose making is still to be replayed joins after that.
        if active is not None and (self.sessions[session].find(active) or active not in made):
            with contextlib.suppress(NoControl, Unmet):  # missed, and reported, when it is shown
                self._ensure_active(session, active, position)

    # --- before a request ------------------------------------------------------------------------

    def prepare_start(self):
        """For a transcript with a clock: what exists without having been created gets its age now."""
        seen = set()
        for position, record in enumerate(self._transcript.records):
            if record.kind != "http":
                continue
            for fact in facts_of(record, self._bodies.mentions):
                if fact[0] == "session" and fact[1] not in seen:
                    seen.add(fact[1])
                    if fact[2]:
                        # What cannot be made now is missed, and reported, when its record comes.
                        with contextlib.suppress(NoControl, Unmet):
                            self._ensure_session(fact[1], position)
                            self._ensure_early_active(fact[1], position)
            if created(record):
                seen.add(created(record))

    def prepare(self, record, position):
        """Makes the world such that the recorded answer is the right one."""
        for fact in facts_of(record, self._bodies.mentions):
            kind = fact[0]
            if kind == "session":
                _, session, exists = fact
                if exists:
                    self._ensure_session(session, position)
                else:
                    self._remove_session(session)
            elif kind == "connection":
                _, session, connection, exists = fact
                if exists:
                    self._ensure_session(session, position)
                    self._ensure_connection(session, connection, position)
                    if record.method == "DELETE":
                        self._ensure_survival(session, connection, position)
                else:
                    self._remove_connection(session, connection)
            elif kind == "stream":
                streams = self.sessions[fact[1]].find(fact[2]).streams
                if not self._ids.knows(fact[3]) and streams:
                    self._ids.bind(fact[3], streams[0])
            elif kind == "active":
                self._ensure_active(fact[1], fact[2], position)
            elif kind == "anyone active":
                self._ensure_anyone_active(fact[1], position)
            elif kind == "nobody active":
                for connection in self._session_actives(fact[1]):
                    self._remove_connection(fact[1], connection.recorded)
            elif kind == "sessions":
                self._ensure_sessions(fact[1], fact[2], position)
            elif kind == "connections":
                self._ensure_connections(fact[1], fact[2], fact[3], fact[4], position)

    # --- after it --------------------------------------------------------------------------------

    def learn(self, record, answer, position):
        """Takes note of what the exchange has done, as recorded; real ids come from `answer`."""
        parts, _ = route(record.target)
        if parts is None or answer.status != record.status:
            return
        if parts == ["tokens"] and record.status == 403:
            # The server fails at the answer to `type: IPCAM`, when the connection has been made already.
            wanted = record.request_json()
            if isinstance(wanted, dict) and wanted.get("type") == "IPCAM" and wanted.get("session") in self.sessions:
                self.sessions[wanted["session"]].connections.append(Connection(None, None, PENDING))
            return
        real = _json(answer.body)
        if record.method == "POST" and record.status == 200 and isinstance(real, dict):
            if parts == ["sessions"]:
                recorded = created(record)
                if recorded is not None:
                    self._ids.bind(recorded, real.get("id"))
                    self.sessions[recorded] = Session(recorded, real.get("id"), answer.body.decode())
                    if self._collects:
                        self._ensure_early_active(recorded, position)
            elif len(parts) == 3 and parts[0] == "sessions" and parts[2] == "connection":
                self._learn_connection(parts[1], recorded_id(record), real, answer.body.decode())
                if self._collects and parts[1] in self.sessions:
                    self._ensure_early_active(parts[1], position)
            elif parts == ["tokens"]:
                body = record.response_json() or {}
                recorded = body.get("connectionId")
                if recorded and body.get("session") in self.sessions:
                    self._ids.bind(recorded, real.get("connectionId"))
                    self.sessions[body["session"]].connections.append(
                        Connection(recorded, real.get("connectionId"), PENDING, real.get("token")))
        elif record.method == "DELETE" and record.status == 204 and parts[0] == "sessions":
            if len(parts) == 2:
                self.sessions.pop(parts[1], None)
            elif len(parts) == 4 and parts[2] == "connection":
                self._forget_connection(parts[1], parts[3])

    def _learn_connection(self, session_id, recorded, real, text):
        session = self.sessions.get(session_id)
        if session is None or recorded is None:
            return
        self._ids.bind(recorded, real.get("id"))
        session.connections.append(Connection(
            recorded, real.get("id"), real.get("status"), real.get("token"),
            [publisher.get("streamId") for publisher in real.get("publishers") or []], text))

    def _forget_connection(self, session_id, connection_id):
        session = self.sessions.get(session_id)
        connection = session and session.find(connection_id)
        if connection is None:
            return
        session.connections.remove(connection)
        if connection.state == ACTIVE and not session.active():
            del self.sessions[session_id]  # the last participant takes the session along

    # --- making it so ----------------------------------------------------------------------------

    def _ensure_session(self, recorded, position):
        if recorded in self.sessions:
            return
        wanted = self._bodies.session_properties(recorded, position)
        if wanted is None:
            wanted = {} if looks_generated(recorded) else {"customSessionId": recorded}
        text = self._api.call("POST", "/openvidu/api/sessions", wanted)
        real = json.loads(text)["id"]
        self._ids.bind(recorded, real)
        self.sessions[recorded] = Session(recorded, real, text)

    def _remove_session(self, recorded):
        session = self.sessions.pop(recorded, None)
        if session is not None and not self._collects:
            self._api.call("DELETE", f"/openvidu/api/sessions/{session.real}")

    def _ensure_connection(self, session_id, recorded, position):
        session = self.sessions[session_id]
        if session.find(recorded) is None and self._bodies.without_role(recorded):
            if session.find(None) is None:
                self._api.call("POST", "/openvidu/api/tokens", {
                    "session": session.real, "type": "IPCAM", "rtspUri": "rtsp://127.0.0.1/x",
                    "data": self._bodies.connection_properties(recorded, position)["data"]}, wanted=4)
                session.connections.append(Connection(None, None, PENDING))
            session.find(None).recorded = recorded  # its real id is bound when it is compared
        if session.find(recorded) is None:
            wanted = self._bodies.connection_properties(recorded, position)
            if wanted is None:
                wanted = _connection_guess(recorded)
                self.guessed = True
            text = self._api.call("POST", f"/openvidu/api/sessions/{session.real}/connection", wanted)
            self._learn_connection(session_id, recorded, json.loads(text), text)
            for recorded_stream, real_stream in zip(self._bodies.streams(recorded),
                                                    session.find(recorded).streams):
                self._ids.bind(recorded_stream, real_stream)
        return session.find(recorded)

    def _remove_connection(self, session_id, recorded):
        session = self.sessions.get(session_id)
        connection = session and session.find(recorded)
        if connection is not None:
            real = connection.real or self._ids.real(recorded)
            self._api.call("DELETE", f"/openvidu/api/sessions/{session.real}/connection/{real}")
            self._forget_connection(session_id, recorded)

    def _ensure_survival(self, session_id, leaving, position):
        """If a session is still there after its last participant, there is another one that no record shows yet."""
        if [connection.recorded for connection in self._session_actives(session_id)] != [leaving]:
            return
        for later, record in enumerate(self._transcript.records[position + 1:], start=position + 1):
            if record.kind != "http":
                continue
            if created(record) == session_id:
                return
            facts = [fact for fact in facts_of(record, self._bodies.mentions) if fact[0] == "session" and fact[1] == session_id]
            if facts:
                if facts[0][2]:
                    other = self._bodies.active(session_id, position, other_than=leaving)
                    self._ensure_active(session_id, other or f"participant of {session_id}", later)
                return

    def _session_actives(self, session_id):
        session = self.sessions.get(session_id)
        return session.active() if session else []

    def _ensure_active(self, session_id, recorded, position):
        self._ensure_session(session_id, position)
        connection = self._ensure_connection(session_id, recorded, position)
        if connection.state == PENDING:
            self._api.control(f"/control/sessions/{self.sessions[session_id].real}/join",
                              {"token": connection.token, **self._bodies.participant(recorded, position)})
            connection.state = ACTIVE

    def _ensure_anyone_active(self, session_id, position):
        session = self.sessions[session_id]
        if session.active():
            return
        chosen = next((c.recorded for c in session.connections if c.state == PENDING), None)
        self._ensure_active(session_id, chosen or f"participant of {session_id}", position)

    def _ensure_sessions(self, recorded_ids, count, position):
        if recorded_ids is not None:
            for extra in [name for name in self.sessions if name not in recorded_ids]:
                self._remove_session(extra)
            for name in recorded_ids:
                self._ensure_session(name, position)
            return
        while len(self.sessions) > count:
            # Which ones are gone was cut from the record: rather one that nothing later asks for.
            names = sorted(self.sessions, key=lambda name: self._bodies.last_mention(name))
            self._remove_session(names[0])
            self.guessed = True
        while len(self.sessions) < count:
            self._fillers += 1
            self.guessed = True
            text = self._api.call("POST", "/openvidu/api/sessions", {})
            name = f"session {self._fillers} of another transcript"
            self.sessions[name] = Session(name, json.loads(text)["id"], text)

    def _ensure_connections(self, session_id, shown, count, pending, position):
        """`shown`: [(id, state)] or None when cut; `pending`: whether pending ones would be shown."""
        self._ensure_session(session_id, position)
        session = self.sessions[session_id]
        if shown is not None:
            names = [name for name, _ in shown]
            for name, state in shown:
                if state == ACTIVE and name.startswith("con_"):
                    self._ensure_active(session_id, name, position)
                else:
                    self._ensure_connection(session_id, name, position)
            for connection in list(session.connections):
                shown_if_there = connection.recorded is not None and (pending or connection.state == ACTIVE)
                if connection.recorded not in names and shown_if_there:
                    self._remove_connection(session_id, connection.recorded)
            return
        listed = session.connections if pending else session.active()
        while len(listed) < count:
            self._fillers += 1
            self.guessed = True
            self._ensure_connection(session_id, f"connection {self._fillers} of a missing record", position)
            listed = session.connections
        while len(listed) > count:
            self.guessed = True
            names = sorted((c.recorded for c in listed), key=lambda name: self._bodies.last_mention(name))
            self._remove_connection(session_id, names[0])
            listed = session.connections if pending else session.active()


def _connection_guess(recorded):
    """What may have been posted for an id that no record shows the body of."""
    ipcam = re.match(r"ipc_IPCAM_([a-z]+)_", recorded)
    if ipcam:
        return {"type": "IPCAM", "rtspUri": f"{ipcam.group(1)}://127.0.0.1/x"}
    if recorded.startswith("con_") and not looks_generated(recorded):
        return {"data": json.dumps({"openviduCustomConnectionId": recorded[len("con_"):]})}
    return {}


def _json(body):
    try:
        return json.loads(body)
    except ValueError:
        return None
