"""Callers of all kinds, who write down what they are told."""

import asyncio
import itertools
import random

import processes
from loadlib import ledger
from loadlib.client import Client

# Far beyond every deadline: a call that takes so long hangs.
HANGS_AFTER_S = 60
ROOMS = 40
MAX_IDLE = 8  # connections to an address


def _given(answer, kind):
    return answer.json()["token"] if kind == "join" else answer.text


class Callers:
    """They come at random times until they are told to end, and pause when they are told to."""

    def __init__(self, book, http_addresses, grpc_target, one_replica):
        self._book, self._grpc_target = book, grpc_target
        self._clients = [Client(address, MAX_IDLE) for address in http_addresses]
        self._numbers, self._tasks = itertools.count(), set()
        self._may_come, self._ended = asyncio.Event(), False
        self._may_come.set()
        kinds = {self._session: 10, self._named_session: 15, self._connect: 30, self._join: 30, self._give_up: 5,
                 self._call_by_grpc: 4, self._repeat: 6 if one_replica else 0}
        self._kinds, self._weights = list(kinds), list(kinds.values())

    async def run(self, rate):
        while not self._ended:
            await asyncio.sleep(random.expovariate(rate))
            await self._may_come.wait()
            kind, = random.choices(self._kinds, self._weights)
            task = asyncio.create_task(kind(f"call-{next(self._numbers)}"))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def pause(self):
        """Lets nobody come, and waits for all to have ended."""
        self._may_come.clear()
        while self._tasks:
            await asyncio.wait(self._tasks)

    def resume(self):
        self._may_come.set()

    def end(self):
        self._ended = True
        self._may_come.set()

    def _room(self):
        return f"room-{self._book.restarts}-{random.randrange(ROOMS)}"

    async def _ask(self, mark, kind, path, body, room=None, **headers):
        epoch = self._book.begin(mark)
        outcome, given = None, None
        try:
            answer = await asyncio.wait_for(random.choice(self._clients).post(path, body, **headers), HANGS_AFTER_S)
            if answer.status == 200:
                outcome, given = ledger.OK, None if kind == "named session" else _given(answer, kind)
                if room is not None:
                    self._book.told_of(room, epoch, kind == "join" and answer.json()["created"])
            else:
                outcome = answer.json().get("reason") or f"HTTP {answer.status}"
        except ConnectionRefusedError:
            outcome = ledger.REFUSED
        except asyncio.TimeoutError:
            outcome = "hangs"
            self._book.mistakes.append(f"{mark} hangs")
        except (OSError, EOFError) as error:
            outcome = type(error).__name__
        except asyncio.CancelledError:
            outcome = "given up"
        finally:
            self._book.end(mark, kind, outcome, given)

    async def _session(self, mark):
        await self._ask(mark, "session", "/api/sessions", {"defaultRecordingProperties": {"name": mark}})

    async def _named_session(self, mark):
        room = self._room()
        await self._ask(mark, "named session", "/api/sessions", {"customSessionId": room}, room)

    async def _connect(self, mark):
        room = self._room()
        await self._ask(mark, "connection", f"/api/sessions/{room}/connections", {"data": mark}, room)

    async def _join(self, mark):
        room = self._room()
        await self._ask(mark, "join", f"/api/sessions/{room}/join", {"data": mark}, room)

    async def _repeat(self, mark):
        """Three times the same request; those that succeed get the same token."""
        room = self._room()
        await asyncio.gather(*(self._ask(mark, "repeated", f"/api/sessions/{room}/connections", {"data": mark}, room,
                                         Idempotency_Key=mark) for _ in range(3)))

    async def _give_up(self, mark):
        call = asyncio.create_task(self._join(mark))
        await asyncio.wait([call], timeout=random.uniform(0, 0.1))
        call.cancel()
        await asyncio.wait([call])

    async def _call_by_grpc(self, mark):
        room, kind = self._room(), random.choice(("named session", "connection", "join"))
        arguments = {"named session": ["init-session", f"--custom_session_id={room}"],
                     "connection": ["create-connection", room, f"--data={mark}"],
                     "join": ["join", room, f"--data={mark}"]}[kind]
        epoch = self._book.begin(mark)
        process = await asyncio.create_subprocess_exec(
            processes.BIN_DIR / "token-cli", f"--server_address={self._grpc_target}", *arguments,
            env=processes.environment(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL)
        output, _ = await process.communicate()
        outcome, given = f"exit code {process.returncode}", None
        if process.returncode == 0:
            outcome, given = ledger.OK, None if kind == "named session" else output.decode().strip()
            self._book.told_of(room, epoch)
        self._book.end(mark, f"{kind} by gRPC", outcome, given)
