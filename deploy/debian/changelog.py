"""changelog.py CHANGELOG.md VERSION MAINTAINER: writes the newest part of the changelog to stdout as Debian has it, dated by
$SOURCE_DATE_EPOCH."""

import email.utils
import os
import pathlib
import re
import sys
import textwrap


def main(path, version, maintainer):
    newest = pathlib.Path(path).read_text(encoding="utf-8").split("\n## ")[1]
    entries = re.findall(r"^- (.*?)(?=^- |^#|\Z)", newest, re.DOTALL | re.MULTILINE)
    print(f"openvidu-token ({version}) stable; urgency=medium\n")
    for entry in entries:
        print(textwrap.fill(" ".join(entry.split()), 78, initial_indent="  * ", subsequent_indent="    ",
                            break_long_words=False, break_on_hyphens=False))
    date = email.utils.formatdate(int(os.environ.get("SOURCE_DATE_EPOCH", "0")))
    print(f"\n -- {maintainer}  {date.replace('-0000', '+0000')}")


if __name__ == "__main__":
    main(*sys.argv[1:])
