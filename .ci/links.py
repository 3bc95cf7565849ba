#!/usr/bin/env python3
"""Checks the links of all Markdown files and of the built book (`mdbook build`), without a network.

Usage: .ci/links.py [FOLDER]    FOLDER is the root of the project [default: where this script lies]

Relative links must have a target, and their anchors must exist. So must links to this repository on GitHub, and to
the book on its site. Prints broken links as FILE:LINE and exits with 1.
"""
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

REPOSITORY = re.compile(r"https://github\.com/logbucket/logbucket/(?:tree|blob)/main/")
SITE = "https://logbucket.github.io/logbucket"
SKIPPED = {"target", ".git", "node_modules", ".venv"}
# mdbook's own pages: their links are those of the other pages.
OWN_PAGES = {"404.html", "toc.html", "print.html"}

MARKDOWN_LINK = re.compile(
    r"\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)"  # [text](target "title"), ![text](target)
    r"|^\s*\[[^\]]+\]:\s*(\S+)"  # [name]: target
    r"|<(?:a|img)\s[^>]*(?:href|src)=\"([^\"]+)\"",
)


def without_code(text):
    """Blanks out code, but keeps the lines."""
    text = re.sub(r"^( *)(```+|~~~+).*?^\1\2", lambda code: "\n" * code[0].count("\n"), text, flags=re.S | re.M)
    return re.sub(r"(`+)(?!`)(?:(?!\1).)+?\1(?!`)", "", text)


def anchors_of_markdown(path, known={}):
    """Returns the anchors that GitHub gives to the headings of a file."""
    if path not in known:
        counts, anchors = {}, set()
        fence = False
        for line in path.read_text(encoding="utf-8").splitlines():
            fence ^= line.startswith("```")
            heading = None if fence else re.match(r"#{1,6} (.*)", line)
            if heading:
                text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1])
                slug = re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")
                counts[slug] = counts.get(slug, -1) + 1
                anchors.add(f"{slug}-{counts[slug]}" if counts[slug] else slug)
        known[path] = anchors
    return known[path]


class Page(HTMLParser):
    """The anchors and links of a page of the book."""

    def __init__(self, text):
        super().__init__()
        self.anchors, self.links = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.anchors.update(attrs[name] for name in ("id", "name") if attrs.get(name))
        targets = [attrs[name] for name in ("href", "src") if attrs.get(name)]
        self.links.extend((self.getpos()[0], target) for target in targets)


class Book:
    """The built book."""

    def __init__(self, folder):
        self.folder = folder
        pages = sorted(folder.rglob("*.html"))
        self.pages = {path: Page(path.read_text(encoding="utf-8")) for path in pages}

    def fault(self, path, anchor):
        """Returns what is wrong with a target in the book."""
        if path.is_dir():
            path = path / "index.html"
        if not path.is_relative_to(self.folder):
            return "leaves the book"
        if not path.exists():
            return "no such file"
        if anchor and path in self.pages and anchor not in self.pages[path].anchors:
            return "no such anchor"
        return None


def fault_of_repository(root, path, anchor):
    """Returns what is wrong with a target in the repository."""
    if not path.exists():
        return "no such file"
    if not path.is_relative_to(root):
        return "leaves the repository"
    if anchor and path.suffix == ".md" and anchor not in anchors_of_markdown(path):
        return "no such anchor"
    return None


def fault_of_absolute(root, book, target):
    """Returns what is wrong with an address of this project. Other addresses are not checked."""
    target, _, anchor = target.partition("#")
    inside = REPOSITORY.match(target)
    if inside:
        return fault_of_repository(root, root / unquote(target[inside.end():]), unquote(anchor))
    if book and (target == SITE or target.startswith(SITE + "/")):
        return book.fault(book.folder / unquote(target[len(SITE):].lstrip("/")), unquote(anchor))
    return None


def is_absolute(target):
    return re.match(r"[a-z][a-z0-9+.-]*:|//", target, re.I)


def check_markdown(root, book):
    for path in sorted(root.rglob("*.md")):
        if SKIPPED.intersection(path.relative_to(root).parts):
            continue
        for number, line in enumerate(without_code(path.read_text(encoding="utf-8")).split("\n"), 1):
            for link in MARKDOWN_LINK.finditer(line):
                target = next(group for group in link.groups() if group)
                if is_absolute(target):
                    fault = fault_of_absolute(root, book, target)
                else:
                    name, _, anchor = target.partition("#")
                    to = (path.parent / unquote(name)).resolve() if name else path
                    fault = fault_of_repository(root, to, unquote(anchor))
                yield path, number, target, fault


def check_book(root, book):
    for path, page in book.pages.items():
        if path.name in OWN_PAGES:
            continue
        for number, target in page.links:
            if is_absolute(target):
                fault = fault_of_absolute(root, book, target)
            else:
                name, _, anchor = target.split("?")[0].partition("#")
                to = (path.parent / unquote(name)).resolve() if name else path
                fault = book.fault(to, unquote(anchor))
            yield path, number, target, fault


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    folder = root / "target" / "book"
    book = Book(folder) if folder.is_dir() else None
    checked = list(check_markdown(root, book)) + (list(check_book(root, book)) if book else [])
    broken = [found for found in checked if found[3]]
    for path, number, target, fault in broken:
        print(f"{path.relative_to(root)}:{number}: {target}: {fault}")
    note = "" if book else "; the book is not built, so its pages were not checked"
    print(f"{len(checked)} links, {len(broken)} broken{note}", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
