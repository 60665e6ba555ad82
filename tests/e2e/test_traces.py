"""That a request is one trace, over all programs that it goes through, and that nobody waits for whoever collects them.

With $OTLP_COLLECTOR, the path of tests/traces/collector's program, that takes the spans; else a few lines of Python."""

import collections
import http.server
import json
import os
import socket
import ssl
import tempfile
import threading
import time
import unittest

import certificates
import processes
import web

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SERVER, CLIENT = 2, 3  # SpanKind
JSON = {"Content-Type": "application/json"}


def traceparent(sampled=True):
    return {"traceparent": f"00-{TRACE}-{PARENT}-0{int(sampled)}", "tracestate": "vendor=value"}


class Receiver:
    """Takes OTLP/HTTP in JSON. `url`: its endpoint."""

    def __init__(self, certificate=None):
        self._requests = []
        received = self._requests

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):  # noqa: N802 (the base class calls it so)
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received.append((self.path, self.headers["Content-Type"], json.loads(body)))
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def batches(self):
        """What was taken until now."""
        for path, content_type, _ in self._requests:
            assert (path, content_type) == ("/v1/traces", "application/json"), (path, content_type)
        return [body for _, _, body in self._requests]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Collector:
    """The OpenTelemetry Collector of tests/traces/collector, which prints what it takes in OTLP's own form."""

    def __init__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        config = {"receivers": {"otlp": {"protocols": {"http": {"endpoint": f"127.0.0.1:{port}"}}}},
                  "exporters": {"print": {}},
                  "service": {"telemetry": {"metrics": {"level": "none"}},
                              "pipelines": {"traces": {"receivers": ["otlp"], "exporters": ["print"]}}}}
        self.url = f"http://127.0.0.1:{port}"
        self._process = processes.Process(os.environ["OTLP_COLLECTOR"], f"--config=yaml:{json.dumps(config)}")
        self._process.await_output("(Everything is ready)")

    def batches(self):
        return [json.loads(line) for line in self._process.output().splitlines() if line.startswith('{"resourceSpans"')]

    def stop(self):
        self._process.stop()


Span = collections.namedtuple("Span", "service name kind trace id parent attributes failed state")


def value_of(value):
    [(kind, content)] = value.items()
    return int(content) if kind == "intValue" else content


def attributes_of(holder):
    return {each["key"]: value_of(each["value"]) for each in holder.get("attributes", [])}


def spans_in(batches):
    for batch in batches:
        for resource in batch["resourceSpans"]:
            service = attributes_of(resource["resource"])["service.name"]
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    begin, end = int(span["startTimeUnixNano"]), int(span["endTimeUnixNano"])
                    assert time.time_ns() - 10**12 < begin <= end <= time.time_ns(), span
                    yield Span(service, span["name"], span["kind"], span["traceId"], span["spanId"],
                               span.get("parentSpanId", ""), attributes_of(span),
                               span.get("status", {}).get("code") == 2, span.get("traceState", ""))


class TracesTest(unittest.TestCase):
    def setUp(self):
        self.stack = processes.Stack()
        self.addCleanup(self.stack.close)
        self.receiver = Collector() if "OTLP_COLLECTOR" in os.environ else Receiver()
        self.addCleanup(self.receiver.stop)
        self.emulator = self.stack.start(processes.Emulator)
        self.flags = (f"--otlp_endpoint={self.receiver.url}",)

    def start(self, form, *flags, server_flags=()):
        """The HTTP address. A program sends what it has when it ends."""
        flags = (*self.flags, *flags)
        if form == "standalone":
            return self.stack.start_standalone(self.emulator.url, *flags, *server_flags)
        return self.stack.start_split(self.emulator.url, *flags, server_flags=(*flags, *server_flags))

    def spans(self):
        """All that the programs made, the outer ones first; they end."""
        self.stack.close()
        return list(spans_in(self.receiver.batches()))

    def child_of(self, spans, parent, count=1):
        children = [span for span in spans if span.parent == parent.id]
        self.assertEqual(len(children), count, spans)
        self.assertTrue(all(child.trace == parent.trace for child in children))
        return children

    def join(self, address, headers=None):
        answer = web.send(address, "POST", "/api/sessions/room-1/join?x=S3cret", {**JSON, **(headers or {})},
                          '{"data":"private"}')
        self.assertEqual(answer.status, 200, answer.text)
        return answer

    def assert_join(self, spans, form, parent):
        """`spans` are those of one join, which creates the session: one request, maybe one RPC, two at OpenVidu."""
        [door] = [span for span in spans if span.parent == parent]
        self.assertEqual((door.name, door.kind, door.service), (
            "POST /api/sessions/{id}/join", SERVER, "token-standalone" if form == "standalone" else "token-gateway"))
        self.assertEqual(door.attributes["http.response.status_code"], 200)
        inner = door
        if form == "split":
            [inner] = self.child_of(spans, door)
            self.assertEqual((inner.name, inner.kind, inner.service),
                             ("openvidu.token.v1.TokenService/JoinSession", SERVER, "token-server"))
            self.assertEqual(inner.attributes["rpc.grpc.status_code"], 0)
        attempts = self.child_of(spans, inner, count=2)
        self.assertEqual(sorted((span.name, span.kind, span.attributes["http.response.status_code"])
                                for span in attempts),
                         [("POST /openvidu/api/sessions", CLIENT, 200),
                          ("POST /openvidu/api/sessions/{sessionId}/connection", CLIENT, 200)])
        self.assertEqual({str(span.attributes["server.port"]) for span in attempts},
                         {self.emulator.address.rpartition(":")[2]})
        self.assertEqual(len(spans), 3 if form == "standalone" else 4)
        self.assertFalse(any(span.failed for span in spans))
        return door

    def test_a_request_is_one_trace(self):
        for form in ("standalone", "split"):
            with self.subTest(form=form):
                self.setUp()
                address = self.start(form)
                self.join(address)
                spans = self.spans()
                self.assert_join(spans, form, parent="")

    def test_a_request_is_a_part_of_its_callers_trace(self):
        for form in ("standalone", "split"):
            with self.subTest(form=form):
                self.setUp()
                self.flags += ("--trace_sample_ratio=0",)  # of those that begin here
                address = self.start(form)
                self.join(address)
                self.join(address, traceparent())
                spans = self.spans()
                self.assertEqual({(span.trace, span.state) for span in spans}, {(TRACE, "vendor=value")})
                [door] = [span for span in spans if span.parent == PARENT]
                self.assertEqual(door.attributes["http.route"], "/api/sessions/{id}/join")
                self.assertEqual(len(spans), 2 if form == "standalone" else 3)

    def test_what_the_caller_does_not_sample_is_not_sent(self):
        for form in ("standalone", "split"):
            with self.subTest(form=form):
                self.setUp()
                address = self.start(form)
                self.join(address, traceparent(sampled=False))
                self.assertEqual(self.spans(), [])

    def test_an_rpc_is_one_too_and_attempts_are_siblings(self):
        server = self.stack.start(processes.Server, self.emulator.url, *self.flags)
        self.emulator.control("POST", "faults", {"fault": "status", "status": 503, "times": 1})
        done = processes.run("token-cli", f"--server_address={server.address}", "init-session",
                             "--custom_session_id=room-1")
        self.assertEqual(done.returncode, 0, done.stderr)
        spans = self.spans()
        [rpc] = [span for span in spans if not span.parent]
        self.assertEqual((rpc.name, rpc.failed), ("openvidu.token.v1.TokenService/InitializeSession", False))
        attempts = self.child_of(spans, rpc, count=2)
        self.assertEqual(sorted((span.attributes["http.response.status_code"], span.failed) for span in attempts),
                         [(200, False), (503, True)])

    def test_spans_tell_neither_tokens_nor_sessions(self):
        address = self.start("split")
        token = self.join(address).json()["token"]
        self.assertEqual(web.send(address, "POST", "/api/sessions/room-1/connections",
                                  {**JSON, "Authorization": "Bearer S3cret"}, "{}").status, 200)
        self.assertEqual(len([span for span in self.spans() if span.kind == SERVER]), 4)
        text = json.dumps(self.receiver.batches())
        self.assertEqual(processes.leaks(text), [])
        for word in (token, "S3cret", "private", "room-1", processes.SECRET):
            self.assertNotIn(word, text)

    def test_the_access_log_names_the_trace(self):
        with tempfile.TemporaryDirectory() as folder:
            address = self.start("standalone", "--log_format=json", f"--access_log={folder}/access")
            self.join(address)
            [door] = [span for span in self.spans() if not span.parent]
            with open(f"{folder}/access", encoding="utf-8") as file:
                self.assertEqual([json.loads(line)["traceId"] for line in file], [door.trace])

    def test_what_a_service_is_called(self):
        standalone = self.stack.start(processes.Standalone, self.emulator.url, OTEL_SERVICE_NAME="mine",
                                      OTEL_RESOURCE_ATTRIBUTES="deployment.environment.name=a%20test",
                                      OTEL_EXPORTER_OTLP_ENDPOINT=self.receiver.url,
                                      OTEL_EXPORTER_OTLP_HEADERS=f"api-key={processes.SECRET}")
        self.assertEqual(processes.leaks(standalone.environment()), [])
        self.join(standalone.address)
        self.assertEqual({span.service for span in self.spans()}, {"mine"})
        [resource] = {json.dumps(attributes_of(each["resource"]), sort_keys=True)
                      for batch in self.receiver.batches() for each in batch["resourceSpans"]}
        self.assertEqual(json.loads(resource)["deployment.environment.name"], "a test")


class NoCollectorTest(unittest.TestCase):
    """A collector that is away, hangs or is another one than it should be is told of and harms nothing."""

    def setUp(self):
        self.stack = processes.Stack()
        self.addCleanup(self.stack.close)

    def use(self, endpoint, *flags):
        """What a program tells of it."""
        standalone = self.stack.start(processes.Standalone, None, f"--otlp_endpoint={endpoint}", *flags)
        for _ in range(1000):  # more than a batch has: it is sent at once
            answer = web.send(standalone.address, "POST", "/api/sessions", JSON, "{}")
            self.assertEqual(answer.status, 200, answer.text)
        return standalone

    def test_away(self):
        standalone = self.use("http://127.0.0.1:1")
        standalone.await_output("(spans cannot be sent)")
        standalone.stop()

    def test_hanging(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            standalone = self.use(f"http://127.0.0.1:{listener.getsockname()[1]}")
            connection = listener.accept()[0]
            self.assertTrue(connection.recv(1))
            standalone.stop()
            connection.close()

    def test_over_tls_it_has_to_be_the_right_one(self):
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        cert_file, key_file = certificates.self_signed(folder)
        other = certificates.Authority(folder, "other").cert_file
        receiver = Receiver((cert_file, key_file))
        self.stack.callback(receiver.stop)
        mistaken = self.use(receiver.url, f"--otlp_ca_file={other}")
        mistaken.await_output("(spans cannot be sent)")
        mistaken.stop()
        self.assertEqual(receiver.batches(), [])
        self.use(receiver.url, f"--otlp_ca_file={cert_file}").stop()
        self.assertEqual(len(list(spans_in(receiver.batches()))), 2000)


if __name__ == "__main__":
    unittest.main()
