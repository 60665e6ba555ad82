"""Numbers, and how they are shown."""

import math
import statistics


def quantile(values, q):
    """The least value that a part `q` of them does not exceed; no number of none."""
    ordered = sorted(values)
    return ordered[min(int(q * len(ordered)), len(ordered) - 1)] if ordered else math.nan


def latencies(seconds):
    return " ".join(f"p{q * 100:g} {1000 * quantile(seconds, q):.0f} ms," for q in (0.5, 0.9, 0.99)) + \
        f" most {1000 * max(seconds, default=math.nan):.0f} ms"


def spread(values):
    """The median, and the least and the most beside it."""
    middle = f"{statistics.median(values):.4g}"
    return middle if len(set(values)) == 1 else f"{middle} ({min(values):.4g}–{max(values):.4g})"


def table(head, rows):
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


class Bars:
    """What has to be reached."""

    def __init__(self):
        self.all_met = True

    def check(self, name, value, met):
        self.all_met = self.all_met and met
        print(f"{name}: {value:.4g} ({'met' if met else 'MISSED'})", flush=True)
