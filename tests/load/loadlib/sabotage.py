"""What goes wrong during a soak."""

import asyncio
import random

import processes

SLOW_MS, USUAL_MS, AT_ONCE = 200, 20, 2
STATUSES = (401, 403, 404, 409, 500, 502, 503, 504)


def random_fault():
    """One of all that the emulator can do wrong (emulator/README.md)."""
    kind = random.choice(("reset_before_answer", "close_before_answer", "handle_then_close", "reset_mid_answer",
                          "close_mid_answer", "reset_after_answer", "stall_before_head", "stall_mid_body", "drip", "status", "garbage_body",
                          "truncated_json", "wrong_content_type", "huge_answer", "close_idle", "refuse"))
    fault = {"fault": kind, "duration_ms": random.choice((100, 1000, 5000))}
    if kind == "refuse":
        return {**fault, "duration_ms": random.choice((100, 1000))}
    if kind == "status":
        fault.update(status=random.choice(STATUSES), headers={"Retry-After": "1"})
    if kind == "huge_answer":
        fault.update(bytes=40 << 20)
    if kind.startswith("stall"):
        fault.update(then=random.choice(("continue", "close")))
    return {**fault, "times": random.choice((1, 1, 2, 5)), "skip": random.choice((0, 0, 3))}


class Sabotage:
    """Of OpenVidu, and of one replica of each pair."""

    def __init__(self, emulator, restart_replica=None):
        self._emulator, self._restart_replica = emulator, restart_replica
        self.faults, self.replicas = 0, 0
        self._held = asyncio.Lock()

    async def run(self):
        tasks = [self._break_openvidu(), self._slow_down()]
        if self._restart_replica is not None:
            tasks.append(self._break_replicas())
        await asyncio.gather(*tasks)

    def held(self):
        """While this is held nothing more goes wrong."""
        return self._held

    async def mend(self):
        await self._control("DELETE", "faults")
        await self._control("POST", "cost", {"cpu_ms": USUAL_MS, "concurrency": AT_ONCE})

    async def _control(self, *arguments):
        return await asyncio.to_thread(self._emulator.control, *arguments)

    async def _break_openvidu(self):
        while True:
            await asyncio.sleep(random.uniform(0.2, 2))
            async with self._held:
                await self._control("POST", "faults", random_fault())
                self.faults += 1

    async def _slow_down(self):
        while True:
            await asyncio.sleep(random.uniform(10, 30))
            async with self._held:
                await self._control("POST", "cost", {"cpu_ms": SLOW_MS, "concurrency": AT_ONCE})
            await asyncio.sleep(random.uniform(1, 4))
            await self._control("POST", "cost", {"cpu_ms": USUAL_MS, "concurrency": AT_ONCE})

    async def _break_replicas(self):
        while True:
            await asyncio.sleep(random.uniform(10, 30))
            async with self._held:
                await asyncio.to_thread(self._restart_replica, random.choice((processes.Process.stop,
                                                                              processes.Process.kill)))
                self.replicas += 1
