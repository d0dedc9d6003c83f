"""storage_risks: docstring and check agree about spaces and about attributes of what is no cookie."""

import pytest

from grader.checks.c10_browser.storage_risks import RIGHT, oracle, storage_risks
from grader.judging.result import PASSED
from tests.grader.helpers import judged


def test_the_right_program_passes_and_answers_as_the_oracle() -> None:
    assert judged(storage_risks, lambda storage: RIGHT(storage)).status == PASSED


def test_a_storage_name_with_a_space_before_the_semicolon_is_not_asked() -> None:
    """Who strips it and who does not are both right."""
    assert not any(trial.args[0].startswith("cookie ") for trial in storage_risks.all_trials("a"))
    unstripped = {trial.args[0]: trial for trial in storage_risks.all_trials("a")}
    assert "cookie;HttpOnly;SameSite=Strict;Secure" in unstripped


@pytest.mark.parametrize("storage", ["localStorage; HttpOnly", "memory;Path=/", "url; SameSite=Lax"])
def test_what_is_no_cookie_has_no_attributes(storage: str) -> None:
    assert oracle(storage)[1] == {"3"}
    with pytest.raises(ValueError, match="storage"):
        RIGHT(storage)
