#include "document/ole.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR_LAST 0xfffffffau /* the largest number of a sector; above it: ends and marks */
enum { HEADER = 512, ENTRY = 128, HEADER_FATS = 109, MINI_SECTOR = 64, MINI_CUTOFF = 4096 };

struct ole {
    const uint8_t *data;
    size_t len, sector; /* bytes */
    size_t n_sectors;   /* in the file behind the header */
    struct buffer fat, directory, mini_fat, mini;
};

static uint32_t u16(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t u32(const uint8_t *p)
{
    return u16(p) | u16(p + 2) << 16;
}

static uint32_t entry_of(const struct buffer *table, uint32_t i)
{
    return (size_t)i < table->len / 4 ? u32((const uint8_t *)table->data + 4 * (size_t)i) : UINT32_MAX;
}

/* Sector i; the last one of a file may be cut. */
static bool append_sector(const struct ole *o, uint32_t i, struct buffer *out)
{
    if (i >= o->n_sectors) return false;
    size_t at = ((size_t)i + 1) * o->sector, n = o->len - at < o->sector ? o->len - at : o->sector;
    buffer_append(out, o->data + at, n);
    for (; n < o->sector; n++) buffer_putc(out, 0);
    return true;
}

/* The chain that begins at `start`, at most `most` bytes of it. False: it leads out of the file or round. */
static bool read_chain(const struct ole *o, uint32_t start, size_t most, struct buffer *out)
{
    size_t steps = 0, begin = out->len;
    for (uint32_t i = start; i <= SECTOR_LAST && out->len - begin < most; i = entry_of(&o->fat, i))
        if (out->failed || steps++ > o->n_sectors || !append_sector(o, i, out)) return false;
    return !out->failed;
}

/* The table of what follows each sector. */
static bool read_fat(struct ole *o)
{
    size_t wanted = u32(o->data + 44), steps = 0, in_sector = o->sector / 4 - 1;
    uint32_t next = u32(o->data + 68);
    if (wanted > o->n_sectors) return false;
    for (size_t i = 0; i < wanted && i < HEADER_FATS; i++)
        if (!append_sector(o, u32(o->data + 76 + 4 * i), &o->fat)) return false;
    for (size_t i = HEADER_FATS; i < wanted;) {
        if (next >= o->n_sectors || steps++ > o->n_sectors || ((size_t)next + 2) * o->sector > o->len) return false;
        const uint8_t *list = o->data + ((size_t)next + 1) * o->sector;
        for (size_t k = 0; k < in_sector && i < wanted; k++, i++)
            if (!append_sector(o, u32(list + 4 * k), &o->fat)) return false;
        next = u32(list + 4 * in_sector);
    }
    return !o->fat.failed;
}

static bool is_named(const uint8_t *entry, const char *name)
{
    size_t n = strlen(name);
    if (u16(entry + 64) != 2 * n + 2 || n > 31) return false;
    for (size_t i = 0; i < n; i++)
        if (entry[2 * i] != (uint8_t)name[i] || entry[2 * i + 1]) return false;
    return true;
}

/* A stream of small sectors, which are kept in the root's own stream. */
static bool read_small(struct ole *o, uint32_t start, size_t size, struct buffer *out)
{
    const uint8_t *root = (const uint8_t *)o->directory.data;
    size_t steps = 0, begin = out->len;
    if (!read_chain(o, u32(o->data + 60), SIZE_MAX, &o->mini_fat) ||
        !read_chain(o, u32(root + 116), u32(root + 120), &o->mini))
        return false;
    size_t n_mini = o->mini.len / MINI_SECTOR;
    for (uint32_t i = start; i <= SECTOR_LAST && out->len - begin < size; i = entry_of(&o->mini_fat, i)) {
        if (i >= n_mini || steps++ > n_mini) return false;
        buffer_append(out, o->mini.data + (size_t)i * MINI_SECTOR, MINI_SECTOR);
    }
    return !out->failed;
}

static bool read_stream(struct ole *o, const char *name, struct buffer *out, const char **why)
{
    *why = "its header is wrong";
    if (o->len < HEADER) return false;
    uint32_t shift = u16(o->data + 30);
    if (shift != 9 && shift != 12) return false;
    o->sector = (size_t)1 << shift;
    o->n_sectors = o->len > o->sector ? (o->len - o->sector + o->sector - 1) / o->sector : 0;
    *why = "it is cut, or its list of sectors is wrong";
    if (!read_fat(o) || !read_chain(o, u32(o->data + 48), SIZE_MAX, &o->directory)) return false;
    for (size_t at = 0; at + ENTRY <= o->directory.len; at += ENTRY) {
        const uint8_t *entry = (const uint8_t *)o->directory.data + at;
        if (entry[66] != 2 || !is_named(entry, name)) continue;
        uint32_t start = u32(entry + 116);
        size_t size = u32(entry + 120), begin = out->len;
        bool ok = size < MINI_CUTOFF ? read_small(o, start, size, out) : read_chain(o, start, size, out);
        if (!ok || out->len - begin < size) return false;
        out->len = begin + size;
        return true;
    }
    *why = "it holds no workbook";
    return false;
}

bool ole_read_stream(const char *data, size_t len, const char *name, struct buffer *out, const char **why)
{
    struct ole o = {.data = (const uint8_t *)data, .len = len};
    bool ok = read_stream(&o, name, out, why);
    if (o.fat.failed || o.directory.failed || o.mini_fat.failed || o.mini.failed) out->failed = true;
    buffer_free(&o.fat);
    buffer_free(&o.directory);
    buffer_free(&o.mini_fat);
    buffer_free(&o.mini);
    return ok && !out->failed;
}
