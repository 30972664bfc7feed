"""A page without its server: the site's own files over HTTP, and whatever a test adds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from facelab.page.weights import weights_bytes, weights_json
from tests.conftest import ROOT

SITE = Path(str(files("facelab") / "page" / "site"))
TENSORFLOWJS = ROOT / "examples/tensorflow.js/node_modules/@tensorflow/tfjs/dist/tf.fesm.min.js"
"""TensorFlow.js where ``npm install --prefix examples/tensorflow.js`` puts it."""

POLICY = "default-src 'self'; img-src 'self' blob: data:; script-src 'self' 'wasm-unsafe-eval'"
"""What the page's own server allows; a worker is held to what comes with its script."""

KINDS = {".js": "text/javascript", ".json": "application/json", ".html": "text/html"}

Query = dict[str, list[str]]
Answer = bytes | dict[str, Any] | tuple[int, dict[str, Any]]


@dataclass
class Pages:
    """Answers by path: ``get`` (of a query) and ``post`` (of a JSON body)."""

    get: dict[str, Callable[[Query], Answer]] = field(default_factory=dict)
    post: dict[str, Callable[[Any], Answer]] = field(default_factory=dict)
    address: str = ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, pages: Pages, *arguments: Any) -> None:
        self.pages = pages
        super().__init__(*arguments)

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        file = SITE / url.path.removeprefix("/site/")
        if answer := self.pages.get.get(url.path):
            self._answer(answer(parse_qs(url.query)), Path(url.path).suffix)
        elif url.path == "/":
            self._answer(b"<!doctype html><title>facelab</title>", ".html")
        elif url.path.startswith("/site/") and ".." not in url.path and file.is_file():
            self._answer(file.read_bytes(), file.suffix)
        else:
            self._answer((404, {"error": f"there is no {url.path}"}), ".json")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self._answer(self.pages.post[urlsplit(self.path).path](body), ".json")

    def _answer(self, answer: Answer, suffix: str) -> None:
        status = 200
        if isinstance(answer, tuple):
            status, answer = answer
        if not isinstance(answer, bytes):
            answer, suffix = json.dumps(answer).encode(), ".json"
        self.send_response(status)
        self.send_header("content-type", KINDS.get(suffix, "application/octet-stream"))
        self.send_header("content-length", str(len(answer)))
        self.send_header("content-security-policy", POLICY)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(pages: Pages | None = None) -> Iterator[Pages]:
    """Serve the site on a free port within the block."""
    pages = pages or Pages()
    pages.get.setdefault("/weights.json", lambda _: weights_json())
    pages.get.setdefault("/weights.bin", lambda _: weights_bytes())
    if TENSORFLOWJS.is_file():
        pages.get.setdefault("/tensorflow.js", lambda _: TENSORFLOWJS.read_bytes())
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, pages)) as server:
        pages.address = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield pages
        finally:
            server.shutdown()
