"""Serving: the strange page, with one or the other line of it changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

STRANGE = Path(__file__).parent / "strange"

KINDS = {".html": "text/html", ".js": "text/javascript"}


def changed(text: str, edits: Mapping[str, str]) -> str:
    """Return a text with some of its parts replaced; each must be there."""
    for old, new in edits.items():
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


@contextmanager
def serving(edits: Mapping[str, Mapping[str, str]] | None = None) -> Iterator[str]:
    """Within the block, serve the strange page with ``edits`` of its files; give its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.partition("?")[0].lstrip("/") or "index.html"
            path = STRANGE / name
            if path.suffix not in KINDS or not path.is_file():
                self.send_error(404)
                return
            content = changed(path.read_text("utf-8"), (edits or {}).get(name, {})).encode()
            self.send_response(200)
            self.send_header("content-type", f"{KINDS[path.suffix]}; charset=utf-8")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
