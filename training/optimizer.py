"""Muon for the matrices, AdamW for the rest, shared by the training processes.

The master weights are f32; the networks compute with copies, in f32 or bf16. Muon
replaces the momentum of a matrix by the nearest orthogonal one, found by a few
Newton-Schulz steps: in our runs it reaches a loss in about half the steps.

All state lies in shared memory. Each process updates its own part of the
parameters from the mean of all processes' gradients, so nothing is done twice.
"""

import math

import torch


def orthogonal(g, steps=4):
    """About U V^T of each matrix of the stack g (n, rows, columns), by a quintic iteration."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g
    tall = x.shape[1] > x.shape[2]
    if tall:
        x = x.mT
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        s = x @ x.mT
        x = a * x + (b * s + c * s @ s) @ x
    return x.mT if tall else x


def shared_state(model, kind=torch.float32):
    """The tensors that the processes share, from a freshly made f32 model."""
    state = {"master": {}, "velocity": {}, "square": {}, "copy": {}}
    for n, p in model.named_parameters():
        state["master"][n] = p.detach().float().clone().share_memory_()
        state["velocity"][n] = torch.zeros(p.shape).share_memory_()
        state["square"][n] = torch.zeros(p.shape if is_other(n, p) else 1).share_memory_()
        state["copy"][n] = p.detach().to(kind, copy=True).share_memory_()
    return state


def is_other(name, p):
    """Whether AdamW updates it: what is no matrix, and the embeddings."""
    return p.dim() != 2 or "embed" in name


class Optimizer:
    """Updates one process's part of the shared parameters."""

    def __init__(self, state, rank, count, matrix_rate=0.02, other_rate=2e-3, momentum=0.95, decay=0.02):
        self.state = state
        shapes, others = {}, []
        for n, m in state["master"].items():
            if is_other(n, m):
                others.append(n)
            else:
                shapes.setdefault(tuple(m.shape), []).append(n)
        self.matrices = {s: names[rank::count] for s, names in shapes.items()}
        self.others = others[rank::count]
        self.matrix_rate, self.other_rate = matrix_rate, other_rate
        self.momentum, self.decay = momentum, decay

    @torch.no_grad()
    def step(self, number, scale, gradients, transform=None):
        """Update `number` (from 1) at `scale` times the full rate.

        `gradients` maps a name to the mean gradient; `transform` shapes the copies.
        """
        master, velocity, square = (self.state[k] for k in ("master", "velocity", "square"))
        for (rows, columns), names in self.matrices.items():
            if not names:
                continue
            nesterov = []
            for n in names:
                g = gradients(n)
                velocity[n].lerp_(g, 1 - self.momentum)
                nesterov.append(g.lerp(velocity[n], self.momentum))
            rate = self.matrix_rate * scale
            update = orthogonal(torch.stack(nesterov)) * (rate * math.sqrt(max(1.0, rows / columns)))
            for n, u in zip(names, update):
                master[n].mul_(1 - rate * self.decay).sub_(u)
                self.copy(n, transform)
        fast, slow = 0.9, 0.98
        for n in self.others:
            g = gradients(n)
            g = g * min(1.0, 1.0 / (float(g.norm()) + 1e-6))
            velocity[n].lerp_(g, 1 - fast)
            square[n].lerp_(g.square(), 1 - slow)
            mean = velocity[n] / (1 - fast ** number)
            spread = (square[n] / (1 - slow ** number)).sqrt_().add_(1e-8)
            master[n].addcdiv_(mean, spread, value=-self.other_rate * scale)
            self.copy(n, transform)

    @torch.no_grad()
    def copy(self, n, transform=None):
        """Write a master into the copy that the networks compute with."""
        m = self.state["master"][n]
        self.state["copy"][n].copy_(transform(m) if transform and m.dim() == 2 else m)
