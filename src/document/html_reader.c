/* Web pages: the HTML of the page, then what it tells machines of its vehicles. */
#include "document/encoding.h"
#include "document/html_table.h"
#include "document/json_ld.h"
#include "document/reader.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CHARSET_BYTES = 4096 };

/* Where a word stands in data[0, len), in any case; NULL: nowhere. */
static const char *find_word(const char *data, size_t len, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = data; (size_t)(at - data) + n <= len; at++) {
        at = memchr(at, word[0], len - (size_t)(at - data));
        if (!at || (size_t)(at - data) + n > len) return NULL;
        if (strncasecmp(at, word, n) == 0) return at;
    }
    return NULL;
}

bool html_charset(const char *data, size_t len, char *charset)
{
    if (len > CHARSET_BYTES) len = CHARSET_BYTES;
    for (const char *at = data; at && (at = find_word(at, len - (size_t)(at - data), "<meta")); at++) {
        size_t left = len - (size_t)(at - data);
        const char *end = memchr(at, '>', left);
        const char *name = end ? find_word(at, (size_t)(end - at), "charset=") : NULL;
        if (!name) continue;
        name += 8;
        while (name < end && strchr("\"' ", *name)) name++;
        size_t n = 0;
        while (name + n < end && n + 1 < ENCODING_MAX_NAME && !strchr("\"' ;/>", name[n])) n++;
        memcpy(charset, name, n);
        charset[n] = '\0';
        return n > 0;
    }
    return false;
}

static bool find_lines(const struct document_reader *r, struct html_source *s)
{
    size_t n = 1, cap = 64;
    size_t *lines = malloc(cap * sizeof *lines);
    if (!lines) return false;
    lines[0] = 0;
    for (const char *at = r->data; (at = memchr(at, '\n', r->len - (size_t)(at - r->data)));) {
        if (n == cap) {
            size_t *grown = realloc(lines, 2 * cap * sizeof *lines);
            if (!grown) {
                free(lines);
                return false;
            }
            lines = grown;
            cap *= 2;
        }
        lines[n++] = (size_t)(++at - r->data);
    }
    s->lines = lines;
    s->n_lines = n;
    return true;
}

bool read_html_document(struct document_reader *r, struct error *err)
{
    if (r->len > INT_MAX / 2)
        return error_set(err, ERROR_UNSUPPORTED, "%s: more than %d MB of HTML", r->path, INT_MAX / 2 >> 20);
    static const struct text_piece START = {0};
    struct html_source source = {.text = r->data, .len = r->len, .pieces = &START, .n_pieces = 1, .page = true};
    struct pair_list pairs;
    if (!find_lines(r, &source)) return error_memory(err, r->path);
    pair_list_init(&pairs, r);
    bool ok = html_read(r, &source, &pairs, err);
    if (ok) {
        pair_list_flush(&pairs);
        json_ld_read(r, source.lines, source.n_lines);
        ok = reader_check(r, err);
    }
    pair_list_free(&pairs);
    free((size_t *)(uintptr_t)source.lines);
    return ok;
}
