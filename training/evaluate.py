"""Measures a model on bench/eval/nano_read.jsonl, as the program reads with it.

    python evaluate.py MODEL_DIR_OR_CHECKPOINT EVAL.jsonl [--bits 4] [--limit 200] [--show 20]

The answer is begun ("The ASKED of the VEHICLE is"); decoding goes on, greedy and constrained to a span
of one candidate sentence that begins and ends at the edge of a word, and its passage's number as ` [n]`.
Candidates are the sentences with a word of what is asked for, or with another of its names; where there
are none, all. (The program's own choice, in src/answer/value_bind.c, knows more: inflections, vehicles.)
"""

import argparse
import json
import pathlib
import re

import torch
import torch.nn.functional as F

from batches import Encoder
from dataset import SYSTEM
from model import Qwen2, Shape
from quantize import eight_bits, four_bits
from questions import BEGIN as BEGINNING, PLAIN, SMALL
from registry import ASKED
from tokenizer import BEGIN, USER

LONGEST = 64   # bytes of a span


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


def names():
    """{a name in lower case: all names of the same attribute}"""
    out = {}
    for own, a in ASKED.items():
        every = {n.lower() for n in (own, a.name, *a.aliases)}
        for n in every:
            out.setdefault(n, set()).update(every)
    return out


NAMES = names()


def candidates(asked, texts):
    """[(sentence, number of its passage)]"""
    sentences = [(s, n) for n, text in enumerate(texts, 1) for line in text.split("\n")
                 for s in re.split(r"(?<=[.!?]) +(?=[A-Z0-9])", line) if s]
    words = {w for w in re.findall(r"\w+", asked.lower()) if w not in SMALL and len(w) > 1} | NAMES.get(asked.lower(), set())
    says = re.compile("|".join(rf"(?<!\w){re.escape(w)}(?!\w)" for w in sorted(words)) or "(?!)")
    return [(s, n) for s, n in sentences if says.search(s.lower())] or sentences


def answers(sources):
    """Every answer that is allowed, as a trie of bytes: {byte: node}, with a node None where one ends."""
    root = {}

    def add(data):
        node = root
        for byte in data:
            node = node.setdefault(byte, {})
        node[None] = True

    for text, number in sources:
        word = lambda c: c.isalnum()
        edges = [i for i in range(len(text) + 1) if i == 0 or i == len(text) or not (word(text[i - 1]) and word(text[i]))]
        for start in edges:
            if start == len(text) or text[start].isspace():
                continue
            for end in edges:
                if start < end <= start + LONGEST and not text[end - 1].isspace() and text[end - 1] not in ",;:.":
                    add(f" {text[start:end]} [{number}]".encode())
    return root


class Vocabulary:
    """The bytes of the tokens."""

    def __init__(self, tokenizer):
        plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
        table = {chr(b): b for b in plain}
        table.update({chr(256 + i): b for i, b in enumerate(b for b in range(256) if b not in plain)})
        self.by_first = {}   # first byte -> [(token, its bytes)]
        for i in range(tokenizer.get_vocab_size()):
            token = tokenizer.id_to_token(i)
            if all(c in table for c in token):
                data = bytes(table[c] for c in token)
                self.by_first.setdefault(data[0], []).append((i, data))

    def allowed(self, node, end):
        """{token: node after it} of what may follow."""
        out = {end: None} if None in node else {}
        for first in node:
            for i, data in self.by_first.get(first, ()):
                at = node
                for byte in data:
                    at = at.get(byte)
                    if at is None:
                        break
                if at is not None:
                    out[i] = at
        return out


class Reader:
    """One prompt being answered, with its cache of keys and values."""

    def __init__(self, model):
        self.model, self.cache, self.length = model, [None] * len(model.layers), 0

    @torch.no_grad()
    def feed(self, tokens):
        """The logits after `tokens`."""
        m, n = self.model, len(tokens)
        x = m.embed_tokens(torch.tensor([tokens]))
        cos, sin = m.angles(torch.arange(self.length, self.length + n)[None], x.dtype)
        self.length += n
        for i, layer in enumerate(m.layers):
            q, k, v = layer.self_attn.project(layer.input_layernorm(x), cos, sin)
            if self.cache[i]:
                k, v = torch.cat((self.cache[i][0], k), 2), torch.cat((self.cache[i][1], v), 2)
            self.cache[i] = (k, v)
            mask = torch.ones(n, k.shape[2], dtype=torch.bool).tril(k.shape[2] - n)
            o = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
            x = x + layer.self_attn.o_proj(o.transpose(1, 2).reshape(1, n, -1))
            x = x + layer.mlp(layer.post_attention_layernorm(x))
        return m.logits(m.norm(x[0, -1]))


def content(item):
    passages = "".join(f"[{i + 1}] {p['title']}\n{p['text']}\n\n" for i, p in enumerate(item["passages"]))
    return f"Passages:\n\n{passages}"


def answer(model, encoder, vocabulary, item):
    """(what the model goes on with, the candidate sentences)"""
    reader = Reader(model)
    said = dict(a=item["asked"], v=item["vehicle"])
    logits = reader.feed(encoder.plain(f"{BEGIN}{SYSTEM}{USER}{content(item)}") + encoder.question(PLAIN.format(**said), BEGINNING.format(**said)))
    sources = candidates(item["asked"], [p["text"] for p in item["passages"]])
    node, out = answers(sources), []
    while True:
        options = vocabulary.allowed(node, encoder.end)
        ids = list(options)
        best = ids[int(logits[torch.tensor(ids)].argmax())]
        if best == encoder.end:
            return encoder.tokenizer.decode(out, skip_special_tokens=False)[1:], sources
        out.append(best)
        node = options[best]
        logits = reader.feed([best])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("questions")
    parser.add_argument("--tokenizer")
    parser.add_argument("--bits", type=int, default=16)
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--show", type=int, default=0, help="print this many wrong answers")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    model = load(args.model, args.bits)
    encoder = Encoder(args.tokenizer or args.model)
    vocabulary = Vocabulary(encoder.tokenizer)
    items = [json.loads(line) for line in open(args.questions)]
    if args.limit:
        items = items[:: max(1, len(items) // args.limit)]
    tally, shown = {}, 0

    def count(name, right):
        tally.setdefault(name, []).append(right)

    for item in items:
        said, sources = answer(model, encoder, vocabulary, item)
        want = f"{item['span']} [{item['cite']}]"
        right = said == want
        count("all: right span and passage", right)
        count("  in prose" if ". " in item["passages"][item["cite"] - 1]["text"] else "  in lists", right)
        count("  with one passage" if len(item["passages"]) == 1 else "  with two or three", right)
        count("not among the candidates", not any(n == item["cite"] and item["span"] in s for s, n in sources))
        if not right and shown < args.show:
            shown += 1
            print(f"--- {item['id']}\n{content(item) if args.show < 30 else ''}Q {item['question']}\nA {said}\nwant {want}")
    print(f"bits {args.bits}")
    for name in sorted(tally):
        some = tally[name]
        print(f"{name}: {100 * sum(some) / len(some):.1f} % of {len(some)}")


if __name__ == "__main__":
    main()
