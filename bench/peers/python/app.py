"""The Python peer: the two requests with Flask and requests, as OpenVidu's sample server makes them.

Each call opens a connection to OpenVidu of its own, as `requests.post` does.
"""

import os

import requests
from flask import Flask, request
from flask_cors import CORS

OPENVIDU_API = os.environ["OPENVIDU_URL"] + "/openvidu/api/sessions"
CREDENTIALS = ("OPENVIDUAPP", os.environ["OPENVIDU_SECRET"])

app = Flask(__name__)
CORS(app)


@app.route("/api/sessions", methods=["POST"])
def initialize_session():
    """Answers with the id of a session that is created, or was there already."""
    properties = request.get_json(silent=True) or {}
    answer = requests.post(OPENVIDU_API, json=properties, auth=CREDENTIALS, verify=False)
    if answer.status_code == 409:
        return properties["customSessionId"]
    answer.raise_for_status()
    return answer.json()["sessionId"]


@app.route("/api/sessions/<session_id>/connections", methods=["POST"])
def create_connection(session_id):
    """Answers with the token of a new connection."""
    properties = request.get_json(silent=True) or {}
    answer = requests.post(
        f"{OPENVIDU_API}/{session_id}/connection", json=properties, auth=CREDENTIALS, verify=False)
    answer.raise_for_status()
    return answer.json()["token"]
