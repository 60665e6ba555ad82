"""Folders with an nginx configuration: of the upstream, and of the bare proxy."""

import base64
import json
import shutil

from benchlib import processes
from benchlib.paths import BENCH, BUILD, PEERS, TRANSCRIPTS

SECRET = "bench-secret"
SESSION_ID = "room-1"
# OpenVidu's Tomcat closes a connection after that many requests.
OPENVIDU_KEEPALIVE_REQUESTS = 100


def command(folder):
    """What serves the configuration of a folder."""
    return ["nginx", "-p", f"{folder}/", "-e", "error.log", "-c", "nginx.conf"]


def upstream(port, keepalive_requests):
    """A folder that serves OpenVidu 2.32.2's recorded answers to `{}` on the port."""
    session = _recorded("01-sessions-valid.jsonl", "post sessions: {}")
    connection = _recorded("04-connections-valid.jsonl", "post connection: {}")
    headers = {name: value for name, value in session["headers"].items()
               if name not in ("content-type", "content-length")}
    return _folder("upstream", BENCH / "benchlib/upstream.conf", {
        "PORT": port,
        "KEEPALIVE_REQUESTS": keepalive_requests or 1_000_000_000,
        "HEADERS": " ".join(f"add_header {name} '{value}';" for name, value in headers.items()),
        "SESSION": _as_room(session["body"]),
        "CONNECTION": _as_room(connection["body"]),
    })


def proxy(port, upstream_port):
    """A folder that serves the bare proxy on the port."""
    credentials = base64.b64encode(f"OPENVIDUAPP:{SECRET}".encode()).decode()
    return _folder("proxy", PEERS / "nginx/proxy.conf", {
        "PORT": port,
        "UPSTREAM": f"127.0.0.1:{upstream_port}",
        "AUTHORIZATION": f"Basic {credentials}",
    })


def _recorded(transcript, name):
    for line in (TRANSCRIPTS / transcript).read_text().splitlines():
        exchange = json.loads(line)
        if exchange["name"] == name:
            return exchange["response"]
    raise ValueError(f"{transcript} has no {name!r}")


def _as_room(body):
    """The recorded body as if its session had our id."""
    return body.replace(json.loads(body)["sessionId"], SESSION_ID)


def _folder(name, template, values):
    folder = BUILD / "nginx" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    text = template.read_text()
    for key, value in {"OPEN_FILES": processes.open_files(), **values}.items():
        text = text.replace(f"@{key}@", str(value))
    (folder / "nginx.conf").write_text(text)
    return folder
