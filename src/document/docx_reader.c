/* Word documents: what is read of their styles (headings, captions, lists) and the body. Deleted and
 * hidden text, codes of fields, heads and feet of pages are left out; text boxes stand before the
 * paragraph that they hang on. */
#include "document/html_table.h"
#include "document/package.h"
#include "document/reader.h"
#include "document/word.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { STYLE_DEPTH = 16 /* styles that are based on one another */, MAX_SPAN = DOCUMENT_MAX_COLUMNS };

struct docx_style {
    char *id, *base;
    int heading; /* its level; 0: none */
    bool caption, list;
};

struct docx {
    struct document_reader *r;
    struct package package;
    struct word word;
    struct docx_style *styles; /* (n_styles) by id */
    size_t n_styles, cap_styles;
    size_t n_struck; /* runs that were left out */
};

static bool is_on(const struct xml_part *x)
{
    const char *value = xml_attribute(x, "val");
    return !value || (strcmp(value, "0") != 0 && strcmp(value, "false") != 0 && strcmp(value, "off") != 0 &&
                      strcmp(value, "none") != 0);
}

static int number_of(const struct xml_part *x, int fallback)
{
    const char *value = xml_attribute(x, "val");
    long n = value ? strtol(value, NULL, 10) : fallback;
    return n < 0 ? 0 : n > MAX_SPAN ? MAX_SPAN : (int)n;
}

/* ---- styles ---- */

static struct docx_style *add_style(struct docx *d, const char *id)
{
    if (d->n_styles == d->cap_styles) {
        size_t cap = d->cap_styles ? d->cap_styles * 2 : 64;
        struct docx_style *styles = realloc(d->styles, cap * sizeof *styles);
        if (!styles) {
            d->r->failed = true;
            return NULL;
        }
        d->styles = styles;
        d->cap_styles = cap;
    }
    struct docx_style *s = &d->styles[d->n_styles++];
    *s = (struct docx_style){.id = strdup(id)};
    if (!s->id) d->r->failed = true;
    return s;
}

static void take_style_name(struct docx_style *s, const char *name)
{
    if (strncasecmp(name, "heading ", 8) == 0 && name[8] >= '1' && name[8] <= '9')
        s->heading = name[8] - '0' + 1;
    else if (strcasecmp(name, "title") == 0)
        s->heading = 1;
    else if (strcasecmp(name, "caption") == 0)
        s->caption = true;
    else if (strncasecmp(name, "list bullet", 11) == 0 || strncasecmp(name, "list number", 11) == 0)
        s->list = true;
}

static void read_style(struct docx *d, struct xml_part *x)
{
    const char *id = xml_attribute(x, "styleId");
    int depth = x->depth;
    struct docx_style *s = add_style(d, id ? id : "");
    for (enum xml_event e; s && !d->r->failed && (e = xml_part_next(x)) != XML_END;) {
        if (e == XML_CLOSE && x->depth == depth) return;
        if (e != XML_OPEN) continue;
        const char *value = xml_attribute(x, "val");
        if (strcmp(x->tag, "name") == 0 && value)
            take_style_name(s, value);
        else if (strcmp(x->tag, "basedOn") == 0 && value && !s->base) {
            s->base = strdup(value);
            if (!s->base) d->r->failed = true;
        } else if (strcmp(x->tag, "outlineLvl") == 0 && !s->heading && number_of(x, 9) < 9)
            s->heading = number_of(x, 9) + 2;
        else if (strcmp(x->tag, "numPr") == 0)
            s->list = true;
    }
}

static int compare_styles(const void *a, const void *b)
{
    const struct docx_style *x = a, *y = b;
    return strcmp(x->id, y->id);
}

static bool read_styles(struct docx *d, struct error *err)
{
    struct xml_part x;
    if (!package_has(&d->package, "word/styles.xml")) return true;
    if (!xml_part_open(&x, &d->package, "word/styles.xml", err)) return false;
    for (enum xml_event e; !d->r->failed && (e = xml_part_next(&x)) != XML_END;)
        if (e == XML_OPEN && strcmp(x.tag, "style") == 0) read_style(d, &x);
    if (d->n_styles && !d->r->failed) qsort(d->styles, d->n_styles, sizeof *d->styles, compare_styles);
    return xml_part_close(&x, err);
}

/* What the style says, or those that it is based on; these may go round in a circle. */
static void apply_style(const struct docx *d, const char *id, struct word_paragraph *p)
{
    struct docx_style key = {0};
    for (int i = 0; id && d->n_styles && i < STYLE_DEPTH; i++) {
        key.id = (char *)(uintptr_t)id;
        const struct docx_style *s = bsearch(&key, d->styles, d->n_styles, sizeof key, compare_styles);
        if (!s) return;
        if (s->heading && p->kind == BLOCK_PARAGRAPH) {
            p->kind = BLOCK_HEADING;
            p->level = s->heading;
        } else if (s->list && p->kind == BLOCK_PARAGRAPH) {
            p->kind = BLOCK_LIST_ITEM;
            p->level = 1;
        }
        p->caption = p->caption || s->caption;
        id = s->base;
    }
}

/* ---- paragraphs ---- */

static void read_blocks(struct docx *d, struct xml_part *x);

static void read_paragraph_style(struct docx *d, struct xml_part *x, struct word_paragraph *p)
{
    int depth = x->depth, outline = 9, level = 0;
    bool list = false, none = false;
    for (enum xml_event e; (e = xml_part_next(x)) != XML_END;) {
        if (e == XML_CLOSE && x->depth == depth) break;
        if (e != XML_OPEN) continue;
        if (strcmp(x->tag, "pStyle") == 0) {
            apply_style(d, xml_attribute(x, "val"), p);
        } else if (strcmp(x->tag, "outlineLvl") == 0) {
            outline = number_of(x, 9);
        } else if (strcmp(x->tag, "ilvl") == 0) {
            level = number_of(x, 0);
        } else if (strcmp(x->tag, "numId") == 0) {
            list = number_of(x, 0) > 0;
            none = !list;
        } else if (strcmp(x->tag, "rPr") == 0 || strcmp(x->tag, "pPrChange") == 0) {
            xml_part_skip(x);
        }
    }
    if (outline < 9 && p->kind != BLOCK_HEADING) {
        p->kind = BLOCK_HEADING;
        p->level = outline + 2;
    } else if (list && p->kind != BLOCK_HEADING) { /* numbered headings are headings */
        p->kind = BLOCK_LIST_ITEM;
        p->level = level < 9 ? level + 1 : 9;
    } else if (none && p->kind == BLOCK_LIST_ITEM) {
        p->kind = BLOCK_PARAGRAPH;
        p->level = 0;
    }
}

struct run {
    bool raised, struck, hidden, bold;
};

static void read_run_style(struct xml_part *x, struct run *run)
{
    int depth = x->depth;
    for (enum xml_event e; (e = xml_part_next(x)) != XML_END;) {
        if (e == XML_CLOSE && x->depth == depth) return;
        if (e != XML_OPEN) continue;
        const char *value = xml_attribute(x, "val");
        if (strcmp(x->tag, "vertAlign") == 0)
            run->raised = value && strcmp(value, "superscript") == 0;
        else if (strcmp(x->tag, "strike") == 0 || strcmp(x->tag, "dstrike") == 0)
            run->struck = run->struck || is_on(x);
        else if (strcmp(x->tag, "vanish") == 0)
            run->hidden = is_on(x);
        else if (strcmp(x->tag, "b") == 0)
            run->bold = is_on(x);
        else if (strcmp(x->tag, "rPrChange") == 0)
            xml_part_skip(x);
    }
}

/* Text of a paragraph or of a run in it, and of all that stands around runs: links, fields, boxes. */
struct paragraph {
    struct buffer text;
    size_t bold; /* bytes */
};

static void read_run(struct docx *d, struct xml_part *x, struct paragraph *p)
{
    struct run run = {0};
    struct buffer *out = &p->text;
    size_t from = out->len;
    int depth = x->depth;
    for (enum xml_event e; (e = xml_part_next(x)) != XML_END;) {
        if (e == XML_CLOSE && x->depth == depth) break;
        if (e != XML_OPEN) continue;
        if (strcmp(x->tag, "rPr") == 0) {
            read_run_style(x, &run);
        } else if (strcmp(x->tag, "t") == 0) {
            xml_part_text(x, out);
        } else if (strcmp(x->tag, "tab") == 0 || strcmp(x->tag, "ptab") == 0) {
            buffer_putc(out, '\t');
        } else if (strcmp(x->tag, "br") == 0 || strcmp(x->tag, "cr") == 0) {
            buffer_putc(out, '\n');
        } else if (strcmp(x->tag, "noBreakHyphen") == 0) {
            buffer_putc(out, '-');
        } else if (strcmp(x->tag, "txbxContent") == 0) {
            read_blocks(d, x);
        } else if (strcmp(x->tag, "Fallback") == 0 || strcmp(x->tag, "instrText") == 0 ||
                   strcmp(x->tag, "delText") == 0 || strcmp(x->tag, "rt") == 0) {
            xml_part_skip(x);
        }
    }
    if (out->failed) {
        d->r->failed = true;
        return;
    }
    if ((run.struck || run.hidden) && out->len > from) {
        d->n_struck += run.struck;
        out->len = from;
        out->data[from] = '\0';
    }
    if (run.raised) html_superscript(out, from);
    if (run.bold) p->bold += out->len - from;
}

static void read_paragraph(struct docx *d, struct xml_part *x)
{
    struct word_paragraph kind = {.kind = BLOCK_PARAGRAPH};
    struct paragraph p = {0};
    int depth = x->depth;
    for (enum xml_event e; (e = xml_part_next(x)) != XML_END;) {
        if (e == XML_CLOSE && x->depth == depth) break;
        if (e != XML_OPEN) continue;
        if (strcmp(x->tag, "pPr") == 0)
            read_paragraph_style(d, x, &kind);
        else if (strcmp(x->tag, "r") == 0)
            read_run(d, x, &p);
        else if (strcmp(x->tag, "t") == 0) /* of a formula */
            xml_part_text(x, &p.text);
        else if (strcmp(x->tag, "del") == 0 || strcmp(x->tag, "moveFrom") == 0 || strcmp(x->tag, "Fallback") == 0 ||
                 strcmp(x->tag, "sdtPr") == 0)
            xml_part_skip(x);
    }
    kind.bold = p.text.len && p.bold == p.text.len;
    if (p.text.failed)
        d->r->failed = true;
    else if (!x->error.code)
        word_add(&d->word, &kind, buffer_text(&p.text), p.text.len);
    buffer_free(&p.text);
}

/* ---- tables ---- */

/* Cells that go on over rows: where each began, by column. */
struct merged {
    struct sheet_range *columns; /* row > last_row: none */
    size_t n;
};

static bool room_for(struct docx *d, struct merged *m, size_t n)
{
    if (n > MAX_SPAN) return false;
    if (n <= m->n) return true;
    struct sheet_range *columns = realloc(m->columns, n * sizeof *columns);
    if (!columns) {
        d->r->failed = true;
        return false;
    }
    for (size_t i = m->n; i < n; i++) columns[i] = (struct sheet_range){.row = 1};
    m->columns = columns;
    m->n = n;
    return true;
}

static void end_merge(struct docx *d, struct merged *m, size_t column)
{
    struct sheet_range *range = &m->columns[column];
    if (range->row <= range->last_row) sheet_merge(&d->word.tables[d->word.n_tables - 1].sheet, *range);
    *range = (struct sheet_range){.row = 1};
}

static void read_cell(struct docx *d, struct xml_part *x, struct merged *m)
{
    struct word_table *t = &d->word.tables[d->word.n_tables - 1];
    uint32_t span = 1;
    bool goes_on = false, begins = false;
    int depth = x->depth;
    word_begin_cell(&d->word);
    for (enum xml_event e; (e = xml_part_next(x)) != XML_END && !d->r->failed;) {
        if (e == XML_CLOSE && x->depth == depth) break;
        if (e != XML_OPEN) continue;
        if (strcmp(x->tag, "gridSpan") == 0) {
            int n = number_of(x, 1);
            span = n > 1 ? (uint32_t)n : 1;
        } else if (strcmp(x->tag, "vMerge") == 0) {
            const char *value = xml_attribute(x, "val");
            begins = value && strcmp(value, "restart") == 0;
            goes_on = !begins;
        } else if (strcmp(x->tag, "p") == 0) {
            read_paragraph(d, x);
        } else if (strcmp(x->tag, "tbl") == 0) {
            read_blocks(d, x);
        } else if (strcmp(x->tag, "del") == 0 || strcmp(x->tag, "Fallback") == 0) {
            xml_part_skip(x);
        }
    }
    uint32_t row = t->rows - 1, column = t->column;
    if (goes_on && room_for(d, m, column + 1) && m->columns[column].row <= m->columns[column].last_row) {
        m->columns[column].last_row = row;
        t->in_cell = false;
        word_skip_cells(&d->word, span);
        return;
    }
    if (room_for(d, m, column + 1)) {
        end_merge(d, m, column);
        if (begins) {
            m->columns[column] = (struct sheet_range){row, column, row, column + span - 1};
            word_end_cell(&d->word, 1, 1);
            word_skip_cells(&d->word, span - 1);
            return;
        }
    }
    word_end_cell(&d->word, span, 1);
}

static void read_row(struct docx *d, struct xml_part *x, struct merged *m)
{
    int depth = x->depth;
    bool begun = false, header = false;
    uint32_t before = 0;
    for (enum xml_event e; (e = xml_part_next(x)) != XML_END && !d->r->failed;) {
        if (e == XML_CLOSE && x->depth == depth) break;
        if (e != XML_OPEN) continue;
        if (strcmp(x->tag, "tblHeader") == 0) {
            header = is_on(x);
        } else if (strcmp(x->tag, "gridBefore") == 0) {
            before = (uint32_t)number_of(x, 0);
        } else if (strcmp(x->tag, "del") == 0 && !begun) { /* the row was deleted */
            xml_part_skip(x);
            while ((e = xml_part_next(x)) != XML_END && !(e == XML_CLOSE && x->depth == depth)) {
            }
            return;
        } else if (strcmp(x->tag, "tc") == 0) {
            if (!begun) {
                word_begin_row(&d->word, header);
                word_skip_cells(&d->word, before);
                begun = true;
            }
            read_cell(d, x, m);
        }
    }
}

static void read_table(struct docx *d, struct xml_part *x)
{
    struct merged m = {0};
    int depth = x->depth;
    for (enum xml_event e; (e = xml_part_next(x)) != XML_END && !d->r->failed;) {
        if (e == XML_CLOSE && x->depth == depth) break;
        if (e == XML_OPEN && strcmp(x->tag, "tr") == 0) read_row(d, x, &m);
    }
    for (size_t i = 0; i < m.n; i++) end_merge(d, &m, i);
    free(m.columns);
    word_end_table(&d->word);
}

/* ---- the body ---- */

/* At the opening of what holds paragraphs and tables, or of a table. */
static void read_blocks(struct docx *d, struct xml_part *x)
{
    int depth = x->depth;
    if (strcmp(x->tag, "tbl") == 0 && word_begin_table(&d->word)) {
        read_table(d, x);
        return;
    }
    for (enum xml_event e; (e = xml_part_next(x)) != XML_END && !d->r->failed;) {
        if (e == XML_CLOSE && x->depth == depth) return;
        if (e != XML_OPEN) continue;
        if (strcmp(x->tag, "p") == 0)
            read_paragraph(d, x);
        else if (strcmp(x->tag, "tbl") == 0)
            read_blocks(d, x);
        else if (strcmp(x->tag, "del") == 0 || strcmp(x->tag, "moveFrom") == 0 || strcmp(x->tag, "Fallback") == 0 ||
                 strcmp(x->tag, "sectPr") == 0 || strcmp(x->tag, "sdtPr") == 0)
            xml_part_skip(x);
    }
}

bool read_docx_document(struct document_reader *r, struct error *err)
{
    struct docx d = {.r = r};
    struct xml_part x;
    if (!package_open(&d.package, r->path, r->data, r->len, err)) return false;
    d.package.cancel = r->cancel;
    word_init(&d.word, r);
    bool ok = read_styles(&d, err) && xml_part_open(&x, &d.package, "word/document.xml", err);
    if (ok) {
        for (enum xml_event e; (e = xml_part_next(&x)) != XML_END && !r->failed;)
            if (e == XML_OPEN && strcmp(x.tag, "body") == 0) read_blocks(&d, &x);
        ok = xml_part_close(&x, err);
    }
    if (ok) {
        word_end(&d.word);
        if (d.n_struck) reader_note(r, "struck out text was left out");
        if (package_has(&d.package, "word/vbaProject.bin"))
            reader_note(r, "holds macros: they were not looked at");
    }
    word_free(&d.word);
    for (size_t i = 0; i < d.n_styles; i++) {
        free(d.styles[i].id);
        free(d.styles[i].base);
    }
    free(d.styles);
    package_close(&d.package);
    return ok && reader_check(r, err);
}
