"""The record: what is written is what is read."""

from dataclasses import asdict
from pathlib import Path

from facelab.report.record import Record, read_record, write_record
from facelab.report.redaction import redacted


def test_a_record_comes_back(bad: Record, written: Path, tmp_path: Path) -> None:
    back = read_record(written)
    write_record(tmp_path / "again.json", back)
    assert (tmp_path / "again.json").read_bytes() == written.read_bytes()
    assert asdict(redacted(back)) == asdict(redacted(bad))
    assert back.verdict == "refused"
