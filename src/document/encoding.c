#include "document/encoding.h"

#include "base/buffer.h"
#include "base/utf8.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char REPLACEMENT[] = "\xef\xbf\xbd"; /* U+FFFD */

/* ---- what is no text ---- */

static bool begins(const char *data, size_t len, const char *magic, size_t n)
{
    return len >= n && memcmp(data, magic, n) == 0;
}

static bool holds(const char *data, size_t len, const char *word)
{
    return data && memmem(data, len < 4096 ? len : 4096, word, strlen(word));
}

static const char *zip_kind(const char *data, size_t len)
{
    if (holds(data, len, "xl/")) return "an Excel workbook";
    if (holds(data, len, "word/")) return "a Word document";
    if (holds(data, len, "ppt/")) return "a PowerPoint presentation";
    if (holds(data, len, "opendocument.spreadsheet")) return "an OpenDocument spreadsheet";
    if (holds(data, len, "opendocument")) return "an OpenDocument file";
    return "a ZIP archive or an Office file";
}

const char *binary_kind(const char *data, size_t len)
{
    static const struct {
        const char *magic;
        unsigned char n;
        const char *kind;
    } KINDS[] = {
        {"%PDF-", 5, "a PDF"},
        {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, "an old Office file (XLS, DOC)"},
        {"\x89PNG\r\n\x1a\n", 8, "a PNG image"},
        {"\xff\xd8\xff", 3, "a JPEG image"},
        {"GIF87a", 6, "a GIF image"},
        {"GIF89a", 6, "a GIF image"},
        {"II*\0", 4, "a TIFF image"},
        {"MM\0*", 4, "a TIFF image"},
        {"\x1f\x8b", 2, "a gzip archive"},
        {"BZh", 3, "a bzip2 archive"},
        {"\xfd"
         "7zXZ\0",
         6, "an xz archive"},
        {"7z\xbc\xaf\x27\x1c", 6, "a 7z archive"},
        {"\x28\xb5\x2f\xfd", 4, "a zstd archive"},
        {"Rar!\x1a\x07", 6, "a RAR archive"},
        {"SQLite format 3\0", 16, "an SQLite database"},
        {"PAR1", 4, "a Parquet file"},
        {"\x7f"
         "ELF",
         4, "a program"},
        {"{\\rtf", 5, "an RTF document"},
        {"version https://git-lfs.github.com/", 35,
         "a Git LFS pointer, not the file itself (git lfs pull fetches it)"},
        {"/annex/objects/", 15, "a git-annex pointer, not the file itself"},
    };
    if (begins(data, len, "PK\3\4", 4) || begins(data, len, "PK\5\6", 4))
        return zip_kind(data, len);
    if (begins(data, len, "RIFF", 4) && len >= 12 && memcmp(data + 8, "WEBP", 4) == 0)
        return "a WebP image";
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (begins(data, len, KINDS[i].magic, KINDS[i].n)) return KINDS[i].kind;
    return NULL;
}

const char *markup_kind(const char *text, size_t len, bool *html)
{
    static const char *const HTML[] = {"<!doctype html", "<html", "<head>", "<body"};
    size_t i = 0;
    *html = false;
    for (;;) { /* behind white space and comments: "<!-- saved from url=... -->" */
        while (i < len && strchr(" \t\r\n", text[i])) i++;
        if (!begins(text + i, len - i, "<!--", 4)) break;
        const char *end = memmem(text + i, len - i, "-->", 3);
        if (!end) break;
        i = (size_t)(end - text) + 3;
    }
    if (i == len || text[i] != '<') return NULL;
    for (size_t k = 0; k < sizeof HTML / sizeof *HTML && !*html; k++)
        *html =
            len - i >= strlen(HTML[k]) && strncasecmp(text + i, HTML[k], strlen(HTML[k])) == 0;
    if (!*html && begins(text + i, len - i, "<?xml", 5)) *html = holds(text + i, len - i, "<html");
    return *html                                  ? "an HTML page"
           : begins(text + i, len - i, "<?xml", 5) ? "an XML document"
                                                   : NULL;
}

/* ---- places that had to be replaced ---- */

/* Follows the line that a place is on; places come in rising order. */
struct line_counter {
    const char *data;
    size_t at, line;
};

static size_t line_at(struct line_counter *c, size_t offset)
{
    while (c->at < offset) {
        const char *end = memchr(c->data + c->at, '\n', offset - c->at);
        if (!end) {
            c->at = offset;
            break;
        }
        c->line++;
        c->at = (size_t)(end - c->data) + 1;
    }
    return c->line;
}

static void note_replaced(struct decoded_text *t, size_t line)
{
    t->n_replaced++;
    if (t->n_lines < ENCODING_MAX_LINES && (t->n_lines == 0 || t->lines[t->n_lines - 1] != line))
        t->lines[t->n_lines++] = line;
}

static bool take_buffer(struct decoded_text *t, struct buffer *b, struct error *err)
{
    if (b->failed) {
        buffer_free(b);
        return error_memory(err, "the text of a document");
    }
    t->owned = b->data;
    t->data = buffer_text(b);
    t->len = b->len;
    return true;
}

/* ---- UTF-8 ---- */

/* The end of the run of plain characters (ASCII but NUL) that begins at `at`. */
static size_t skip_ascii(const char *data, size_t len, size_t at)
{
    while (at + 8 <= len) {
        uint64_t w;
        memcpy(&w, data + at, 8);
        /* A byte that is 0 or above 127; the borrow may only tell a later byte wrongly. */
        if (((w - 0x0101010101010101u) | w) & 0x8080808080808080u) break;
        at += 8;
    }
    while (at < len && data[at] > 0) at++;
    return at;
}

struct utf8_count {
    size_t sequences; /* of two bytes and more, valid */
    size_t invalid;   /* bytes that begin none */
    size_t nul, control;
};

static struct utf8_count count_utf8(const char *data, size_t len)
{
    struct utf8_count c = {0};
    for (size_t i = 0; (i = skip_ascii(data, len, i)) < len;) {
        size_t n = data[i] ? utf8_decode(data + i, len - i, NULL) : 0;
        if (n)
            c.sequences++;
        else if (data[i])
            c.invalid++;
        else
            c.nul++;
        i += n ? n : 1;
    }
    return c;
}

/* Copies UTF-8 with U+FFFD for what is invalid. */
static bool repair_utf8(struct decoded_text *t, const char *data, size_t len, struct error *err)
{
    struct buffer b = {0};
    struct line_counter lines = {data, 0, 1};
    size_t from = 0;
    for (size_t i = 0; (i = skip_ascii(data, len, i)) < len;) {
        size_t n = data[i] ? utf8_decode(data + i, len - i, NULL) : 0;
        if (n) {
            i += n;
            continue;
        }
        buffer_append(&b, data + from, i - from);
        buffer_append(&b, REPLACEMENT, 3);
        note_replaced(t, line_at(&lines, i));
        from = ++i;
    }
    buffer_append(&b, data + from, len - from);
    return take_buffer(t, &b, err);
}

/* ---- UTF-16 ---- */

/* Without a mark: white space, digits and punctuation have a zero byte, always on the same side,
 * and there is no other one. 0: no UTF-16; else 'L' or 'B'. */
static char find_utf16(const char *data, size_t len)
{
    size_t zero[2] = {0}, n = (len < 65536 ? len : 65536) & ~(size_t)1;
    if (len % 2 || n < 4) return 0;
    for (size_t i = 0; i < n; i++)
        if (data[i] == 0) zero[i & 1]++;
    for (int side = 0; side < 2; side++) {
        if (zero[side] < n / 2 / 16 + 1 || zero[!side]) continue;
        /* Units with the zero byte must be text, not control codes. */
        size_t control = 0;
        for (size_t i = 0; i < n; i += 2) {
            unsigned char low = (unsigned char)data[i + (size_t)!side];
            if (data[i + (size_t)side] == 0 && low < 32 && !strchr("\t\r\n\f", (char)low))
                control++;
        }
        if (control == 0) return side ? 'L' : 'B';
    }
    return 0;
}

static bool decode_utf16(struct decoded_text *t, const char *data, size_t len, bool little,
                         struct error *err)
{
    struct buffer b = {0};
    const unsigned char *s = (const unsigned char *)data;
    size_t line = 1;
    for (size_t i = 0; i < len; i += 2) {
        char out[4];
        uint32_t cp = 0;
        if (i + 1 < len)
            cp = little ? s[i] | (uint32_t)s[i + 1] << 8 : (uint32_t)s[i] << 8 | s[i + 1];
        if (cp >= 0xd800 && cp < 0xdc00 && i + 3 < len) {
            uint32_t low =
                little ? s[i + 2] | (uint32_t)s[i + 3] << 8 : (uint32_t)s[i + 2] << 8 | s[i + 3];
            if (low >= 0xdc00 && low < 0xe000) {
                cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
                i += 2;
            }
        }
        size_t n = cp ? utf8_encode(cp, out) : 0;
        if (n == 0) note_replaced(t, line);
        buffer_append(&b, n ? out : REPLACEMENT, n ? n : 3);
        if (cp == '\n') line++;
    }
    return take_buffer(t, &b, err);
}

/* ---- Windows-1252, GB18030 ---- */

/* Code points of 0x80 to 0x9f; 0: none. (Unicode's CP1252.TXT) */
static const uint16_t WINDOWS_1252[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

static bool decode_windows_1252(struct decoded_text *t, const char *data, size_t len,
                                struct error *err)
{
    struct buffer b = {0};
    struct line_counter lines = {data, 0, 1};
    bool c1 = false;
    for (size_t from = 0, i = 0;; from = ++i) {
        i = skip_ascii(data, len, i);
        buffer_append(&b, data + from, i - from);
        if (i == len) break;
        unsigned char c = (unsigned char)data[i];
        c1 |= c >= 0x80 && c < 0xa0;
        uint32_t cp = c >= 0x80 && c < 0xa0 ? WINDOWS_1252[c - 0x80] : c;
        char out[4];
        size_t n = cp ? utf8_encode(cp, out) : 0;
        if (n == 0) note_replaced(t, line_at(&lines, i));
        buffer_append(&b, n ? out : REPLACEMENT, n ? n : 3);
    }
    t->encoding = c1 ? "windows-1252" : "ISO-8859-1";
    return take_buffer(t, &b, err);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Letters outside ASCII stand alone in European words, one or two together inside a word; Chinese
 * comes in pairs of bytes that are both above 0xa0, in runs. */
static bool is_gb18030(const char *data, size_t len)
{
    size_t chinese = 0, european = 0;
    for (size_t i = 0; i < len;) {
        if ((i = skip_ascii(data, len, i)) == len) break;
        size_t from = i, pairs = 0;
        while (i < len && (unsigned char)data[i] >= 0x80) i++;
        if (i == from) { /* NUL */
            i++;
            continue;
        }
        for (size_t k = from; k + 1 < i; k += 2) {
            unsigned char a = (unsigned char)data[k], z = (unsigned char)data[k + 1];
            if (a >= 0xa1 && a <= 0xf7 && z >= 0xa1 && z != 0xff) pairs++;
        }
        bool in_word = from > 0 && is_letter(data[from - 1]) && i < len && is_letter(data[i]);
        if ((i - from) % 2 == 0 && pairs == (i - from) / 2 && !(pairs == 1 && in_word))
            chinese += pairs;
        else if (pairs > 2) /* GBK has trail bytes in ASCII: an odd run */
            chinese += pairs / 2;
        else
            european++;
    }
    return chinese > 2 * european;
}

/* By iconv. Not *done: the encoding is unknown, or (not `sure`) it was not that one after all. */
static bool decode_by_iconv(struct decoded_text *t, const char *charset, bool sure, const char *data,
                            size_t len, bool *done, struct error *err)
{
    *done = false;
    iconv_t cd = iconv_open("UTF-8", charset);
    if (cd == (iconv_t)-1) return true;
    struct buffer b = {0};
    struct line_counter lines = {data, 0, 1};
    char *in = (char *)(uintptr_t)data; /* iconv does not write to it */
    size_t left = len, bad = 0;
    while (left && !b.failed) {
        char out[8192], *to = out;
        size_t room = sizeof out;
        size_t n = iconv(cd, &in, &left, &to, &room);
        bool stopped = n == (size_t)-1 && errno != E2BIG;
        for (char *p = out, *nul; p < to; p = nul) { /* no NUL in text */
            nul = memchr(p, 0, (size_t)(to - p));
            if (!nul) nul = to;
            buffer_append(&b, p, (size_t)(nul - p));
            if (nul == to) break;
            buffer_append(&b, REPLACEMENT, 3);
            nul++;
        }
        if (stopped && left) {
            note_replaced(t, line_at(&lines, len - left));
            buffer_append(&b, REPLACEMENT, 3);
            bad++;
            in++;
            left--;
        }
    }
    iconv_close(cd);
    if (!sure && bad > len / 200) {
        buffer_free(&b);
        t->n_replaced = t->n_lines = 0;
        return true;
    }
    *done = true;
    return take_buffer(t, &b, err);
}

/* ---- all of them ---- */

/* Bytes that text does not hold: more than one in 64 is data of another kind. */
static bool looks_binary(const char *data, size_t len)
{
    size_t control = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)data[i];
        control += c < 32 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 27;
    }
    return control > len / 64;
}

static bool decode(struct decoded_text *t, const char *path, const char *data, size_t len,
                   struct error *err)
{
    const unsigned char *s = (const unsigned char *)data;
    if (len >= 4 && memcmp(data, "\xff\xfe\0\0", 4) == 0)
        return error_set(err, ERROR_UNSUPPORTED, "%s: is text in UTF-32; save it as UTF-8", path);
    bool little = len >= 2 && s[0] == 0xff && s[1] == 0xfe;
    bool big = len >= 2 && s[0] == 0xfe && s[1] == 0xff;
    char side = little ? 'L' : big ? 'B' : find_utf16(data, len);
    if (side) {
        t->encoding = side == 'L' ? "UTF-16LE" : "UTF-16BE";
        size_t skip = little || big ? 2 : 0;
        t->mark = skip ? 3 : 0;
        return decode_utf16(t, data + skip, len - skip, side == 'L', err);
    }
    if (looks_binary(data, len))
        return error_set(err, ERROR_UNSUPPORTED, "%s: is binary data, not text", path);
    t->mark = len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    data += t->mark;
    len -= t->mark;
    t->encoding = "UTF-8";
    struct utf8_count c = count_utf8(data, len);
    if (c.invalid == 0 && c.nul == 0) {
        t->data = data;
        t->len = len;
        return true;
    }
    if (c.invalid == 0 || t->mark || c.sequences >= c.invalid)
        return repair_utf8(t, data, len, err);
    bool done = false;
    if (is_gb18030(data, len)) {
        if (!decode_by_iconv(t, "GB18030", false, data, len, &done, err)) return false;
        if (done) t->encoding = "GB18030";
    }
    return done || decode_windows_1252(t, data, len, err);
}

static bool is_named(const char *charset, const char *const *names)
{
    for (; *names; names++)
        if (strcasecmp(charset, *names) == 0) return true;
    return false;
}

/* By the stated encoding, where bytes of that one can be read. */
static bool decode_stated(struct decoded_text *t, const char *charset, const char *data, size_t len,
                          bool *done, struct error *err)
{
    static const char *const LATIN[] = {"iso-8859-1", "latin1", "windows-1252", "cp1252", "ascii", "us-ascii", NULL};
    static const char *const OTHERS[] = {"iso-8859-2", "iso-8859-5", "iso-8859-7", "iso-8859-9", "iso-8859-15",
                                         "windows-1250", "windows-1251", "windows-1253", "windows-1254",
                                         "koi8-r", "shift_jis", "euc-jp", "euc-kr", "big5", "gb2312", "gbk",
                                         "gb18030", NULL};
    *done = false;
    struct utf8_count c = count_utf8(data, len);
    if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) return true;
    /* A page that was saved anew is UTF-8 whatever it still says. */
    if (c.nul || (c.invalid == 0 && c.sequences)) return true;
    if (is_named(charset, LATIN)) {
        *done = true;
        return decode_windows_1252(t, data, len, err);
    }
    for (size_t i = 0; OTHERS[i]; i++) {
        if (strcasecmp(charset, OTHERS[i]) != 0) continue;
        /* What pages call GB2312 is what its successor reads. */
        bool chinese = strncasecmp(charset, "gb", 2) == 0;
        t->encoding = chinese ? "GB18030" : OTHERS[i];
        return decode_by_iconv(t, t->encoding, true, data, len, done, err);
    }
    return true;
}

bool text_decode_as(struct decoded_text *out, const char *path, const char *data, size_t len,
                    const char *charset, struct error *err)
{
    *out = (struct decoded_text){0};
    if (len == 0) return error_set(err, ERROR_INPUT, "%s: is empty", path);
    const char *kind = binary_kind(data, len);
    if (kind) return error_set(err, ERROR_UNSUPPORTED, "%s: is %s", path, kind);
    bool done = false;
    if (charset && !looks_binary(data, len) &&
        !decode_stated(out, charset, data, len, &done, err))
        return false;
    if (!done && !decode(out, path, data, len, err)) return false;
    size_t i = 0;
    while (i < out->len && strchr(" \t\r\n", out->data[i])) i++;
    if (i < out->len) return true;
    decoded_text_free(out);
    return error_set(err, ERROR_INPUT, "%s: holds only white space", path);
}

bool text_decode(struct decoded_text *out, const char *path, const char *data, size_t len,
                 struct error *err)
{
    return text_decode_as(out, path, data, len, NULL, err);
}

void decoded_text_free(struct decoded_text *t)
{
    free(t->owned);
    *t = (struct decoded_text){0};
}
