"""Serving: pages of tests, above all the strange one, with one or the other line changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

STRANGE = Path(__file__).parent / "strange"

KINDS = {"": "text/html", ".html": "text/html", ".js": "text/javascript"}

Answer = Callable[[str], bytes | None]
"""What a server has at a path, without its first slash; None: nothing."""


def changed(text: str, edits: Mapping[str, str]) -> str:
    """Return a text with some of its parts replaced; each must be there."""
    for old, new in edits.items():
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """Within the block, serve what a function answers; give the server's address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.partition("?")[0].lstrip("/")
            kind = KINDS.get(Path(name).suffix)
            content = answer(name) if kind else None
            if content is None:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("content-type", f"{kind}; charset=utf-8")
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


@contextmanager
def serving(edits: Mapping[str, Mapping[str, str]] | None = None) -> Iterator[str]:
    """Within the block, serve the strange page with ``edits`` of its files; give its address."""

    def answer(name: str) -> bytes | None:
        path = STRANGE / (name or "index.html")
        if not path.is_file():
            return None
        return changed(path.read_text("utf-8"), (edits or {}).get(path.name, {})).encode()

    with answering(answer) as address:
        yield address
