"""Who may ask for what: callers × requests, by both doors and in both forms, with the real programs."""

import base64
import hashlib
import hmac
import json
import pathlib
import tempfile
import time
import unittest

import processes
import web

ISSUER, AUDIENCE = "https://id.example", "tokens"
HMAC_KEY = b"an-hmac-key-of-more-than-32-bytes!"

POLICY = {"groups": [
    {"name": "staff", "match": {"claim": {"groups": "staff"}},
     "roles": ["SUBSCRIBER", "PUBLISHER", "MODERATOR"], "otherProperties": "known",
     "ipcam": {"schemes": ["rtsp"], "hosts": ["192.0.2.7"]}},
    {"name": "members", "match": {"authenticated": True}, "sessions": ["${sub}-room"],
     "data": {"merge": {"userId": "${sub}"}}},
    {"name": "guests", "match": {"anonymous": True}, "sessions": ["lobby"], "createSessions": False,
     "roles": ["SUBSCRIBER"]},
]}


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(subject, groups=(), key=HMAC_KEY, header=None, **claims):
    payload = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "groups": list(groups),
               "exp": int(time.time()) + 600, **claims}
    text = f"{encode(json.dumps(header or {'alg': 'HS256'}).encode())}.{encode(json.dumps(payload).encode())}"
    return f"{text}.{encode(hmac.new(key, text.encode(), hashlib.sha256).digest())}"


STAFF, ADA, NOBODY = token("root", ["staff"]), token("ada"), None
CONNECT = "/api/sessions/{}/connections"

# Name, token, path, body, status, field and rule that decides. None: whatever.
REQUESTS = [
    ("staff create a session", STAFF, "/api/sessions", {"customSessionId": "ada-room"}, 200, None, "staff"),
    ("staff moderate", STAFF, CONNECT.format("ada-room"), {"role": "MODERATOR"}, 200, None, "staff"),
    ("staff open a camera that is listed", STAFF, CONNECT.format("ada-room"),
     {"type": "IPCAM", "rtspUri": "rtsp://192.0.2.7/x"}, None, None, "staff"),
    ("staff open another camera", STAFF, CONNECT.format("ada-room"),
     {"type": "IPCAM", "rtspUri": "rtsp://169.254.169.254/x"}, 403, "rtspUri", "staff"),
    ("staff open a file", STAFF, CONNECT.format("ada-room"),
     {"type": "IPCAM", "rtspUri": "file:///etc/passwd"}, 403, "rtspUri", "staff"),
    ("ada publishes in her room", ADA, CONNECT.format("ada-room"), {"role": "PUBLISHER"}, 200, None, "members"),
    ("ada joins her room", ADA, "/api/sessions/ada-room/join", {}, 200, None, "members"),
    ("ada moderates", ADA, CONNECT.format("ada-room"), {"role": "MODERATOR"}, 403, "role", "members"),
    ("ada enters another room", ADA, CONNECT.format("bob-room"), {}, 403, "customSessionId", "members"),
    ("ada joins another room", ADA, "/api/sessions/bob-room/join", {}, 403, None, "members"),
    ("ada moderates by another case", ADA, CONNECT.format("ada-room"), {"Role": "MODERATOR"}, 403, "Role", "members"),
    ("ada moderates by a second key", ADA, CONNECT.format("ada-room"),
     '{"role":"PUBLISHER","role":"MODERATOR"}', 403, "role", "members"),
    ("ada moderates by an odd value", ADA, CONNECT.format("ada-room"), {"role": ["MODERATOR"]}, 403, "role", "members"),
    ("ada moderates by full width", ADA, CONNECT.format("ada-room"),
     {"\uff52\uff4f\uff4c\uff45": "MODERATOR"}, 403, None, "members"),
    ("ada takes another one's id", ADA, CONNECT.format("ada-room"),
     {"data": '{"openviduCustomConnectionId":"root"}'}, 403, "data", "members"),
    ("nobody enters the lobby that is not there", NOBODY, "/api/sessions/lobby/join", {}, 404, None, "guests"),
    ("nobody creates a session", NOBODY, "/api/sessions", {"customSessionId": "lobby"}, 403, None, "guests"),
    ("nobody publishes", NOBODY, CONNECT.format("lobby"), {"role": "PUBLISHER"}, 403, "role", "guests"),
]

# What ada sends as a form, and the field at fault.
FORMS = [
    ("role=MODERATOR", "role"),
    ("ro%6ce=MODERATOR", "role"),
    ("role=PUBLISHER&role=MODERATOR", "role"),
    ("role[]=MODERATOR", "role"),
    ("role[role]=MODERATOR", "role"),
    ("Role=MODERATOR", "Role"),
    ('{"role":"MODERATOR"}', "role"),
    ("type=IPCAM&rtspUri=file:///etc/passwd", "type"),
    ("kurentoOptions[allowedFilters][]=GStreamerFilter", "kurentoOptions"),
    ("data=%7B%22openviduCustomConnectionId%22%3A%22root%22%7D", "data"),
]

# Tokens that are none: nobody who tries one is taken for anonymous.
FORGED = {
    "another key": token("root", ["staff"], key=b"another-hmac-key-of-32-bytes-or-more"),
    "expired": token("root", ["staff"], exp=int(time.time()) - 3600),
    "another audience": token("root", ["staff"], aud="others"),
    "another issuer": token("root", ["staff"], iss="https://evil.example"),
    "no algorithm": token("root", ["staff"], header={"alg": "none"}),
    "no signature": token("root", ["staff"], header={"alg": "none"}).rsplit(".", 1)[0] + ".",
    "crit": token("root", ["staff"], header={"alg": "HS256", "crit": ["x"], "x": 1}),
    "no JWT": "secret",
}


class AccessTest(unittest.TestCase):
    def setUp(self):
        self.stack = processes.Stack()
        self.addCleanup(self.stack.close)
        self.folder = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        (self.folder / "key").write_bytes(HMAC_KEY)
        (self.folder / "policy.json").write_text(json.dumps(POLICY))
        self.flags = ["--auth=jwt,none", f"--jwt_hmac_key_file={self.folder}/key", f"--jwt_issuer={ISSUER}",
                      f"--jwt_audience={AUDIENCE}", f"--policy={self.folder}/policy.json",
                      f"--audit_log={self.folder}/audit"]
        self.emulator = self.stack.start(processes.Emulator)

    def start(self, form):
        """The addresses of the HTTP and of the gRPC door."""
        if form == "standalone":
            standalone = self.stack.start(processes.Standalone, self.emulator.url, *self.flags)
            return standalone.address, standalone.grpc_address
        server = self.stack.start(processes.Server, self.emulator.url, *self.flags)
        return self.stack.start(processes.Gateway, server.address).address, server.address

    def audited(self, count):
        """The last line of the audit log, once it has `count` lines."""
        deadline = time.monotonic() + web.TIMEOUT_S
        while True:
            lines = (self.folder / "audit").read_text().splitlines()
            if len(lines) >= count:
                self.assertEqual(len(lines), count)
                return json.loads(lines[-1])
            self.assertLess(time.monotonic(), deadline, lines)
            time.sleep(0.01)

    @staticmethod
    def post(address, bearer, path, body, content_type="application/json"):
        headers = {"Content-Type": content_type}
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        return web.send(address, "POST", path, headers, body if isinstance(body, str) else json.dumps(body))

    @staticmethod
    def call(address, bearer, path, body):
        """The same by gRPC: the exit code of token-cli and what it says."""
        *_, session, kind = path.split("/")
        properties = ["--properties", body if isinstance(body, str) else json.dumps(body)]
        command = {"connections": ["create-connection", session], "join": ["join", session]}.get(kind, ["init-session"])
        variables = {"TOKEN_AUTH_TOKEN": bearer} if bearer else {}
        return processes.run("token-cli", f"--server_address={address}", *command, *properties, **variables)

    def check(self, form):
        http, grpc = self.start(form)
        count = 0
        for name, bearer, path, body, status, field, rule in REQUESTS:
            with self.subTest(name, form=form, door="HTTP"):
                answer = self.post(http, bearer, path, body)
                count += 1
                line = self.audited(count)
                self.assertEqual(line["rule"], rule)
                self.assertEqual(line["requestId"], answer.headers["X-Request-Id"])
                if status is not None:
                    self.assertEqual(answer.status, status, answer.text)
                    self.assertEqual(line["allowed"], status != 403)
                if status == 403:
                    self.assertEqual(answer.json()["reason"], "POLICY_DENIED")
                if field:
                    self.assertEqual(answer.json()["field"], field)
            with self.subTest(name, form=form, door="gRPC"):
                called = self.call(grpc, bearer, path, body)
                count += 1
                line = self.audited(count)
                self.assertEqual(line["rule"], rule)
                if status is not None:
                    self.assertEqual(line["allowed"], status != 403)
                    self.assertEqual(called.returncode == 0, status == 200, called.stderr)
                if status == 403:
                    self.assertIn("POLICY_DENIED", called.stderr)
                if field:
                    self.assertIn(f"property {field}", called.stderr)
        for form_body, field in FORMS:
            with self.subTest(form_body, form=form):
                answer = self.post(http, ADA, CONNECT.format("ada-room"), form_body,
                                   "application/x-www-form-urlencoded")
                count += 1
                self.assertEqual((answer.status, answer.json()["reason"], answer.json()["field"]),
                                 (403, "POLICY_DENIED", field), answer.text)
                self.assertEqual(self.audited(count)["rule"], "members")
        for name, forged in FORGED.items():
            with self.subTest(name, form=form):
                answer = self.post(http, forged, CONNECT.format("ada-room"), {})
                self.assertEqual(answer.status, 401)
                self.assertIn('error="invalid_token"', answer.headers["WWW-Authenticate"])
                self.assertNotIn(forged, answer.text)
                called = self.call(grpc, forged, CONNECT.format("ada-room"), {})
                self.assertIn("UNAUTHENTICATED", called.stderr)
                count += 2
                self.assertEqual(self.audited(count)["allowed"], False)
        audit = (self.folder / "audit").read_text()
        self.assertEqual(processes.leaks(audit), [])
        self.assertNotIn(STAFF, audit)

    def test_standalone(self):
        self.check("standalone")

    def test_split(self):
        self.check("split")

    def test_the_server_says_who_a_participant_is(self):
        http, _ = self.start("standalone")
        self.assertEqual(self.post(http, ADA, "/api/sessions/ada-room/join",
                                   {"data": '{"userId":"root","name":"Ada"}'}).status, 200)
        answer = self.emulator.send("GET", "/openvidu/api/sessions/ada-room?pendingConnections=true")
        (connection,) = answer.json()["connections"]["content"]
        self.assertEqual(json.loads(connection["serverData"]), {"userId": "ada", "name": "Ada"})

    def test_a_new_policy_holds_without_a_restart(self):
        http, _ = self.start("standalone")
        refused = self.post(http, None, "/api/sessions", {})
        self.assertEqual(refused.status, 403)
        (self.folder / "policy.json").write_text(
            json.dumps({"groups": [{"name": "all", "match": {"everyone": True}}]}))
        deadline = time.monotonic() + web.TIMEOUT_S
        while self.post(http, None, "/api/sessions", {}).status != 200:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)

    def test_a_subject_has_a_limit_of_its_own(self):
        self.flags += ["--subject_rate_limit=0.001", "--subject_rate_limit_burst=2"]
        http, _ = self.start("split")
        statuses = [self.post(http, ADA, "/api/sessions/ada-room/join", {}) for _ in range(3)]
        self.assertEqual([answer.status for answer in statuses], [200, 200, 429])
        self.assertEqual(statuses[2].headers["RateLimit-Limit"], "2")
        self.assertEqual(statuses[2].headers["RateLimit-Remaining"], "0")
        self.assertGreater(int(statuses[2].headers["Retry-After"]), 100)
        self.assertEqual(self.post(http, STAFF, "/api/sessions/ada-room/join", {}).status, 200)


class DefaultTest(unittest.TestCase):
    """What holds where nothing is said."""

    def test_everybody_publishes_and_nobody_moderates(self):
        with processes.Stack() as stack:
            address = stack.start_standalone(None)
            self.assertEqual(web.post_json(address, "/api/sessions", {"customSessionId": "room"}).status, 200)
            self.assertEqual(web.post_json(address, CONNECT.format("room"), {"role": "PUBLISHER"}).status, 200)
            for body, field in (({"role": "MODERATOR"}, "role"),
                                ({"type": "IPCAM", "rtspUri": "rtsp://cam.example/"}, "type")):
                refused = web.post_json(address, CONNECT.format("room"), body)
                self.assertEqual((refused.status, refused.json()["reason"]), (403, "POLICY_DENIED"))
                self.assertEqual(refused.json()["field"], field)


    def test_the_samples_policy_warns_at_start(self):
        with processes.Stack() as stack:
            standalone = stack.start(processes.Standalone, None, "--policy=sample")
            self.assertIn("POLICY: sample: everybody may moderate", standalone.output())
            self.assertEqual(web.post_json(standalone.address, "/api/sessions", {"customSessionId": "room"}).status, 200)
            self.assertEqual(
                web.post_json(standalone.address, CONNECT.format("room"), {"role": "MODERATOR"}).status, 200)


if __name__ == "__main__":
    unittest.main()
