"""What docs/openapi.yaml cannot say, and schemathesis has to know."""

import re
import uuid

import schemathesis
from hypothesis import strategies

# Formats of OpenVidu's own: it looks hosts up, so only some that need no look-up are made.
HOSTS = strategies.sampled_from(["example.com", "192.0.2.7", "[2001:db8::1]"])
PORTS = strategies.sampled_from(["", ":3478"])


def ice_urls(schemes, queries):
    return strategies.builds("{}:{}{}{}".format, strategies.sampled_from(schemes), HOSTS, PORTS,
                             strategies.sampled_from(queries))


schemathesis.openapi.format("stun-url", ice_urls(["stun", "stuns"], [""]))
schemathesis.openapi.format("turn-url", ice_urls(["turn", "turns"], ["", "?transport=tcp", "?transport=udp"]))
schemathesis.openapi.format("rtsp-uri", strategies.builds(
    "{}://{}/{}".format, strategies.sampled_from(["rtsp", "rtsps", "http", "https"]), HOSTS,
    strategies.from_regex(r"[a-z0-9]{0,8}", fullmatch=True)))


@schemathesis.deserializer("text/plain")
def text_of(_context, response):
    """A session id, which links take."""
    return response.text


@schemathesis.hook
def before_call(_context, case, _kwargs):
    """What a request means depends on those before it: these do not."""
    # A key is good for equal requests only.
    headers = case.headers or {}
    if re.fullmatch(r"[ -~]{1,128}", str(headers.get("Idempotency-Key", ""))):
        headers["Idempotency-Key"] = str(uuid.uuid4())
    # The properties of a session are looked at only where it is created.
    path = case.path_parameters or {}
    if case.path.endswith("/join") and re.fullmatch(r"[A-Za-z0-9_-]+", str(path.get("sessionId", ""))):
        path["sessionId"] = f"join-{uuid.uuid4()}"
