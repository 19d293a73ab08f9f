"""Real nginx and Caddy on loopback, with the examples that docs/ ships: only ports, the certificate and folders are the tests' own."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.docs.blocks import ROOT
from tests.server import free_port

HOST = "portal.example.net"
UPSTREAM = "127.0.0.1:8000"
SECONDS_TO_START = 30
NGINX = """daemon off;
{user}pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/portal.conf;
}}
"""
CADDY = "{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n\tstorage file_system %s\n"
CERTIFICATE = ("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")


@dataclass(frozen=True)
class Proxy:
    """Answers on a port of 127.0.0.1 as portal.example.net."""

    port: int

    def curl(self, path: str, *options: str) -> str:
        """What curl prints."""
        resolve = ("--resolve", f"{HOST}:{self.port}:127.0.0.1")
        command = ["curl", "--silent", "--show-error", "--insecure", "--max-time", "30", *resolve, *options]
        return subprocess.run([*command, f"https://{HOST}:{self.port}{path}"], capture_output=True, text=True, check=True).stdout


@contextmanager
def nginx(portal_url: str, folder: Path) -> Iterator[Proxy]:
    port, plain = free_port(), free_port()
    subprocess.run(
        [*CERTIFICATE, "-subj", f"/CN={HOST}", "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"],
        capture_output=True,
        check=True,
    )
    text = changed(ROOT / "docs" / "nginx.conf", {UPSTREAM: urlsplit(portal_url).netloc, "listen 80;": f"listen 127.0.0.1:{plain};"})
    text = text.replace("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;")
    text = re.sub(r"(ssl_certificate) .*;", rf"\1 {folder}/certificate.pem;", text)
    text = re.sub(r"(ssl_certificate_key) .*;", rf"\1 {folder}/key.pem;", text)
    (folder / "portal.conf").write_text(text)
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, user="user root;\n" if os.geteuid() == 0 else ""))
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    with running([program, "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")], folder, port):
        yield Proxy(port)


@contextmanager
def caddy(portal_url: str, folder: Path) -> Iterator[Proxy]:
    port = free_port()
    text = changed(ROOT / "docs" / "Caddyfile", {UPSTREAM: urlsplit(portal_url).netloc, "\n{\n": "\n" + CADDY % folder})
    text = text.replace(f"\n{HOST} {{\n", f"\n{HOST}:{port} {{\n\tbind 127.0.0.1\n\ttls internal\n")
    (folder / "Caddyfile").write_text(text)
    command = ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    with running(command, folder, port):
        yield Proxy(port)


def changed(path: Path, replacements: dict[str, str]) -> str:
    text = path.read_text("utf-8")
    for old, new in replacements.items():
        assert text.count(old) == 1, (path, old)
        text = text.replace(old, new)
    return text


@contextmanager
def running(command: list[str], folder: Path, port: int) -> Iterator[None]:
    """The program until the end of the block, from when it answers on the port."""
    environment = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "said").open("wb") as said, subprocess.Popen(command, env=environment, stdout=said, stderr=said) as process:
        try:
            until = time.monotonic() + SECONDS_TO_START
            while process.poll() is None and not greets(port):
                assert time.monotonic() < until, (folder / "said").read_text()
                time.sleep(0.05)
            assert process.poll() is None, (folder / "said").read_text()
            yield
        finally:
            process.terminate()
            process.wait(30)


def greets(port: int) -> bool:
    """Whether TLS begins there: Caddy listens before it has its certificate."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            context.wrap_socket(connection, server_hostname=HOST).close()
    except OSError:
        return False
    return True
