"""The proxies' files in examples/proxies: nginx's by nginx itself, in front of the programs; of the others what they name."""

import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest

import certificates
import processes
import shell
import yaml
from markdown import ROOT

EXAMPLES = ROOT / "examples/proxies"
NAME = "token.example.com"
# Around a server's own file, as in /etc/nginx/nginx.conf.
NGINX_CONF = """
user root;
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log stderr notice;
events {{ worker_connections 256; }}
http {{ access_log off; include {folder}/token.conf; }}
"""


def setUpModule():
    shell.bring_loopback_up()


class Nginx:
    """nginx with a server's own file, in a folder of its own."""

    def __init__(self, test, text):
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
        test.assertIsNotNone(program, "nginx is missing: scripts/install-packages --test")
        temporary = tempfile.TemporaryDirectory()
        test.addCleanup(temporary.cleanup)
        test.addCleanup(self.stop)
        self.folder, self._test, self._popen = pathlib.Path(temporary.name), test, None
        (self.folder / "token.conf").write_text(text.replace(f"/etc/ssl/{NAME}", str(self.folder)))
        (self.folder / "nginx.conf").write_text(NGINX_CONF.format(folder=self.folder))
        self._command = [program, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]

    def start(self):
        checked = subprocess.run([*self._command, "-t"], capture_output=True, text=True, check=False)
        self._test.assertEqual(checked.returncode, 0, checked.stderr)
        self._popen = subprocess.Popen(self._command, stderr=subprocess.PIPE, text=True)
        for line in self._popen.stderr:
            if "start worker process " in line:
                return
        self._test.fail("nginx does not start")

    def stop(self):
        if self._popen is not None and self._popen.poll() is None:
            self._popen.terminate()
            self._popen.communicate(timeout=shell.WAIT_S)


def calls_in(audit, count):
    """The first `count` calls of an audit log, which is written beside the answers; or all, of a service that has ended."""
    deadline = time.monotonic() + shell.WAIT_S
    while time.monotonic() < deadline:
        lines = audit.read_text().split("\n")[:-1]
        if count is None or len(lines) >= count:
            return [json.loads(line) for line in lines[:count]]
        time.sleep(0.02)
    raise AssertionError(f"there are not {count} calls: {audit.read_text()}")


class NginxTest(unittest.TestCase):
    def setUp(self):
        self.nginx = Nginx(self, (EXAMPLES / "nginx.conf").read_text())
        self.folder = self.nginx.folder
        self.authority = certificates.Authority(self.folder, "authority")
        certificate, key = self.authority.issue("proxy", f"DNS:{NAME},IP:127.0.0.1", "serverAuth")
        shutil.copy(certificate, self.folder / "fullchain.pem")
        shutil.copy(key, self.folder / "privkey.pem")
        self.audit = self.folder / "audit"
        standalone = processes.Process(
            "token-standalone", "--emulate_openvidu", "--http_address=127.0.0.1:5000", "--grpc_address=127.0.0.1:50051",
            "--trusted_proxies=127.0.0.1", "--rate_limit=0.001", "--rate_limit_burst=4", f"--audit_log={self.audit}")
        self.addCleanup(standalone.stop)
        standalone.await_output("(HTTP listening on)")
        self.nginx.start()

    def curl(self, *arguments):
        return subprocess.run(["curl", "--silent", "--show-error", "--max-time", "120", "--cacert", self.authority.cert_file,
                               "--resolve", f"{NAME}:443:127.0.0.1", "--resolve", f"{NAME}:80:127.0.0.1", *arguments],
                              capture_output=True, text=True, check=True).stdout

    def create(self, address, *arguments):
        return self.curl("--interface", address, "-o", "/dev/null", "-w", "%{http_code}", "-X", "POST",
                         f"https://{NAME}/api/sessions", *arguments)

    def calls(self, count):
        return calls_in(self.audit, count)

    def test_a_session_is_created_and_the_client_is_known_by_its_own_address_and_request_id(self):
        answer = self.curl("--interface", "127.0.0.7", "-i", "-X", "POST", f"https://{NAME}/api/sessions",
                           "-d", "customSessionId=room-1", "-H", "X-Request-Id: mine-1")
        self.assertRegex(answer, "^HTTP/2 200")
        self.assertRegex(answer.lower(), r"\nx-request-id: mine-1\r?\n")
        self.assertTrue(answer.endswith("room-1"), answer)
        (call,) = self.calls(1)
        self.assertEqual((call["address"], call["requestId"], call["sessionId"]), ("127.0.0.7", "mine-1", "room-1"))
        self.curl("--interface", "127.0.0.7", "-X", "POST", f"https://{NAME}/api/sessions")
        self.assertRegex(self.calls(2)[1]["requestId"], "^[0-9a-f]{32}$")

    def test_what_a_client_says_of_its_address_is_not_believed(self):
        self.assertEqual(self.create("127.0.0.7", "-H", "X-Forwarded-For: 192.0.2.1"), "200")
        self.assertEqual(self.calls(1)[0]["address"], "127.0.0.7")

    def test_each_client_has_its_own_limit(self):
        self.assertEqual([self.create("127.0.0.7") for _ in range(5)], ["200"] * 4 + ["429"])
        self.assertEqual(self.create("127.0.0.8"), "200")

    def test_plain_http_is_sent_to_https_as_it_is(self):
        answer = self.curl("-i", "-X", "POST", f"http://{NAME}/api/sessions")
        self.assertRegex(answer, "^HTTP/1.1 308")
        self.assertIn(f"Location: https://{NAME}/api/sessions", answer)

    def test_a_large_body_is_refused_at_the_door(self):
        (self.folder / "large").write_text("x" * (1 << 20) + "x")
        self.assertEqual(self.create("127.0.0.7", "--data-binary", f"@{self.folder}/large"), "413")

    def test_grpc_passes_by_the_same_port(self):
        # By its address, for the test's network knows no names.
        joined = processes.run("token-cli", "join", "room-1", "--server_address=ipv4:127.0.0.1:443", "--tls",
                               f"--ca_file={self.authority.cert_file}")
        self.assertRegex(joined.stdout, "^wss://localhost:4443.sessionId=room-1&token=tok_", joined.stderr)


class MigrationTest(unittest.TestCase):
    """Two services stand for the sample and its successor."""

    def test_clients_are_split_by_address_and_stay_where_they_are(self):
        proxy = Nginx(self, (EXAMPLES / "nginx-migrate.conf").read_text())
        audits = {5000: proxy.folder / "sample", 5001: proxy.folder / "successor"}
        services = []
        for port, audit in audits.items():
            service = processes.Process(
                "token-standalone", "--emulate_openvidu", f"--http_address=127.0.0.1:{port}", "--grpc_address=127.0.0.1:0",
                "--trusted_proxies=127.0.0.1", f"--audit_log={audit}")
            services.append(service)
            self.addCleanup(service.stop)
            service.await_output("(HTTP listening on)")
        proxy.start()
        addresses = [f"127.0.1.{last}" for last in range(1, 101)]
        for address in addresses * 2:
            answer = subprocess.run(["curl", "-sS", "--interface", address, "-X", "POST", "-w", " %{http_code}",
                                     "http://127.0.0.1:8080/api/sessions"], capture_output=True, text=True, check=True).stdout
            self.assertTrue(answer.endswith(" 200"), answer)
        for service in services:
            service.stop()
        came = {port: [call["address"] for call in calls_in(audit, None)] for port, audit in audits.items()}
        for calls in came.values():
            self.assertTrue(all(calls.count(address) == 2 for address in calls))
        self.assertEqual(sorted(came[5000] + came[5001]), sorted(addresses * 2))
        # A tenth, by a hash of a hundred addresses.
        self.assertTrue(2 <= len(set(came[5001])) <= 30, came[5001])


class OthersTest(unittest.TestCase):
    """Traefik and Envoy are not to be had from Debian: no test runs them here. Their files are read."""

    def test_they_are_yaml_and_name_ports_paths_and_limits_that_there_are(self):
        for name in ("traefik.yaml", "envoy.yaml"):
            with self.subTest(name):
                text = (EXAMPLES / name).read_text()
                self.assertIsInstance(yaml.safe_load(text), dict)
                for known in ("5000", "50051", "/readyz", "/openvidu.token.v1.TokenService/", "1048576"):
                    self.assertIn(known, text)

    def test_each_timeout_is_above_the_gateways_own(self):
        own = int(re.search(r"`--request_timeout` \|.*?\| `(\d+)s`", (ROOT / "docs/configuration.md").read_text().split(
            "\n## token-gateway")[1])[1])
        for name, pattern in (("nginx.conf", r"_read_timeout (\d+)s"), ("traefik.yaml", r"responseHeaderTimeout: (\d+)s"),
                              ("envoy.yaml", r"[ {,]timeout: (\d\d)s")):
            found = [int(seconds) for seconds in re.findall(pattern, (EXAMPLES / name).read_text())]
            self.assertTrue(found and min(found) > own, f"{name}: {found} and {own}")


if __name__ == "__main__":
    unittest.main()
