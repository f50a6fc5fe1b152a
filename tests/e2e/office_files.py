"""Writes the office files, web pages and transcripts that the tests read: `office_files.py DIR`.

Standard library only. Good ones go to DIR, broken and hostile ones to DIR/hostile; the unit tests read
DIR too. XLS files are written record by record (BIFF8 in an OLE container).
"""

import io
import os
import struct
import sys
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOC_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PKG_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DECL = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def zip_bytes(parts, stored=()):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in parts:
            info = zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            z.writestr(info, data)
    return out.getvalue()


def column(index):
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


# ---- XLSX ----

class Cell:
    """A value with how it is kept: kind n, s (shared), inline, str, b, e; style: index into STYLES."""

    def __init__(self, value, kind=None, style=0, formula=None):
        self.value = value
        self.kind = kind or ("n" if isinstance(value, (int, float)) else "s")
        self.style = style
        self.formula = formula


# Format codes of the styles 1, 2, ...: a number is one of Excel's own.
STYLES = [3, 4, 9, 10, 14, '#,##0" lb"', '[$€-407]\\ #,##0.00', "mmm yyyy", "[h]:mm", "0.0", "# ?/?",
          '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)']


def styles_xml():
    formats = [(164 + i, code) for i, code in enumerate(STYLES) if isinstance(code, str)]
    own = "".join(f'<numFmt numFmtId="{i}" formatCode="{escape(code)}"/>' for i, code in formats)
    xfs = '<xf numFmtId="0" fontId="0"/>'
    for i, code in enumerate(STYLES):
        xfs += f'<xf numFmtId="{code if isinstance(code, int) else 164 + i}" fontId="0"/>'
    xfs += '<xf numFmtId="0" fontId="1"/>'  # struck out
    return (DECL + f'<styleSheet xmlns="{MAIN}"><numFmts count="{len(formats)}">{own}</numFmts>'
            '<fonts count="2"><font><sz val="11"/></font><font><strike/></font></fonts>'
            f"<cellXfs>{xfs}</cellXfs></styleSheet>")


STRUCK = len(STYLES) + 1


def sheet_xml(rows, shared, merges=(), hidden_rows=(), hidden_columns=()):
    """rows: {row number from 1: [cells]}; None leaves one out."""
    out = [DECL, f'<worksheet xmlns="{MAIN}">']
    if hidden_columns:
        out.append("<cols>" + "".join(f'<col min="{c}" max="{c}" hidden="1"/>' for c in hidden_columns) + "</cols>")
    out.append("<sheetData>")
    for number in sorted(rows):
        hidden = ' hidden="1"' if number in hidden_rows else ""
        out.append(f'<row r="{number}"{hidden}>')
        for c, cell in enumerate(rows[number]):
            if cell is None or cell == "":
                continue
            if not isinstance(cell, Cell):
                cell = Cell(cell)
            place = f'{column(c)}{number}'
            style = f' s="{cell.style}"' if cell.style else ""
            formula = f"<f>{escape(cell.formula)}</f>" if cell.formula else ""
            if cell.kind == "s":
                index = shared.setdefault(cell.value, len(shared))
                out.append(f'<c r="{place}"{style} t="s">{formula}<v>{index}</v></c>')
            elif cell.kind == "inline":
                out.append(f'<c r="{place}"{style} t="inlineStr"><is><t>{escape(cell.value)}</t></is></c>')
            else:
                kind = f' t="{cell.kind}"' if cell.kind != "n" else ""
                out.append(f'<c r="{place}"{style}{kind}>{formula}<v>{escape(str(cell.value))}</v></c>')
        out.append("</row>")
    out.append("</sheetData>")
    if merges:
        out.append("<mergeCells>" + "".join(f'<mergeCell ref="{m}"/>' for m in merges) + "</mergeCells>")
    out.append("</worksheet>")
    return "".join(out)


def xlsx_parts(sheets, extra=(), shared_xml=None):
    """sheets: [(name, state, keywords of sheet_xml)]"""
    shared = {}
    parts = [("[Content_Types].xml", DECL + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
              'content-types"><Default Extension="xml" ContentType="application/xml"/></Types>')]
    book = rels = ""
    for i, (name, state, content) in enumerate(sheets, 1):
        hidden = f' state="{state}"' if state else ""
        book += f'<sheet name="{escape(name)}" sheetId="{i}"{hidden} r:id="rId{i}"/>'
        rels += f'<Relationship Id="rId{i}" Type="{DOC_RELS}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        xml = content if isinstance(content, str) else sheet_xml(shared=shared, **content)
        parts.append((f"xl/worksheets/sheet{i}.xml", xml))
    rels += f'<Relationship Id="rS" Type="{DOC_RELS}/sharedStrings" Target="sharedStrings.xml"/>'
    rels += f'<Relationship Id="rT" Type="{DOC_RELS}/styles" Target="/xl/styles.xml"/>'
    parts.append(("xl/workbook.xml", DECL + f'<workbook xmlns="{MAIN}" xmlns:r="{DOC_RELS}"><sheets>{book}'
                  "</sheets></workbook>"))
    parts.append(("xl/_rels/workbook.xml.rels", DECL + f'<Relationships xmlns="{PKG_RELS}">{rels}</Relationships>'))
    if shared_xml is None:
        items = "".join(f'<si><t xml:space="preserve">{escape(s)}</t></si>' for s in shared)
        shared_xml = DECL + f'<sst xmlns="{MAIN}" count="{len(shared)}">{items}</sst>'
    parts.append(("xl/sharedStrings.xml", shared_xml))
    parts.append(("xl/styles.xml", styles_xml()))
    return parts + list(extra)


def xlsx(sheets, extra=(), shared_xml=None):
    return zip_bytes(xlsx_parts(sheets, extra, shared_xml))


def trucks_xlsx():
    """A dealer's price list: title, merged header over trims, a row of units, bands, two sheets."""
    trucks = {
        1: ["Price list 2024"],
        3: ["Model", "Trim", "Towing capacity", None, "Price", "Fuel tank"],
        4: [None, None, "2WD", "4WD", None, None],
        5: [None, None, "lb", "lb", "USD", "gal"],
        6: ["Quenby Heron", "XL", Cell(8200, style=1), Cell(7900, style=1), Cell(36770, style=2), Cell(23, style=10)],
        7: [None, "Lariat", Cell(9100, style=1), Cell(8800, style=1), Cell(52410.5, style=2), Cell(26, style=10)],
        8: ["Quenby Osprey", "Base", Cell(3500, style=1), Cell(3350, style=1), Cell(28995, style=2), Cell(16.4, style=10)],
        10: ["* Prices without destination charge of 1,895 USD."],
    }
    vans = {
        2: ["Van", "Length (mm)", "First sold", "Discount", "Warranty until"],
        3: ["Quenby Tern", Cell(5531, style=1), Cell(45292, style=8), Cell(0.05, style=3), Cell(46022, style=5)],
        4: ["Quenby Plover", Cell(6704, style=1), Cell(45323, style=8), Cell(0.075, style=4), Cell(46053, style=5)],
    }
    return xlsx([
        ("Trucks", None, dict(rows=trucks, merges=["A1:F1", "A3:A5", "B3:B5", "C3:D3", "E3:E4", "F3:F4", "A6:A7"])),
        ("Vans", "hidden", dict(rows=vans, hidden_rows=[4])),
    ], extra=[("xl/vbaProject.bin", b"\0" * 64)])


# ---- ODS, ODT ----

OFFICE = ('xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
          'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
          'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
          'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
          'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"')


def ods_cell(value, shown=None, attributes=""):
    if value is None:
        return f"<table:table-cell{attributes}/>"
    if isinstance(value, (int, float)):
        return (f'<table:table-cell office:value-type="float" office:value="{value}"{attributes}>'
                f"<text:p>{shown or value}</text:p></table:table-cell>")
    return (f'<table:table-cell office:value-type="string"{attributes}><text:p>{escape(value)}</text:p>'
            "</table:table-cell>")


def odf_bytes(kind, body, styles="", named="", extra=()):
    content = (DECL + f'<office:document-content {OFFICE}><office:automatic-styles>{styles}'
               f"</office:automatic-styles><office:body>{body}</office:body></office:document-content>")
    named = DECL + f"<office:document-styles {OFFICE}><office:styles>{named}</office:styles></office:document-styles>"
    return zip_bytes([("mimetype", f"application/vnd.oasis.opendocument.{kind}"), ("content.xml", content),
                      ("styles.xml", named), *extra], stored=("mimetype",))


def caravans_ods():
    """Numbers shown as in Germany: 1.234 is more than a thousand."""
    rows = ["<table:table-row>" + ods_cell("Wohnwagen 2024", attributes=' table:number-columns-spanned="4"')
            + '<table:covered-table-cell table:number-columns-repeated="3"/></table:table-row>']
    for cells in (["Modell", "Leergewicht (kg)", "Länge (m)", "Preis (EUR)"],
                  ["Quenby Wren", (1234, "1.234"), (5.125, "5,125"), (18990, "18.990,00")],
                  ["Quenby Lark", (1456, "1.456"), (6.205, "6,205"), (24500, "24.500,00")]):
        rows.append("<table:table-row>" + "".join(
            ods_cell(*c) if isinstance(c, tuple) else ods_cell(c) for c in cells)
            + '<table:table-cell table:number-columns-repeated="1020"/></table:table-row>')
    rows.append('<table:table-row table:number-rows-repeated="1048571"><table:table-cell '
                'table:number-columns-repeated="1024"/></table:table-row>')
    return odf_bytes("spreadsheet", '<office:spreadsheet><table:table table:name="Wohnwagen">' + "".join(rows)
                     + "</table:table></office:spreadsheet>")


def p(text, style=None):
    attribute = f' text:style-name="{style}"' if style else ""
    return f"<text:p{attribute}>{text}</text:p>"


def manual_odt():
    body = ("<office:text><text:tracked-changes><text:changed-region><text:deletion>" + p("Roof load: 400 kg")
            + "</text:deletion></text:changed-region></text:tracked-changes>"
            '<text:h text:outline-level="1">2023 Quenby Plover</text:h>'
            + p("Do not tow with a<text:s text:c=\"2\"/>flat tyre.")
            + '<text:list><text:list-item>' + p("Check the coupling.") + "</text:list-item></text:list>"
            + '<text:h text:outline-level="2">Capacities</text:h>'
            '<table:table><table:table-header-rows><table:table-row><table:table-cell>' + p("Fluid")
            + "</table:table-cell><table:table-cell>" + p("Quantity") + "</table:table-cell></table:table-row>"
            "</table:table-header-rows>"
            + "".join(f"<table:table-row><table:table-cell>{p(a)}</table:table-cell><table:table-cell>{p(b)}"
                      "</table:table-cell></table:table-row>"
                      for a, b in (("Engine oil", "5.7 l"), ("Coolant", "9.2 l"), ("Fuel tank", "75 l")))
            + "</table:table></office:text>")
    return odf_bytes("text", body)


# ---- DOCX ----

def run(text, properties=""):
    return f'<w:r>{"<w:rPr>" + properties + "</w:rPr>" if properties else ""}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def para(text, style=None, properties=""):
    style = f'<w:pStyle w:val="{style}"/>' if style else ""
    inner = text if text.startswith("<") else run(text)
    return f"<w:p><w:pPr>{style}{properties}</w:pPr>{inner}</w:p>"


def tc(text, properties=""):
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{text if text.startswith('<') else para(text)}</w:tc>"


def tr(*cells, header=False):
    return f"<w:tr>{'<w:trPr><w:tblHeader/></w:trPr>' if header else ''}{''.join(cells)}</w:tr>"


WORD_STYLES = (DECL + f'<w:styles xmlns:w="{WORD}">'
               '<w:style w:styleId="Titel"><w:name w:val="Title"/></w:style>'
               '<w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
               '<w:style w:styleId="Own"><w:name w:val="Own heading"/><w:basedOn w:val="berschrift1"/></w:style>'
               '<w:style w:styleId="Beschriftung"><w:name w:val="caption"/></w:style>'
               '<w:style w:styleId="A"><w:name w:val="A"/><w:basedOn w:val="B"/></w:style>'
               '<w:style w:styleId="B"><w:name w:val="B"/><w:basedOn w:val="A"/></w:style></w:styles>')


def docx(body, styles=WORD_STYLES, extra=()):
    document = DECL + (f'<w:document xmlns:w="{WORD}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/'
                       f'2006"><w:body>{body}</w:body></w:document>')
    return zip_bytes([("[Content_Types].xml", DECL + "<Types/>"), ("word/document.xml", document),
                      ("word/styles.xml", styles), ("word/header1.xml", DECL + f'<w:hdr xmlns:w="{WORD}">'
                                                    + para("Confidential") + "</w:hdr>"), *extra])


def towing_docx():
    box = ("<w:r><mc:AlternateContent><mc:Choice><w:txbxContent>" + para("Ask your dealer about the hitch.")
           + "</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>" + para("Ask your dealer about the hitch.")
           + "</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>")
    table = ("<w:tbl>"
             + tr(tc("Engine", '<w:vMerge w:val="restart"/>'), tc("Maximum trailer weight (lb)", '<w:gridSpan w:val="2"/>'),
                  header=True)
             + tr(tc("", "<w:vMerge/>"), tc("Regular Cab"), tc("Crew Cab"), header=True)
             + tr(tc("2.7 V6"), tc("7,600"), tc("7,400"))
             + tr(tc("3.5 V6"), tc("11,300"), tc("10,900"))
             + "</w:tbl>")
    return docx(para("2024 Quenby Heron towing guide", "Titel")
                + para("Before you tow", "Own")
                + para(run("Read the manual") + "<w:del>" + run("never") + "</w:del>" + run(" first."))
                + para("<w:r><w:t>Tongue weight: 10 % of the trailer</w:t></w:r>" + box)
                + para("Loose loads shift", properties='<w:numPr><w:ilvl w:val="1"/><w:numId w:val="3"/></w:numPr>')
                + para(run("Trailer weights", "<w:b/>"))
                + para("Table 1. Conventional towing", "Beschriftung")
                + table + para("", "A") + para("Displacement is given in cm" + "", "A"))


# ---- XLS: BIFF8 in an OLE container ----

def biff(kind, data=b""):
    return struct.pack("<HH", kind, len(data)) + data


def biff_text(text):
    """A string with its length in two bytes."""
    wide = any(ord(c) > 255 for c in text)
    return struct.pack("<HB", len(text), wide) + text.encode("utf-16-le" if wide else "latin-1")


def xls(sheets, extra_globals=b"", more=b""):
    """sheets: [(name, rows)]: texts, numbers, (number, style) and records that hold ROWCOL; more: records of
    the first sheet. Style 1 is "#,##0.0 kg", style 2 a date."""
    strings = []
    for _, rows in sheets:
        for row in rows:
            strings += [c for c in row if isinstance(c, str) and c not in strings]
    bof = lambda kind: biff(0x809, struct.pack("<HHHHII", 0x600, kind, 0x0dbb, 0x07cc, 0, 6))
    bodies = []
    for _, rows in sheets:
        width = max((len(r) for r in rows), default=0)
        body = bof(0x10) + biff(0x200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
        for i, row in enumerate(rows):
            for k, cell in enumerate(row):
                if isinstance(cell, bytes):
                    body += cell.replace(b"ROWCOL", struct.pack("<HHH", i, k, 0))
                elif isinstance(cell, tuple):
                    body += biff(0x203, struct.pack("<HHHd", i, k, cell[1], cell[0]))
                elif isinstance(cell, str):
                    body += biff(0xfd, struct.pack("<HHHI", i, k, 0, strings.index(cell)))
                elif cell is not None:
                    body += biff(0x203, struct.pack("<HHHd", i, k, 0, cell))
        bodies.append(body + (more if not bodies else b"") + biff(0xa))
    sst = biff(0xfc, struct.pack("<II", len(strings), len(strings)) + b"".join(map(biff_text, strings)))
    xf = biff(0x41e, struct.pack("<H", 164) + biff_text('#,##0.0" kg"'))
    xf += b"".join(biff(0xe0, struct.pack("<HH", 0, code) + b"\0" * 16) for code in (0, 164, 14))
    head = bof(5) + biff(0x42, struct.pack("<H", 1200)) + extra_globals + biff(0x22, struct.pack("<H", 0)) + xf
    names = [struct.pack("<BB", len(n), any(ord(c) > 255 for c in n))
             + n.encode("utf-16-le" if any(ord(c) > 255 for c in n) else "latin-1") for n, _ in sheets]
    at = len(head) + sum(4 + 6 + len(n) for n in names) + len(sst) + 4
    for name, body in zip(names, bodies):
        head += biff(0x85, struct.pack("<IBB", at, 0, 0) + name)
        at += len(body)
    return ole("Workbook", head + sst + biff(0xa) + b"".join(bodies))


def ole(name, stream, more=()):
    """An OLE container with one stream of at least 4096 bytes, so that it needs no small sectors."""
    stream = stream.ljust(4096, b"\0")
    stream += b"\0" * (-len(stream) % 512)
    sectors = len(stream) // 512
    fat_sectors = 1
    while (sectors + 1 + fat_sectors) > 128 * fat_sectors:
        fat_sectors += 1
    first = fat_sectors + 1  # behind the FAT and the directory
    fat = [0xfffffffd] * fat_sectors + [0xfffffffe]
    fat += list(range(first + 1, first + sectors)) + [0xfffffffe]
    fat += [0xffffffff] * (128 * fat_sectors - len(fat))

    def entry(title, kind, start, size, child=0xffffffff):
        wide = title.encode("utf-16-le") + b"\0\0" if title else b""
        return (wide.ljust(64, b"\0") + struct.pack("<HBBIII", len(wide), kind, 1, 0xffffffff, 0xffffffff, child)
                + b"\0" * 36 + struct.pack("<IQ", start, size))

    directory = entry("Root Entry", 5, 0xfffffffe, 0, 1) + entry(name, 2, first, len(stream))
    for title in more:
        directory += entry(title, 2, first, 4096)
    directory = directory.ljust(512, b"\0")
    header = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3e, 3, 0xfffe, 9, 6) + b"\0" * 6
              + struct.pack("<IIIIIIIII", 0, fat_sectors, fat_sectors, 0, 4096, 0xfffffffe, 0, 0xfffffffe, 0))
    header += struct.pack(f"<{fat_sectors}I", *range(fat_sectors)) + b"\xff" * (4 * (109 - fat_sectors))
    return header + struct.pack(f"<{len(fat)}I", *fat) + directory + stream


def fleet_xls():
    return xls([("Fleet", [["Fleet of the north depot", None, None, None], [None] * 4,
                           ["Vehicle", "Power (hp)", "Curb weight (kg)", "Fuel"],
                           ["2022 Quenby Stork", 210.0, (1985.0, 1), "diesel"],
                           ["2021 Quenby Crane", biff(0x27e, b"ROWCOL" + struct.pack("<I", 156 << 2 | 2)), (1640.5, 1),
                            biff(0x06, b"ROWCOL" + b"\0" * 6 + b"\xff\xff" + b"\0" * 8) + biff(0x207, biff_text("petrol"))]]),
                ("Notes", [["Weights as weighed, with driver."], [(45351.0, 2)]])],
               more=biff(0xe5, struct.pack("<HHHHH", 1, 0, 0, 0, 3)) + biff(0x7d, struct.pack("<HHHHHH", 3, 3, 0, 0, 1, 0)))


# ---- web pages and transcripts ----

PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>2025 Quenby Heron: technical data | Quenby Motors</title>
<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [{"@type": "Car",
 "name": "2025 Quenby Heron Limited", "brand": {"@type": "Brand", "name": "Quenby"}, "model": "Heron",
 "vehicleModelDate": "2025", "vehicleConfiguration": "Limited",
 "cargoVolume": {"@type": "QuantitativeValue", "value": 1450, "unitCode": "LTR"},
 "numberOfDoors": 4, "offers": {"@type": "Offer", "price": 61250, "priceCurrency": "USD"}}]}</script>
<script>var price = "99,999";</script><style>td { color: red }</style></head>
<body><header><a href="/">Quenby</a> <span>Call 555 0100</span><nav><ul><li>Cars</li><li>Towing: 1 lb</li></ul></nav></header>
<div class="cookie-banner">We use cookies: 25 of them</div>
<main><h1>2025 Quenby Heron</h1>
<p>The Heron is <b>longer</b> than before.</p>
<dl><dt>Wheelbase</dt><dd>3,708 mm</dd><dt>Turning circle</dt><dd>12.4 m</dd></dl>
<table><caption>Engines</caption>
<thead><tr><th rowspan="2">Engine</th><th colspan="2">Towing capacity (lb)</th></tr>
<tr><th scope="col">2WD</th><th scope="col">4WD</th></tr></thead>
<tbody><tr><th scope="row">2.7 V6</th><td>8,400</td><td>8,100</td></tr>
<tr><th scope="row">3.5 V6</th><td>12,900</td><td>12,500</td></tr></tbody></table>
<div hidden>Towing capacity: 1 lb</div><div style="display: none">Wheelbase: 1 mm</div></main>
<aside>Others looked at the Quenby Tern.</aside>
<footer>Copyright 2025</footer></body></html>
"""

SRT = """2
00:12:31,250 --> 00:12:34,000
The 2024 Quenby Heron has a fuel tank capacity

3
00:12:34,000 --> 00:12:36,500
of 36 gallons.

4
01:00:01,000 --> 01:00:04,000
Thanks for watching.
"""

VTT = """WEBVTT - walkaround

NOTE made by hand

intro
00:05.000 --> 00:08.000 align:start
<v Anna>The <i>2024 Quenby Tern</i> weighs

00:08.000 --> 00:10.000
<v Anna>2,150 kg with the small battery.

00:10.500 --> 00:12.000
<v Ben>Thanks.
"""


# ---- hostile ----

def one_sheet(xml, **more):
    return xlsx([("S", None, xml)], **more)


def rows_xml(rows):
    return DECL + f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def hostile():
    """Name: bytes; each is refused with one line or read within bounds."""
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    bomb = DECL + f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><worksheet xmlns="{MAIN}"><sheetData><row><c t="str"><v>&l9;</v></c></row></sheetData></worksheet>'
    good = trucks_xlsx()
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>Model</t></is></c></row>'
    files = {
        "bomb.xlsx": one_sheet(DECL + f'<worksheet xmlns="{MAIN}"><sheetData>' + " " * (80 << 20) + "</sheetData></worksheet>"),
        "laughs.xlsx": one_sheet(bomb),
        "doctype.docx": docx("", styles=DECL + '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]><w>&a;</w>'),
        "no_xml.xlsx": one_sheet("\0\1\2 not XML"),
        "cut_xml.xlsx": one_sheet(rows_xml(cells)[:-30]),
        "bad_string.xlsx": one_sheet(rows_xml('<row r="1"><c r="A1" t="s"><v>7</v></c></row>')),
        "bad_place.xlsx": one_sheet(rows_xml('<row r="1"><c r="1A"><v>7</v></c></row>')),
        "no_rows.xlsx": one_sheet(rows_xml("")),
        "deep.xlsx": one_sheet(DECL + "<a>" * 100000),
        "deep.docx": docx("<w:sdt>" * 100000),
        "missing_sheet.xlsx": zip_bytes([q for q in xlsx_parts([("S", None, rows_xml(cells))])
                                         if q[0] != "xl/worksheets/sheet1.xml"]),
        "no_workbook.xlsx": zip_bytes([("a.txt", "text")]),
        "cut.xlsx": good[:len(good) // 2],
        "cut_end.xlsx": good[:-30],
        "only_head.xlsx": b"PK\3\4",
        "empty.xlsx": b"",
        "text.xlsx": b"Make,Model\nQuenby,Heron\n",
        "crc.xlsx": damage(good),
        "shared_flood.xlsx": one_sheet(
            rows_xml("".join(f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c></row>' for i in range(1, 30001))),
            shared_xml=DECL + f'<sst xmlns="{MAIN}"><si><t>' + "long text " * 6000 + "</t></si></sst>"),
        "lying_size.xlsx": lie(good),
        "encrypted.xlsx": ole("EncryptedPackage", b"\1" * 5000),
        "old.doc": ole("WordDocument", b"\1" * 5000),
        "old.ppt": ole("PowerPoint Document", b"\1" * 5000),
        "encrypted.ods": zip_bytes([("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
                                    ("META-INF/manifest.xml", "<m:manifest xmlns:m='m'><m:encryption-data/></m:manifest>"),
                                    ("content.xml", b"\x8f\x01\x77")]),
        "book.epub.odt": zip_bytes([("mimetype", "application/epub+zip")]),
        "slides.docx": zip_bytes([("ppt/presentation.xml", "<p/>")]),
        "cut.xls": fleet_xls()[:1500],
        "noise.xls": fleet_xls()[:512] + bytes((i * 89) % 251 for i in range(6000)),
        "circle.xls": circle(fleet_xls()),
        "locked.xls": xls([("S", [["a", 1.0]])], extra_globals=biff(0x2f, b"\0" * 6)),
        "deep.html": b"<!doctype html><title>Deep</title>" + b"<div>" * 100000 + b"<p>Power: 100 hp",
        "empty.html": b"<!doctype html><html><body><script>1</script></body></html>",
        "no_times.srt": b"Welcome to the workshop.\n",
    }
    return files


def good_but_large():
    """Read in bounds: what is empty or repeated costs nothing."""
    rows = "".join(f'<row r="{i}"/>' for i in range(4, 1000001))
    head = ('<row r="1"><c r="A1" t="inlineStr"><is><t>Model</t></is></c><c r="B1" t="inlineStr"><is><t>Power (hp)</t></is></c></row>'
            '<row r="2"><c r="A2" t="inlineStr"><is><t>Quenby Heron</t></is></c><c r="B2"><v>400</v></c></row>')
    last = '<row r="1000001"><c r="A1000001" t="inlineStr"><is><t>Quenby Tern</t></is></c><c r="B1000001"><v>150</v></c></row>'
    merges = "".join(f'<mergeCell ref="A{i}:XFD{i + 900000}"/>' for i in range(1, 20001))
    xml = rows_xml(head).replace("</sheetData>", "</sheetData><mergeCells>" + merges + "</mergeCells>")
    repeated = "<table:table-row table:number-rows-repeated=\"1000000\">" + ods_cell("Quenby Heron") + ods_cell(400) + "</table:table-row>"
    return {
        "empty_rows.xlsx": one_sheet(rows_xml(head + rows + last)),
        "merges.xlsx": one_sheet(xml),
        "repeated.ods": odf_bytes("spreadsheet", '<office:spreadsheet><table:table table:name="S"><table:table-row>'
                                  + ods_cell("Model") + ods_cell("Power (hp)") + "</table:table-row>" + repeated
                                  + "</table:table></office:spreadsheet>"),
        "paths.xlsx": zip_bytes(xlsx_parts([("S", None, rows_xml(head))]) + [("../../../../tmp/autospec-escaped", "x"),
                                                                          ("/etc/autospec-escaped", "x")]),
        "cyclic.docx": docx(para("The 2024 Quenby Heron has 400 hp.", "A")),
    }


def damage(data):
    """Flips a byte in the middle of a part's compressed data."""
    at = data.index(b"xl/worksheets/sheet1.xml") + 60
    return data[:at] + bytes([data[at] ^ 0xff]) + data[at + 1:]


def lie(data):
    """Says in the central directory that sheet1 is 10 bytes long."""
    at = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    assert data[at:at + 4] == b"PK\1\2"
    return data[:at + 24] + struct.pack("<I", 10) + data[at + 28:]


def circle(data):
    """The FAT's chain leads back to its own beginning."""
    return data[:512 + 4 * 8] + struct.pack("<I", 2) + data[512 + 4 * 9:]


def main():
    folder = sys.argv[1]
    os.makedirs(os.path.join(folder, "hostile"), exist_ok=True)
    files = {"trucks.xlsx": trucks_xlsx(), "caravans.ods": caravans_ods(), "fleet.xls": fleet_xls(),
             "towing.docx": towing_docx(), "manual.odt": manual_odt(), "heron.html": PAGE, "workshop.srt": SRT,
             "walkaround.vtt": VTT}
    files.update({"large-" + name: data for name, data in good_but_large().items()})
    files.update({os.path.join("hostile", name): data for name, data in hostile().items()})
    for name, data in files.items():
        with open(os.path.join(folder, name), "wb") as out:
            out.write(data.encode() if isinstance(data, str) else data)


if __name__ == "__main__":
    main()
