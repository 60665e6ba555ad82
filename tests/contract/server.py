"""The server under test, and the replay's own requests to it, beside the recorded ones."""

import base64
import contextlib
import http.client
import json
import re
import time
import urllib.parse


class Unmet(Exception):
    """A record needs something that the server refuses to make."""


class NoControl(Exception):
    """A record needs a participant that joined, and no control surface was given."""


class Api:
    """The replay's own requests, beside the recorded ones and on other connections."""

    def __init__(self, address, authorization, control=None):
        self._address, self._authorization, self._control = address, authorization, control

    def call(self, method, path, body=None, wanted=2):
        """The text of the answer, whose status must be of the class `wanted`."""
        connection = http.client.HTTPConnection(*self._address, timeout=30)
        headers = {"Authorization": self._authorization}
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        connection.close()
        if answer.status // 100 != wanted:
            raise Unmet(f"{method} {path[:200]} was needed first and answered {answer.status} {text[:200]}")
        return text

    def cookie(self):
        """A session cookie, as a request without credentials is given one."""
        connection = http.client.HTTPConnection(*self._address, timeout=30)
        connection.request("GET", "/openvidu/api/sessions")
        answer = connection.getresponse()
        answer.read()
        connection.close()
        found = re.match(r"OVJSESSIONID=([0-9A-F]{32});", answer.getheader("Set-Cookie") or "")
        if found is None:
            raise Unmet("a cookie was needed first, and none was given")
        return found.group(1)

    def control(self, path, body):
        if self._control is None:
            raise NoControl("needs a participant that joined, and no control surface was given")
        url = urllib.parse.urlsplit(self._control)
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
        connection.request("POST", url.path.rstrip("/") + path, json.dumps(body),
                           {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        connection.close()
        if answer.status // 100 != 2:
            raise Unmet(f"control {path} answered {answer.status} {text[:200]}")
        return text


class Server:
    """Where to send the requests, and how to speak to the server beside them."""

    def __init__(self, url, control_url, secret, started=None, now_ms=lambda: int(time.time() * 1000)):
        """`now_ms`: the time that the server's answers are of."""
        parts = urllib.parse.urlsplit(url)
        self.address = (parts.hostname, parts.port or 80)
        self.authorization = "Basic " + base64.b64encode(f"OPENVIDUAPP:{secret}".encode()).decode()
        self.api = Api(self.address, self.authorization, control_url)
        self.started = started
        self.now_ms = now_ms

    def garbage(self):
        config = json.loads(self.api.call("GET", "/openvidu/api/config"))
        return config["OPENVIDU_SESSIONS_GARBAGE_INTERVAL"], config["OPENVIDU_SESSIONS_GARBAGE_THRESHOLD"]

    def empty(self):
        """Removes all sessions. Without a control surface one stays whose id is too long for a request line."""
        try:
            self.api.control("/control/restart", {})
        except NoControl:
            for session in json.loads(self.api.call("GET", "/openvidu/api/sessions"))["content"]:
                with contextlib.suppress(Unmet):
                    self.api.call("DELETE", f"/openvidu/api/sessions/{session['id']}")
