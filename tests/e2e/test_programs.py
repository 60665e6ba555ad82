"""The programs as a person meets them: the command line, curl, replicas, restarts, stops and mistakes at start."""

import json
import subprocess
import tempfile
import unittest

import processes
import web

PROGRAMS = ("token-server", "token-gateway", "token-standalone", "token-cli", "openvidu-emulator")


class ProgramsTest(unittest.TestCase):
    def setUp(self):
        self.stack = processes.Stack()
        self.addCleanup(self.stack.close)
        self.emulator = self.stack.start(processes.Emulator)

    def cli(self, server, *arguments):
        return processes.run("token-cli", f"--server_address={server.address}", *arguments)

    def test_the_command_line_end_to_end(self):
        server = self.stack.start(processes.Server, self.emulator.url)
        for _ in range(2):
            done = self.cli(server, "init-session", "--custom_session_id=room-1")
            self.assertEqual((done.returncode, done.stdout), (0, "room-1\n"))
        done = self.cli(server, "create-connection", "room-1", "--role=subscriber", "--data=Ada")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"^wss://localhost:4443\?sessionId=room-1&token=tok_\w{16}\n$")
        done = self.cli(server, "create-connection", "room-1", "--json", '--properties={"record":false}')
        self.assertEqual(json.loads(done.stdout)["record"], False)
        self.assertEqual(self.cli(server, "create-connection").returncode, 2)
        self.assertEqual(self.cli(server, "create-connection", "no-such-room").returncode, 3)
        self.assertEqual(self.cli(server, "create-connection", "a/b").returncode, 4)
        server.stop()
        self.assertEqual(self.cli(server, "init-session").returncode, 5)

    def test_curl_without_a_body_is_answered(self):
        address = self.stack.start_split(self.emulator.url)
        done = subprocess.run(["curl", "-sS", "-w", " %{http_code}", "-X", "POST", f"http://{address}/api/sessions"],
                              capture_output=True, text=True, check=True)
        self.assertRegex(done.stdout, r"^ses_\w{10} 200$")

    def test_curl_speaks_https_and_http_to_one_port(self):
        with tempfile.TemporaryDirectory() as folder:
            standalone = self.stack.start(processes.Standalone, None, "--tls=auto", f"--tls_folder={folder}/new")
            for url, trusted in ((f"http://{standalone.address}", ()),
                                 (f"https://{standalone.address}",
                                  ("--cacert", f"{folder}/new/self-signed.cert.pem"))):
                done = subprocess.run(["curl", "-sS", *trusted, "-X", "POST", f"{url}/api/sessions"],
                                      capture_output=True, text=True, check=True)
                self.assertRegex(done.stdout, r"^ses_\w{10}$")
            standalone.stop()
            self.assertIn("SELF-SIGNED", standalone.output())
            self.assertNotIn("PRIVATE KEY", standalone.output())

    def test_any_replica_serves_any_session_and_a_restart_forgets_nothing(self):
        first = self.stack.start_split(self.emulator.url)
        second = self.stack.start_split(self.emulator.url)
        self.assertEqual(web.post_json(first, "/api/sessions", {"customSessionId": "shared"}).text, "shared")
        self.assertEqual(web.post_json(second, "/api/sessions/shared/connections", {}).status, 200)
        third = self.stack.start_split(self.emulator.url)
        self.assertEqual(web.post_json(third, "/api/sessions", {"customSessionId": "shared"}).text, "shared")
        self.assertEqual(web.post_json(third, "/api/sessions/shared/connections", {}).status, 200)

    def test_readiness_follows_the_server(self):
        server = self.stack.start(processes.Server, self.emulator.url)
        gateway = self.stack.start(processes.Gateway, server.address)
        self.assertEqual(web.send(gateway.address, "GET", "/readyz").status, 200)
        server.stop()
        self.assertEqual(web.send(gateway.address, "GET", "/readyz").status, 503)
        self.assertEqual(web.send(gateway.address, "GET", "/healthz").status, 200)

    def test_every_mistake_is_named_at_start(self):
        done = processes.run("token-server", "--listen_address=nope", OPENVIDU_URL="foo")
        self.assertEqual(done.returncode, 2)
        for mistake in ("OPENVIDU_SECRET", "'nope'", "http://"):
            self.assertIn(mistake, done.stderr)
        done = processes.run("token-gateway", "--cors_allowed_origins=x", SERVER_PORT="abc")
        self.assertEqual(done.returncode, 2)
        for mistake in ("0.0.0.0:abc", "'x'"):
            self.assertIn(mistake, done.stderr)
        done = processes.run("token-gateway", "--cors_allowed_origins=x", "--tls_cert_file=/nonexistent")
        self.assertEqual(done.returncode, 2)
        for mistake in ("tls_key_file", "'x'"):
            self.assertIn(mistake, done.stderr)
        done = processes.run("token-gateway", "--tls=on")
        self.assertEqual((done.returncode, "off, auto or required" in done.stderr), (2, True), done.stderr)
        taken = self.stack.start(processes.Server, self.emulator.url).address
        done = processes.run("token-server", f"--listen_address={taken}", OPENVIDU_URL="http://127.0.0.1:1",
                             OPENVIDU_SECRET="MY_SECRET")
        self.assertEqual(done.returncode, 1)
        self.assertIn(taken, done.stderr)
        for program in PROGRAMS[:3]:
            done = processes.run(program, "stray", OPENVIDU_SECRET="MY_SECRET")
            self.assertEqual((done.returncode, "'stray'" in done.stderr), (2, True), program)

    def test_no_file_that_cannot_be_one_crashes(self):
        for path in ("/", "/dev/zero", "/nonexistent"):
            for program, flags, variables in (
                    ("token-server", (), {"OPENVIDU_SECRET_FILE": path}),
                    ("token-server", (f"--grpc_tls_cert_file={path}", f"--grpc_tls_key_file={path}"), {}),
                    ("token-server", (f"--openvidu_ca_file={path}",), {}),
                    ("token-gateway", (f"--tls_cert_file={path}", f"--tls_key_file={path}"), {}),
                    ("token-gateway", ("--server_tls", f"--server_ca_file={path}"), {}),
                    ("token-cli", ("--tls", f"--ca_file={path}", "init-session"), {})):
                with self.subTest(program=program, flags=flags, path=path):
                    done = processes.run(program, *flags, **{"OPENVIDU_SECRET": "", **variables})
                    self.assertEqual(done.returncode, 2, done.stderr)
                    self.assertIn(f"'{path}'", done.stderr)

    def test_the_secret_leaves_the_environment(self):
        server = self.stack.start(processes.Server, self.emulator.url)
        gateway = self.stack.start(processes.Gateway, server.address, OPENVIDU_SECRET=processes.SECRET)
        standalone = self.stack.start(processes.Standalone, None, OPENVIDU_SECRET=processes.SECRET)
        for process in (self.emulator, server, gateway, standalone):
            self.assertNotIn(processes.SECRET, process.environment(), process.program)

    def test_help_and_version(self):
        for program in PROGRAMS:
            with self.subTest(program=program):
                self.assertEqual(processes.run(program, "--help").returncode, 0)
                self.assertRegex(processes.run(program, "--version").stdout, rf"^{program} \d+\.\d+\.\d+\n$")

    def test_the_standalone_brings_its_own_emulator_only_when_asked(self):
        address = self.stack.start_standalone(None)
        self.assertEqual(web.post_json(address, "/api/sessions", {"customSessionId": "inside"}).text, "inside")
        self.assertEqual(processes.run("token-standalone", "--http_address=127.0.0.1:0").returncode, 2)


if __name__ == "__main__":
    unittest.main()
