"""A small Qwen2 decoder for training on the CPU.

The arithmetic and the names of the weights are those of Hugging Face's
Qwen2ForCausalLM, so that the trained state can be saved as it is. What differs
is the batch: one sequence is a context (the passages) followed by many
independent question blocks. A block sees the context and itself, never another
block, and its positions go on from the end of the context, exactly as if it
were the only question. One pass over the passages so trains a dozen answers.
"""

import dataclasses
import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.checkpoint import checkpoint


@dataclasses.dataclass
class Shape:
    """The shape of the network; the fields have Hugging Face's names."""

    vocab_size: int = 4096
    hidden_size: int = 256
    intermediate_size: int = 768
    num_hidden_layers: int = 6
    num_attention_heads: int = 4
    num_key_value_heads: int = 4
    rope_theta: float = 10000.0
    rms_norm_eps: float = 1e-6

    @property
    def head_dim(self):
        return self.hidden_size // self.num_attention_heads


def normed(x, weight, eps):
    f = x.float()
    f = f * torch.rsqrt(f.square().mean(-1, keepdim=True) + eps)
    return weight * f.to(x.dtype)


def gated(gate, up):
    return F.silu(gate) * up


def attended(over, within, padding, later, scale):
    """Attention weights from the scores over the context and within the block."""
    scores = torch.cat((over * scale + padding, within * scale + later), dim=-1)
    return scores.float().softmax(-1).to(over.dtype)


def fused(plain):
    """`plain` compiled for all shapes; where the compiler fails on one, `plain` itself."""
    compiled = torch.compile(plain, dynamic=True)

    def call(*args):
        try:
            return compiled(*args)
        except Exception:   # seen: a KeyError in the guards of rare shapes, which ended a run
            return plain(*args)
    return call


def compile_pieces():
    """Fuse what is not a matrix product. (Compiling the whole network for all
    shapes takes minutes; these few take seconds and gain nearly as much.)"""
    for name in ("normed", "rotate", "gated", "attended"):
        globals()[name] = fused(globals()[name])


# (layer, head, offset) of the heads that begin as positional ones.
POSITIONAL = [(0, 0, 1), (0, 1, 2), (0, 2, 3), (1, 0, 1), (1, 1, 2), (2, 0, 1)]


class RMSNorm(nn.Module):
    """Qwen2's norm: the statistics in f32, the product in the input's type."""

    def __init__(self, size, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x):
        return normed(x, self.weight, self.eps)


def rotate(x, cos, sin):
    """Rotary position embedding on (batch, length, heads, head_dim)."""
    a, b = x.chunk(2, dim=-1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), dim=-1)


class Attention(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.heads = shape.num_attention_heads
        self.kv_heads = shape.num_key_value_heads
        self.dim = shape.head_dim
        hidden = shape.hidden_size
        self.q_proj = nn.Linear(hidden, self.heads * self.dim, bias=True)
        self.k_proj = nn.Linear(hidden, self.kv_heads * self.dim, bias=True)
        self.v_proj = nn.Linear(hidden, self.kv_heads * self.dim, bias=True)
        self.o_proj = nn.Linear(self.heads * self.dim, hidden, bias=False)

    def project(self, x, cos, sin):
        """Rotated queries and keys, and values, each (batch, heads, length, dim)."""
        n, length, _ = x.shape
        q = rotate(self.q_proj(x).view(n, length, self.heads, self.dim), cos, sin)
        k = rotate(self.k_proj(x).view(n, length, self.kv_heads, self.dim), cos, sin)
        v = self.v_proj(x).view(n, length, self.kv_heads, self.dim)
        group = self.heads // self.kv_heads
        if group > 1:
            k = k.repeat_interleave(group, dim=2)
            v = v.repeat_interleave(group, dim=2)
        return q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)

    def forward(self, x, cos, sin, mask, context):
        n, length, _ = x.shape
        q, k, v = self.project(x, cos, sin)
        # The context is plainly causal; padding at its right end is seen by no one.
        out = F.scaled_dot_product_attention(
            q[:, :, :context], k[:, :, :context], v[:, :, :context], is_causal=True)
        if context < length:
            out = torch.cat((out, self.blocks(q, k, v, mask, context)), dim=2)
        return self.o_proj(out.transpose(1, 2).reshape(n, length, -1))

    def blocks(self, q, k, v, mask, context):
        """Attention of the blocks: over the shared context, and each within itself.

        Written out, not one SDPA call: no work is spent on what blocks may not
        see of each other, and with its softmax compiled it is faster on the CPU.
        """
        padding, later = mask
        n, heads, _, dim = q.shape
        size = later.shape[-1]
        split = lambda x: x[:, :, context:].reshape(-1, size, dim)
        over = (q[:, :, context:] @ k[:, :, :context].mT).view(n, heads, -1, size, context)
        within = torch.bmm(split(q), split(k).mT).view(n, heads, -1, size, size)
        p = attended(over, within, padding, later, dim ** -0.5)
        out = p[..., :context].reshape(n, heads, -1, context) @ v[:, :, :context]
        inner = torch.bmm(p[..., context:].reshape(-1, size, size), split(v))
        return out + inner.view(n, heads, -1, dim)


class MLP(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.gate_proj = nn.Linear(shape.hidden_size, shape.intermediate_size, bias=False)
        self.up_proj = nn.Linear(shape.hidden_size, shape.intermediate_size, bias=False)
        self.down_proj = nn.Linear(shape.intermediate_size, shape.hidden_size, bias=False)

    def forward(self, x):
        return self.down_proj(gated(self.gate_proj(x), self.up_proj(x)))


class Layer(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.self_attn = Attention(shape)
        self.mlp = MLP(shape)
        self.input_layernorm = RMSNorm(shape.hidden_size, shape.rms_norm_eps)
        self.post_attention_layernorm = RMSNorm(shape.hidden_size, shape.rms_norm_eps)

    def forward(self, x, cos, sin, mask, context):
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, mask, context)
        return x + self.mlp(self.post_attention_layernorm(x))


class Qwen2(nn.Module):
    """The decoder with tied embeddings; `hidden` returns the normed states."""

    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.embed_tokens = nn.Embedding(shape.vocab_size, shape.hidden_size)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.num_hidden_layers))
        self.norm = RMSNorm(shape.hidden_size, shape.rms_norm_eps)
        half = shape.head_dim // 2
        inverse = shape.rope_theta ** (-torch.arange(half, dtype=torch.float32) / half)
        self.inverse = inverse   # no buffer: it must stay f32 when the weights become bf16
        self.reset()

    def reset(self):
        """Normal weights. What writes into the residual begins small beside the
        embeddings, so that a token can still be read, and copied, in the last layer."""
        depth = 5 * math.sqrt(2 * self.shape.num_hidden_layers)
        for name, p in self.named_parameters():
            if name.endswith("bias"):
                nn.init.zeros_(p)
            elif p.dim() == 2:
                std = 0.05 if "embed" in name else p.shape[1] ** -0.5
                if name.endswith(("o_proj.weight", "down_proj.weight")):
                    std /= depth
                nn.init.normal_(p, std=std)
        for layer, head, offset in POSITIONAL:
            self.look_back(layer, head, offset)

    @torch.no_grad()
    def look_back(self, layer, head, offset, frequencies=8, size=5.5):
        """Let a head begin by attending `offset` tokens back, by its biases alone.

        Copying a value after its name needs heads that see the token before. From
        random weights they take thousands of steps to form; given, hundreds fewer.
        """
        attention, dim = self.layers[layer].self_attn, self.shape.head_dim
        rows = slice(head * dim, (head + 1) * dim)
        turn = offset * self.inverse[:frequencies]
        q, k = attention.q_proj.bias[rows], attention.k_proj.bias[rows]
        k[:frequencies] = size
        q[:frequencies] = size * turn.cos()
        q[dim // 2:dim // 2 + frequencies] = -size * turn.sin()
        attention.q_proj.weight[rows] *= 0.2
        attention.k_proj.weight[rows] *= 0.2

    def angles(self, positions, dtype):
        """cos and sin for positions (batch, length), to broadcast over the heads."""
        a = positions[..., None].float() * self.inverse
        return a.cos().to(dtype)[:, :, None], a.sin().to(dtype)[:, :, None]

    def hidden(self, tokens, positions, mask, context, checkpointing=False):
        x = self.embed_tokens(tokens)
        cos, sin = self.angles(positions, x.dtype)
        for layer in self.layers:
            if checkpointing and self.training:
                x = checkpoint(layer, x, cos, sin, mask, context, use_reentrant=False)
            else:
                x = layer(x, cos, sin, mask, context)
        return self.norm(x)

    def logits(self, states):
        return F.linear(states, self.embed_tokens.weight)


def block_mask(size, context, lengths, dtype):
    """The additive masks of the blocks: (n, 1, 1, 1, context) hides the context's
    padding (`lengths`, one a sequence), (size, size) hides what comes later."""
    padding = torch.zeros(lengths.shape[0], 1, 1, 1, context, dtype=dtype)
    padding.masked_fill_((torch.arange(context) >= lengths[:, None])[:, None, None, None], float("-inf"))
    later = torch.zeros(size, size, dtype=dtype)
    later.masked_fill_(torch.ones(size, size, dtype=torch.bool).triu(1), float("-inf"))
    return padding, later


def positions(count, size, context, lengths):
    """Positions (n, context + count * size): each block goes on from the context's end."""
    blocks = lengths[:, None, None] + torch.arange(size)[None, None]
    blocks = blocks.expand(-1, count, -1).flatten(1)
    return torch.cat((torch.arange(context).expand(len(lengths), -1), blocks), dim=1)
