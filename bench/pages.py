#!/usr/bin/env python3
"""How long a manual of many pages takes to be read, and how much memory: bench/pages.py [PAGES...] (100 350 900).

Makes manuals of made-up vehicles (running heads, chapters, paragraphs in one or two columns, ruled and unruled
tables, photographs and line drawings), reads each into a store of its own on two cores, and prints a table for
bench/results/pages.md. Memory is the peak of what is resident, of the program and of its helper autospec-pdf,
each by itself; of that, "anonymous" leaves out what is mapped of files (the document, programs, libraries).
Python's standard library only."""
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tests/e2e"))
from pdf_sheets import HEIGHT, WIDTH, Page  # noqa: E402

PROGRAM = os.environ.get("AUTOSPEC", "build/autospec")
PARTS = ["Engine", "Cooling system", "Fuel system", "Clutch", "Gearbox", "Rear axle", "Front axle", "Steering", "Brakes",
         "Wheels and tyres", "Suspension", "Electrical system", "Bodywork", "Heating", "Towing", "Capacities"]
ITEMS = [("Oil capacity (L)", 3, 9), ("Idle speed (rpm)", 600, 950), ("Valve clearance, intake (mm)", 0.1, 0.4),
         ("Tightening torque, cylinder head (Nm)", 60, 140), ("Compression ratio", 8, 19), ("Bore (mm)", 70, 110),
         ("Stroke (mm)", 70, 120), ("Coolant capacity (L)", 5, 14), ("Brake disc thickness (mm)", 18, 32),
         ("Tyre pressure, front (bar)", 1.9, 3.2), ("Tyre pressure, rear (bar)", 1.9, 3.5), ("Towing capacity (kg)", 750, 3500),
         ("Curb weight (kg)", 900, 2800), ("Turning circle (m)", 9, 13), ("Fuel tank capacity (L)", 35, 120),
         ("Ground clearance (mm)", 120, 290), ("Battery capacity (Ah)", 40, 110), ("Alternator output (A)", 60, 180)]
WORDS = ("the of and is to be with on in by for from before after when not until check remove fit tighten loosen clean "
         "bolt nut washer seal gasket bearing shaft housing cover hose clamp bracket lever cable spring plate disc drum "
         "surface side end hole thread mark arrow position direction pressure level temperature oil fluid grease coolant "
         "carefully slowly firmly again first both each new old front rear upper lower left right").split()


class Manual:
    def __init__(self, pages):
        self.n, self.random = pages, random.Random(3)

    def sentence(self):
        r = self.random
        words = [r.choice(WORDS) for _ in range(r.randint(7, 18))]
        return " ".join(words).capitalize() + "."

    def paragraph(self, page, x, y, letters, lines):
        text = " ".join(self.sentence() for _ in range(lines))
        at = 0
        for _ in range(lines):
            end = text.rfind(" ", at, at + letters)
            page.text(x, y, text[at:end], 9)
            at, y = end + 1, y + 12
        return y + 6

    def figures(self, columns):
        """A table's rows: names and values of each version."""
        rows = []
        for name, low, high in self.random.sample(ITEMS, 12):
            values = [self.random.uniform(low, high) for _ in range(columns)]
            rows.append([name] + [f"{v:.2f}" if high < 40 else f"{v:,.0f}" for v in values])
        return rows

    def drawing(self, page, x, y):
        for _ in range(120):
            ax, ay = self.random.uniform(0, 200), self.random.uniform(0, 120)
            page.line(x + ax, y + ay, x + ax + self.random.uniform(-20, 20), y + ay + self.random.uniform(-20, 20))

    def page(self, k):
        p, chapter = Page(), k // 20
        p.picture = None
        year, part = 2000 + chapter % 25, PARTS[chapter % len(PARTS)]
        p.text(72, 40, f"{year} Orlin Wagon workshop manual", 8)
        p.text(WIDTH - 150, 40, part, 8)
        p.text(300, 770, str(k + 1), 8)
        y = 72
        if k % 20 == 0:
            p.text(72, y + 10, f"{part}: {year} Orlin Wagon", 18, True)
            y += 40
        p.text(72, y, f"{chapter + 1}.{k % 20 + 1} {self.random.choice(PARTS)}", 12, True)
        y = self.paragraph(p, 72, y + 18, 100, 9)
        kind = k % 5
        if kind == 0:
            y = p.table(72, y, [190, 80, 80, 80], [["Item", "1.6", "2.0", "2.0 Diesel"]] + self.figures(3)) + 14
        elif kind == 1:
            y = p.table(72, y, [190, 80, 80], [["", "Manual", "Automatic"]] + self.figures(2), ruled=False) + 14
        elif kind == 2:
            p.picture = (100, y, 320, 240)
            y += 256
        elif kind == 3:
            self.drawing(p, 150, y + 10)
            y += 160
        while y < 560 and kind != 4:
            y = self.paragraph(p, 72, y, 100, 8)
        if kind == 4:
            left = right = y
            while left < 640:
                left = self.paragraph(p, 72, left, 46, 10)
                right = self.paragraph(p, 320, right, 46, 10)
        return p

    def image(self):
        """A photograph of 640 by 480: noise over a slope, which packs as badly as they do."""
        noise = self.random.randbytes(640 * 480)
        rows = b"".join(b"".join(bytes((v, (v + x) & 255, 90 + v // 2)) for x, v in
                                 enumerate(b & 31 for b in noise[640 * y:640 * y + 640])) for y in range(480))
        return (b"<< /Type /XObject /Subtype /Image /Width 640 /Height 480 /ColorSpace /DeviceRGB /BitsPerComponent 8"
                b" /Filter /FlateDecode", zlib.compress(rows, 1))

    def write(self, path):
        offsets, images = {}, [self.image() for _ in range(8)]
        with open(path, "wb") as f:
            def put(number, body):
                offsets[number] = f.tell()
                f.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))

            def stream(number, head, data):
                put(number, head + b" /Length %d >>\nstream\n%s\nendstream" % (len(data), data))

            f.write(b"%PDF-1.5\n")
            put(1, b"<< /Type /Catalog /Pages 2 0 R >>")
            for number, font in ((3, b"Helvetica"), (4, b"Helvetica-Bold")):
                put(number, b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>" % font)
            kids, number = [], 5
            for k in range(self.n):
                p, picture = self.page(k), b""
                if p.picture:
                    # Every picture is an object of its own, as it is in a manual.
                    x, y, w, h = p.picture
                    p.out.append(f"q {w} 0 0 {h} {x} {HEIGHT - y - h} cm /I Do Q")
                    head, data = images[k // 5 % len(images)]
                    stream(number + 2, head, data)
                    picture = b" /XObject << /I %d 0 R >>" % (number + 2)
                put(number, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R /Resources << /Font << /R 3 0 R"
                    b" /B 4 0 R >>%s >> >>" % (WIDTH, HEIGHT, number + 1, picture))
                stream(number + 1, b"<< /Filter /FlateDecode", zlib.compress("\n".join(p.out).encode("cp1252")))
                kids.append(b"%d 0 R" % number)
                number += 3
            put(2, b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids)))
            at = f.tell()
            f.write(b"xref\n0 %d\n0000000000 65535 f \n" % number)
            for i in range(1, number):
                f.write(b"%010d 00000 n \n" % offsets[i] if i in offsets else b"0000000000 00000 f \n")
            f.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (number, at))


def memory(pid):
    """(resident, anonymous) peak so far and now, bytes; None when it has ended."""
    try:
        status = open(f"/proc/{pid}/status").read()
    except OSError:
        return None
    found = {k: int(v) * 1024 for k, v in re.findall(r"^(\w+):\s+(\d+) kB$", status, re.M)}
    return (found["VmHWM"], found["RssAnon"]) if "VmHWM" in found else None


def children(pid):
    try:
        return [c for t in os.listdir(f"/proc/{pid}/task") for c in open(f"/proc/{pid}/task/{t}/children").read().split()]
    except OSError:
        return []


def measure(path, folder):
    """Seconds, {process: [peak resident, peak anonymous]}, what was said."""
    store = os.path.join(folder, "store.db")
    peaks = {"program": [0, 0], "helper": [0, 0]}
    cores = sorted(os.sched_getaffinity(0))[:2]
    began = time.monotonic()
    process = subprocess.Popen([PROGRAM, "ingest", "--json", path], stdout=subprocess.PIPE, text=True,
                               env={**os.environ, "AUTOSPEC_STORE": store},
                               preexec_fn=lambda: os.sched_setaffinity(0, cores))
    while process.poll() is None:
        for name, pids in (("program", [process.pid]), ("helper", children(process.pid))):
            for pid in pids:
                peaks[name] = [max(p) for p in zip(peaks[name], memory(pid) or (0, 0))]
        time.sleep(0.01)
    took = time.monotonic() - began
    said = process.stdout.read()
    for end in ("", "-wal", "-shm"):
        if os.path.exists(store + end):
            os.remove(store + end)
    return took, peaks, said


def main():
    sizes = [int(a) for a in sys.argv[1:]] or [100, 350, 900]
    print("| pages | file, MB | seconds | passages | facts | program, MB | of it anonymous | helper, MB | of it anonymous |")
    print("| --- " * 9 + "|")
    for pages in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "manual.pdf")
            Manual(pages).write(path)
            took, peaks, said = measure(path, folder)
            found = {k: re.search(rf'"{k}":\s*(\d+)', said) for k in ("passages", "facts")}
            numbers = [found[k][1] if found[k] else "?" for k in found]
            megabytes = [f"{b / 1e6:.0f}" for name in peaks for b in peaks[name]]
            print("| " + " | ".join([str(pages), f"{os.path.getsize(path) / 1e6:.1f}", f"{took:.1f}", *numbers, *megabytes]) + " |",
                  flush=True)


if __name__ == "__main__":
    main()
