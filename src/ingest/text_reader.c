/* Plain text: paragraphs, and short lines of their own that name a vehicle as headings. */
#include "ingest/reader.h"

#include <string.h>

enum { HEADING_BYTES = 90 };

/* A line that could be a heading: short, no sentence, no "name: value". */
static bool is_heading(const char *line, size_t len)
{
    struct fact f;
    if (len == 0 || len > HEADING_BYTES || strchr(".!?,;", line[len - 1])) return false;
    size_t words = 1;
    for (size_t i = 0; i < len; i++) words += line[i] == ' ';
    return words <= 10 && !fact_parse(&f, line, len);
}

/* "=====" and the like under a heading. */
static bool is_rule(const char *line, size_t len)
{
    if (len < 3 || !strchr("=-*_~", line[0])) return false;
    for (size_t i = 1; i < len; i++)
        if (line[i] != line[0]) return false;
    return true;
}

bool read_plain_text(struct reader *r, struct error *err)
{
    struct section s = {.reader = r, .heading = "", .title = r->name, .vehicle = reader_vehicle(r)};
    bool ok = true, blank_before = true;
    size_t line_no = 0, at = 0;
    if (r->len >= 3 && memcmp(r->data, "\xef\xbb\xbf", 3) == 0) at = 3;
    while (ok && at < r->len) {
        const char *line = r->data + at;
        const char *end = memchr(line, '\n', r->len - at);
        size_t len = end ? (size_t)(end - line) : r->len - at, begin = at;
        at += len + (end ? 1 : 0);
        line_no++;
        while (len && strchr(" \t\r\f", line[len - 1])) len--;
        while (len && (line[0] == ' ' || line[0] == '\t')) {
            line++;
            len--;
        }
        if (len == 0 || is_rule(line, len)) {
            blank_before = true;
            continue;
        }
        struct vehicle v;
        bool heading = blank_before && is_heading(line, len);
        if (heading && reader_parse_heading(r, &v, line, len)) {
            ok = section_flush(&s, err);
            struct buffer title = {0};
            vehicle_title(&v, &title);
            s.vehicle = v;
            s.title = arena_strdup(&r->arena, buffer_text(&title));
            buffer_free(&title);
        } else if (heading && line_no == 1 && !r->options->title) {
            s.title = arena_strndup(&r->arena, line, len); /* the document's own title */
        } else if (ok) {
            ok = section_add(&s, line, len, line_no, line_no, begin, at, err);
        }
        if (!s.title) ok = error_memory(err, "a heading");
        blank_before = false;
    }
    ok = ok && section_flush(&s, err);
    section_free(&s);
    return ok;
}
