"""What recorded answers are evidence of."""

import re
import urllib.parse

PENDING, ACTIVE = "pending", "active"
_BASE = re.compile(r"(?:/openvidu)?/api(?=/)")


def route(target):
    """(parts after the API's base, query) of a target, or (None, {}) for one that is outside of it."""
    path, _, query = target.partition("?")
    path = re.sub(r"^https?://[^/]*", "", path)
    try:
        path = urllib.parse.unquote(path, errors="strict")
    except UnicodeDecodeError:
        return None, {}
    base = _BASE.match(path)
    if not base or "//" in path or ";" in path or "/." in path:
        return None, {}
    return path[base.end() + 1:].split("/"), urllib.parse.parse_qs(query, keep_blank_values=True)


def _flag(query, default):
    value = query.get("pendingConnections", [""])[0].lower()
    return default if value == "" else value in ("true", "1", "yes", "on")


def recorded_id(record):
    """The id in a recorded answer; one that was cut still begins with it, unless the id itself was cut."""
    body = record.response_json()
    if isinstance(body, dict):
        return body.get("id")
    found = re.match(r'\{"id":"([^"]*)"', record.response_text.head)
    return found.group(1) if found else None


def created(record):
    """The recorded id of the session that a record created, else None."""
    parts, _ = route(record.target)
    if parts != ["sessions"] or record.method != "POST" or record.status != 200:
        return None
    wanted = record.request_json()
    if isinstance(wanted, dict) and wanted.get("customSessionId"):
        return wanted["customSessionId"]
    return recorded_id(record)


def facts_of(record, is_connection):
    """What a recorded answer says about the world that its request met: tuples, the first element their kind.

    ("session", S, exists)  ("connection", S, C, exists)  ("stream", S, C, id)  ("active", S, C)
    ("anyone active", S)  ("nobody active", S)  ("sessions", [S] or None when cut, count)
    ("connections", S, [(C, status)] or None when cut, count, whether pending ones are shown)
    `is_connection(id)`: whether the transcript shows a connection of that id.
    """
    parts, query = route(record.target)
    status, method = record.status, record.method
    # An answer without these headers comes from before the application, and knows nothing of sessions.
    if parts is None or "x-frame-options" not in record.response_headers:
        return []
    if status in (401, 403) and parts != ["tokens"]:
        return []
    wanted = record.request_json()
    if parts == ["sessions"]:
        return _facts_of_sessions(record, wanted, query)
    if parts[0] == "sessions":
        return _facts_of_session(record, parts, query)
    if parts == ["signal"] and method == "POST" and isinstance(wanted, dict):
        session = wanted.get("session")
        if not isinstance(session, str):
            return []
        if status == 404:
            return [("session", session, False)]
        if status == 406 and not record.response_text.head:
            return [("session", session, True), ("nobody active", session)]
        if status in (200, 406):
            receivers = [to for to in wanted.get("to") or [] if isinstance(to, str)]
            known = [to for to in receivers if status == 200 or is_connection(to)]
            return [("session", session, True)] + ([("active", session, to) for to in known]
                                                   or [("anyone active", session)])
    if parts == ["tokens"] and method == "POST" and isinstance(wanted, dict):
        session = wanted.get("session")
        if not isinstance(session, str):
            return []
        body = record.response_json()
        if status == 404:
            return [("session", session, False)]
        if status == 200 or status == 403 or (body and "/sessions/" in body.get("path", "")):
            return [("session", session, True)]
    return []


def _facts_of_sessions(record, wanted, query):
    if record.method == "POST":
        custom = wanted.get("customSessionId") if isinstance(wanted, dict) else None
        if isinstance(custom, str) and custom and record.status in (200, 409):
            return [("session", custom, record.status == 409)]
        return []
    if record.status != 200 or record.method not in ("GET", "HEAD"):
        return []
    pending = _flag(query, False)
    body = record.response_json()
    if body is not None:
        facts = [("sessions", [element["id"] for element in body["content"]], body["numberOfElements"])]
        for element in body["content"]:
            facts.append(_connections_fact(element["id"], element["connections"], pending))
        return facts
    count = re.match(r'\{"numberOfElements":(\d+)', record.response_text.head)
    return [("sessions", None, int(count.group(1)))] if count else []


def _facts_of_session(record, parts, query):
    session, status, method = parts[1], record.status, record.method
    reads = method in ("GET", "HEAD")
    body = record.response_json()
    if len(parts) == 2 and (reads or method == "DELETE"):
        facts = _existence(session, status, (200, 204), (404,))
        if reads and status == 200 and body:
            facts.append(_connections_fact(session, body["connections"], _flag(query, False)))
        return facts
    if len(parts) == 3 and parts[2] == "connection" and (reads or method == "POST"):
        facts = _existence(session, status, (200, 400, 500), (404,))
        if reads and status == 200:
            if body is None:
                count = re.match(r'\{"numberOfElements":(\d+)', record.response_text.head)
                if count:
                    facts.append(("connections", session, None, int(count.group(1)), _flag(query, True)))
            else:
                facts.append(_connections_fact(session, body, _flag(query, True)))
        return facts
    if len(parts) == 4 and parts[2] == "connection" and (reads or method == "DELETE"):
        facts = _existence(session, status, (200, 204, 404), (400,))
        if status in (200, 204, 404):
            facts.append(("connection", session, parts[3], status != 404))
            if isinstance(body, dict) and body.get("status") == ACTIVE and body.get("type") == "WEBRTC":
                facts.append(("active", session, parts[3]))
        return facts
    if len(parts) == 4 and parts[2] == "stream" and method == "DELETE":
        facts = _existence(session, status, (204, 404, 405), (400,))
        owner = re.fullmatch(r"str_[A-Z]{3}_[A-Za-z0-9]{4}_(.+)", parts[3])
        if status in (204, 405) and owner:
            facts += [("connection", session, owner.group(1), True),
                      ("stream", session, owner.group(1), parts[3])]
        return facts
    return []


def _existence(session, status, there, not_there):
    if status in there:
        return [("session", session, True)]
    return [("session", session, False)] if status in not_there else []


def _connections_fact(session, connections, pending):
    shown = [(element["id"], element["status"]) for element in connections["content"]]
    return ("connections", session, shown, connections["numberOfElements"], pending)
