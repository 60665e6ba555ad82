"""Medians and spreads over the rounds of a results file, and ratios within each round."""

import dataclasses
import statistics


@dataclasses.dataclass(frozen=True)
class Figure:
    """A number that was measured once in each round."""

    values: tuple

    @property
    def median(self):
        return statistics.median(self.values)

    def over(self, other):
        """The ratio to another figure, round by round; the median where the rounds are not the same."""
        if len(self.values) == len(other.values):
            return Figure(tuple(mine / theirs for mine, theirs in zip(self.values, other.values)))
        return Figure((self.median / other.median,))

    def times(self, other):
        """The product with another figure, round by round."""
        return Figure(tuple(mine * theirs for mine, theirs in zip(self.values, other.values)))

    def scaled(self, factor):
        return Figure(tuple(value * factor for value in self.values))


def _noise(load):
    return max(load["others_share"], load.get("others_share_of_load_core", 0))


class Summary:
    """Answers None for what was not measured."""

    def __init__(self, results):
        self._results = results

    def subjects(self):
        return self._results["subjects"]

    def load(self, subject, connections, key):
        """Such as ("standalone", 64, "cpu_us")."""
        return self._figure(subject, lambda found: found["load"][str(connections)][key])

    def first_answer_ms(self, subject):
        found = [value for round_ in self._results["rounds"]
                 for value in round_.get(subject, {}).get("first_answer_ms", [])]
        return Figure(tuple(found)) if found else None

    def rest_pss_kib(self, subject):
        """Of all its processes together."""
        return self._figure(subject, lambda found: sum(found["rest_pss_kib"].values()))

    def idle_p99(self, subject, beside):
        return self._figure(subject, lambda found: found["idle"]["beside" if beside else "alone"]["p99_us"])

    def idle_kib_each(self, subject):
        return self._figure(subject, lambda found: max(0, found["idle"]["kib_opened"]
                                                       - found["idle"]["kib_before"])
                            / found["idle"]["opened"])

    def idle_kept(self, subject):
        return self._figure(subject, lambda found: found["idle"]["kept"])

    def idle_lost(self, subject):
        return self._figure(subject, lambda found: found["idle"]["asked"] - found["idle"]["kept"])

    def memory(self, subject):
        return self._results["memory"].get(subject)

    def largest_process_kib(self, subject):
        """The Pss of the subject's largest process after all tokens of the memory figure."""
        memory = self.memory(subject)
        return max(memory["segments"][-1]["pss_kib"].values()) if memory else None

    def growth_kib(self, subject):
        """How much memory of no file the second half of the segments of tokens added; None where there is but one."""
        memory = self.memory(subject)
        if not memory or len(memory["segments"]) < 2:
            return None
        sizes = [segment["anonymous_kib"] for segment in memory["segments"]]
        return sizes[-1] - sizes[len(sizes) // 2]

    def instructions(self, subject):
        """Of one request, in all processes together."""
        found = self._results["instructions"].get(subject)
        return sum(process["all"] for process in found.values()) if found else None

    def noise(self, subject, connections):
        """The most that other programs took of one of the two cores, as a share, in each round."""
        return self._figure(subject, lambda found: _noise(found["load"][str(connections)]))

    def failures(self, subject):
        """Requests of the load figures that brought no token."""
        return self._figure(subject, lambda found: sum(
            load[key] for load in found["load"].values() for key in ("errors", "non_2xx", "wrong")))

    def _figure(self, subject, pick):
        values = []
        for round_ in self._results["rounds"]:
            try:
                values.append(pick(round_[subject]))
            except (KeyError, ZeroDivisionError):
                continue
        return Figure(tuple(values)) if values and None not in values else None
