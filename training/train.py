"""Trains the nano model from nothing, on the CPU.

    python train.py --tokenizer DIR --out DIR --minutes 95

The rate rises over the first steps and falls linearly to zero at the end of the
budget; the curriculum follows the same clock. A run that was interrupted goes
on with the same command.
"""

import argparse
import json
import os
import pathlib
import random
import signal
import time

import torch
import torch.nn.functional as F

from batches import AHEAD, Encoder, Feeder
from dataset import Stage
from drill import Drill
from model import Qwen2, Shape, block_mask, compile_pieces, positions
from optimizer import Optimizer, shared_state
from quantize import four_bits

# (progress at which it begins, what is drawn). Short contexts first: a lookup is
# learned where there is little to look through, then stretched.
CURRICULUM = [
    (0.00, Stage(passages=(1, 2), size=(2, 5), pairs=0.0, refusals=0.15)),
    (0.13, Stage(passages=(1, 3), size=(3, 7), lines=14, pairs=0.05, refusals=0.2)),
    (0.33, Stage(passages=(1, 2), size=(3, 26), lines=40, single=0.65, pairs=0.0, halves=0.2, refusals=0.12, strangers=0.1, questions=16)),
]
QUANTIZED_FROM = 0.9
DRILL_UNTIL = 0.33


def stage_at(progress):
    return max(i for i, (start, _) in enumerate(CURRICULUM) if progress >= start)


def rate_at(progress, step, warmup=50):
    return min(1.0, (step + 1) / warmup) * max(0.0, min(1.0, (1 - progress) / 0.7))


class Trainer:
    """One of the training processes; the first one keeps the clock, the log and the checkpoint."""

    def __init__(self, args, rank, shared):
        self.args, self.rank = args, rank
        self.state, self.gradients, self.clock, self.barrier = shared
        torch.manual_seed(args.seed + rank)
        torch.set_num_threads(1)
        encoder = Encoder(args.tokenizer)
        self.shape = Shape(vocab_size=encoder.tokenizer.get_vocab_size())
        self.model = Qwen2(self.shape).bfloat16()
        for n, p in self.model.named_parameters():
            p.data = self.state["copy"][n]
            p.grad = self.gradients[rank][n]   # the backward pass adds into shared memory
        self.optimizer = Optimizer(self.state, rank, args.processes, args.matrix_rate, args.other_rate)
        if args.compile:
            compile_pieces()
        self.elapsed, self.step = (float(x) for x in self.clock[1:3])
        self.step = int(self.step)
        self.drill = Drill(random.Random(args.seed * 1000 + rank + self.step * 10), encoder, self.shape.vocab_size - 7)
        self.feeder, self.stage = None, None
        self.path = pathlib.Path(args.out) / "checkpoint.pt"

    def save(self):
        kept = {k: v for k, v in self.state.items() if k != "copy"}
        state = {"optimizer": kept, "elapsed": self.elapsed, "step": self.step, "shape": vars(self.shape)}
        new = self.path.with_suffix(".new")
        torch.save(state, new)
        os.replace(new, self.path)

    def progress(self):
        if self.args.steps:
            return min(1.0, self.step / self.args.steps)
        return min(1.0, self.elapsed / (60 * self.args.minutes))

    def mean(self, name):
        return sum(g[name].float() for g in self.gradients) / len(self.gradients)

    def feed(self, progress):
        stage = stage_at(progress)
        if stage != self.stage:
            if self.feeder:
                self.feeder.stop()
            self.stage = stage
            seed = self.args.seed * 1_000_003 + stage * 10_007 + self.step * 2 + self.rank
            self.feeder = Feeder(seed, CURRICULUM[stage][1], self.args.tokenizer, self.args.budget)
            if self.rank == 0:
                print(f"stage {stage} at step {self.step}: {CURRICULUM[stage][1]}", flush=True)
        return self.feeder.next()

    def losses(self, batch, reading):
        """(weighted loss of the answers + that of reading, figures for the log)."""
        tokens, context, size = batch["tokens"], batch["context"], batch["size"]
        lengths, weights = batch["lengths"], batch["weights"].float().flatten()
        where = positions(batch["count"], size, context, lengths)
        mask = block_mask(size, context, lengths, torch.bfloat16)
        states = self.model.hidden(tokens, where, mask, context, self.args.checkpointing)
        aims = batch["aims"].flatten()
        at = weights.nonzero()[:, 0]
        logits = self.model.logits(states[:, context:].flatten(0, 1)[at]).float()
        loss = F.cross_entropy(logits, aims[at], reduction="none")
        w = weights[at]
        total = (loss * w).sum() / w.sum()
        with torch.no_grad():
            right = logits.argmax(-1) == aims[at]
            seen = {}
            for name, chosen in (("decide", w == 4), ("value", w == 2), ("all", w > 0),
                                 ("name-", w == AHEAD[0]), ("cite-", w == AHEAD[1]), ("value-", w == AHEAD[2]), ("yes-", w == AHEAD[3])):
                seen[name] = (int(right[chosen].sum()), int(chosen.sum()))
        if reading:
            # Early on the passages are read as a language too: copying and the
            # words' meanings come sooner.
            inside = torch.arange(context)[None] < lengths[:, None] - 1
            at = inside.flatten().nonzero()[:, 0]
            at = at[torch.randperm(len(at))[:4096]]
            logits = self.model.logits(states[:, :context].flatten(0, 1)[at]).float()
            total = total + reading * F.cross_entropy(logits, tokens[:, :context].flatten()[at + 1])
        return total, loss.detach().mean(), seen

    def drilled(self, progress):
        """The loss of a batch of drill, and the share of tokens got right."""
        tokens, weights = self.drill.batch(16, 240, 4 + int(12 * progress))
        length = weights.shape[1]
        where = torch.arange(length).expand(len(tokens), -1)
        states = self.model.hidden(tokens[:, :-1], where, None, length, self.args.checkpointing)
        w = weights.flatten()
        at = w.nonzero()[:, 0]
        logits = self.model.logits(states.flatten(0, 1)[at]).float()
        aim = tokens[:, 1:].flatten()[at]
        loss = F.cross_entropy(logits, aim, reduction="none")
        right = (logits.argmax(-1) == aim)[w[at] == 2]
        return (loss * w[at]).sum() / w[at].sum(), (int(right.sum()), len(right))

    def run(self):
        counts, lost, took, fed, processed = {}, 0.0, time.time(), 0.0, 0
        saved = time.time()
        stopped = []
        signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
        while True:
            start = time.time()
            if self.rank == 0:
                self.clock[0] = 1.0 if stopped else self.progress()
            self.barrier.wait()
            progress = float(self.clock[0])
            if progress >= 1:
                break
            batch = self.feed(progress)
            fed += time.time() - start
            reading = max(0.0, 0.3 * (1 - progress / 0.25))
            total, loss, seen = self.losses(batch, reading)
            if progress < DRILL_UNTIL:
                drill, seen["drill"] = self.drilled(progress)
                total = total + drill
            total.backward()
            self.barrier.wait()
            self.step += 1
            quantized = four_bits if progress >= QUANTIZED_FROM else None
            self.optimizer.step(self.step, rate_at(progress, self.step), self.mean, quantized)
            self.barrier.wait()
            for g in self.gradients[self.rank].values():
                g.zero_()
            self.elapsed += time.time() - start
            lost += float(loss)
            processed += batch["tokens"].numel() * self.args.processes
            for k, (r, n) in seen.items():
                a = counts.setdefault(k, [0, 0])
                a[0] += r
                a[1] += n
            every = self.args.every
            if self.rank == 0 and self.step % every == 0:
                spent = time.time() - took
                print(f"{self.step} {self.elapsed / 60:.1f}min {progress:.3f} loss {lost / every:.4f} "
                      + " ".join(f"{k} {r / max(1, n):.4f}" for k, (r, n) in counts.items())
                      + f" tok/s {processed / spent:.0f} step {spent / every:.2f}s wait {fed / every:.2f}s {tuple(batch['tokens'].shape)}", flush=True)
                counts, lost, took, fed, processed = {}, 0.0, time.time(), 0.0, 0
            if self.rank == 0 and time.time() - saved > 150:
                self.save()
                saved = time.time()
        if self.rank == 0:
            self.save()
        if self.feeder:
            self.feeder.stop()


def work(rank, args, shared):
    Trainer(args, rank, shared).run()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--minutes", type=float, default=85)
    parser.add_argument("--steps", type=int, default=0, help="a budget in steps instead: repeatable")
    parser.add_argument("--budget", type=int, default=3072, help="tokens a batch and process")
    parser.add_argument("--matrix-rate", type=float, default=0.02)
    parser.add_argument("--other-rate", type=float, default=2e-3)
    # Processes of one thread each: they meet twice a step, not at every operation.
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--every", type=int, default=20, help="steps between two lines of the log")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--checkpointing", action="store_true", help="recompute activations: less memory, a third slower")
    parser.add_argument("--no-compile", dest="compile", action="store_false")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    vocabulary = Encoder(args.tokenizer).tokenizer.get_vocab_size()
    state = shared_state(Qwen2(Shape(vocab_size=vocabulary)))
    clock = torch.zeros(3, dtype=torch.float64).share_memory_()   # progress, elapsed, step
    out = pathlib.Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    if (out / "checkpoint.pt").exists():
        saved = torch.load(out / "checkpoint.pt", weights_only=True)
        for kind, tensors in saved["optimizer"].items():
            for n, value in (tensors.items() if isinstance(tensors, dict) else ()):
                if state[kind][n].shape == value.shape:
                    state[kind][n].copy_(value)
        for n, master in state["master"].items():
            state["copy"][n].copy_(master)
        clock[1], clock[2] = saved["elapsed"], saved["step"]
        print(f"resumed at step {saved['step']}, {saved['elapsed'] / 60:.1f} min", flush=True)
    (out / "args.json").write_text(json.dumps(vars(args), indent=1))
    gradients = [{n: torch.zeros_like(c).share_memory_() for n, c in state["copy"].items()} for _ in range(args.processes)]
    context = torch.multiprocessing.get_context("spawn")
    shared = (state, gradients, clock, context.Barrier(args.processes))
    others = [context.Process(target=work, args=(rank, args, shared)) for rank in range(1, args.processes)]
    for p in others:
        p.start()
    work(0, args, shared)
    for p in others:
        p.join()


if __name__ == "__main__":
    main()
