"""What a user reads when something goes wrong: one Swedish line, with a prefix that says what it is about."""

from __future__ import annotations

import datetime

import pytest

from classifier import errors
from classifier.errors import (
    DocumentError,
    EffektkedjaError,
    ModelError,
    OutputError,
    SchemeError,
    StoreError,
    StryktipsError,
    TrainingError,
    UsageError,
)
from classifier.store.cases import CaseStatus, ConflictError, Decision

PREFIXES = {
    EffektkedjaError: "Något gick fel",
    SchemeError: "Fel i klassificeringsschemat",
    DocumentError: "Filen kan inte läsas",
    OutputError: "Filen kan inte skrivas",
    UsageError: "Fel i anropet",
    ModelError: "Modellen kan inte användas",
    TrainingError: "Träningen kan inte genomföras",
    StoreError: "Det gick inte att spara",
    StryktipsError: "Det går inte",
}


def subclasses(parent: type[EffektkedjaError]) -> set[type[EffektkedjaError]]:
    return {parent}.union(*(subclasses(child) for child in parent.__subclasses__()))


@pytest.mark.parametrize(("error", "prefix"), PREFIXES.items())
def test_errors_text_has_swedish_prefix(error: type[EffektkedjaError], prefix: str) -> None:
    assert str(error("skälet; gör så här")) == f"{prefix}: skälet; gör så här"


@pytest.mark.parametrize("error", PREFIXES)
@pytest.mark.parametrize("text", ["en\nrad", "en\r\nrad", "en\x0brad", "en\u2028rad"])
def test_errors_text_is_one_line(error: type[EffektkedjaError], text: str) -> None:
    assert str(error(text)) == f"{PREFIXES[error]}: en rad"


def test_errors_every_class_has_a_prefix_of_its_own() -> None:
    found = subclasses(EffektkedjaError)
    assert found >= {*PREFIXES, ConflictError}
    assert all("prefix" in vars(error) for error in found)
    assert len({error.prefix for error in found}) == len(found)


def test_errors_module_holds_only_what_is_listed() -> None:
    here = {value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, EffektkedjaError)}
    assert here == set(PREFIXES)


def test_errors_conflict_names_the_choice() -> None:
    earlier = Decision("syfte", (), CaseStatus.CONFIRMED, "", datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC), 1)
    said = str(ConflictError(earlier))
    assert said.startswith("Någon annan hann före: ")
    assert "ersättas" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("error", [*PREFIXES][1:])
def test_errors_are_caught_as_one(error: type[EffektkedjaError]) -> None:
    with pytest.raises(EffektkedjaError):
        raise error("skälet")
