"""`grader advice`: a token from a file or from stdin, one line for each rule, and nothing of the token in it."""

import pytest
from click.testing import CliRunner

from grader.cli.main import cli
from jwt_from_scratch import Key, encode

KEY = Key.generate("ES256", kid="k")
GOOD = encode({"sub": "ada", "exp": 4_000_000_000}, KEY)
ODD = encode({"sub": "a secret name", "exp": 4_000_000_000.5, "aud": ["x", "y"]}, KEY, header={"x\nx\x1b[31m": 1})


def run(*words: str, stdin: bytes = b"") -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, ["advice", *words], input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr


def test_a_token_that_keeps_the_rules(tmp_path) -> None:
    file = tmp_path / "token"
    file.write_text(GOOD + "\n")
    code, out, err = run(str(file))
    assert (code, out) == (0, "every library that knows the algorithm reads such a token\n")
    assert "nothing was verified" in err


def test_a_token_that_breaks_some_from_stdin() -> None:
    code, out, err = run("-", stdin=ODD.encode())
    assert code == 0
    lines = out.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("- ") for line in lines)
    assert "refused by joserfc" in lines[0]
    assert "exp is not written as a whole number" in lines[1]
    assert "aud is a list of 2" in lines[2]
    for part in (*ODD.split("."), "a secret name", "\x1b"):
        assert part not in out + err


@pytest.mark.parametrize("data", [b"", b"hello", b"\xff\xfe", b"a.b.c", b"\0" * 100, b"a" * 2_000_000, b"{" * 100_000])
def test_what_is_no_token_is_one_line_and_code_2(data: bytes) -> None:
    code, out, err = run("-", stdin=data)
    assert (code, out) == (2, "")
    assert err.startswith("grader: -: ")
    assert err.count("\n") == 1


def test_a_file_that_can_not_be_read(tmp_path) -> None:
    for name in ("none", "."):
        code, _, err = run(str(tmp_path / name))
        assert code == 2
        assert err.count("\n") == 1
