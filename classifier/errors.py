"""The errors a user may meet. Their text is Swedish, one line, and names the remedy."""

from __future__ import annotations


class EffektkedjaError(Exception):
    """Base of every error that this program expects and explains."""

    prefix = "Något gick fel"

    def __str__(self) -> str:
        # What a message quotes, such as a column's name, may hold line breaks of its own.
        return " ".join(f"{self.prefix}: {super().__str__()}".splitlines())


class SchemeError(EffektkedjaError):
    """The classification scheme is malformed."""

    prefix = "Fel i klassificeringsschemat"


class DocumentError(EffektkedjaError):
    """A document cannot be read."""

    prefix = "Filen kan inte läsas"


class OutputError(EffektkedjaError):
    """A file cannot be written."""

    prefix = "Filen kan inte skrivas"


class UsageError(EffektkedjaError):
    """The command was called in a way that cannot be carried out."""

    prefix = "Fel i anropet"


class ModelError(EffektkedjaError):
    """The model on disk is missing, damaged or made for something else."""

    prefix = "Modellen kan inte användas"


class TrainingError(EffektkedjaError):
    """Training or evaluation cannot be carried out."""

    prefix = "Träningen kan inte genomföras"


class StoreError(EffektkedjaError):
    """The database cannot be read or written."""

    prefix = "Det gick inte att spara"


class StryktipsError(EffektkedjaError):
    """Something in a session of the stryktips cannot be done."""

    prefix = "Det går inte"
