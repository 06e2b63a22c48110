"""How well the bulk engine does on this machine: `effektkedja bench --bulk`."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import resource
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from classifier.assistant import Assistant, ProjectText, Tier, load
from classifier.console import say, training_packages
from classifier.errors import TrainingError
from classifier.model.windows import encoder_input
from classifier.portfolio.sources import Choices, open_sources
from classifier.text.statements import split
from classifier.training.corpus import read_corpus

WORDS = 150
"""Words of a project's text in the measurements: what real descriptions have (the issue's measure)."""
TIMED, MANY, KILLS = 1_500, 100_000, 20
SHARED = 2_000
"""Projects that cluster workers share."""
DISTINCT = 2_000
"""Different texts among the many: all of them would take an hour, and memory is asked for, not time."""
PEER, ROUNDS = 60, 20
"""Projects timed one at a time, and times an application is timed."""
SEED = 20261122


def measure_bulk(test: Path) -> dict[str, Any]:
    """Measure throughput, the same work one text at a time, memory, a broken run, and two cluster workers against one.

    Args:
        test: projects whose texts are measured on.

    Raises:
        TrainingError: when a run that is measured fails.
    """
    texts = _texts(test)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        say("Fart …")
        result = _speed(texts, folder)
        say("En text i taget …")
        result |= _against_one_at_a_time(texts, folder, result["snabb_projekt_per_sekund"])
        say("En ansökan bredvid …")
        result |= _beside(texts, folder)
        say("Kluster …")
        result |= _cluster(texts, folder)
        say("Avbrott …")
        result |= _broken(texts, folder)
        say("Minne …")
        result |= _memory(texts, folder)
    return result


def _texts(test: Path) -> list[ProjectText]:
    """The texts of some projects, each cut after the sentence that reaches the number of words, and without those much shorter."""
    sources = open_sources([str(test)], Choices(), lambda _line: None)
    found = []
    for entry in sources.entries():
        text = entry.project.text
        ends = [item.end for item in split(text) if len(text[: item.end].split()) >= WORDS]
        if ends:
            found.append(replace(entry.project, text=text[: ends[0]]))
    if not found:
        raise TrainingError(f"{test.name} har inga texter på minst {WORDS} ord att mäta på")
    return found


def _variants(texts: Sequence[ProjectText], number: int) -> Iterator[ProjectText]:
    """Texts as many as asked for, no two alike: each time round, the statements begin one further on."""
    cut = [[text.text[item.start : item.end] for item in split(text.text)] for text in texts]
    for place, (text, said) in enumerate(islice(cycle(zip(texts, cut, strict=True)), number)):
        shift = place // len(texts)
        turned = said[shift % len(said) :] + said[: shift % len(said)]
        yield ProjectText(" ".join(turned), f"{text.title} {shift // len(said) or ''}".strip(), str(place))


def _write(path: Path, texts: Sequence[ProjectText] | Iterator[ProjectText]) -> int:
    number = 0
    with path.open("w", encoding="utf-8") as file:
        for text in texts:
            file.write(json.dumps({"id": text.id, "titel": text.title, "text": text.text}, ensure_ascii=False) + "\n")
            number += 1
    return number


def _speed(texts: Sequence[ProjectText], folder: Path) -> dict[str, Any]:
    """Projects a second of a whole command, its start included, and of the batches alone."""
    sample = list(_variants(texts, TIMED))
    _write(folder / "fart.jsonl", sample)
    result: dict[str, Any] = {
        "kärnor": os.cpu_count(),
        "projekt": TIMED,
        "ord_i_snitt": round(sum(len(text.text.split()) for text in sample) / TIMED, 1),
        "påståenden_i_snitt": round(sum(len(split(text.text)) for text in sample) / TIMED, 1),
    }
    for tier in Tier:
        seconds, peak = _timed(_command(folder / "fart.jsonl", folder / "fart.csv", "--tier", tier.value))
        result |= {f"{tier.value}_projekt_per_sekund": round(TIMED / seconds, 1), f"{tier.value}_minne_mb": peak}
    return result


def _against_one_at_a_time(texts: Sequence[ProjectText], folder: Path, speed: float) -> dict[str, Any]:
    """The same work one text at a time: the base as sentence-transformers runs it, then the product's own heads."""
    with training_packages():
        from sentence_transformers import SentenceTransformer

        from classifier.training.comparison import save_base
    assistant = load(tier=Tier.FAST)
    reader = SentenceTransformer(str(save_base(folder / "bas", read_corpus())), device="cpu")
    sample = list(_variants(texts, PEER))
    for text in sample[:5]:
        _one(assistant, reader, text)
    started = time.perf_counter()
    for text in sample:
        _one(assistant, reader, text)
    alone = PEER / (time.perf_counter() - started)
    return {"en_i_taget_projekt_per_sekund": round(alone, 1), "gånger_snabbare": round(speed / alone, 1)}


def _one(assistant: Assistant, reader: Any, text: ProjectText) -> None:
    statements = split(text.text)
    document = encoder_input(text.title, statements)
    said = [document.segments[number].text for number in document.parts]
    heads = assistant.bundle.heads
    parts = heads.features(reader.encode(said, show_progress_bar=False), said)
    heads.columns.probabilities(parts)
    for head in heads.fields.values():
        head.scores(parts)


def _beside(texts: Sequence[ProjectText], folder: Path) -> dict[str, Any]:
    """How long one application takes while a portfolio is worked through as the pages' worker does it, and with nothing beside it."""
    assistant = load()
    quiet = _median_ms(assistant, texts[0])
    _write(folder / "bredvid.jsonl", _variants(texts, TIMED))
    command = _command(folder / "bredvid.jsonl", folder / "bredvid.csv", "--tier", Tier.FAST.value)
    gently = "from classifier.worker import give_way; give_way(); from classifier.cli import main; raise SystemExit(main())"
    process = subprocess.Popen(
        [sys.executable, "-c", gently, *command[3:]], start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        time.sleep(8)  # by then the processes have opened the model
        busy = _median_ms(assistant, texts[0])
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return {"ansökan_ms": quiet, "ansökan_ms_bredvid_portfölj": busy}


def _median_ms(assistant: Assistant, text: ProjectText) -> int:
    assistant.suggest([text])
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        assistant.suggest([text])
        taken.append(time.perf_counter() - started)
    return round(statistics.median(taken) * 1000)


def _cluster(texts: Sequence[ProjectText], folder: Path) -> dict[str, Any]:
    """Projects a second with one and with two Dask workers of one thread each, on this machine."""
    _write(folder / "kluster.jsonl", _variants(texts, SHARED))
    _write(folder / "varm.jsonl", _variants(texts, 4 * len(texts)))
    speeds = {}
    for workers in (1, 2):
        with _dask(workers) as address:
            on_cluster = ("--tier", Tier.FAST.value, "--backend", "dask", "--scheduler", address)
            command = _command(folder / "kluster.jsonl", folder / f"kluster{workers}.csv", *on_cluster)
            _timed(_command(folder / "varm.jsonl", folder / "varm.csv", *on_cluster))  # opens the model
            speeds[workers] = SHARED / _timed(command)[0]
    same = (folder / "kluster1.csv").read_bytes() == (folder / "kluster2.csv").read_bytes()
    return {
        "dask_en_arbetare": round(speeds[1], 1),
        "dask_två_arbetare": round(speeds[2], 1),
        "dask_gånger": round(speeds[2] / speeds[1], 2),
        "dask_samma_fil": same,
    }


@contextmanager
def _dask(workers: int) -> Iterator[str]:
    """A scheduler and some workers, as processes of their own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    module = [sys.executable, "-m", "distributed.cli"]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
    processes = [
        subprocess.Popen(
            [*module[:2], "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"], **quiet
        )
    ]
    try:
        time.sleep(3)
        for _ in range(workers):
            worker = [*module[:2], "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny"]
            processes.append(subprocess.Popen(worker, env=os.environ | {"OMP_NUM_THREADS": "1"}, **quiet))
        time.sleep(4)
        yield address
    finally:
        for process in processes:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def _broken(texts: Sequence[ProjectText], folder: Path) -> dict[str, Any]:
    """Kill a run again and again at random moments, let it finish, and compare its files with those of an unbroken run."""
    source = folder / "avbrott.jsonl"
    _write(source, list(_variants(texts, DISTINCT)))
    whole = _command(source, folder / "hel.csv", "--statements", str(folder / "hel_p.csv"))
    seconds, _ = _timed(whole)
    broken = _command(source, folder / "bruten.csv", "--statements", str(folder / "bruten_p.csv"))
    generator, killed = random.Random(SEED), 0
    while killed < KILLS:
        process = subprocess.Popen(broken, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(generator.uniform(0.5, 5 + seconds / KILLS))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            killed += 1
        else:
            break
    _timed(broken)
    same = all(_sha(folder / f"hel{name}") == _sha(folder / f"bruten{name}") for name in (".csv", "_p.csv"))
    return {"avbrott": killed, "avbrott_samma_filer": same, "avbrott_projekt": DISTINCT}


def _memory(texts: Sequence[ProjectText], folder: Path) -> dict[str, Any]:
    """Peak memory of a hundred thousand rows, all processes together."""
    distinct = list(_variants(texts, DISTINCT))
    rows = _write(folder / "många.jsonl", (replace(text, id=str(number)) for number, text in enumerate(islice(cycle(distinct), MANY))))
    seconds, peak = _timed(_command(folder / "många.jsonl", folder / "många.csv", "--statements", str(folder / "många_p.csv")))
    return {"många_rader": rows, "många_olika_texter": DISTINCT, "många_sekunder": round(seconds), "många_minne_mb": peak}


def _command(source: Path, out: Path, *flags: str) -> list[str]:
    return [sys.executable, "-m", "classifier", "classify", str(source), "-o", str(out), *flags]


def _timed(command: Sequence[str]) -> tuple[float, int]:
    """Run a command to its end; seconds, and the peak of its processes' memory together in megabytes."""
    started, peak = time.perf_counter(), 0
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
    while process.poll() is None:
        peak = max(peak, _resident(process.pid))
        time.sleep(0.05)
    seconds = time.perf_counter() - started
    if process.returncode:
        said = (process.stderr.read() if process.stderr else b"").decode(errors="replace").strip().splitlines()
        raise TrainingError(f"körningen misslyckades: {said[-1] if said else process.returncode}")
    return seconds, peak


def _resident(pid: int) -> int:
    """Memory that a process and its children hold together, shared pages counted once (PSS), in megabytes; 0 where it cannot be read."""
    total = 0
    for own in [pid, *_children(pid)]:
        try:
            found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{own}/smaps_rollup").read_text(encoding="ascii"), re.MULTILINE)
        except OSError:
            continue
        total += int(found[1]) if found else 0
    return total // 1024 or resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024


def _children(pid: int) -> list[int]:
    try:
        own = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    except OSError:
        return []
    return own + [other for child in own for other in _children(child)]


def _sha(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
