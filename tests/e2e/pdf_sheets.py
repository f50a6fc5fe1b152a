"""Writes the specification sheets that documents.sh asks about, as PDF files, with nothing but
Python: python3 pdf_sheets.py FOLDER"""
import os
import sys

WIDTH, HEIGHT = 612, 792
# Widths of Helvetica, in thousandths, for what is set to the right.
NARROW = {**{c: 278 for c in " .,:;/!ftI"}, **{c: 222 for c in "ijl"}, "r": 333, "-": 333, "m": 833, "M": 833, "W": 944, "w": 722}


def width(text, size):
    return sum(NARROW.get(c, 556 if not c.isupper() else 680) for c in text) * size / 1000


class Page:
    """y counts from the top."""

    def __init__(self, rotate=0):
        self.out, self.rotate = [], rotate

    def text(self, x, y, text, size=10, bold=False, angle=0):
        text = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        a, b, c, d = {0: (1, 0, 0, 1), 90: (0, 1, -1, 0)}[angle]
        self.out.append(f"BT /{'B' if bold else 'R'} {size} Tf {a} {b} {c} {d} {x:.2f} {HEIGHT - y:.2f} Tm ({text}) Tj ET")

    def line(self, x0, y0, x1, y1):
        self.out.append(f"0.5 w {x0} {HEIGHT - y0} m {x1} {HEIGHT - y1} l S")

    def fill(self, x, y, w, h, grey):
        self.out.append(f"{grey} g {x} {HEIGHT - y - h} {w} {h} re f 0 g")

    def table(self, x, y, columns, rows, ruled=True, step=16, size=9):
        """rows of texts; the first column is set to the left, the others to the right."""
        xs = [x]
        for w in columns:
            xs.append(xs[-1] + w)
        for r, row in enumerate(rows):
            for k, text in enumerate(row):
                at = xs[k] + 4 if k == 0 else xs[k + 1] - 4 - width(text, size)
                self.text(at, y + r * step + 11, text, size, bold=r == 0 and ruled)
        if ruled:
            for r in range(len(rows) + 1):
                self.line(xs[0], y + r * step, xs[-1], y + r * step)
            for at in xs:
                self.line(at, y, at, y + len(rows) * step)
        return y + len(rows) * step


def save(path, pages):
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", None,
               "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
               "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>"]
    kids = []
    for page in pages:
        stream = "\n".join(page.out).encode("cp1252")
        kids.append(len(objects) + 1)
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Rotate {page.rotate} "
                       f"/Contents {len(objects) + 2} 0 R /Resources << /Font << /R 3 0 R /B 4 0 R >> >> >>")
        objects.append((f"<< /Length {len(stream)} >>\nstream\n".encode() + stream + b"\nendstream"))
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{k} 0 R' for k in kids)}] >>"
    out, offsets = b"%PDF-1.4\n", []
    for i, o in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{i} 0 obj\n".encode() + (o if isinstance(o, bytes) else o.encode()) + b"\nendobj\n"
    xref = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{o:010} 00000 n \n".encode() for o in offsets)
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{xref}\n%%EOF\n".encode()
    with open(path, "wb") as f:
        f.write(out)


# ---- the sheets ----

def ruled():
    p = Page()
    p.text(72, 72, "2021 Borrego Canyon Specifications", 18, True)
    p.text(72, 100, "Figures are for vehicles sold in the United States.")
    y = p.table(72, 120, [150, 70, 70, 70],
                [["Specification", "Base", "Sport", "Summit"], ["Engine", "2.5L I4", "2.5L I4", "3.5L V6"],
                 ["Horsepower (hp)", "203", "206", "301"], ["Towing capacity (lb)", "1,500", "1,500", "3,500"],
                 ["Curb weight (lb)", "3,310", "3,370", "3,595"]])
    # A footnote's mark, raised behind the number.
    p.text(72 + 360 - 3, 120 + 3 * 16 + 8, "1", 5.5)
    p.text(72, y + 14, "1 With the towing package.", 8)
    return [p]


def leaders():
    p = Page()
    p.text(72, 72, "2020 Halden Fjord", 18, True)
    for i, (name, value) in enumerate([("Engine", "1.6 L turbo"), ("Power", "180 hp"), ("Torque", "265 Nm"),
                                       ("Length", "4,450 mm"), ("Fuel tank", "50 L")]):
        p.text(72, 110 + 16 * i, name + " " + "." * (60 - len(name) - len(value)) + " " + value)
    return [p]


def unruled():
    p = Page()
    p.text(72, 72, "2019 Halden Skerry", 18, True)
    p.table(72, 100, [170, 70, 70], [["", "Petrol", "Diesel"], ["Power (hp)", "150", "136"],
                                      ["Torque (Nm)", "250", "320"], ["Top speed (km/h)", "212", "204"],
                                      ["Kerb weight (kg)", "1,310", "1,395"]], ruled=False)
    return [p]


def two_columns():
    p = Page()
    p.text(72, 72, "2018 Orlin Wagon", 18, True)
    left = ["The wagon was developed for families who", "travel far and carry much. Its cabin holds",
            "five people, and the seats behind fold", "flat. The boot takes 610 litres with all",
            "seats in use. Trim and colours are told", "in the price list, which dealers keep for",
            "their customers. Roof rails are standard", "on all versions of the car."]
    right = ["Under the bonnet works a two litre engine", "that is known from the saloon. Its power",
             "is 165 hp, sent to the front wheels by a", "gearbox with six speeds. The tank holds",
             "55 litres. Service is due once a year or", "every 30,000 km, whichever comes first,",
             "and takes no more than two hours at any", "of the dealers who are listed below."]
    for i in range(8): # the baselines of the two differ
        p.text(72, 110 + 13 * i, left[i])
        p.text(320, 114 + 13 * i, right[i])
    p.table(72, 250, [110, 90], [["Wheelbase", "2,750 mm"], ["Length", "4,710 mm"], ["Height", "1,480 mm"]])
    return [p]


def rotated():
    p = Page(rotate=90) # the text runs up the sheet, which is shown turned
    for i, (name, value) in enumerate([("Engine", "2.0 L"), ("Power", "190 hp"), ("Ground clearance", "215 mm"),
                                       ("Wading depth", "500 mm")]):
        p.text(160 + 18 * i, HEIGHT - 72, name, 10, angle=90)
        p.text(160 + 18 * i, HEIGHT - 242, value, 10, angle=90)
    for x in range(5):
        p.line(148 + 18 * x, HEIGHT - 68, 148 + 18 * x, HEIGHT - 330)
    for y in (68, 238, 330):
        p.line(148, HEIGHT - y, 148 + 72, HEIGHT - y)
    p.text(120, HEIGHT - 72, "2022 Corvane Trail", 18, True, angle=90)
    return [p]


def sideways():
    p = rotated()[0]
    p.rotate = 0 # shown as it is: the reader's head has to turn
    p.out = [o.replace("2022 Corvane Trail", "2023 Corvane Ridge").replace("190 hp", "205 hp") for o in p.out]
    return [p]


def continued():
    header = ["Model", "Power (hp)", "Payload (kg)"]
    rows = [[f"Tarn {i}", str(100 + i), str(700 + 5 * i)] for i in range(60)]
    pages = []
    for k in range(3):
        p = Page()
        p.text(72, 40, "Tarn vans 2017: technical data", 8)
        p.text(300, 770, str(k + 1), 8)
        if k == 0:
            p.text(72, 72, "2017 Tarn vans", 18, True)
        # On the last page the table goes on without its header.
        part = rows[20 * k:20 * k + 20]
        p.table(72, 100, [120, 90, 90], ([header] if k < 2 else []) + part)
        pages.append(p)
    return pages


def spans():
    p = Page()
    p.text(72, 72, "2016 Velox Courier", 18, True)
    xs, step = [72, 202, 282, 362], 16
    rows = [["Dimensions", None, None], ["", "SWB", "LWB"], ["Length (mm)", "4,380", "4,750"],
            ["Width (mm)", "1,848", None], ["Payload (kg)", "650", "1,000"]]
    for r, row in enumerate(rows):
        for k, text in enumerate(row):
            if text:
                wide = r == 3 and k == 1
                p.text((xs[1] + xs[3]) / 2 - 12 if wide else xs[k] + 4, 100 + r * step + 11, text, 9)
    for r in range(len(rows) + 1):
        p.line(xs[0], 100 + r * step, xs[3], 100 + r * step)
    p.line(xs[0], 100, xs[0], 180)
    p.line(xs[3], 100, xs[3], 180)
    p.line(xs[1], 116, xs[1], 180) # the first row goes over all columns, the width over two
    p.line(xs[2], 116, xs[2], 148)
    p.line(xs[2], 164, xs[2], 180)
    return [p]


def manual():
    """A workshop manual: what it is about stands on its first page alone."""
    first = Page()
    first.text(90, 200, "HALDEN D38", 26, bold=True)
    first.text(90, 240, "Workshop manual", 16)
    pages = [first]
    for n in range(12):
        filler = Page()
        filler.text(72, 72, f"{n + 1}. Inspection", 14, bold=True)
        for k in range(8):
            filler.text(72, 110 + 16 * k, "Clean all parts and look for damage. Replace parts that are bent.")
        pages.append(filler)
    data = Page()
    data.text(72, 72, "Timing gear cover", 14, bold=True)
    data.text(72, 100, "1. Fit a new gasket to the cover and install it.")
    data.text(72, 116, "2. Tighten the twelve cover screws evenly to 24 Nm.")
    data.text(72, 160, "Fits", 14, bold=True)
    data.table(72, 180, [180, 90, 90], [["Measuring point", "New (mm)", "Wear limit (mm)"], ["Slipring diameter", "17.50", "17.20"],
                                       ["Brush length", "22.0", "9.0"]])
    return pages + [data]


def stripes():
    p = Page()
    p.text(72, 72, "2015 Velox Porter", 18, True)
    rows = [["Version", "SWB", "LWB"], ["Power (hp)", "90", "110"], ["Load volume (L)", "3,300", "4,000"],
            ["Turning circle (m)", "10.8", "11.6"], ["Fuel tank (L)", "60", "60"]]
    for r in range(0, 5, 2):
        p.fill(72, 100 + 16 * r, 290, 16, 0.85)
    p.table(72, 100, [130, 80, 80], rows, ruled=False)
    return [p]


SHEETS = [ruled, leaders, unruled, two_columns, rotated, sideways, continued, spans, stripes, manual]

if __name__ == "__main__":
    for sheet in SHEETS:
        save(os.path.join(sys.argv[1], sheet.__name__ + ".pdf"), sheet())
