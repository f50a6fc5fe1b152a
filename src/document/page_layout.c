#include "document/page_parts.h"

#include <math.h>
#include <xxhash.h>

/* Parts of the page's height in which running heads and feet stand. */
#define HEAD_END   0.12f
#define FOOT_BEGIN 0.88f
#define SAME_PLACE 0.012f

enum { HEAD_ROWS = 3 }; /* at the top, and as many at the foot */

/* The row's text without blanks; numbers that may be the page's are folded. */
static bool margin_of(const struct page_words *w, const struct layout_row *row,
                      struct layout_margin *m)
{
    struct buffer text = {0};
    m->number = true;
    for (uint32_t i = row->first; i < row->first + row->n; i++) {
        const struct layout_word *word = &w->words[i];
        const struct layout_glyph *g = &w->glyphs[word->first];
        bool number = word->n <= 3;
        for (uint32_t k = 0; k < word->n; k++) number = number && g[k].code >= '0' && g[k].code <= '9';
        if (number)
            buffer_putc(&text, '#');
        else
            page_word_text(w, word, &text);
        m->number = m->number && (number || (word->n == 1 && (g->code < 'A' || g->code > 0x2000)));
    }
    m->hash = XXH3_64bits(buffer_text(&text), text.len);
    m->y = (row->box.y0 + row->box.y1) / 2 / (w->height > 1 ? w->height : 1);
    bool ok = !text.failed;
    buffer_free(&text);
    return ok;
}

static bool is_known(const struct layout_margin *m, const struct layout_options *o)
{
    for (size_t i = 0; i < o->n_margins; i++)
        if (o->margins[i].hash == m->hash && fabsf(o->margins[i].y - m->y) < SAME_PLACE) return true;
    return false;
}

/* Notes the rows at the top and foot, and marks those that pages before have too. */
static bool find_margins(struct page_words *w, const struct layout_options *o, struct page_layout *out)
{
    for (size_t i = 0; i < w->n_rows; i++) {
        const struct layout_row *row = &w->rows[i];
        struct layout_margin m;
        if (i >= HEAD_ROWS && i + HEAD_ROWS < w->n_rows) continue;
        if (out->n_margins == LAYOUT_MAX_MARGINS || w->words[row->first].table != NO_TABLE) continue;
        if (!margin_of(w, row, &m)) return false;
        if (m.y > HEAD_END && m.y < FOOT_BEGIN) continue;
        out->margins[out->n_margins++] = m;
        if (!m.number && !is_known(&m, o)) continue;
        for (uint32_t k = row->first; k < row->first + row->n; k++) w->words[k].table = IN_MARGIN;
    }
    return true;
}

bool page_layout_make(struct page_layout *out, const struct page *page,
                      const struct layout_options *options, struct arena *arena)
{
    struct page_words w;
    struct table_list tables = {0};
    uint32_t n_zones;
    *out = (struct page_layout){0};
    if (!page_words_make(&w, page, arena)) return false;
    out->body_size = w.body_size;
    for (size_t i = 0; i < w.n_words; i++) out->n_chars += w.words[i].n;
    if (!page_tables_ruled(&w, &tables) || !find_margins(&w, options, out) ||
        !page_zones_make(&w, &tables, &n_zones))
        return false;
    for (uint32_t i = 0; i < n_zones; i++)
        if (!page_tables_unruled(&w, i, &tables)) return false;
    return page_blocks_make(&w, &tables, n_zones, options, out);
}
