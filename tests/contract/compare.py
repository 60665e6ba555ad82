"""Says how an answer differs from the recorded one. A difference is a line of text for a human."""

import email.utils
import re
import time

from ids import shape

# Times differ from run to run; each must be a time of this day, in milliseconds.
_TIMES = {"createdAt", "activeAt", "timestamp"}
_DAY_MS = 24 * 3600 * 1000
# What the server makes of a staticAuthSecret: an expiry with eight letters, and a Base64 of 20 bytes.
_TURN_USER = re.compile(r'"\d{10}:[A-Za-z0-9]{8}"')
_TURN_CREDENTIAL = re.compile(r'"[A-Za-z0-9+/]{27}="')
# A class loader's identity hash is a new one in each Java process.
_IDENTITY_HASH = re.compile(r"@[0-9a-f]{5,8}\b")
_COOKIE = re.compile(r"OVJSESSIONID=[0-9A-F]{32}; Path=/; HttpOnly")

_JSON_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]:,]|\s+|[^\s{}\[\]:,"]+', re.S)


class JsonError(ValueError):
    """Text that is no compact JSON."""


class Object:
    def __init__(self):
        self.items = []

    def get(self, key):
        return next((node for raw, node in self.items if raw == f'"{key}"'), None)

    def literal(self, key):
        node = self.get(key)
        return node if isinstance(node, str) else None


class Array:
    def __init__(self):
        self.nodes = []


def parse(text):
    """JSON as written: literals stay text, so `1.0` is not `1` and an escape is not its character."""
    tokens = iter(_JSON_TOKEN.findall(text))
    if "".join(_JSON_TOKEN.findall(text)) != text:
        raise JsonError("stray characters")
    node = _value(next(tokens, ""), tokens)
    rest = next(tokens, None)
    if rest is not None:
        raise JsonError(f"{rest[:20]!r} behind the value")
    return node


def _value(token, tokens):
    if token.isspace():
        raise JsonError("white space between tokens")
    if token == "{":
        node = Object()
        token = next(tokens, "")
        while token != "}":
            if not token.startswith('"') or next(tokens, "") != ":":
                raise JsonError(f"no key at {token[:20]!r}")
            node.items.append((token, _value(next(tokens, ""), tokens)))
            token = next(tokens, "")
            if token == ",":
                token = next(tokens, "")
            elif token != "}":
                raise JsonError(f"no comma at {token[:20]!r}")
        return node
    if token == "[":
        node = Array()
        token = next(tokens, "")
        while token != "]":
            node.nodes.append(_value(token, tokens))
            token = next(tokens, "")
            if token == ",":
                token = next(tokens, "")
            elif token != "]":
                raise JsonError(f"no comma at {token[:20]!r}")
        return node
    if not token or token in "}]:,":
        raise JsonError(f"no value at {token!r}")
    return token


def brief(value, limit=160):
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"


class Comparer:
    """Compares answers of one transcript. `ids` is bound further by what is equal; `times` likewise."""

    def __init__(self, ids, now_ms=lambda: int(time.time() * 1000)):
        self.ids = ids
        self._now_ms = now_ms
        self._times = {}
        self._differences = []
        self._bindings = {}

    # --- start line and headers ------------------------------------------------------------------

    def headers(self, recorded, actual):
        """`recorded`: names in lower case, one value each, in order, without Date."""
        folded = {}
        for name, value in actual:
            key = name.lower()
            folded[key] = f"{folded[key]}, {value}" if key in folded else value
        differences = self._date(folded.pop("date", None))
        names, expected = list(folded), list(recorded)
        differences += [f"header {name}: expected {recorded[name]!r}, missing"
                        for name in expected if name not in folded]
        differences += [f"header {name}: unexpected, {folded[name]!r}" for name in names if name not in recorded]
        if not differences and names != expected:
            differences.append(f"order of headers: expected {' '.join(expected)}, came {' '.join(names)}")
        for name in expected:
            if name in folded:
                differences += self._header(name, recorded[name], folded[name])
        return differences

    def header_lines(self, recorded, actual):
        """Both as [(name, value)] from the wire: case, order and repetition count."""
        expected, names = [name for name, _ in recorded], [name for name, _ in actual]
        if expected != names:
            return [f"header lines: expected {' '.join(expected)}, came {' '.join(names)}"]
        differences = []
        for (name, value), (_, came) in zip(recorded, actual):
            if name.lower() == "date":
                differences += self._date(came)
            else:
                differences += self._header(name.lower(), value, came)
        return differences

    @staticmethod
    def _date(value):
        try:
            email.utils.parsedate_to_datetime(value or "")
        except ValueError:
            return [f"header date: expected a date, came {value!r}"]
        return []

    def _header(self, name, recorded, actual):
        if name == "content-length":  # the caller compares the body that it measures
            return []
        if name == "set-cookie":
            if _COOKIE.fullmatch(recorded) and _COOKIE.fullmatch(actual):
                cookie = re.compile(r"(?<==)[0-9A-F]{32}")
                self.ids.bind(cookie.search(recorded).group(), cookie.search(actual).group())
                return []
        if recorded == actual or self.ids.match(recorded, actual) is not None:
            return []
        return [f"header {name}: expected {recorded!r}, came {actual!r}"]

    # --- bodies ----------------------------------------------------------------------------------

    def body(self, recorded, actual):
        """Compares a whole recorded body (text) with the bytes that came."""
        try:
            text = actual.decode("utf-8")
        except UnicodeDecodeError:
            return [f"body: expected {brief(recorded)}, came bytes that are no UTF-8"]
        if recorded[:1] not in ("{", "["):
            bindings = self.ids.match(recorded, text)
            if bindings is None:
                return [f"body: expected {brief(recorded)!r}, came {brief(text)!r}"]
            self.ids.bind_all(bindings)
            return []
        try:
            node = parse(text)
        except (JsonError, StopIteration) as error:
            return [f"body: expected {brief(recorded)}, came {brief(text)!r}: {error}"]
        self._differences, self._bindings, kept_times = [], {}, dict(self._times)
        self._node("", parse(recorded), node, None, None)
        if not self._differences:
            self.ids.bind_all(self._bindings)
        else:
            self._times = kept_times
        return self._differences

    def cut_body(self, recorded, actual, same_length=True):
        """Compares what is left of a recorded body with all that came.

        A list has an arbitrary order, and may have been made of other elements: then its ends are those of
        some element that came, and its length is not compared (`same_length`).
        """
        try:
            text = actual.decode("utf-8")
        except UnicodeDecodeError:
            return ["body: bytes that are no UTF-8"]
        counts = re.search(r'"numberOfElements":(\d+)', recorded.head)
        came = re.search(r'"numberOfElements":(\d+)', text)
        if counts and (not came or came.group(1) != counts.group(1)):
            return [f"numberOfElements: expected {counts.group(1)}, came {came.group(1) if came else 'none'}"]
        differences = []
        # A session is cut amid its connections: where their number was cut too, their length says nothing.
        counted = '"numberOfElements"' in recorded.head + recorded.tail or '"object":"session"' not in recorded.head
        if same_length and counted and len(text) != recorded.total_chars:
            differences.append(f"body: expected {recorded.total_chars} characters, came {len(text)}")
        try:
            wholes = self._orders(text)
        except (JsonError, StopIteration) as error:
            return [f"body: {error}"]
        # An id cut in two is not recognised as one, hence the margin at the cut.
        head, tail = shape(recorded.head)[:-40], shape(recorded.tail)[40:]
        if not any(shape(whole[:len(recorded.head) + 40]).startswith(head) for whole in wholes):
            differences.append(f"body: expected it to begin {brief(recorded.head)}, came {brief(text)}")
        if not any(shape(whole[-len(recorded.tail) - 40:]).endswith(tail) for whole in wholes):
            differences.append(f"body: expected it to end {recorded.tail[-160:]}, came {text[-160:]}")
        return differences

    @staticmethod
    def _orders(text):
        """`text`, and if it is or ends with a list, `text` with each of the list's elements alone."""
        wholes, mark = [text], '"content":['
        if mark in text:
            start, end = text.index(mark) + len(mark), text.rindex("]")
            for element in split_elements(text[start:end]):
                wholes.append(text[:start] + element + text[end:])
        return wholes

    def _node(self, path, recorded, actual, owner, came_owner):
        kinds = (type(recorded), type(actual))
        if kinds[0] is not kinds[1]:
            self._differences.append(f"{path or 'body'}: expected {describe(recorded)}, came {describe(actual)}")
        elif isinstance(recorded, Object):
            self._object(path, recorded, actual)
        elif isinstance(recorded, Array):
            if path.endswith("content"):
                self._unordered(path, recorded, actual)
            elif len(recorded.nodes) != len(actual.nodes):
                self._differences.append(
                    f"{path}: expected {len(recorded.nodes)} elements, came {len(actual.nodes)}")
            else:
                for index, (left, right) in enumerate(zip(recorded.nodes, actual.nodes)):
                    self._node(f"{path}[{index}]", left, right, owner, came_owner)
        else:
            self._literal(path, recorded, actual, owner, came_owner)

    def _object(self, path, recorded, actual):
        expected, keys = [key for key, _ in recorded.items], [key for key, _ in actual.items]
        if expected != keys:
            missing = [key for key in expected if key not in keys]
            extra = [key for key in keys if key not in expected]
            if missing or extra:
                self._differences.append(f"{path or 'body'}: missing keys {missing}, unexpected keys {extra}")
            else:
                self._differences.append(f"{path or 'body'}: order of keys: expected {','.join(expected)}, "
                                         f"came {','.join(keys)}")
            return
        for (key, left), (_, right) in zip(recorded.items, actual.items):
            name = key.strip('"')
            self._node(f"{path}.{name}" if path else name, left, right, recorded, actual)

    def _unordered(self, path, recorded, actual):
        """The elements of a list: their order is arbitrary, but for the active connections being first."""
        if len(recorded.nodes) != len(actual.nodes):
            self._differences.append(f"{path}: expected {len(recorded.nodes)} elements, came {len(actual.nodes)}")
            return
        left_over = list(actual.nodes)
        for index, node in enumerate(recorded.nodes):
            best = None
            for candidate in left_over:
                trial = self._try(f"{path}[{index}]", node, candidate)
                if best is None or len(trial[0]) < len(best[1][0]):
                    best = (candidate, trial)
                if not trial[0]:
                    break
            candidate, (differences, bindings, times) = best
            left_over.remove(candidate)
            self._differences += differences
            self._bindings.update(bindings)
            self._times.update(times)
        active = [isinstance(node, Object) and node.literal("status") == '"active"' for node in actual.nodes]
        if active != sorted(active, reverse=True):
            self._differences.append(f"{path}: active connections do not come first")

    def _try(self, path, recorded, actual):
        kept = self._differences, self._bindings, self._times
        self._differences, self._bindings, self._times = [], dict(kept[1]), dict(kept[2])
        self._node(path, recorded, actual, None, None)
        trial = self._differences, self._bindings, self._times
        self._differences, self._bindings, self._times = kept
        return trial

    def _literal(self, path, recorded, actual, owner, came_owner):
        key = path.rsplit(".", 1)[-1]
        if key in _TIMES and re.fullmatch(r"\d{13}", recorded):
            self._time(path, key, recorded, actual, owner, came_owner)
            return
        if key == "username" and _TURN_USER.fullmatch(recorded) and _TURN_USER.fullmatch(actual):
            return
        if key == "credential" and _TURN_CREDENTIAL.fullmatch(recorded) and _TURN_CREDENTIAL.fullmatch(actual):
            return
        if key == "message":
            recorded, actual = _IDENTITY_HASH.sub("@", recorded), _IDENTITY_HASH.sub("@", actual)
        # Equal ones are matched too: the recorded id itself is wrong where another has taken its place.
        bindings = self.ids.match(recorded, actual)
        if bindings is None or any(self._bindings.get(name, real) != real for name, real in bindings.items()):
            self._differences.append(f"{path}: expected {brief(recorded, 400)}, came {brief(actual, 400)}")
        else:
            self._bindings.update(bindings)

    def _time(self, path, key, recorded, actual, owner, came_owner):
        if not re.fullmatch(r"\d{13}", actual) or abs(int(actual) - self._now_ms()) > _DAY_MS:
            self._differences.append(f"{path}: expected the present in ms, came {actual}")
            return
        if key == "timestamp":
            return
        if key == "activeAt" and actual < (came_owner.literal("createdAt") or ""):
            self._differences.append(f"{path}: {actual} is before createdAt")
        # A time that was seen before must still be the same. Whose time it is, the id beside it tells.
        identity = owner.literal("id") or owner.literal("streamId") or path
        known = self._times.setdefault((identity, key, recorded), actual)
        if known != actual:
            self._differences.append(f"{path}: was {known} before, came {actual}")


def describe(node):
    if isinstance(node, Object):
        return "an object"
    return "an array" if isinstance(node, Array) else brief(node)


def split_elements(text):
    """The texts of a JSON array's elements, given what is between its brackets."""
    elements, depth, start, position = [], 0, 0, 0
    for match in _JSON_TOKEN.finditer(text):
        token = match.group()
        if token in ("{", "["):
            depth += 1
        elif token in ("}", "]"):
            depth -= 1
        elif token == "," and depth == 0:
            elements.append(text[start:match.start()])
            start = match.end()
        position = match.end()
    if position > start:
        elements.append(text[start:position])
    return elements
