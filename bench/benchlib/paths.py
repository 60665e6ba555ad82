"""Where things are."""

import pathlib

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BENCH = REPOSITORY / "bench"
PEERS = BENCH / "peers"
BUILD = REPOSITORY / "build" / "bench"  # all that is installed, built and written, but the report
TRANSCRIPTS = REPOSITORY / "tests" / "contract" / "transcripts"
REPORT = REPOSITORY / "docs" / "performance.md"
PLOT = REPOSITORY / "docs" / "performance.svg"
LOAD = BUILD / "bin" / "load"
