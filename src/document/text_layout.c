#include "document/text_layout.h"

#include "base/buffer.h"
#include "document/text_columns.h"

#include <stdlib.h>
#include <string.h>

enum {
    BAND_BYTES = 60, /* of a line between rows that names those below */
    BAND_WORDS = 7,
    MAX_HEADER_ROWS = 3,
    CONTEXT_ROWS = 8,
    MAX_MORE_LINES = 8, /* that go on with the cells of a row */
};

/* ---- bars ---- */

static void add_bar_row(struct table_builder *t, const struct text_line *line)
{
    const char *text = line->text;
    size_t len = line->len, i = text_indent(text, len), n;
    table_builder_add_row(t, line->number);
    if ((n = text_bar_length(text, len, i))) i += n;
    while (i < len) {
        size_t begin = i;
        n = 0;
        while (i < len && !(n = text_bar_length(text, len, i)))
            i += text[i] == '\\' && i + 1 < len ? 2 : 1;
        table_builder_add_cell(t, text + begin, i - begin, line->number, line->begin + begin);
        i += n;
    }
}

static size_t count_bars(const struct text_line *line)
{
    size_t bars = 0;
    for (size_t i = 0; i < line->len; i++) {
        size_t n = text_bar_length(line->text, line->len, i);
        bars += n > 0;
        if (n) i += n - 1;
    }
    return bars;
}

static bool has_digit(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] >= '0' && text[i] <= '9') return true;
    return false;
}

/* "Length | 1035 in", "Colour | blue", "Doors | 5": lines of one bar that are names and values, where figures
 * and words are mixed below the first, or begin with it; a table has a header and columns of one kind. */
static bool bars_are_pairs(const struct text_line *lines, size_t n)
{
    size_t figures = 0;
    bool first = false;
    for (size_t i = 0; i < n; i++) {
        const char *bar = memchr(lines[i].text, '|', lines[i].len);
        if (!bar || count_bars(&lines[i]) != 1) return false;
        size_t at = (size_t)(bar - lines[i].text);
        bool figure = has_digit(bar, lines[i].len - at);
        figures += figure;
        if (i == 0) first = figure && !has_digit(lines[i].text, at);
    }
    return first ? true : figures > 0 && figures + 1 < n;
}

static size_t bar_table(struct document_reader *r, const struct text_line *lines, size_t n,
                        struct pair_list *before, size_t *tried)
{
    size_t taken = 0, rows = 0, same = 0, header = 0, bars = 0;
    bool framed = true;
    for (; taken < n; taken++) {
        enum line_shape shape = line_shape_of(&lines[taken]);
        if (shape == LINE_RULE) {
            if (rows && !header) header = rows;
            continue;
        }
        if (shape != LINE_BARS) break;
        const struct text_line *l = &lines[taken];
        framed = framed && text_bar_length(l->text, l->len, text_indent(l->text, l->len));
        size_t count = count_bars(l);
        if (rows == 0) bars = count;
        same += count == bars;
        rows++;
    }
    *tried = taken ? taken : 1;
    /* Without a frame, a bar may part other things than cells. */
    if (rows < 2 || (!framed && same < rows)) return 0;
    if (header == rows || header > MAX_HEADER_ROWS) header = 0;
    pair_list_flush(before);
    struct table_builder t;
    table_builder_init(&t, r);
    for (size_t i = 0; i < taken; i++)
        if (line_shape_of(&lines[i]) == LINE_BARS) add_bar_row(&t, &lines[i]);
    const struct text_line *last = &lines[taken - 1];
    struct table *table = table_builder_end(&t, "", 0, ROW_LINE, header, lines[0].number, last->number,
                                            lines[0].begin, last->begin + last->len);
    if (table) table->key_value = !framed && header == 0 && rows == taken && bars_are_pairs(lines, taken);
    table_builder_free(&t);
    return taken;
}

/* ---- columns ---- */

/* How many of the lines may be rows of one table: lines of cells, rules, and between them short
 * lines that name the rows below or go on with the row above. */
static bool find_stretch(struct grid *g, size_t n)
{
    size_t i = 0;
    enum line_shape shape = line_shape_of(&g->lines[0]);
    while (i < n) {
        enum line_shape next = i + 1 < n ? line_shape_of(&g->lines[i + 1]) : LINE_BLANK;
        const struct text_line *l = &g->lines[i];
        if (shape == LINE_PLAIN) {
            size_t indent = text_indent(l->text, l->len);
            bool band = l->len - indent <= BAND_BYTES && next == LINE_CELLS && i > 0 &&
                        text_word_count(l->text, l->len) <= BAND_WORDS &&
                        l->text[l->len - 1] != '.';
            bool more = i > 0 && indent > 2 && g->shapes[i - 1] == LINE_CELLS;
            if (!band && !more) break;
        } else if (shape != LINE_RULE && shape != LINE_CELLS) {
            break;
        }
        if (i == g->cap_shapes) {
            size_t cap = g->cap_shapes ? g->cap_shapes * 2 : 64;
            enum line_shape *shapes = realloc(g->shapes, cap * sizeof *shapes);
            if (!shapes) return false;
            g->shapes = shapes;
            g->cap_shapes = cap;
        }
        g->shapes[i++] = shape;
        shape = next;
    }
    g->n_lines = i;
    return true;
}

/* Two columns with a header: the first line has a name where the others have figures, or nothing
 * before it. Else they are names and values. */
static bool has_header(const struct grid *g)
{
    if (g->header) return true;
    size_t first = SIZE_MAX, figures = 0, values = 0;
    bool first_name = false, first_figure = false, unit = false;
    for (size_t i = 0; i < g->segments.n; i++) {
        const struct segment *s = &g->segments.items[i];
        if (g->shapes[s->line] != LINE_CELLS) continue;
        const char *text = g->lines[s->line].text + s->begin;
        size_t len = s->end - s->begin;
        if (first == SIZE_MAX) first = s->line;
        if (s->line == first) {
            if (s->column == 0) first_name = true;
            if (s->column == 1) {
                first_figure = text_has_digit(text, len);
                unit = text[len - 1] == ')' || text[len - 1] == ']';
            }
        } else if (s->column == 1) {
            values++;
            figures += text[0] >= '0' && text[0] <= '9';
        }
    }
    return !first_name || (!first_figure && figures == values && (values > 1 || unit));
}

/* Takes rows out whose cells meet in a column, and then columns that no row has a cell in. Gives
 * how many rows it were: their shape is LINE_BLANK now. */
static size_t take_odd_rows_out(struct grid *g, struct document_reader *r)
{
    struct segments *s = &g->segments;
    size_t odd = 0, n = 0, rows = 0, end;
    size_t *used = calloc(g->n_columns + 1, sizeof *used);
    if (!used) {
        r->failed = true;
        return 0;
    }
    for (size_t i = 0; i < s->n; i = end) {
        size_t line = s->items[i].line;
        bool meet = false;
        for (end = i + 1; end < s->n && s->items[end].line == line; end++)
            meet = meet || s->items[end].column <= s->items[end - 1].column;
        if (meet) {
            reader_note(r, "line %zu: does not stand in the columns of its table",
                        g->lines[line].number);
            g->shapes[line] = LINE_BLANK;
            if (rows < g->header) g->header--;
            odd++;
            continue;
        }
        rows++;
        for (size_t k = i; k < end; k++) {
            used[s->items[k].column] = 1;
            s->items[n++] = s->items[k];
        }
    }
    s->n = n;
    size_t columns = 0;
    for (size_t c = 0; c < g->n_columns; c++) {
        columns += used[c];
        used[c] = columns ? columns - 1 : 0;
    }
    for (size_t i = 0; i < n; i++) s->items[i].column = used[s->items[i].column];
    g->n_columns = columns;
    free(used);
    return odd;
}

/* A cell with the lines below that go on with it, cells [more, end). */
static void emit_cell(struct table_builder *t, const struct grid *g, const struct segment *first,
                      const struct segment *last, size_t more, size_t end, struct buffer *joined)
{
    const struct text_line *l = &g->lines[first->line];
    const struct segment *s = g->segments.items;
    const char *text = l->text + first->begin;
    size_t len = last->end - first->begin;
    buffer_clear(joined);
    for (size_t i = more; i < end; i++) {
        if (s[i].column != last->column) continue;
        if (joined->len == 0) buffer_append(joined, text, len);
        buffer_putc(joined, ' ');
        buffer_append(joined, g->lines[s[i].line].text + s[i].begin, s[i].end - s[i].begin);
    }
    if (joined->len) {
        text = joined->data;
        len = joined->len;
    } else if (first->column == 0 && len > 1 && text[len - 1] == ':') {
        len--;
    }
    table_builder_add_cell(t, text, len, l->number, l->begin + first->begin);
}

/* "MPG (city/hwy): 30 / 38" among rows of two columns, where there is no room for a gap. */
static bool emit_pair(struct table_builder *t, const struct text_line *l)
{
    struct pair p;
    size_t from = 0, len = l->len;
    span_trim(l->text, &from, &len);
    if (pairs_find(l->text + from, len - from, &p, 1) != 1) return false;
    table_builder_add_row(t, l->number);
    table_builder_add_cell(t, l->text + from + p.name_begin, p.name_end - p.name_begin, l->number,
                           l->begin + from + p.name_begin);
    table_builder_add_cell(t, l->text + from + p.value_begin, p.value_end - p.value_begin,
                           l->number, l->begin + from + p.value_begin);
    return true;
}

static size_t emit_grid(struct grid *g, struct document_reader *r, struct pair_list *before)
{
    pair_list_flush(before);
    struct table_builder t;
    struct buffer joined = {0};
    const struct segments *s = &g->segments;
    size_t n_odd = g->counted ? 0 : take_odd_rows_out(g, r), next;
    bool pairs = g->n_columns == 2 && !has_header(g);
    table_builder_init(&t, r);
    for (size_t i = 0; i < s->n; i = next) {
        const struct segment *row = &s->items[i];
        const struct text_line *l = &g->lines[row->line];
        size_t end = i;
        while (end < s->n && s->items[end].line == row->line) end++;
        next = end;
        if (pairs && end == i + 1 && g->shapes[row->line] == LINE_PLAIN && emit_pair(&t, l))
            continue;
        while (next < s->n && next < end + MAX_MORE_LINES && s->items[next].column > 0 &&
               g->shapes[s->items[next].line] == LINE_PLAIN)
            next++;
        table_builder_add_row(&t, l->number);
        for (size_t column = 0; i < end; i++, column++) {
            for (; column < s->items[i].column; column++)
                table_builder_add_cell(&t, "", 0, l->number, l->begin + s->items[i].begin);
            const struct segment *first = &s->items[i];
            while (i + 1 < end && s->items[i + 1].column <= first->column) i++;
            emit_cell(&t, g, first, &s->items[i], end, next, &joined);
        }
    }
    if (joined.failed) r->failed = true;
    const struct text_line *last = &g->lines[g->n_lines - 1];
    struct table *table =
        table_builder_end(&t, "", 0, ROW_LINE, g->header, g->lines[0].number, last->number,
                          g->lines[0].begin, last->begin + last->len);
    if (table) table->key_value = pairs && table->n_columns == 2;
    for (size_t i = 0; n_odd && i < g->n_lines; i++) {
        const struct text_line *l = &g->lines[i];
        if (g->shapes[i] == LINE_BLANK)
            reader_add_block(r, BLOCK_PARAGRAPH, 0, l->text, l->len, l->number, l->number, l->begin,
                             l->begin + l->len);
    }
    buffer_free(&joined);
    table_builder_free(&t);
    return g->n_lines;
}

bool layout_goes_on(const struct text_line *above, size_t n_above, const struct text_line *below,
                    size_t n_below)
{
    struct segments s = {0};
    size_t rows = 0, first = n_above, at = 0;
    bool goes_on = false;
    /* The last rows above tell the columns. */
    while (first > 0 && rows < CONTEXT_ROWS && line_shape_of(&above[first - 1]) == LINE_CELLS) {
        if (!text_split_cells(&s, &above[--first], rows++)) goto done;
    }
    size_t n = s.n;
    if (n_below && line_shape_of(&below[0]) == LINE_PLAIN && below[0].len <= BAND_BYTES &&
        below[0].text[below[0].len - 1] != '.' && below[0].text[below[0].len - 1] != ':')
        at++;
    if (rows < 2 || at >= n_below || line_shape_of(&below[at]) != LINE_CELLS ||
        !text_split_cells(&s, &below[at], rows))
        goto done;
    /* Each cell stands below one of the last row's, and there are figures: else it is another
     * header. */
    size_t width = 0;
    while (width < n && s.items[width].line == 0) width++;
    if (s.failed || width < 3 || s.n - n != width) goto done;
    bool figures = false;
    goes_on = true;
    for (size_t i = 0; i < width && goes_on; i++) {
        const struct segment *a = &s.items[i], *b = &s.items[n + i];
        goes_on = i ? a->left < b->right && b->left < a->right
                    : (a->left > b->left ? a->left - b->left : b->left - a->left) <= 2;
        figures = figures || (i && text_has_digit(below[at].text + b->begin, b->end - b->begin));
    }
    goes_on = goes_on && figures;
done:
    free(s.items);
    return goes_on;
}

size_t layout_table(struct document_reader *r, const struct text_line *lines, size_t n,
                    struct pair_list *before, size_t *tried)
{
    *tried = 1;
    if (n < 2) return 0;
    enum line_shape first = line_shape_of(&lines[0]);
    enum line_shape second = line_shape_of(&lines[1]);
    if (first == LINE_BARS || (first == LINE_RULE && second == LINE_BARS))
        return bar_table(r, lines, n, before, tried);
    if (first != LINE_CELLS && !(first == LINE_RULE && second == LINE_CELLS)) return 0;
    struct grid g = {.lines = lines};
    size_t taken = 0;
    if (!find_stretch(&g, n)) {
        r->failed = true;
        goto done;
    }
    *tried = g.n_lines ? g.n_lines : 1;
    for (size_t i = 0; i < g.n_lines; i++) {
        if (g.shapes[i] == LINE_RULE) {
            if (g.n_rows && !g.header && g.n_rows <= MAX_HEADER_ROWS) g.header = g.n_rows;
            continue;
        }
        if (!text_split_cells(&g.segments, &lines[i], i)) goto done;
        g.n_rows += g.shapes[i] == LINE_CELLS;
    }
    if (g.n_rows && g.header == g.n_rows) g.header = 0; /* the rule is below the table */
    if (g.segments.failed || !grid_find_columns(&g)) {
        r->failed = true;
        goto done;
    }
    if (grid_is_table(&g)) taken = emit_grid(&g, r, before);
done:
    grid_free(&g);
    return taken;
}
