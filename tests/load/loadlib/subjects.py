"""Starts what is measured in front of an OpenVidu."""

import shutil
import socket
import subprocess
import time

from benchlib import install

import processes
import web

OURS = ("standalone", "split")
NODE = "node"


class NodePeer:
    """express and OpenVidu's own client library (bench/peers/node), which npm brings once."""

    def __init__(self, openvidu_url):
        folder = install.node_peer()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{probe.getsockname()[1]}"
        self._popen = subprocess.Popen(
            [shutil.which("node"), "server.js"], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env=processes.environment(
                OPENVIDU_URL=openvidu_url, OPENVIDU_SECRET=processes.SECRET, NODE_ENV="production",
                SERVER_PORT=self.address.rpartition(":")[2]))
        deadline = time.monotonic() + web.TIMEOUT_S
        while not self._listens():
            if self._popen.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError(f"{folder}/server.js does not start")
            time.sleep(0.05)

    def _listens(self):
        try:
            web.send(self.address, "GET", "/")
            return True
        except OSError:
            return False

    def stop(self):
        self._popen.kill()  # it has nothing to end well
        self._popen.wait()


def start(stack, name, openvidu_url, *flags):
    """The address of a subject, which `stack` stops. The flags are those of ours."""
    if name == NODE:
        return stack.start(NodePeer, openvidu_url).address
    if name == "split":
        server = stack.start(processes.Server, openvidu_url, *flags)
        return stack.start(processes.Gateway, server.address).address
    return stack.start_standalone(openvidu_url, *flags)
