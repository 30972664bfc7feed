"""The fed webcam in a real Chromium: every frame once, in order, pixel for pixel."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from facelab.browsing import webcam
from facelab.browsing.webcam import Webcam, show
from facelab.contract.frame import Frame
from tests.browsing.serving import answering
from tests.conftest import ROOT, draw

pytestmark = pytest.mark.slow

PAGE = b"""<!doctype html><meta charset=utf-8><title>who sits there</title>
<video id=v autoplay muted playsinline></video><script>
window.seen = []; window.ended = 0;
const text = (bytes) => {
  let all = '';
  for (let i = 0; i < bytes.length; i += 8192)
    all += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(all);
};
window.film = async (constraints) => {
  const stream = await navigator.mediaDevices.getUserMedia(constraints);
  const track = stream.getVideoTracks()[0];
  track.addEventListener('ended', () => { ended += 1; });
  const canvas = new OffscreenCanvas(1, 1), g = canvas.getContext('2d', {willReadFrequently: true});
  const look = (frame, width, height) => {
    canvas.width = width; canvas.height = height;
    g.drawImage(frame, 0, 0);
    seen.push({width, height, pixels: text(g.getImageData(0, 0, width, height).data)});
  };
  if (window.reading === 'element') {
    const v = document.getElementById('v'); v.srcObject = stream;
    const next = () => v.requestVideoFrameCallback(() => {
      look(v, v.videoWidth, v.videoHeight); next();
    });
    next();
  } else (async () => {
    const reader = new MediaStreamTrackProcessor({track}).readable.getReader();
    for (;;) {
      const {value, done} = await reader.read();
      if (done) break;
      look(value, value.displayWidth, value.displayHeight); value.close();
    }
  })();
  return {settings: track.getSettings(), label: track.label};
};
</script>"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with answering({"": PAGE}.get) as address:
        yield address


def opened(browser: Browser, url: str, plugged: Webcam, reading: str = "track") -> Page:
    context = browser.new_context()
    plugged.install(context)
    page = context.new_page()
    page.goto(url)
    page.evaluate("way => { window.reading = way }", reading)
    return page


def seen(page: Page, count: int) -> list[dict[str, Any]]:
    page.wait_for_function("count => seen.length >= count", arg=count)
    told: list[dict[str, Any]] = page.evaluate("seen.splice(0)")
    return told


def pixels(one: dict[str, Any]) -> Frame:
    read = np.frombuffer(base64.b64decode(one["pixels"]), np.uint8).reshape(
        one["height"], one["width"], 4
    )
    return read[..., 2::-1]


@pytest.mark.parametrize("way", ["generator", "canvas"])
@pytest.mark.parametrize("reading", ["track", "element"])
def test_every_frame_is_seen_once_in_order_pixel_for_pixel(
    browser: Browser, url: str, way: str, reading: str
) -> None:
    page = opened(browser, url, Webcam(way=way), reading)
    page.evaluate("film({video: true})")
    assert seen(page, 1)[-1]["width"] == 320  # the warm-up frame, black
    files = sorted((ROOT / "fixtures/gallery/Alex").iterdir())[:12]
    for number, file in enumerate(files):
        assert show(page, file.read_bytes()) == 1
        page.wait_for_function("count => seen.length === count", arg=number + 1)
    for file, one in zip(files, seen(page, len(files)), strict=True):
        frame = cv2.imread(str(file))
        assert frame is not None
        assert np.array_equal(pixels(one), frame)
    page.context.close()


def test_pixels_of_any_size_are_shown_too(browser: Browser, url: str) -> None:
    page = opened(browser, url, Webcam())
    page.evaluate("film({video: true})")
    frame = draw(1, 1, (120, 200))
    assert not pixels(seen(page, 1)[0]).any()
    show(page, frame)
    assert np.array_equal(pixels(seen(page, 1)[0]), frame)
    page.context.close()


@pytest.mark.parametrize(
    ("wanted", "size"),
    [
        ("true", (320, 240)),
        ("{width: 224, height: 224}", (224, 224)),
        ("{width: {ideal: 160}}", (160, 120)),
        ("{height: {exact: 120}}", (160, 120)),
        ("{width: {ideal: 1280}, height: {ideal: 720}}", (320, 240)),
        ("{width: {max: 200}, height: {max: 100}}", (200, 100)),
    ],
)
def test_a_page_gets_the_size_that_it_wants_but_no_larger(
    browser: Browser, url: str, wanted: str, size: tuple[int, int]
) -> None:
    page = opened(browser, url, Webcam())
    told = page.evaluate(f"film({{video: {wanted}}})")
    assert (told["settings"]["width"], told["settings"]["height"]) == size
    seen(page, 1)
    frame = np.zeros((240, 320, 3), np.uint8)
    frame[:, 150:170] = 255  # the middle stays the middle
    show(page, frame)
    [one] = seen(page, 1)
    assert (one["width"], one["height"]) == size
    bright = np.flatnonzero(pixels(one)[size[1] // 2, :, 0] > 127)
    assert abs(bright.mean() - (size[0] - 1) / 2) < 1
    page.context.close()


def test_several_webcams_and_their_names(browser: Browser, url: str) -> None:
    page = opened(browser, url, Webcam(devices=("front", "back")))
    names = "navigator.mediaDevices.enumerateDevices().then(all => all.map(one => one.label))"
    assert page.evaluate(names) == ["", ""]
    told = page.evaluate("film({video: {deviceId: {exact: 'facelab back'}}})")
    assert (told["label"], told["settings"]["deviceId"]) == ("back", "facelab back")
    assert page.evaluate(names) == ["front", "back"]
    assert show(page, draw(0, 0)) == 0  # nobody films with the front one
    assert show(page, draw(0, 0), device=1) == 1
    with pytest.raises(Exception, match="OverconstrainedError"):
        page.evaluate("film({video: {deviceId: {exact: 'another'}}})")
    page.evaluate("window.changes = 0; navigator.mediaDevices.ondevicechange = () => changes++")
    webcam.plug(page, ("front",))
    assert page.evaluate("[changes > 0, ended]") == [True, 1]
    page.context.close()


@pytest.mark.parametrize("name", ["NotAllowedError", "NotFoundError", "NotReadableError"])
def test_it_can_refuse(browser: Browser, url: str, name: str) -> None:
    page = opened(browser, url, Webcam(refusal=name))
    asking = "film({video: true}).then(() => 'filmed', error => error.name)"
    assert page.evaluate(asking) == name
    webcam.refuse(page, None)
    assert page.evaluate(asking) == "filmed"
    page.context.close()


@pytest.mark.parametrize("way", ["generator", "canvas"])
def test_its_plug_can_be_pulled(browser: Browser, url: str, way: str) -> None:
    page = opened(browser, url, Webcam(way=way))
    page.evaluate("film({video: true})")
    assert webcam.opened(page) == 1
    webcam.end(page)
    page.wait_for_function("ended === 1")
    assert webcam.opened(page) == 0
    assert show(page, draw(0, 0)) == 0
    page.context.close()


def test_a_track_that_is_stopped_while_it_warms_up_is_no_error(browser: Browser, url: str) -> None:
    page = opened(browser, url, Webcam())
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    stopping = "stream => stream.getTracks().forEach(track => track.stop())"
    page.evaluate(f"navigator.mediaDevices.getUserMedia({{video: true}}).then({stopping})")
    assert show(page, draw(0, 0)) == 0
    page.wait_for_timeout(300)
    assert not errors
    page.context.close()
