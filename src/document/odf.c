#include "document/odf.h"

#include "document/html_table.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_SPACES = 64, MAX_SPANS = 64 };

/* ---- the file ---- */

static bool is_encrypted(struct package *p, bool *encrypted, struct error *err)
{
    struct xml_part x;
    *encrypted = false;
    if (!package_has(p, "META-INF/manifest.xml")) return true;
    if (!xml_part_open(&x, p, "META-INF/manifest.xml", err)) return false;
    for (enum xml_event e; (e = xml_part_next(&x)) != XML_END && !*encrypted;)
        *encrypted = e == XML_OPEN && strcmp(x.tag, "encryption-data") == 0;
    if (*encrypted) x.error.code = ERROR_NONE;
    return xml_part_close(&x, err);
}

bool odf_open(struct odf *o, struct document_reader *r, struct error *err)
{
    bool encrypted;
    *o = (struct odf){.r = r};
    if (!package_open(&o->package, r->path, r->data, r->len, err)) return false;
    o->package.cancel = r->cancel;
    if (is_encrypted(&o->package, &encrypted, err)) {
        if (!encrypted) return true;
        error_set(err, ERROR_UNSUPPORTED, "%s: is encrypted; save it without a password", r->path);
    }
    odf_close(o);
    return false;
}

void odf_close(struct odf *o)
{
    for (size_t i = 0; i < o->n_styles; i++) {
        free(o->styles[i].name);
        free(o->styles[i].parent);
    }
    free(o->styles);
    o->styles = NULL;
    o->n_styles = 0;
    package_close(&o->package);
}

/* ---- styles ---- */

static bool begins(const char *text, const char *start)
{
    return text && strncmp(text, start, strlen(start)) == 0;
}

static void add_style(struct odf *o, const struct xml_part *x)
{
    const char *name = xml_attribute(x, "name"), *parent = xml_attribute(x, "parent-style-name");
    const char *level = xml_attribute(x, "default-outline-level");
    if (!name || o->r->failed) return;
    if (o->n_styles == o->cap_styles) {
        size_t cap = o->cap_styles ? o->cap_styles * 2 : 64;
        struct odf_style *styles = realloc(o->styles, cap * sizeof *styles);
        if (!styles) {
            o->r->failed = true;
            return;
        }
        o->styles = styles;
        o->cap_styles = cap;
    }
    struct odf_style s = {.name = strdup(name), .parent = parent ? strdup(parent) : NULL};
    s.outline = level ? atoi(level) : 0;
    if (!s.name || (parent && !s.parent)) o->r->failed = true;
    o->styles[o->n_styles++] = s;
}

void odf_read_styles(struct odf *o, struct xml_part *x)
{
    int depth = x->depth;
    for (enum xml_event e; (e = xml_part_next(x)) != XML_END && !o->r->failed;) {
        if (e == XML_CLOSE && x->depth == depth) return;
        if (e != XML_OPEN) continue;
        struct odf_style *s = o->n_styles ? &o->styles[o->n_styles - 1] : NULL;
        if (strcmp(x->tag, "style") == 0) {
            add_style(o, x);
        } else if (s && strcmp(x->tag, "text-properties") == 0) {
            const char *position = xml_attribute(x, "text-position");
            const char *through = xml_attribute(x, "text-line-through-style");
            s->raised = begins(position, "super") || (position && position[0] > '0' && position[0] <= '9');
            s->struck = through && strcmp(through, "none") != 0;
        } else if (s && strcmp(x->tag, "table-properties") == 0) {
            const char *display = xml_attribute(x, "display");
            s->hidden = display && strcmp(display, "false") == 0;
        }
    }
}

uint32_t odf_count(const struct xml_part *x, const char *name, uint32_t most)
{
    const char *text = xml_attribute(x, name);
    long n = text ? strtol(text, NULL, 10) : 1;
    return n < 1 ? 1 : n > (long)most ? most : (uint32_t)n;
}

static int compare_styles(const void *a, const void *b)
{
    return strcmp(((const struct odf_style *)a)->name, ((const struct odf_style *)b)->name);
}

void odf_sort_styles(struct odf *o)
{
    if (o->n_styles && !o->r->failed) qsort(o->styles, o->n_styles, sizeof *o->styles, compare_styles);
}

const struct odf_style *odf_find_style(const struct odf *o, const char *name)
{
    const struct odf_style key = {.name = (char *)(uintptr_t)name};
    if (!name || !o->n_styles) return NULL;
    return bsearch(&key, o->styles, o->n_styles, sizeof key, compare_styles);
}

/* ---- text ---- */

static bool is_left_out(const char *tag)
{
    static const char *const TAGS[] = {"note",  "annotation", "annotation-end", "frame", "custom-shape",
                                       "ruby-text", "tracked-changes", "object", "shapes", "change", "title",
                                       "desc", "event-listeners"};
    for (size_t i = 0; i < sizeof TAGS / sizeof *TAGS; i++)
        if (strcmp(tag, TAGS[i]) == 0) return true;
    return false;
}

void odf_read_text(struct odf *o, struct xml_part *x, struct buffer *out)
{
    struct span {
        int depth;
        size_t from;
        bool raised, struck;
    } spans[MAX_SPANS];
    size_t n = 0;
    int depth = x->depth;
    for (enum xml_event e; (e = xml_part_next(x)) != XML_END;) {
        if (e == XML_TEXT) {
            /* Runs of white space are one blank, as in HTML. */
            for (const char *t = x->text; *t; t++) {
                bool space = strchr(" \t\r\n", *t) != NULL;
                if (!space)
                    buffer_putc(out, *t);
                else if (out->len && out->data[out->len - 1] != ' ' && out->data[out->len - 1] != '\n')
                    buffer_putc(out, ' ');
            }
        } else if (e == XML_CLOSE) {
            if (n && spans[n - 1].depth == x->depth) {
                const struct span *s = &spans[--n];
                if (s->struck && !out->failed && out->len > s->from) {
                    out->len = s->from;
                    out->data[s->from] = '\0';
                }
                if (s->raised) html_superscript(out, s->from);
            }
            if (x->depth == depth) break;
        } else if (o->read_box && strcmp(x->tag, "frame") == 0) {
            /* Its text box is told below, its picture says nothing. */
        } else if (o->read_box && strcmp(x->tag, "text-box") == 0) {
            o->read_box(o->context, x);
        } else if (is_left_out(x->tag)) {
            xml_part_skip(x);
        } else if (strcmp(x->tag, "s") == 0) {
            const char *count = xml_attribute(x, "c");
            int spaces = count ? atoi(count) : 1;
            for (int i = 0; i < spaces && i < MAX_SPACES; i++) buffer_putc(out, ' ');
        } else if (strcmp(x->tag, "tab") == 0) {
            buffer_putc(out, '\t');
        } else if (strcmp(x->tag, "line-break") == 0) {
            buffer_putc(out, '\n');
        } else if (strcmp(x->tag, "span") == 0 && n < MAX_SPANS) {
            const struct odf_style *s = odf_find_style(o, xml_attribute(x, "style-name"));
            if (s && (s->raised || s->struck))
                spans[n++] = (struct span){x->depth, out->len, s->raised, s->struck};
        }
    }
    if (out->failed) o->r->failed = true;
}
