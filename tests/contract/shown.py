"""What a transcript shows of sessions and connections, anywhere in it."""

import re

from evidence import ACTIVE


class Bodies:
    """Where in a transcript sessions and connections are shown with their properties."""

    def __init__(self, transcript):
        self._sessions, self._connections, self._mentions = [], [], {}
        for position, record in enumerate(transcript.records):
            if record.kind != "http":
                continue
            self._collect(position, record.response_json())
            text = f"{record.target} {record.request_text.head} {record.response_text.head}"
            for word in re.findall(r"[\w-]+", text):
                self._mentions[word] = position

    def _collect(self, position, node):
        if isinstance(node, list):
            for element in node:
                self._collect(position, element)
        elif isinstance(node, dict):
            if node.get("object") == "session":
                self._sessions.append((position, node))
            elif node.get("object") == "connection":
                self._connections.append((position, node))
            for value in node.values():
                if isinstance(value, (dict, list)):
                    self._collect(position, value)

    @staticmethod
    def _nearest(shown, recorded, position):
        """A body of `recorded`: the first from `position` on, else the last before it."""
        later = [node for place, node in shown if node["id"] == recorded and place >= position]
        earlier = [node for place, node in shown if node["id"] == recorded and place < position]
        return later[0] if later else (earlier[-1] if earlier else None)

    def mentions(self, word):
        return any(node["id"] == word for _, node in self._connections)

    def last_mention(self, word):
        return self._mentions.get(word, -1)

    def session_properties(self, recorded, position):
        node = self._nearest(self._sessions, recorded, position)
        if node is None:
            return None
        names = ["mediaMode", "recordingMode", "defaultRecordingProperties", "customSessionId", "mediaNode",
                 "forcedVideoCodec", "allowTranscoding"]
        return {name: node[name] for name in names if name in node}

    def connection_properties(self, recorded, position):
        node = self._nearest(self._connections, recorded, position)
        if node is None:
            return None
        wanted = {name: node[name] for name in ["type", "record"] if node.get(name) is not None}
        wanted["data"] = node.get("serverData")
        names = (["rtspUri", "adaptativeBitrate", "onlyPlayWithSubscribers", "networkCache"]
                 if node.get("type") == "IPCAM" else ["role", "kurentoOptions", "customIceServers"])
        wanted.update({name: node[name] for name in names if node.get(name) is not None})
        return wanted

    def streams(self, recorded):
        for _, node in self._connections:
            if node["id"] == recorded and node.get("publishers"):
                return [publisher["streamId"] for publisher in node["publishers"]]
        return []

    def participant(self, recorded, position):
        """What a participant said of itself when it joined, as far as that is shown."""
        node = self._nearest(self._connections, recorded, position) or {}
        return {key: node[key] for key in ("clientData", "platform") if node.get(key)}

    def active(self, session, position, other_than=None):
        """The connection that is shown first, from `position` on, as being active in `session`."""
        return next((node["id"] for place, node in self._connections
                     if node["sessionId"] == session and node["status"] == ACTIVE and place >= position
                     and node["id"] != other_than), None)

    def without_role(self, recorded):
        """Only a deprecated token for an IPCAM leaves a WEBRTC connection behind that has no role."""
        return any(node["id"] == recorded and node["type"] == "WEBRTC" and node["role"] is None
                   for _, node in self._connections)
