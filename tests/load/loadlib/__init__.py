"""What the commands of this folder share. It finds the programs in build/release/bin or $TOKEN_BIN_DIR."""

import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
os.environ.setdefault("TOKEN_BIN_DIR", str(ROOT / "build/release/bin"))
sys.path += [str(ROOT / "tests/e2e"), str(ROOT / "bench")]
