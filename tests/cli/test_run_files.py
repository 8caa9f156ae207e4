"""What a run writes about itself takes the place of nothing but what an earlier run wrote about itself."""

from pathlib import Path
from typing import Any

import pytest

from fhir_trd.cli.run_report import Run
from fhir_trd.errors import UsageError


def refusal(**given: Any) -> str:
    """Why a run with these arguments does not begin."""
    with pytest.raises(UsageError) as refused, Run("write-back", given):
        pass
    return str(refused.value)


BUNDLE, NUMBERS = b'{"resourceType": "Bundle"}', b"other_total 7\nfhir_trd_runs_total{} 1\n"


@pytest.mark.parametrize("option", ["report", "metrics"])
@pytest.mark.parametrize("body", [BUNDLE, b"notes\n", NUMBERS, b"\xff"])
def test_a_file_that_is_not_ours_is_left_alone(tmp_path: Path, option: str, body: bytes) -> None:
    """A Bundle, notes or the numbers of another program are neither written over nor mixed with ours; the run does not begin."""
    file = tmp_path / "file"
    file.write_bytes(body)

    assert f"--{option} {file}: found a file that no earlier run wrote" in refusal(**{option: file})
    assert body == file.read_bytes()


def test_a_report_never_takes_the_place_of_what_is_named_beside_it(tmp_path: Path) -> None:
    """The input, the key and the other of the two files are refused, by another name of the same file too."""
    file = tmp_path / "file"
    file.touch()
    (tmp_path / "link").symlink_to(file)

    assert "named as the input" in refusal(report=file, bundles=(tmp_path / "x", tmp_path / "link"))
    assert "named as --token-file" in refusal(metrics=file, token_file=file)
    assert "named as --metrics" in refusal(report=file, metrics=tmp_path / "link")


@pytest.mark.parametrize("given", [{"bundles": (Path("in"),)}, {"output": Path("in")}])
def test_a_report_does_not_lie_among_fhir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any]) -> None:
    """In a folder of Bundles or records a report would be read as one of them."""
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()

    assert "which is read as FHIR" in refusal(report=Path("in/report.json"), **given)


def test_files_of_earlier_runs_are_written_anew(tmp_path: Path) -> None:
    """A report, metrics, an empty file and a device may be named again and again."""
    ours = {"report": tmp_path / "report.json", "metrics": tmp_path / "metrics.prom", "folder": tmp_path}
    ours["metrics"].touch()

    for _ in range(2):
        with Run("sync", ours):
            pass
    with Run("sync", {"report": Path("/dev/null")}):
        pass

    assert 'fhir_trd_runs_total{command="sync",exit_code="0",server=""} 2\n' in ours["metrics"].read_text()
