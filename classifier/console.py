"""What every command says and shows: lines and progress bars."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.errors import UsageError

if TYPE_CHECKING:
    from tqdm import tqdm


class Bars:
    """A progress bar for each thing that reports its steps."""

    def __init__(self) -> None:
        self._bars: dict[str, tqdm[Any]] = {}

    def report(self, what: str, _step: int, steps: int) -> None:
        """Move the bar of ``what`` one step of ``steps``; a new thing gets a bar of its own."""
        if what not in self._bars:
            self.close()
            self._bars[what] = progress(steps, what)
        self._bars[what].update(1)

    def close(self) -> None:
        """Leave the bars as they are."""
        for bar in self._bars.values():
            bar.close()


def say(line: str) -> None:
    """Say something on standard error."""
    sys.stderr.write(line + "\n")


def progress(total: int, what: str) -> tqdm[Any]:
    """A progress bar on standard error."""
    from tqdm import tqdm

    return tqdm(total=total, desc=what, unit="", file=sys.stderr, mininterval=0.5)


def check_inputs(*paths: Path | None) -> None:
    """Refuse a file that does not exist before any work is done.

    Raises:
        UsageError: naming the first one that is missing.
    """
    for path in filter(None, paths):
        if not path.is_file():
            raise UsageError(f"{path} finns inte")


@contextlib.contextmanager
def training_packages() -> Iterator[None]:
    """Within it, a package that only training needs may be missing.

    Raises:
        UsageError: naming the package, and how it is installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise UsageError(f"paketet {error.name} saknas; installera med: pip install -e '.[train]'") from error
