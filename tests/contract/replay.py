#!/usr/bin/env python3
"""Sends recorded requests to a server that should behave as OpenVidu 2.32.2 did, and compares the answers.

    replay.py --emulator build/dev/bin/openvidu-emulator
    replay.py --url http://127.0.0.1:4443 --control_url http://127.0.0.1:4444

README.md tells what is compared, and how. Exit status: 0 equal but for known differences, 1 not, 2 usage.
"""

import argparse
import contextlib
import pathlib
import re
import sys

import records
from emulator import Emulator
from known import KnownDifferences
from outcome import Outcome, TooLate
from player import Replay
from server import Server

HERE = pathlib.Path(__file__).resolve().parent
# Not replayed: 14 needs a media server that dies, 15 a server that is being shut down.
LEFT_OUT = re.compile(r"^1[45]-")
def flags_for(transcript):
    """How the emulator must be started for a transcript."""
    if transcript.timed and transcript.garbage:
        interval, threshold = transcript.garbage
        return [f"--garbage_interval={interval}s", f"--garbage_threshold={threshold}s"]
    return []


def replay_transcript(transcript, arguments):
    """All outcomes of one transcript, on a server of its own if the replayer starts it."""
    attempts = 3
    for attempt in range(1, attempts + 1):
        with contextlib.ExitStack() as stack:
            if arguments.emulator:
                emulator = stack.enter_context(
                    Emulator(arguments.emulator, *flags_for(transcript), secret=arguments.secret))
                server = Server(emulator.url, emulator.control_url, arguments.secret, emulator.started)
            else:
                server = Server(arguments.url, arguments.control_url, arguments.secret)
                wanted = transcript.garbage if transcript.timed else None
                if wanted and server.garbage() != wanted:
                    reason = f"needs a server that collects each {wanted[0]} s after {wanted[1]} s"
                    return [Outcome(record, skipped=reason) for record in transcript.records]
                server.empty()
            try:
                return Replay(transcript, server, arguments.slow).run()
            except TooLate as late:
                if attempt == attempts:
                    reason = f"this machine is too slow for its clock ({late})"
                    return [Outcome(record, skipped=reason) for record in transcript.records]
    raise AssertionError("unreachable")


def replay_all(arguments, out=sys.stdout):
    """Replays, prints what differs, and returns the process's exit status."""
    known = KnownDifferences.load(arguments.known_differences)
    transcripts = [transcript for transcript in records.load(arguments.transcripts)
                   if arguments.all or not LEFT_OUT.match(transcript.name)]
    if arguments.only:
        transcripts = [transcript for transcript in transcripts if re.search(arguments.only, transcript.name)]
    replayed = equal = unknown = 0
    skipped = {}
    for transcript in transcripts:
        before = (replayed, equal)
        for outcome in replay_transcript(transcript, arguments):
            record = outcome.record
            if outcome.skipped:
                reasons = skipped.setdefault(outcome.skipped, [])
                reasons.append(f"{record.transcript}:{record.line} {record.name[:70]}")
                continue
            replayed += 1
            if not outcome.differences:
                equal += 1
                known.equal(record)
            elif not known.explains(record, outcome.differences):
                unknown += 1
                print(f"DIFFERENT {record.transcript}:{record.line} {record.name[:120]}", file=out)
                if record.kind == "http":
                    body = record.request_text.head[:200]
                    print(f"    {record.method} {record.target[:160]} {body}", file=out)
                for difference in outcome.differences:
                    print(f"    {difference}", file=out)
        print(f"{transcript.name}: replayed {replayed - before[0]}, equal {equal - before[1]}", file=out,
              flush=True)
    for reason, names in skipped.items():
        print(f"skipped {len(names)}: {reason}: {names[0]}{' …' if len(names) > 1 else ''}", file=out)
    # A name missing from another directory says nothing about the entry, nor does a part of the transcripts.
    complete = not arguments.only and pathlib.Path(arguments.transcripts).resolve() == HERE / "transcripts"
    complaints = known.complaints(replayed, complete)
    for complaint in complaints:
        print(complaint, file=out)
    print(f"replayed {replayed}, equal {equal}, known differences {known.count}", file=out)
    return 1 if unknown or complaints or replayed == 0 else 0


def parse_arguments(argv):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--url", help="base URL of a running server that holds nothing worth keeping")
    target.add_argument("--emulator", help="path of openvidu-emulator; it is started once per transcript")
    parser.add_argument("--control_url", help="the emulator's control surface, with --url")
    parser.add_argument("--secret", default="MY_SECRET", help="the secret that the recorded requests carry")
    parser.add_argument("--transcripts", default=str(HERE / "transcripts"), help="a directory of *.jsonl")
    parser.add_argument("--known_differences", default=str(HERE / "known_differences.json"))
    parser.add_argument("--only", help="replay transcripts whose name has this regular expression")
    parser.add_argument("--all", action="store_true", help="replay 14 and 15 too, as far as they hold requests")
    parser.add_argument("--slow", action="store_true", help="replay what takes the server a minute or two")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(replay_all(parse_arguments(sys.argv[1:])))
