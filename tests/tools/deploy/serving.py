"""Web servers with the settings that `yicun deploy --print` gives, word for word but for port and host."""

import pathlib
import shutil
import subprocess
import urllib.error
import urllib.request

from servers import free_port, start, tool

BROTLI = pathlib.Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")


def nginx(settings, folder):
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    assert "listen 80;" in settings, settings
    settings = settings.replace("listen 80;", f"listen 127.0.0.1:{port};")
    load = f"load_module {BROTLI};" if BROTLI.exists() else ""
    if load:
        settings = settings.replace("# brotli_static on;", "brotli_static on;")
    config = folder / "nginx.conf"
    config.write_text(
        f"""{load}
daemon off; pid {folder}/pid; error_log {folder}/error.log; user root;
events {{}}
http {{
  include /etc/nginx/mime.types; access_log off;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
{settings}
}}
"""
    )
    start([shutil.which("nginx") or "/usr/sbin/nginx", "-c", config], port, log=folder / "log")
    return port


def caddy(settings, folder):
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    host = settings.split(" {", 1)[0]
    config = folder / "Caddyfile"
    # Over HTTP: this machine has no certificate for the site's name.
    config.write_text("{\n  admin off\n  auto_https off\n}\n" + settings.replace(host, f"http://127.0.0.1:{port}", 1))
    environment = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    start([tool("caddy"), "run", "--adapter", "caddyfile", "--config", config], port, environment, log=folder / "log")
    return port


def answer(url, encoding="identity"):
    """Status, headers and body."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": encoding})
    try:
        with urllib.request.urlopen(request, timeout=20) as got:
            return got.status, {name.lower(): value for name, value in got.headers.items()}, got.read()
    except urllib.error.HTTPError as error:
        return error.code, {name.lower(): value for name, value in error.headers.items()}, error.read()


class Disk:
    """A small disk of another kind in a file, as sticks and Windows have them; `none` says why there is not."""

    MAKE = {
        "exfat": (["mkfs.exfat"], ["mount.exfat-fuse"]),
        "ntfs": (["mkntfs", "-Q", "-F"], ["ntfs-3g"]),
    }

    def __init__(self, kind, folder):
        self.folder, self.device, self.none = folder, None, None
        folder.mkdir(parents=True)
        make, mount = self.MAKE[kind]
        image = folder.parent / f"{kind}.img"
        with open(image, "wb") as file:
            file.truncate(60 << 20)
        made = subprocess.run(["losetup", "-f", "--show", image], capture_output=True, text=True)
        if made.returncode:
            self.none = f"no loop devices: {made.stderr.strip()}"
            return
        self.device = made.stdout.strip()
        for command in ([*make, self.device], [*mount, self.device, folder]):
            done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
            if done.returncode:
                self.none = f"{command[0]}: {done.stderr.strip()}"
                self.remove()
                return

    def remove(self):
        if self.device:
            subprocess.run(["umount", "-l", self.folder], capture_output=True)
            subprocess.run(["losetup", "-d", self.device], capture_output=True)
            self.device = None
