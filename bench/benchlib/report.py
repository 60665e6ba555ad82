"""Turns results into the tables that are printed and the report that is kept, both Markdown."""

from benchlib import plot
from benchlib.bars import bars
from benchlib.measure import CONNECTIONS, OURS
from benchlib.summary import Figure, Summary

_MIB = 1024 * 1024


def tables(results):
    """All tables, those first that a reader wants first."""
    summary = Summary(results)
    parts = [("The bars", _bars(summary)), ("CPU time", _cpu(summary)), ("Ratios", _ratios(summary)),
             ("Throughput and latency", _latency(summary)), ("Memory", _memory(summary)),
             ("Idle connections", _idle(summary)), ("Start and size", _start_and_size(results, summary)),
             ("Instructions", _instructions(results, summary)), ("Micro-benchmarks", _micro(results))]
    text = "\n".join(f"## {title}\n\n{table}" for title, table in parts if table)
    for name, why in results["missing"].items():
        text += f"\nNot measured: {name}; it {why}.\n"
    return text


def report(results, plot_name):
    """The text of the report, with the machine and the plot."""
    machine, effort, summary = results["machine"], results["effort"], Summary(results)
    versions = "; ".join(f"{name} {_bare(version)}" for name, version in machine["versions"].items())
    kind = "virtual, shared" if machine["virtual"] else "bare"
    return f"""# Performance

Made by [`bench/run`](../bench/README.md), which says how each figure is measured; not to be edited. The ratios are
worth more than the numbers: all subjects ran in turn on the same machine, in front of the same upstream.

![The main figures]({plot_name})

{tables(results)}
## The run

- When: {results["when"]}, {len(results["rounds"])} rounds of {effort["seconds"]:g} s a load.
- Machine: {machine["cpu"]}, {machine["cores"]} cores ({kind}), {machine["memory_gib"]:g} GiB, {machine["system"]}, \
Linux {machine["kernel"]}. The subject has one core, the load generator and the upstream another.
- Noise: of one of the two cores, other programs took {_noise(summary)} (median and most of the rounds, 64 connections).
- Upstream: closes a connection after {results["upstream_requests"] or "no number of"} requests.
- Versions: {versions}.
"""


def plot_svg(results):
    """The main figures, those where less is better."""
    summary = Summary(results)
    titles = results["titles"]
    figures = [
        ("CPU µs per token, 64 connections", lambda name: summary.load(name, 64, "cpu_us")),
        ("p99 in ms, 64 connections", lambda name: _scaled(summary.load(name, 64, "p99_us"), 1e-3)),
        ("PSS at rest, MiB", lambda name: _scaled(summary.rest_pss_kib(name), 1 / 1024)),
        ("exec to first answer, ms", summary.first_answer_ms),
    ]
    panels = []
    for title, pick in figures:
        rows = [(name, titles[name], figure.median) for name in summary.subjects()
                if (figure := pick(name))]
        if rows:
            panels.append((title, rows))
    return plot.svg(panels, OURS) if panels else None


def _bars(summary):
    rows = []
    for bar in bars(summary):
        stretch = f" (stretch {_number(bar.stretch)})" if bar.stretch is not None else ""
        measured = "–" if bar.measured is None else f"{_number(bar.measured)} {bar.unit}".strip()
        spread = " to ".join(_number(value) for value in bar.spread)
        rows.append((bar.text, f"≤ {_number(bar.limit)} {bar.unit}".strip() + stretch, measured, spread,
                     bar.verdict))
    return _table(("bar", "limit", "measured", "spread", ""), rows)


def _cpu(summary):
    rows = [(name, *(_spread(summary.load(name, count, "cpu_us")) for count in CONNECTIONS))
            for name in summary.subjects() if summary.load(name, 64, "cpu_us")]
    return _table(("µs a token at … connections", *map(str, CONNECTIONS)), rows)


def _ratios(summary):
    """CPU per token at 64 connections of each row over each column."""
    names = [name for name in summary.subjects() if summary.load(name, 64, "cpu_us")]
    rows = []
    for mine in names:
        cost = summary.load(mine, 64, "cpu_us")
        rows.append((mine, *(_number(cost.over(summary.load(other, 64, "cpu_us")).median)
                             for other in names)))
    return _table(("CPU a token, row over column", *names), rows)


def _latency(summary):
    rows = []
    for count in CONNECTIONS:
        for name in summary.subjects():
            if (rate := summary.load(name, count, "per_second")) is None:
                continue
            rows.append((count, name, _spread(rate),
                         *(_spread(summary.load(name, count, key)) for key in ("p50_us", "p99_us", "p999_us")),
                         _percent(summary.load(name, count, "cpu_share")),
                         _number(sum(summary.load(name, count, "unserved").values))))
    failures = {name: sum(summary.failures(name).values) for name in summary.subjects()
                if summary.failures(name)}
    note = ", ".join(f"{name} {count}" for name, count in failures.items() if count) or "none"
    table = _table(("connections", "subject", "tokens/s", "p50 µs", "p99 µs", "p99.9 µs", "core used",
                    "unserved"), rows)
    return table and f"{table}\nRequests that brought no token: {note}.\n"


def _memory(summary):
    rows = []
    for name in summary.subjects():
        rest, memory = summary.rest_pss_kib(name), summary.memory(name)
        if memory:
            first, last = memory["segments"][0], memory["segments"][-1]
            later = (_after(last), _mib(summary.growth_kib(name))) if last is not first else ("–", "–")
            each = ", ".join(f"{process} {_mib(kib)}" for process, kib in last["pss_kib"].items())
            rows.append((name, _mib(sum(memory["rest_pss_kib"].values())), _after(first), *later, each,
                         _mib(last["anonymous_kib"])))
        elif rest:
            rows.append((name, _mib(rest.median), "–", "–", "–", "–", "–"))
    table = _table(("PSS in MiB", "at rest", "after tokens", "after more", "second half adds", "of each process at the end",
                    "of that, of no file"), rows)
    return table and (f"{table}\nWhat is of a file is code, for the most part of shared libraries. PSS counts it in full where no "
                      "other process of the machine uses it.\n")


def _after(segment):
    return f"{_mib(sum(segment['pss_kib'].values()))} after {segment['tokens']:,}"


def _idle(summary):
    rows = []
    for name in summary.subjects():
        if kept := summary.idle_kept(name):
            alone, beside = (summary.idle_p99(name, beside) for beside in (False, True))
            rows.append((name, _spread(kept), _spread(alone), _spread(beside),
                         _number(beside.over(alone).median), _spread(summary.idle_kib_each(name))))
    return _table(("subject", "idle ones kept", "p99 µs without", "p99 µs beside", "ratio", "KiB each"), rows)


def _start_and_size(results, summary):
    rows = []
    for name in summary.subjects():
        start, size = summary.first_answer_ms(name), results["size"].get(name)
        if start or size:
            rows.append((name, _spread(start), *_sizes(size)))
    return _table(("subject", "ms to first answer", "stripped MiB", "shared libraries", "packages MiB"), rows)


def _sizes(size):
    if not size:
        return "–", "–", "–"
    stripped = " + ".join(f"{bytes_ / _MIB:.1f}" for bytes_ in size["stripped"].values())
    libraries = f"{size['shared_libraries']}, {size['shared_libraries_bytes'] / _MIB:.1f} MiB"
    return stripped, libraries, f"{size['packages_bytes'] / _MIB:.1f}" if size["packages_bytes"] else "–"


def _instructions(results, summary):
    rows = []
    for name, found in results["instructions"].items():
        for process, cost in found.items():
            where = ", ".join(f"{file} {part:,.0f}" for file, part in list(cost["where"].items())[:6])
            rows.append((name, process, f"{cost['all']:,.0f}", where))
    table = _table(("subject", "process", "instructions", "of which in"), rows)
    mine, theirs = summary.instructions("standalone"), summary.instructions("nginx")
    if mine and theirs:
        table += f"\nstandalone over nginx: {_number(mine / theirs)}. In user space, of one request at a time.\n"
    return table


def _micro(results):
    return _table(("benchmark", "ns"), [(name, _spread(Figure(tuple(times))))
                                        for name, times in results["micro"].items()])


def _noise(summary):
    shares = [f"{noise.median:.0%} to {max(noise.values):.0%} beside {name}"
              for name in summary.subjects() if (noise := summary.noise(name, 64))]
    return ", ".join(shares) or "an unknown part"


def _bare(version):
    """A version without the name of its program, if that stands before it."""
    return version.removeprefix("nginx version: nginx/").removeprefix("go version go").removeprefix("Python ")


def _scaled(figure, factor):
    return figure.scaled(factor) if figure else None


def _mib(kib):
    return "–" if kib is None else f"{kib / 1024:.1f}"


def _percent(figure):
    return "–" if figure is None else f"{figure.median:.0%}"


def _spread(figure):
    """The median, and the range where there is one."""
    if figure is None:
        return "–"
    low, high = min(figure.values), max(figure.values)
    text = _number(figure.median)
    return text if low == high else f"{text} ({_number(low)}–{_number(high)})"


def _number(value):
    if value == 0:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _table(head, rows):
    if not rows:
        return ""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in lines)
