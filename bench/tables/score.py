#!/usr/bin/env python3
"""Scores table extraction against a folder in the layout of the ICDAR 2013 table competition.

    python3 -m venv /tmp/tables && /tmp/tables/bin/pip install camelot-py pdfplumber
    /tmp/tables/bin/python bench/tables/score.py --dir icdar2013-eu autospec camelot-lattice \\
        camelot-stream camelot-network pdfplumber

For each PDF there is NAME-str.xml with the cells of each table: text, box, first and last row and
column. Every tool gets the whole file, all pages, with its defaults, and the same code scores what it
gives. The four metrics are those that Camelot's own benchmark names; how it computes them is not
published in detail, so this is our reading of them, the same for all tools:

  F1       of tables: a table that was found and one that is there match when they are on one page and
           their boxes overlap by at least half of their union (box of the truth: that of its cells);
           each is matched once, the largest overlap first. Micro average over all files.
  TEDS     a proxy of the tree edit distance similarity of a matched pair: rows are aligned with rows and
           cells with cells in their order; to leave out or add a cell or a row costs 1, a cell of
           another text the edit distance of the two over the length of the longer; divided by the
           nodes of the larger table and taken from 1. The text of a cell over several rows or columns
           counts once, in its upper left corner, because not all tools tell spans. White space and
           letters' forms (ligatures, hyphens, quotes) are folded.
  rows     share of matched pairs with the same number of rows; `columns`: of columns.
           Rows and columns in which a table has no text at all are not counted, on both sides.

The averages are taken over the matched pairs; the columns with a `*` take them over all tables that
are there, with 0 for one that was not found. `s/page` is wall-clock time of the tool alone, and
includes the start of its process where it has one.
"""
import argparse
import glob
import json
import os
import re
import subprocess
import sys
import time
import unicodedata
import xml.etree.ElementTree as ElementTree

OVERLAP = 0.5


# ---- text and grids ----

def fold(text):
    text = unicodedata.normalize("NFKC", text or "")
    for old, new in (("\u2010", "-"), ("\u2011", "-"), ("\u2012", "-"), ("\u2013", "-"),
                     ("\u2014", "-"), ("\u2212", "-"), ("\u2018", "'"), ("\u2019", "'"),
                     ("\u201c", '"'), ("\u201d", '"'), ("\u00ad", "")):
        text = text.replace(old, new)
    return re.sub(r"\s+", "", text)


def trimmed(rows):
    """Without the rows and columns that have no text."""
    rows = [[fold(c) for c in r] for r in rows]
    rows = [r for r in rows if any(r)]
    width = max((len(r) for r in rows), default=0)
    keep = [k for k in range(width) if any(k < len(r) and r[k] for r in rows)]
    return [[r[k] if k < len(r) else "" for k in keep] for r in rows]


def edit_distance(a, b):
    if a == b:
        return 0
    if not a or not b:
        return max(len(a), len(b))
    before = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for k, y in enumerate(b, 1):
            row.append(min(before[k] + 1, row[k - 1] + 1, before[k - 1] + (x != y)))
        before = row
    return before[-1]


def cell_cost(a, b, known={}):
    if a == b:
        return 0.0
    if (a, b) not in known:
        known[a, b] = edit_distance(a[:400], b[:400]) / max(len(a[:400]), len(b[:400]))
    return known[a, b]


def row_cost(a, b):
    before = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [float(i)]
        for k, y in enumerate(b, 1):
            row.append(min(before[k] + 1, row[k - 1] + 1, before[k - 1] + cell_cost(x, y)))
        before = row
    return before[-1]


def similarity(a, b):
    """1 less the cost of making table a of table b, by the nodes of the larger."""
    nodes = [1 + sum(1 + len(r) for r in t) for t in (a, b)]
    before = [0.0]
    for r in b:
        before.append(before[-1] + 1 + len(r))
    for x in a:
        row = [before[0] + 1 + len(x)]
        for k, y in enumerate(b, 1):
            row.append(min(before[k] + 1 + len(x), row[k - 1] + 1 + len(y),
                           before[k - 1] + row_cost(x, y)))
        before = row
    return 1 - before[-1] / max(nodes)


# ---- truth ----

def page_sizes(path):
    import pdfplumber
    with pdfplumber.open(path) as pdf:
        return [(float(p.width), float(p.height)) for p in pdf.pages]


def truth_of(path, sizes):
    """[(page, box from the upper left corner, rows)]; a table over pages is one for each. On pages
    that /Rotate turns the truth counts from the foot of the page before it is turned."""
    found, root = [], ElementTree.parse(path).getroot()
    heights = [s[1] for s in sizes]
    for region in root.iter("region"):
        page = int(region.get("page")) - 1
        if any(float(b.get("y2")) > heights[page] for b in region.iter("bounding-box")):
            heights[page] = max(sizes[page])
    for table in root.iter("table"):
        for region in table.findall("region"):
            page = int(region.get("page"))
            cells, boxes = [], []
            for cell in region.findall("cell"):
                cells.append((int(cell.get("start-row")), int(cell.get("start-col")),
                              cell.findtext("content") or ""))
                b = cell.find("bounding-box")
                boxes.append([float(b.get(k)) for k in ("x1", "y1", "x2", "y2")])
            if not cells:
                continue
            rows = [[""] * (max(c[1] for c in cells) + 1) for _ in range(max(c[0] for c in cells) + 1)]
            for row, column, text in cells:
                rows[row][column] += text
            height = heights[page - 1]
            box = (min(b[0] for b in boxes), height - max(b[3] for b in boxes),
                   max(b[2] for b in boxes), height - min(b[1] for b in boxes))
            found.append((page, box, rows))
    return found


# ---- tools: [(page, box, rows)] ----

def run_autospec(path, heights, program):
    out = subprocess.run([program, "tables", path, "--json"], stdout=subprocess.PIPE, check=False)
    found = []
    for t in json.loads(out.stdout or "[]"):
        rows = [[""] * t["columns"] for _ in range(t["rows"])]
        for c in t["cells"]:
            rows[c["row"] - 1][c["column"] - 1] = c["text"]
        found.append((t["page"], tuple(t["box"]), rows))
    return found


def run_camelot(path, heights, flavor):
    import camelot
    found = []
    for t in camelot.read_pdf(path, pages="all", flavor=flavor, suppress_stdout=True):
        height = heights[t.page - 1]
        x0, y0, x1, y1 = t._bbox
        found.append((t.page, (x0, height - y1, x1, height - y0), t.df.values.tolist()))
    return found


def run_pdfplumber(path, heights, _):
    import pdfplumber
    found = []
    with pdfplumber.open(path) as pdf:
        for number, page in enumerate(pdf.pages, 1):
            for t in page.find_tables():
                found.append((number, t.bbox, t.extract()))
    return found


TOOLS = {
    "autospec": (run_autospec, None),
    "camelot-lattice": (run_camelot, "lattice"),
    "camelot-stream": (run_camelot, "stream"),
    "camelot-network": (run_camelot, "network"),
    "camelot-hybrid": (run_camelot, "hybrid"),
    "pdfplumber": (run_pdfplumber, None),
}


# ---- scores ----

def overlap(a, b):
    w = min(a[2], b[2]) - max(a[0], b[0])
    h = min(a[3], b[3]) - max(a[1], b[1])
    if w <= 0 or h <= 0:
        return 0.0
    area = lambda x: (x[2] - x[0]) * (x[3] - x[1])
    return w * h / (area(a) + area(b) - w * h)


def matched(truth, found):
    pairs = sorted(((overlap(t[1], f[1]), i, k) for i, t in enumerate(truth)
                    for k, f in enumerate(found) if t[0] == f[0]), reverse=True)
    used_t, used_f, result = set(), set(), []
    for o, i, k in pairs:
        if o >= OVERLAP and i not in used_t and k not in used_f:
            used_t.add(i)
            used_f.add(k)
            result.append((i, k))
    return sorted(result)


def score_file(name, truth, found, verbose):
    pairs = matched(truth, found)
    sums = {"truth": len(truth), "found": len(found), "pairs": len(pairs), "teds": 0.0, "rows": 0,
            "columns": 0}
    for i, k in pairs:
        a, b = trimmed(truth[i][2]), trimmed(found[k][2])
        size = lambda t: (len(t), len(t[0]) if t else 0)
        teds = similarity(a, b)
        sums["teds"] += teds
        sums["rows"] += size(a)[0] == size(b)[0]
        sums["columns"] += size(a)[1] == size(b)[1]
        if verbose and (size(a) != size(b) or teds < 0.95):
            print(f"  {name} page {truth[i][0]} table {i + 1}: {size(a)} read as {size(b)}, "
                  f"TEDS {teds:.3f}")
    if verbose:
        for i, t in enumerate(truth):
            if i not in {p[0] for p in pairs}:
                print(f"  {name} page {t[0]} table {i + 1}: not found {[round(x) for x in t[1]]}")
        for k, f in enumerate(found):
            if k not in {p[1] for p in pairs}:
                first = next((c for r in trimmed(f[2]) for c in r if c), "")
                print(f"  {name} page {f[0]}: no table at {[round(x) for x in f[1]]} '{first[:40]}'")
    return sums


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tools", nargs="+", choices=sorted(TOOLS))
    parser.add_argument("--dir", required=True, help="PDFs and their NAME-str.xml")
    parser.add_argument("--program", default="build/autospec")
    parser.add_argument("--only", default="", help="files whose names hold this")
    parser.add_argument("--verbose", action="store_true", help="each table that is not as it should be")
    args = parser.parse_args()
    files = [f for f in sorted(glob.glob(os.path.join(args.dir, "*.pdf")))
             if args.only in os.path.basename(f)]
    sizes = {f: page_sizes(f) for f in files}
    truths = {f: [] for f in files}
    for f in files:
        truths[f] = truth_of(f[:-4] + "-str.xml", sizes[f])
    pages = sum(len(s) for s in sizes.values())
    print(f"{len(files)} files, {pages} pages, {sum(map(len, truths.values()))} tables")
    print(f"{'':16} {'F1':>6} {'TEDS':>6} {'rows':>6} {'cols':>6}   {'TEDS*':>6} {'rows*':>6} "
          f"{'cols*':>6}   {'found':>5} {'right':>5} {'s/page':>7}", flush=True)
    for name in args.tools:
        run, option = TOOLS[name]
        total, seconds = {}, 0.0
        for f in files:
            heights = [s[1] for s in sizes[f]]
            start = time.monotonic()
            try:
                found = run(f, heights, args.program if name == "autospec" else option)
            except Exception as e: # a file that a tool cannot read has no tables for it
                print(f"  {name}: {os.path.basename(f)}: {type(e).__name__}: {e}", file=sys.stderr)
                found = []
            seconds += time.monotonic() - start
            for k, v in score_file(os.path.basename(f), truths[f], found, args.verbose).items():
                total[k] = total.get(k, 0) + v
        pairs, n = max(total["pairs"], 1), max(total["truth"], 1)
        print(f"{name:16} {2 * total['pairs'] / max(total['truth'] + total['found'], 1):6.3f} "
              f"{total['teds'] / pairs:6.3f} {total['rows'] / pairs:6.3f} "
              f"{total['columns'] / pairs:6.3f}   {total['teds'] / n:6.3f} {total['rows'] / n:6.3f} "
              f"{total['columns'] / n:6.3f}   {total['found']:5} {total['pairs']:5} "
              f"{seconds / pages:7.3f}", flush=True)


if __name__ == "__main__":
    main()
