#!/usr/bin/env python3
"""Writes a C++ source with the pages that the gateway serves: embed_pages.py OUTPUT FILE…

A .yaml file is embedded as JSON, under its name with .json at the end.
"""

import hashlib
import json
import pathlib
import sys

import yaml

TYPES = {".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8",
         ".js": "text/javascript; charset=utf-8", ".json": "application/json", ".svg": "image/svg+xml"}
LINE_BYTES = 64


def page(path):
    """The name and the bytes of a page."""
    if path.suffix != ".yaml":
        return path.name, path.read_bytes()
    value = yaml.safe_load(path.read_text(encoding="utf-8"))
    return path.with_suffix(".json").name, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def literal(data):
    """`data` as C++ string literals, a line each."""
    lines = (data[i:i + LINE_BYTES] for i in range(0, len(data), LINE_BYTES))
    # Octal escapes end after three digits; hexadecimal ones would take what follows.
    return "\n".join('     "' + "".join(f"\\{byte:03o}" for byte in line) + '"' for line in lines)


def main():
    output, *paths = map(pathlib.Path, sys.argv[1:])
    entries = []
    for path in paths:
        name, data = page(path)
        etag = hashlib.sha256(data).hexdigest()[:16]
        entries.append(f'    {{"{name}", "{TYPES[pathlib.Path(name).suffix]}", "\\"{etag}\\"",\n'
                       f'     absl::string_view(\n{literal(data)},\n     {len(data)})}},\n')
    output.write_text(f"""// Written by gateway/embed_pages.py.
#include "gateway/pages.h"

namespace openvidu::token {{
namespace {{

constexpr Page kPages[] = {{
{"".join(entries)}}};

}}  // namespace

const Page* FindPage(absl::string_view name) {{
  for (const Page& page : kPages) {{
    if (page.name == name) return &page;
  }}
  return nullptr;
}}

}}  // namespace openvidu::token
""", encoding="ascii")


if __name__ == "__main__":
    main()
