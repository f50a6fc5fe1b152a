#include "document/document.h"

#include "document/csv.h"
#include "document/encoding.h"
#include "document/html_table.h"
#include "document/json_scan.h"
#include "document/package.h"
#include "document/reader.h"

#include "base/buffer.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { GUESS_BYTES = 64 * 1024, SPARE_CELLS = 64 * 1024, PDF_HEAD = 1024, MADE_RATIO = 100 };
#define MADE_FREE ((size_t)64 << 20) /* bytes */

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

bool document_is_text(enum document_kind kind)
{
    switch (kind) {
    case DOCUMENT_CSV:
    case DOCUMENT_JSON:
    case DOCUMENT_JSON_LINES:
    case DOCUMENT_XLSX:
    case DOCUMENT_ODS:
    case DOCUMENT_XLS:
        return false;
    default:
        return true;
    }
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
        {"txt", DOCUMENT_TEXT},          {"text", DOCUMENT_TEXT},   {"html", DOCUMENT_HTML},
        {"htm", DOCUMENT_HTML},          {"xhtml", DOCUMENT_HTML},  {"xlsx", DOCUMENT_XLSX},
        {"xlsm", DOCUMENT_XLSX},         {"xltx", DOCUMENT_XLSX},   {"ods", DOCUMENT_ODS},
        {"xls", DOCUMENT_XLS},           {"docx", DOCUMENT_DOCX},   {"docm", DOCUMENT_DOCX},
        {"odt", DOCUMENT_ODT},           {"srt", DOCUMENT_SUBTITLES}, {"vtt", DOCUMENT_SUBTITLES},
        {"pdf", DOCUMENT_PDF},           {"png", DOCUMENT_IMAGE},   {"jpg", DOCUMENT_IMAGE},
        {"jpeg", DOCUMENT_IMAGE},        {"tif", DOCUMENT_IMAGE},   {"tiff", DOCUMENT_IMAGE},
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
        {"xlsb", "Excel"},
        {"ppt", "PowerPoint"},
        {"pptx", "PowerPoint"},
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
    if (len == 0) return false; /* data may be NULL then */
    for (size_t i = 0; i < sizeof IMAGES / sizeof *IMAGES; i++)
        if (len > IMAGES[i].n && memcmp(data, IMAGES[i].bytes, IMAGES[i].n) == 0) {
            *kind = DOCUMENT_IMAGE;
            return true;
        }
    *kind = DOCUMENT_PDF;
    return memmem(data, head, "%PDF-", 5) != NULL && (memcmp(data, "%PDF-", 5) == 0 || memchr(data, '\0', len < GUESS_BYTES ? len : GUESS_BYTES));
}

/* Kinds that are read from the file's bytes, not from its text. */
static bool is_binary(enum document_kind kind)
{
    return kind == DOCUMENT_XLSX || kind == DOCUMENT_ODS || kind == DOCUMENT_XLS ||
           kind == DOCUMENT_DOCX || kind == DOCUMENT_ODT;
}

/* "Workbook" as names of an old Office file's streams are written. */
static bool has_stream(const char *data, size_t len, const char *name)
{
    char wide[64];
    size_t n = strlen(name);
    for (size_t i = 0; i < n; i++) {
        wide[2 * i] = name[i];
        wide[2 * i + 1] = '\0';
    }
    return memmem(data, len, wide, 2 * n) != NULL;
}

/* The kind of an OLE container: XLS; else what it is instead. */
static bool ole_kind(const char *path, const char *data, size_t len, enum document_kind *kind,
                     struct error *err)
{
    if (has_stream(data, len, "EncryptedPackage"))
        return error_set(err, ERROR_UNSUPPORTED, "%s: is encrypted; save it without a password", path);
    if (has_stream(data, len, "Workbook")) {
        *kind = DOCUMENT_XLS;
        return true;
    }
    if (has_stream(data, len, "WordDocument"))
        return error_set(err, ERROR_UNSUPPORTED, "%s: is a Word 97 document (.doc); save it as DOCX", path);
    return error_set(err, ERROR_UNSUPPORTED, "%s: is an old Office file that is no Excel workbook", path);
}

/* Containers tell their kind whatever the file is called. True: *found says whether it is one. */
static bool container_kind(const char *path, const char *data, size_t len, enum document_kind *kind,
                           bool *found, struct error *err)
{
    *found = true;
    if (len >= 4 && (memcmp(data, "PK\3\4", 4) == 0 || memcmp(data, "PK\5\6", 4) == 0))
        return package_kind(path, data, len, kind, err);
    if (len >= 8 && memcmp(data, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) == 0)
        return ole_kind(path, data, len, kind, err);
    *found = false;
    return true;
}

bool document_kind_find(const char *path, const char *data, size_t len, enum document_kind *kind,
                        struct error *err)
{
    enum document_kind named = N_DOCUMENT_KINDS;
    bool container;
    if (!document_kind_of_name(path, &named)) {
        const char *other = unsupported_name(path);
        if (other)
            return error_set(err, ERROR_UNSUPPORTED,
                             "%s: %s files cannot be read (" DOCUMENT_KINDS_READ " can)", path, other);
    }
    if (!container_kind(path, data, len, kind, &container, err)) return false;
    if (container) return true;
    if (named < N_DOCUMENT_KINDS && is_binary(named)) {
        /* Exports that call a web page or a list of values .xls. */
        if (len && !binary_kind(data, len) && named != DOCUMENT_XLS)
            return error_set(err, ERROR_INPUT, "%s: is text, not an Office file", path);
        named = N_DOCUMENT_KINDS;
        size_t i = skip_spaces(data, len, 0);
        if (len - i > 6 && strncasecmp(data + i, "<table", 6) == 0) named = DOCUMENT_HTML;
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
    bool html = false;
    bool ok = true;
    const char *markup = markup_kind(text.data, text.len, &html);
    if (named == DOCUMENT_HTML || html)
        *kind = DOCUMENT_HTML;
    else if (markup)
        ok = error_set(err, ERROR_UNSUPPORTED, "%s: is %s", path, markup);
    else
        *kind = guess(named, text.data, text.len, cut);
    decoded_text_free(&text);
    return ok;
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
    [DOCUMENT_HTML] = read_html_document,
    [DOCUMENT_XLSX] = read_xlsx_document,
    [DOCUMENT_ODS] = read_ods_document,
    [DOCUMENT_XLS] = read_xls_document,
    [DOCUMENT_DOCX] = read_docx_document,
    [DOCUMENT_ODT] = read_odt_document,
    [DOCUMENT_SUBTITLES] = read_subtitles_document,
    [DOCUMENT_PDF] = read_pdf_document,
    [DOCUMENT_IMAGE] = read_pdf_document,
};

bool document_kind_is_built(enum document_kind kind)
{
    return kind < N_DOCUMENT_KINDS && READERS[kind];
}

/* HTML says its encoding itself, or the server that sent it did. */
static bool decode(struct decoded_text *text, enum document_kind kind, const char *path, const char *data,
                   size_t len, const char *charset, struct error *err)
{
    char stated[ENCODING_MAX_NAME];
    if (kind == DOCUMENT_HTML && !charset && html_charset(data, len, stated)) charset = stated;
    if (!text_decode_as(text, path, data, len, charset, err)) return false;
    bool html;
    const char *markup = kind == DOCUMENT_HTML ? NULL : markup_kind(text->data, text->len, &html);
    if (!markup) return true;
    decoded_text_free(text);
    return error_set(err, ERROR_UNSUPPORTED, "%s: is %s", path, markup);
}

/* The text that the reader made, and what it says of it, become the document's. */
static bool keep_made(struct document_reader *r)
{
    struct document *d = r->out;
    if (r->n_point_numbers) {
        uint64_t *numbers = arena_array(&d->arena, r->n_point_numbers, sizeof *numbers);
        if (!numbers) return false;
        memcpy(numbers, r->point_numbers, r->n_point_numbers * sizeof *numbers);
        d->point_numbers = numbers;
        d->n_point_numbers = r->n_point_numbers;
    }
    if (r->made.len == 0) return !r->made.failed;
    struct document_memory *m = arena_alloc(&d->arena, sizeof *m);
    if (!m || r->made.failed) return false;
    *m = (struct document_memory){d->memory, r->made.data};
    d->memory = m;
    d->text = r->made.data;
    d->text_len = r->made.len;
    r->made = (struct buffer){0};
    return true;
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
    if (!is_binary(kind) && !has_pages(kind) && !decode(&text, kind, path, data, len, options->charset, err)) return false;
    struct document_reader r = {.out = out,
                                .path = path,
                                .data = text.data,
                                .len = text.len,
                                .base = text.mark,
                                .cancel = options->cancel,
                                .options = options,
                                .made_limit = MADE_FREE + MADE_RATIO * len,
                                .spare_cells = text.len / 2 + SPARE_CELLS};
    out->encoding = text.encoding;
    out->path = reader_keep(&r, path, strlen(path));
    note_encoding(&r, &text);
    bool ok = reader_check(&r, err) && READERS[kind](&r, err) && reader_check(&r, err);
    if (ok && r.n_blocks == 0) ok = error_set(err, ERROR_INPUT, "%s: holds no %s", path,
                       document_is_text(kind) ? "text" : "rows");
    if (ok) {
        out->blocks = arena_array(&out->arena, r.n_blocks, sizeof *out->blocks);
        if (out->blocks) memcpy(out->blocks, r.blocks, r.n_blocks * sizeof *out->blocks);
        out->n_blocks = r.n_blocks;
        ok = out->blocks && keep_made(&r);
        if (!ok) error_memory(err, path);
    }
    free(r.blocks);
    free(r.point_numbers);
    buffer_free(&r.made);
    decoded_text_free(&text);
    if (!ok) document_free(out);
    return ok;
}

void document_free(struct document *d)
{
    for (struct document_memory *m = d->memory; m; m = m->next) free(m->data);
    arena_free(&d->arena);
    *d = (struct document){.path = "", .encoding = ""};
}
