"""The options of a server at the door: one way to be let in, and no secret on the command line."""

from pathlib import Path
from typing import Any

import click
import msgspec
import pytest
import responses
from click.testing import CliRunner
from joserfc.jwk import ECKey

from fhir_trd.cli.server_options import WRITES, ServerOptions, server_for, server_options
from fhir_trd.errors import UsageError
from fhir_trd.transport.asking import Ask

URL = "https://ehr.example.org/r4"
SAFE = Path(__file__)
"""A file that is there; what it holds does not matter."""


@pytest.fixture(autouse=True)
def no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of these tests holds no secret of its own."""
    for name in ("FHIR_TRD_TOKEN", "FHIR_TRD_PASSWORD"):
        monkeypatch.delenv(name, raising=False)


def written(path: Path, text: str) -> Path:
    """A file with this text."""
    path.write_text(text, encoding="utf-8")
    return path


def header_sent(**options: Any) -> str | None:
    """The Authorization header that reaches the server."""
    with responses.RequestsMock() as played:
        played.add("GET", f"{options.get('server', URL)}/metadata", json={})
        server_for(ServerOptions(**{"server": URL, **options})).ask(Ask(method="GET", url="metadata"))
        found: str | None = played.calls[0].request.headers.get("Authorization")
        return found


def test_a_command_gets_one_record() -> None:
    """The options arrive as one checked record beside the command's own."""

    @click.command()
    @server_options
    @click.option("--patient")
    def command(where: ServerOptions, patient: str) -> None:
        click.echo(f"{where.server} {where.user} {patient}")

    given = CliRunner().invoke(command, ["--server", URL, "--user", "ann", "--patient", "1"])

    assert f"{URL} ann 1\n" == given.output


def test_no_option_takes_a_secret() -> None:
    """Help shows files for secrets, and names their variables; a token or a password cannot be typed."""

    @click.command()
    @server_options
    def command(where: ServerOptions) -> None:
        """Talk."""

    shown = CliRunner().invoke(command, ["--help"]).output

    assert "--token-file FILE" in shown
    assert "FHIR_TRD_TOKEN" in shown
    assert "FHIR_TRD_PASSWORD" in shown
    assert {2} == {CliRunner().invoke(command, ["--server", URL, name, "x"]).exit_code for name in ("--token", "--password")}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"server": "ehr.example.org"}, "found no web address"),
        ({"server": "https://"}, "found no web address"),
        ({"server": "https://ann:canary@ehr.example.org"}, "a user or password in the address"),
        ({"user": "ann", "token_file": SAFE}, "--token-file and --user together"),
        ({"user": "ann", "client_id": "me", "key": SAFE}, "--user and --client-id together"),
        ({"client_id": "me"}, "--client-id without --key"),
        ({"key": SAFE}, "--key without --client-id"),
        ({"key_id": "1"}, "--key-id without --client-id"),
        ({"token_url": URL}, "--token-url without --client-id"),
        ({"scope": ("system/*.rs",)}, "--scope without --client-id"),
        ({"password_file": SAFE}, "--password-file without --user"),
    ],
)
def test_what_contradicts_itself_is_refused(options: dict[str, Any], words: str) -> None:
    """Each contradiction is told by the names of the options."""
    with pytest.raises(UsageError) as told:
        ServerOptions(**{"server": URL, **options})

    assert words in str(told.value)
    assert "canary" not in str(told.value)


def test_nobody_is_a_way_too() -> None:
    """Without credentials none are sent."""
    assert header_sent() is None


def test_a_token_comes_from_a_file_or_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file wins, and the end of its line is not part of the token."""
    monkeypatch.setenv("FHIR_TRD_TOKEN", "of-the-environment")

    assert "Bearer of-the-environment" == header_sent()
    assert "Bearer of-the-file" == header_sent(token_file=written(tmp_path / "token", "of-the-file\r\n"))


def test_a_password_comes_from_a_file_or_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user's password wins over a token in the environment; a space in it is part of it."""
    monkeypatch.setenv("FHIR_TRD_TOKEN", "canary")
    monkeypatch.setenv("FHIR_TRD_PASSWORD", "b")

    assert "Basic YTpi" == header_sent(user="a")
    assert "Basic YTogYg==" == header_sent(user="a", password_file=written(tmp_path / "password", " b\n"))


@pytest.mark.parametrize("text", ["", "\n", "can ary", "can\nary", "canäry"])
def test_a_token_that_is_none_is_refused(text: str, tmp_path: Path) -> None:
    """A file without a token, or with more than one, is told of without what it holds."""
    where = ServerOptions(server=URL, token_file=written(tmp_path / "t", text))

    with pytest.raises(UsageError) as told:
        server_for(where)

    assert "can" not in str(told.value).replace("cannot", "")


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_a_secret_that_cannot_be_read_is_refused(content: bytes | None, tmp_path: Path) -> None:
    """A file that is no text, or that has gone, is told of by the name of its option."""
    if content is not None:
        (tmp_path / "t").write_bytes(content)

    with pytest.raises(UsageError, match="--token-file: found a file that cannot be read"):
        server_for(ServerOptions(server=URL, token_file=tmp_path / "t"))


def test_credentials_are_not_sent_in_the_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token goes by https, or to this very machine; without a token http will do."""
    monkeypatch.setenv("FHIR_TRD_TOKEN", "t")
    with pytest.raises(UsageError, match="wanted https://"):
        server_for(ServerOptions(server="http://ehr.example.org"))

    assert "Bearer t" == header_sent(server="http://127.0.0.1:8080/fhir")
    monkeypatch.delenv("FHIR_TRD_TOKEN")
    assert header_sent(server="http://ehr.example.org") is None


def test_an_authority_is_checked_at_the_door(tmp_path: Path) -> None:
    """A file without certificates is refused before anything is asked."""
    with pytest.raises(UsageError, match="--ca: found no certificates"):
        server_for(ServerOptions(server=URL, ca=written(tmp_path / "ca.pem", "nothing")))


@pytest.mark.parametrize(("scope", "asked"), [((), WRITES), (("system/Group.rs",), ("system/Group.rs",))])
def test_a_client_asks_for_what_its_work_needs(scope: tuple[str, ...], asked: tuple[str, ...], tmp_path: Path) -> None:
    """A client with a key asks for the scopes of its work, or for those that were named."""
    key = ECKey.generate_key("P-384", {"kid": "1"}).as_dict(private=True)
    path = written(tmp_path / "key.json", msgspec.json.encode(key).decode())
    where = ServerOptions(server=URL, client_id="me", key=path, token_url=f"{URL}/token", scope=scope)
    with responses.RequestsMock() as played:
        played.add("GET", f"{URL}/metadata", json={})
        token = played.add("POST", f"{URL}/token", json={"access_token": "t"})

        server_for(where, wanted=WRITES).ask(Ask(method="GET", url="metadata"))

        assert "Bearer t" == played.calls[1].request.headers["Authorization"]
        assert 1 == token.call_count
        assert "+".join(asked).replace("/", "%2F").replace("*", "%2A") in token.calls[0].request.body
