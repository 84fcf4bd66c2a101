"""Deploys to real servers on this machine: plain runs, rollback, readers, and what goes wrong on the way.

    YICUN=target/release/yicun TOOLS=.tools/python python3 tests/tools/deploy/check.py [NAME…]

Several names run in processes of their own, YICUN_DEPLOY_JOBS at once: each has its own folders, ports and servers. What one
says is printed when it ends, so lines of two never mix.
"""

import hashlib
import itertools
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.request

from faults import Cutter, Moody
from others import Apache, Bare, ProFtpd
from readers import InPlace, Releases
from serving import Disk, answer, caddy, nginx
from servers import TOOLS, Caddy, Moto, Nginx, Rclone, Sshd, tool
from town import Site, whole
from workers import end_with_parent, share_out

USER, SECRET = "AKIDYICUNTEST0000001", "yicun-test-secret-key-000000000000000001"
SECRETS = {
    "YICUN_ACCESS_KEY_ID": USER,
    "YICUN_SECRET_ACCESS_KEY": SECRET,
    "YICUN_USER": USER,
    "YICUN_PASSWORD": SECRET,
}
ROUNDS = int(os.environ.get("YICUN_DEPLOY_ROUNDS", "6"))
work = pathlib.Path(tempfile.mkdtemp(prefix="yicun-deploy-"))
shared = {}
numbers = itertools.count()


def sshd():
    if "sshd" not in shared:
        shared["sshd"] = Sshd(work / "sshd")
    return shared["sshd"]


def files(folder):
    """What readers can get: without packed forms and our notes. Of one release: what a killed program began there may
    still switch to another while it is read."""
    folder = pathlib.Path(folder).resolve()
    found = (file for file in folder.rglob("*") if file.is_file())
    names = {file.relative_to(folder).as_posix(): file for file in found}
    ours = (".gz", ".br")
    return {
        name: file.read_bytes()
        for name, file in names.items()
        if not name.endswith(ours) and not name.startswith((".yicun", ".nojekyll"))
    }


class Target:
    """One kind of target: its settings, and where what it shows lies on this disk."""

    switches = True
    at_once = True
    # Credentials of somebody else who may deploy here too.
    colleague = None

    def __init__(self, name):
        self.site = Site(work / name / "site")
        self.folder = work / name

    def well(self, *arguments):
        return self.site.well(*arguments, environment=SECRETS)

    def shows(self, version):
        shown = files(self.root)
        assert whole(shown) == version, (whole(shown), version)
        public = self.site.public()
        assert {name: shown.get(name) for name in public} == public, "not the bytes of the build"
        # Assets of earlier releases stay; nothing else does, under whatever name.
        more = [name for name in shown if name not in public and not name.startswith(("assets/", "photos/"))]
        assert not more or not self.switches, more

    def shows_of(self, site):
        shown = files(self.root)
        public = site.public()
        assert {name: shown.get(name) for name in public} == public, "not the bytes of the build"

    def spoil(self, path, text=None):
        """Somebody else removes a file there, or writes another text into it."""
        (self.root / path).unlink()
        if text is not None:
            (self.root / path).write_text(text)

    def point(self, port=None):
        """Sets the target, over a proxy's port if there is one."""
        self.site.target(self.settings(port or self.port))


class Folder(Target):
    port = None

    def __init__(self):
        super().__init__(f"folder-{next(numbers)}")
        self.root = self.folder / "www/current"

    def settings(self, _):
        return f'[deploy.x]\nkind = "folder"\npath = "{self.folder}/www"\nkeep = 3\ncompress = true\n'


class Stick(Folder):
    """A folder on a disk of sticks or of Windows."""

    def __init__(self, kind):
        super().__init__()
        self.disk = Disk(kind, self.folder / kind)
        self.www = self.disk.folder / "www"
        self.root = self.www / "current"
        # Without links `current` is a folder that is renamed.
        self.at_once = kind == "ntfs"

    def settings(self, _):
        return f'[deploy.x]\nkind = "folder"\npath = "{self.www}"\nkeep = 3\ncompress = true\n'


class Ssh(Target):
    def __init__(self, kind):
        super().__init__(kind)
        self.kind = kind
        self.port = sshd().port
        self.jailed = kind == "sftp"
        self.path = "/www/site" if self.jailed else f"{self.folder}/www"
        base = sshd().jail / "www/site" if self.jailed else pathlib.Path(self.path)
        self.root = base / "current"

    def settings(self, port, key=None):
        user = sshd().USER if self.jailed else "root"
        return (
            f'[deploy.x]\nkind = "ssh"\nhost = "127.0.0.1"\nport = {port}\nuser = "{user}"\npath = "{self.path}"\n'
            f'host_key = "{key or sshd().key}"\nidentity = "{sshd().identity}"\ntransport = "{self.kind}"\nkeep = 3\n'
        )


class Sftp(Target):
    """A server that is not OpenSSH's, and what it lacks."""

    def __init__(self, name, server, user, at_once=True):
        super().__init__(name)
        self.server, self.port, self.user = server, server.port, user
        self.root = server.jail / "www/site/current"
        # Where a release cannot be shown at once, there is none for a moment, never a mixture.
        self.at_once = at_once

    def settings(self, port):
        return (
            f'[deploy.x]\nkind = "ssh"\nhost = "127.0.0.1"\nport = {port}\nuser = "{self.user}"\npath = "/www/site"\n'
            f'host_key = "{self.server.key}"\nidentity = "{sshd().identity}"\ntransport = "sftp"\nkeep = 3\n'
        )


def proftpd():
    return Sftp("proftpd", ProFtpd(work / "proftpd/server", sshd().identity, sshd().USER), sshd().USER, at_once=False)


def over_rclone(target, path, text=None):
    """Spoils a file through the server: rclone remembers what lies below it."""
    command = [tool("rclone"), "deletefile" if text is None else "rcat", f"{target.remote()}/{path}", "--config", "/dev/null"]
    subprocess.run([str(word) for word in command], check=True, input=(text or "").encode())


def bare():
    return Sftp("sftp-bare", Bare(work / "bare/server", sshd().identity, ["symlink", "link", "posix-rename"]), "root", at_once=False)


class Store(Target):
    switches = False
    spoil = over_rclone

    def __init__(self, name="s3"):
        super().__init__(name)
        self.root = self.folder / "buckets/bucket/pre"
        self.root.mkdir(parents=True)
        (self.root.parent / "other.txt").write_text("not ours")
        (self.root.parent / "prefix.html").write_text("not ours")
        self.colleague = {"YICUN_ACCESS_KEY_ID": "AKIDYICUNTEST0000002", "YICUN_SECRET_ACCESS_KEY": "another-secret-key-of-a-colleague"}
        self.server = Rclone("s3", self.folder / "buckets", USER, SECRET, tuple(self.colleague.values()))
        self.port = self.server.port

    def settings(self, port):
        return (
            f'[deploy.x]\nkind = "s3"\nendpoint = "http://127.0.0.1:{port}"\nbucket = "bucket"\nprefix = "pre"\nkeep = 3\n'
        )

    def remote(self):
        """The same place, as rclone reaches it."""
        return (
            f":s3,provider=Rclone,endpoint='http://127.0.0.1:{self.port}',access_key_id={USER},"
            f"secret_access_key={SECRET}:bucket/pre"
        )


class Dav(Target):
    switches = False
    spoil = over_rclone

    def __init__(self, name="webdav"):
        super().__init__(name)
        self.root = self.folder / "dav/town"
        self.server = Rclone("webdav", self.folder / "dav", USER, SECRET)
        self.port = self.server.port

    def settings(self, port):
        return f'[deploy.x]\nkind = "webdav"\nurl = "http://127.0.0.1:{port}/town"\nkeep = 3\n'

    def remote(self):
        hidden = subprocess.run([tool("rclone"), "obscure", SECRET], check=True, capture_output=True, text=True).stdout.strip()
        return f":webdav,url='http://127.0.0.1:{self.port}/town',user={USER},pass={hidden}:"


class ApacheDav(Dav):
    spoil = Target.spoil

    def __init__(self):
        Target.__init__(self, "apache")
        self.server = Apache(self.folder, USER, SECRET)
        self.port = self.server.port
        self.root = self.server.root / "town"


class Branch(Target):
    """A bare repository; what a Pages service would show is checked out after each question."""

    def __init__(self, over_ssh=False):
        super().__init__("git-ssh" if over_ssh else f"git-{next(numbers)}")
        self.repository = self.folder / "pages.git"
        self.over_ssh = over_ssh
        self.port = sshd().port if over_ssh else None
        subprocess.run(["git", "init", "-q", "--bare", self.repository], check=True)

    @property
    def root(self):
        out = self.folder / "checkout"
        subprocess.run(["rm", "-rf", out], check=True)
        out.mkdir()
        archive = subprocess.run(
            ["git", "-C", self.repository, "archive", "pages"], check=True, stdout=subprocess.PIPE
        ).stdout
        subprocess.run(["tar", "-x", "-C", out], check=True, input=archive)
        return out

    def settings(self, port):
        if not self.over_ssh:
            return f'[deploy.x]\nkind = "git"\nrepository = "file://{self.repository}"\nbranch = "pages"\nkeep = 3\n'
        return (
            f'[deploy.x]\nkind = "git"\nrepository = "ssh://root@127.0.0.1:{port}{self.repository}"\nbranch = "pages"\n'
            f'keep = 3\nhost_key = "{sshd().key}"\nidentity = "{sshd().identity}"\n'
        )


def plain(target):
    """Releases come, go back, are withdrawn, and come back."""
    target.point()
    for version in range(1, 5):
        target.site.version(version)
        target.well("deploy", "-q")
        target.shows(version)
    assert "nothing to deploy" in target.well("deploy")
    target.well("rollback")
    assert whole(files(target.root)) == 3
    target.well("rollback")
    assert whole(files(target.root)) == 2
    newest = [line.split() for line in target.well("deploy", "--list").splitlines() if line.strip()][0][0]
    target.well("rollback", "--to", newest)
    target.shows(4)
    # Fewer pages: what is no longer there goes.
    target.site.pages = 8
    target.site.version(4)
    target.well("deploy", "-q")
    target.shows(4)
    assert not (target.root / "news/n9/index.html").exists()
    target.well("deploy", "--withdraw", "/news/n3/")
    assert not (target.root / "news/n3/index.html").exists()
    code, _, err = target.site.run("deploy", environment=SECRETS)
    assert code == 1 and "deploy-withdrawn-again" in err, err
    target.well("deploy", "-q", "--readmit", "/news/n3/")
    target.shows(4)


def killed(target):
    """Killed at any moment; the next deploy finishes."""
    target.point()
    dice = random.Random(3)
    target.site.version(100)
    begun = time.monotonic()
    target.well("deploy", "-q")
    took = time.monotonic() - begun
    for round_ in range(ROUNDS):
        version = 101 + round_
        target.site.version(version, 8 + dice.randrange(5))
        process = target.site.run("deploy", environment=SECRETS, wait=False)
        time.sleep(took * dice.random() * 1.6)
        process.kill()
        process.communicate()
        if target.switches and (target.root.exists() or target.at_once):
            assert whole(files(target.root)) in (version - 1, version, *range(100, version)), "a mixture"
        if round_ % 3 != 2:
            target.well("deploy", "-q")
            target.shows(version)
    target.well("deploy", "-q")
    target.shows(version)


def killed_back(target):
    """Killed while it goes back, or takes a page down; the next command finishes, whichever it is."""
    target.point()
    dice = random.Random(5)
    secret = set()

    def deployed(version):
        target.site.version(version)
        target.well("deploy", "-q", "--readmit", "/news/n3/")
        target.shows(version)
        secret.add(hashlib.sha256((target.root / "news/n3/index.html").read_bytes()).hexdigest())

    def newest():
        return target.well("deploy", "--list").split("\n")[0].lstrip("* ").split()[0]

    def cut(took, *command):
        process = target.site.run(*command, environment=SECRETS, wait=False)
        time.sleep(took * dice.random() * 1.4)
        process.kill()
        process.communicate()

    deployed(1000)
    deployed(1001)
    begun = time.monotonic()
    target.well("rollback")
    took = time.monotonic() - begun
    for round_ in range(ROUNDS):
        version = 1002 + round_
        deployed(version)
        cut(took, "rollback")
        if target.switches and (target.root.exists() or target.at_once):
            assert whole(files(target.root)) in (version - 1, version, 1000), "a mixture"
        if round_ % 2:
            target.well("rollback", "--to", newest())
        else:
            target.well("deploy", "-q", "--readmit", "/news/n3/")
        target.shows(version)
    for round_ in range(ROUNDS // 2 + 1):
        deployed(1100 + round_)
        cut(took, "deploy", "--withdraw", "/news/n3/")
        # Either nothing was begun, or it is noted that the page is not to come back.
        if round_ % 2:
            code, _, err = target.site.run("deploy", "-q", environment=SECRETS)
            assert code == 0 or (code == 1 and "deploy-withdrawn-again" in err), err
        target.well("deploy", "--withdraw", "/news/n3/")
        assert not (target.root / "news/n3/index.html").exists()
        if isinstance(target, Branch):
            continue
        base = target.root.parent if target.switches else target.root
        there = {hashlib.sha256(file.read_bytes()).hexdigest() for file in base.rglob("*") if file.is_file()}
        assert not secret & there, "the page is still there"
    deployed(1200)


def shaky(target):
    """The connection is cut, and servers answer 500, now and then; a run or two finish the work."""
    for every in (7, 3):
        if target.switches:
            proxy = Cutter(target.port, every)
        else:
            proxy = Moody(target.port, every)
        target.point(proxy.port)
        for version in range(200 + every * 10, 203 + every * 10):
            target.site.version(version)
            for _ in range(8):
                code, out, err = target.site.run("deploy", "-q", environment=SECRETS)
                if code == 0:
                    break
                assert code == 3, (code, out, err)
                if target.switches:
                    whole(files(target.root))
            assert code == 0, err
            target.shows(version)


def watched(target):
    """Readers over nginx and Caddy during deploys and rollbacks."""
    target.point()
    target.site.version(300)
    target.well("deploy", "-q")
    paths = ["/"] + [f"/news/n{page}/" for page in range(8)] + ["/news/"]
    for serve in (Nginx, Caddy):
        server = serve(target.root, target.folder / serve.__name__)
        with Releases(server.url, paths) as one, Releases(server.url, paths[::-1]) as two:
            for version in range(301, 304):
                target.site.version(version)
                target.well("deploy", "-q")
        for reader in (one, two):
            reader.content(range(300, 304))
        names = [word for line in target.well("deploy", "--list").splitlines() for word in line.split() if word.startswith("r")][:2]
        assert len(names) == 2
        with Releases(server.url, paths) as reader:
            # Each costs a few logins over SSH; a folder switches in the same way.
            for turn in range(100 if isinstance(target, Folder) else 12):
                target.well("rollback", "--to", names[turn % 2])
        assert not reader.faults, reader.faults[:5]
        target.well("rollback", "--to", names[0])
        target.site.version(300)
        target.well("deploy", "-q")


def ordered(target):
    """Readers of a host in place never find a page whose pages or assets are missing."""
    target.point()
    target.site.version(400, 8)
    target.well("deploy", "-q")
    # Slow enough that a wrong order shows.
    target.point(Moody(target.port, delay=0.05).port)
    with InPlace(target.root, ["/", "/news/"] + [f"/news/n{page}/" for page in range(7)]) as reader:
        for version, pages in ((401, 12), (402, 7), (403, 12)):
            target.site.version(version, pages)
            target.well("deploy", "-q")
    assert not reader.faults and reader.looks, reader.faults[:5]


def full(target):
    """A disk that is full on the other side leaves the old release; with space, the next run finishes."""
    disk = target.folder / "small"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk]).returncode:
        print("    LEFT OUT: this machine lets nobody mount a small disk, so none was filled")
        return
    try:
        settings = target.settings(target.port).replace(f"{target.folder}/www", f"{disk}/www")
        assert str(disk) in settings
        target.site.target(settings)
        target.root = disk / "www/current"
        target.site.version(500)
        target.well("deploy", "-q")
        (disk / "fill").write_bytes(os.urandom(1 << 20))
        target.site.version(501)
        target.site.write("static/large.bin", "x" * (2 << 20))
        code, _, err = target.site.run("deploy", "-q", environment=SECRETS)
        assert code == 3 and ("full" in err or "space" in err), err
        assert whole(files(target.root)) == 500
        (disk / "fill").unlink()
        (target.site.folder / "static/large.bin").unlink()
        target.well("deploy", "-q")
        target.shows(501)
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def key(target):
    """Another host key is not believed."""
    target.site.target(target.settings(target.port, sshd().other_key))
    code, _, err = target.site.run("deploy", environment=SECRETS)
    assert code == 3 and "deploy-host-key" in err, err


def wrong(target):
    """Wrong credentials are told as such."""
    target.point()
    code, _, err = target.site.run(
        "deploy", environment={**SECRETS, "YICUN_SECRET_ACCESS_KEY": "wrong" * 8, "YICUN_PASSWORD": "wrong"}
    )
    assert code == 3 and "deploy-credentials-wrong" in err, err
    code, _, err = target.site.run("deploy", environment={**SECRETS, "YICUN_ACCESS_KEY_ID": "", "YICUN_USER": ""})
    assert code == 3 and "deploy-credentials-" in err, err


def foreign(target):
    """A first deploy does not write over a site that is there."""
    other = target.root.parent / "other-site"
    other.mkdir()
    (other / "index.html").write_text("theirs")
    settings = target.settings(target.port).replace('prefix = "pre"', 'prefix = "other-site"')
    target.site.target(settings.replace("/town", "/other-site"))
    code, _, err = target.site.run("deploy", environment=SECRETS)
    assert code == 1 and "deploy-place-foreign" in err, err
    assert (other / "index.html").read_text() == "theirs"


def rclone_agrees(target):
    """An independent oracle: rclone compares what is there with the build, both ways; what is not ours is untouched."""
    target.point()
    for version, pages in ((600, 12), (601, 9)):
        target.site.version(version, pages)
        target.well("deploy", "-q")
    foreign = [target.root.parent / name for name in ("other.txt", "prefix.html")]
    for file in foreign:
        file.write_text("not ours")
    command = [tool("rclone"), "check", target.site.folder / "public", target.remote(), "--download", "--config", "/dev/null"]
    # Ours on either side; styles of earlier releases stay for pages that browsers still have.
    command += ["--exclude", ".yicun-manifest.json", "--exclude", ".yicun-deploy/**", "--exclude", "precious.txt"]
    hashed = [name for name in files(target.root) if name.startswith("assets/") and name not in target.site.public()]
    command += [word for name in hashed for word in ("--exclude", f"/{name}")]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "0 differences found" in done.stderr, done.stderr
    assert all(file.read_text() == "not ours" for file in foreign)


def bucket_of(server, name):
    """A site whose target is a bucket behind a proxy that counts, and the proxy."""
    proxy = Moody(server.port)
    if isinstance(server, Rclone):
        (server.folder / "bucket").mkdir()
    else:
        urllib.request.urlopen(urllib.request.Request(f"{server.url}/bucket", method="PUT"))
    site = Site(work / name / "site", 2)
    site.target(f'[deploy.x]\nkind = "s3"\nendpoint = "{proxy.url}"\nbucket = "bucket"\nprefix = "a & b"\nkeep = 1\n')
    return site, proxy


def removed(site, proxy, pages, instead=None, well=True):
    """Puts some files with odd names, removes them, and says by which requests, our notes aside."""
    for number in range(pages):
        site.write(f"static/odd/{number} & 'x' [一].txt", "x")
    site.well("deploy", "-q", environment=SECRETS)
    for file in (site.folder / "static/odd").iterdir():
        file.unlink()
    before = len(proxy.requests)
    proxy.instead = instead
    code, _, err = site.run("deploy", "-q", "--force", environment=SECRETS)
    proxy.instead = None
    assert (code == 0) == well, err
    asked = [(method, path) for method, path in proxy.requests[before:] if "yicun-deploy" not in path]
    return [pair for pair in asked if pair[0] in ("POST", "DELETE")], err


def batches(server, name):
    """Deletions go by the thousand; where a store does not take that, one by one; one that is refused stops the work."""
    site, proxy = bucket_of(server, name)

    def there():
        return {path for path in bucket(server) if "/odd/" in path}

    asked, _ = removed(site, proxy, 2100)
    # 2,100 files, and the notes of the deploy.
    assert [method for method, _ in asked] == ["POST"] * 4 and not there(), (asked, len(there()))
    for status in (405, 501):
        asked, _ = removed(site, proxy, 12, lambda method, *_: (status, b"<Error><Code>NotImplemented</Code></Error>") if method == "POST" else None)
        methods = [method for method, _ in asked]
        assert methods == ["POST"] + ["DELETE"] * 12 and not there(), (methods, there())
    answer = b"<DeleteResult><Error><Key>k</Key><Code>AccessDenied</Code><Message>hold</Message></Error></DeleteResult>"
    asked, err = removed(site, proxy, 12, lambda method, *_: (200, answer) if method == "POST" else None, well=False)
    assert "deploy-forbidden" in err and "hold" in err and len(there()) == 12, (err, there())
    site.well("deploy", "-q", "--force", environment=SECRETS)
    assert not there()
    # A store that says nothing of some keys: those are deleted singly.
    asked, _ = removed(site, proxy, 12, lambda method, *_: (200, b"<DeleteResult/>") if method == "POST" else None)
    assert sum(method == "DELETE" for method, _ in asked) == 12 and not there(), asked


def batches_rclone():
    (work / "batches/buckets").mkdir(parents=True)
    batches(Rclone("s3", work / "batches/buckets", USER, SECRET), "batches/rclone")


def batches_moto():
    batches(Moto(), "batches/moto")


def bucket(server):
    """The keys of the bucket, as another client sees them."""
    command = [tool("rclone"), "lsf", "-R", "--files-only", ":s3:bucket", "--config", "/dev/null"]
    command += ["--s3-provider", "Other", "--s3-endpoint", server.url]
    command += ["--s3-access-key-id", USER, "--s3-secret-access-key", SECRET, "--s3-region", "us-east-1"]
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True).stdout.splitlines()


def withdrawn(target):
    """A page is taken down with the pictures that it alone shows, from every kept release; only when asked to it comes back."""
    target.point()
    site = target.site
    base = target.root.parent if target.switches else target.root

    def page(name, photos):
        shown = "".join(f"![图](p{number}.png)\n\n" for number in photos)
        site.write(f"content/news/{name}/index.md", f'+++\ntitle = "{name}"\ndate = 2026-01-02\n+++\n\n字 VERSION-{site.number}。\n\n{shown}')
        for number in photos:
            site.photo(f"content/news/{name}/p{number}.png", number)

    def digests(folder, fits):
        folder = pathlib.Path(folder)
        found = (file for file in folder.rglob("*") if file.is_file() and fits(file.relative_to(folder).as_posix()))
        return {hashlib.sha256(file.read_bytes()).hexdigest() for file in found}

    built = site.folder / "public"
    gone = set()
    # Each of these shows a picture that the withdrawn page shows too: whatever page is misread, one of them is missed.
    others = range(4, 12)

    def stay():
        page("keeps", [1])
        for number in others:
            page(f"keeps{number}", [number])

    stay()
    site.version(700)
    target.well("deploy", "-q")
    kept = digests(built, lambda name: name.startswith("photos/"))
    assert kept
    for version, photos in ((701, [1, 2]), (702, [1, 3])):
        site.version(version)
        stay()
        page("goes", [*photos, *others])
        target.well("deploy", "-q")
        gone |= digests(built, lambda name: name.startswith(("photos/", "news/goes/"))) - kept
    everywhere = lambda: digests(base, lambda _: True)
    assert len(gone) > 4 and gone <= everywhere()
    told = target.well("deploy", "--withdraw", "/news/goes/")
    assert "- news/goes/index.html" in told and "- photos/" in told, told
    assert not gone & everywhere(), told
    assert kept <= everywhere(), told
    # Packed forms have other bytes, and go too.
    left = [file.as_posix() for file in base.rglob("*") if "/news/goes/" in file.as_posix() and file.is_file()]
    notes = [file for file in base.rglob(".yicun-deploy/r*.json") if '"news/goes/' in file.read_text()]
    assert not left and not notes, (left, notes)
    code, _, err = site.run("deploy", environment=SECRETS)
    assert code == 1 and "deploy-withdrawn-again" in err, err
    shutil.rmtree(site.folder / "content/news/goes")
    site.version(703)
    stay()
    target.well("deploy", "-q")
    target.shows(703)
    for _ in range(2):
        assert not gone & everywhere()
        target.well("rollback")
    page("goes", [1, 3, *others])
    target.well("deploy", "-q", "--readmit", "/news/goes/")
    target.shows(703)
    assert (target.root / "news/goes/index.html").exists()
    for name in ("keeps", "goes", *(f"keeps{number}" for number in others)):
        shutil.rmtree(site.folder / "content/news" / name)
    # Half of the site goes with them: that is asked once, and not again for pictures that stay a while for old pages.
    target.well("deploy", "-q", "--force")
    site.version(704)
    target.well("deploy", "-q")
    target.shows(704)


def lying(target):
    """Notes that others wrote or changed are not believed: what we never put stays, until somebody says that it is ours."""
    target.point()
    target.site.version(800)
    target.well("deploy", "-q")
    target.site.version(801)
    target.well("deploy", "-q")
    precious = target.root / "precious.txt"
    precious.write_text("not ours")
    newest = max((target.root / ".yicun-deploy").glob("r*.json"), key=lambda file: int(file.name[1:].split("-")[0]))
    text = newest.read_text()
    first = re.search(r'"([^"]+)":(\{"sha256":[^}]*\})', text)
    newest.write_text(text.replace(first[0], f'"precious.txt":{first[2]},{first[0]}', 1))
    before = {name: data for name, data in files(target.root).items()}
    target.site.version(802)
    for command in (["deploy"], ["rollback"], ["deploy", "--withdraw", "/news/n3/"]):
        code, _, err = target.site.run(*command, environment=SECRETS)
        assert code == 1 and "deploy-notes-strange" in err, (command, err)
        assert files(target.root) == before
    code, out, err = target.site.run("deploy", "--dry-run", environment=SECRETS)
    assert code == 0 and "- precious.txt" in out and "deploy-notes-unsure" in err, (out, err)
    newest.write_text(text)
    target.well("deploy", "-q")
    target.shows(802)
    assert precious.read_text() == "not ours"
    # Another machine with the same credentials goes on without a question; one with other credentials asks once.
    settings = target.settings(target.port)
    other = Site(target.folder / "colleague", target.site.pages)
    other.target(settings)
    other.version(803)
    other.well("deploy", "-q", environment=SECRETS)
    target.shows_of(other)
    if not target.colleague:
        return
    third = Site(target.folder / "third", target.site.pages)
    third.target(settings)
    third.version(804)
    code, _, err = third.run("deploy", environment=target.colleague)
    assert code == 1 and "deploy-notes-strange" in err, err
    third.well("deploy", "-q", "--adopt", environment={**target.colleague, "YICUN_DEPLOY_KEY": "ours"})
    target.shows_of(third)
    third.well("rollback", environment={**target.colleague, "YICUN_DEPLOY_KEY": "ours"})
    other.version(805)
    other.well("deploy", "-q", environment={**SECRETS, "YICUN_DEPLOY_KEY": "ours"})
    target.shows_of(other)
    assert precious.read_text() == "not ours"


def counted(target):
    """Two requests a changed file and a handful more, also when what earlier releases kept is removed."""
    proxy = Moody(target.port)
    target.point(proxy.port)
    for number in range(150):
        target.site.write(f"static/files/{number}.txt", f"{number}")
    target.well("deploy", "-q")
    for changed in (1, 10, 100, 1):
        worst = 0
        for round_ in range(4):
            for number in range(changed):
                target.site.write(f"static/files/{number}.txt", f"{number} {changed} {round_}")
            before = len(proxy.requests)
            target.well("deploy", "-q")
            worst = max(worst, len(proxy.requests) - before)
        print(f"    {changed} changed: {worst} requests at most")
        assert worst <= 2 * changed + 30, proxy.requests[before:]
    target.shows(target.site.number)


def conditional():
    """moto keeps conditional writes: two people are kept apart, headers arrive, and a lock that ran out is taken."""
    moto = Moto()
    urllib.request.urlopen(urllib.request.Request(f"{moto.url}/bucket", method="PUT"))
    one, two = Site(work / "moto/one"), Site(work / "moto/two")
    for site in (one, two):
        site.target(f'[deploy.x]\nkind = "s3"\nendpoint = "{moto.url}"\nbucket = "bucket"\nkeep = 3\n')
    one.well("deploy", environment=SECRETS)
    sys.path.append(str(TOOLS))
    import boto3

    store = boto3.client(
        "s3", endpoint_url=moto.url, region_name="us-east-1", aws_access_key_id=USER, aws_secret_access_key=SECRET
    )
    head = store.head_object(Bucket="bucket", Key="index.html")
    assert head["ContentType"] == "text/html; charset=utf-8" and head["CacheControl"] == "no-cache", head
    style = next(name for name in one.public() if name.endswith(".css"))
    head = store.head_object(Bucket="bucket", Key=style)
    assert "immutable" in head["CacheControl"] and head["ContentType"] == "text/css; charset=utf-8", head
    two.version(2)
    two.well("deploy", environment=SECRETS)
    slow = Moody(moto.port)
    one.target(f'[deploy.x]\nkind = "s3"\nendpoint = "{slow.url}"\nbucket = "bucket"\nkeep = 3\nparallel = 1\n')
    one.version(3)
    process = one.run("deploy", environment=SECRETS, wait=False)
    while not any(method == "PUT" and "index.html" in path for method, path in slow.requests):
        time.sleep(0.01)
    process.kill()
    process.communicate()
    code, _, err = two.run("deploy", environment=SECRETS)
    assert code == 3 and "deploy-busy" in err, err
    # The site that was killed takes its own lock over at once.
    one.well("deploy", environment=SECRETS)


def refused_push(target):
    """What the other side says when it refuses is told, not what git makes of it."""
    target.point()
    target.site.version(1)
    target.well("deploy", "-q")
    hook = target.repository / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho 'repository is over its size limit' >&2\nexit 1\n")
    hook.chmod(0o755)
    target.site.version(2)
    code, _, err = target.site.run("deploy", environment=SECRETS)
    assert code == 3 and "deploy-push-refused" in err and "size limit" in " ".join(err.split()), err
    assert whole(files(target.root)) == 1
    hook.unlink()
    # Somebody pushes between our look and our push.
    update = target.repository / "hooks/update"
    update.write_text(
        f"#!/bin/sh\n[ -e {target.folder}/once ] && exit 0\ntouch {target.folder}/once\nunset GIT_QUARANTINE_PATH\n"
        f"git -C {target.repository} update-ref refs/heads/pages $(git -C {target.repository} commit-tree -p $2 -m x $2^{{tree}})\n"
    )
    update.chmod(0o755)
    os.environ.update(GIT_AUTHOR_NAME="x", GIT_AUTHOR_EMAIL="x", GIT_COMMITTER_NAME="x", GIT_COMMITTER_EMAIL="x")
    code, _, err = target.site.run("deploy", environment=SECRETS)
    assert code == 3 and "deploy-branch-moved" in err, err
    target.well("deploy", "-q")
    target.shows(2)
    target.site.target(f'[deploy.x]\nkind = "git"\nrepository = "file://{target.folder}/none.git"\nbranch = "pages"\n')
    code, _, err = target.site.run("deploy", environment=SECRETS)
    assert code == 3 and "deploy-no-repository" in err, err


def stripped(target):
    """Files that somebody removed on the host are put again; only --verify finds those that do not change."""
    target.point()
    for version in (900, 901):
        target.site.version(version)
        target.well("deploy", "-q")
    target.spoil("robots.txt")
    target.spoil("news/n3/index.html")
    target.site.version(902)
    target.well("deploy", "-q")
    assert (target.root / "news/n3/index.html").exists()
    target.spoil("index.html", "half a pa")
    target.well("deploy", "-q", "--verify")
    target.shows(902)


def logins():
    """A private CA is believed when it is named, and a login that we do not know is told."""
    site = Site(work / "apache-tls/site", 2)
    secure = Apache(work / "tls", USER, SECRET, tls=True)
    site.target(f'[deploy.x]\nkind = "webdav"\nurl = "{secure.url}/town"\n')
    code, _, err = site.run("deploy", environment=SECRETS)
    assert code == 3 and "deploy-certificate" in err, err
    site.well("deploy", "-q", environment={**SECRETS, "SSL_CERT_FILE": str(secure.ca)})
    assert (secure.root / "town/index.html").exists()
    digest = Apache(work / "digest", USER, SECRET, digest=True)
    site.target(f'[deploy.x]\nkind = "webdav"\nurl = "{digest.url}/town"\n')
    code, _, err = site.run("deploy", environment=SECRETS)
    assert code == 3 and "deploy-login-kind" in err and "Digest" in err, err


def versions():
    """A bucket with versions keeps what is withdrawn, and that is told."""
    moto = Moto()
    sys.path.append(str(TOOLS))
    import boto3

    store = boto3.client(
        "s3", endpoint_url=moto.url, region_name="us-east-1", aws_access_key_id=USER, aws_secret_access_key=SECRET
    )
    store.create_bucket(Bucket="kept")
    store.put_bucket_versioning(Bucket="kept", VersioningConfiguration={"Status": "Enabled"})
    site = Site(work / "versions/site", 3)
    site.target(f'[deploy.x]\nkind = "s3"\nendpoint = "{moto.url}"\nbucket = "kept"\nkeep = 2\n')
    for version in (1, 2):
        site.version(version)
        site.well("deploy", "-q", environment=SECRETS)
    code, _, err = site.run("deploy", "--withdraw", "/news/n1/", environment=SECRETS)
    assert code == 0 and "deploy-withdraw-versions" in err, err


def sticks():
    """Disks that know no links, no case, no owners."""
    for kind, works in (("exfat", (plain, killed, killed_back, stripped)), ("ntfs", (plain, killed))):
        target = Stick(kind)
        if target.disk.none:
            print(f"    LEFT OUT: {kind}: {target.disk.none}")
            continue
        try:
            for one in works:
                one(target)
        finally:
            target.disk.remove()


def together():
    """Two machines begin at the same moment: whatever is let in, what is shown is whole, and each next deploy is right."""
    for target in (Store("together-s3"), Dav("together-dav")):
        target.point()
        target.site.version(1)
        target.well("deploy", "-q")
        other = Site(target.folder / "other")
        other.target(target.settings(target.port))
        said = []
        for round_ in range(ROUNDS):
            for number, site in enumerate((target.site, other)):
                site.version(2 + 2 * round_ + number)
                assert site.run("build")[0] == 0
            both = [site.run("deploy", environment=SECRETS, wait=False) for site in (target.site, other)]
            for process in both:
                _, err = process.communicate()
                assert process.returncode == 0 or "deploy-busy" in err or "deploy-overtaken" in err, err
                said.append(process.returncode)
            whole(files(target.root))
        assert 0 in said, said
        target.site.version(100)
        target.well("deploy", "-q")
        target.shows(100)
        other.version(101)
        other.well("deploy", "-q", environment=SECRETS)
        target.shows_of(other)


def printed():
    """The settings that are printed fit: nginx and Caddy start with them, and a look at the public address finds no fault."""
    for (name, serve), path in itertools.product((("nginx", nginx), ("caddy", caddy)), ("", "/dang.jian")):
        target = Folder()
        site = target.site

        def settings(address=""):
            at = f'address = "{address}"\n' if address else ""
            table = target.settings(None) + at
            site.write("site.toml", f'title = "VERSION-{site.number}"\nbase_url = "https://town.example.org{path}/"\n{table}')

        site.write("static/assets/logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
        site.write("static/photos/20261122.txt", "x")
        settings()
        target.well("deploy", "-q")
        port = serve(target.well("deploy", "--print", name), target.folder / name)
        url = f"http://127.0.0.1:{port}{path}"
        site.version(2)
        settings(url)
        code, _, err = site.run("deploy")
        assert code == 0 and "deploy-verify" not in err, err
        # A look is also had when nothing changed.
        code, _, err = site.run("deploy", "--verify")
        assert code == 0 and "deploy-verify" not in err, err
        style = next(file for file in site.public() if file.endswith(".css"))
        immutable, asked = "public, max-age=31536000, immutable", "no-cache"
        for file, cache in ((f"/{style}", immutable), ("/assets/logo.svg", asked), ("/photos/20261122.txt", asked), ("/news/n1/", asked)):
            status, headers, _ = answer(url + file)
            assert (status, headers.get("cache-control")) == (200, cache), (name, path, file, status, headers)
        for file in (f"/{style}", "/"):
            status, headers, _ = answer(url + file, "br, gzip")
            assert headers.get("content-encoding") in ("br", "gzip"), (name, path, file, headers)
            assert "charset=utf-8" in headers["content-type"].lower(), (name, path, file, headers)
        for file in ("/.yicun-release", "/.yicun-deploy/index.json", "/news/.yicun-x", "/nowhere/"):
            status, _, body = answer(url + file)
            assert status == 404 and b"VERSION-2" in body, (name, path, file, status, body[:80])
        # Another site at the address is told, page by page; looking again takes a minute, and no server does it differently.
        if path or name != "nginx":
            continue
        site.version(3)
        settings(f"http://127.0.0.1:{port}/elsewhere")
        code, _, err = site.run("deploy")
        assert "deploy-verify-status" in err or "deploy-verify-bytes" in err, err
        # One fault of a server is told once, however many pages have it.
        assert len(re.findall(r"\[deploy-verify-", err)) <= 3, err


def state_full():
    """This machine's own disk is full: the deploy is whole or not done, and it is told which."""
    target = Folder()
    target.point()
    target.site.version(1)
    state = target.site.folder / ".yicun"
    target.well("deploy", "-q")
    saved = target.folder / "saved"
    shutil.copytree(state, saved)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", state]).returncode:
        print("    LEFT OUT: this machine lets nobody mount a small disk, so none was filled")
        return
    try:
        shutil.copytree(saved, state, dirs_exist_ok=True)
        with open(state / "fill", "wb", buffering=0) as fill:
            try:
                while True:
                    fill.write(b"x" * 4096)
            except OSError:
                pass
        target.site.version(2)
        code, _, err = target.site.run("deploy", "-q")
        shown = whole(files(target.root))
        assert (code, shown) == (3, 1) and "full" in err or (code, shown) == (0, 2) and "deploy-note-unwritten" in err, (code, shown, err)
        (state / "fill").unlink()
        target.well("deploy", "-q")
        target.shows(2)
    finally:
        subprocess.run(["umount", "-l", state], check=True)


def many():
    """10,000 files, one of them changed: seconds and requests."""
    pages = int(os.environ.get("YICUN_DEPLOY_PAGES", "10000"))
    site = Site(work / "many/site", 1)
    for number in range(pages):
        site.write(f"static/files/{number % 100}/{number}.txt", f"file {number}\n")
    folder = work / "many/buckets/bucket"
    folder.mkdir(parents=True)
    server = Rclone("s3", folder.parent, USER, SECRET)
    proxy = Moody(server.port)
    for name, settings in (
        ("folder", f'kind = "folder"\npath = "{work}/many/www"\n'),
        ("s3", f'kind = "s3"\nendpoint = "{proxy.url}"\nbucket = "bucket"\n'),
        ("rsync", Ssh("rsync").settings(sshd().port).split("\n", 1)[1].replace("keep = 3\n", "").replace("/rsync/www", "/many/rsync")),
        ("sftp", Ssh("sftp").settings(sshd().port).split("\n", 1)[1].replace("keep = 3\n", "").replace("/www/site", "/www/many")),
    ):
        site.target(f"[deploy.x]\nkeep = 2\n{settings}")
        for text in ("file 7\n", "changed a\n", "changed b\n", "changed c\n"):
            site.write("static/files/7/7.txt", text)
            before = len(proxy.requests)
            begun = time.monotonic()
            out = site.well("deploy", environment=SECRETS)
            seconds = time.monotonic() - begun
            print(f"    {name}: {out.splitlines()[-1] if out.strip() else ''} [{seconds:.1f} s in all, {len(proxy.requests) - before} at the proxy]")
        if name == "s3":
            assert len(proxy.requests) - before <= 1 + 20, proxy.requests[before:]


def checks():
    """What is checked, by name: the target, if they share one, and the checks in order. Those that take longest come first."""
    return {
        "rsync-watched": (lambda: Ssh("rsync"), (shaky, watched, full, key)),
        "rsync": (lambda: Ssh("rsync"), (plain, withdrawn, killed, killed_back)),
        "webdav": (Dav, (plain, withdrawn, lying, killed, killed_back, shaky, ordered, wrong, foreign, counted, rclone_agrees)),
        "s3": (Store, (plain, withdrawn, lying, killed, killed_back, shaky, ordered, wrong, foreign, counted, rclone_agrees, stripped)),
        "batches": (None, (batches_rclone, batches_moto)),
        "sftp": (lambda: Ssh("sftp"), (plain, stripped, withdrawn, killed, killed_back, shaky, watched, key)),
        "sticks": (None, (sticks,)),
        "git-ssh": (lambda: Branch(True), (plain, shaky)),
        "printed": (None, (printed,)),
        "many": (None, (many,)),
        "folder": (Folder, (plain, killed, killed_back, watched, stripped, full)),
        "sftp-bare": (bare, (plain, killed, stripped)),
        "together": (None, (together,)),
        "moto": (None, (conditional,)),
        "versions": (None, (versions,)),
        "proftpd": (proftpd, (plain,)),
        "git": (Branch, (plain, killed, killed_back)),
        "apache": (ApacheDav, (plain, lying, stripped)),
        "state": (None, (state_full,)),
        "git-refuses": (Branch, (refused_push,)),
        "logins": (None, (logins,)),
    }


def check(label):
    """All checks of one name, in this process; those that failed."""
    failed = []
    make, kinds = checks()[label]
    target = make() if make else None
    for kind in kinds:
        begun = time.monotonic()
        try:
            kind(target) if target else kind()
            print(f"  {label}: {kind.__name__} ({time.monotonic() - begun:.0f} s)", flush=True)
        except Exception:
            failed.append(f"{label} {kind.__name__}")
            print(f"  {label}: {kind.__name__} FAILED", flush=True)
            traceback.print_exc()
    return failed


def main():
    end_with_parent()
    wanted = sys.argv[1:] or list(checks())
    unknown = [label for label in wanted if label not in checks()]
    assert not unknown, f"no checks {unknown}; there are: {', '.join(checks())}"
    if len(wanted) == 1:
        failed = check(wanted[0])
    else:
        failed = share_out(__file__, wanted, int(os.environ.get("YICUN_DEPLOY_JOBS", "3")))
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
