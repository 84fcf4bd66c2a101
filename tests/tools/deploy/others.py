"""Servers that strangers bring: other makers' WebDAV and SFTP, with fewer abilities or other manners."""

import atexit
import hashlib
import os
import pathlib
import pwd
import shutil
import subprocess
import sys

from servers import TOOLS, free_port, start


def certificate(folder):
    """A certificate for 127.0.0.1, signed by a CA of its own, whose certificate is returned."""
    run = lambda *words: subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
    new = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"]
    run(*new, "-keyout", folder / "ca.key", "-out", folder / "ca.pem", "-subj", "/CN=yicun test CA")
    run(*new, "-keyout", folder / "key.pem", "-out", folder / "cert.pem", "-subj", "/CN=127.0.0.1", "-CA", folder / "ca.pem",
        "-CAkey", folder / "ca.key", "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE")
    return folder / "ca.pem"


class Apache:
    """Apache httpd with mod_dav; `digest` asks for the other kind of login, `tls` shows a certificate of a private CA."""

    MODULES = "/usr/lib/apache2/modules"

    def __init__(self, folder, user, secret, digest=False, tls=False):
        # Apache does not read as root what it shows, and nobody else gets into a temporary folder.
        self.folder = pathlib.Path(f"/var/lib/yicun-apache-{os.getpid()}") / pathlib.Path(folder).name
        self.folder.mkdir(parents=True)
        atexit.register(shutil.rmtree, self.folder, True)
        folder = self.folder
        self.root, locks = folder / "dav", folder / "locks"
        for path in (self.root, locks):
            path.mkdir()
            shutil.chown(path, "www-data", "www-data")
        self.port = free_port()
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        modules = ["mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "auth_digest", "dav", "dav_fs"]
        modules += ["ssl", "socache_shmcb"] if tls else []
        load = "".join(f"LoadModule {name}_module {self.MODULES}/mod_{name}.so\n" for name in modules)
        kind = "Digest" if digest else "Basic"
        digested = hashlib.md5(f"{user}:yicun:{secret}".encode()).hexdigest()
        plain = subprocess.run(["openssl", "passwd", "-apr1", secret], check=True, capture_output=True, text=True).stdout.strip()
        (folder / "users").write_text(f"{user}:yicun:{digested}\n" if digest else f"{user}:{plain}\n")
        ssl = ""
        if tls:
            self.ca = certificate(folder)
            ssl = f"SSLEngine on\nSSLCertificateFile {folder}/cert.pem\nSSLCertificateKeyFile {folder}/key.pem\n"
        config = folder / "httpd.conf"
        config.write_text(
            f"""ServerRoot {folder}
{load}ServerName 127.0.0.1
Listen 127.0.0.1:{self.port}
PidFile {folder}/pid
ErrorLog {folder}/error.log
User www-data
Group www-data
DavLockDB {locks}/db
DocumentRoot {self.root}
{ssl}<Directory {self.root}>
  Dav On
  AuthType {kind}
  AuthName yicun
  Auth{kind}Provider file
  AuthUserFile {folder}/users
  Require valid-user
</Directory>
"""
        )
        self.process = start([shutil.which("apache2") or "/usr/sbin/apache2", "-DFOREGROUND", "-f", config], self.port)


class ProFtpd:
    """ProFTPD's mod_sftp for a user in a chroot."""

    def __init__(self, folder, user_key, account):
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        base = pathlib.Path(f"/var/lib/yicun-proftpd-{os.getpid()}")
        atexit.register(shutil.rmtree, base, True)
        self.jail = base / "jail"
        (self.jail / "www").mkdir(parents=True)
        who = pwd.getpwnam(account)
        shutil.chown(self.jail / "www", account, account)
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "host"], check=True)
        self.key = " ".join((folder / "host.pub").read_text().split()[:2])
        keys = base / "keys"
        keys.write_text(subprocess.run(["ssh-keygen", "-e", "-f", str(user_key) + ".pub"], check=True, capture_output=True, text=True).stdout)
        (folder / "passwd").write_text(f"{account}:x:{who.pw_uid}:{who.pw_gid}::{self.jail}:/bin/false\n")
        (folder / "passwd").chmod(0o600)
        (folder / "group").write_text(f"{account}:x:{who.pw_gid}:\n")
        (folder / "group").chmod(0o600)
        config = folder / "proftpd.conf"
        config.write_text(f"""ModulePath /usr/lib/proftpd
LoadModule mod_sftp.c
ServerName yicun
ServerType standalone
DefaultServer on
UseReverseDNS off
UseIPv6 off
DefaultAddress 127.0.0.1
SocketBindTight on
Port {self.port}
PidFile {folder}/pid
ScoreboardFile {folder}/scoreboard
SystemLog {folder}/system.log
User proftpd
Group nogroup
RequireValidShell off
AuthOrder mod_auth_file.c
AuthUserFile {folder}/passwd
AuthGroupFile {folder}/group
DefaultRoot ~
AllowOverwrite on
WtmpLog off
TransferLog none
SFTPEngine on
SFTPLog {folder}/sftp.log
SFTPHostKey {folder}/host
SFTPAuthMethods publickey
SFTPAuthorizedUserKeys file:{keys}
MaxInstances 60
""")
        self.process = start([shutil.which("proftpd") or "/usr/sbin/proftpd", "-n", "-c", config], self.port, log=folder / "log")


class Bare:
    """asyncssh's SFTP server with fewer abilities, as on Windows and on cheap hosts: `without` says which it lacks."""

    PROGRAM = '''
import asyncio, asyncssh, sys
from asyncssh import sftp

host, keys, port, root, without = sys.argv[1:6]
without = without.split(",")
announced = {"link": b"hardlink@openssh.com", "posix-rename": b"posix-rename@openssh.com"}
gone = [announced[what] for what in without if what in announced]
handler = sftp.SFTPServerHandler
handler._extensions = [pair for pair in handler._extensions if pair[0] not in gone]


class Server(asyncssh.SFTPServer):
    def __init__(self, channel):
        super().__init__(channel, chroot=root.encode())

    def symlink(self, *names):
        if "symlink" in without:
            raise asyncssh.SFTPOpUnsupported("no links")
        return super().symlink(*names)


class Anyone(asyncssh.SSHServer):
    def begin_auth(self, _):
        return True


async def main():
    await asyncssh.listen("127.0.0.1", int(port), server_host_keys=[host], authorized_client_keys=keys,
                          server_factory=Anyone, sftp_factory=Server, allow_scp=False)
    await asyncio.get_event_loop().create_future()


asyncio.run(main())
'''

    def __init__(self, folder, user_key, without=()):
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.jail = folder / "jail"
        (self.jail / "www").mkdir(parents=True)
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "host"], check=True)
        self.key = " ".join((folder / "host.pub").read_text().split()[:2])
        (folder / "server.py").write_text(self.PROGRAM)
        self.process = start([sys.executable, folder / "server.py", folder / "host", str(user_key) + ".pub", self.port, self.jail, ",".join(without)], self.port, environment={"PYTHONPATH": str(TOOLS)}, log=folder / "log")
