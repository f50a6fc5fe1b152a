#!/usr/bin/env python3
"""Hostile and broken documents for the tests of the PDF reader: `pdf_files.py FOLDER [few]` writes them
(few: the good ones alone), and FOLDER/list.txt with a line for each: its name, a tab, and what is expected:
  read        it is read
  any         it is read or it gives one line, in bounded time and memory
  error TEXT  one line that has TEXT
Python's standard library only."""
import hashlib
import os
import struct
import sys
import zlib

FOLDER, FEW = sys.argv[1], len(sys.argv) > 2
LIST = []


def put(name, data, expected):
    with open(os.path.join(FOLDER, name), "wb") as f:
        f.write(data)
    LIST.append((name, expected))


def stream(data, extra=b"", packed=False):
    if packed:
        data, extra = zlib.compress(data, 9), extra + b"/Filter/FlateDecode"
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (extra, len(data), data)


def pdf(objects, root=1, trailer=b"", head=b"%PDF-1.7\n", xref=None):
    """objects: {number: body}. xref: offsets given in place of the right ones."""
    out, offsets = bytearray(head), {}
    for number, body in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        at = (xref or offsets).get(number)
        out += b"%010d 00000 n \n" % at if at is not None else b"0000000000 00000 f \n"
    out += b"trailer\n<</Size %d/Root %d 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (size, root, trailer, start)
    return bytes(out)


FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
TEXT = b"BT /F1 12 Tf 72 700 Td (Towing capacity 3500 kg) Tj ET\n"


def simple(content=TEXT, media=b"[0 0 612 792]", resources=b"", page=b"", packed=False, more=None, catalog=b""):
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R%s>>" % catalog,
        2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox%s/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>%s>>%s>>"
        % (media, resources, page),
        4: stream(content, packed=packed),
        5: FONT,
    }
    objects.update(more or {})
    return pdf(objects)


GOOD = simple()


# --- RC4 encryption of revision 2, for locked files ---
PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def rc4(key, data):
    s, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + s[i] + key[i % len(key)]) & 255
        s[i], s[j] = s[j], s[i]
    i = j = 0
    for b in data:
        i = (i + 1) & 255
        j = (j + s[i]) & 255
        s[i], s[j] = s[j], s[i]
        out.append(b ^ s[(s[i] + s[j]) & 255])
    return bytes(out)


def locked(user, owner):
    pad = lambda p: (p + PAD)[:32]
    document_id, permissions = b"0123456789abcdef", -4
    o = rc4(hashlib.md5(pad(owner)).digest()[:5], pad(user))
    key = hashlib.md5(pad(user) + o + struct.pack("<i", permissions) + document_id).digest()[:5]
    u = rc4(key, PAD)
    content = rc4(hashlib.md5(key + b"\x04\0\0\0\0").digest()[:10], TEXT)
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        4: stream(content),
        5: FONT,
    }
    encrypt = b"/Encrypt<</Filter/Standard/V 1/R 2/O<%s>/U<%s>/P %d>>/ID[<%s><%s>]" % (
        o.hex().encode(), u.hex().encode(), permissions, document_id.hex().encode(), document_id.hex().encode())
    return pdf(objects, trailer=encrypt)


def png(width, height, rows, crc=True):
    def chunk(kind, body):
        check = zlib.crc32(kind + body) if crc else 0
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def tiff(entries, tail=b"", next_ifd=0):
    body = b"II*\0" + struct.pack("<IH", 8, len(entries))
    for tag, kind, count, value in entries:
        body += struct.pack("<HHII", tag, kind, count, value)
    return body + struct.pack("<I", next_ifd) + tail


def inflated(size):
    """Flate data that unpacks to `size` blanks: one packed piece over and over. (Its checksum is wrong,
    which readers do not mind.)"""
    c = zlib.compressobj(9)
    start = c.compress(b" ") + c.flush(zlib.Z_FULL_FLUSH)
    piece = c.compress(b" " * (1 << 20)) + c.flush(zlib.Z_FULL_FLUSH)
    return start + piece * (size >> 20) + c.flush()


def shapes():
    """Three pages, of which the tests know what is where."""
    lines = (b"0.5 w 100 700 m 300 700 l S "            # a stroke: y 92 from the top
             b"100 650 200 1 re f "                     # a thin box: y 141.5
             b"[3 3] 0 d 100 600 m 300 600 l S [] 0 d " # dashed: y 192
             + b"".join(b"%d 550 2 1 re f " % x for x in range(100, 300, 4)) +  # dots: y 241.5
             b"q 100 0 100 800 re W n 50 500 m 400 500 l S Q "  # clipped to 100..200: y 292
             b"1 g 1 G 100 450 m 300 450 l S "          # white on white: nothing
             b"0.9 g 100 400 200 20 re f "              # a grey band: y 372 to 392
             b"1 G 200 400 m 200 420 l S 0 G 0 g "      # a white line over it: x 200
             b"100 300 m 200 310 l S "                  # slanted: nothing
             b"BT /F2 10 Tf 400 100 Td (Bold) Tj ET BT /F1 10 Tf 0 1 -1 0 500 200 Tm (Up) Tj ET ")
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R/PageLabels<</Nums[0<</S/r>>2<</S/D/P(A-)>>]>>/Outlines 10 0 R>>",
        2: b"<</Type/Pages/Count 3/Kids[3 0 R 4 0 R 5 0 R]/Resources<</Font<</F1 8 0 R/F2 9 0 R>>>>>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 6 0 R>>",
        4: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/CropBox[50 100 550 700]/Rotate 90/Contents 7 0 R>>",
        5: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>",
        6: stream(lines, packed=True),
        7: stream(b"BT /F1 12 Tf 60 110 Td (Corner) Tj ET 60 200 m 60 300 l S"),
        8: FONT,
        9: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold>>",
        10: b"<</First 11 0 R/Last 12 0 R/Count 2>>",
        11: b"<</Title(Engine)/Parent 10 0 R/Next 12 0 R/Dest[4 0 R/Fit]>>",
        12: b"<</Title(Axles)/Parent 10 0 R/Prev 11 0 R/First 13 0 R/Last 13 0 R/Count 1/Dest[5 0 R/Fit]>>",
        13: b"<</Title(Rear)/Parent 12 0 R/Dest[5 0 R/Fit]>>",
    }
    return pdf(objects)


def make():
    put("good.pdf", GOOD, "read")
    put("shapes.pdf", shapes(), "read")
    put("locked-user.pdf", locked(b"secret", b"boss"), "error password")
    put("locked-owner.pdf", locked(b"", b"boss"), "read")

    one = [(256, 4, 1, 80), (257, 4, 1, 100), (258, 3, 1, 1), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8),
           (278, 4, 1, 100), (279, 4, 1, 1000)]
    first = tiff(one, b"\xff" * 1000, next_ifd=2000)
    put("two.tif", first.ljust(2000, b"\xff") + tiff(one)[8:] + b"\xff" * 9, "error ")
    if FEW:
        return

    # no PDF at all
    put("empty.pdf", b"", "error the file is empty")
    put("lfs.pdf", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "error Git LFS pointer")
    put("page.pdf", b"\xef\xbb\xbf \n<!DOCTYPE html><html><body>Not found</body></html>", "error web page")
    put("text.pdf", b"Towing capacity 3500 kg\n", "error this is text")
    put("xml.pdf", b"<?xml version='1.0'?><a/>", "error XML")
    put("binary.pdf", bytes(range(256)) * 20, "error not a PDF")
    put("only-head.pdf", b"%PDF-1.7\n", "error cut off")
    put("head-and-end.pdf", b"%PDF-1.7\n%%EOF\n", "error damaged")
    put("noise.pdf", b"%PDF-1.7\n" + hashlib.sha512(b"x").digest() * 2000 + b"%%EOF", "error damaged")

    # cut off and changed
    for n, part in enumerate((0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97)):
        put("cut-%d.pdf" % n, GOOD[: int(len(GOOD) * part)], "any")
    put("cut-no-trailer.pdf", GOOD[: GOOD.index(b"trailer")], "any")
    put("no-xref.pdf", GOOD[: GOOD.index(b"xref")] + b"%%EOF", "any")
    put("wrong-xref.pdf", pdf({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
                               3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"}, xref={1: 7, 2: 1 << 31, 3: 5}), "any")
    put("xref-loop.pdf", GOOD.replace(b"/Root", b"/Prev %d/Root" % GOOD.index(b"xref\n0")), "any")
    put("startxref-huge.pdf", GOOD.replace(b"startxref\n", b"startxref\n99999999999999999999"), "any")
    put("size-huge.pdf", GOOD.replace(b"/Size 6", b"/Size 2147483647"), "any")
    for n in range(4):
        changed = bytearray(GOOD)
        for k in range(40):
            at = int.from_bytes(hashlib.md5(b"%d %d" % (n, k)).digest()[:4], "big")
            changed[9 + at % (len(changed) - 9)] = at >> 24
        put("changed-%d.pdf" % n, bytes(changed), "any")

    # the page tree
    put("no-pages.pdf", pdf({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Count 0/Kids[]>>"}), "error ")
    put("root-missing.pdf", pdf({1: b"<<>>"}, root=7), "error ")
    put("tree-cycle.pdf", pdf({1: b"<</Type/Catalog/Pages 2 0 R>>",
                               2: b"<</Type/Pages/Count 9/Kids[2 0 R 3 0 R 2 0 R]>>",
                               3: b"<</Type/Pages/Count 5/Kids[2 0 R 3 0 R]>>"}), "any")
    put("count-lies.pdf", GOOD.replace(b"/Count 1/", b"/Count 99999999/"), "error ")
    put("count-90000.pdf", GOOD.replace(b"/Count 1/", b"/Count 90000/"), "any")
    put("count-negative.pdf", GOOD.replace(b"/Count 1/", b"/Count -1/"), "any")
    deep = {1: b"<</Type/Catalog/Pages 2 0 R>>"}
    for n in range(2, 20000):
        deep[n] = b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (n + 1)
    deep[20000] = b"<</Type/Page/MediaBox[0 0 100 100]>>"
    put("tree-deep.pdf", pdf(deep), "any")
    put("self-reference.pdf", pdf({1: b"1 0 R", 2: b"3 0 R", 3: b"2 0 R"}), "error ")

    # sizes
    put("media-huge.pdf", simple(media=b"[0 0 1e30 1e30]"), "any")
    put("media-wide.pdf", simple(media=b"[0 0 9000000 10]"), "error makes no sense")
    put("media-large.pdf", simple(media=b"[0 0 150000 150000]"), "any")
    put("media-zero.pdf", simple(media=b"[5 5 5 5]"), "any")
    put("media-nan.pdf", simple(media=b"[0 0 nan inf]"), "any")
    put("media-text.pdf", simple(media=b"(hello)"), "any")
    put("rotate-odd.pdf", simple(page=b"/Rotate 37"), "any")

    # contents
    put("objects-million.pdf", GOOD[: GOOD.index(b"xref")] + b"".join(
        b"%d 0 obj\nnull\nendobj\n" % n for n in range(10, 1000010)) + GOOD[GOOD.index(b"xref"):], "any")
    put("arrays-deep.pdf", simple(page=b"/A " + b"[" * 100000 + b"]" * 100000), "any")
    put("dicts-deep.pdf", simple(page=b"/A " + b"<</A " * 50000 + b"0" + b">>" * 50000), "any")
    put("content-deep.pdf", simple(b"[" * 300000), "any")
    put("states-million.pdf", simple(b"q " * 1000000 + TEXT, packed=True), "any")
    put("form-cycle.pdf", simple(b"/X Do " + TEXT, resources=b"/XObject<</X 6 0 R>>", more={6: stream(
        b"/X Do /X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>")}), "any")
    forms = {n: stream(b"/X Do " * 10, b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>"
                       % (n + 1)) for n in range(6, 18)}
    forms[18] = stream(TEXT, b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")
    put("forms-of-forms.pdf", simple(b"/X Do", resources=b"/XObject<</X 6 0 R>>", more=forms), "error ")
    bomb = inflated(1 << 30)
    put("bomb-content.pdf", simple(more={4: b"<</Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (len(bomb), bomb)}), "any")
    twice = zlib.compress(bomb, 9)
    put("bomb-twice.pdf", simple(more={4: b"<</Filter[/FlateDecode/FlateDecode]/Length %d>>\nstream\n%s\nendstream"
                                      % (len(twice), twice)}), "any")
    put("matrix-nan.pdf", simple(b"1e38 1e38 1e38 1e38 1e38 1e38 cm 1e38 0 0 1e38 0 0 cm nan 0 0 nan 0 0 cm 0 0 5 5 re f " + TEXT), "any")
    put("matrix-zero.pdf", simple(b"0 0 0 0 0 0 cm 0 0 5 5 re S " + TEXT), "any")
    put("lines-many.pdf", simple(b"".join(b"%d %d m %d %d l S " % (n % 600, n % 700, n % 600 + 9, n % 700)
                                             for n in range(300000)), packed=True), "any")
    put("path-million.pdf", simple(b"0 0 m " + b"".join(b"%d %d l " % (n * 7 % 600, n * 13 % 700)
                                                       for n in range(1000000)) + b"S", packed=True), "any")
    put("clips.pdf", simple(b"".join(b"q %d %d 50 50 re 9 9 m 300 %d l 500 9 l h W n 0 0 600 700 re f " %
                                     (n % 500, n % 600, n % 700) for n in range(100000)), packed=True), "any")
    put("chars-million.pdf", simple(b"BT /F1 6 Tf " + b"".join(b"1 0 0 1 %d %d Tm (ab) Tj " % (n % 600, n // 600 % 790)
                                                             for n in range(600000)) + b"ET", packed=True), "any")
    put("chars-one-place.pdf", simple(b"BT /F1 6 Tf " + b"1 0 0 1 99 99 Tm (a) Tj " * 300000 + b"ET", packed=True), "any")
    put("fonts-thousands.pdf", simple(b"BT " + b"".join(b"/G%d %d Tf 1 0 0 1 %d %d Tm (x) Tj " % (
        n, n % 30 + 4, n % 60 * 10, n // 60 * 9) for n in range(5000)) + b"ET", resources=b"", more={
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<<" +
               b"".join(b"/G%d %d 0 R" % (n, n + 10) for n in range(5000)) + b">>>>>>",
            **{n + 10: b"<</Type/Font/Subtype/Type1/BaseFont/Font%d>>" % n for n in range(5000)}}), "any")
    put("font-broken.pdf", simple(more={
        5: b"<</Type/Font/Subtype/TrueType/BaseFont/ABCDEF+Broken/FirstChar 32/LastChar 33/Widths[1e9 -1e9]/FontDescriptor 6 0 R>>",
        6: b"<</Type/FontDescriptor/FontName/Broken/Flags 4/FontBBox[0 0 0 0]/FontFile2 7 0 R>>",
        7: stream(b"\0\1\0\0" + b"\xff" * 5000, b"/Length1 5004")}), "any")
    put("font-self.pdf", simple(b"BT /F1 9 Tf 9 9 Td (aaa) Tj ET", more={
        5: b"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[1 0 0 1 0 0]/FirstChar 97/LastChar 97/Widths[9]"
           b"/Encoding<</Differences[97/a]>>/CharProcs<</a 6 0 R>>/Resources<</Font<</F1 5 0 R>>>>>>",
        6: stream(b"9 0 d0 BT /F1 9 Tf (aaa) Tj ET")}), "any")
    put("pattern-self.pdf", simple(b"/Pattern cs /P scn 0 0 600 700 re f", resources=b"/Pattern<</P 6 0 R>>", more={
        6: stream(b"/Pattern cs /P scn 0 0 9 9 re f", b"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 9 9]"
                  b"/XStep 0.0001/YStep 0.0001/Resources<</Pattern<</P 6 0 R>>>>")}), "any")
    put("mask-self.pdf", simple(b"/G gs 0 0 99 99 re f " + TEXT, resources=b"/ExtGState<</G 6 0 R>>", more={
        6: b"<</Type/ExtGState/SMask<</S/Luminosity/G 7 0 R>>>>",
        7: stream(b"/G gs 0 0 9 9 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 9999 9999]/Group<</S/Transparency/CS/DeviceRGB>>"
                  b"/Resources<</ExtGState<</G 6 0 R>>>>")}), "any")
    image = b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8"
    put("image-giant.pdf", simple(b"600 0 0 700 0 0 cm /I Do", resources=b"/XObject<</I 6 0 R>>", more={
        6: b"<<" + image % (31623, 31623) + b"/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (len(bomb), bomb)}), "any")
    put("image-lies.pdf", simple(b"600 0 0 700 0 0 cm /I Do " + TEXT, resources=b"/XObject<</I 6 0 R>>", more={
        6: stream(b"xyz", image % (2147483647, 2147483647))}), "any")
    for kind in (b"JPXDecode", b"JBIG2Decode", b"DCTDecode", b"CCITTFaxDecode", b"LZWDecode", b"RunLengthDecode", b"ASCII85Decode"):
        put("image-%s.pdf" % kind.decode(), simple(b"600 0 0 700 0 0 cm /I Do", resources=b"/XObject<</I 6 0 R>>", more={
            6: stream(hashlib.sha512(kind).digest() * 50, image % (2000, 2000) + b"/Filter/" + kind)}), "any")
    put("filters-many.pdf", simple(more={4: b"<</Filter[" + b"/ASCIIHexDecode" * 10000 + b"]/Length 4>>\nstream\n3030\nendstream"}), "any")
    put("length-self.pdf", simple(more={4: b"<</Length 4 0 R>>\nstream\n%s\nendstream" % TEXT}), "any")
    put("javascript.pdf", simple(catalog=b"/OpenAction<</S/JavaScript/JS(while\\(1\\){} app.alert\\(1\\))>>/AA<</WC<</S/Launch/F(/bin/sh)>>>>"), "read")
    put("outline-cycle.pdf", simple(catalog=b"/Outlines 6 0 R", more={
        6: b"<</First 7 0 R/Last 7 0 R>>", 7: b"<</Title(a)/Next 7 0 R/First 7 0 R/Parent 6 0 R>>"}), "any")
    put("labels-cycle.pdf", simple(catalog=b"/PageLabels 6 0 R", more={6: b"<</Kids[6 0 R 6 0 R]>>"}), "any")
    put("objstm-self.pdf", pdf({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
                                3: stream(b"1 0 2 9 <<>> <<>>", b"/Type/ObjStm/N 99999999/First 8/Extends 3 0 R")}), "any")
    put("form-field.pdf", simple(catalog=b"/AcroForm<</Fields[6 0 R]>>", page=b"/Annots[6 0 R]", more={
        6: b"<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(%s)/Rect[0 0 1e9 1e9]/Parent 6 0 R/Kids[6 0 R]>>" % (b"x" * 100000)}), "any")

    # pictures
    white = b"\0" + b"\xff" * 300
    put("good.png", png(300, 400, white * 400), "error ")
    put("giant.png", png(31623, 31623, b"\0" * 1000), "error million")
    put("cut.png", png(300, 400, white * 400)[:60], "any")
    put("no-rows.png", png(300, 400, b""), "any")
    put("zero.png", png(0, 0, b""), "error ")
    put("crc.png", png(300, 400, white * 400, crc=False), "any")
    put("only-mark.png", b"\x89PNG\r\n\x1a\n", "error ")
    put("cut.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\0\x0b\x08\xff\xff\xff\xff\1\1\x11\0", "error ")
    put("only-mark.jpg", b"\xff\xd8\xff", "error ")
    put("loop.tif", tiff([(256, 4, 1, 100), (257, 4, 1, 100), (258, 3, 1, 1), (259, 3, 1, 1), (262, 3, 1, 1),
                          (273, 4, 1, 8), (278, 4, 1, 100), (279, 4, 1, 1300)], b"\0" * 2000, next_ifd=8), "any")
    put("giant.tif", tiff([(256, 4, 1, 1 << 30), (257, 4, 1, 1 << 30), (258, 3, 1, 1), (259, 3, 1, 1), (262, 3, 1, 1),
                           (273, 4, 1, 8), (278, 4, 1, 1 << 30), (279, 4, 1, 4)]), "error ")
    put("cut.tif", b"II*\0\xff\xff\xff\x7f", "error ")
    put("entries.tif", b"MM\0*\0\0\0\x08\xff\xff" + b"\xff" * 3000, "error ")


make()
with open(os.path.join(FOLDER, "list.txt"), "w", encoding="utf-8") as f:
    f.writelines("%s\t%s\n" % entry for entry in LIST)
