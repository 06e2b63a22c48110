"""Adapt the base encoder to the corpus with torch: all labels of a project are learnt at once.

A project is read as the run-time encoder reads it (``model.windows``). A statement's vector meets the columns, the
mean of a project's vectors meets the project labels, so that linear heads on the very same vectors work later.
"""

from __future__ import annotations

import io
import os
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from classifier.files import write_whole
from classifier.model.windows import CONTEXT, EncoderInput, Segment, Window, batches, pack, padded
from classifier.taxonomy import Field, Scheme
from classifier.training.base import Base, build_tokenizer
from classifier.training.corpus import LabelledProject
from classifier.training.segments import column_targets, project_input, project_targets

if TYPE_CHECKING:
    from transformers import BertModel

BATCH_TOKENS = 1_024
"""Padded tokens the network takes at a time; small batches of like length waste the least on padding."""

GROUP = 128
"""Documents encoded together when nothing is learnt."""

MOST_TOGETHER = 8
"""Most statements in a passage of a mixed reading."""

SHORT_BUNDLE = 10
"""Short statements that take the place of one project in a step, so that they do not outweigh whole texts."""


@dataclass(frozen=True)
class Recipe:
    """What decides an adaptation; written into the manifest."""

    layers: int = 12
    frozen_layers: int = 4
    epochs: int = 5
    projects_per_step: int = 4
    encoder_rate: float = 6e-5
    head_rate: float = 2e-3
    warmup: float = 0.1
    alone: float = 0.35
    """Share of readings in which each statement stands alone, as rows of single statements do at run time."""
    mixed: float = 0.35
    """Share of readings in which the statements come in random order and passages of random length, each under its heading:
    a statement's place in the text, which no two applicants choose alike, must not become a sign of its column."""
    bare: float = 0.2
    """Share of readings without title and headings."""
    set_weight: float = 0.5
    project_weight: float = 0.12
    many_weight: float = 0.1
    memory_weight: float = 1.0
    """Weight of remembering the base: the columns alone would wash the subject out of the vectors."""
    seed: int = 20261121


class _Network(nn.Module):
    """Encoder and linear heads; the heads only steer the training and are thrown away."""

    def __init__(self, encoder: BertModel, scheme: Scheme) -> None:
        super().__init__()
        self.encoder = encoder
        width = encoder.config.hidden_size
        self.dropout = nn.Dropout(0.1)
        self.main = nn.Linear(width, len(scheme.columns))
        self.columns = nn.Linear(width, len(scheme.columns))
        self.memory = nn.Linear(width, width)
        self.fields = nn.ModuleDict({field: nn.Linear(width, len(scheme.labels[field])) for field in Field})

    def vectors(self, windows: Sequence[tuple[int, Window]], sizes: Sequence[int]) -> list[Tensor]:
        """One tensor (segments, width) a document; ``windows`` say which document they belong to."""
        width = self.encoder.config.hidden_size
        sums = [torch.zeros((size, width)) for size in sizes]
        counts = [torch.zeros((size, 1)) for size in sizes]
        with torch.autocast("cpu", dtype=torch.bfloat16):  # around all batches, so that the weights are cast just once
            for batch in batches(windows, BATCH_TOKENS):
                ids, mask = map(torch.from_numpy, padded([window for _, window in batch]))
                hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float()
                for (document, window), vectors in zip(batch, hidden, strict=True):
                    owners = torch.tensor(window.owners)
                    own = owners != CONTEXT
                    sums[document] = sums[document].index_add(0, owners[own], vectors[: len(owners)][own])
                    counts[document] = counts[document].index_add(0, owners[own], torch.ones((int(own.sum()), 1)))
        return [total / count.clamp(min=1.0) for total, count in zip(sums, counts, strict=True)]


def adapt(
    base: Base,
    projects: Sequence[LabelledProject],
    scheme: Scheme,
    recipe: Recipe,
    report: Callable[[int, int, float], None],
    checkpoint: Path | None = None,
) -> BertModel:
    """Fine-tune a base on labelled projects; the base's model is changed in place and returned.

    A field that a project is not labelled with is not learnt from it. With a ``checkpoint`` file the state is kept after
    every epoch, and training goes on from what the file holds, to the same end as if it had never stopped. ``report`` is called after every step with the step, the number of steps and the loss.
    """
    random.seed(recipe.seed)
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(os.cpu_count() or 1)  # torch counts physical cores only, and may find just one
    generator = random.Random(recipe.seed)
    encoder = base.model
    encoder.encoder.layer = encoder.encoder.layer[: recipe.layers]
    encoder.config.num_hidden_layers = recipe.layers
    # Without dropout of attention the plain way to compute it is the fastest here; random numbers cost a quarter of each step.
    encoder.set_attn_implementation("eager")
    for layer in encoder.encoder.layer:
        layer.attention.self.dropout.p = 0.0
    network = _Network(encoder, scheme)
    network.train()
    for module in (encoder.embeddings, *encoder.encoder.layer[: recipe.frozen_layers]):
        module.requires_grad_(False)
    heads = [parameter for name, parameter in network.named_parameters() if not name.startswith("encoder.")]
    inner = [parameter for parameter in encoder.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": inner, "lr": recipe.encoder_rate}, {"params": heads, "lr": recipe.head_rate}], weight_decay=0.01
    )
    steps = recipe.epochs * -(-len(_shuffled(projects, generator)) // recipe.projects_per_step)
    warmup = max(1, int(steps * recipe.warmup))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warmup, max(0.0, (steps - step) / max(1, steps - warmup)))
    )
    tokenizer = build_tokenizer(base.pieces)
    weights = _class_weights(projects, scheme)
    begun = _epochs_behind(checkpoint)
    memories = _memories(base, projects) if begun < recipe.epochs else {}  # before the base's weights give way to trained ones
    state = _State(network, optimizer, schedule, generator)
    if checkpoint and begun:
        state.load(checkpoint)
    step = begun * steps // recipe.epochs
    for epoch in range(begun, recipe.epochs):
        order = _shuffled(projects, generator)
        for start in range(0, len(order), recipe.projects_per_step):
            together = [project for bundle in order[start : start + recipe.projects_per_step] for project in bundle]
            loss = _loss(network, together, scheme, tokenizer, weights, memories, recipe, generator)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            step += 1
            report(step, steps, float(loss.detach()))
        if checkpoint:
            state.save(checkpoint, epoch + 1)
    return encoder.eval()


@dataclass(frozen=True)
class _State:
    """All that a training run needs in order to go on."""

    network: nn.Module
    optimizer: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler
    generator: random.Random

    def save(self, path: Path, epochs: int) -> None:
        content = io.BytesIO()
        parts = {name: part.state_dict() for name, part in self._parts().items()}
        torch.save({"epochs": epochs, "random": self.generator.getstate(), "torch": torch.get_rng_state(), **parts}, content)
        write_whole(path, content.getvalue())

    def load(self, path: Path) -> None:
        """Take over a saved state."""
        saved = torch.load(path, weights_only=True)
        for name, part in self._parts().items():
            part.load_state_dict(saved[name])
        self.generator.setstate(saved["random"])
        torch.set_rng_state(saved["torch"])

    def _parts(self) -> dict[str, Any]:
        return {"network": self.network, "optimizer": self.optimizer, "schedule": self.schedule}


def _epochs_behind(checkpoint: Path | None) -> int:
    """How many epochs a saved state has behind it; none when there is none."""
    return int(torch.load(checkpoint, weights_only=True, mmap=True)["epochs"]) if checkpoint and checkpoint.is_file() else 0


def _shuffled(projects: Sequence[LabelledProject], generator: random.Random) -> list[Sequence[LabelledProject]]:
    """Whole texts one by one and short statements in bundles, in random order."""
    short = [project for project in projects if not project.labels]
    generator.shuffle(short)
    order: list[Sequence[LabelledProject]] = [[project] for project in projects if project.labels]
    order += [short[start : start + SHORT_BUNDLE] for start in range(0, len(short), SHORT_BUNDLE)]
    generator.shuffle(order)
    return order


def _class_weights(projects: Sequence[LabelledProject], scheme: Scheme) -> Tensor:
    """Weight a column by the root of its rarity: rare columns count, without drowning the common ones."""
    counts = column_targets([item for project in projects for item in project.statements], scheme).sum(axis=0)
    weights = np.sqrt(counts.mean() / np.maximum(counts, 1.0))
    return torch.from_numpy((weights / weights.mean()).astype(np.float32))


def _memories(base: Base, projects: Sequence[LabelledProject]) -> dict[str, Tensor]:
    """The statements' vectors as the base gives them, standardised, by project id."""
    inputs = [project_input(project) for project in projects]
    encoded = encode(base.model.eval(), base, [item.segments for item in inputs])
    own = [torch.from_numpy(vectors[item.statements]) for vectors, item in zip(encoded, inputs, strict=True)]
    base.model.train()
    mean, scale = torch.cat(own).mean(dim=0), torch.cat(own).std(dim=0) + 1e-6
    return {project.id: (vectors - mean) / scale for project, vectors in zip(projects, own, strict=True)}


def _loss(
    network: _Network,
    projects: Sequence[LabelledProject],
    scheme: Scheme,
    tokenizer: object,
    weights: Tensor,
    memories: Mapping[str, Tensor],
    recipe: Recipe,
    generator: random.Random,
) -> Tensor:
    windows: list[tuple[int, Window]] = []
    inputs = []
    for number, project in enumerate(projects):
        item = project_input(project, with_headings=generator.random() >= recipe.bare)
        tokens = [encoding.ids for encoding in tokenizer.encode_batch([segment.text for segment in item.segments])]  # type: ignore[attr-defined]
        windows += [(number, window) for window in _read(item, tokens, recipe, generator)]
        inputs.append(item)
    vectors = network.vectors(windows, [len(item.segments) for item in inputs])
    stated = network.dropout(torch.cat([found[item.statements] for found, item in zip(vectors, inputs, strict=True)]))
    means = network.dropout(torch.stack([found[item.parts].mean(dim=0) for found, item in zip(vectors, inputs, strict=True)]))

    labelled = [item for project in projects for item in project.statements]
    targets = torch.from_numpy(column_targets(labelled, scheme))
    log_shares = torch.log_softmax(network.main(stated), dim=-1)
    loss = -(targets * weights * log_shares).sum() / (targets * weights).sum()
    loss = loss + recipe.set_weight * nn.functional.binary_cross_entropy_with_logits(
        network.columns(stated), (targets > 0).float(), pos_weight=weights.clamp(min=1.0)
    )
    remembered = torch.cat([memories[project.id] for project in projects])
    loss = loss + recipe.memory_weight * nn.functional.mse_loss(network.memory(stated), remembered)
    for field in Field:
        known = [row for row, project in enumerate(projects) if field in project.labels]
        if not known:
            continue
        wanted = torch.from_numpy(project_targets([projects[row] for row in known], field, scheme))
        logits = network.fields[field](means[known])
        if field.is_multiple:
            loss = loss + recipe.many_weight * nn.functional.binary_cross_entropy_with_logits(logits, wanted)
        else:
            loss = loss + recipe.project_weight * nn.functional.cross_entropy(logits, wanted.argmax(dim=-1), label_smoothing=0.05)
    return loss


def _read(item: EncoderInput, tokens: Sequence[Sequence[int]], recipe: Recipe, generator: random.Random) -> list[Window]:
    """Read a project as a whole, its statements alone, or mixed."""
    draw = generator.random()
    if draw < recipe.alone:
        passages = [[number] for number in item.parts]
    elif draw < recipe.alone + recipe.mixed:
        passages = _mixed(item, generator)
    else:
        passages = [list(range(len(item.segments)))]
    windows = []
    for passage in passages:
        for window in pack([item.segments[number] for number in passage], [tokens[number] for number in passage]):
            window.owners = [passage[owner] if owner != CONTEXT else CONTEXT for owner in window.owners]
            windows.append(window)
    return windows


def _mixed(item: EncoderInput, generator: random.Random) -> list[list[int]]:
    """The statements in random order, in passages of random length, each under its own heading; a title stands by itself."""
    headings: dict[int, int | None] = {}
    heading = None
    for number, segment in enumerate(item.segments):
        if segment.is_heading and number not in item.parts:
            heading = number
        elif not segment.is_heading:
            headings[number] = heading
    order = list(item.statements)
    generator.shuffle(order)
    passages = [[number] for number in item.parts if number not in headings]
    while order:
        size = generator.randint(1, MOST_TOGETHER)
        passage: list[int] = []
        last = None
        for number in order[:size]:
            own = headings[number]
            passage += [number] if own is None or own == last else [own, number]
            last = own if own is not None else last
        passages.append(passage)
        order = order[size:]
    return passages


@torch.no_grad()
def encode(model: BertModel, base: Base, documents: Sequence[Sequence[Segment]]) -> list[NDArray[np.float32]]:
    """Encode documents with the torch model, as ``model.encoder.Encoder`` does with its export."""
    tokenizer = build_tokenizer(base.pieces)
    network = _Inference(model)
    vectors: list[NDArray[np.float32]] = []
    for start in range(0, len(documents), GROUP):
        group = documents[start : start + GROUP]
        tokens = [[encoding.ids for encoding in tokenizer.encode_batch([segment.text for segment in document])] for document in group]
        windows = [
            (number, window) for number, (document, ids) in enumerate(zip(group, tokens, strict=True)) for window in pack(document, ids)
        ]
        vectors += [found.numpy() for found in network.vectors(windows, [len(document) for document in group])]
    return vectors


class _Inference(_Network):
    """The encoder alone."""

    def __init__(self, encoder: BertModel) -> None:
        nn.Module.__init__(self)
        self.encoder = encoder
