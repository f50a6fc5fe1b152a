"""Measures a model on bench/eval/nano.jsonl, greedily and with a KV cache.

    python evaluate.py MODEL_DIR_OR_CHECKPOINT EVAL.jsonl [--bits 4] [--limit 300] [--show 20]

The C program's own `autospec eval` is the judge; this one serves training.
"""

import argparse
import json
import pathlib
import re

import torch
import torch.nn.functional as F

from batches import Encoder
from dataset import SYSTEM
from model import Qwen2, Shape, rotate
from quantize import eight_bits, four_bits
from tokenizer import BEGIN, USER

REFUSAL = "The passages do not"


def load(path, bits=16):
    """A Qwen2 in f32 from a Hugging Face folder or a training checkpoint."""
    path = pathlib.Path(path)
    if path.is_dir():
        from safetensors.torch import load_file
        config = json.loads((path / "config.json").read_text())
        state = {k.removeprefix("model."): v.float() for k, v in load_file(str(path / "model.safetensors")).items() if k != "lm_head.weight"}
        shape = Shape(**{k: config[k] for k in vars(Shape())})
    else:
        saved = torch.load(path, weights_only=True)
        shape, state = Shape(**saved["shape"]), saved["optimizer"]["master"]
    rounding = {4: four_bits, 8: eight_bits}.get(bits)
    for k, v in state.items():
        v = v.bfloat16().float()
        state[k] = rounding(v) if rounding and v.dim() == 2 else v
    model = Qwen2(shape)
    model.load_state_dict(state)
    return model.eval()


@torch.no_grad()
def generate(model, prompts, end, limit=110):
    """Greedy continuations of right-padded prompts, all at once."""
    n = len(prompts)
    lengths = torch.tensor([len(p) for p in prompts])
    width = int(lengths.max())
    tokens = torch.tensor([p + [end] * (width - len(p)) for p in prompts])
    where = torch.arange(width).expand(n, -1)
    x = model.embed_tokens(tokens)
    cos, sin = model.angles(where, x.dtype)
    cache = []
    for layer in model.layers:
        h = layer.input_layernorm(x)
        q, k, v = layer.self_attn.project(h, cos, sin)
        o = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + layer.self_attn.o_proj(o.transpose(1, 2).reshape(n, width, -1))
        x = x + layer.mlp(layer.post_attention_layernorm(x))
        room = lambda t: F.pad(t, (0, 0, 0, limit))
        cache.append([room(k), room(v)])
    state = model.norm(x[torch.arange(n), lengths - 1])
    outputs = [[] for _ in range(n)]
    live = torch.ones(n, dtype=torch.bool)
    slots = torch.arange(width + limit)
    for step in range(limit):
        token = model.logits(state).argmax(-1)
        for i in live.nonzero()[:, 0].tolist():
            if int(token[i]) == end:
                live[i] = False
            else:
                outputs[i].append(int(token[i]))
        if not live.any():
            break
        # New tokens are stored after the widest prompt; the padding between is masked.
        visible = (slots[None] < lengths[:, None]) | ((slots[None] >= width) & (slots[None] <= width + step))
        mask = torch.zeros(n, 1, 1, width + limit).masked_fill_(~visible[:, None, None], float("-inf"))
        x = model.embed_tokens(token)[:, None]
        cos, sin = model.angles((lengths + step)[:, None], x.dtype)
        for layer, (keys, values) in zip(model.layers, cache):
            q, k, v = layer.self_attn.project(layer.input_layernorm(x), cos, sin)
            keys[:, :, width + step] = k[:, :, 0]
            values[:, :, width + step] = v[:, :, 0]
            o = F.scaled_dot_product_attention(q, keys, values, attn_mask=mask)
            x = x + layer.self_attn.o_proj(o.transpose(1, 2).reshape(n, 1, -1))
            x = x + layer.mlp(layer.post_attention_layernorm(x))
        state = model.norm(x[:, 0])
    return outputs


def content(item):
    passages = "".join(f"[{i + 1}] {p['title']}\n{p['text']}\n\n" for i, p in enumerate(item["passages"]))
    return f"Passages:\n\n{passages}"


def claims(answer):
    """(said, passage number) of each citation: what stands between "is" and "[n]"."""
    return [(m.group(1).strip(), int(m.group(2))) for m in re.finditer(r" is (.+?) \[(\d+)\]", answer)]


def verdict(item, answer):
    """(right value, right unit, right citation, right refusal or not)."""
    refused = answer.startswith(REFUSAL)
    if not item["answerable"]:
        return refused, refused, refused, refused
    found = claims(answer)
    if refused or len(found) != len(item["expect"]):
        return False, False, False, False
    value = unit = cite = True
    for (said, number), e in zip(found, item["expect"]):
        whole = f"{e['value']} {e['unit']}".strip()
        value &= said == whole or said.split(" ")[0] == e["value"] or said.startswith(e["value"])
        unit &= said == whole
        cite &= number == e["cite"]
    return value, unit, cite, value and unit and cite


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("questions")
    parser.add_argument("--tokenizer")
    parser.add_argument("--bits", type=int, default=16)
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--batch", type=int, default=25)
    parser.add_argument("--show", type=int, default=0, help="print this many wrong answers")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    model = load(args.model, args.bits)
    encoder = Encoder(args.tokenizer or args.model)
    items = [json.loads(line) for line in open(args.questions)]
    if args.limit:
        items = items[:: max(1, len(items) // args.limit)]
    prompts = [encoder.plain(f"{BEGIN}{SYSTEM}{USER}{content(i)}") + encoder.question(i["question"]) for i in items]
    order = sorted(range(len(items)), key=lambda i: len(prompts[i]))
    rows, shown = [None] * len(items), 0
    for at in range(0, len(order), args.batch):
        part = order[at:at + args.batch]
        for i, ids in zip(part, generate(model, [prompts[i] for i in part], encoder.end)):
            answer = encoder.tokenizer.decode(ids, skip_special_tokens=False)
            rows[i] = (*verdict(items[i], answer), answer)
    for item, row in zip(items, rows):
        if not row[3] and shown < args.show:
            shown += 1
            want = ", ".join(f"{e['value']} {e['unit']} [{e['cite']}]" for e in item["expect"]) or "refusal"
            print(f"--- {item['id']} {len(item['passages'])} passages\n  Q {item['question']}\n  A {row[4]}\n  want {want}")
    share = lambda rs, k: 100 * sum(r[k] for r in rs) / max(1, len(rs))
    ok = [r for i, r in zip(items, rows) if i["answerable"]]
    no = [r for i, r in zip(items, rows) if not i["answerable"]]
    two = [r for i, r in zip(items, rows) if len(i["expect"]) == 2]
    print(f"bits {args.bits}: answerable {len(ok)}: all right {share(ok, 3):.1f} % (value {share(ok, 0):.1f}, "
          f"unit {share(ok, 1):.1f}, citation {share(ok, 2):.1f}); comparisons {len(two)}: {share(two, 3):.1f} %; "
          f"unanswerable {len(no)}: refused {share(no, 3):.1f} %")
    for least, most in ((1, 1), (2, 2), (3, 4), (5, 8)):
        some = [(i, r) for i, r in zip(items, rows) if least <= len(i["passages"]) <= most]
        yes = [r for i, r in some if i["answerable"]]
        none = [r for i, r in some if not i["answerable"]]
        print(f"  {least}-{most} passages: {len(yes)} answerable, all right {share(yes, 3):.1f} %; "
              f"{len(none)} unanswerable, refused {share(none, 3):.1f} %")


if __name__ == "__main__":
    main()
