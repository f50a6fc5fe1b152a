"""Spoils a part of a scanned page: python3 smudge.py IN.pgm OUT.png DPI X0,Y0,X1,Y1

What stands in the box (points) is gone, as where the paper was worn."""
import struct
import sys
import zlib


def main():
    magic, size, _, data = open(sys.argv[1], "rb").read().split(b"\n", 3)
    assert magic == b"P5"
    width, height = map(int, size.split())
    rows = [bytearray(data[y * width:(y + 1) * width]) for y in range(height)]
    x0, y0, x1, y1 = (round(float(v) * int(sys.argv[3]) / 72) for v in sys.argv[4].split(","))
    for y in range(y0, y1):
        rows[y][x0:x1] = b"\xff" * (x1 - x0)
    chunk = lambda kind, body: struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    metre = round(int(sys.argv[3]) / 0.0254)
    with open(sys.argv[2], "wb") as out:
        out.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
                  + chunk(b"pHYs", struct.pack(">IIB", metre, metre, 1))
                  + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + bytes(r) for r in rows))) + chunk(b"IEND", b""))


if __name__ == "__main__":
    main()
