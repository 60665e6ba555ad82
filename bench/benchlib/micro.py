"""The micro-benchmarks of bench/micro, by Google Benchmark."""

import json
import os
import subprocess

from benchlib.running import SUBJECT_CORE

PROGRAM = "token_micro_bench"


def run(bin_dir, repetitions, seconds):
    """{name: [ns of CPU time of one iteration, for each repetition]}."""
    found = json.loads(subprocess.run(
        [bin_dir / PROGRAM, "--benchmark_format=json", f"--benchmark_repetitions={repetitions}",
         f"--benchmark_min_time={seconds}", "--benchmark_enable_random_interleaving=true"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=600, check=True, text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {SUBJECT_CORE})).stdout)
    times = {}
    for entry in sorted(found["benchmarks"], key=lambda entry: entry["family_index"]):
        if entry["run_type"] == "iteration":
            if entry.get("error_occurred"):
                raise RuntimeError(f"{entry['name']}: {entry['error_message']}")
            times.setdefault(entry["run_name"].removeprefix("BM_"), []).append(entry["cpu_time"])
    return times
