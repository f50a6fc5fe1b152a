#!/usr/bin/env python3
"""Draws how near the engine comes to the machine's limits, by phase and context, as SVG:

    bench/plot.py FILE.json... > docs/bench.svg

Each file is what `autospec bench --json` printed; docs/bench.svg is of all in bench/results but
compare-*.json, in the order of their names (tests/e2e/bench_plot.sh looks). Decoding is drawn as a
fraction of the read bandwidth, prompts as a fraction of the integer peak, both measured in the same
run. Runs of one model on one machine are one chart: a bar is the median of their medians, the line
across its end goes from the least to the most of all. Rows that a file lacks are left out; a file
without any of them is an error."""

import json
import re
import statistics
import sys
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT = 760, 210, 130
BAR, GAP, HEAD = 22, 10, 52
COLOURS = {"decode": "#2f6f9f", "prefill": "#b5651d"}
LEGEND = {"decode": "decode: of the read bandwidth", "prefill": "prefill: of the integer peak"}
GOALS = {"decode": 90, "prefill": 65}


def spread(sample, factor=1.0):
    return {k: sample[k] * factor for k in ("median", "least", "most")}


def fractions(bench):
    """[(phase, label, rate, {median, least, most} in %, goal or None)]"""
    rows = {r["name"]: r for r in bench["rows"] if "value" in r}
    out = []
    if "decode" in rows:
        r = rows["decode"]
        out.append(("decode", "decode, short context", r["value"]["median"], spread(r["score"]),
                    GOALS["decode"]))
    if "decode-long" in rows:
        # Its score is beside short decoding; the note says what a token reads, KV cache included.
        r = rows["decode-long"]
        read = re.search(r"(\d+) tokens, .*reads ([\d.]+) MB", r["note"])
        if not read:
            raise ValueError(f"decode-long: note \"{r['note']}\" does not say what a token reads")
        factor = 100 * float(read[2]) * 1e6 / bench["limits"]["read"]["median"]
        out.append(("decode", f"decode after {int(read[1]):,} tokens", r["value"]["median"],
                    spread(r["value"], factor), None))
    if "prefill" in rows:
        r = rows["prefill"]
        out.append(("prefill", "prefill of 512 tokens", r["value"]["median"], spread(r["score"]),
                    GOALS["prefill"]))
        if "prefill-long" in rows:
            # A token is the same operations of the matrices; attention is not counted.
            long = rows["prefill-long"]
            factor = r["score"]["median"] / r["value"]["median"]
            cut = re.match(r"(\d+) tokens: the model's context", long["note"])
            n = int(cut[1]) if cut else 4096
            out.append(("prefill", f"prefill of {n:,} tokens", long["value"]["median"],
                        spread(long["value"], factor), None))
    if not out:
        raise ValueError("no row of decode, decode-long, prefill")
    return out


def merge(benches):
    """Runs of the same model on the same machine as one: [([bench, ...], rows)]."""
    groups = {}
    for bench, rows in benches:
        key = tuple(bench[k] for k in ("model", "quantization", "threads", "processor"))
        groups.setdefault(key, []).append((bench, rows))
    out = []
    for runs in groups.values():
        merged = []
        labels = {r[1]: r for _, rows in reversed(runs) for r in reversed(rows)}
        for first in reversed(labels.values()):
            same = [r for _, rows in runs for r in rows if r[1] == first[1]]
            value = {"median": statistics.median(r[3]["median"] for r in same),
                     "least": min(r[3]["least"] for r in same),
                     "most": max(r[3]["most"] for r in same)}
            merged.append((*first[:2], statistics.median(r[2] for r in same), value, first[4]))
        out.append(([bench for bench, _ in runs], merged))
    return out


def middle_of(runs, name):
    return statistics.median(b["limits"][name]["median"] for b in runs)


def draw(groups):
    parts, y = [], 16

    def text(x, y, s, size=13, anchor="start", weight="normal", fill="#222"):
        parts.append(f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" '
                     f'font-weight="{weight}" fill="{fill}">{escape(s)}</text>')

    def line(x1, y1, x2, y2, stroke, width=1.0, dash=""):
        dash = f' stroke-dasharray="{dash}"' if dash else ""
        parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
                     f'stroke="{stroke}" stroke-width="{width}"{dash}/>')

    def at(percent):
        return LEFT + (WIDTH - LEFT - RIGHT) * min(percent, 100) / 100

    for runs, rows in groups:
        bench = runs[0]
        text(16, y + 14, f"{bench['model']}, {bench['quantization']} weights, "
             f"{bench['threads']} threads of {bench['processor']}", 14, weight="bold")
        text(16, y + 32, f"{len(runs)} run{'s' if len(runs) > 1 else ''}; limits in the same: "
             f"{middle_of(runs, 'read') / 1e9:.1f} GB/s read, "
             f"{middle_of(runs, 'integers') / 1e9:,.0f} G integer operations/s "
             f"({bench['limits']['instructions']})", 12, fill="#555")
        top = y + HEAD
        bottom = top + len(rows) * (BAR + GAP)
        for percent in range(0, 101, 20):
            line(at(percent), top - 6, at(percent), bottom, "#ddd")
            text(at(percent), bottom + 16, f"{percent} %", 11, "middle", fill="#555")
        for i, (phase, label, rate, value, goal) in enumerate(rows):
            y = top + i * (BAR + GAP)
            middle = y + BAR / 2
            text(LEFT - 10, middle + 4, label, anchor="end")
            parts.append(f'<rect x="{LEFT}" y="{y:.1f}" width="{at(value["median"]) - LEFT:.1f}" '
                         f'height="{BAR}" fill="{COLOURS[phase]}"/>')
            line(at(value["least"]), middle, at(value["most"]), middle, "#111", 2)
            if goal is not None:
                line(at(goal), y - 4, at(goal), y + BAR + 4, "#111", 1.5, "3 2")
            text(WIDTH - RIGHT + 12, middle + 4, f"{value['median']:.0f} %, {rate:.0f} tok/s", 12)
        y = bottom + 32
    x = 16
    for phase, label in LEGEND.items():
        parts.append(f'<rect x="{x}" y="{y + 4}" width="12" height="12" fill="{COLOURS[phase]}"/>')
        text(x + 18, y + 15, label, 12)
        x += 220
    line(x + 4, y + 3, x + 4, y + 17, "#111", 1.5, "3 2")
    text(x + 14, y + 15, "goal; thin line: least to most", 12)
    height = y + 30
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" font-family="sans-serif">\n'
            f'<title>How near the engine comes to the machine\'s limits</title>\n'
            f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>\n' + "\n".join(parts)
            + "\n</svg>\n")


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    benches = []
    for path in sys.argv[1:]:
        try:
            with open(path, encoding="utf-8") as f:
                bench = json.load(f)
            benches.append((bench, fractions(bench)))
        except (OSError, ValueError, KeyError, TypeError) as e:
            sys.exit(f"plot.py: {path}: {e if isinstance(e, (OSError, ValueError)) else repr(e)}")
    sys.stdout.write(draw(merge(benches)))


if __name__ == "__main__":
    main()
