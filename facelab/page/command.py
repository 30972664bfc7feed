"""The command ``facelab page``: serves the page and opens it in a browser."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

from facelab.contract.interval import Interval
from facelab.contract.parameters import CERTAIN, CERTAINTY, Parameter

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

PORT = Parameter("port", "--port", Interval.between(0, 65535), True, "0 for any free one")


def add_commands(subparsers: Subparsers) -> None:
    """Add ``page``."""
    page = subparsers.add_parser("page", help="film, train and ask in a browser")
    page.add_argument(
        "gallery",
        nargs="?",
        type=Path,
        default=Path("filmed"),
        help="gallery to film into, or to go on with; default %(default)s",
    )
    page.add_argument(
        "--port", help="0 for any free one; by default the gallery's own, or a free one"
    )
    page.add_argument(
        "--host",
        default="127.0.0.1",
        help="address of this computer; another than its own needs a certificate",
    )
    page.add_argument("--certificate", type=Path, metavar="FILE", help="PEM file, for --host")
    page.add_argument("--key", type=Path, metavar="FILE", help="PEM file of the certificate's key")
    page.add_argument(
        "--certainty", default=CERTAIN, help=f"{CERTAINTY.meaning}; default %(default)s"
    )
    page.add_argument("--no-browser", action="store_true", help="only print the address")
    page.add_argument(
        "--get-tensorflowjs",
        nargs="?",
        const="",
        metavar="FILE",
        help="fetch TensorFlow.js for the browser's engine, or take it from a file or an address, "
        "and end",
    )
    page.set_defaults(run=run_page)


def run_page(arguments: argparse.Namespace) -> int:
    """Serve the page until Ctrl-C."""
    if arguments.get_tensorflowjs is not None:
        return get_tensorflowjs(arguments.get_tensorflowjs)
    certainty = CERTAINTY.check(arguments.certainty)
    port = None if arguments.port is None else int(PORT.check(arguments.port))
    # imported only now, with OpenCV and pandas: half a second for every command
    from facelab.page.server import place, prepared
    from facelab.page.store import check_gallery

    check_gallery(arguments.gallery)
    where = place(arguments.gallery, arguments.host, port, arguments.certificate, arguments.key)
    with prepared(arguments.gallery, where, ahead=True, certainty=certainty) as served:
        print(f"the page: {served.address()}", flush=True)
        for line in served.remarks():
            print(line, flush=True)
        if not arguments.no_browser:
            threading.Thread(target=open_browser, args=[served.invitation()], daemon=True).start()
        served.run()
    print(f"{arguments.gallery}: the page has ended, and all is kept")
    return 0


def get_tensorflowjs(file: str) -> int:
    """Keep TensorFlow.js for the page, fetched, or taken from a file."""
    from facelab.page.tensorflowjs import get

    kept = get(file or None)
    print(f"TensorFlow.js is kept as {kept}")
    return 0


def open_browser(address: str) -> None:
    """Open the page in a browser, or say that none can be opened."""
    windows = "DISPLAY", "WAYLAND_DISPLAY", "BROWSER"
    opened = False
    # without a window, what can be opened is a browser in this terminal
    if sys.platform in ("win32", "darwin") or any(map(os.environ.get, windows)):
        with contextlib.suppress(webbrowser.Error, OSError):
            opened = webbrowser.open(address)
    if not opened:
        print("no browser can be opened here; open the address yourself", flush=True)
