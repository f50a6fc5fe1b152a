/* OpenDocument texts. Heads and feet of pages, notes, tables of contents and what was deleted are left
 * out; text boxes stand before the paragraph that they hang on. */
#include "document/odf.h"
#include "document/word.h"

#include <stdlib.h>
#include <string.h>

enum { STYLE_DEPTH = 16, MAX_SPAN = DOCUMENT_MAX_COLUMNS };

struct odt {
    struct odf odf;
    struct word word;
    int lists; /* inside of one another */
};

static void read_blocks(struct odt *d, struct xml_part *x);

/* What a paragraph is by its style, or by those that it comes from; they may go round in a circle. */
static void apply_style(const struct odt *d, const char *name, struct word_paragraph *p)
{
    for (int i = 0; name && i < STYLE_DEPTH; i++) {
        const struct odf_style *s = odf_find_style(&d->odf, name);
        p->caption = p->caption || strcmp(name, "Caption") == 0 || strcmp(name, "Table") == 0;
        bool title = strcmp(name, "Title") == 0;
        if (p->kind == BLOCK_PARAGRAPH && (title || (s && s->outline > 0))) {
            p->kind = BLOCK_HEADING;
            p->level = title ? 1 : s->outline < 10 ? s->outline + 1 : 10;
        }
        name = s ? s->parent : NULL;
    }
}

static void read_paragraph(struct odt *d, struct xml_part *x)
{
    struct word_paragraph p = {.kind = BLOCK_PARAGRAPH};
    struct buffer text = {0};
    if (strcmp(x->tag, "h") == 0) {
        uint32_t level = odf_count(x, "outline-level", MAX_SPAN);
        p.kind = BLOCK_HEADING;
        p.level = level < 10 ? (int)level + 1 : 10;
    } else {
        apply_style(d, xml_attribute(x, "style-name"), &p);
        if (d->lists && p.kind == BLOCK_PARAGRAPH) {
            p.kind = BLOCK_LIST_ITEM;
            p.level = d->lists;
        }
    }
    odf_read_text(&d->odf, x, &text);
    if (!text.failed && !x->error.code) word_add(&d->word, &p, buffer_text(&text), text.len);
    buffer_free(&text);
}

static void read_row(struct odt *d, struct xml_part *x, bool header)
{
    int depth = x->depth;
    word_begin_row(&d->word, header);
    for (enum xml_event e; (e = xml_part_next(x)) != XML_END && !d->odf.r->failed;) {
        if (e == XML_CLOSE && x->depth == depth) return;
        if (e != XML_OPEN) continue;
        if (strcmp(x->tag, "table-cell") == 0) {
            uint32_t columns = odf_count(x, "number-columns-spanned", MAX_SPAN), rows = odf_count(x, "number-rows-spanned", MAX_SPAN);
            uint32_t repeated = odf_count(x, "number-columns-repeated", MAX_SPAN);
            int lists = d->lists;
            d->lists = 0;
            word_begin_cell(&d->word);
            read_blocks(d, x);
            word_end_cell(&d->word, 1, 1);
            d->lists = lists;
            struct word_table *t = &d->word.tables[d->word.n_tables - 1];
            if (columns > 1 || rows > 1)
                sheet_merge(&t->sheet, (struct sheet_range){t->rows - 1, t->column - 1, t->rows + rows - 2,
                                                            t->column + columns - 2});
            word_skip_cells(&d->word, repeated - 1);
        } else {
            if (strcmp(x->tag, "covered-table-cell") == 0)
                word_skip_cells(&d->word, odf_count(x, "number-columns-repeated", MAX_SPAN));
            xml_part_skip(x);
        }
    }
}

static void read_table(struct odt *d, struct xml_part *x)
{
    int depth = x->depth, head = -1;
    for (enum xml_event e; (e = xml_part_next(x)) != XML_END && !d->odf.r->failed;) {
        if (e == XML_CLOSE && x->depth == depth) break;
        if (e == XML_CLOSE && x->depth == head) head = -1;
        if (e != XML_OPEN) continue;
        if (strcmp(x->tag, "table-header-rows") == 0)
            head = x->depth;
        else if (strcmp(x->tag, "table-row") == 0)
            read_row(d, x, head >= 0);
    }
    word_end_table(&d->word);
}

/* At the opening of what holds paragraphs, lists and tables. */
static void read_blocks(struct odt *d, struct xml_part *x)
{
    int depth = x->depth;
    for (enum xml_event e; (e = xml_part_next(x)) != XML_END && !d->odf.r->failed;) {
        if (e == XML_CLOSE && x->depth == depth) return;
        if (e != XML_OPEN) continue;
        if (strcmp(x->tag, "p") == 0 || strcmp(x->tag, "h") == 0) {
            read_paragraph(d, x);
        } else if (strcmp(x->tag, "list") == 0) {
            d->lists++;
            read_blocks(d, x);
            d->lists--;
        } else if (strcmp(x->tag, "table") == 0 && word_begin_table(&d->word)) {
            read_table(d, x);
        } else if (strcmp(x->tag, "tracked-changes") == 0 || strcmp(x->tag, "table-of-content") == 0 ||
                   strcmp(x->tag, "alphabetical-index") == 0 || strcmp(x->tag, "forms") == 0 ||
                   strcmp(x->tag, "annotation") == 0 || strcmp(x->tag, "list-header") == 0) {
            xml_part_skip(x);
        }
    }
}

static void read_box(void *context, struct xml_part *x)
{
    read_blocks(context, x);
}

/* The named styles; false: the part is damaged. */
static bool read_styles(struct odt *d, struct error *err)
{
    struct xml_part x;
    if (!package_has(&d->odf.package, "styles.xml")) return true;
    if (!xml_part_open(&x, &d->odf.package, "styles.xml", err)) return false;
    for (enum xml_event e; (e = xml_part_next(&x)) != XML_END && !d->odf.r->failed;) {
        if (e != XML_OPEN) continue;
        if (strcmp(x.tag, "styles") == 0)
            odf_read_styles(&d->odf, &x);
        else if (strcmp(x.tag, "master-styles") == 0 || strcmp(x.tag, "automatic-styles") == 0)
            xml_part_skip(&x); /* of heads and feet */
    }
    odf_sort_styles(&d->odf);
    return xml_part_close(&x, err);
}

bool read_odt_document(struct document_reader *r, struct error *err)
{
    struct odt d = {0};
    struct xml_part x;
    if (!odf_open(&d.odf, r, err)) return false;
    d.odf.read_box = read_box;
    d.odf.context = &d;
    word_init(&d.word, r);
    bool ok = read_styles(&d, err) && xml_part_open(&x, &d.odf.package, "content.xml", err);
    if (ok) {
        for (enum xml_event e; (e = xml_part_next(&x)) != XML_END && !r->failed;) {
            if (e != XML_OPEN) continue;
            if (strcmp(x.tag, "automatic-styles") == 0) {
                odf_read_styles(&d.odf, &x);
                odf_sort_styles(&d.odf);
            } else if (strcmp(x.tag, "text") == 0) {
                read_blocks(&d, &x);
            }
        }
        ok = xml_part_close(&x, err);
    }
    if (ok) word_end(&d.word);
    word_free(&d.word);
    odf_close(&d.odf);
    return ok && reader_check(r, err);
}
