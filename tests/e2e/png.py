"""Compares two pictures of a page, PNG: python3 png.py PLAIN MARKED WIDTHxHEIGHT DPI BOXES

Both have the size; they differ inside the boxes ("x0,y0,x1,y1;..." in points) and their frame, and nowhere
else. Without boxes they do not differ at all."""
import struct
import sys
import zlib

FRAME = 4  # pixels, and points, that a mark may reach over its box


def read(path):
    """Width, height, bytes a pixel, rows."""
    data = open(path, "rb").read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", f"{path} is no PNG: {data[:80]}"
    at, packed, head = 8, b"", None
    while at < len(data):
        n, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + n]
        assert zlib.crc32(kind + body) == struct.unpack(">I", data[at + 8 + n:at + 12 + n])[0], "a checksum is wrong"
        if kind == b"IHDR":
            head = struct.unpack(">IIBBBBB", body)
        if kind == b"IDAT":
            packed += body
        at += 12 + n
    w, h, depth, colour, _, _, interlaced = head
    assert depth == 8 and colour in (0, 2, 6) and not interlaced, head
    size = {0: 1, 2: 3, 6: 4}[colour]
    return w, h, size, rows(zlib.decompress(packed), w * size, h, size)


def rows(raw, width, height, size):
    out, above = [], bytearray(width)
    for y in range(height):
        at = y * (width + 1)
        kind, row = raw[at], bytearray(raw[at + 1:at + 1 + width])
        if kind == 2:  # the commonest one, quickly
            row = bytearray((a + b) & 255 for a, b in zip(row, above))
        elif kind:
            for x in range(width):
                a = row[x - size] if x >= size else 0
                b, c = above[x], above[x - size] if x >= size else 0
                p = a + b - c
                paeth = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
                row[x] = (row[x] + (a, b, (a + b) // 2, paeth)[(0, 0, 1, 2, 3)[kind]]) & 255
        out.append(row)
        above = row
    return out


def main():
    plain, marked = read(sys.argv[1]), read(sys.argv[2])
    width, height = map(int, sys.argv[3].split("x"))
    scale = float(sys.argv[4]) / 72
    boxes = [[float(v) * scale for v in b.split(",")] for b in sys.argv[5].split(";") if b]
    assert plain[:2] == marked[:2] == (width, height), (plain[:2], marked[:2])
    assert plain[2] == marked[2], "the colours differ in kind"
    room, inside, outside = FRAME * max(1, scale), 0, []
    for y in range(height):
        if plain[3][y] == marked[3][y]:
            continue
        for x in range(width):
            at = slice(x * plain[2], (x + 1) * plain[2])
            if plain[3][y][at] == marked[3][y][at]:
                continue
            if any(b[0] - room <= x <= b[2] + room and b[1] - room <= y <= b[3] + room for b in boxes):
                inside += 1
            else:
                outside.append((x, y))
    assert not outside, f"{len(outside)} pixels differ outside of the box: {outside[:5]}"
    area = sum((b[2] - b[0]) * (b[3] - b[1]) for b in boxes)
    assert inside >= area / 3, f"{inside} pixels of a box of {area:.0f} are marked"


if __name__ == "__main__":
    main()
