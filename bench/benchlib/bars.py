"""The bars to reach, as ratios within one run."""

import dataclasses

from benchlib.measure import OURS


_TOO_NOISY = 0.15  # for percentiles; CPU time per token bears it


@dataclasses.dataclass(frozen=True)
class Bar:
    """`measured` is None where this run has not measured it."""

    text: str
    limit: float
    measured: float
    spread: tuple = ()
    stretch: float = None
    unit: str = "×"
    noise: float = 0  # the share of a core that other programs took

    @property
    def verdict(self):
        if self.measured is None:
            return "–"
        if self.noise > _TOO_NOISY:
            return f"not to be told: others took {self.noise:.0%} of a core"
        if self.measured > self.limit:
            return "missed"
        return "reached" if self.stretch is None or self.measured > self.stretch else "stretch reached"


def bars(summary):
    """All of them, in the order of the table."""
    found = [
        _cpu(summary, "standalone", "node", 1 / 8),
        _cpu(summary, "standalone", "go", 1 / 3),
        _cpu(summary, "standalone", "nginx", 2.5, 2),
        _cpu(summary, "split", "go", 0.7, 0.5),
        _cpu(summary, "split", "node", 1 / 4),
    ]
    for ours in OURS:
        found += [
            _at_worst(f"{ours}: of 256 busy clients, not served", summary.load(ours, 256, "unserved")),
            _busy_p99(summary, ours),
            _at_worst(f"{ours}: of the idle connections, not kept", summary.idle_lost(ours)),
            _idle_p99(summary, ours),
            _plain(f"{ours}: memory of an idle connection", 8, summary.idle_kib_each(ours), "KiB"),
            _mib(f"{ours}: PSS of the largest process after all tokens", 12, summary.largest_process_kib(ours)),
            _mib(f"{ours}: memory that the second half of 1,000,000 tokens adds", 0.25, summary.growth_kib(ours)),
            _plain(f"{ours}: exec to first answer", 50, summary.first_answer_ms(ours), "ms"),
        ]
    return found


def _cpu(summary, ours, theirs, limit, stretch=None):
    mine, other = (summary.load(name, 64, "cpu_us") for name in (ours, theirs))
    ratio = mine.over(other) if mine and other else None
    return _plain(f"{ours} vs {theirs}: CPU per token, 64 connections", limit, ratio, "×", stretch)


def _busy_p99(summary, ours):
    names = (ours, "nginx")
    latencies = [summary.load(name, 256, "p99_us") for name in names]
    costs = [summary.load(name, 256, "cpu_us") for name in names]
    ratio = latencies[0].over(latencies[1].times(costs[0].over(costs[1]))) if all(latencies + costs) else None
    bar = _plain(f"{ours} vs nginx: p99 of 256 busy clients over the CPU ratio", 2, ratio, "×")
    noise = [figure.median for name in names if (figure := summary.noise(name, 256))]
    return dataclasses.replace(bar, noise=max(noise, default=0))


def _at_worst(text, figure):
    return Bar(text, 0, max(figure.values) if figure else None, unit="")


def _idle_p99(summary, ours):
    beside, alone = (summary.idle_p99(ours, beside) for beside in (True, False))
    ratio = beside.over(alone) if beside and alone else None
    return _plain(f"{ours}: p99 of 64 busy beside the idle ones, over without", 1.5, ratio, "×")


def _plain(text, limit, figure, unit, stretch=None):
    if figure is None:
        return Bar(text, limit, None, stretch=stretch, unit=unit)
    return Bar(text, limit, figure.median, (min(figure.values), max(figure.values)), stretch, unit)


def _mib(text, limit, kib):
    return Bar(text, limit, None if kib is None else kib / 1024, unit="MiB")
