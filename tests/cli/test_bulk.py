"""fhir-trd bulk as people run it: what is said, and with which code it ends."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import lines, person, run, statement

AS_OF = "2024-06-30"
WITHOUT_PYARROW = "import sys; sys.modules['pyarrow'] = None; from fhir_trd.cli.main import main; main()"


@pytest.fixture(name="folder")
def folder_(tmp_path: Path) -> Path:
    """A folder with two people, one of whom took an antidepressant."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "all.ndjson").write_bytes(lines(person("1"), person("2"), statement(patient="2")))
    return folder


def test_a_run_says_what_was_read_and_found(folder: Path, tmp_path: Path) -> None:
    """The ledger, the results by criteria set and the place of the output are told on stderr; stdout stays empty."""
    ran = run("bulk", folder, "-o", tmp_path / "out", "--as-of", AS_OF)

    assert 0 == ran.exit_code
    assert ["read 3: used 3, set aside 0, faulty 0", "          2 consensus not-met",
            f"2 patients judged; tables and resources are in {tmp_path / 'out'}"] == ran.stderr.splitlines()  # fmt: skip
    assert "" == ran.stdout


def test_what_is_broken_is_told_by_the_exit_code(folder: Path, tmp_path: Path) -> None:
    """With anything in quarantine the run is done and ends with 3."""
    (folder / "broken.ndjson").write_bytes(b'{"resourceType":"Patient",\n')
    ran = run("bulk", folder, "-o", tmp_path / "out", "--as-of", AS_OF)

    assert 3 == ran.exit_code
    assert "read 4: used 3, set aside 0, faulty 1" in ran.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--criteria", "nonsense"), "nonsense"),
        (("--dose-table", "nonsense"), "nonsense"),
        (("--workers", "0"), "Invalid value for '--workers'"),
        (("--validate", "some"), "Invalid value for '--validate'"),
    ],
    ids=str,
)
def test_what_cannot_be_carried_out_is_refused_before_anything_is_written(
    folder: Path, tmp_path: Path, given: tuple[str, str], said: str
) -> None:
    """An unknown set, table or option ends with 2, and there is no output folder."""
    ran = run("bulk", folder, "-o", tmp_path / "out", *given)

    assert (2, True) == (ran.exit_code, said in ran.stderr)
    assert not (tmp_path / "out").exists()


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    """A folder without any FHIR file is named, with what was wanted."""
    (tmp_path / "in").mkdir()
    ran = run("bulk", tmp_path / "in", "-o", tmp_path / "out")

    assert 2 == ran.exit_code
    assert f"fhir-trd: {tmp_path / 'in'}: found no FHIR file in this folder" in ran.stderr


def test_without_pyarrow_the_remedy_is_told(folder: Path, tmp_path: Path) -> None:
    """Where the package that writes Parquet is missing, the message says how to get it; help and other commands work."""
    asked = [sys.executable, "-c", WITHOUT_PYARROW]
    ran = subprocess.run([*asked, "bulk", folder, "-o", tmp_path / "out"], capture_output=True, text=True, check=False)
    helped = subprocess.run([*asked, "--help"], capture_output=True, text=True, check=False)

    assert (2, 0) == (ran.returncode, helped.returncode)
    assert (
        "fhir-trd: bulk: found no package pyarrow, which this command needs; install it with: pip install 'fhir-trd[bulk]'\n"
        == ran.stderr
    )
