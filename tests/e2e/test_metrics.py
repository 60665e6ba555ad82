"""What the programs measure: each value moves exactly as it should, and the docs, rules and dashboard know them all."""

import json
import pathlib
import re
import ssl
import subprocess
import tempfile
import time
import unittest
import urllib.parse

import certificates
import processes
import test_access
import web

ROOT = pathlib.Path(__file__).parents[2]
MONITORING = ROOT / "deploy/monitoring"
ON = "--metrics_address=127.0.0.1:0"
SESSIONS, CONNECT, JOIN = "/api/sessions", "/api/sessions/{}/connections", "/api/sessions/{}/join"
ROUTE = "/api/sessions/{id}"


def scrape(process):
    """The text at the process's metrics port."""
    address = process.await_output(r"metrics on (127\.0\.0\.1:\d+)")
    answer = web.send(address, "GET", "/metrics")
    if answer.status != 200:
        raise AssertionError(f"{answer.status} {answer.text}")
    return answer.text


def samples(text):
    """Each sample's value by its name and labels."""
    return {name: float(value) for name, value in
            (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))}


def families(text):
    """The names of all metrics, and their types."""
    return dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))


def name(metric, **labels):
    return metric + "{" + ",".join(f'{key}="{value}"' for key, value in sorted(labels.items())) + "}"


def http(route, status, method="POST"):
    return name("http_server_request_duration_seconds_count", http_route=route, http_request_method=method,
                http_response_status_code=status)


def rpc(method, code):
    return name("grpc_server_handled_total", grpc_type="unary", grpc_service="openvidu.token.v1.TokenService",
                grpc_method=method, grpc_code=code)


def attempt(url, operation, code="OK", reason=""):
    return name("openvidu_token_upstream_attempt_seconds_count", deployment=url, operation=operation, code=code,
                reason=reason)


def own_samples(values):
    """Those that only calls change."""
    return {key: value for key, value in values.items()
            if not key.startswith("process_") and re.match(r"\w+_(count|total)\b", key)}


class MetricsTest(unittest.TestCase):
    def setUp(self):
        self.stack = processes.Stack()
        self.addCleanup(self.stack.close)
        self.folder = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory()))

    def start(self, kind, *arguments, **options):
        return self.stack.start(kind, *arguments, **options)

    def start_emulated(self, *flags):
        """An emulator and a standalone in front of it."""
        self.emulator = self.start(processes.Emulator)
        self.standalone = self.start(processes.Standalone, self.emulator.url, ON, *flags)

    def assert_moves(self, process, act, expected):
        """`act` changes these samples by so much, and no other counter."""
        before = own_samples(samples(scrape(process)))
        act()
        after = own_samples(samples(scrape(process)))
        moved = {key: value - before.get(key, 0) for key, value in after.items() if value != before.get(key, 0)}
        self.assertEqual(moved, expected)

    def post(self, target, value=None, headers=None):
        """The status of a POST to the standalone."""
        body = value if isinstance(value, str) else json.dumps(value or {})
        return web.send(self.standalone.address, "POST", target, {"Content-Type": "application/json", **(headers or {})},
                        body).status

    def test_calls_count_once_at_each_seam(self):
        self.start_emulated()
        url = self.emulator.url

        def rpcs(method, code, count=1):
            labels = {"grpc_type": "unary", "grpc_service": "openvidu.token.v1.TokenService", "grpc_method": method}
            return {name("grpc_server_started_total", **labels): count, rpc(method, code): count,
                    name("grpc_server_handling_seconds_count", **labels, grpc_code=code): count}

        good = [(SESSIONS, {"customSessionId": "secret-room"}, {
                    http(SESSIONS, 200): 1, attempt(url, "CreateSession"): 1, **rpcs("InitializeSession", "OK")}),
                (SESSIONS, {"customSessionId": "secret-room"}, {  # it is there: 200 to the caller
                    http(SESSIONS, 200): 1, attempt(url, "CreateSession", "AlreadyExists", "SESSION_EXISTS"): 1,
                    **rpcs("InitializeSession", "OK")}),
                (CONNECT.format("secret-room"), {}, {
                    http(f"{ROUTE}/connections", 200): 1, attempt(url, "CreateConnection"): 1,
                    **rpcs("CreateConnection", "OK")}),
                (JOIN.format("secret-room"), {}, {
                    http(f"{ROUTE}/join", 200): 1, attempt(url, "CreateConnection"): 1, **rpcs("JoinSession", "OK")})]
        bad = [(CONNECT.format("nowhere"), {}, 404, {
                    http(f"{ROUTE}/connections", 404): 1,
                    attempt(url, "CreateConnection", "NotFound", "SESSION_NOT_FOUND"): 1,
                    **rpcs("CreateConnection", "NotFound")}),
               (CONNECT.format("secret-room"), {"role": "MODERATOR"}, 403, {
                    http(f"{ROUTE}/connections", 403): 1, **rpcs("CreateConnection", "PermissionDenied"),
                    name("openvidu_token_policy_denials_total", property="role"): 1}),
               (SESSIONS, "{", 400, {http(SESSIONS, 400): 1}),
               (SESSIONS, {"a": "x" * (2 << 20)}, 413, {http(SESSIONS, 413): 1}),
               ("/secret/path", {}, 404, {http("other", 404): 1})]
        for target, body, moves in good:
            with self.subTest(target=target, body=body):
                self.assert_moves(self.standalone, lambda: self.assertEqual(self.post(target, body), 200), moves)
        for target, body, status, moves in bad:
            with self.subTest(target=target, status=status):
                self.assert_moves(self.standalone, lambda: self.assertEqual(self.post(target, body), status), moves)
        with self.subTest(of="gRPC"):
            def call():
                done = processes.run("token-cli", f"--server_address={self.standalone.grpc_address}", "join", "secret-room")
                self.assertEqual(done.returncode, 0, done.stderr)
            self.assert_moves(self.standalone, call, {attempt(url, "CreateConnection"): 1, **rpcs("JoinSession", "OK")})
        with self.subTest(of="a repeated request id"):
            self.assertEqual(self.post(CONNECT.format("secret-room"), {}, {"Idempotency-Key": "k1"}), 200)
            self.assert_moves(self.standalone,
                              lambda: self.post(CONNECT.format("secret-room"), {}, {"Idempotency-Key": "k1"}),
                              {http(f"{ROUTE}/connections", 200): 1, **rpcs("CreateConnection", "OK"),
                               name("openvidu_token_shared_calls_total", kind="request_id"): 1})
        text = scrape(self.standalone)
        self.assertEqual(processes.leaks(text), [])
        private = ("secret-room", "nowhere", "secret/path", "k1", "con_", "127.0.0.1")
        self.assertEqual([one for one in private if one in text.replace(url, "")], [])

    def test_an_openvidu_that_fails(self):
        self.start_emulated()
        url = self.emulator.url
        self.assertEqual(self.post(SESSIONS, {"customSessionId": "a"}), 200)
        self.emulator.control("POST", "faults", {"fault": "reset_before_answer", "times": 1})
        lost = attempt(url, "CreateConnection", "Unavailable", "UPSTREAM_ANSWER_LOST")
        before = samples(scrape(self.standalone))
        self.assertEqual(self.post(CONNECT.format("a")), 503)
        after = samples(scrape(self.standalone))
        self.assertEqual(after[lost] - before.get(lost, 0), 1)
        with self.subTest(of="a retry"):  # what is harmless twice is sent again
            self.emulator.control("POST", "faults", {"fault": "reset_before_answer", "times": 1})
            self.assertEqual(self.post(SESSIONS, {"customSessionId": "b"}), 200)
            retried = samples(scrape(self.standalone))
            self.assertEqual(retried["openvidu_token_upstream_retries_total"] -
                             after["openvidu_token_upstream_retries_total"], 1)
            self.assertLess(retried["openvidu_token_upstream_retry_budget_ratio"], 1)
        with self.subTest(of="one that is gone"):
            closed = name("openvidu_token_upstream_circuit_open", deployment=url)
            self.assertEqual(samples(scrape(self.standalone))[closed], 0)
            self.emulator.kill()
            deadline = time.monotonic() + web.TIMEOUT_S
            refused = attempt(url, "CreateConnection", "Unavailable", "UPSTREAM_CIRCUIT_OPEN")
            while refused not in samples(scrape(self.standalone)):
                self.assertEqual(self.post(CONNECT.format("a")), 503)
                self.assertLess(time.monotonic(), deadline)
            values = samples(scrape(self.standalone))
            self.assertEqual(values[closed], 1)
            self.assertGreaterEqual(values[attempt(url, "CreateConnection", "Unavailable", "UPSTREAM_UNREACHABLE")], 5)

    def test_gauges_show_what_is_held(self):
        self.start_emulated()
        url = self.emulator.url
        self.assertEqual([self.post(SESSIONS, {"customSessionId": "a"}) for _ in range(30)], [200] * 30)
        values = samples(scrape(self.standalone))
        self.assertEqual(values[name("openvidu_token_upstream_connections", deployment=url, state="idle")], 1)
        self.assertEqual(values[name("openvidu_token_upstream_in_flight", deployment=url)], 0)
        self.assertGreater(values[name("openvidu_token_upstream_latency_seconds", deployment=url)], 0)
        self.assertGreaterEqual(values[name("openvidu_token_upstream_concurrency_limit", deployment=url)], 2)
        idle = name("openvidu_token_http_connections", state="idle")
        busy = name("openvidu_token_http_connections", state="busy")
        self.assertEqual((values[idle], values[busy]), (0, 0))

        self.emulator.control("POST", "faults", {"fault": "stall_before_head", "times": 0, "duration_ms": 3600000})
        connection = web.http.client.HTTPConnection(self.standalone.address, timeout=web.TIMEOUT_S)
        connection.request("POST", CONNECT.format("a"), body="{}", headers={"Content-Type": "application/json"})
        in_flight = name("openvidu_token_upstream_in_flight", deployment=url)
        self.await_samples(self.standalone, lambda held: held[busy] == 1 and held[in_flight] == 1)
        connection.close()  # with a FIN: the client may wait on
        self.emulator.control("DELETE", "faults")

    def await_samples(self, process, holds):
        deadline = time.monotonic() + web.TIMEOUT_S
        while True:
            values = samples(scrape(process))
            if holds(values):
                return values
            self.assertLess(time.monotonic(), deadline, values)

    def test_refusals(self):
        (self.folder / "key").write_bytes(test_access.HMAC_KEY)
        self.start_emulated("--auth=jwt", f"--jwt_hmac_key_file={self.folder}/key", f"--jwt_issuer={test_access.ISSUER}",
                            f"--jwt_audience={test_access.AUDIENCE}", "--rate_limit=0.001", "--rate_limit_burst=5",
                            "--subject_rate_limit=0.001", "--subject_rate_limit_burst=1")

        def limited(limit):
            return name("openvidu_token_rate_limited_total", limit=limit)

        def unknown(reason):
            return name("openvidu_token_authentication_failures_total", reason=reason)

        def bearer(token):
            return {"Authorization": f"Bearer {token}"}

        before = samples(scrape(self.standalone))
        statuses = [self.post(SESSIONS), self.post(SESSIONS, {}, bearer("rubbish")),
                    self.post(SESSIONS, {}, bearer(test_access.FORGED["expired"])),
                    self.post(SESSIONS, {}, bearer(test_access.ADA)), self.post(SESSIONS, {}, bearer(test_access.ADA)),
                    self.post(SESSIONS, {}, bearer(test_access.ADA))]
        self.assertEqual(statuses, [401, 401, 401, 200, 429, 429])
        text = scrape(self.standalone)
        after = samples(text)
        moved = {key: after[key] - before[key] for key in
                 (unknown("CREDENTIALS_MISSING"), unknown("TOKEN_MALFORMED"), unknown("TOKEN_EXPIRED"), unknown("OTHER"),
                  limited("subject"), limited("address"))}
        self.assertEqual(list(moved.values()), [1, 1, 1, 0, 1, 1], moved)
        self.assertEqual([one for one in ("rubbish", test_access.ADA, "ada") if one in text], [])

    def test_a_new_certificate_is_shown(self):
        authority = certificates.Authority(self.folder, "ca")
        cert_file, key_file = authority.issue("localhost", "DNS:localhost", "serverAuth")
        self.start_emulated(f"--tls_cert_file={cert_file}", f"--tls_key_file={key_file}",
                            f"--grpc_tls_cert_file={cert_file}", f"--grpc_tls_key_file={key_file}")

        def expiry():
            shown = subprocess.check_output(["openssl", "x509", "-enddate", "-noout", "-in", cert_file], text=True)
            return ssl.cert_time_to_seconds(shown.strip().removeprefix("notAfter="))

        ports = [name("openvidu_token_tls_certificate_expiry_timestamp_seconds", port=port) for port in ("http", "grpc")]
        values, first = samples(scrape(self.standalone)), expiry()
        self.assertEqual([values[port] for port in ports], [first, first])
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "9", "-subj", "/CN=localhost", "-keyout", key_file, "-out", cert_file], check=True,
                       capture_output=True)
        second = expiry()
        self.assertNotEqual(first, second)
        self.await_samples(self.standalone, lambda held: [held[port] for port in ports] == [second, second])

    def start_all(self):
        """A standalone and a split form with everything on, and with one call of each kind; their metrics' texts."""
        cert_file, key_file = certificates.self_signed(self.folder)
        self.start_emulated(f"--tls_cert_file={cert_file}", f"--tls_key_file={key_file}",
                            f"--grpc_tls_cert_file={cert_file}", f"--grpc_tls_key_file={key_file}",
                            f"--audit_log={self.folder}/audit")
        self.post(JOIN.format("a"))
        self.post(CONNECT.format("a"), {"role": "MODERATOR"})
        server = self.start(processes.Server, self.emulator.url, ON)
        gateway = self.start(processes.Gateway, server.address, ON)
        self.assertEqual(web.post_json(gateway.address, JOIN.format("a"), {}).status, 200)
        return {"standalone": scrape(self.standalone), "server": scrape(server), "gateway": scrape(gateway)}

    def test_the_docs_rules_and_dashboard_know_them(self):
        texts = self.start_all()
        existing = families(texts["standalone"])
        for form in ("server", "gateway"):
            self.assertLessEqual(set(families(texts[form])), set(existing), form)
        documented = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", (ROOT / "docs/metrics.md").read_text(), re.M))
        self.assertEqual(documented, existing)
        self.assertFalse([one for one in families(texts["gateway"]) if re.match("grpc_|openvidu_token_upstream", one)])
        self.assertFalse([one for one in families(texts["server"]) if re.match("http_|openvidu_token_http", one)])

        series = set(existing) | {f"{one}_{suffix}" for one, kind in existing.items() if kind == "histogram"
                                  for suffix in ("bucket", "count", "sum")}
        for file in (MONITORING / "alerts.yaml", MONITORING / "dashboard.json"):
            with self.subTest(file=file.name):
                named = set(re.findall(r"\b(?:http_server|grpc_server|openvidu_token|process)_\w+", file.read_text()))
                self.assertGreater(len(named), 5)
                self.assertLessEqual(named, series)

    def test_promtool_finds_nothing(self):
        for form, text in self.start_all().items():
            with self.subTest(form=form):
                done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True,
                                      check=False)
                self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))
        mistaken = subprocess.run(["promtool", "check", "metrics"], input="# TYPE aB counter\naB 1\n", text=True,
                                  capture_output=True, check=False)
        self.assertNotEqual(mistaken.returncode, 0, "it finds nothing at all")

    def test_without_the_flag_there_is_no_port(self):
        standalone = self.start(processes.Standalone, None)
        self.assertEqual(web.send(standalone.address, "GET", "/metrics").status, 404)
        self.assertNotIn("metrics on", standalone.output())

    def test_a_mistaken_address_is_named(self):
        for program in ("token-server", "token-gateway", "token-standalone"):
            done = processes.run(program, "--metrics_address=9464", OPENVIDU_SECRET="x", OPENVIDU_URL="http://localhost")
            self.assertEqual(done.returncode, 2)
            self.assertIn("metrics_address", done.stderr)

    def test_prometheus_scrapes_them(self):
        self.start_emulated()
        self.assertEqual(self.post(SESSIONS, {"customSessionId": "a"}), 200)
        target = self.standalone.await_output(r"metrics on (127\.0\.0\.1:\d+)")
        (self.folder / "prometheus.yml").write_text(json.dumps({
            "global": {"scrape_interval": "100ms", "evaluation_interval": "100ms"},
            "rule_files": [str(MONITORING / "alerts.yaml")],
            "scrape_configs": [{"job_name": "openvidu-token-service", "static_configs": [{"targets": [target]}]}]}))
        prometheus = self.start(Prometheus, self.folder)

        def ask(path):
            answer = web.send(prometheus.address, "GET", f"/api/v1/{path}")
            self.assertEqual(answer.status, 200, answer.text)
            return answer.json()["data"]

        def query(expression):
            return [(one["metric"], float(one["value"][1])) for one in
                    ask("query?" + urllib.parse.urlencode({"query": expression}))["result"]]

        deadline = time.monotonic() + web.TIMEOUT_S
        while not query("http_server_request_duration_seconds_count"):
            self.assertLess(time.monotonic(), deadline, prometheus.output())
        counted, = query('http_server_request_duration_seconds_count{http_route="/api/sessions"}')
        self.assertEqual((counted[1], counted[0]["http_response_status_code"]), (1, "200"))
        up, = query("up")
        self.assertEqual(up[1], 1)
        target, = ask("targets")["activeTargets"]
        self.assertEqual((target["health"], target["lastError"]), ("up", ""))
        while True:  # until all rules were evaluated once
            rules = [rule for group in ask("rules")["groups"] for rule in group["rules"]]
            if all(rule["health"] != "unknown" for rule in rules):
                break
            self.assertLess(time.monotonic(), deadline, rules)
        self.assertGreater(len(rules), 5)
        self.assertEqual([rule for rule in rules if rule["health"] != "ok"], [])
        self.assertEqual([rule["name"] for rule in rules if rule.get("state") == "firing"], [])


class Prometheus(processes.Process):
    """Debian's, with its data in `folder`."""

    def __init__(self, folder):
        super().__init__(pathlib.Path("/usr/bin/prometheus"), f"--config.file={folder}/prometheus.yml",
                         f"--storage.tsdb.path={folder}/data", "--web.listen-address=127.0.0.1:0")
        self.address = self.await_output(r'Listening on" address=(127\.0\.0\.1:\d+)')
        self.await_output("Server is (ready) to receive web requests")


if __name__ == "__main__":
    unittest.main()
