"""Starts the programs on ports that they choose themselves, and stops them."""

import base64
import contextlib
import os
import pathlib
import re
import signal
import subprocess
import threading
import time

import web

SECRET = "e2e-Secret_9Zq"
BIN_DIR = pathlib.Path(os.environ["TOKEN_BIN_DIR"])
PROGRAMS = ("openvidu-emulator", "token-server", "token-gateway", "token-standalone", "token-cli")
STOP_TIMEOUT_S = 120

_ADDRESS = r"(127\.0\.0\.1:\d+)"
_CONFIGURATION = ("OPENVIDU_URL", "OPENVIDU_SECRET", "OPENVIDU_SECRET_FILE", "SERVER_PORT", "TOKEN_SERVER_ADDRESS",
                  "TOKEN_AUTH_TOKEN", "TOKEN_GATEWAY_URL", "TOKEN_PROFILE", "OPENVIDU_URLS", "XDG_CONFIG_HOME", "NO_COLOR",
                  "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_SERVICE_NAME",
                  "OTEL_RESOURCE_ATTRIBUTES")


def environment(**variables):
    """This process's environment with nothing that configures the programs but `variables`."""
    inherited = {name: value for name, value in os.environ.items()
                 if name not in _CONFIGURATION and "proxy" not in name.lower()}
    return {**inherited, **variables}


def leaks(output):
    """What of the secret and of the tokens is in `output`."""
    basic = base64.b64encode(f"OPENVIDUAPP:{SECRET}".encode()).decode()
    secrets = (SECRET, basic, base64.b64encode(SECRET.encode()).decode())
    return [secret for secret in secrets if secret in output] + re.findall(r"tok_\w+", output)


def run(program, *arguments, **variables):
    """Runs `program` to its end."""
    return subprocess.run([BIN_DIR / program, *arguments], env=environment(**variables), capture_output=True,
                          text=True, errors="replace", timeout=STOP_TIMEOUT_S, check=False)


class Process:
    """A running program, known by its pid. All it writes is kept."""

    def __init__(self, program, *flags, **variables):
        self.program = program
        self._changed, self._written = threading.Condition(), ""
        self._popen = subprocess.Popen(
            [BIN_DIR / program, *flags], env=environment(**variables), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        # Its output is read to the end: a full pipe would stop it.
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def output(self):
        with self._changed:
            return self._written

    def await_output(self, pattern):
        """The first group of the first match of `pattern` in what the program writes."""
        deadline = time.monotonic() + web.TIMEOUT_S
        with self._changed:
            while True:
                match = re.search(pattern, self._written)
                if match:
                    return match.group(1)
                if time.monotonic() > deadline or not self._reader.is_alive():
                    self._popen.kill()
                    raise AssertionError(f"{self.program} did not write {pattern!r} but: {self._written}")
                self._changed.wait(0.1)

    @property
    def pid(self):
        return self._popen.pid

    def environment(self):
        """Its environment as others on the machine may read it: root, for nobody else may."""
        try:
            return pathlib.Path(f"/proc/{self.pid}/environ").read_text(errors="replace")
        except PermissionError:
            return ""

    def command_line(self):
        """Its command line as anybody on the machine may read it."""
        return pathlib.Path(f"/proc/{self.pid}/cmdline").read_text(errors="replace")

    @property
    def running(self):
        return self._popen.poll() is None

    @property
    def pid(self):
        return self._popen.pid

    def kill(self):
        """Ends it as a crash does."""
        self._popen.kill()
        self.wait()

    def terminate(self):
        self._popen.send_signal(signal.SIGTERM)

    def wait(self):
        """Its exit code, once all its output is read."""
        try:
            code = self._popen.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()
            raise AssertionError(f"{self.program} does not stop: {self.output()}") from None
        self._reader.join(STOP_TIMEOUT_S)
        self._popen.stdout.close()
        return code

    def stop(self):
        """Stops it; it has to end well and to have told no secret."""
        if self._popen.stdout.closed:
            return
        self.terminate()
        code = self.wait()
        if code != 0:
            raise AssertionError(f"{self.program} ended with {code}: {self.output()}")
        if leaks(self.output()):
            raise AssertionError(f"{self.program} wrote secrets: {leaks(self.output())}")

    def _read(self):
        for line in self._popen.stdout:
            with self._changed:
                self._written += line
                self._changed.notify_all()


class Emulator(Process):
    """An openvidu-emulator with its control surface."""

    def __init__(self, *flags, listen_address="127.0.0.1:0"):
        super().__init__("openvidu-emulator", f"--listen_address={listen_address}", "--control_address=127.0.0.1:0",
                         *os.environ.get("EMULATOR_FLAGS", "").split(), *flags, OPENVIDU_SECRET=SECRET)
        self.address = self.await_output(f"emulator listening on {_ADDRESS}")
        self.control_address = self.await_output(f"control surface on {_ADDRESS}")
        self.url = f"http://{self.address}"

    def control(self, method, name, value=None):
        answer = web.send(self.control_address, method, f"/control/{name}") if value is None else \
            web.post_json(self.control_address, f"/control/{name}", value)
        if answer.status != 200:
            raise AssertionError(f"{method} /control/{name}: {answer.status} {answer.text}")
        return answer.json()

    def requests(self):
        """What the REST API got since forget_requests()."""
        return self.control("GET", "log")["requests"]

    def forget_requests(self):
        self.control("DELETE", "requests")

    def send(self, method, target):
        """One request without a body to the REST API, past the programs under test."""
        basic = base64.b64encode(f"OPENVIDUAPP:{SECRET}".encode()).decode()
        return web.send(self.address, method, target, {"Authorization": f"Basic {basic}"})


class Server(Process):
    def __init__(self, openvidu_url, *flags, listen_address="127.0.0.1:0"):
        super().__init__("token-server", f"--listen_address={listen_address}", *flags,
                         OPENVIDU_URL=openvidu_url, OPENVIDU_SECRET=SECRET)
        self.address = self.await_output(f"gRPC listening on {_ADDRESS}")


class Gateway(Process):
    def __init__(self, server_address, *flags, **variables):
        super().__init__("token-gateway", "--listen_address=127.0.0.1:0", f"--server_address={server_address}",
                         *flags, **variables)
        self.address = self.await_output(f"HTTP listening on {_ADDRESS}")


class Standalone(Process):
    """With an OpenVidu by `openvidu_url`, or with the one inside where that is None."""

    def __init__(self, openvidu_url, *flags, **variables):
        openvidu = {"OPENVIDU_URL": openvidu_url, "OPENVIDU_SECRET": SECRET} if openvidu_url else {}
        emulate = () if openvidu_url else ("--emulate_openvidu",)
        super().__init__("token-standalone", "--http_address=127.0.0.1:0", "--grpc_address=127.0.0.1:0",
                         *emulate, *flags, **{**openvidu, **variables})
        self.address = self.await_output(f"HTTP listening on {_ADDRESS}")
        self.grpc_address = self.await_output(f"gRPC listening on {_ADDRESS}")


class Stack(contextlib.ExitStack):
    """Stops what was started through it, the newest first."""

    def start(self, kind, *arguments, **options):
        process = kind(*arguments, **options)
        self.callback(process.stop)
        return process

    def start_split(self, openvidu_url, *gateway_flags, server_flags=()):
        """A server and a gateway as two processes; returns the gateway's address."""
        server = self.start(Server, openvidu_url, *server_flags)
        return self.start(Gateway, server.address, *gateway_flags).address

    def start_standalone(self, openvidu_url, *flags, server_flags=()):
        """Both in one process; returns its HTTP address."""
        return self.start(Standalone, openvidu_url, *flags, *server_flags).address
