"""The page of examples/web with OpenVidu's own browser library, up to where OpenVidu itself has to answer."""

import json
import shutil
import ssl
import subprocess
import threading
import urllib.parse

from websockets.sync import server as websockets

import browser
import processes
import web

TIMEOUT_S = 120


class FakeOpenViduFront:
    """The WebSocket of an OpenVidu: takes handshakes and messages, and keeps them. It answers pings only."""

    def __init__(self, certificate, key):
        self.handshakes, self.calls = [], []
        self.joined = threading.Event()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._server = websockets.serve(self._serve, "127.0.0.1", 0, ssl=context)
        self.port = self._server.socket.getsockname()[1]
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def stop(self):
        self._server.shutdown()
        self._thread.join(TIMEOUT_S)

    def _serve(self, connection):
        self.handshakes.append(connection.request.path)
        for text in connection:
            call = json.loads(text)
            self.calls.append(call)
            if call["method"] == "ping":
                connection.send(json.dumps({"jsonrpc": "2.0", "id": call["id"], "result": {"value": "pong"}}))
            elif call["method"] == "joinRoom":
                self.joined.set()


class WebExampleTest(browser.BrowserTest):
    def setUp(self):
        super().setUp()
        self.folder = browser.WORK_DIR / "web_example"
        shutil.copytree(browser.ROOT / "examples" / "web", self.folder, dirs_exist_ok=True)
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
                       cwd=self.folder, check=True)

    def start(self):
        """The service with the page; an OpenVidu whose tokens name the fake front."""
        tls = browser.WORK_DIR / "tls"
        service = self.stack.start(processes.Standalone, None, "--tls=auto", f"--tls_folder={tls}")
        service.stop()  # it has made the certificate that the front needs
        front = FakeOpenViduFront(tls / "self-signed.cert.pem", tls / "self-signed.key.pem")
        self.addCleanup(front.stop)
        emulator = self.stack.start(processes.Emulator, f"--https_port={front.port}")
        address = self.stack.start_standalone(emulator.url, f"--static_dir={self.folder}")
        return front, emulator, address

    def test_the_page_joins_with_the_token_that_openvidu_gave(self):
        front, emulator, address = self.start()
        page = self.open(f"http://{address}/", permissions=["camera", "microphone"])
        page.get_by_label("Your name").fill("Ada")
        page.get_by_label("Session").fill("room-1")
        page.get_by_role("button", name="Join").click()
        self.assertTrue(front.joined.wait(TIMEOUT_S), (front.handshakes, front.calls, self.complaints))

        issued = emulator.send("GET", "/openvidu/api/sessions/room-1/connection").json()["content"]
        self.assertEqual(len(issued), 1)
        handshake = urllib.parse.urlsplit(front.handshakes[0])
        self.assertEqual(handshake.path, "/openvidu")
        self.assertEqual(urllib.parse.parse_qs(handshake.query)["sessionId"], ["room-1"])
        join = next(call["params"] for call in front.calls if call["method"] == "joinRoom")
        self.assertEqual((join["session"], join["token"]), ("room-1", issued[0]["token"]))
        self.assertEqual(json.loads(join["metadata"]), {"clientData": "Ada"})
        # The token is good for the one join that it was given for.
        self.assertEqual(emulator.control("POST", "sessions/room-1/join", {"token": join["token"]})["status"], "active")

    def test_a_mistake_is_shown(self):
        _, emulator, address = self.start()
        page = self.open(f"http://{address}/")
        emulator.control("POST", "faults", {"fault": "status", "status": 401, "times": 0})
        page.get_by_label("Your name").fill("Ada")
        page.get_by_label("Session").fill("room-1")
        page.get_by_role("button", name="Join").click()
        page.get_by_role("status").filter(has_text="The call cannot be joined").wait_for()

    def test_the_folder_is_served_as_a_web_server_does(self):
        _, _, address = self.start()
        library = "/node_modules/openvidu-browser/static/js/openvidu-browser-2.32.2.min.js"
        whole = web.send(address, "GET", library)
        self.assertEqual(whole.body, (self.folder / library[1:]).read_bytes())
        self.assertEqual(web.send(address, "GET", library, {"If-None-Match": whole.headers["ETag"]}).status, 304)
        part = web.send(address, "GET", library, {"Range": "bytes=-10"})
        self.assertEqual((part.status, part.body), (206, whole.body[-10:]))
        self.assertEqual(web.send(address, "GET", "/node_modules/.package-lock.json").status, 404)
        self.assertEqual(web.send(address, "GET", "/_try").status, 200)


if __name__ == "__main__":
    browser.unittest.main()
