#!/usr/bin/env python3
"""Copies a GGUF file of a ChatML model (SmolLM2, Qwen) so that the engine opens it, for bench/meanings.c, which renders
its chat format itself: three control tokens that the model does not use get the names of deepseek-coder's, and the
pre-tokenizer "smollm" (GPT-2's with digits alone, which its merges never join anyway) is called "gpt-2".

    gguf_control_tokens.py FROM.gguf TO.gguf
"""
import shutil
import struct
import sys

NAMES = ["<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<|EOT|>"]
UNUSED = ["<repo_name>", "<reponame>", "<file_sep>", "<gh_stars>", "<issue_start>"]
SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
STRING, ARRAY, UINT32 = 8, 9, 4


def read(f, form):
    return struct.unpack("<" + form, f.read(struct.calcsize("<" + form)))[0]


def read_string(f):
    return f.read(read(f, "Q")).decode()


def string(text):
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def skip_value(f, kind):
    if kind == STRING:
        f.read(read(f, "Q"))
    elif kind == ARRAY:
        of, n = read(f, "I"), read(f, "Q")
        for _ in range(n):
            skip_value(f, of)
    else:
        f.read(SIZES[kind])


def main():
    source, target = sys.argv[1:]
    with open(source, "rb") as f, open(target, "wb") as out:
        head = f.read(8)
        n_tensors, n_values = read(f, "Q"), read(f, "Q")
        out.write(head + struct.pack("<QQ", n_tensors, n_values))
        alignment = 32
        for _ in range(n_values):
            key, kind = read_string(f), read(f, "I")
            begin = f.tell()
            out.write(string(key) + struct.pack("<I", kind))
            if key == "tokenizer.ggml.pre":
                pre = read_string(f)
                out.write(string("gpt-2" if pre == "smollm" else pre))
            elif key == "tokenizer.ggml.tokens":
                of, n = read(f, "I"), read(f, "Q")
                tokens = [read_string(f) for _ in range(n)]
                for new, old in zip(NAMES, [t for t in UNUSED if t in tokens]):
                    tokens[tokens.index(old)] = new
                out.write(struct.pack("<IQ", of, n) + b"".join(map(string, tokens)))
            else:
                if key == "general.alignment":
                    alignment = read(f, "I")
                    f.seek(begin)
                skip_value(f, kind)
                end = f.tell()
                f.seek(begin)
                out.write(f.read(end - begin))
        for _ in range(n_tensors):
            name, n_dims = read_string(f), read(f, "I")
            rest = f.read(8 * n_dims + 4 + 8)
            out.write(string(name) + struct.pack("<I", n_dims) + rest)
        f.seek(-f.tell() % alignment, 1)
        out.write(b"\0" * (-out.tell() % alignment))
        shutil.copyfileobj(f, out)


main()
