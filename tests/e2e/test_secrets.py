"""That neither the secret nor a token is where it does not belong: every output of whole runs is searched for them."""

import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import tempfile
import unittest

import certificates
import processes
import web

SESSION = "secrets"
JSON = {"Content-Type": "application/json"}
CONNECTIONS = f"/api/sessions/{SESSION}/connections"

# Requests that are refused, each in its own way: status, method, target, headers, body.
REFUSED = (
    (400, "POST", "/api/sessions", JSON, "{"),
    (400, "POST", "/api/sessions", JSON, "[1]"),
    (400, "POST", "/api/sessions", JSON, '{"customSessionId":"a b"}'),
    (400, "POST", "/api/sessions", {"Content-Type": "application/x-www-form-urlencoded"}, "a[b=1"),
    (400, "POST", "/api/sessions/a%2Fb/connections", JSON, "{}"),
    (400, "POST", CONNECTIONS, {**JSON, "Grpc-Timeout": "soon"}, "{}"),
    (400, "POST", CONNECTIONS, {**JSON, "Content-Length": "1, 1"}, None),
    (404, "POST", "/api/sessions/no-such-session/connections", JSON, "{}"),
    (404, "GET", "/openvidu/api/sessions", {}, None),
    (405, "DELETE", "/api/sessions", {}, None),
    (413, "POST", "/api/sessions", {**JSON, "Content-Length": "99999999"}, None),
    (414, "GET", "/" + "a" * 10000, {}, None),
    (415, "POST", "/api/sessions", {"Content-Type": "application/xml"}, "<a/>"),
    (431, "GET", "/", {f"X-{i}": "1" for i in range(200)}, None),
    (501, "POST", "/api/sessions", {**JSON, "Transfer-Encoding": "gzip"}, None),
)

# All that can be written, of all that can be asked.
LOGS = ("--access_log=stderr", "--log_level=debug", "--log_format=json")
AUDIT = "--audit_log=stderr"


def everything(answer):
    return f"{answer.status}\n{answer.headers}\n{answer.text}"


class SecretsTest(unittest.TestCase):
    def setUp(self):
        self.stack = processes.Stack()
        self.addCleanup(self.stack.close)
        self.emulator = self.stack.start(processes.Emulator)
        self.tokens, self.seen = [], []  # what callers were given; what anybody may have read beside it

    def see(self, what, text):
        self.seen.append((what, text))

    def post(self, address, status, target, body="{}", headers=None):
        answer = web.send(address, "POST", target, headers or JSON, body)
        self.assertEqual(answer.status, status, answer.text)
        if status == 200:
            self.see(f"the head of {target}", str(answer.headers))
            self.tokens += [word for word in answer.text.replace('"', "=").split("=") if word.startswith("tok_")]
        else:
            self.see(f"{status} of {target}", everything(answer))
        return answer

    def use_http(self, address, wrong_role):
        """One answer of each kind. `wrong_role`: the status of a role that there is not."""
        self.post(address, 200, "/api/sessions", json.dumps({"customSessionId": SESSION}))
        self.post(address, 200, CONNECTIONS, '{"data":"Ada"}', {**JSON, "Idempotency-Key": "a-key"})
        self.post(address, 200, f"/api/sessions/{SESSION}/join")
        self.post(address, wrong_role, CONNECTIONS, '{"role":"KING"}')
        for status, method, target, headers, body in REFUSED:
            answer = web.send(address, method, target, headers, body)
            self.assertEqual(answer.status, status, f"{method} {target[:100]} {answer.text}")
            self.see(f"{status} of {method} {target[:100]}", everything(answer))
        for target in ("/healthz", "/readyz"):
            self.see(target, everything(web.send(address, "GET", target)))
        for status, fault in ((500, {"fault": "status", "status": 401}),
                              (503, {"fault": "status", "status": 500}),
                              (500, {"fault": "garbage_body"})):
            self.emulator.control("POST", "faults", {"times": 1, **fault})
            self.post(address, status, CONNECTIONS)
        self.emulator.control("POST", "faults", {"fault": "stall_before_head", "times": 1, "duration_ms": 3600000})
        self.post(address, 504, CONNECTIONS, headers={**JSON, "Grpc-Timeout": "100m"})

    def use_grpc(self, address):
        def cli(code, *arguments):
            done = processes.run("token-cli", f"--server_address={address}", *arguments)
            self.assertEqual(done.returncode, code, done.stderr)
            return done
        self.tokens.append(cli(0, "create-connection", SESSION).stdout.strip().rpartition("token=")[2])
        for code, arguments in ((2, ("create-connection",)), (3, ("create-connection", "no-such-session")),
                                (4, ("create-connection", "a/b")), (2, ("create-connection", SESSION, "--role=KING"))):
            done = cli(code, *arguments)
            self.see(f"token-cli {arguments}", done.stdout + done.stderr)

    def look_at(self, process):
        self.see(f"the command line of {process.program}", process.command_line())
        self.see(f"the environment of {process.program}", process.environment())

    def assert_nothing_told(self, *programs):
        for process in programs:
            self.assertRegex(process.output(), '"access":"(http|grpc)"')
            self.see(f"what {process.program} wrote", process.output())
        self.assertGreaterEqual(len(self.tokens), 3)
        self.assertTrue(all(token.startswith("tok_") for token in self.tokens), self.tokens)
        for what, text in self.seen:
            self.assertEqual(processes.leaks(text) + [token for token in self.tokens if token in text], [], what)

    def use_up(self, http_address, grpc_address, *programs, wrong_role):
        self.use_http(http_address, wrong_role)
        self.use_grpc(grpc_address)
        for process in programs:
            self.look_at(process)
        self.emulator.stop()
        self.post(http_address, 503, CONNECTIONS)
        for process in programs:
            process.stop()
        self.assert_nothing_told(*programs)

    def test_standalone(self):
        standalone = self.stack.start(processes.Standalone, self.emulator.url, AUDIT, *LOGS)
        self.use_up(standalone.address, standalone.grpc_address, standalone, wrong_role=403)  # the policy's

    def test_server_and_gateway(self):
        server = self.stack.start(processes.Server, self.emulator.url, "--policy=sample", AUDIT, *LOGS)
        gateway = self.stack.start(processes.Gateway, server.address, *LOGS, OPENVIDU_SECRET=processes.SECRET)
        self.use_up(gateway.address, server.address, gateway, server, wrong_role=400)  # OpenVidu's

    def test_a_secret_that_changes_in_its_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "secret")
            path.write_text("not-it")
            server = self.stack.start(processes.Process, "token-server", "--listen_address=127.0.0.1:0",
                                      OPENVIDU_URL=self.emulator.url, OPENVIDU_SECRET_FILE=str(path))
            server.await_output("(gRPC listening)")
            for text, told in (("two\nlines", "(the secret before stays)"), (processes.SECRET, "(new secret)")):
                path.with_suffix(".new").write_text(text)
                path.with_suffix(".new").rename(path)
                server.await_output(told)
            server.stop()
            self.assertNotIn("two", server.output())
            self.assertNotIn("not-it", server.output())

    def test_help_and_mistakes(self):
        secret = {"OPENVIDU_SECRET": processes.SECRET}
        for program in processes.PROGRAMS:
            for arguments in (("--help",), ("--helpfull",), ("--version",), ("--no_such_flag",), ("stray",),
                              ("--openvidu_secret", processes.SECRET[:-1])):
                done = processes.run(program, *arguments, **secret)
                self.assertEqual(processes.leaks(done.stdout + done.stderr), [], f"{program} {arguments}")
        for mistaken in (secret | {"OPENVIDU_SECRET_FILE": "/nonexistent"},
                         {"OPENVIDU_SECRET": processes.SECRET + "\n"}):
            done = processes.run("token-server", **mistaken)
            self.assertEqual(done.returncode, 2)
            self.assertEqual(processes.leaks(done.stdout + done.stderr), [])


class MemoryTest(unittest.TestCase):
    """What a program's memory holds stays in it."""

    def start(self, program, *flags, as_user=None, cwd=None):
        """A program whose crash would leave a core file in `cwd`."""
        def before():
            hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
            resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
        popen = subprocess.Popen([program, *flags], cwd=cwd, user=as_user, preexec_fn=before, stderr=subprocess.PIPE,
                                 text=True, env=processes.environment(OPENVIDU_SECRET=processes.SECRET))
        self.addCleanup(popen.stderr.close)
        self.addCleanup(popen.wait)
        self.addCleanup(popen.kill)
        return popen

    def await_line(self, popen, text):
        lines = []
        for line in popen.stderr:
            lines.append(line)
            if text in line:
                return
        self.fail(f"did not write {text!r} but {lines}")

    def test_a_crash_leaves_no_core(self):
        def dumps(popen):
            popen.send_signal(signal.SIGABRT)
            status = os.waitpid(popen.pid, 0)[1]
            self.assertEqual(os.WTERMSIG(status), signal.SIGABRT)
            return os.WCOREDUMP(status)

        with tempfile.TemporaryDirectory() as folder:
            if not dumps(self.start("/bin/sleep", "60", cwd=folder)):
                self.skipTest("this machine writes no core dumps at all")
            for program, flags in (("token-server", ("--listen_address=127.0.0.1:0",)),
                                   ("token-gateway", ("--listen_address=127.0.0.1:0",)),
                                   ("token-standalone", ("--http_address=127.0.0.1:0", "--grpc_address=127.0.0.1:0"))):
                popen = self.start(processes.BIN_DIR / program, *flags, cwd=folder)
                self.await_line(popen, "listening on")
                self.assertFalse(dumps(popen), program)

    @unittest.skipIf(os.getuid() != 0, "needs root, to become nobody")
    def test_nobody_of_its_own_user_may_look_and_its_certificate_still_works(self):
        nobody = 65534
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            program = shutil.copy(processes.BIN_DIR / "token-server", folder)
            cert, key = certificates.self_signed(folder)
            os.chown(key, nobody, nobody)
            server = self.start(program, "--listen_address=127.0.0.1:0", f"--grpc_tls_cert_file={cert}",
                                f"--grpc_tls_key_file={key}", as_user=nobody, cwd=folder)
            line = next(line for line in server.stderr if "listening on" in line)
            self.assertEqual(os.stat(f"/proc/{server.pid}/environ").st_uid, 0)
            look = subprocess.run(["cat", f"/proc/{server.pid}/environ"], user=nobody, capture_output=True, check=False)
            self.assertNotEqual(look.returncode, 0)
            # gRPC reads its certificate from /proc/self.
            port = line.partition("127.0.0.1:")[2].partition(",")[0]
            done = processes.run("token-cli", f"--server_address=localhost:{port}", "--tls", f"--ca_file={cert}",
                                 "create-connection", "a/b")
            self.assertEqual(done.returncode, 4, done.stderr)


if __name__ == "__main__":
    unittest.main()
