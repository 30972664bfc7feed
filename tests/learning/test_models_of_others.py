"""Model files as people bring them: damaged, foreign, of another version; the reason is true."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import keras
import pytest

from tests.learning.test_model_file import REAL, configured, parts, said, weighed, write

pytestmark = pytest.mark.slow


def reason(path: Path, within: float = 5) -> str:
    """Return the reason alone."""
    line = said(path, within)
    why = line.partition("not a facelab classifier (")[2].partition("); make one with ")[0]
    assert not any(
        name in why for name in ("Error", "Exception", "BadZip", "NoneType", "object at")
    )
    return why


def flipped(tmp_path: Path, name: str, place: int) -> Path:
    """A classifier with a bit of a part flipped; the part's checksum is as before."""
    content = bytearray(REAL.read_bytes())
    with zipfile.ZipFile(REAL) as archive:
        start = archive.getinfo(name).header_offset + 30 + len(name)
    content[start + place] ^= 1
    (tmp_path / "model.keras").write_bytes(content)
    return tmp_path / "model.keras"


@pytest.mark.parametrize("name", ["config.json", "metadata.json", "model.weights.h5"])
def test_a_flipped_bit_is_damage_of_the_part(tmp_path: Path, name: str) -> None:
    assert reason(flipped(tmp_path, name, 40)) == (
        f"{name} in it is damaged, its checksum is another: copy it again"
    )


@pytest.mark.parametrize("part", [0.01, 0.5, 0.999])
def test_a_truncated_file(tmp_path: Path, part: float) -> None:
    whole = REAL.read_bytes()
    (tmp_path / "model.keras").write_bytes(whole[: int(len(whole) * part)])
    assert reason(tmp_path / "model.keras") == "it breaks off: copy it again"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "an empty file"),
        (b"\x89HDF\r\n\x1a\n" + bytes(100), "an HDF5 file, as older Keras wrote them"),
        (b"\x80\x04\x95" + bytes(100), "no zip archive"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"),
        (b"<!DOCTYPE html>", "a web page"),
        (b"text", "no zip archive"),
    ],
)
def test_a_file_of_another_kind(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "model.keras").write_bytes(content)
    assert why in reason(tmp_path / "model.keras")


def test_archives_of_another_kind(tmp_path: Path) -> None:
    for content in ({"word/document.xml": b"<x/>"}, {"config.json": b"{}"}, {"a": b""}):
        assert reason(write(tmp_path / "model.keras", content)).startswith(
            "allowed in it are config.json, metadata.json, model.weights.h5"
        )


@pytest.mark.parametrize(
    ("description", "why"),
    [
        (b"", "config.json in it is no JSON"),
        (b"{", "config.json in it is no JSON"),
        (b"\xff\xfe{\0}\0", "config.json in it describes no model"),
        (b"\xff\xfe\xfd", "config.json in it is no JSON"),
        (b"[" * 10**5, "config.json in it is nested too deeply"),
        (b"9" * 5000, "config.json in it is no JSON"),
        (b"[]", "config.json in it describes no model"),
        (b"null", "config.json in it describes no model"),
        (b'{"config": 5}', "config.json in it describes no model"),
        (b'{"config": {"layers": [5]}}', "config.json in it describes no model"),
        (b'{"config": {"layers": {}}}', "it has other layers"),
        (b'{"class_name": ["x"]}', "which none of facelab's does"),
        (b'{"class_name": "\\ud800"}', ""),
    ],
)
def test_descriptions(tmp_path: Path, description: bytes, why: str) -> None:
    path = write(tmp_path / "model.keras", parts() | {"config.json": description})
    assert why in reason(path)


def test_a_model_of_somebody_elses(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    model.save(tmp_path / "model.keras")
    assert "'Sequential', which none of facelab's does" in reason(tmp_path / "model.keras")


def later(by: dict[str, Any]) -> None:
    """What a later facelab may write: a layer that this one does not have."""
    by["Nobody"].update(class_name="Somebody", registered_name="facelab>Somebody")


def test_of_another_version_of_facelab(tmp_path: Path) -> None:
    assert "it holds 'facelab>Somebody', which none of facelab's does" in reason(
        configured(tmp_path, later)
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda by: by["Crop"]["config"].update(margin="wide"), "cannot be built"),
        (lambda by: by["Dense"]["config"].update(units="two"), ""),
        (lambda by: by["Dense"]["config"].update(units=-2), ""),
        (lambda by: by["Crop"]["config"].update(side=None), "config.json in it describes no model"),
        (lambda by: by["People"]["config"].pop("names"), "config.json in it describes no model"),
        (lambda by: by["model"]["config"].pop("output_layers"), "cannot be built"),
        (lambda by: by["Grey"].update(inbound_nodes=5), "cannot be built"),
        (lambda by: by["Grey"].update(name="other"), "cannot be built"),
    ],
)  # fmt: skip
def test_a_description_that_cannot_be_built(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], why: str
) -> None:
    assert why in reason(configured(tmp_path, change))


def test_the_version_of_keras_is_told(tmp_path: Path) -> None:
    content = parts()
    content["metadata.json"] = json.dumps({"keras_version": "9.1.0"}).encode()
    model = json.loads(content["config.json"])
    model["config"]["output_layers"] = "elsewhere"
    content["config.json"] = json.dumps(model).encode()
    why = reason(write(tmp_path / "model.keras", content))
    assert "it was made with Keras 9.1.0, here is Keras " in why


@pytest.mark.parametrize("weights", [b"", b"text", b"\x89HDF\r\n\x1a\n" + bytes(500), None, "half"])
def test_damaged_weights(tmp_path: Path, weights: Any) -> None:
    content = parts()
    whole = content["model.weights.h5"]
    changed = bytearray(whole)
    changed[8:600] = bytes(592)
    content["model.weights.h5"] = {"half": whole[: len(whole) // 2], None: bytes(changed)}.get(
        weights, weights
    )
    assert reason(write(tmp_path / "model.keras", content)) == (
        "model.weights.h5 in it is damaged: copy it again"
    )


def test_weights_of_another_shape(tmp_path: Path) -> None:
    def smaller(file: h5py.File) -> None:
        del file["layers/dense/vars/0"]
        file["layers/dense/vars/0"] = [[0.0, 1.0]]

    def missing(file: h5py.File) -> None:
        del file["layers/dense"]

    def infinite(file: h5py.File) -> None:
        file["layers/dense/vars/0"][0, 0] = float("nan")

    assert "its weights are no numbers" in reason(weighed(tmp_path, infinite))
    for change in (smaller, missing):
        assert "its weights are not those of its layers" in reason(weighed(tmp_path, change))


def test_an_encrypted_and_a_strangely_packed_archive(tmp_path: Path) -> None:
    content = bytearray(REAL.read_bytes())
    place = 0
    while (place := content.find(b"PK\1\2", place)) >= 0:
        content[place + 8] |= 1  # encrypted, says the directory
        place += 4
    (tmp_path / "model.keras").write_bytes(content)
    assert "is encrypted" in reason(tmp_path / "model.keras")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        for name, data in parts().items():
            archive.writestr(name, data)
    (tmp_path / "model.keras").write_bytes(packed.getvalue().replace(b"\x0e\0", b"\x63\0"))
    reason(tmp_path / "model.keras")
