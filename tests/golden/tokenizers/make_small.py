"""Writes the seeds of the tokenizers' fuzzers, from the small vocabulary of variants.json.xz:
tests/fuzz/corpus/tokenizer_json/*.json (small.json is also the one that fuzz_tokenizer encodes with)
and tests/fuzz/corpus/tokenizer/*.

    python3 tests/golden/tokenizers/make_small.py
"""
import json
import lzma
import os

HERE = os.path.dirname(os.path.abspath(__file__))
SEEDS = os.path.join(HERE, "../../fuzz/corpus")
SPLIT = ("(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
         " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+")


def added(i, content, **flags):
    return dict({"id": i, "content": content, "single_word": False, "lstrip": False,
                 "rstrip": False, "normalized": False, "special": False}, **flags)


def write(path, data):
    os.makedirs(os.path.dirname(os.path.join(SEEDS, path)), exist_ok=True)
    with open(os.path.join(SEEDS, path), "wb") as f:
        f.write(data)


def dump(name, value):
    write("tokenizer_json/" + name, json.dumps(value, ensure_ascii=False,
                                               separators=(",", ":")).encode())


variants = json.loads(lzma.open(os.path.join(HERE, "variants.json.xz")).read())
base = variants["base"]
merges = base["model"]["merges"][:80]
alphabet = [k for k in base["model"]["vocab"] if len(k) == 1]
words = list(dict.fromkeys(alphabet + ["".join(m) for m in merges]))
vocab = {w: i for i, w in enumerate(words)}
n = len(vocab)
byte_level = {"type": "ByteLevel", "add_prefix_space": False, "use_regex": False}
small = {
    "added_tokens": [added(n, "<s>", special=True), added(n + 1, "</think>"),
                     added(n + 2, "hp", single_word=True), added(n + 3, "ab", lstrip=True),
                     added(n + 4, "abc", rstrip=True), added(n + 5, "\u20ac\u20ac", normalized=True)],
    "normalizer": None,
    "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
        {"type": "Split", "pattern": {"Regex": SPLIT}, "behavior": "Isolated", "invert": False},
        {"type": "Digits", "individual_digits": True}, byte_level]},
    "decoder": {"type": "ByteLevel"},
    "model": {"type": "BPE", "ignore_merges": False, "vocab": vocab,
              "merges": [" ".join(m) for m in merges]},
}
# What strips spaces around itself does not come back: not in the one for round trips.
round_trip = dict(small, added_tokens=[t for t in small["added_tokens"]
                                       if not t["lstrip"] and not t["rstrip"]])
for i, token in enumerate(round_trip["added_tokens"]):
    token = round_trip["added_tokens"][i] = dict(token, id=n + i)
dump("small.json", round_trip)
dump("strip.json", dict(small, normalizer={"type": "NFC"}))
tiny = {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2, "\u0120": 3}, "merges": [["a", "b"]]}
for k, row in enumerate(variants["variants"]):
    change = row["change"]
    if "model" in change or (k % 5 and "added_tokens" not in change):
        continue
    tokens = [dict(t, id=4 + i) for i, t in enumerate(change.get("added_tokens", []))
              if t["content"] not in tiny["vocab"]]
    dump("variant-%02d.json" % k, dict(change, model=tiny, added_tokens=tokens, **(
        {} if "pre_tokenizer" in change else {"pre_tokenizer": byte_level})))
texts = ["What's the hp of the 2023 Camry?\r\n\r\n  203 hp @ 6,600", "<s>a</think>hp abc  ab",
         "e\u0301\u0323 \u65e5\u672c \U0001f697\u200d\u20ac\u20ac", "\u00e9\ufffd\u2028\u3000x",
         " " * 70 + "a" * 130]
for k, text in enumerate(texts):
    write("tokenizer/text-%d" % k, text.encode())
write("tokenizer/broken", b"a\xffb\xe2\x82\xf0\x9f\x9a\xed\xa0\x80\xc3")
