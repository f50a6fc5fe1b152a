#include "document/package.h"

#include <libxml/parserInternals.h>

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sheets of repeated rows shrink by a factor of 50 or 100; deflate ends at 1032. */
#define INFLATED_MAX ((uint64_t)1 << 30)
#define INFLATED_FREE ((uint64_t)64 << 20)
enum { INFLATED_RATIO = 200, PARTS_MAX = 100000, CHECK_EVENTS = 4096, TAGS_DEEP = 256 /* libxml2's own limit */ };

/* ---- the archive ---- */

bool package_open(struct package *p, const char *path, const char *data, size_t len,
                  struct error *err)
{
    uint64_t limit = (uint64_t)len * INFLATED_RATIO;
    *p = (struct package){.path = path};
    p->limit = limit < INFLATED_FREE ? INFLATED_FREE : limit < INFLATED_MAX ? limit : INFLATED_MAX;
    zip_error_t e;
    zip_error_init(&e);
    zip_source_t *source = zip_source_buffer_create(data, len, 0, &e);
    p->zip = source ? zip_open_from_source(source, ZIP_RDONLY, &e) : NULL;
    if (!p->zip) {
        if (zip_error_code_zip(&e) == ZIP_ER_MEMORY)
            error_memory(err, path);
        else
            error_set(err, ERROR_INPUT, "%s: is a damaged ZIP archive (%s)", path,
                      zip_error_strerror(&e));
        if (source) zip_source_free(source);
        zip_error_fini(&e);
        return false;
    }
    zip_error_fini(&e);
    if (zip_get_num_entries(p->zip, 0) > PARTS_MAX) {
        package_close(p);
        return error_set(err, ERROR_INPUT, "%s: holds more than %d parts", path, PARTS_MAX);
    }
    return true;
}

void package_close(struct package *p)
{
    if (p->zip) zip_discard(p->zip);
    p->zip = NULL;
}

bool package_has(const struct package *p, const char *name)
{
    return zip_name_locate(p->zip, name, 0) >= 0;
}

bool package_kind(const char *path, const char *data, size_t len, enum document_kind *kind,
                  struct error *err)
{
    static const struct {
        const char *mimetype;
        enum document_kind kind;
    } TYPES[] = {
        {"application/vnd.oasis.opendocument.spreadsheet", DOCUMENT_ODS},
        {"application/vnd.oasis.opendocument.text", DOCUMENT_ODT},
    };
    struct package p;
    if (!package_open(&p, path, data, len, err)) return false;
    const char *other = "a ZIP archive, not an Excel, Word or OpenDocument file";
    bool found = true;
    char type[80] = "";
    zip_file_t *file = zip_fopen(p.zip, "mimetype", 0);
    zip_int64_t n = file ? zip_fread(file, type, sizeof type - 1) : 0;
    if (file) zip_fclose(file);
    type[n > 0 ? n : 0] = '\0';
    if (package_has(&p, "xl/workbook.xml")) {
        *kind = DOCUMENT_XLSX;
    } else if (package_has(&p, "word/document.xml")) {
        *kind = DOCUMENT_DOCX;
    } else {
        found = false;
        /* Templates are told by "-template" behind the type. */
        for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES && !found; i++) {
            found = strncmp(type, TYPES[i].mimetype, strlen(TYPES[i].mimetype)) == 0;
            if (found) *kind = TYPES[i].kind;
        }
        if (package_has(&p, "xl/workbook.bin"))
            other = "a binary Excel workbook (XLSB); save it as XLSX";
        else if (package_has(&p, "ppt/presentation.xml") || strstr(type, "presentation"))
            other = "a presentation";
        else if (strstr(type, "epub"))
            other = "an EPUB book";
    }
    package_close(&p);
    return found || error_set(err, ERROR_UNSUPPORTED, "%s: is %s", path, other);
}

/* ---- a part ---- */

size_t xml_part_line(const struct xml_part *x)
{
    int line = x->reader ? xmlTextReaderGetParserLineNumber(x->reader) : 0;
    return line > 0 ? (size_t)line : 1;
}

void xml_part_fail(struct xml_part *x, const char *fmt, ...)
{
    char text[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    error_set(&x->error, ERROR_INPUT, "%s: %s: line %zu: %s", x->package->path, x->name,
              xml_part_line(x), text);
}

/* What libxml2 finds wrong. */
static void on_error(void *context, xmlErrorPtr e)
{
    struct xml_part *x = context;
    if (!e || e->level < XML_ERR_ERROR || x->error.code) return;
    char text[160];
    snprintf(text, sizeof text, "%s", e->message ? e->message : "is no XML");
    text[strcspn(text, "\r\n")] = '\0';
    const char *huge = strstr(text, "huge"), *deep = strstr(text, "Excessive depth");
    if (huge) snprintf(text, sizeof text, "a text of more than %d MB", XML_MAX_TEXT_LENGTH / 1000000);
    if (deep) snprintf(text, sizeof text, "tags more than %d deep", TAGS_DEEP);
    if (e->code == XML_ERR_NO_MEMORY && !huge)
        error_memory(&x->error, x->package->path);
    else
        error_set(&x->error, ERROR_INPUT, "%s: %s: line %d: %s", x->package->path, x->name, e->line,
                  text);
}

static int read_bytes(void *context, char *buffer, int len)
{
    struct xml_part *x = context;
    struct package *p = x->package;
    if (x->error.code) return -1;
    zip_int64_t n = zip_fread(x->file, buffer, len < 0 ? 0 : (zip_uint64_t)len);
    if (n < 0) {
        error_set(&x->error, ERROR_INPUT, "%s: %s: cannot be inflated (%s)", p->path, x->name,
                  zip_file_strerror(x->file));
        return -1;
    }
    p->inflated += (uint64_t)n;
    if (p->inflated > p->limit) {
        error_set(&x->error, ERROR_INPUT,
                  "%s: %s: inflates to more than %llu MB, %s: refused", p->path, x->name,
                  (unsigned long long)(p->limit >> 20),
                  p->limit == INFLATED_MAX ? "the most that is read" : "too much for its size");
        return -1;
    }
    return (int)n;
}

bool xml_part_open(struct xml_part *x, struct package *p, const char *name, struct error *err)
{
    *x = (struct xml_part){.package = p, .name = name, .tag = "", .text = ""};
    x->file = zip_fopen(p->zip, name, 0);
    if (!x->file) {
        int code = zip_error_code_zip(zip_get_error(p->zip));
        return code == ZIP_ER_MEMORY  ? error_memory(err, p->path)
               : code == ZIP_ER_NOENT ? error_set(err, ERROR_INPUT, "%s: %s is missing", p->path, name)
               : code == ZIP_ER_NOPASSWD || code == ZIP_ER_WRONGPASSWD
                   ? error_set(err, ERROR_UNSUPPORTED, "%s: %s is encrypted; save it without a password",
                               p->path, name)
                   : error_set(err, ERROR_INPUT, "%s: %s: %s", p->path, name, zip_strerror(p->zip));
    }
    xmlInitParser();
    x->reader = xmlReaderForIO(read_bytes, NULL, x, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOCDATA);
    if (!x->reader) {
        zip_fclose(x->file);
        x->file = NULL;
        if (x->error.code) return error_set(err, x->error.code, "%s", x->error.text);
        return error_memory(err, p->path);
    }
    xmlTextReaderSetStructuredErrorHandler(x->reader, on_error, x);
    return true;
}

bool xml_part_close(struct xml_part *x, struct error *err)
{
    if (x->reader) xmlFreeTextReader(x->reader);
    if (x->file) zip_fclose(x->file);
    x->reader = NULL;
    x->file = NULL;
    return x->error.code == ERROR_NONE || error_set(err, x->error.code, "%s", x->error.text);
}

static enum xml_event ended(struct xml_part *x, int status)
{
    if (status < 0 && !x->error.code) xml_part_fail(x, "is no XML");
    return XML_END;
}

enum xml_event xml_part_next(struct xml_part *x)
{
    if (x->error.code || !x->reader) return XML_END;
    if (x->empty) {
        x->empty = false;
        return XML_CLOSE;
    }
    for (;;) {
        int status = xmlTextReaderRead(x->reader);
        if (status != 1 || x->error.code) return ended(x, status);
        const atomic_bool *cancel = x->package->cancel;
        if (++x->events % CHECK_EVENTS == 0 && cancel &&
            atomic_load_explicit(cancel, memory_order_relaxed)) {
            error_set(&x->error, ERROR_CANCELLED, "%s: cancelled", x->package->path);
            return XML_END;
        }
        switch (xmlTextReaderNodeType(x->reader)) {
        case XML_READER_TYPE_ELEMENT:
            x->tag = (const char *)xmlTextReaderConstLocalName(x->reader);
            x->depth = xmlTextReaderDepth(x->reader);
            x->empty = xmlTextReaderIsEmptyElement(x->reader) == 1;
            return XML_OPEN;
        case XML_READER_TYPE_END_ELEMENT:
            x->tag = (const char *)xmlTextReaderConstLocalName(x->reader);
            x->depth = xmlTextReaderDepth(x->reader);
            return XML_CLOSE;
        case XML_READER_TYPE_TEXT:
        case XML_READER_TYPE_CDATA:
        case XML_READER_TYPE_WHITESPACE:
        case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
            x->text = (const char *)xmlTextReaderConstValue(x->reader);
            if (!x->text) x->text = "";
            return XML_TEXT;
        case XML_READER_TYPE_DOCUMENT_TYPE:
        case XML_READER_TYPE_ENTITY_REFERENCE:
            /* Office files have none; they are what entities are expanded by. */
            xml_part_fail(x, "holds a document type or an entity: refused");
            return XML_END;
        default:
            break;
        }
    }
}

const char *xml_attribute(const struct xml_part *x, const char *name)
{
    xmlNodePtr node = xmlTextReaderCurrentNode(x->reader);
    if (!node || node->type != XML_ELEMENT_NODE) return NULL;
    for (const xmlAttr *a = node->properties; a; a = a->next) {
        if (strcmp((const char *)a->name, name) != 0) continue;
        if (!a->children || !a->children->content) return "";
        return a->children->type == XML_TEXT_NODE ? (const char *)a->children->content : "";
    }
    return NULL;
}

void xml_part_skip(struct xml_part *x)
{
    int depth = x->depth;
    for (enum xml_event e; (e = xml_part_next(x)) != XML_END;)
        if (e == XML_CLOSE && x->depth == depth) return;
}

void xml_part_text(struct xml_part *x, struct buffer *out)
{
    int depth = x->depth;
    for (enum xml_event e; (e = xml_part_next(x)) != XML_END;) {
        if (e == XML_CLOSE && x->depth == depth) return;
        if (e == XML_TEXT) buffer_puts(out, x->text);
    }
}
