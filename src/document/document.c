#include "document/document.h"

#include "document/csv.h"
#include "document/encoding.h"
#include "document/json_scan.h"
#include "document/reader.h"

#include "base/buffer.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { GUESS_BYTES = 64 * 1024, SPARE_CELLS = 64 * 1024, PDF_HEAD = 1024 };

const char *document_kind_name(enum document_kind kind)
{
    static const char *const NAMES[N_DOCUMENT_KINDS] = {
        [DOCUMENT_CSV] = "csv",
        [DOCUMENT_JSON] = "json",
        [DOCUMENT_JSON_LINES] = "json lines",
        [DOCUMENT_MARKDOWN] = "markdown",
        [DOCUMENT_TEXT] = "text",
        [DOCUMENT_HTML] = "html",
        [DOCUMENT_XLSX] = "xlsx",
        [DOCUMENT_ODS] = "ods",
        [DOCUMENT_XLS] = "xls",
        [DOCUMENT_DOCX] = "docx",
        [DOCUMENT_ODT] = "odt",
        [DOCUMENT_SUBTITLES] = "subtitles",
        [DOCUMENT_PDF] = "pdf",
        [DOCUMENT_IMAGE] = "image",
    };
    return kind < N_DOCUMENT_KINDS ? NAMES[kind] : "unknown";
}

/* ---- by name ---- */

/* Behind the last dot of the last part of path; "" for none, and for ".profile". */
static const char *extension_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    return dot && dot != base ? dot + 1 : "";
}

bool document_kind_of_name(const char *path, enum document_kind *kind)
{
    static const struct {
        const char *extension;
        enum document_kind kind;
    } KINDS[] = {
        {"csv", DOCUMENT_CSV},           {"tsv", DOCUMENT_CSV},     {"tab", DOCUMENT_CSV},
        {"psv", DOCUMENT_CSV},           {"json", DOCUMENT_JSON},   {"jsonl", DOCUMENT_JSON_LINES},
        {"ndjson", DOCUMENT_JSON_LINES}, {"md", DOCUMENT_MARKDOWN}, {"markdown", DOCUMENT_MARKDOWN},
        {"txt", DOCUMENT_TEXT},          {"text", DOCUMENT_TEXT},   {"pdf", DOCUMENT_PDF},
        {"png", DOCUMENT_IMAGE},         {"jpg", DOCUMENT_IMAGE},   {"jpeg", DOCUMENT_IMAGE},
        {"tif", DOCUMENT_IMAGE},         {"tiff", DOCUMENT_IMAGE},
    };
    const char *extension = extension_of(path);
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (strcasecmp(extension, KINDS[i].extension) == 0) {
            *kind = KINDS[i].kind;
            return true;
        }
    return false;
}

/* Kinds that are known and cannot be read; NULL: not one of them. */
static const char *unsupported_name(const char *path)
{
    static const char *const NAMES[][2] = {
        {"doc", "Word"},
        {"docx", "Word"},
        {"xls", "Excel"},
        {"xlsx", "Excel"},
        {"xlsm", "Excel"},
        {"xlsb", "Excel"},
        {"ppt", "PowerPoint"},
        {"pptx", "PowerPoint"},
        {"odt", "OpenDocument"},
        {"ods", "OpenDocument"},
        {"html", "HTML"},
        {"htm", "HTML"},
        {"xhtml", "HTML"},
        {"xml", "XML"},
        {"rtf", "RTF"},
        {"epub", "EPUB"},
        {"parquet", "Parquet"},
        {"zip", "ZIP"},
        {"gz", "gzip"},
        {"bz2", "bzip2"},
        {"xz", "xz"},
        {"7z", "7z"},
        {"tar", "tar"},
        {"gif", "image"},
        {"webp", "image"},
        {"svg", "image"},
        {"sqlite", "SQLite"},
        {"db", "database"},
    };
    const char *extension = extension_of(path);
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (strcasecmp(extension, NAMES[i][0]) == 0) return NAMES[i][1];
    return NULL;
}

/* ---- by contents ---- */

static size_t skip_spaces(const char *text, size_t len, size_t i)
{
    while (i < len && strchr(" \t\r\n", text[i])) i++;
    return i;
}

/* Whether the text begins as a JSON object or array does, and goes on so to the end of what is at
 * hand; *lines: it is several, each on one line. */
static bool looks_like_json(const char *text, size_t len, bool cut, bool *lines)
{
    *lines = false;
    size_t i = skip_spaces(text, len, 0);
    if (i == len || (text[i] != '{' && text[i] != '[')) return false;
    struct json_tape tape;
    struct json_error bad;
    size_t end = i;
    json_tape_init(&tape, text, len);
    bool ok = json_scan_value(&tape, &end, &bad);
    json_tape_free(&tape);
    if (!ok) { /* text that begins with a bracket is wrong soon */
        const char *line = memchr(text + i, '\n', len - i);
        if (cut && bad.at >= len) return true;
        /* A first line that is whole may be followed by ones that are not. */
        return bad.at - i > 256 && (!line || bad.at > (size_t)(line - text)) && text[i + 1] != ' ';
    }
    size_t behind = skip_spaces(text, len, end);
    if (behind == len) return true;
    *lines = json_lines_follow(text, len, end);
    return *lines || text[behind] == '{' || text[behind] == '[';
}

/* "- **Power:** 300 hp": an item of a list that begins in bold type. */
static bool is_bold_item(const char *text, size_t len)
{
    size_t at = 0;
    while (at < len && text[at] == ' ') at++;
    return at + 6 < len && strchr("-*+", text[at]) && text[at + 1] == ' ' &&
           memcmp(text + at + 2, "**", 2) == 0 && text[at + 4] != ' ' && text[at + 4] != '*' &&
           memmem(text + at + 4, len - at - 4, "**", 2) != NULL;
}

/* A line of "|---|:--:|", or headings, or items in bold type. */
static bool looks_like_markdown(const char *text, size_t len)
{
    size_t headings = 0;
    for (size_t i = 0; i < len;) {
        const char *nl = memchr(text + i, '\n', len - i);
        size_t end = nl ? (size_t)(nl - text) : len, at = i, dashes = 0, pipes = 0;
        while (at < end && text[at] == '#') at++;
        if (at > i && at - i <= 6 && at < end && text[at] == ' ') headings += i == 0 ? 2 : 1;
        if (is_bold_item(text + i, end - i)) headings += i == 0 ? 2 : 1;
        for (at = i; at < end && strchr("|-: \t\r", text[at]); at++) {
            dashes += text[at] == '-';
            pipes += text[at] == '|';
        }
        if (at == end && dashes >= 2 && pipes) return true;
        i = end + 1;
    }
    return headings >= 2;
}

/* `known`: the name says text, so that the evidence must be stronger. */
static bool looks_like_csv(const char *text, size_t len, bool known)
{
    struct csv_evidence e;
    char delimiter = csv_delimiter_find(text, len, 0, &e);
    double fields = delimiter == ',' ? 2.9 : 1.9;
    /* "Doors | 5" lines are names and values; a file that says nothing of itself is no table of two columns. */
    if (!known && delimiter == '|' && e.fields < 2.1) return false;
    if ((delimiter == ',' && e.spaced > 0.5) || (e.fields < 2.1 && e.labels > 0.5)) return false;
    return e.records >= (known ? 3 : 2) && e.agreement >= (known ? 0.9 : 0.8) && e.fields >= fields;
}

/* What the first bytes (decoded) say. `named`: the kind by name; N_DOCUMENT_KINDS: none. */
static enum document_kind guess(enum document_kind named, const char *text, size_t len, bool cut)
{
    bool lines;
    switch (named) {
    case DOCUMENT_MARKDOWN:
        return named;
    case DOCUMENT_JSON:
    case DOCUMENT_JSON_LINES: {
        if (looks_like_json(text, len, cut, &lines)) {
            /* An array on one line is JSON by any name; a single object is what its name says. */
            size_t i = skip_spaces(text, len, 0);
            if (lines) return DOCUMENT_JSON_LINES;
            if (named == DOCUMENT_JSON_LINES && text[i] == '{' && memchr(text, '\n', len) == NULL)
                return named;
            return named == DOCUMENT_JSON_LINES && cut && text[i] == '{' ? named : DOCUMENT_JSON;
        }
        size_t i = skip_spaces(text, len, 0);
        bool bracket = i < len && (text[i] == '{' || text[i] == '[');
        return !bracket && looks_like_csv(text, len, true) ? DOCUMENT_CSV : named;
    }
    case DOCUMENT_CSV:
    case DOCUMENT_TEXT:
    case N_DOCUMENT_KINDS:
        break;
    default: /* by name alone */
        return named;
    }
    if (looks_like_json(text, len, cut, &lines)) return lines ? DOCUMENT_JSON_LINES : DOCUMENT_JSON;
    if (named == DOCUMENT_CSV) {
        struct csv_evidence e;
        csv_delimiter_find(text, len, 0, &e);
        return e.agreement < 0.5 && looks_like_markdown(text, len) ? DOCUMENT_MARKDOWN : named;
    }
    if (looks_like_markdown(text, len)) return DOCUMENT_MARKDOWN;
    return looks_like_csv(text, len, named == DOCUMENT_TEXT) ? DOCUMENT_CSV : DOCUMENT_TEXT;
}

/* Kinds that the helper program reads, from the file's bytes. */
static bool has_pages(enum document_kind kind)
{
    return kind == DOCUMENT_PDF || kind == DOCUMENT_IMAGE;
}

/* PDF files may begin with some bytes of something else. */
static bool begins_as_pages(const char *data, size_t len, enum document_kind *kind)
{
    static const struct {
        const char *bytes;
        size_t n;
    } IMAGES[] = {{"\x89PNG\r\n", 6}, {"\xff\xd8\xff", 3}, {"II*\0", 4}, {"MM\0*", 4}};
    size_t head = len < PDF_HEAD ? len : PDF_HEAD;
    for (size_t i = 0; i < sizeof IMAGES / sizeof *IMAGES; i++)
        if (len > IMAGES[i].n && memcmp(data, IMAGES[i].bytes, IMAGES[i].n) == 0) {
            *kind = DOCUMENT_IMAGE;
            return true;
        }
    *kind = DOCUMENT_PDF;
    return memmem(data, head, "%PDF-", 5) != NULL && (memcmp(data, "%PDF-", 5) == 0 || memchr(data, '\0', len < GUESS_BYTES ? len : GUESS_BYTES));
}

bool document_kind_find(const char *path, const char *data, size_t len, enum document_kind *kind,
                        struct error *err)
{
    enum document_kind named = N_DOCUMENT_KINDS;
    if (!document_kind_of_name(path, &named)) {
        const char *other = unsupported_name(path);
        if (other)
            return error_set(err, ERROR_UNSUPPORTED,
                             "%s: %s files cannot be read (PDF, images, CSV, JSON, Markdown and text can)", path,
                             other);
    }
    if (begins_as_pages(data, len, kind)) return true;
    if (has_pages(named)) { /* the helper says what it is instead */
        *kind = named;
        return true;
    }
    bool cut = len > GUESS_BYTES;
    struct decoded_text text;
    if (!text_decode(&text, path, data, cut ? GUESS_BYTES : len, err)) {
        /* White space at the start alone: the whole is looked at. */
        if (!cut || !err || err->code != ERROR_INPUT) return false;
        error_clear(err);
        cut = false;
        if (!text_decode(&text, path, data, len, err)) return false;
    }
    *kind = guess(named, text.data, text.len, cut);
    decoded_text_free(&text);
    return true;
}

/* ---- reading ---- */

static void note_encoding(struct document_reader *r, const struct decoded_text *t)
{
    struct buffer b = {0};
    if (t->n_replaced == 0) return;
    for (size_t i = 0; i < t->n_lines; i++) buffer_printf(&b, "%s%zu", i ? ", " : "", t->lines[i]);
    reader_note(r, "%s %s%s: %zu %s not %s: read as U+FFFD", t->n_lines == 1 ? "line" : "lines",
                buffer_text(&b), t->n_lines == ENCODING_MAX_LINES ? " ..." : "", t->n_replaced,
                t->n_replaced == 1 ? "byte is" : "bytes are", t->encoding);
    if (b.failed) r->failed = true;
    buffer_free(&b);
}

static bool (*const READERS[N_DOCUMENT_KINDS])(struct document_reader *, struct error *) = {
    [DOCUMENT_CSV] = read_csv_document,
    [DOCUMENT_JSON] = read_json_document,
    [DOCUMENT_JSON_LINES] = read_json_lines_document,
    [DOCUMENT_MARKDOWN] = read_markdown_document,
    [DOCUMENT_TEXT] = read_text_document,
    [DOCUMENT_PDF] = read_pdf_document,
    [DOCUMENT_IMAGE] = read_pdf_document,
};

bool document_kind_is_built(enum document_kind kind)
{
    return kind < N_DOCUMENT_KINDS && READERS[kind];
}

bool document_read(struct document *out, enum document_kind kind, const char *data, size_t len,
                   const struct document_options *options, struct error *err)
{
    static const struct document_options NO_OPTIONS = {0};
    if (!options) options = &NO_OPTIONS;
    if (!READERS[kind])
        return error_set(err, ERROR_UNSUPPORTED, "%s: %s files cannot be read by this build",
                         options->path ? options->path : "document", document_kind_name(kind));
    const char *path = options->path ? options->path : "document";
    *out = (struct document){.kind = kind, .path = "", .encoding = ""};
    struct decoded_text text = {.data = data, .len = len, .encoding = "UTF-8"};
    if (!has_pages(kind) && !text_decode(&text, path, data, len, err)) return false;
    struct document_reader r = {.out = out,
                                .path = path,
                                .data = text.data,
                                .len = text.len,
                                .base = text.mark,
                                .cancel = options->cancel,
                                .options = options,
                                .spare_cells = text.len / 2 + SPARE_CELLS};
    out->encoding = text.encoding;
    out->path = reader_keep(&r, path, strlen(path));
    note_encoding(&r, &text);
    bool ok = reader_check(&r, err) && READERS[kind](&r, err) && reader_check(&r, err);
    if (ok && r.n_blocks == 0)
        ok = error_set(err, ERROR_INPUT, "%s: holds no %s", path,
                       kind == DOCUMENT_MARKDOWN || kind == DOCUMENT_TEXT || has_pages(kind) ? "text" : "rows");
    if (ok) {
        out->blocks = arena_array(&out->arena, r.n_blocks, sizeof *out->blocks);
        if (out->blocks) memcpy(out->blocks, r.blocks, r.n_blocks * sizeof *out->blocks);
        out->n_blocks = r.n_blocks;
        ok = out->blocks || error_memory(err, path);
    }
    free(r.blocks);
    if (!has_pages(kind)) decoded_text_free(&text);
    if (!ok) document_free(out);
    return ok;
}

void document_free(struct document *d)
{
    for (struct document_memory *m = d->memory; m; m = m->next) free(m->data);
    arena_free(&d->arena);
    *d = (struct document){.path = "", .encoding = ""};
}
