"""Readers that look at all pages while a site is deployed, and remember what they should not have seen."""

import pathlib
import re
import threading
import time
import urllib.error
import urllib.request

from town import MARK

LINK = re.compile(rb'(?:href|src)="(/[^"#?]*)')


class Releases(threading.Thread):
    """Over HTTP: every answer is good and of one version, and no older version comes after a newer one."""

    def __init__(self, url, paths):
        super().__init__(daemon=True)
        self.url, self.paths = url, list(paths)
        self.stopped = threading.Event()
        self.faults, self.answers, self.seen = [], 0, []

    def run(self):
        last = None
        while not self.stopped.is_set():
            for path in self.paths:
                try:
                    with urllib.request.urlopen(self.url + path, timeout=20) as answer:
                        data = answer.read()
                except (OSError, urllib.error.HTTPError) as error:
                    self.faults.append(f"{path}: {error}")
                    continue
                self.answers += 1
                versions = set(MARK.findall(data))
                if len(versions) != 1:
                    self.faults.append(f"{path}: versions {versions}")
                    continue
                version = versions.pop()
                if version != last:
                    self.seen.append(int(version))
                    last = version

    def __exit__(self, *_):
        self.stopped.set()
        self.join()

    def __enter__(self):
        self.start()
        return self

    def content(self, allowed):
        """No fault, and the versions came one after the other."""
        assert not self.faults, self.faults[:5]
        assert self.answers > 0
        assert self.seen == sorted(set(self.seen)) and set(self.seen) <= set(allowed), self.seen


class InPlace(threading.Thread):
    """On the disk of a host: no page lacks its assets, and no list leads to a page that is not there. `lasting` are the
    pages of all releases: these are only replaced."""

    def __init__(self, folder, lasting):
        super().__init__(daemon=True)
        self.folder = pathlib.Path(folder)
        self.lasting = set(lasting)
        self.stopped = threading.Event()
        self.faults, self.looks = [], 0

    def missing(self, page):
        try:
            data = page.read_bytes()
        except OSError:
            return []
        targets = [link.decode() for link in LINK.findall(data)]
        if page.parent not in (self.folder, self.folder / "news"):
            targets = [target for target in targets if not target.endswith("/")]
        return [target for target in targets if not (self.folder / (target[1:] + ("index.html" if target.endswith("/") else ""))).exists()]

    def run(self):
        while not self.stopped.is_set():
            try:
                self.look()
            except FileNotFoundError:
                # A folder went away between its listing and the look into it.
                continue
            except Exception as error:
                self.faults.append(f"the reader broke: {error!r}")
                return

    def look(self):
        for page in list(self.folder.rglob("*.html")):
            self.looks += 1
            # rclone replaces a file by removing it first: what is there again a moment later was never missing. On a busy
            # machine that moment may be long, so that pages of all releases have more time.
            tries = 0
            while (gone := self.missing(page)) and tries < (1 if set(gone) - self.lasting else 50):
                tries += 1
                time.sleep(0.1)
            if gone:
                self.faults.append(f"{page.relative_to(self.folder)} leads to {gone}")

    def __exit__(self, *_):
        self.stopped.set()
        self.join()

    def __enter__(self):
        self.start()
        return self
