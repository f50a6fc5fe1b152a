"""Writes the expected ids that tests/unit/test_tokenizer.c checks, with the tokenizers library:

    pip install tokenizers==0.22.2
    python3 tests/golden/tokenizers/make_vectors.py

strings.json            the strings
<name>/expected.json    their ids by that tokenizer:
    text        ids of each string when control tokens are plain text: the library, with the control
                tokens taken out of added_tokens
    control     {index: [ids, decoded without the control tokens]} where the library's ids are others
    sequences   [[ids], text]: decoding of ids as they may come out of a model
    planes      a hash for each Unicode plane of the ids of all its scalar values
variants.json.xz  small tokenizers made of one vocabulary, each with other settings, and their ids

The strings are the same in every run. decoded is the library's, except for the added tokens of
deepseek-coder that are spelled with letters of the byte alphabet: the library turns those into
a stray byte and loses them; we give back the text (main() asserts that nothing else differs).
"""
import copy
import json
import lzma
import os
import random

import tokenizers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

assert tokenizers.__version__ == "0.22.2", tokenizers.__version__
HERE = os.path.dirname(os.path.abspath(__file__))
NAMES = ["deepseek-r1-distill-qwen", "deepseek-coder"]
SPACES = [chr(c) for c in (9, 10, 11, 12, 13, 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B),
                           0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0x180E, 0x200B, 0x200C, 0x200D,
                           0x2060, 0xFEFF, 0x1C, 0x1D, 0x1E, 0x1F)]
DIGIT_ZEROS = [0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6,
               0xD66, 0xE50, 0xED0, 0xF20, 0x1040, 0x17E0, 0x1810, 0xFF10, 0x104A0, 0x11066,
               0x16A60, 0x1D7CE, 0x1D7D8, 0x1E950, 0x1FBF0, 0x10D40, 0x11DE0]
CARS = """The 2023 Toyota Camry XLE V6 makes 301 hp @ 6,600 rpm and 267 lb-ft (362 N·m) of torque.
2021 Ford F-150 3.5L EcoBoost® SuperCrew 4x4: max. towing 14,000 lbs; payload 3,325 lb.
BMW M340i xDrive (G20), 0–60 mph in 4.1 s, 22/30/25 mpg city/hwy/combined
Škoda Octavia Combi 2.0 TDI 110 kW/150 PS, 1 598 cm³, 0-100 km/h 8,7 s, 4,3 l/100 km
Citroën ë-C4 50 kWh • 350 km WLTP • 136 ch • À partir de 35 800 €
Volkswagen Golf GTI: Länge 4.284 mm, Höhe 1.478 mm, Kofferraum 374–1.230 ℓ, Außenspiegel beheizbar
make,model,year,engine_hp,msrp
"Mercedes-Benz","AMG GT 63 S E Performance",2024,"831",$"194,900"
| Trim | hp | Nm | kg |
|------|---:|---:|---:|
| LX   | 158 | 187 | 1 315 |
トヨタ カムリ 2.5L ハイブリッド WS“レザーパッケージ” 全長4,885mm×全幅1,840mm
比亚迪汉EV 四驱高性能版 百公里加速3.9秒 综合续航715km 续航里程(CLTC)
현대 아이오닉 5 롱레인지 AWD 배터리 77.4kWh, 최고출력 325마력
Лада Веста 1,6 л 106 л.с. 5МТ; масса 1 230 кг; объём багажника 480 л
مرسيدس بنز الفئة E موديل ٢٠٢٣ قوة المحرك ٢٥٥ حصان
रेनॉल्ट क्विड १.० लीटर, ६८ पीएस, माइलेज २२.३ किमी/लीटर
[1] engine: 2.0 L I4 turbo, 255 hp [2] engine: 3.0 L V6, 335 hp -> horsepower? [1]
What's the horsepower of the '19 WRX STI? It's 310hp, isn't it? They'll've said I'D "NOT KNOW"
Tire size: P235/45ZR18 94Y, wheel 18x8.0J ET45, bolt pattern 5x114.3
VIN 1HGCM82633A004352, part no. 06L-906-036-AB, price: $41,995.00*""".split("\n")
CODE = """for (size_t i = 0; i < n; i++) {\n\tx[i] = *p++ ^ 0x1fU;\n}\r\n#define A(x) ((x)+1)
def f(x: int = 3, *a, **k) -> "str":\n    return f'{x!r:>{10}}' if x else None  # ok\n\n\n
SELECT m.name, COUNT(*) FROM models AS m WHERE year >= 2020 GROUP BY 1 HAVING COUNT(*)>1;--end
<html>\n  <body class="a b">&nbsp;&#x27;</body>\n</html>\n<!-- x -->
{"a": [1, 2.5e-10, null, true], "b\\n": "\\u00e9"}
$ curl -sSL https://example.com/a?b=c&d=%20e | sudo bash -x 2>&1 >/dev/null || exit $?
\\frac{\\partial f}{\\partial x} = \\sum_{i=0}^{\\infty} a_i^2 \\cdot e^{-i\\pi}""".split("\n")
EMOJI = ["👨‍👩‍👧‍👦", "🏳️‍🌈", "👩🏽‍🚀", "🧑🏿‍🤝‍🧑🏻", "🇩🇪🇯🇵", "❤️‍🔥", "1️⃣", "#️⃣", "🚗💨", "☺️", "☺︎", "🫠🫨🫷🏼",
         "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👁️‍🗨️", "🚙🏎️🚓", "😀" * 9]
COMBINING = ["e\u0301", "n\u0303", "a\u0308\u0301", "Z\u0351\u036b\u0343\u032a\u0302\u036b",
             "\u0301x", " \u0301", "ก็", "क्षि", "ദ്ധ", "\u1100\u1161\u11a8", "각", "\ufb01\ufb04",
             "\u0344", "\u212b\u2126\u212a", "\u0958\u09dc", "\u0f71\u0f72\u0f74", "\u1e9b\u0323",
             "a\u0315\u0300\u05ae\u0062", "\u05d0\u05b0\u05bc", "q\u0307\u0323", "\U0001d15e"]
CONTRACTIONS = ["'s", "'S", "'ſ", "'t", "'T", "'re", "'Re", "'rE", "'RE", "'ve", "'VE", "'vE",
                "'m", "'M", "'ll", "'LL", "'lL", "'Ll", "'d", "'D", "’s", "’ll", "'x", "'lx", "''s"]
PIECES = [" ", "  ", "\n", "\r\n", "\t", "\r", " \n", "\n ", "\u3000", "\xa0", "a", "I", "the",
          " the", "hp", "Ü", "õ", "÷", "ÿ", "é", "日本", "龥", "ퟻ", "ࠀ", "一", "가", "힣", "0", "42",
          "٣", "Ⅷ", "½", "²", "(", ")", "...", "?!", "—", "“", "_", "-", "$", "+", "<", ">", "|",
          "｜", "▁", "\u200d", "\ufe0f", "🚗", "\u0301", "\ue000", "\U0010ffff", "\x00", "\x7f", "'"]


def has_control_look(token):
    text = token["content"]
    return token["special"] or (len(text.encode()) >= 3 and text[0] == "<" and text[-1] == ">")


def added_in_unicode_16():
    """First and last of each range that make_unicode.py found."""
    source = open(os.path.join(HERE, "../../../src/model/tokenizer_unicode.c")).read()
    source = source[:source.index("unicode_nfc_barriers")]
    for part in source.split("{0x")[1:]:
        first, last = part.split(", ")[:2]
        yield int(first, 16), int(last, 16)


def scalars(first, last):
    return [c for c in range(first, last + 1) if not 0xD800 <= c < 0xE000]


def make_strings(controls):
    rng = random.Random(20240611)
    out = ["", *CARS, *CODE, "\n".join(CODE), "\n".join(CARS), *EMOJI, *COMBINING, *SPACES]
    for c in CONTRACTIONS:
        out += ["it" + c, "it" + c + "x", c, " " + c + " ", "ÉT" + c + c]
    for a in SPACES:  # each kind of space alone, in runs, in front of and behind everything
        out += [a * 3, "a" + a + "b", "x" + a * 2 + "1", "。" + a + "é" + a]
    out += ["".join(rng.choices(SPACES[:6] + ["\n", "\r\n", "x"], k=rng.randint(2, 9)))
            for _ in range(150)]
    for zero in DIGIT_ZEROS:
        digits = "".join(chr(zero + i) for i in range(10))
        out += [digits, "a" + digits[:3] + "b " + digits[3:5] + "," + digits[7:]]
    out += ["ⅠⅣ ⅻ", "½¾⅐", "①⑳㊿", "x²y³", "一二三百千", "〇〡", "𐄇𐅀", "\u0bf0\u0bf1"]
    for n in (2, 3, 7, 8, 15, 16, 31, 32, 47, 48, 49, 50, 63, 64, 65, 127, 128, 129, 300):
        out += [" " * n, "x" + " " * n + "y", "a" * n, "\n" * n, "=" * n, "-" * n + ">", "9" * n,
                "é" * n, "ab" * n, "哈" * n]
    out += ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=k)) for k in (40, 47, 48, 49, 90, 400)]
    for first in range(0x80, 0x20000, 0x80):  # every half-block of the first two planes
        chars = scalars(first, first + 0x7F)
        if chars:
            out.append("".join(map(chr, rng.choices(chars, k=7))))
    for plane in range(17):
        chars = scalars(plane << 16, (plane << 16) + 0xFFFF)
        for k in (1, 3, 6, 12):
            out.append("".join(map(chr, rng.choices(chars, k=k))))
            out.append("x" + " ".join(map(chr, rng.choices(chars, k=k))) + "1")
        out += [chr(chars[0]), chr(chars[-1]), chr(chars[-2]) + "a"]
    for first, last in added_in_unicode_16():
        out += [chr(first), "a" + chr(first) + chr(last) + "1 " + chr(last) + "b"]
    out += [chr(c) for c in (0, 1, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FB, 0xD7FF, 0xE000, 0xF8FF, 0xFDD0,
                             0xFEFF, 0xFFF9, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000, 0x1FFFE, 0x10FFFF)]
    out += ["a\ud7fbb\ue000c", "\x00\x00a\x00", "\ufeffBOM", "abc\ufffd\ufffddef"]
    for c in controls:  # control tokens' spellings, whole and broken
        out += [c, c + c, "a " + c + " b", " " + c, c + "\n", c[:-1], c[1:], c.upper(), c + ">"]
    out += ["<｜User｜>hi<｜Assistant｜><think>\nhm</think>\n\nyes<｜end▁of▁sentence｜>",
            "<|User|>", "< think >", "<think></think>", "<<think>>", "<thi<think>nk>"]
    for _ in range(500):
        out.append("".join(rng.choices(PIECES + controls[:4] + CONTRACTIONS, k=rng.randint(2, 9))))
    return list(dict.fromkeys(out))


def dump(path, value):
    """JSON with one entry a line at the first two levels, so that a change shows as one."""
    def compact(v):
        return json.dumps(v, ensure_ascii=False, separators=(",", ":"))
    lines = []
    if isinstance(value, list):
        lines.append("[\n" + ",\n".join(map(compact, value)) + "\n]")
    else:
        for k, v in value.items():
            if isinstance(v, list):
                body = "[\n" + ",\n".join(map(compact, v)) + "\n]"
            else:
                body = compact(v)
            lines.append(compact(k) + ":" + body)
        lines = ["{" + ",\n".join(lines) + "}"]
    data = (lines[0] + "\n").encode()
    if path.endswith(".xz"):
        data = lzma.compress(data, preset=9 | lzma.PRESET_EXTREME)
    with open(os.path.join(HERE, path), "wb") as f:
        f.write(data)


def ids_of(tokenizer, text):
    return tokenizer.encode(text, add_special_tokens=False).ids


def plane_hashes(tokenizer, around=("", "")):
    """FNV-1a, a step an id and one of 2^32 - 1 behind each string of 256 scalar values."""
    hashes = []
    for plane in range(17):
        h = 0xCBF29CE484222325
        for first in range(plane << 16, (plane + 1) << 16, 256):
            text = "".join(around[0] + chr(c) + around[1] for c in scalars(first, first + 255))
            for i in ids_of(tokenizer, text) + [0xFFFFFFFF]:
                h = ((h ^ i) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
        hashes.append("%016x" % h)
    return hashes


def real_tokenizer(name, strings):
    raw = json.loads(lzma.open(os.path.join(HERE, name, "tokenizer.json.xz")).read())
    controls = {t["id"] for t in raw["added_tokens"] if has_control_look(t)}
    spelled = {t["id"]: t["content"] for t in raw["added_tokens"] if t["id"] not in controls}
    plain = copy.deepcopy(raw)
    plain["added_tokens"] = [t for t in raw["added_tokens"] if t["id"] not in controls]
    text_mode = Tokenizer.from_str(json.dumps(plain))
    control_mode = Tokenizer.from_str(json.dumps(raw))

    def decode(ids):
        """The library's, with added tokens as they are spelled."""
        data, marks = [], {}
        for i in ids:
            if i in spelled:
                data.append(i)
            elif i not in controls:
                data.append(i)
        if not any(i in spelled for i in data):
            return control_mode.decode(data, skip_special_tokens=False)
        parts, run = [], []
        for i in data + [None]:
            if i is None or i in spelled:
                parts.append(control_mode.decode(run, skip_special_tokens=False) if run else "")
                parts.append(spelled.get(i, ""))
                run = []
            else:
                run.append(i)
        return "".join(parts)

    text, control = [], {}
    for index, s in enumerate(strings):
        ids = ids_of(text_mode, s)
        assert not controls & set(ids)
        assert decode(ids) == s, (name, s)
        text.append(ids)
        with_controls = ids_of(control_mode, s)
        if with_controls != ids:
            control[str(index)] = [with_controls, decode(with_controls)]
    rng = random.Random(7)
    sequences = []
    size = control_mode.get_vocab_size()
    byte_tokens = [i for i in range(256) if i not in controls]
    for k in range(200):
        pool = byte_tokens if k % 2 else range(size)
        ids = [i for i in rng.choices(pool, k=rng.randint(1, 12)) if i not in spelled]
        sequences.append([ids, decode(ids)])
    dump(f"{name}/expected.json", {"text": text, "control": control, "sequences": sequences,
                                   "planes": plane_hashes(text_mode)})
    print(name, len(text), "strings,", len(control), "with control tokens")


def split(pattern, behavior, invert=False, kind="Regex"):
    return {"type": "Split", "pattern": {kind: pattern}, "behavior": behavior, "invert": invert}


def byte_level(prefix=False, regex=False):
    return {"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": True,
            "use_regex": regex}


def sequence(*stages):
    return {"pre_tokenizer": {"type": "Sequence", "pretokenizers": list(stages)}}


def added(content, **flags):
    return {"content": content, "single_word": False, "lstrip": False, "rstrip": False,
            "normalized": False, "special": False, **flags}


def added_tokens(vocab, *tokens):
    """With the ids that the library would give them, whatever the file says: those of the entries
    they are spelled as, else the next ones. Control tokens last: they are taken out for text mode,
    and the library would then move up what is behind them."""
    following = max(vocab.values()) + 1
    for token in sorted(tokens, key=has_control_look):
        token["id"] = vocab.get(token["content"], following)
        following += token["id"] == following
    return {"added_tokens": sorted(tokens, key=has_control_look)}


def base_tokenizer():
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=700, show_progress=False, min_frequency=2,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    t.train_from_iterator(CARS * 2 + CODE * 2 + ["the car's engine can't", "\n\n\n", "   "], trainer)
    base = json.loads(t.to_str())
    base["added_tokens"] = []
    return base


LLAMA3 = ("(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
          " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+")
O200K = ("[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
         "(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+"
         "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}|"
         " ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+")
V3 = ("[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?"
      "[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+")


def make_variants(base):
    vocab = base["model"]["vocab"]
    yield "byte_level_with_regex", {"pre_tokenizer": byte_level(True, True)}
    yield "byte_level_alone", {"pre_tokenizer": byte_level()}
    yield "single_digits", sequence({"type": "Digits", "individual_digits": True},
                                    byte_level(False, True))
    yield "digit_runs", sequence({"type": "Digits", "individual_digits": False}, byte_level())
    yield "prefix_space_per_piece", sequence({"type": "Digits", "individual_digits": True},
                                             byte_level(True, False))
    for behavior in ("Isolated", "Removed", "MergedWithPrevious", "MergedWithNext", "Contiguous"):
        for pattern in ("\\s", "[aeiou]", "\\d+|\\s+", "a|"):
            for invert in (False, True):
                yield (f"split_{behavior}_{pattern}_{invert}",
                       sequence(split(pattern, behavior, invert), byte_level()))
        yield f"string_{behavior}", sequence(split("a", behavior, kind="String"), byte_level())
    for text in (".", "", "the", "\\s", " +", "é"):
        yield f"string_{text}", sequence(split(text, "MergedWithNext", kind="String"), byte_level())
    for pattern in ("x*", "(?=[a-e])", "(?<=[0-9])(?![0-9])", "(?<!a)b", "(a|e)+?", "(?>a+)b?",
                    "[^\\S\\r\\n]+", "\\P{L}+", "\\p{^Lu}", "\\S+\\D", "[\\d\\-x]+", "\\x41|\\u00e9",
                    "[\\x{61}-f]{2,}", ".+", "\\v", "[a-]|]"):
        yield f"regex_{pattern}", sequence(split(pattern, "Isolated"), byte_level())
    for name, pattern in (("llama3", LLAMA3), ("o200k", O200K)):
        change = sequence(split(pattern, "Isolated"), byte_level())
        yield name, change
        change = dict(change, model=dict(base["model"], ignore_merges=True))
        yield name + "_ignoring_merges", change
    yield "deepseek_v3", sequence(split("\\p{N}{1,3}", "Isolated"),
                                  split("[一-龥\u3040-ゟ゠-ヿ]+", "Isolated"),
                                  split(V3, "Isolated"), byte_level())
    merges = [" ".join(m) for m in base["model"]["merges"]]
    yield "merges_as_text", {"model": dict(base["model"], merges=["#version: 0.2"] + merges)}
    # Words that are in the vocabulary but that merging does not arrive at.
    yield "unreachable_words", {"model": dict(base["model"], merges=merges[::3] + merges[1::3])}
    left = {k: v for k, v in vocab.items() if k not in ("z", "Q", "~", "Ã")}
    kept = [m for m in base["model"]["merges"] if all(p in left for p in m) and "".join(m) in left]
    yield "bytes_without_a_token", {"model": dict(base["model"], vocab=left, merges=kept)}
    nfc = {"type": "Sequence", "normalizers": [{"type": "NFC"}]}
    yield "nfc", {"normalizer": {"type": "NFC"}}
    yield "nfc_with_added", dict(added_tokens(
        vocab, added("\u00e9", normalized=True), added("u\u0308", normalized=True),
        added("n\u0303"), added("o\u0302"), added("\u212b", normalized=True),
        added("<\u00c5>", special=True)), normalizer=nfc)
    yield "added_flags", added_tokens(
        vocab, added("hp", single_word=True), added("hor", lstrip=True), added("se", rstrip=True),
        added("horsepower"), added("car", lstrip=True, rstrip=True, normalized=True),
        added("[MASK]", lstrip=True, special=True), added("the", single_word=True, normalized=True),
        added(" x"), added("<s>", special=True), added("<sep>", rstrip=True),
        added("é", single_word=True), added("\n\n"), added("in", normalized=True))
    yield "added_prefixes", added_tokens(
        vocab, *(added(t, normalized=k % 2 == 0) for k, t in enumerate(
            ["a", "ab", "abc", "abcd", "bc", "b", "cde", "de", "aab", "e", "ee"])))


def variant_strings(strings):
    rng = random.Random(3)
    own = ["hp", "180 hp.", "hphp", "hp_x", "xhp", "hp-hp", "\u00e9hp", "a hor se  car  x", "horses",
           "horsepower horsepow", "  hor  se  x", " [MASK] [MASK]", "[MASK]\n\n[MASK]", "the then the",
           "sethe", "<s> x<sep>   x", "se x x", "se  hor", "car car  car", "\xa0\u3000car\u2003y",
           "in inn", "abcde", "aabcdee", "abab bcd", "eee", "aaa bbb", "e\u0301 \u00e9 e \u0301",
           "u\u0308\u00fc", "n\u0303\u00f1", "o\u0302\u0323 \u1ed9", "\u212b\u00c5A\u030a <\u00c5> <\u212b>",
           "é x é", "xé", "a  b c", "aeiou xx", "123 4 5a6", "zzQ~ÃÃ", "e\u0323\u0307\u0301\u0301",
           "\U00011935\U00011930\U00011938", "a\u0898\u0323\u0301a", "a\u0301\u0898\u0323"]
    rest = [s for s in strings if 0 < len(s) < 60]
    return [""] + own + CARS[:6] + COMBINING + rng.sample(rest, 60)


def small_tokenizers(strings):
    base = base_tokenizer()
    texts = variant_strings(strings)
    rows = []
    for name, change in make_variants(base):
        full = dict(base, **change)
        plain = dict(full, added_tokens=[t for t in full["added_tokens"] if not has_control_look(t)])
        modes = [Tokenizer.from_str(json.dumps(x)) for x in (plain, full)]
        ids = [[ids_of(t, s) for s in texts] for t in modes]
        row = {"name": name, "change": change, "text": ids[0]}
        if ids[1] != ids[0]:
            row["control"] = ids[1]
        if name in ("nfc", "o200k", "deepseek_v3", "single_digits"):
            row["planes"] = plane_hashes(modes[0])
            row["planes_with_marks"] = plane_hashes(modes[0], ("a", "\u0323\u0301"))
        rows.append(row)
    dump("variants.json.xz", {"base": base, "strings": texts, "variants": rows})
    print(len(rows), "variants with", len(texts), "strings each")


def main():
    controls = []
    for name in NAMES:
        raw = json.loads(lzma.open(os.path.join(HERE, name, "tokenizer.json.xz")).read())
        controls += [t["content"] for t in raw["added_tokens"] if has_control_look(t)]
    strings = make_strings(list(dict.fromkeys(controls)))
    assert len(strings) >= 2000
    dump("strings.json", strings)
    for name in NAMES:
        real_tokenizer(name, strings)
    small_tokenizers(strings)


if __name__ == "__main__":
    main()
