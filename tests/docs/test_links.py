"""Every link of a page to a file or a heading of this repository leads there."""

import pathlib
import re
import unittest
import urllib.parse

import markdown
from markdown import ROOT


class LinksTest(unittest.TestCase):
    def broken(self, page):
        for number, target in markdown.links(page):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = urllib.parse.unquote(target).partition("#")
            where = (page.parent / path).resolve() if path else page
            if not where.exists():
                yield f"{page.relative_to(ROOT)}:{number}: there is no {target}"
            elif not where.is_relative_to(ROOT):
                yield f"{page.relative_to(ROOT)}:{number}: {target} is outside"
            elif anchor and where.suffix == ".md" and anchor not in markdown.anchors(where):
                yield f"{page.relative_to(ROOT)}:{number}: {target}: there is no such heading"

    def test_links_lead_somewhere(self):
        broken = [line for page in markdown.pages() for line in self.broken(page)]
        self.assertEqual(broken, [], "\n" + "\n".join(broken))

    def test_every_page_is_linked(self):
        linked = {(page.parent / target.split("#")[0]).resolve() for page in markdown.pages()
                  for _, target in markdown.links(page)}
        folders = [path for path in linked if path.is_dir()]
        lost = [str(page.relative_to(ROOT)) for page in markdown.pages()
                if page not in linked and page.parent not in folders and page != ROOT / "README.md"]
        self.assertEqual(lost, [], "no page leads there")

    def test_the_licence_is_whole(self):
        debians = pathlib.Path("/usr/share/common-licenses/Apache-2.0")
        self.assertEqual((ROOT / "LICENSE").read_text(), debians.read_text())


if __name__ == "__main__":
    unittest.main()
