"""Looks at reports of `autospec ingest --explain --html`: report.py CONTINUED HOSTILE, those of the sheet of
that name of pdf_sheets.py, and of a CSV file whose cells are markup."""
import base64
import re
import sys
from html.parser import HTMLParser

VOID = {"meta", "img"}


class Report(HTMLParser):
    """Checks that elements close, and that nothing is fetched or run; gathers texts and marks."""

    def __init__(self, path):
        super().__init__()
        self.open, self.tags, self.texts, self.pages = [], set(), [], []
        with open(path, encoding="utf-8") as f:
            self.feed(f.read())
        assert not self.open, self.open

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.tags.add(tag)
        assert not any(name.startswith("on") for name in values), (tag, values)
        assert "href" not in values, values
        if tag == "img":
            kind, data = values["src"].split(",", 1)
            assert kind == "data:image/png;base64", kind
            png = base64.b64decode(data, validate=True)
            assert png[:8] == b"\x89PNG\r\n\x1a\n" and png[-8:-4] == b"IEND", png[:8]
            self.pages.append([])
        if tag == "div" and values.get("class", "").startswith("cell"):
            box = [float(n) for n in re.findall(r"(?:left|top|width|height):([0-9.]+)%", values["style"])]
            assert len(box) == 4 and box[0] + box[2] <= 100 and box[1] + box[3] <= 100, values
            self.pages[-1].append((values["title"], box))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        self.texts.append(data)


continued = Report(sys.argv[1])
assert not continued.tags & {"script", "iframe", "object", "link", "form"}, continued.tags
assert len(continued.pages) == 3, len(continued.pages)
for number, page in enumerate(continued.pages):
    assert len(page) == (63 if number == 0 else 60), (number, len(page)) # the header is marked where it is first
    names = [title.rsplit(": ", 1)[1] for title, _ in page]
    assert f"Tarn {20 * number + 5}" in names, names
title, box = next(m for m in continued.pages[2] if m[0].endswith(": Tarn 55"))
assert title == "table 1, row 57, column 1: Tarn 55", title
# Its row is the 16th of the page's table: see pdf_sheets.py.
assert abs(box[0] - 76 / 612 * 100) < 1 and abs(box[1] - (100 + 15 * 16 + 4) / 792 * 100) < 1, box
assert any("60 records" in text for text in continued.texts)

hostile = Report(sys.argv[2])
assert not hostile.tags & {"script", "img", "b"}, hostile.tags
assert "Model <script>alert(1)</script>" in hostile.texts, hostile.texts[:20]
assert "Fjord & <b>Co</b>" in hostile.texts and "'x'" in hostile.texts
