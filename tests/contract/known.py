"""The differences that are accepted, each with its reason.

An entry names what differs as well as where, so that nothing else can hide behind it.
"""

import json
import pathlib
import re

# At most one replayed record in a hundred.
_LIMIT = 0.01


class KnownDifferences:
    """Entries {"transcript", "name" or "pattern", "difference", "reason"}; the middle two are regular expressions."""

    def __init__(self, entries):
        self._entries = entries
        self._used, self._equal = set(), set()
        self.count = 0

    @classmethod
    def load(cls, path):
        entries = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
        for entry in entries:
            needed = all(entry.get(key) for key in ("transcript", "difference", "reason"))
            if not needed or ("name" in entry) == ("pattern" in entry):
                raise ValueError("a known difference needs transcript, name or pattern, difference and reason: "
                                 f"{entry}")
        return cls(entries)

    def explains(self, record, differences):
        """Whether all `differences` of `record` are known; counts the record if so."""
        found = self._find(record)
        if found is None:
            return False
        if not all(re.search(self._entries[found]["difference"], difference) for difference in differences):
            return False
        self._used.add(found)
        self.count += 1
        return True

    def equal(self, record):
        """Notes that `record` was equal."""
        found = self._find(record)
        if found is not None:
            self._equal.add(found)

    def complaints(self, replayed, complete):
        """What is wrong with the list itself. `complete`: all of the transcripts that it was made for ran."""
        lines = []
        for index, entry in enumerate(self._entries):
            if index not in self._used and (complete or index in self._equal):
                lines.append(f"STALE known difference, matches no difference any more: {entry}")
        if self.count > replayed * _LIMIT:
            lines.append(f"TOO MANY known differences: {self.count} of {replayed}")
        return lines

    def _find(self, record):
        for index, entry in enumerate(self._entries):
            if entry["transcript"] != record.transcript:
                continue
            if entry.get("name") == record.name:
                return index
            if "pattern" in entry and re.search(entry["pattern"], record.name):
                return index
        return None
