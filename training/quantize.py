"""The rounding that the C program's 4- and 8-bit formats do to weights.

Used for the last part of training, with the gradient passed straight through
to the f32 masters, and for evaluation with quantized weights.
"""

import torch

CODEBOOK = torch.tensor([-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113], dtype=torch.float32)
MIDDLES = (CODEBOOK[1:] + CODEBOOK[:-1]) / 2
GROUP = 32   # along the input dimension


def four_bits(weight):
    """`weight` rounded to the codebook, with a least-squares scale a group."""
    w = weight.float().reshape(-1, GROUP)
    largest = w.gather(1, w.abs().argmax(1, keepdim=True))
    # The codebook reaches further on its negative side: let the largest lie there.
    scale = largest / -127
    scale = torch.where(scale == 0, torch.ones_like(scale), scale)
    best, lowest = None, None
    for shrink in (1.0, 0.9):
        s = scale * shrink
        for _ in range(2):
            codes = CODEBOOK[torch.bucketize(w / s, MIDDLES)]
            s = (w * codes).sum(1, keepdim=True) / codes.square().sum(1, keepdim=True)
            s = torch.where(s == 0, scale, s)
        rounded = CODEBOOK[torch.bucketize(w / s, MIDDLES)] * s
        error = (rounded - w).square().sum(1, keepdim=True)
        if best is None:
            best, lowest = rounded, error
        else:
            best = torch.where(error < lowest, rounded, best)
            lowest = torch.minimum(error, lowest)
    return best.reshape(weight.shape)


def eight_bits(weight):
    """`weight` rounded to int8 with one scale a group."""
    w = weight.float().reshape(-1, GROUP)
    scale = w.abs().amax(1, keepdim=True).clamp_min(1e-12) / 127
    return ((w / scale).round() * scale).reshape(weight.shape)
