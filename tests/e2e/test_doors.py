"""Certificates at both doors: browser ═HTTPS═▶ gateway ═gRPC═▶ server, and token-cli ═gRPC═▶ server."""

import base64
import http.client
import json
import pathlib
import ssl
import tempfile
import time
import unittest

import certificates
import processes
import web


# Whom a caller is taken for decides which rooms are his, and what others see of him.
POLICY = {"groups": [
    {"name": "ada", "match": {"certificate": "email:ada@example.com"}, "sessions": ["ada-room"]},
    {"name": "bob", "match": {"certificate": "email:bob@example.com"}, "sessions": ["bob-room"]},
    {"name": "guests", "match": {"anonymous": True}, "sessions": ["lobby"]},
]}
ROOMS = {"ada": "ada-room", "bob": "bob-room", "guests": "lobby"}


class DoorsTest(unittest.TestCase):
    def setUp(self):
        self.stack = processes.Stack()
        self.addCleanup(self.stack.close)
        self.emulator = self.stack.start(processes.Emulator)
        folder = self.folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.authority = certificates.Authority(folder, "authority")
        self.server_pair = self.authority.issue("server", "DNS:localhost", "serverAuth")
        self.gateway_pair = self.authority.issue("gateway", "DNS:gateway.internal", "clientAuth")
        self.person_pair = self.authority.issue("person", "email:ada@example.com", "clientAuth")
        self.other_pair = self.authority.issue("other", "email:bob@example.com", "clientAuth")
        self.stranger_pair = certificates.Authority(folder, "stranger-authority").issue(
            "stranger", "DNS:gateway.internal", "clientAuth")

    def start_server(self, *flags):
        return self.stack.start(
            processes.Server, self.emulator.url, f"--grpc_tls_cert_file={self.server_pair[0]}",
            f"--grpc_tls_key_file={self.server_pair[1]}", f"--grpc_tls_client_ca_file={self.authority.cert_file}",
            "--trusted_gateways=dns:gateway.internal", *flags)

    def start_gateway(self, server, pair, *flags):
        shown = (f"--server_client_cert_file={pair[0]}", f"--server_client_key_file={pair[1]}") if pair else ()
        return self.stack.start(
            processes.Gateway, server.address.replace("127.0.0.1", "localhost"), "--server_tls",
            f"--server_ca_file={self.authority.cert_file}", *shown, *flags)

    def cli(self, server, pair, *flags, host="localhost", room="room-1", **variables):
        shown = (f"--cert_file={pair[0]}", f"--key_file={pair[1]}") if pair else ()
        return processes.run(
            "token-cli", f"--server_address={server.address.replace('127.0.0.1', host)}", "--tls",
            f"--ca_file={self.authority.cert_file}", *shown, *flags, "init-session", f"--custom_session_id={room}",
            **variables)

    def start_https_gateway(self, server, *flags):
        return self.start_gateway(
            server, self.gateway_pair, f"--tls_cert_file={self.server_pair[0]}",
            f"--tls_key_file={self.server_pair[1]}", "--tls=required",
            f"--tls_client_ca_file={self.authority.cert_file}", *flags)

    def post_by_https(self, gateway, pair=None, room=None, headers=None):
        """The answer to a browser that shows `pair`."""
        context = ssl.create_default_context(cafile=self.authority.cert_file)
        if pair:
            context.load_cert_chain(*pair)
        connection = http.client.HTTPSConnection(
            gateway.address.replace("127.0.0.1", "localhost"), context=context, timeout=web.TIMEOUT_S)
        try:
            connection.request("POST", "/api/sessions", json.dumps({"customSessionId": room} if room else {}),
                               {"Content-Type": "application/json", **(headers or {})})
            response = connection.getresponse()
            return web.Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def test_a_request_comes_through_both_doors(self):
        server = self.start_server("--grpc_tls_require_client_cert")
        gateway = self.start_https_gateway(server, "--hsts=24h")
        for pair in (self.person_pair, None):
            answer = self.post_by_https(gateway, pair)
            self.assertEqual(answer.status, 200, answer.text)
            self.assertRegex(answer.headers["X-Request-Id"], r"^[0-9a-f]{32}$")
            self.assertEqual(answer.headers["Strict-Transport-Security"], "max-age=86400")
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            self.post_by_https(gateway, self.stranger_pair)
        self.assertEqual(self.post_by_https(gateway, self.person_pair).status, 200)

    def start_with_policy(self):
        """A server that tells ada, bob and guests apart, a gateway of it, and what it writes down."""
        policy, audit = pathlib.Path(self.folder, "policy.json"), pathlib.Path(self.folder, "audit")
        policy.write_text(json.dumps(POLICY))
        server = self.start_server(
            "--auth=mtls,none", "--mtls_allowed_names=email:ada@example.com,email:bob@example.com",
            f"--policy={policy}", f"--audit_log={audit}")
        return server, self.start_https_gateway(server), audit

    def last_line(self, audit, count):
        """The last line of the audit log, once it has `count` lines."""
        deadline = time.monotonic() + web.TIMEOUT_S
        while len(lines := audit.read_text().splitlines()) < count:
            self.assertLess(time.monotonic(), deadline, lines)
            time.sleep(0.01)
        self.assertEqual(len(lines), count)
        return json.loads(lines[-1])

    def test_a_caller_is_the_same_by_both_doors(self):
        server, gateway, audit = self.start_with_policy()
        count = 0
        callers = {"ada": (self.person_pair, "email:ada@example.com"),
                   "bob": (self.other_pair, "email:bob@example.com"), "guests": (None, None)}
        for name, (pair, subject) in callers.items():
            for owner, room in ROOMS.items():
                with self.subTest(caller=name, room=room):
                    answer = self.post_by_https(gateway, pair, room)
                    count += 1
                    by_http = self.last_line(audit, count)
                    done = self.cli(server, pair, room=room)
                    count += 1
                    by_grpc = self.last_line(audit, count)
                    self.assertEqual(answer.status, 200 if owner == name else 403, answer.text)
                    self.assertEqual(done.returncode == 0, owner == name, done.stderr)
                    for line in (by_http, by_grpc):
                        self.assertEqual((line["rule"], line.get("subject"), line["allowed"]),
                                         (name, subject, owner == name))

    def test_nobody_becomes_another_by_what_he_writes(self):
        _, gateway, audit = self.start_with_policy()
        forged = base64.b64encode(b"email:bob@example.com").decode()
        headers = {"X-Forwarded-Client-Cert-Names-Bin": forged, "X-Forwarded-Client-Cert": "email:bob@example.com",
                   "Grpc-Metadata-X-Forwarded-Client-Cert-Names-Bin": forged}
        for count, (pair, rule) in enumerate(((self.person_pair, "ada"), (None, "guests")), 1):
            answer = self.post_by_https(gateway, pair, "bob-room", headers)
            self.assertEqual(answer.status, 403, answer.text)
            self.assertEqual(self.last_line(audit, count)["rule"], rule)

    def test_the_grpc_door_takes_who_is_vouched_for(self):
        server = self.start_server("--grpc_tls_require_client_cert")
        done = self.cli(server, self.person_pair)
        self.assertEqual((done.returncode, done.stdout), (0, "room-1\n"), done.stderr)
        for pair in (None, self.stranger_pair):
            self.assertEqual(self.cli(server, pair).returncode, 5)
            gateway = self.start_gateway(server, pair)
            self.assertEqual(web.post_json(gateway.address, "/api/sessions", {}).status, 503)

    def test_without_a_certificate_where_none_is_required(self):
        server = self.start_server()
        self.assertEqual(self.cli(server, None).returncode, 0)
        self.assertEqual(self.cli(server, self.stranger_pair).returncode, 5)

    def test_a_server_of_another_name_is_refused(self):
        server = self.start_server()
        self.assertEqual(self.cli(server, self.person_pair, host="127.0.0.1").returncode, 5)

    def test_a_bearer_token_is_not_sent_where_it_can_be_read(self):
        done = processes.run("token-cli", "--server_address=token-server.example:50051", "init-session",
                             TOKEN_AUTH_TOKEN="hush.hush.hush")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("plain text", done.stderr)
        self.assertNotIn("hush", done.stderr)
        server = self.start_server()
        self.assertEqual(self.cli(server, None, TOKEN_AUTH_TOKEN="hush.hush.hush").returncode, 0)
        server.stop()
        self.assertNotIn("hush", server.output())

    def test_mistakes_are_named_at_start(self):
        done = processes.run("token-server", "--trusted_gateways=gateway", "--grpc_tls_require_client_cert",
                             OPENVIDU_SECRET=processes.SECRET)
        self.assertEqual(done.returncode, 2)
        for mistake in ("trusted_gateways: 'gateway'", "grpc_tls_client_ca_file"):
            self.assertIn(mistake, done.stderr)
        done = processes.run("token-gateway", "--hsts=1h", "--server_client_cert_file=/nonexistent")
        self.assertEqual(done.returncode, 2)
        for mistake in ("hsts is for HTTPS", "TLS to the server is off"):
            self.assertIn(mistake, done.stderr)


if __name__ == "__main__":
    unittest.main()
