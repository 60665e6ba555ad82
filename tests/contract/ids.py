"""Which recorded id is which id of the server under test.

Generated ids differ from run to run, so a recorded id stands for the id that came in its place. The first
sight binds the two; from then on only the bound one is right, in answers as in the requests that follow.
"""

import re

# (what it looks like in a recording, what an id must look like that takes its place)
_PATTERNS = [
    # A stream's id ends with its connection's: bound as a whole, checked in its parts.
    (re.compile(r"str_[A-Z]{3}_[A-Za-z0-9]{4}_(?:con|ipc)_\w*"), None),
    (re.compile(r"ipc_IPCAM_[a-z]+_[A-Z0-9]{4}_\w*"), None),
    (re.compile(r"con_[A-Z][0-9A-Za-z]{9}(?!\w)"), r"con_[A-Z][0-9A-Za-z]{9}"),
    (re.compile(r"ses_[A-Z][0-9A-Za-z]{9}(?!\w)"), r"ses_[A-Z][0-9A-Za-z]{9}"),
    (re.compile(r"tok_[A-Z][0-9A-Za-z]{15}(?!\w)"), r"tok_[A-Z][0-9A-Za-z]{15}"),
    (re.compile(r"(?<=OVJSESSIONID=)[0-9A-F]{32}"), r"[0-9A-F]{32}"),
]
_ANY = re.compile("|".join(f"(?:{pattern.pattern})" for pattern, _ in _PATTERNS))
_STREAM = re.compile(r"(str_[A-Z]{3}_)[A-Za-z0-9]{4}_(.*)", re.S)
_IPCAM = re.compile(r"(ipc_IPCAM_[a-z]+_)[A-Z0-9]{4}(_.*)", re.S)


def looks_generated(text):
    return _ANY.fullmatch(text) is not None


def shape(text):
    """`text` with every id and every time in it blurred, its length unchanged."""
    blurred = _ANY.sub(lambda match: "#" * len(match.group()), text)
    return re.sub(r"(?<=[:,\[])1\d{12}(?!\d)", "#" * 13, blurred)


class Ids:
    """The bindings recorded → real of one transcript."""

    def __init__(self):
        self._real = {}

    def bind(self, recorded, real):
        self._real[recorded] = real

    def bind_all(self, bindings):
        self._real.update(bindings)

    def real(self, recorded):
        """The bound id, or the recorded one: an id the client chose is the same in both worlds."""
        return self._real.get(recorded, recorded)

    def knows(self, recorded):
        return recorded in self._real

    def recorded(self, real):
        return next((key for key, value in self._real.items() if value == real), None)

    def translate(self, text):
        """A recorded request's text with the ids of the server under test."""
        return _ANY.sub(lambda match: self._translate_one(match.group()), text)

    def _translate_one(self, recorded):
        if recorded in self._real:
            return self._real[recorded]
        stream = _STREAM.fullmatch(recorded)
        if stream:
            # Its own id was never seen; that of its connection may have been.
            return recorded[:-len(stream.group(2))] + self.real(stream.group(2))
        return recorded

    def match(self, recorded, actual):
        """The new bindings under which `actual` equals `recorded`; None when nothing makes them equal."""
        bindings = {}
        parts, groups, end = [], [], 0
        for match in _ANY.finditer(recorded):
            parts.append(re.escape(recorded[end:match.start()]))
            parts.append(self._pattern(match.group(), groups))
            end = match.end()
        if not groups and end == 0:
            return bindings if recorded == actual else None
        parts.append(re.escape(recorded[end:]))
        found = re.fullmatch("".join(parts), actual)
        if found is None:
            return None
        for group, key in enumerate(groups, start=1):
            if bindings.setdefault(key, found.group(group)) != found.group(group):
                return None
        taken = {real: key for key, real in self._real.items()}
        for key, real in bindings.items():
            if taken.get(real, key) != key:  # two things that were two have become one
                return None
        return bindings

    def _pattern(self, recorded, groups):
        if recorded in self._real:
            return re.escape(self._real[recorded])
        groups.append(recorded)
        stream = _STREAM.fullmatch(recorded)
        if stream:
            connection = self.real(stream.group(2))
            inner = re.escape(connection) if self.knows(stream.group(2)) else self._loose(stream.group(2))
            return f"({re.escape(stream.group(1))}[A-Za-z0-9]{{4}}_{inner})"
        return f"({self._loose(recorded)})"

    @staticmethod
    def _loose(recorded):
        ipcam = _IPCAM.fullmatch(recorded)
        if ipcam:
            return f"{re.escape(ipcam.group(1))}[A-Z0-9]{{4}}{re.escape(ipcam.group(2))}"
        for pattern, replacement in _PATTERNS:
            if replacement and pattern.fullmatch(recorded):
                return replacement
        return re.escape(recorded)
