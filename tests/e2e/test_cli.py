"""token-cli: forms of output, profiles, curl, health, bench and doctor, with the programs it speaks to."""

import contextlib
import email.utils
import http.server
import json
import pathlib
import signal
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

import certificates
import processes
import web
import yaml
from terminal import Terminal

CLI = str(processes.BIN_DIR / "token-cli")
TOKEN = r"wss://localhost:4443\?sessionId=room-1&token=tok_\w{16}"


class CliTest(unittest.TestCase):
    def setUp(self):
        self.stack = processes.Stack()
        self.addCleanup(self.stack.close)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def start(self):
        self.emulator = self.stack.start(processes.Emulator)
        self.server = self.stack.start(processes.Server, self.emulator.url)

    def variables(self, **variables):
        address = {"TOKEN_SERVER_ADDRESS": self.server.address} if hasattr(self, "server") else {}
        return {"XDG_CONFIG_HOME": str(self.folder), **address, **variables}

    def cli(self, *arguments, **variables):
        return processes.run("token-cli", *arguments, **self.variables(**variables))

    def on_a_terminal(self, *arguments, **variables):
        with Terminal([CLI, *arguments], processes.environment(**self.variables(**variables))) as terminal:
            return terminal.read_to_end()

    def write_profiles(self, text):
        path = self.folder / "openvidu-token" / "profiles.ini"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path


class OutputTest(CliTest):
    def test_each_form_says_the_same(self):
        self.start()
        self.assertEqual(self.cli("init-session", "--custom_session_id=room-1").stdout, "room-1\n")
        join = ("join", "room-1", "--role=subscriber", "--data=yes: Ä \x07")
        self.assertRegex(self.cli(*join).stdout, rf"^{TOKEN}\n$")
        as_json = json.loads(self.cli(*join, "--json").stdout)
        as_yaml = yaml.safe_load(self.cli(*join, "--output=yaml").stdout)
        for answer in (as_json, as_yaml):
            self.assertEqual((answer["sessionId"], answer["created"]), ("room-1", False))
            self.assertRegex(answer["connection"]["token"], rf"^{TOKEN}$")
            self.assertEqual(answer["connection"]["serverData"], "yes: Ä \x07")
        self.assertEqual(as_json.keys(), as_yaml.keys())
        self.assertEqual(as_json["connection"].keys(), as_yaml["connection"].keys())
        table = self.cli(*join, "--output=table").stdout
        self.assertRegex(table, rf"(?m)^connection\.token  +{TOKEN}$")
        self.assertRegex(table, r"(?m)^connection\.serverData  +yes: Ä \\x07$")

    def test_tables_and_colours_are_for_terminals(self):
        self.start()
        written, code = self.on_a_terminal("init-session", "--custom_session_id=room-1")
        self.assertEqual(code, 0)
        self.assertRegex(written, "\033\\[1msession.sessionId\033\\[0m +room-1\r\n")
        for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            written, code = self.on_a_terminal("init-session", "--custom_session_id=room-1", **variables)
            self.assertEqual((code, "\033" in written), (0, False), written)
            self.assertRegex(written, "session.sessionId +room-1\r\n")
        written, code = self.on_a_terminal("join", "a/b", "--output=json")
        self.assertEqual(code, 4)
        self.assertIn("\033[31m", written)
        self.assertNotIn("\033", self.cli("join", "a/b", "--output=table").stderr)

    def test_an_error_says_what_to_do(self):
        self.start()
        done = self.cli("create-connection", "no-such-room")
        self.assertEqual((done.returncode, done.stdout), (3, ""))
        self.assertIn("token-cli join", done.stderr)
        self.server.stop()
        done = self.cli("init-session")
        self.assertEqual(done.returncode, 5)
        self.assertIn("token-cli doctor", done.stderr)

    def test_a_profile_sets_what_nothing_else_does(self):
        self.start()
        path = self.write_profiles(f"[default]\nserver_address = {self.server.address}\noutput = yaml\n"
                                   "[nowhere]\nserver_address = 127.0.0.1:1\n")
        variables = {"TOKEN_SERVER_ADDRESS": ""}
        done = self.cli("init-session", "--custom_session_id=room-1", **variables)
        self.assertEqual(yaml.safe_load(done.stdout)["session"]["sessionId"], "room-1", done.stderr)
        done = self.cli("init-session", "--custom_session_id=room-1", "--output=text", **variables)
        self.assertEqual(done.stdout, "room-1\n")
        self.assertEqual(self.cli("health", "--profile=nowhere", **variables).returncode, 5)
        self.assertEqual(self.cli("health", TOKEN_PROFILE="nowhere", TOKEN_SERVER_ADDRESS="").returncode, 5)
        self.assertEqual(self.cli("health", "--profile=nowhere").returncode, 0)  # the environment's address
        path.write_text("[default]\nserver = x\n")
        done = self.cli("health", **variables)
        self.assertEqual(done.returncode, 2)
        self.assertIn(f"{path}:2: 'server'", done.stderr)


class CurlTest(CliTest):
    def test_what_is_printed_does_the_same(self):
        self.start()
        gateway = self.stack.start(processes.Gateway, self.server.address)
        variables = {"TOKEN_GATEWAY_URL": f"http://{gateway.address}"}

        def by_curl(*arguments, **more):
            printed = self.cli(*arguments, "--curl", **variables, **more)
            self.assertEqual(printed.returncode, 0, printed.stderr)
            self.assertEqual(self.emulator.requests(), [])
            done = subprocess.run(["sh", "-c", printed.stdout], capture_output=True, text=True, check=True)
            self.addCleanup(self.emulator.forget_requests)
            return printed.stdout, done.stdout
        self.emulator.forget_requests()
        self.assertEqual(by_curl("health")[1].strip(), "ok")
        data = "it's $HOME `id` \"x\" \\ ä\n"
        _, joined = by_curl("join", "room-1", f"--data={data}", "--role=subscriber",
                            '--session_properties={"mediaMode":"ROUTED"}', "--request_id=it's")
        self.assertRegex(json.loads(joined)["token"], rf"^{TOKEN}$")
        connections = self.emulator.send("GET", "/openvidu/api/sessions/room-1/connection").json()["content"]
        self.assertEqual([(one["serverData"], one["role"]) for one in connections], [(data, "SUBSCRIBER")])
        self.emulator.forget_requests()
        self.assertRegex(by_curl("create-connection", "room-1")[1], rf"^{TOKEN}$")
        self.emulator.forget_requests()
        self.assertEqual(by_curl("init-session", "--custom_session_id=room-1")[1], "room-1")

    def test_the_token_is_not_in_it(self):
        file = self.folder / "it's a token"
        file.write_text("hush.hush.hush\n")
        for arguments, variables, says in (((), {"TOKEN_AUTH_TOKEN": "hush.hush.hush"}, "$TOKEN_AUTH_TOKEN"),
                                           ((f"--token_file={file}",), {}, "$(cat ")):
            done = self.cli("join", "room-1", "--curl", *arguments, **variables)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(says, done.stdout)
            self.assertNotIn("hush", done.stdout + done.stderr)
            shown = subprocess.run(
                ["sh", "-c", "curl() { printf '<%s>' \"$@\"; }; " + done.stdout], capture_output=True, text=True,
                env=processes.environment(TOKEN_AUTH_TOKEN="hush.hush.hush"), check=True).stdout
            self.assertIn("<Authorization: Bearer hush.hush.hush>", shown)


class HealthTest(CliTest):
    def test_health_is_a_word_and_an_exit_code(self):
        self.start()
        done = self.cli("health")
        self.assertEqual((done.returncode, done.stdout), (0, "SERVING\n"))
        self.assertEqual(json.loads(self.cli("health", "--json").stdout), {"status": "SERVING"})
        self.server.stop()
        done = self.cli("health")
        self.assertEqual((done.returncode, done.stdout), (5, "UNREACHABLE\n"))
        self.assertIn("token-cli doctor", done.stderr)

    def test_watch_tells_every_change_until_it_is_interrupted(self):
        self.start()
        watch = subprocess.Popen([CLI, "watch", "--output=json"], env=processes.environment(**self.variables()),
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            def status():
                return json.loads(watch.stdout.readline())["status"]
            self.assertEqual(status(), "SERVING")
            self.server.stop()
            statuses = [status()]
            if statuses == ["NOT_SERVING"]:
                statuses.append(status())
            self.assertEqual(statuses[-1], "UNREACHABLE")
            self.stack.start(processes.Server, self.emulator.url, listen_address=self.server.address)
            self.assertEqual(status(), "SERVING")
            watch.send_signal(signal.SIGINT)
            _, errors = watch.communicate(timeout=web.TIMEOUT_S)
            self.assertEqual((watch.returncode, errors), (0, ""))
        finally:
            watch.kill()
            watch.communicate()

    def test_a_server_that_drains_serves_nobody_new(self):
        emulator = self.stack.start(processes.Emulator)
        server = self.stack.start(processes.Server, emulator.url, "--drain_delay=1h")
        server.terminate()
        server.await_output("(drain|stop|not ready)")
        done = processes.run("token-cli", "health", TOKEN_SERVER_ADDRESS=server.address)
        self.assertEqual((done.returncode, done.stdout), (5, "NOT_SERVING\n"), done.stderr)
        done = processes.run("token-cli", "doctor", TOKEN_SERVER_ADDRESS=server.address)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"(?m)^fail\t.*\thealth\tNOT_SERVING; ")
        server.kill()


class BenchTest(CliTest):
    def test_it_measures_in_one_session(self):
        self.start()
        done = self.cli("bench", "room-1", "--requests=30", "--seconds=600", "--concurrency=3", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("65 ms", done.stderr)
        self.assertNotIn("\r", done.stderr)
        result = json.loads(done.stdout)
        self.assertEqual((result["calls"], result["succeeded"]), (30, 30))
        listed = self.emulator.send("GET", "/openvidu/api/sessions/room-1/connection").json()
        self.assertEqual(listed["numberOfElements"], 30)

    def test_it_has_a_progress_bar_on_a_terminal_and_can_be_interrupted(self):
        self.start()
        arguments = [CLI, "bench", "--requests=100000", "--seconds=600", "--concurrency=1"]
        with Terminal(arguments, processes.environment(**self.variables())) as terminal:
            terminal.await_output(r"\r\[#* *\] \d+/100000, \d+/s")
            terminal.interrupt()
            written, code = terminal.read_to_end()
        self.assertEqual(code, 0, written)
        self.assertRegex(written, r"latencyMs.p99")


@contextlib.contextmanager
def pretending(skew_s=0, certificate=None):
    """A Pretender that serves meanwhile, over TLS where it has the files of a certificate; gives its port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pretender)
    server.skew_s = skew_s
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Pretender(http.server.BaseHTTPRequestHandler):
    """What answers as OpenVidu does, with a clock of its own."""

    def do_GET(self):
        body = b"https://openvidu.example/" if "publicurl" in self.path else b"2.32.2"
        self.send_response_only(200)
        self.send_header("Date", email.utils.formatdate(time.time() + self.server.skew_s, usegmt=True))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class DoctorTest(CliTest):
    def doctor(self, *arguments, **variables):
        done = self.cli("doctor", "--json", *arguments, **variables)
        self.assertEqual(processes.leaks(done.stdout + done.stderr), [])
        found = json.loads(done.stdout)
        failed = [check for check in found["checks"] if check["level"] == "fail"]
        self.assertEqual((done.returncode, found["ok"]), (1, False) if failed else (0, True), done.stdout)
        for check in found["checks"]:
            self.assertEqual(bool(check["advice"]), check["level"] != "ok", check)
        return {(check["subject"].partition(" ")[0], check["check"]): check for check in found["checks"]}

    def failures(self, *arguments, **variables):
        return {key: check["message"] + "; " + check["advice"]
                for key, check in self.doctor(*arguments, **variables).items() if check["level"] == "fail"}

    def test_what_is_well_is_said_to_be(self):
        self.start()
        gateway = self.stack.start(processes.Gateway, self.server.address)
        found = self.doctor(f"--gateway_url=http://{gateway.address}", OPENVIDU_URL=self.emulator.url,
                            OPENVIDU_SECRET=processes.SECRET)
        for key in (("token", "TCP"), ("token", "health"), ("token", "calls"), ("gateway", "ready"),
                    ("gateway", "clock"), ("OpenVidu", "TCP"), ("OpenVidu", "clock"), ("OpenVidu", "secret")):
            self.assertEqual(found[key]["level"], "ok", found[key])
        self.assertEqual(found["OpenVidu", "API"]["level"], "warn")  # it calls itself localhost
        self.assertIn("2.32.2", found["OpenVidu", "secret"]["message"])
        table = self.cli("doctor", "--output=table").stdout
        self.assertRegex(table, rf"^token server {self.server.address}\n  ok    DNS ")

    def test_nobody_is_there(self):
        self.assertIn(("token", "DNS"), self.failures("--server_address=no-such-host.invalid:1"))
        self.assertIn("firewall", self.failures("--server_address=127.0.0.1:1")["token", "TCP"])

    def test_a_wrong_secret_and_a_wrong_url(self):
        self.start()
        failures = self.failures(OPENVIDU_URL=self.emulator.url, OPENVIDU_SECRET="wrong")
        self.assertEqual(list(failures), [("OpenVidu", "secret")])
        failures = self.failures(OPENVIDU_URL=self.emulator.url + "/elsewhere", OPENVIDU_SECRET=processes.SECRET)
        self.assertEqual(list(failures), [("OpenVidu", "API")])
        self.assertEqual(self.doctor(OPENVIDU_URL=self.emulator.url)["OpenVidu", "secret"]["level"], "warn")
        failures = self.failures(OPENVIDU_URLS=f"{self.emulator.url}, ftp://x", OPENVIDU_SECRET=processes.SECRET)
        self.assertEqual(list(failures), [("OpenVidu", "URL")])

    def test_a_clock_that_is_wrong(self):
        self.start()
        for skew_s, level, says in ((0, "ok", ""), (15, "warn", "ahead of"), (-3600, "fail", "behind")):
            with pretending(skew_s) as port:
                found = self.doctor(f"--openvidu_url=http://127.0.0.1:{port}", OPENVIDU_SECRET=processes.SECRET)
            self.assertEqual(found["OpenVidu", "clock"]["level"], level)
            self.assertIn(says, found["OpenVidu", "clock"]["message"])

    def test_a_certificate_that_has_expired(self):
        self.start()
        authority = certificates.Authority(self.folder, "our-ca")
        expired = authority.issue("localhost", "IP:127.0.0.1", "serverAuth", days=-1)
        with pretending(certificate=expired) as port:
            failures = self.failures(f"--openvidu_url=https://127.0.0.1:{port}",
                                     f"--openvidu_ca_file={authority.cert_file}", OPENVIDU_SECRET=processes.SECRET)
        self.assertEqual(list(failures), [("OpenVidu", "TLS")])
        self.assertIn("certificate has expired", failures["OpenVidu", "TLS"])
        self.assertIn("renew it, or set this machine's clock right", failures["OpenVidu", "TLS"])

    def test_tls_with_the_reasons(self):
        emulator = self.stack.start(processes.Emulator)
        authority = certificates.Authority(self.folder, "our-ca")
        cert, key = authority.issue("localhost", "DNS:localhost", "serverAuth")
        server = self.stack.start(processes.Server, emulator.url, f"--grpc_tls_cert_file={cert}",
                                  f"--grpc_tls_key_file={key}")
        at = f"--server_address={server.address.replace('127.0.0.1', 'localhost')}"
        ca = f"--ca_file={authority.cert_file}"
        found = self.doctor(at, "--tls", ca)
        # The certificates of tests are of two days.
        self.assertEqual((found["token", "TLS"]["level"], found["token", "calls"]["level"]), ("warn", "ok"))
        self.assertIn("it expires in 1 days", found["token", "TLS"]["advice"])
        self.assertIn("--ca_file", self.failures(at, "--tls")["token", "TLS"])
        failures = self.failures(f"--server_address={server.address}", "--tls", ca)
        self.assertIn("it is for dns:localhost", failures["token", "TLS"])
        self.assertIn("give --tls", self.failures(at)["token", "health"])
        plain = self.stack.start(processes.Server, emulator.url)
        failures = self.failures(f"--server_address={plain.address}", "--tls", ca)
        self.assertIn("leave out --tls", failures["token", "TLS"])

    def test_who_calls_is_not_let_in(self):
        emulator = self.stack.start(processes.Emulator)
        key = self.folder / "hmac"
        key.write_text("k" * 32)
        server = self.stack.start(processes.Server, emulator.url, "--auth=jwt", f"--jwt_hmac_key_file={key}",
                                  "--jwt_issuer=i", "--jwt_audience=a")
        failures = self.failures(f"--server_address={server.address}")
        self.assertIn("--token_file", failures["token", "calls"])
        done = processes.run("token-cli", f"--server_address={server.address}", "init-session")
        self.assertEqual(done.returncode, 6, done.stderr)


if __name__ == "__main__":
    unittest.main()
