"""Plain HTTP for tests: one request on a connection of its own, sent exactly as given."""

import dataclasses
import http.client
import json

# Long, because a busy machine is no failure.
TIMEOUT_S = 120


@dataclasses.dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self):
        return self.body.decode("utf-8")

    def json(self):
        return json.loads(self.body)


def send(address, method, target, headers=None, body=None):
    """The answer of `address` ("host:port"). No header is added but Host, Accept-Encoding and Content-Length."""
    if isinstance(body, str):
        body = body.encode()
    connection = http.client.HTTPConnection(address, timeout=TIMEOUT_S)
    try:
        try:
            connection.request(method, target, body=body, headers=headers or {})
        except (BrokenPipeError, ConnectionResetError):
            pass  # The body is refused before its end; the answer may be there all the same.
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def post_json(address, target, value):
    return send(address, "POST", target, {"Content-Type": "application/json"}, json.dumps(value))
