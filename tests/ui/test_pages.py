"""The try-it page and the API's documentation, as a person uses them."""

import json
import os
import re
import shutil
import subprocess
import urllib.parse

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

import browser
import processes
import tools
import web

SCREENSHOTS = browser.WORK_DIR / "screenshots"
AXE = browser.TOOLS / "node_modules" / "axe-core" / "axe.min.js"
LOOKS = [(scheme, width, height) for scheme in ("light", "dark") for width, height in ((1280, 900), (390, 844))]
REQUESTS = {"InitializeSession": "InitializeSessionRequest", "CreateConnection": "CreateConnectionRequest",
            "JoinSession": "JoinSessionRequest"}


def grpc_messages():
    """The contract's request messages by RPC."""
    file = browser.WORK_DIR / f"contract-{os.getpid()}"
    subprocess.run(["protoc", f"--proto_path={browser.ROOT}/proto", "--include_imports",
                    f"--descriptor_set_out={file}", "openvidu/token/v1/token_service.proto"], check=True)
    pool = descriptor_pool.DescriptorPool()
    for one in descriptor_pb2.FileDescriptorSet.FromString(file.read_bytes()).file:
        pool.Add(one)
    file.unlink()
    return {rpc: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"openvidu.token.v1.{name}"))
            for rpc, name in REQUESTS.items()}


class TryItPageTest(browser.BrowserTest):
    def start(self, **options):
        self.emulator = self.stack.start(processes.Emulator)
        standalone = self.stack.start(processes.Standalone, self.emulator.url, "--policy=sample")
        self.address, self.grpc_address = standalone.address, standalone.grpc_address
        page = self.open(f"http://{self.address}/", **options)
        page.get_by_label("customSessionId").wait_for()
        return page

    def tearDown(self):
        # A violation of the page's Content-Security-Policy is such a complaint; an answer that is an error too, rightly.
        unexpected = [text for text in self.complaints if "Failed to load resource" not in text]
        self.assertEqual(unexpected, [])
        for request in self.requests:
            self.assertEqual(urllib.parse.urlsplit(request.url).hostname, "127.0.0.1", request.url)

    def send(self, page):
        before = page.locator("article").count()
        page.get_by_role("button", name="Send").click()
        page.wait_for_function("count => document.querySelectorAll('article').length > count", arg=before)
        return page.locator("article").first

    def line(self, page, name):
        return page.get_by_role("group", name=f"{name} line", exact=True).inner_text()

    def test_from_a_session_to_a_token(self):
        page = self.start()
        page.get_by_role("status").filter(has_text="Ready").wait_for()
        page.get_by_label("customSessionId").fill("room-1")
        answer = self.send(page)
        self.assertEqual(answer.get_by_role("group", name="answer").inner_text(), "room-1")
        page.get_by_text("Make a connection").click()
        page.get_by_label("role").select_option("SUBSCRIBER")
        page.get_by_label("data").fill("Ada")
        token = self.send(page).get_by_role("group", name="answer").inner_text()
        self.assertRegex(token, r"^wss://localhost:4443\?sessionId=room-1&token=tok_\w{16}$")
        body = json.loads(self.emulator.requests()[-1]["body"])
        self.assertEqual(body, {"role": "SUBSCRIBER", "data": "Ada"})
        self.assertEqual(page.locator("#said").inner_text().split(".")[0], "200 OK")

    def test_every_option_is_offered_and_sent_as_it_is(self):
        page = self.start()
        page.get_by_text("Join", exact=True).click()
        page.get_by_label("sessionId").fill("room-2")
        page.get_by_label("mediaMode").select_option("RELAYED")
        page.get_by_text("defaultRecordingProperties").first.click()
        page.get_by_label("frameRate").fill("30")
        page.get_by_label("hasVideo").select_option("false")
        page.get_by_text("kurentoOptions", exact=True).click()
        page.get_by_label("videoMaxRecvBandwidth").fill("600")
        page.get_by_label("allowedFilters").fill("GStreamerFilter\nFaceOverlayFilter")
        page.get_by_text("customIceServers", exact=True).click()
        page.get_by_role("button", name="Add to customIceServers").click()
        page.get_by_role("textbox", name="url").fill("turn:turn.example.com:443")
        page.get_by_role("textbox", name="username").fill("ada")
        page.get_by_role("textbox", name="credential").fill("it's secret")
        page.get_by_text("Other properties").click()
        page.get_by_label("JSON").fill('{"future": [1]}')
        session = {"mediaMode": "RELAYED", "defaultRecordingProperties": {"hasVideo": False, "frameRate": 30}}
        connection = {"kurentoOptions": {"videoMaxRecvBandwidth": 600,
                                         "allowedFilters": ["GStreamerFilter", "FaceOverlayFilter"]},
                      "customIceServers": [{"url": "turn:turn.example.com:443", "username": "ada",
                                            "credential": "it's secret"}]}
        answer = json.loads(self.send(page).get_by_role("group", name="answer").inner_text())
        self.assertEqual((answer["sessionId"], answer["created"]), ("room-2", True))
        made, joined = [json.loads(request["body"]) for request in self.emulator.requests()]
        self.assertEqual(made, {**session, "customSessionId": "room-2", "future": [1]})
        self.assertEqual(joined, {**connection, "future": [1]})

        # The lines say the same.
        curl = subprocess.run(["bash", "-c", f"{self.line(page, 'curl')} -sS"], capture_output=True, text=True, check=True)
        self.assertEqual(json.loads(curl.stdout)["created"], False)
        message, rpc = self.grpcurl(page)
        self.assertEqual(rpc, "JoinSession")
        grpcurl = subprocess.run(["bash", "-c", self.line(page, "grpcurl")], capture_output=True, text=True, check=True,
                                 env={**os.environ, "PATH": f"{self.folder_of_grpcurl()}:{os.environ['PATH']}"})
        self.assertRegex(json.loads(grpcurl.stdout)["connection"]["token"], "sessionId=room-2&token=tok_")
        self.assertEqual(json.loads(self.emulator.requests()[-1]["body"]), {**connection, "future": [1]})
        self.assertEqual(message.session_properties.media_mode, 2)
        self.assertEqual(message.connection_properties.custom_ice_servers[0].credential, "it's secret")

    def test_no_option_of_the_description_is_missing(self):
        page = self.start()
        document = web.send(self.address, "GET", "/openapi.json").json()
        page.get_by_text("Make a connection").click()
        page.get_by_text("customIceServers", exact=True).click()
        page.get_by_role("button", name="Add to customIceServers").click()
        names = set(page.locator("#body [name]").evaluate_all("all => all.map(one => one.name)"))
        page.get_by_text("Start a session").click()
        names |= set(page.locator("#body [name]").evaluate_all("all => all.map(one => one.name)"))
        for schema in ("SessionProperties", "RecordingProperties", "MediaNode", "KurentoOptions", "IceServer"):
            for name, property_schema in document["components"]["schemas"][schema]["properties"].items():
                if "$ref" not in property_schema or property_schema["$ref"].endswith("Bandwidth"):
                    self.assertIn(name, names, schema)
        for clause in ("then", "else"):
            for name, property_schema in document["components"]["schemas"]["ConnectionProperties"][clause]["properties"].items():
                if property_schema.get("type") != ["array", "null"] and "$ref" not in property_schema:
                    self.assertIn(name, names, clause)

    def test_an_ip_camera_has_other_options(self):
        page = self.start()
        page.get_by_label("customSessionId").fill("room-1")
        self.send(page)
        page.get_by_text("Make a connection").click()
        page.get_by_text("Other properties").click()
        page.get_by_label("JSON").fill('{"role": "KING"}')
        message, _ = self.grpcurl(page)
        self.assertEqual(dict(message.properties.additional_properties), {"role": '"KING"'})
        page.get_by_label("JSON").fill("")
        self.assertTrue(page.get_by_label("role").is_visible())
        self.assertFalse(page.get_by_label("rtspUri").is_visible())
        page.get_by_label("role").select_option("MODERATOR")  # and is not sent when it does not count
        page.get_by_label("type").select_option("IPCAM")
        self.assertFalse(page.get_by_label("role").is_visible())
        page.get_by_label("rtspUri").fill("rtsp://camera.example.com/one")
        page.get_by_label("networkCache").fill("500")
        answer = self.send(page)
        self.assertIn("no token", answer.inner_text())
        self.assertEqual(json.loads(self.emulator.requests()[-1]["body"]),
                         {"type": "IPCAM", "rtspUri": "rtsp://camera.example.com/one", "networkCache": 500})
        message, rpc = self.grpcurl(page)
        self.assertEqual((rpc, message.properties.network_cache), ("CreateConnection", 500))

    def test_an_error_is_shown_as_it_is(self):
        page = self.start()
        page.get_by_label("customSessionId").fill("not an id")
        answer = self.send(page)
        problem = json.loads(answer.get_by_role("group", name="answer").inner_text())
        self.assertEqual((problem["status"], problem["code"], problem["field"]),
                         (400, "INVALID_ARGUMENT", "customSessionId"))
        self.assertIn("400 Bad Request", answer.inner_text())
        self.assertIn(problem["detail"], page.locator("#said").inner_text())
        page.get_by_text("Other properties").click()
        page.get_by_label("JSON").fill("{")
        page.get_by_role("alert").filter(has_text="no JSON").wait_for()

    def test_headers_and_a_bearer_token_that_is_kept_nowhere(self):
        page = self.start()
        page.get_by_text("Headers and sign-in").click()
        page.get_by_label("Bearer token").fill("BEARER-1")
        page.get_by_label("Grpc-Timeout").fill("nonsense")
        self.assertIn("400", self.send(page).inner_text())
        request = next(one for one in self.requests if one.method == "POST")
        self.assertEqual(request.headers["authorization"], "Bearer BEARER-1")
        self.assertEqual(request.headers["grpc-timeout"], "nonsense")
        for line in ("curl", "grpcurl"):
            self.assertIn("Bearer $TOKEN", self.line(page, line))
            self.assertNotIn("BEARER-1", self.line(page, line))
        self.assertEqual(page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]"), [0, 0, ""])
        page.reload()
        self.assertEqual(page.locator("input[name=bearer]").input_value(), "")

    def test_by_keyboard_alone(self):
        page = self.start()
        page.keyboard.press("Tab")
        self.assertEqual(page.evaluate("document.activeElement.textContent"), "To the form")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        self.assertEqual(page.evaluate("document.activeElement.value"), "initializeSession")
        page.keyboard.press("Tab")
        page.keyboard.type("room-9")
        page.keyboard.press("Enter")
        page.locator("article").wait_for()
        self.assertEqual(page.locator("article pre").first.inner_text(), "room-9")

    def test_the_state_of_the_server_is_shown(self):
        emulator = self.stack.start(processes.Emulator)
        server = self.stack.start(processes.Server, emulator.url)
        gateway = self.stack.start(processes.Gateway, server.address, "--ui=on")
        page = self.open(f"http://{gateway.address}/")
        page.get_by_role("status").filter(has_text="Ready").wait_for()
        server.stop()
        page.get_by_role("status").filter(has_text="Not ready (503)").wait_for()
        self.assertEqual(web.send(self.stack.start(processes.Gateway, server.address).address, "GET", "/").status, 404)

    def test_looks(self):
        """Fits every window, and has no accessibility mistake that axe knows (WCAG 2.2 AA), in light and dark."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        first = self.start()
        first.close()
        for scheme, width, height in LOOKS:
            page = self.open(f"http://{self.address}/", color_scheme=scheme,
                             viewport={"width": width, "height": height})
            page.get_by_label("customSessionId").fill("room-1")
            self.send(page)
            page.get_by_text("Make a connection").click()
            page.get_by_label("role").select_option("SUBSCRIBER")
            self.send(page)
            page.get_by_text("Other properties").click()
            page.get_by_label("JSON").fill('{"role": "KING"}')
            self.send(page)
            page.get_by_text("Other properties").click()
            page.get_by_text("Headers and sign-in").focus()
            self.check_looks(page, f"try-{scheme}-{width}")
            page.goto(f"http://{self.address}/docs")
            page.get_by_role("heading", name="Joins a session").wait_for()
            self.check_looks(page, f"docs-{scheme}-{width}")

    def check_looks(self, page, name):
        page.evaluate("document.scrollingElement.scrollTo({top: 0, behavior: 'instant'})")
        page.screenshot(path=SCREENSHOTS / f"{name}.png")
        self.assertLessEqual(*page.evaluate("[document.scrollingElement.scrollWidth, innerWidth]"), name)
        page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run().then(found => found.violations)")
        self.assertEqual([(one["id"], [node["html"] for node in one["nodes"]]) for one in found], [], name)

    def folder_of_grpcurl(self):
        folder = browser.WORK_DIR / f"bin-{os.getpid()}"
        folder.mkdir()
        self.addCleanup(shutil.rmtree, folder)
        (folder / "grpcurl").symlink_to(tools.program("grpcurl"))
        return folder

    def grpcurl(self, page):
        """The message of the grpcurl line, as the contract reads it, and its RPC."""
        line = self.line(page, "grpcurl")
        target, method = line.split()[-2:]
        self.assertEqual(target, self.grpc_address)
        rpc = method.rsplit("/", 1)[1]
        quoted = re.search(r"-d ('.*') \\\n", line).group(1)
        text = subprocess.run(["bash", "-c", f"printf %s {quoted}"], capture_output=True, text=True, check=True).stdout
        return json_format.Parse(text, grpc_messages()[rpc]()), rpc


class DocsPageTest(browser.BrowserTest):
    def test_it_shows_every_operation_and_every_answer(self):
        address = self.stack.start_standalone(None)
        page = self.open(f"http://{address}/docs")
        page.get_by_role("heading", name="Joins a session").wait_for()
        document = web.send(address, "GET", "/openapi.json").json()
        for path, item in document["paths"].items():
            for operation in (one for method, one in item.items() if method in ("get", "post")):
                article = page.locator(f"article#{operation['operationId']}")
                text = article.text_content()
                self.assertIn(path, text)
                for code in operation["responses"]:
                    self.assertEqual(article.locator("summary b", has_text=code).count(), 1, (path, code))
        text = page.locator("main").text_content()
        for name in ("defaultRecordingProperties", "staticAuthSecret", "RateLimit-Reset", "Retry-After", "SUBSCRIBER"):
            self.assertIn(name, text)
        self.assertNotIn("[object", text)
        self.assertNotIn("undefined", text)
        page.get_by_role("link", name="Try it").click()
        page.get_by_label("customSessionId").wait_for()
        self.assertEqual(self.complaints, [])


if __name__ == "__main__":
    browser.unittest.main()
