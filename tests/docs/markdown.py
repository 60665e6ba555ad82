"""The project's pages: their code blocks, headings and links."""

import dataclasses
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]

_FENCE = re.compile(r"^(\s*)(```+|~~~+)\s*([\w+-]*)\s*$")
_MARK = re.compile(r"^\s*<!--\s*(run|not run|shown by|serves|beside)(?::\s*|\s+)?(.*?)\s*-->\s*$")


@dataclasses.dataclass
class Block:
    """A fenced block. `mark` and `argument` are what the comment on the line before it says: see CONTRIBUTING.md."""
    page: pathlib.Path
    line: int
    language: str
    text: str
    mark: str
    argument: str

    def __str__(self):
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages():
    """All pages that are, or are about to be, in the repository."""
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"], cwd=ROOT,
                            capture_output=True, text=True, check=True).stdout.split("\n")
    return sorted(ROOT / name for name in listed if name and (ROOT / name).exists())


def blocks(page):
    """The fenced blocks of `page`, in order."""
    found, lines = [], page.read_text().split("\n")
    opening, start = None, 0
    for number, line in enumerate(lines):
        fence = _FENCE.match(line)
        if opening is None and fence:
            opening, start = fence, number
        elif opening is not None and fence and fence[2].startswith(opening[2]) and not fence[3]:
            mark = _MARK.match(lines[start - 1]) if start > 0 else None
            text = "\n".join(text.removeprefix(opening[1]) for text in lines[start + 1:number])
            found.append(Block(page, start + 1, opening[3], text + "\n", mark[1] if mark else "", mark[2] if mark else ""))
            opening = None
    if opening is not None:
        raise AssertionError(f"{page.relative_to(ROOT)}:{start + 1}: the block has no end")
    return found


def prose(page):
    """The lines of `page` with those of fenced blocks empty, so that line numbers stay."""
    lines, fence = [], None
    for line in page.read_text().split("\n"):
        match = _FENCE.match(line)
        if fence is None and match:
            fence = match[2]
            lines.append("")
        elif fence is not None:
            lines.append("")
            if match and match[2].startswith(fence) and not match[3]:
                fence = None
        else:
            lines.append(line)
    return lines


def indented_blocks(page):
    """The numbers of lines at which code begins by indentation alone: after an empty line, and not within a list."""
    found, lines = [], prose(page)
    in_list = False
    for number, line in enumerate(lines):
        if line and not line.startswith(" "):
            in_list = re.match(r"([-*+]|\d+\.)\s", line) is not None
        if re.match(r" {4,}\S", line) and not in_list and (number == 0 or not lines[number - 1].strip()):
            found.append(number + 1)
    return found


def anchors(page):
    """What links to `page` may name behind `#`, as GitHub makes it of headings; and ids that are written out."""
    found, seen = set(), {}
    for line in prose(page):
        heading = re.match(r"#{1,6}\s+(.*?)\s*#*$", line)
        if heading:
            text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1])
            anchor = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
            found.add(anchor if anchor not in seen else f"{anchor}-{seen[anchor]}")
            seen[anchor] = seen.get(anchor, 0) + 1
        found.update(re.findall(r'<a (?:id|name)="([^"]+)"', line))
    return found


def links(page):
    """(line number, target) of each link and picture, with code left out."""
    found = []
    for number, line in enumerate(prose(page), 1):
        line = re.sub(r"`[^`]*`", "", re.sub(r"\[`([^`]*)`\]", "[x]", line))
        found += [(number, target) for target in re.findall(r"\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)", line)]
        found += [(number, target) for target in re.findall(r"(?:src|srcset|href)=\"([^\"]+)\"", line)]
        reference = re.match(r"\[[^\]]+\]:\s+(\S+)", line)
        found += [(number, reference[1])] if reference else []
    return found
