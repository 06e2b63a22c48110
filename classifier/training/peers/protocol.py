"""How a peer is called: `peer.py train TASK FOLDER`, then in a fresh process `peer.py predict TASK FOLDER OUT LAUNCHED`.

Stands alone, with nothing but the standard library: a peer runs in an environment of its own.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Task = dict[str, Any]
"""``träning``: pairs of text and label; ``prov``: texts; ``bas``: folder of the base encoder."""
Predict = Callable[[Sequence[str]], Sequence[str]]


def serve(train: Callable[[Task, Path], None], load: Callable[[Task, Path], Predict]) -> None:
    """Do what the command line asks for."""
    mode, task_file, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    task = json.loads(task_file.read_text(encoding="utf-8"))
    if mode == "train":
        folder.mkdir(parents=True, exist_ok=True)
        train(task, folder)
        return
    out, launched = Path(sys.argv[4]), float(sys.argv[5])
    predict = load(task, folder)
    predict(task["prov"][:1])
    first = time.time() - launched
    started = time.perf_counter()
    found = list(predict(task["prov"]))
    seconds = time.perf_counter() - started
    result = {"svar": found, "första_svar_s": first, "sekunder": seconds, "minne_mb": _peak_memory()}
    out.write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")


def _peak_memory() -> float:
    """This process's peak memory in MB (Linux). What the parent had before it started this one does not count."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
