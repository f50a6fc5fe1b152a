"""Trains the nano model on the CPU, from nothing or from the weights of a model folder.

    python train.py --tokenizer DIR --out DIR --minutes 75 [--start MODEL_DIR]

The rate rises over the first steps and falls linearly to zero at the end of the
budget. A run that was interrupted goes on with the same command.
"""

import argparse
import json
import os
import pathlib
import signal
import time

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from batches import AHEAD, CITE, DECISION, SPAN, STOP, Encoder, Feeder
from dataset import FINAL
from model import Qwen2, Shape, block_mask, compile_pieces, positions
from optimizer import Optimizer, shared_state
from quantize import four_bits


def rate_at(progress, step, warmup=20):
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
        self.type = torch.bfloat16 if args.bf16 else torch.float32
        self.model = Qwen2(self.shape).to(self.type)
        for n, p in self.model.named_parameters():
            p.data = self.state["copy"][n]
            p.grad = self.gradients[rank][n]   # the backward pass adds into shared memory
        self.optimizer = Optimizer(self.state, rank, args.processes, args.matrix_rate, args.other_rate)
        if args.compile:
            compile_pieces()
        self.elapsed, self.step = (float(x) for x in self.clock[1:3])
        self.step = int(self.step)
        self.feeder = Feeder(args.seed * 1_000_003 + self.step * 2 + rank, FINAL, args.tokenizer, args.budget, self.clock)
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

    def losses(self, batch, reading):
        """(weighted loss of the answers + that of reading, figures for the log)."""
        tokens, context, size = batch["tokens"], batch["context"], batch["size"]
        lengths, weights = batch["lengths"], batch["weights"].float().flatten()
        where = positions(batch["count"], size, context, lengths)
        mask = block_mask(size, context, lengths, self.type)
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
            for name, chosen in (("first", w == DECISION), ("span", w == SPAN), ("stop", w == STOP), ("cite", w == CITE),
                                 ("name-", w == AHEAD[0]), ("cite-", w == AHEAD[1]), ("value-", w == AHEAD[2])):
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
            batch = self.feeder.next()
            fed += time.time() - start
            reading = 0.0 if self.args.start else max(0.0, 0.3 * (1 - progress / 0.25))
            total, loss, seen = self.losses(batch, reading)
            total.backward()
            self.barrier.wait()
            self.step += 1
            quantized = four_bits if progress >= self.args.quantized_from else None
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
        self.feeder.stop()


def work(rank, args, shared):
    Trainer(args, rank, shared).run()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--start", help="a model folder whose weights to begin with")
    parser.add_argument("--minutes", type=float, default=75)
    parser.add_argument("--steps", type=int, default=0, help="a budget in steps instead: repeatable")
    parser.add_argument("--budget", type=int, default=2048, help="tokens a batch and process")
    parser.add_argument("--matrix-rate", type=float, default=0.02)
    parser.add_argument("--other-rate", type=float, default=2e-3)
    # Processes of one thread each: they meet twice a step, not at every operation.
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--every", type=int, default=20, help="steps between two lines of the log")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--checkpointing", action="store_true", help="recompute activations: less memory, a third slower")
    parser.add_argument("--quantized-from", type=float, default=0.8, help="progress from which the weights are rounded to 4 bits")
    parser.add_argument("--bf16", action="store_true", help="compute in bf16: ten times slower where the CPU has no bf16 products")
    parser.add_argument("--no-compile", dest="compile", action="store_false")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    vocabulary = Encoder(args.tokenizer).tokenizer.get_vocab_size()
    state = shared_state(Qwen2(Shape(vocab_size=vocabulary)), torch.bfloat16 if args.bf16 else torch.float32)
    if args.start:
        for n, value in load_file(pathlib.Path(args.start) / "model.safetensors").items():
            name = n.removeprefix("model.")
            state["master"][name].copy_(value)
            state["copy"][name].copy_(value)
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
