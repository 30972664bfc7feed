"""Sitting: the page's server as a process, a browser before it, and a person who clicks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from facelab.browsing import webcam
from facelab.browsing.browser import chromium
from facelab.contract.errors import FacelabError
from tests.conftest import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

GALLERY = ROOT / "fixtures/gallery"

PEOPLE = ("Alex", "Amine", "Lara", "Naomie")


def recorded(person: str, start: int, end: int) -> list[bytes]:
    """Return the JPEG files of some of a person's recorded photos, as a webcam is fed them."""
    return [path.read_bytes() for path in sorted((GALLERY / person).glob("*.jpg"))[start:end]]


def decoded(content: bytes) -> Any:
    """The pixels of a picture file, as OpenCV decodes them."""
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)


@contextmanager
def browser() -> Iterator[Browser]:
    """Start a browser; where there is none, skip, but fail where CI could have installed one."""
    try:
        with chromium() as started:
            yield started
    except FacelabError as error:
        if os.environ.get("CI"):
            pytest.fail(f"{error}; continuous integration must have one")
        pytest.skip(str(error))


class Server:
    """The command ``facelab page`` as a process of its own; killed, stopped and started again."""

    def __init__(self, gallery: Path, home: Path) -> None:
        """Name the gallery, and where the user's cache lies; ``start`` starts it."""
        self.gallery = gallery
        self.home = home
        self.port = "0"
        self.address = ""
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> str:
        """Start it, and return the address that opens the page."""
        self.process = self._run("--no-browser", "--port", self.port)
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().split()[-1]
        self.port = self.address.split(":")[2].split("/")[0]
        return self.address

    def command(self, *arguments: str) -> None:
        """Call the command with other arguments, and wait for its end."""
        with self._run(*arguments) as process:
            assert process.wait(300) == 0

    def _run(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "facelab", "page", str(self.gallery), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=self.home,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "XDG_CACHE_HOME": str(self.home),
                "TF_CPP_MIN_LOG_LEVEL": "3",
            },
        )

    def end(self, *, kill: bool = False) -> None:
        """Stop it as Ctrl-C does, or kill it on the spot."""
        process, self.process = self.process, None
        if process is None:
            return
        if kill:
            process.kill()
        else:
            process.terminate()
        process.wait(120)
        if process.stdout:
            process.stdout.close()


@dataclass
class Sitter:
    """Somebody who sits before the page."""

    page: Page
    complaints: list[str]

    def until(self, condition: str, seconds: float = 120) -> None:
        """Wait until an expression of JavaScript is true."""
        # wait_for_function evals in the page, which the page's policy forbids
        held = self.page.evaluate(
            f"""async () => {{
                const end = performance.now() + {seconds * 1000};
                while (!({condition})) {{
                    if (performance.now() > end) return false;
                    await new Promise((r) => setTimeout(r, 4));
                }}
                return true;
            }}"""
        )
        assert held, f"after {seconds} s not yet: {condition}; {self.said}"

    @property
    def said(self) -> str:
        """What the page says of what was done, and of what went wrong."""
        return f"{self.text('#status')} | {self.text('#errors')}"

    def text(self, selector: str) -> str:
        """Return the text of an element."""
        return self.page.text_content(selector) or ""

    def open(self, address: str) -> None:
        """Open the page, and wait until it can be used."""
        self.page.goto(address, wait_until="domcontentloaded")
        self.page.wait_for_selector("body[data-ready]")

    def warm(self) -> None:
        """Wait until the camera is on and its first picture, which is black, has been looked at."""
        self.page.wait_for_selector("#preview[data-camera=on]")
        self.until(
            """(({ seen, described }) => seen === described)(
                document.querySelector('#preview').dataset
            ) && document.querySelector('#camera-empty').hidden"""
        )

    def add(self, name: str) -> None:
        """Have somebody agree, and the camera open."""
        self.page.fill("#person-name", name)
        self.page.check("#agree")
        self.page.click("#add-person")
        self.page.wait_for_selector(f"#people [data-person={json.dumps(name)}]")
        self.warm()

    def show(self, frame: bytes) -> None:
        """Hold a frame before the webcam, until the page has looked at it."""
        described = int(self.page.get_attribute("#preview", "data-described") or 0)
        assert webcam.show(self.page, frame) == 1
        self.until(f"+document.querySelector('#preview').dataset.described > {described}")

    def count_of(self, name: str) -> int:
        """Return how many photos the page says a person has."""
        count = self.page.locator(f"#people [data-person={json.dumps(name)}] .count")
        return int(count.get_attribute("data-n") or 0)

    def film(self, name: str, frames: Sequence[bytes]) -> None:
        """Take a photo of each frame."""
        self.page.click(f"#people [data-person={json.dumps(name)}] .choose")
        for frame in frames:
            before = self.count_of(name)
            self.show(frame)
            self.page.click("#take")
            self.until(
                f"""+document.querySelector('#people [data-person="{name}"] .count').dataset.n
                > {before}"""
            )

    def set(self, **parameters: object) -> None:
        """Fill the fields of the parameters."""
        for field, value in parameters.items():
            self.page.fill(f"#{field.replace('_', '-')}", str(value))

    def train(self, **parameters: object) -> dict[str, Any]:
        """Train, and return what the server keeps of it."""
        self.set(**parameters)
        before = len(self.state["models"])
        self.page.click("#train")
        self.until("document.querySelector('#progress').dataset.state !== 'training'")
        self.until(f"document.querySelectorAll('#models [data-model]').length > {before}")
        model: dict[str, Any] = self.state["models"][-1]
        return model

    @property
    def state(self) -> dict[str, Any]:
        """What the server tells of gallery and models."""
        told: dict[str, Any] = self.page.request.get(
            f"{self.page.url.split('/', 3)[0]}//{self.page.url.split('/')[2]}/api/state"
        ).json()
        return told

    def saved(self, selector: str) -> str:
        """Click on what gives a file, and return its content."""
        with self.page.expect_download() as download:
            self.page.click(selector)
        return Path(download.value.path()).read_text("utf-8")


FED = webcam.Webcam()


@contextmanager
def sitter(
    started: Browser, camera: webcam.Webcam | None = FED, **options: Any
) -> Iterator[Sitter]:
    """Open a window with a webcam before it (None: whatever the machine has).

    At the end no script has failed in it.
    """
    context = started.new_context(**{"accept_downloads": True, "locale": "en-GB", **options})
    if camera:
        camera.install(context)
    context.set_default_timeout(120_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        yield Sitter(page, complaints)
        assert not complaints, complaints
    finally:
        context.close()
