/* Excel 97 workbooks (BIFF8): records of a type and a length in the stream "Workbook". Of the workbook
 * the sheets, shared texts, formats and fonts are read, of a sheet its cells, merged cells, and what is
 * hidden. The one library for it in Debian, FreeXL, goes outside of its memory on damaged files, and
 * knows neither formats nor merged cells. */
#include "document/number_format.h"
#include "document/ole.h"
#include "document/reader.h"
#include "document/sheet.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

enum record {
    RECORD_FORMULA = 0x06, RECORD_EOF = 0x0a, RECORD_1904 = 0x22, RECORD_FILEPASS = 0x2f, RECORD_FONT = 0x31,
    RECORD_CONTINUE = 0x3c, RECORD_COLINFO = 0x7d, RECORD_BOUNDSHEET = 0x85, RECORD_MULRK = 0xbd,
    RECORD_RSTRING = 0xd6, RECORD_MACROS = 0xd3, RECORD_XF = 0xe0, RECORD_MERGED = 0xe5, RECORD_SST = 0xfc,
    RECORD_LABELSST = 0xfd, RECORD_NUMBER = 0x203, RECORD_LABEL = 0x204, RECORD_BOOLERR = 0x205,
    RECORD_STRING = 0x207, RECORD_ROW = 0x208, RECORD_RK = 0x27e, RECORD_FORMAT = 0x41e, RECORD_BOF = 0x809,
};
enum { BIFF8 = 0x600, MAX_SHEETS = 4096, CHECK_RECORDS = 4096 };

struct xls {
    struct document_reader *r;
    const uint8_t *data; /* the stream */
    size_t len, at;      /* at: behind the record at hand */
    const uint8_t *body; /* of the record at hand */
    size_t size;
    uint32_t type;
    bool epoch_1904, encrypted, macros;
    struct xls_sheet {
        char *name;
        size_t begin;
        bool hidden, cells; /* cells: not a chart or a macro */
    } * sheets;
    size_t n_sheets, cap_sheets;
    struct buffer strings; /* one behind the other */
    size_t *ends;          /* (n_strings) */
    size_t n_strings, cap_strings;
    struct xls_format {
        unsigned id;
        char *code;
    } * formats;
    size_t n_formats, cap_formats;
    struct xls_style {
        unsigned font, format;
    } * styles;
    size_t n_styles, cap_styles;
    bool *struck;
    size_t n_fonts, cap_fonts;
    struct buffer text;
};

static uint32_t u16(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t u32(const uint8_t *p)
{
    return u16(p) | u16(p + 2) << 16;
}

static double real(const uint8_t *p)
{
    uint64_t bits = (uint64_t)u32(p) | (uint64_t)u32(p + 4) << 32;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static bool next_record(struct xls *x)
{
    if (x->len - x->at < 4) return false;
    x->type = u16(x->data + x->at);
    x->size = u16(x->data + x->at + 2);
    x->body = x->data + x->at + 4;
    if (x->len - x->at - 4 < x->size) return false;
    x->at += 4 + x->size;
    return true;
}

static bool grow(struct xls *x, void **items, size_t n, size_t *cap, size_t size)
{
    if (x->r->failed) return false;
    if (n < *cap) return true;
    size_t want = *cap ? *cap * 2 : 64;
    void *grown = want > SIZE_MAX / 2 / size ? NULL : realloc(*items, want * size);
    if (!grown) {
        x->r->failed = true;
        return false;
    }
    *items = grown;
    *cap = want;
    return true;
}

/* ---- texts ---- */

/* What is left of a record, and of those that continue it. */
struct cursor {
    struct xls *x;
    const uint8_t *at, *end;
};

static bool next_part(struct cursor *c)
{
    struct xls *x = c->x;
    if (x->len - x->at < 4 || u16(x->data + x->at) != RECORD_CONTINUE || !next_record(x)) return false;
    c->at = x->body;
    c->end = x->body + x->size;
    return true;
}

static bool skip_bytes(struct cursor *c, size_t n)
{
    while (n > (size_t)(c->end - c->at)) {
        n -= (size_t)(c->end - c->at);
        if (!next_part(c)) return false;
    }
    c->at += n;
    return true;
}

/* Numbers are not parted. */
static const uint8_t *take(struct cursor *c, size_t n)
{
    if (c->at == c->end && !next_part(c)) return NULL;
    if ((size_t)(c->end - c->at) < n) return NULL;
    c->at += n;
    return c->at - n;
}

/* `count` characters; a record that goes on with them tells anew whether they are wide. */
static bool read_chars(struct cursor *c, size_t count, bool wide, struct buffer *out)
{
    uint32_t high = 0;
    while (count) {
        if (c->at == c->end) {
            if (!next_part(c) || c->at == c->end) return false;
            wide = *c->at++ & 1;
        }
        size_t width = wide ? 2 : 1;
        if ((size_t)(c->end - c->at) < width) return false;
        uint32_t cp = wide ? u16(c->at) : *c->at;
        c->at += width;
        count--;
        if (cp >= 0xd800 && cp < 0xdc00) {
            high = cp;
            continue;
        }
        if (cp >= 0xdc00 && cp < 0xe000) cp = high ? 0x10000 + ((high - 0xd800) << 10) + (cp - 0xdc00) : 0xfffd;
        high = 0;
        char bytes[4];
        size_t n = cp ? utf8_encode(cp, bytes) : 0;
        buffer_append(out, bytes, n);
    }
    return true;
}

/* A text with its length in `length` bytes, and what may stand behind it. */
static bool read_text(struct cursor *c, size_t length, struct buffer *out)
{
    const uint8_t *p = take(c, length + 1);
    if (!p) return false;
    size_t count = length == 2 ? u16(p) : p[0], runs = 0, more = 0;
    unsigned flags = p[length];
    if (flags & 8) {
        if (!(p = take(c, 2))) return false;
        runs = u16(p);
    }
    if (flags & 4) {
        if (!(p = take(c, 4))) return false;
        more = u32(p);
    }
    return read_chars(c, count, flags & 1, out) && (runs + more == 0 || skip_bytes(c, 4 * runs + more));
}

static struct cursor body_from(struct xls *x, size_t from)
{
    return (struct cursor){x, x->body + (from < x->size ? from : x->size), x->body + x->size};
}

/* A text of the record, on the heap; NULL: it is cut. */
static char *copy_text(struct xls *x, size_t from, size_t length)
{
    struct cursor c = body_from(x, from);
    buffer_clear(&x->text);
    if (!read_text(&c, length, &x->text) || x->text.failed) return NULL;
    char *copy = strdup(buffer_text(&x->text));
    if (!copy) x->r->failed = true;
    return copy;
}

/* ---- the workbook ---- */

static bool read_strings(struct xls *x)
{
    struct cursor c = body_from(x, 8);
    size_t n = x->size >= 8 ? u32(x->body + 4) : 0;
    while (x->n_strings < n) {
        if (!read_text(&c, 2, &x->strings)) return false;
        void *items = x->ends;
        if (!grow(x, &items, x->n_strings, &x->cap_strings, sizeof *x->ends)) return false;
        x->ends = items;
        x->ends[x->n_strings++] = x->strings.len;
    }
    return true;
}

static void add_sheet(struct xls *x)
{
    void *items = x->sheets;
    if (x->size < 8 || x->n_sheets == MAX_SHEETS || !grow(x, &items, x->n_sheets, &x->cap_sheets, sizeof *x->sheets))
        return;
    x->sheets = items;
    struct xls_sheet s = {.begin = u32(x->body), .hidden = x->body[4] & 3, .cells = x->body[5] == 0};
    s.name = copy_text(x, 6, 1);
    if (s.name) x->sheets[x->n_sheets++] = s;
}

static void add_format(struct xls *x)
{
    void *items = x->formats;
    if (x->size < 5 || !grow(x, &items, x->n_formats, &x->cap_formats, sizeof *x->formats)) return;
    x->formats = items;
    struct xls_format f = {u16(x->body), copy_text(x, 2, 2)};
    if (f.code) x->formats[x->n_formats++] = f;
}

static void add_style(struct xls *x)
{
    void *items = x->styles;
    if (x->size < 4 || !grow(x, &items, x->n_styles, &x->cap_styles, sizeof *x->styles)) return;
    x->styles = items;
    x->styles[x->n_styles++] = (struct xls_style){u16(x->body), u16(x->body + 2)};
}

static void add_font(struct xls *x)
{
    void *items = x->struck;
    if (x->size < 4 || !grow(x, &items, x->n_fonts, &x->cap_fonts, sizeof *x->struck)) return;
    x->struck = items;
    x->struck[x->n_fonts++] = u16(x->body + 2) & 8;
}

static int compare_formats(const void *a, const void *b)
{
    const struct xls_format *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

/* NULL: read; else what is wrong. */
static const char *read_workbook(struct xls *x)
{
    if (!next_record(x) || x->type != RECORD_BOF || x->size < 4) return "its records are wrong";
    if (u16(x->body) != BIFF8) return "it is of Excel 95 or older; save it as XLSX";
    while (next_record(x) && x->type != RECORD_EOF && !x->r->failed) {
        switch (x->type) {
        case RECORD_FILEPASS: x->encrypted = true; return NULL;
        case RECORD_1904: x->epoch_1904 = x->size >= 2 && u16(x->body) == 1; break;
        case RECORD_BOUNDSHEET: add_sheet(x); break;
        case RECORD_FORMAT: add_format(x); break;
        case RECORD_XF: add_style(x); break;
        case RECORD_FONT: add_font(x); break;
        case RECORD_MACROS: x->macros = true; break;
        case RECORD_SST:
            if (!read_strings(x)) return "its shared texts are cut";
            break;
        default: break;
        }
    }
    if (x->type != RECORD_EOF) return "its records are cut";
    if (x->n_formats) qsort(x->formats, x->n_formats, sizeof *x->formats, compare_formats);
    return NULL;
}

/* ---- cells ---- */

static const struct xls_style *style_of(const struct xls *x, unsigned style)
{
    return style < x->n_styles ? &x->styles[style] : NULL;
}

static bool is_struck(const struct xls *x, unsigned style)
{
    const struct xls_style *s = style_of(x, style);
    /* There is no font 4. */
    size_t font = s ? s->font - (s->font > 4) : 0;
    return s && font < x->n_fonts && x->struck[font];
}

/* The record begins with a row, a column and a style. */
static void add_cell(struct xls *x, struct sheet *s, uint32_t column, unsigned style, const char *text, size_t len,
                     bool number)
{
    if (is_struck(x, style) && len)
        s->n_struck++;
    else
        sheet_add(s, u16(x->body), column, text, len, number);
}

static void add_number(struct xls *x, struct sheet *s, uint32_t column, unsigned style, double value)
{
    const struct xls_style *own = style_of(x, style);
    const char *code = own ? number_format_builtin(own->format) : NULL;
    struct xls_format key = {own ? own->format : 0, NULL};
    const struct xls_format *f =
        x->n_formats ? bsearch(&key, x->formats, x->n_formats, sizeof key, compare_formats) : NULL;
    if (f && own) code = f->code;
    if (value - value != 0) return; /* no number */
    buffer_clear(&x->text);
    bool number = number_format_write(&x->text, value, code, x->epoch_1904);
    if (x->text.failed) x->r->failed = true;
    add_cell(x, s, column, style, buffer_text(&x->text), x->text.len, number);
}

static double number_of_rk(uint32_t rk)
{
    double value;
    if (rk & 2) {
        value = (double)((int32_t)rk >> 2);
    } else {
        uint64_t bits = (uint64_t)(rk & ~3u) << 32;
        memcpy(&value, &bits, sizeof value);
    }
    return rk & 1 ? value / 100 : value;
}

static void add_truth(struct xls *x, struct sheet *s, bool yes)
{
    add_cell(x, s, u16(x->body + 2), u16(x->body + 4), yes ? "TRUE" : "FALSE", yes ? 4 : 5, false);
}

/* A text that stands behind `from` bytes of the record. */
static void add_own_text(struct xls *x, struct sheet *s, size_t from)
{
    struct cursor c = body_from(x, from);
    uint32_t column = u16(x->body + 2);
    unsigned style = u16(x->body + 4);
    const uint8_t *body = x->body;
    buffer_clear(&x->text);
    bool ok = read_text(&c, 2, &x->text);
    x->body = body; /* it may go on in other records */
    if (x->text.failed) x->r->failed = true;
    if (ok) add_cell(x, s, column, style, buffer_text(&x->text), x->text.len, false);
}

/* The value that was saved with a formula; a text comes in a record of its own. */
static void add_formula(struct xls *x, struct sheet *s)
{
    const uint8_t *result = x->body + 6, *body = x->body;
    if (x->size < 14) return;
    if (u16(result + 6) != 0xffff) {
        add_number(x, s, u16(x->body + 2), u16(x->body + 4), real(result));
    } else if (result[0] == 1) {
        add_truth(x, s, result[2]);
    } else if (result[0] == 2) {
        s->n_errors++;
    } else if (result[0] == 0) {
        size_t at = x->at;
        /* The formula's own continuations may stand between. */
        while (next_record(x) && x->type != RECORD_STRING && x->at - at < 65536) {
            if (x->type == RECORD_FORMULA || x->type == RECORD_EOF || x->type == RECORD_ROW) break;
        }
        if (x->type != RECORD_STRING) {
            x->at = at;
            return;
        }
        struct cursor c = body_from(x, 0);
        buffer_clear(&x->text);
        bool ok = read_text(&c, 2, &x->text);
        x->body = body;
        if (ok) add_cell(x, s, u16(body + 2), u16(body + 4), buffer_text(&x->text), x->text.len, false);
    }
}

/* What is wrong with the record; NULL: nothing. */
static const char *read_cell(struct xls *x, struct sheet *s)
{
    const uint8_t *b = x->body;
    uint32_t column = x->size >= 6 ? u16(b + 2) : 0;
    unsigned style = x->size >= 6 ? u16(b + 4) : 0;
    if (x->size < 6) return NULL;
    switch (x->type) {
    case RECORD_NUMBER:
        if (x->size >= 14) add_number(x, s, column, style, real(b + 6));
        break;
    case RECORD_RK:
        if (x->size >= 10) add_number(x, s, column, style, number_of_rk(u32(b + 6)));
        break;
    case RECORD_MULRK:
        for (size_t i = 4; i + 8 <= x->size; i += 6)
            add_number(x, s, column++, u16(b + i), number_of_rk(u32(b + i + 2)));
        break;
    case RECORD_LABELSST: {
        size_t i = x->size >= 10 ? u32(b + 6) : SIZE_MAX;
        if (i >= x->n_strings) return "a cell's shared text is none of them";
        size_t from = i ? x->ends[i - 1] : 0;
        add_cell(x, s, column, style, buffer_text(&x->strings) + from, x->ends[i] - from, false);
        break;
    }
    case RECORD_LABEL:
    case RECORD_RSTRING: add_own_text(x, s, 6); break;
    case RECORD_BOOLERR:
        if (x->size >= 8 && b[7])
            s->n_errors++;
        else if (x->size >= 8)
            add_truth(x, s, b[6]);
        break;
    case RECORD_FORMULA: add_formula(x, s); break;
    case RECORD_ROW:
        if (x->size >= 14 && u16(b + 12) & 0x20) sheet_hide_rows(s, u16(b), u16(b));
        break;
    case RECORD_COLINFO:
        if (x->size >= 10 && u16(b + 8) & 1 && u16(b + 2) >= u16(b)) sheet_hide_columns(s, u16(b), u16(b + 2));
        break;
    case RECORD_MERGED:
        for (size_t i = 2; i + 8 <= x->size; i += 8)
            sheet_merge(s, (struct sheet_range){u16(b + i), u16(b + i + 4), u16(b + i + 2), u16(b + i + 6)});
        break;
    default: break;
    }
    return NULL;
}

static bool read_sheet(struct xls *x, const struct xls_sheet *listed, struct error *err)
{
    struct document_reader *r = x->r;
    struct sheet s;
    const char *wrong = NULL;
    if (!listed->cells) return true;
    if (listed->begin >= x->len)
        return error_set(err, ERROR_INPUT, "%s: sheet '%.60s' is not where the workbook says", r->path, listed->name);
    sheet_init(&s, r, listed->name);
    s.heading = true;
    s.hidden = listed->hidden;
    x->at = listed->begin;
    size_t depth = 0, n = 0;
    bool ok = true, ended = false;
    while (ok && !ended && !wrong && !r->failed && next_record(x)) {
        if (x->type == RECORD_BOF) /* charts stand inside of sheets */
            depth++;
        else if (x->type == RECORD_EOF)
            ended = depth <= 1, depth -= depth > 0;
        else if (depth == 1)
            wrong = read_cell(x, &s);
        if (++n % CHECK_RECORDS == 0) ok = reader_check(r, err);
    }
    if (ok && !r->failed && (wrong || !ended))
        ok = error_set(err, ERROR_INPUT, "%s: sheet '%.60s': %s", r->path, listed->name,
                       wrong ? wrong : "its records are cut");
    ok = ok && sheet_end(&s, err);
    sheet_free(&s);
    return ok;
}

bool read_xls_document(struct document_reader *r, struct error *err)
{
    struct xls x = {.r = r};
    struct buffer stream = {0};
    const char *wrong = NULL;
    bool ok = ole_read_stream(r->data, r->len, "Workbook", &stream, &wrong);
    x.data = (const uint8_t *)buffer_text(&stream);
    x.len = stream.len;
    if (ok) wrong = read_workbook(&x);
    if (stream.failed || x.strings.failed) r->failed = true;
    if (ok && x.encrypted)
        ok = error_set(err, ERROR_UNSUPPORTED, "%s: is encrypted; save it without a password", r->path);
    else if (!r->failed && wrong)
        ok = error_set(err, ERROR_INPUT, "%s: is a damaged or too old Excel workbook: %s", r->path, wrong);
    if (ok && x.macros) reader_note(r, "holds macros: they were not looked at");
    for (size_t i = 0; ok && !r->failed && i < x.n_sheets; i++) ok = read_sheet(&x, &x.sheets[i], err);
    for (size_t i = 0; i < x.n_sheets; i++) free(x.sheets[i].name);
    for (size_t i = 0; i < x.n_formats; i++) free(x.formats[i].code);
    free(x.sheets);
    free(x.formats);
    free(x.styles);
    free(x.struck);
    free(x.ends);
    buffer_free(&x.strings);
    buffer_free(&x.text);
    buffer_free(&stream);
    return ok && reader_check(r, err);
}
