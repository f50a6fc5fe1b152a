#!/usr/bin/env python3
"""Makes src/vehicle/registry_table.c and training/registry.json from registry/.

    python3 scripts/make_registry.py            writes both
    python3 scripts/make_registry.py --check    fails when they are not current

The format of the data is told in registry/README.md.
"""
import json
import pathlib
import re
import sys
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT / "registry"
TABLE = ROOT / "src" / "vehicle" / "registry_table.c"
JSON = ROOT / "training" / "registry.json"
LANGUAGES = ["en", "de", "fr", "es", "zh"]
TYPES = {"number": "NUMBER", "category": "CATEGORY", "text": "TEXT", "yes_no": "YES_NO"}
ROLES = ["make", "model", "trim", "year", "year_last", "name", "attribute", "value", "unit",
         "quantity", "group"]
DIMENSIONS = ["none", "count", "power", "torque", "mass", "length", "area", "volume", "speed",
              "time", "consumption", "electric_consumption", "energy", "emission", "pressure",
              "rotation", "angle", "temperature", "voltage", "current", "charge", "sound", "ratio",
              "specific_power", "money"]
MAX_RUN = 16  # tokens of a term; as REGISTRY_MAX_RUN


class DataError(Exception):
    pass


# ---- tokens: the same as src/vehicle/token.c; tests/unit/test_registry.c compares the two ----

PLAIN = {"ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "æ": "ae", "Æ": "ae",
         "œ": "oe", "Œ": "oe", "ı": "i", "İ": "i", "þ": "th", "Þ": "th", "ð": "d", "Ð": "d"}
SUPERSCRIPTS = {"²": "2", "³": "3", "¹": "1", **{chr(0x2080 + i): str(i) for i in range(10)}}


def is_han(c):
    n = ord(c)
    return (0x3040 <= n <= 0x30ff or 0x3400 <= n <= 0x4dbf or 0x4e00 <= n <= 0x9fff or
            0xac00 <= n <= 0xd7af or 0xf900 <= n <= 0xfaff or 0x20000 <= n <= 0x2ffff)


def char_class(c):
    if c in "%$<>=€£¥°≤≥":
        return "sign"
    if c in SUPERSCRIPTS:
        return "digit"
    category = unicodedata.category(c)
    if category in ("Lu", "Ll", "Lt", "Lm", "Lo"):
        return "han" if is_han(c) else "letter"
    if category in ("Mn", "Mc", "Me"):
        return "mark"
    return "digit" if category == "Nd" else "gap"


def fold(c):
    if c in PLAIN:
        return PLAIN[c]
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", c).casefold())
    return "".join(x for x in text if unicodedata.category(x) not in ("Mn", "Mc", "Me"))


def number_key(raw):
    points, commas = raw.count("."), raw.count(",")
    last = max(raw.rfind("."), raw.rfind(","))
    behind = len(raw) - last - 1
    decimal = (raw[last] == "." or behind != 3) if points + commas == 1 else points and commas
    keep = points > 1 and not commas and behind != 3
    return "".join(c if c not in ".," else "." for i, c in enumerate(raw)
                   if c not in ".," or keep or (decimal and i == last))


def camel_boundary(text, at, before, letters):
    if letters == 0:
        return False
    c, after = text[at], text[at + 1] if at + 1 < len(text) else ""
    next_lower = after != "" and char_class(after) == "letter" and unicodedata.category(after) != "Lu"
    upper_before = unicodedata.category(before) == "Lu"
    if c == "k" and not upper_before and letters > 1 and after == "W":
        return True
    if unicodedata.category(c) != "Lu":
        return False
    if not upper_before:
        return letters > 1
    third = text[at + 2] if at + 2 < len(text) else ""
    return next_lower and not (after == "s" and (third == "" or char_class(third) != "letter"))


def tokens(text, identifier=False):
    """Pairs (key, kind)."""
    out, at = [], 0
    while at < len(text):
        kind = char_class(text[at])
        if kind in ("gap", "mark"):
            at += 1
        elif kind in ("han", "sign"):
            out.append((text[at], kind))
            at += 1
        elif kind == "digit":
            raw = ""
            while at < len(text):
                c = text[at]
                if char_class(c) == "digit":
                    raw += SUPERSCRIPTS.get(c) or str(unicodedata.digit(c))
                elif c in ".," and at + 1 < len(text) and char_class(text[at + 1]) == "digit":
                    raw += c
                else:
                    break
                at += 1
            out.append((number_key(raw), "number"))
        else:
            key, letters, before = "", 0, ""
            while at < len(text):
                c = text[at]
                k = char_class(c)
                if k == "mark":
                    at += 1
                    continue
                if k != "letter" or (identifier and camel_boundary(text, at, before, letters)):
                    break
                key += fold(c)
                before, letters = c, letters + 1
                at += 1
            out.append((key, "word"))
        if out and out[-1][1] in ("word", "number") and at < len(text) and text[at] in "'’":
            if text[at + 1:at + 2] in ("s", "S") and \
                    char_class(text[at + 2:at + 3] or " ") not in ("letter", "digit"):
                at += 2
    return out


def key_of(text, identifier=False):
    return " ".join(k for k, _ in tokens(text, identifier))


# ---- the data files ----

def lines_of(path):
    """(number, line) with continuation lines joined."""
    out = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line[0] == " " and out:
            out[-1] = (out[-1][0], out[-1][1].rstrip() + " " + line.strip())
        else:
            out.append((number, line.strip()))
    return out


def sections_of(path):
    """[(where, title, {field: text})] of a file of [title] sections."""
    sections = []
    for number, line in lines_of(path):
        where = f"{path.name}:{number}"
        if line.startswith("["):
            if not line.endswith("]"):
                raise DataError(f"{where}: no ']'")
            sections.append((where, line[1:-1].strip(), {}))
            continue
        field, colon, text = line.partition(":")
        if not colon or not sections:
            raise DataError(f"{where}: expected 'field: value'")
        fields = sections[-1][2]
        if field in fields:
            raise DataError(f"{where}: {field} twice in [{sections[-1][1]}]")
        fields[field] = text.strip()
    return sections


def names_of(where, text):
    """[(name, marks, [what stands in braces])] of a list of names; marks are '?' and '!'."""
    out = []
    for item in re.split(r",(?![^{]*})", text):
        item = item.strip()
        if not item:
            continue
        extras = []
        m = re.fullmatch(r"(.*?)\s*\{([^}]*)\}", item)
        if m:
            item, extras = m.group(1), [x.strip() for x in m.group(2).split(",")]
        marks = item[len(item.rstrip("?!")):]
        item = item.rstrip("?!").strip()
        if not tokens(item):
            raise DataError(f"{where}: a name without a letter or digit: {item!r}")
        if len(tokens(item)) > MAX_RUN:
            raise DataError(f"{where}: too many words: {item!r}")
        out.append((item, marks, extras))
    return out


def display_of(where, text):
    names = [x.strip() for x in text.split("|")]
    if len(names) != len(LANGUAGES) or not all(names):
        raise DataError(f"{where}: 'name' needs five names, {' | '.join(LANGUAGES)}")
    return names


ATTRIBUTE_FIELDS = {"group", "type", "role", "dimension", "unit", "better", "plausible", "zero",
                    "maximal", "implied", "categories", "speed_of", "at_speed", "name"}
LIST_KINDS = ["", "ask", "most", "least", "more", "less", "inverse"]


def check_fields(where, fields, allowed, kinds):
    for field in fields:
        kind, dot, language = field.rpartition(".")
        if field not in allowed and field != "other" and \
                not (language in LANGUAGES and kind in kinds):
            raise DataError(f"{where}: unknown field {field!r}")


def read_attributes():
    attributes = []
    for path in sorted(DATA.glob("attributes_*.txt"), key=lambda p: FILES.index(p.stem[11:])):
        for where, name, f in sections_of(path):
            check_fields(where, f, ATTRIBUTE_FIELDS, LIST_KINDS)
            low, high = (float(x) for x in f.get("plausible", "0 0").split())
            a = {"id": name, "where": where, "group": f.get("group", ""),
                 "type": f.get("type", "number"), "role": f.get("role", ""),
                 "dimension": f.get("dimension", "none"), "unit": f.get("unit", ""),
                 "better": f.get("better", ""), "low": low, "high": high,
                 "zero": f.get("zero") == "yes", "maximal": f.get("maximal") == "yes",
                 "implied": [x.strip() for x in f.get("implied", "").split(",") if x.strip()],
                 "categories": f.get("categories", "").replace(",", " ").split(),
                 "speed_of": f.get("speed_of", ""), "at_speed": f.get("at_speed") == "yes",
                 "name": display_of(where, f.get("name", "")), "lists": {}}
            for field, text in f.items():
                kind, _, language = field.rpartition(".")
                if field not in ATTRIBUTE_FIELDS:
                    a["lists"].setdefault(kind, {})[language] = names_of(where, text)
            if a["type"] not in TYPES or (a["role"] and a["role"] not in ROLES) or \
                    a["dimension"] not in DIMENSIONS or not a["group"] or \
                    a["better"] not in ("", "more", "less") or not re.fullmatch("[a-z0-9_]+", name):
                raise DataError(f"{where}: [{name}] has an unknown type, role, dimension, group or better")
            if a["unit"] and a["unit"] not in UNITS:
                raise DataError(f"{where}: [{name}] has an unknown unit {a['unit']!r}")
            if a["unit"] and UNITS[a["unit"]] != a["dimension"]:
                raise DataError(f"{where}: [{name}] has a unit of another dimension")
            attributes.append(a)
    unique([a["id"] for a in attributes], "attribute")
    for a in attributes:
        if a["speed_of"] and (a["dimension"] != "rotation" or a["speed_of"] not in [x["id"] for x in attributes]):
            raise DataError(f"{a['where']}: [{a['id']}] is no engine speed, or of an unknown attribute")
    return attributes


FILES = ["identity", "price", "engine", "economy", "electric", "performance", "weights", "dimensions",
         "interior", "chassis", "service", "ratings", "features"]


def unique(ids, what):
    for i in set(ids):
        if ids.count(i) > 1:
            raise DataError(f"{what} {i!r} twice")


def read_units():
    """Symbol to dimension, of src/vehicle/unit_table.c."""
    text = (ROOT / "src" / "vehicle" / "unit_table.c").read_text(encoding="utf-8")
    units = {}
    for m in re.finditer(r'(PLAIN|INVERSE)\(UNIT_\w+, "([^"]+)", DIMENSION_(\w+)', text):
        units[m.group(2)] = m.group(3).lower()
    for m in re.finditer(r'(BEFORE|BEHIND)\(UNIT_\w+, "([^"]+)"', text):
        units[m.group(2)] = "money"
    for m in re.finditer(r'\{UNIT_\w+, "([^"]+)", DIMENSION_(\w+)', text):
        units[m.group(1)] = m.group(2).lower()
    return units


UNITS = read_units()


def read_qualifiers():
    out, families = [], []
    for where, name, f in sections_of(DATA / "qualifiers.txt"):
        check_fields(where, f, {"family", "groups", "name"}, ["", "ask"])
        family = f.get("family", "")
        if not family:
            raise DataError(f"{where}: [{name}] has no family")
        if family not in families:
            families.append(family)
        q = {"id": name, "where": where, "family": families.index(family), "family_name": family,
             "groups": [x.strip() for x in f.get("groups", "").split(",") if x.strip()],
             "name": display_of(where, f.get("name", "")), "lists": {}}
        for field, text in f.items():
            kind, _, language = field.rpartition(".")
            if field not in ("family", "groups", "name"):
                q["lists"].setdefault(kind, {})[language] = names_of(where, text)
        out.append(q)
    unique([q["id"] for q in out], "qualifier")
    if len(out) > 64:
        raise DataError(f"qualifiers.txt: {len(out)} qualifiers, at most 64 fit")
    return out


def read_categories(attributes):
    ids = [a["id"] for a in attributes]
    out = []
    for where, name, f in sections_of(DATA / "categories.txt"):
        check_fields(where, f, {"attribute", "parent", "mix", "code", "name"}, ["", "ask"])
        if f.get("attribute") not in ids:
            raise DataError(f"{where}: [{name}] has no known attribute")
        c = {"id": name, "where": where, "attribute": f["attribute"], "parent": f.get("parent", ""),
             "mix": [sorted(x.strip() for x in m.split("+")) for m in f.get("mix", "").split(",") if m],
             "code": names_of(where, f.get("code", "")),
             "name": display_of(where, f.get("name", "")), "lists": {}}
        for field, text in f.items():
            kind, _, language = field.rpartition(".")
            if language in LANGUAGES or field == "other":
                c["lists"].setdefault(kind, {})[language] = names_of(where, text)
        out.append(c)
    names = [c["id"] for c in out]
    unique(names, "category")
    for c in out:
        for other in [c["parent"]] * bool(c["parent"]) + [x for m in c["mix"] for x in m]:
            if other not in names:
                raise DataError(f"{c['where']}: [{c['id']}] names an unknown category {other!r}")
    return out


def read_makes():
    out = []
    for number, line in lines_of(DATA / "makes.txt"):
        parts = [x.strip() for x in line.split("|")]
        where = f"makes.txt:{number}"
        if len(parts) not in (2, 3, 4) or not re.fullmatch("[A-Z]{2}", parts[1]):
            raise DataError(f"{where}: expected 'name | country | aliases | Chinese'")
        parts += [""] * (4 - len(parts))
        out.append({"name": parts[0], "country": parts[1], "where": where,
                    "aliases": names_of(where, parts[2]), "zh": names_of(where, parts[3])})
    unique([m["name"] for m in out], "make")
    return out


def read_words(attributes):
    """{word: {"kinds", "groups", "cells"}}"""
    words = {}
    groups, ids = [a["group"] for a in attributes], [a["id"] for a in attributes]
    for where, title, f in sections_of(DATA / "words.txt"):
        kind, _, of = title.partition(" ")
        if title == "abbreviations":
            continue
        if kind not in ("empty", "count", "not", "vehicle", "context", "group", "cells") or \
                (kind == "group" and of not in groups) or (kind == "cells" and of not in ids):
            raise DataError(f"{where}: unknown [{title}]")
        for language, text in f.items():
            for name, _, _ in names_of(where, text):
                for key, _ in tokens(name):
                    w = words.setdefault(key, {"kinds": set(), "groups": set(), "cells": set()})
                    if kind in ("group", "cells"):
                        w[kind + "s" if kind == "group" else kind].add(of)
                    else:
                        w["kinds"].add(kind)
    return words


def read_abbreviations():
    """[(key, key of the word)] in the order of the keys."""
    out = set()
    for where, title, f in sections_of(DATA / "words.txt"):
        for text in f.values() if title == "abbreviations" else ():
            for item in filter(None, (x.strip() for x in text.split(","))):
                short, equals, word = item.partition("=")
                pair = key_of(short), key_of(word)
                if not equals or not all(pair) or " " in pair[0] + pair[1]:
                    raise DataError(f"{where}: expected 'abbreviation = word': {item!r}")
                out.add(pair)
    return sorted(out, key=lambda p: (p[0].encode("utf-8"), p[1].encode("utf-8")))


# ---- terms ----

class Terms:
    """{key: [term]}; a term is a dict as struct term."""

    def __init__(self):
        self.by_key = {}

    def add(self, text, kind, number, language, joined=False, **extra):
        keys = {key_of(text), key_of(text, True)}
        if joined and all(kind == "word" for _, kind in tokens(text)):
            words = [k for k, _ in tokens(text)]
            if 2 <= len(words) <= 4 and len("".join(words)) >= 7:
                keys.add("".join(words))
        for key in keys:
            self.add_key(key, kind, number, language, **extra)

    def add_key(self, key, kind, number, language, qualifiers=0, unit="", asking=False, code=False,
                weak=False, inverse=False, superlative=0, comparative=0):
        term = {"kind": kind, "id": number, "qualifiers": qualifiers, "unit": unit,
                "languages": 0, "asking": asking, "code": code, "weak": weak, "inverse": inverse,
                "superlative": superlative, "comparative": comparative}
        same = ("kind", "id", "qualifiers", "superlative", "comparative", "inverse")
        for t in self.by_key.setdefault(key, []):
            if all(t[k] == term[k] for k in same) and \
                    (kind != "CATEGORY" or t["code"] == code):
                t["code"] = t["code"] and code
                t["asking"] = t["asking"] and asking
                t["weak"] = t["weak"] and weak
                t["unit"] = t["unit"] or unit
                break
        else:
            t = term
            self.by_key[key].append(t)
        t["languages"] |= 0 if language == "other" else 1 << LANGUAGES.index(language) if language else 31


def extras_of(where, extras, qualifiers):
    """The bits and the unit that a name's braces state."""
    bits, unit, ids = 0, "", [q["id"] for q in qualifiers]
    for x in extras:
        if x in ids:
            bits |= 1 << ids.index(x)
        elif x in UNITS:
            unit = x
        else:
            raise DataError(f"{where}: {x!r} is neither a qualifier nor a unit")
    return {"qualifiers": bits, "unit": unit}


def is_column_only(kind, thing, marks):
    """Names that no question means: of columns of the long form; guesses that no unit can confirm."""
    return kind == "ATTRIBUTE" and (thing["role"] in ("attribute", "value", "unit") or (
        "?" in marks and thing["dimension"] in ("none", "count")))


FLAGS = {"": {}, "ask": {"asking": True}, "inverse": {"inverse": True},
         "most": {"superlative": 1, "asking": True}, "least": {"superlative": -1, "asking": True},
         "more": {"comparative": 1, "asking": True}, "less": {"comparative": -1, "asking": True}}


def make_terms(attributes, qualifiers, categories, makes):
    terms = Terms()
    for kind, things in (("ATTRIBUTE", attributes), ("QUALIFIER", qualifiers),
                         ("CATEGORY", categories)):
        for i, thing in enumerate(things):
            for language, name in zip(LANGUAGES, thing["name"]):
                terms.add(name, kind, i, language, joined=kind == "ATTRIBUTE",
                          code=is_column_only(kind, thing, ""))
            for list_kind, by_language in thing["lists"].items():
                for language, names in by_language.items():
                    for name, marks, extras in names:
                        terms.add(name, kind, i, language, weak="?" in marks,
                                  code="!" in marks or language == "other" or (list_kind == "" and is_column_only(
                                      kind, thing, marks)),
                                  joined=kind == "ATTRIBUTE" and list_kind in ("", "inverse"),
                                  **FLAGS[list_kind], **extras_of(thing["where"], extras, qualifiers))
            for name, _, _ in thing.get("code", []):
                terms.add(name, kind, i, "", code=True)
    for i, m in enumerate(makes):
        terms.add(m["name"], "MAKE", i, "", joined=True)
        for name, marks, _ in m["aliases"]:
            terms.add(name, "MAKE", i, "", asking=marks == "?")
        for name, marks, _ in m["zh"]:
            terms.add(name, "MAKE", i, "zh", asking=marks == "?")
    order = ["ATTRIBUTE", "QUALIFIER", "CATEGORY", "MAKE"]
    for found in terms.by_key.values():
        found.sort(key=lambda t: (t["code"], t["code"] and t["kind"] != "CATEGORY", t["weak"], t["asking"], order.index(t["kind"]), t["id"]))
    return terms.by_key


# ---- output ----

def hash_of(key):
    h = 2166136261
    for b in key.encode("utf-8"):
        h = (h ^ b) * 16777619 & 0xffffffff
    return h ^ h >> 15


def c_text(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def number(x):
    return f"{x:g}"


def wrap(items, width=98):
    lines, line = [], "   "
    for item in items:
        if len(line) + len(item) + 2 > width and line.strip():
            lines.append(line)
            line = "   "
        line += " " + item + ","
    return lines + [line] if line.strip() else lines


def table_of(attributes, qualifiers, categories, makes, words, by_key):
    ids = [a["id"] for a in attributes]
    groups = list(dict.fromkeys(a["group"] for a in attributes))
    cells = sorted({x for w in words.values() for x in w["cells"]})
    if len(groups) > 32 or len(cells) > 32:
        raise DataError("more than 32 groups or kinds of cells")
    out = ["/* Made by scripts/make_registry.py from registry/: change that, not this. */",
           '#include "vehicle/registry_table.h"', "",
           "#define A TERM_ATTRIBUTE", "#define Q TERM_QUALIFIER", "#define C TERM_CATEGORY",
           "#define M TERM_MAKE", "", "/* clang-format off */", "const struct attribute REGISTRY[] = {"]
    for a in attributes:
        out.append("    {%s, %s, ATTRIBUTE_%s, ROLE_%s, DIMENSION_%s, %s, DIRECTION_%s, %s, %s, %s," % (
            c_text(a["id"]), c_text(a["group"]), TYPES[a["type"]], a["role"].upper() or "NONE",
            a["dimension"].upper(), c_text(a["unit"]) if a["unit"] else "NULL",
            a["better"].upper() or "NONE", number(a["low"]), number(a["high"]),
            "true" if a["zero"] else "false"))
        out.append("     {" + ", ".join(map(c_text, a["name"])) + "}},")
    out += ["};", f"const size_t REGISTRY_COUNT = {len(attributes)};", "",
            "const struct registry_note REGISTRY_NOTES[] = {"]
    ids = [a["id"] for a in attributes]
    out += wrap("{%du, %du, %s, %s, %d}" % (
        1 << groups.index(a["group"]), 1 << cells.index(a["id"]) if a["id"] in cells else 0,
        "true" if a["maximal"] else "false", "true" if a["at_speed"] else "false", ids.index(a["speed_of"]) if a["speed_of"] else -1)
        for a in attributes)
    out += ["};", "", "const struct registry_implied REGISTRY_IMPLIED[] = {"]
    n_implied = 0
    for i, a in enumerate(attributes):
        for x in a["implied"]:
            if x != "unit" and x not in UNITS:
                raise DataError(f"{a['where']}: implied: {x!r} is no unit")
            out.append("    {%d, DIMENSION_%s, %s}," % (
                i, a["dimension"].upper(), "NULL" if x == "unit" else c_text(x)))
            n_implied += 1
    out += ["};", f"const size_t REGISTRY_IMPLIED_COUNT = {n_implied};", "",
            "const struct registry_lending REGISTRY_LENDINGS[] = {"]
    lendings = [(ids.index(a["id"]), ids.index(x)) for a in attributes for x in a["categories"]]
    out += wrap("{%d, %d}" % x for x in lendings)
    out += ["};", f"const size_t REGISTRY_LENDINGS_COUNT = {len(lendings)};", "",
            "const struct qualifier QUALIFIERS[] = {"]
    for q in qualifiers:
        out.append("    {%s, %d, {%s}}," % (c_text(q["id"]), q["family"],
                                           ", ".join(map(c_text, q["name"]))))
    names = [c["id"] for c in categories]
    for q in qualifiers:
        if set(q["groups"]) - set(groups):
            raise DataError(f"{q['where']}: [{q['id']}] names an unknown group")
    masks = [sum(1 << groups.index(g) for g in q["groups"]) or 0xffffffff for q in qualifiers]
    out += ["};", f"const size_t QUALIFIER_COUNT = {len(qualifiers)};", "",
            "const uint32_t REGISTRY_QUALIFIER_GROUPS[] = {", *wrap(f"{m}u" for m in masks), "};", "",
            "const struct category CATEGORIES[] = {"]
    for c in categories:
        out.append("    {%s, %d, {%s}, %d}," % (
            c_text(c["id"]), ids.index(c["attribute"]), ", ".join(map(c_text, c["name"])),
            names.index(c["parent"]) if c["parent"] else -1))
    mixes = [(names.index(m[0]), names.index(m[1]), i) for i, c in enumerate(categories)
             for m in c["mix"]]
    out += ["};", f"const size_t CATEGORY_COUNT = {len(categories)};", "",
            "const struct registry_mix REGISTRY_MIXES[] = {"]
    out += wrap("{%d, %d, %d}" % m for m in mixes)
    out += ["};", f"const size_t REGISTRY_MIXES_COUNT = {len(mixes)};", "",
            "const struct make MAKES[] = {"]
    out += wrap("{%s, %s}" % (c_text(m["name"]), c_text(m["country"])) for m in makes)
    out += ["};", f"const size_t MAKE_COUNT = {len(makes)};", "", *terms_table(by_key), "",
            "const struct registry_word REGISTRY_WORDS[] = {"]
    kinds = {"empty": "WORD_EMPTY", "count": "WORD_COUNTS", "not": "WORD_NOT", "vehicle": "WORD_VEHICLE",
             "context": "WORD_CONTEXT"}
    for key in sorted(words, key=lambda k: k.encode("utf-8")):
        w = words[key]
        out.append("    {%s, %s, %du, %du}," % (
            c_text(key), " | ".join(kinds[k] for k in sorted(w["kinds"])) or "0",
            sum(1 << groups.index(g) for g in w["groups"]),
            sum(1 << cells.index(x) for x in w["cells"])))
    short = read_abbreviations()
    out += ["};", f"const size_t REGISTRY_WORDS_COUNT = {len(words)};", "",
            "const struct registry_abbreviation REGISTRY_ABBREVIATIONS[] = {"]
    out += wrap("{%s, %s}" % (c_text(k), c_text(w)) for k, w in short)
    out += ["};", f"const size_t REGISTRY_ABBREVIATIONS_COUNT = {len(short)};"]
    return "\n".join(out) + "\n"


def terms_table(by_key):
    """The hash table: slots of entries, entries with their slice of the terms."""
    longest = {}
    for key in by_key:
        parts = key.split(" ")
        longest[parts[0]] = max(longest.get(parts[0], 0), len(parts))
    keys = sorted(set(by_key) | set(longest), key=lambda k: k.encode("utf-8"))
    n_slots = 1
    while n_slots < 2 * len(keys):
        n_slots *= 2
    slots, entries, terms = [0] * n_slots, [], []
    for i, key in enumerate(keys):
        found = by_key.get(key, [])
        columns = sum(t["code"] and t["kind"] != "CATEGORY" for t in found)
        entries.append("{%s, %d, %d, %d, %d}" % (c_text(key), len(terms), len(found), columns,
                                                 longest.get(key, 0)))
        for t in found:
            flags = [str(t[k]).lower() for k in ("asking", "code", "weak", "inverse")]
            terms.append("{%s, %d, 0x%x, %s, %d, %s, %d, %d}" % (
                t["kind"][0], t["id"], t["qualifiers"], c_text(t["unit"]) if t["unit"] else "NULL",
                t["languages"], ", ".join("1" if f == "true" else "0" for f in flags),
                t["superlative"], t["comparative"]))
        at = hash_of(key) & (n_slots - 1)
        while slots[at]:
            at = (at + 1) & (n_slots - 1)
        slots[at] = i + 1
    words = sorted({w for key, found in by_key.items() for w in key.split(" ")
                    if any(not t["code"] for t in found) and not w[0].isdigit()
                    and not is_han(w[0]) and char_class(w[0]) == "letter"},
                   key=lambda w: w.encode("utf-8"))
    return (["const struct term REGISTRY_TERMS[] = {"] + wrap(terms) + ["};", "",
            "const struct registry_entry REGISTRY_ENTRIES[] = {"] + wrap(entries) + ["};", "",
            f"const uint32_t REGISTRY_SLOT_MASK = {n_slots - 1};",
            "const uint16_t REGISTRY_SLOTS[] = {"] + wrap(map(str, slots)) + ["};", "",
            "const char *const REGISTRY_SPELLED[] = {"] + wrap(map(c_text, words)) +
            ["};", f"const size_t REGISTRY_SPELLED_COUNT = {len(words)};"])


def json_of(attributes, qualifiers, categories, makes):
    def lists(thing):
        out = {}
        for kind, by_language in thing["lists"].items():
            out[kind or "names"] = {
                language: [n for n, _, extras in names] for language, names in by_language.items()}
        return out

    def named(thing, *fields):
        return {"id": thing["id"], **{f: thing[f] for f in fields},
                "name": dict(zip(LANGUAGES, thing["name"])), **lists(thing)}

    return json.dumps({
        "attributes": [named(a, "group", "type", "role", "dimension", "unit", "better", "low", "high",
                             "zero") for a in attributes],
        "qualifiers": [{**named(q), "family": q["family_name"]} for q in qualifiers],
        "categories": [{**named(c, "attribute", "parent"), "code": [n for n, _, _ in c["code"]]}
                       for c in categories],
        "makes": [{"name": m["name"], "country": m["country"],
                   "aliases": [n for n, _, _ in m["aliases"]], "zh": [n for n, _, _ in m["zh"]]}
                  for m in makes]}, ensure_ascii=False, indent=1) + "\n"


def main():
    attributes, qualifiers = read_attributes(), read_qualifiers()
    categories, makes, words = read_categories(attributes), read_makes(), read_words(attributes)
    by_key = make_terms(attributes, qualifiers, categories, makes)
    made = {TABLE: table_of(attributes, qualifiers, categories, makes, words, by_key),
            JSON: json_of(attributes, qualifiers, categories, makes)}
    if sys.argv[1:] == ["--check"]:
        stale = [str(p.relative_to(ROOT)) for p, text in made.items()
                 if not p.exists() or p.read_text(encoding="utf-8") != text]
        if stale:
            sys.exit("not current, run scripts/make_registry.py: " + ", ".join(stale))
    else:
        for path, text in made.items():
            path.write_text(text, encoding="utf-8")
    print(f"{len(attributes)} attributes, {len(qualifiers)} qualifiers, {len(categories)} categories, "
          f"{len(makes)} makes, {len(by_key)} keys")


if __name__ == "__main__":
    try:
        main()
    except DataError as e:
        sys.exit(f"make_registry: {e}")
