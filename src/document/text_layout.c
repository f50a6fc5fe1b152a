#include "document/text_layout.h"

#include "base/utf8.h"
#include "document/text_pairs.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum {
    MAX_WIDTH = 4096, /* display columns; a line that is longer is no row of a table */
    BAND_BYTES = 60,  /* of a line between rows that names those below */
    BAND_WORDS = 7,
    MAX_CELL_WORDS = 7, /* on average; two columns of prose have more */
    MAX_NAME_WORDS = 5, /* on average, of the first column */
    MAX_HEADER_ROWS = 3,
    CONTEXT_ROWS = 8,
    TAB_WIDTH = 8,
};

/* ---- lines ---- */

bool text_line_next(const char *data, size_t len, size_t *at, size_t *number, struct text_line *out)
{
    if (*at >= len) return false;
    size_t begin = *at, end = begin;
    while (end < len && data[end] != '\n' && data[end] != '\r') end++;
    *at = end + (end + 1 < len && data[end] == '\r' && data[end + 1] == '\n' ? 2 : end < len);
    size_t full = end - begin;
    while (end > begin && (data[end - 1] == ' ' || data[end - 1] == '\t' || data[end - 1] == '\f' ||
                           data[end - 1] == '\v'))
        end--;
    *out = (struct text_line){.text = data + begin,
                              .len = end - begin,
                              .full = full,
                              .number = ++*number,
                              .begin = begin};
    return true;
}

static size_t bar_length(const char *text, size_t len, size_t at)
{
    if (text[at] == '|') return 1;
    return len - at >= 3 && (memcmp(text + at, "│", 3) == 0 || memcmp(text + at, "┃", 3) == 0 ||
                             memcmp(text + at, "║", 3) == 0)
               ? 3
               : 0;
}

/* Only of rule characters, with at least three dashes or the like. */
static bool is_rule(const char *text, size_t len)
{
    size_t marks = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '-' || c == '=' || c == '_' || c == '~' || c == '*') {
            marks++;
        } else if (c == 0xe2 && i + 2 < len && (unsigned char)text[i + 1] >= 0x94 &&
                   (unsigned char)text[i + 1] <=
                       0x95) { /* box drawing, without its vertical bars */
            if (bar_length(text, len, i) == 0) marks++;
            i += 2;
        } else if (c == 0xe2 && i + 2 < len && (unsigned char)text[i + 1] == 0x80 &&
                   ((unsigned char)text[i + 2] & 0xfc) == 0x94) { /* the dashes */
            marks++;
            i += 2;
        } else if (c != '|' && c != '+' && c != ':' && c != ' ' && c != '\t') {
            return false;
        }
    }
    return marks >= 3;
}

/* Length of what parts two cells at text[at]; 0: nothing does. */
static size_t gap_at(const char *text, size_t len, size_t at, size_t cell_begin)
{
    char c = text[at];
    if (c == '.' || c == '_' || (unsigned char)c == 0xe2 || (unsigned char)c == 0xc2) {
        size_t n = leader_length(text, len, at);
        if (n == 0 || at == cell_begin) return 0;
        while (at + n < len && (text[at + n] == ' ' || text[at + n] == '\t')) n++;
        return n;
    }
    if (c != ' ' && c != '\t' && (unsigned char)c != 0xe3) return 0;
    size_t i = at, spaces = 0;
    bool wide = false;
    while (i < len) {
        if (text[i] == '\t') {
            wide = true;
            i++;
        } else if (text[i] == ' ') {
            spaces++;
            i++;
        } else if (len - i >= 3 && memcmp(text + i, "\xe3\x80\x80", 3) == 0) {
            wide = true;
            i += 3;
        } else {
            break;
        }
    }
    if (!wide && spaces < 2) {
        /* "Power ........ 203": the space belongs to the leader. */
        size_t n = spaces && i < len && at > cell_begin ? leader_length(text, len, i) : 0;
        return n ? i - at + gap_at(text, len, i, cell_begin) : 0;
    }
    /* Two spaces behind a full stop are a habit of typing. */
    if (!wide && spaces == 2 && at > cell_begin + 20 &&
        (text[at - 1] == '.' || text[at - 1] == '?' || text[at - 1] == '!'))
        return 0;
    size_t n = i < len && at > cell_begin ? leader_length(text, len, i) : 0;
    if (n) return i - at + gap_at(text, len, i, cell_begin);
    /* "Power      : 203 hp" */
    if (at > cell_begin && i + 1 < len && (text[i] == ':' || text[i] == '=') &&
        (text[i + 1] == ' ' || text[i + 1] == '\t')) {
        i++;
        while (i < len && (text[i] == ' ' || text[i] == '\t')) i++;
    }
    return i - at;
}

static size_t indent_length(const char *text, size_t len)
{
    size_t i = 0;
    while (i < len) {
        if (text[i] == ' ' || text[i] == '\t')
            i++;
        else if (len - i >= 3 && memcmp(text + i, "\xe3\x80\x80", 3) == 0)
            i += 3;
        else
            break;
    }
    return i;
}

enum line_shape line_shape_of(const struct text_line *line)
{
    const char *text = line->text;
    size_t len = line->len;
    if (len == 0) return LINE_BLANK;
    if (is_rule(text, len)) return LINE_RULE;
    size_t begin = indent_length(text, len), bars = 0;
    for (size_t i = begin; i < len; i++) {
        size_t n = bar_length(text, len, i);
        bars += n > 0;
        i += n ? n - 1 : 0;
    }
    if (bars >= 2 || (bars == 1 && !bar_length(text, len, begin))) return LINE_BARS;
    for (size_t i = begin; i < len; i++)
        if (gap_at(text, len, i, begin)) return LINE_CELLS;
    return LINE_PLAIN;
}

static size_t count_words(const char *text, size_t len)
{
    size_t words = 0;
    bool inside = false;
    for (size_t i = 0; i < len; i++) {
        bool space = text[i] == ' ' || text[i] == '\t';
        words += !space && !inside;
        inside = !space;
    }
    return words;
}

static bool has_digit(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] >= '0' && text[i] <= '9') return true;
    return false;
}

/* ---- cells of lines ---- */

struct segment {
    size_t line;        /* index of the line */
    size_t begin, end;  /* bytes of the line */
    size_t left, right; /* display columns */
    size_t column;      /* that it belongs to */
    bool leader;        /* dots lead to it from the one before */
};

struct segments {
    struct segment *items;
    size_t n, cap;
    bool failed;
};

static void add_segment(struct segments *s, struct segment item)
{
    if (s->n == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 64;
        struct segment *items = realloc(s->items, cap * sizeof *items);
        if (!items) {
            s->failed = true;
            return;
        }
        s->items = items;
        s->cap = cap;
    }
    s->items[s->n++] = item;
}

static size_t display_width(const char *text, size_t len, size_t at, size_t column, size_t *bytes)
{
    uint32_t cp;
    if (text[at] == '\t') {
        *bytes = 1;
        return TAB_WIDTH - column % TAB_WIDTH;
    }
    *bytes = 1;
    if ((unsigned char)text[at] < 0x80) return 1;
    size_t n = utf8_decode(text + at, len - at, &cp);
    if (n == 0) return 1;
    *bytes = n;
    int width = utf8proc_charwidth((utf8proc_int32_t)cp);
    return width < 0 ? 0 : (size_t)width;
}

/* Adds the cells of a line; false: it is too wide. */
static bool split_line(struct segments *s, const struct text_line *line, size_t index)
{
    const char *text = line->text;
    size_t len = line->len, column = 0, bytes;
    size_t first = s->n;
    bool leader = false;
    for (size_t i = 0; i < len;) {
        size_t gap = i == 0 ? indent_length(text, len) : 0;
        for (size_t to = i + gap; i < to; i += bytes)
            column += display_width(text, len, i, column, &bytes);
        struct segment item = {.line = index, .begin = i, .left = column, .leader = leader};
        while (i < len && !(gap = i > item.begin ? gap_at(text, len, i, item.begin) : 0)) {
            column += display_width(text, len, i, column, &bytes);
            i += bytes;
        }
        item.end = i;
        item.right = column;
        if (column > MAX_WIDTH) {
            s->n = first;
            return false;
        }
        if (item.end > item.begin) add_segment(s, item);
        leader = false;
        for (size_t to = i + gap; i < to; i += bytes) {
            column += display_width(text, len, i, column, &bytes);
            leader =
                leader || (text[i] != ' ' && text[i] != '\t' && (unsigned char)text[i] != 0xe3);
        }
    }
    return true;
}

/* ---- bars ---- */

static void add_bar_row(struct table_builder *t, const struct text_line *line)
{
    const char *text = line->text;
    size_t len = line->len, i = indent_length(text, len), n;
    table_builder_add_row(t, line->number);
    if ((n = bar_length(text, len, i))) i += n;
    while (i < len) {
        size_t begin = i;
        n = 0;
        while (i < len && !(n = bar_length(text, len, i)))
            i += text[i] == '\\' && i + 1 < len ? 2 : 1;
        table_builder_add_cell(t, text + begin, i - begin, line->number, line->begin + begin);
        i += n;
    }
}

static size_t count_bars(const struct text_line *line)
{
    size_t bars = 0;
    for (size_t i = 0; i < line->len; i++) {
        size_t n = bar_length(line->text, line->len, i);
        bars += n > 0;
        if (n) i += n - 1;
    }
    return bars;
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
        framed = framed && bar_length(l->text, l->len, indent_length(l->text, l->len));
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
    table_builder_end(&t, "", 0, ROW_LINE, header, lines[0].number, last->number, lines[0].begin,
                      last->begin + last->len);
    table_builder_free(&t);
    return taken;
}

/* ---- columns ---- */

struct column {
    size_t left, right;   /* display columns that its cells take */
    size_t n, first_line; /* its cells */
    size_t aligned;       /* of them with the left or right edge of the one before */
    size_t last_left, last_right;
    size_t words;
};

struct grid {
    const struct text_line *lines;
    size_t n_lines;
    enum line_shape *shapes; /* (cap_shapes), of n_lines */
    size_t cap_shapes;
    struct segments segments; /* of all lines but rules, by line */
    struct column *columns;
    size_t n_columns;
    size_t n_rows; /* lines with cells */
    size_t header; /* rows above a rule */
    bool counted;  /* columns are told by their separators, not by where they stand */
};

static void free_grid(struct grid *g)
{
    free(g->shapes);
    free(g->segments.items);
    free(g->columns);
}

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
            size_t indent = indent_length(l->text, l->len);
            bool band = l->len - indent <= BAND_BYTES && next == LINE_CELLS && i > 0 &&
                        count_words(l->text, l->len) <= BAND_WORDS && l->text[l->len - 1] != '.';
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

/* With dots that lead from cell to cell, columns are counted; a header line above, which has no
 * dots, may lack the first. False: the rows are not of that kind. */
static bool count_columns(struct grid *g)
{
    struct segments *s = &g->segments;
    size_t dotted = 0, widest = 0;
    for (size_t i = 0, first = 0; i < s->n; i++) {
        if (i && s->items[i - 1].line != s->items[i].line) first = i;
        if (i - first + 1 > widest) widest = i - first + 1;
        dotted += s->items[i].leader && i - first == 1;
    }
    if (dotted < 2 || dotted * 4 < g->n_rows * 3) return false;
    for (size_t i = 0, k; i < s->n; i = k) {
        for (k = i; k < s->n && s->items[k].line == s->items[i].line; k++) {
        }
        size_t shift =
            k - i > 1 && k - i < widest && !s->items[i + 1].leader ? widest - (k - i) : 0;
        for (size_t j = i; j < k; j++) s->items[j].column = j - i + shift;
    }
    g->n_columns = widest;
    g->counted = true;
    g->columns = calloc(widest + 1, sizeof *g->columns);
    return true;
}

/* Where all rows have the same number of tabs, each tab ends a column; columns without any cell
 * (tabs that only align) are left out. */
static bool tab_columns(struct grid *g)
{
    struct segments *s = &g->segments;
    size_t tabs = 0;
    for (size_t i = 0; i < g->n_lines; i++) {
        const struct text_line *l = &g->lines[i];
        size_t n = 0;
        if (g->shapes[i] != LINE_CELLS) return false;
        for (size_t k = 0; k < l->full; k++) n += l->text[k] == '\t';
        if (n == 0 || (i && n != tabs)) return false;
        tabs = n;
    }
    size_t *used = calloc(tabs + 2, sizeof *used);
    g->columns = calloc(tabs + 2, sizeof *g->columns);
    if (!used || !g->columns) {
        free(used);
        return false;
    }
    size_t column = 0, at = 0;
    for (size_t i = 0; i < s->n; i++) {
        struct segment *item = &s->items[i];
        if (i == 0 || s->items[i - 1].line != item->line) column = at = 0;
        for (; at < item->begin; at++) column += g->lines[item->line].text[at] == '\t';
        item->column = column;
        used[column] = 1;
    }
    for (size_t c = 0, n = 0; c <= tabs; c++) {
        n += used[c];
        used[c] = n;
    }
    for (size_t i = 0; i < s->n; i++) s->items[i].column = used[s->items[i].column] - 1;
    g->n_columns = used[tabs];
    g->counted = true;
    free(used);
    return true;
}

/* Else they are the stretches of display columns that cells of any row take. */
static bool find_columns(struct grid *g)
{
    struct segments *s = &g->segments;
    if (count_columns(g) || tab_columns(g)) return g->columns != NULL;
    free(g->columns);
    size_t width = 0;
    for (size_t i = 0; i < s->n; i++)
        if (s->items[i].right > width) width = s->items[i].right;
    ptrdiff_t *cover = calloc(width + 2, sizeof *cover);
    size_t *column_at = calloc(width + 2, sizeof *column_at);
    bool ok = cover && column_at;
    if (!ok) goto done;
    for (size_t i = 0; i < s->n; i++) {
        const struct segment *item = &s->items[i];
        bool single = (i == 0 || s->items[i - 1].line != item->line) &&
                      (i + 1 == s->n || s->items[i + 1].line != item->line);
        if (single) continue; /* bands reach over columns */
        cover[item->left]++;
        cover[item->right > item->left ? item->right : item->left + 1]--;
    }
    ptrdiff_t depth = 0;
    size_t n = 0;
    for (size_t c = 0; c <= width; c++) {
        ptrdiff_t before = depth;
        depth += cover[c];
        if (before == 0 && depth > 0) n++;
        column_at[c] = n; /* 1 + index, in a gap of the column to the left */
    }
    g->columns = calloc(n + 1, sizeof *g->columns);
    ok = g->columns != NULL;
    if (!ok) goto done;
    g->n_columns = n;
    for (size_t i = 0; i < s->n; i++) {
        struct segment *item = &s->items[i];
        item->column = column_at[item->left] ? column_at[item->left] - 1 : 0;
    }
done:
    free(cover);
    free(column_at);
    return ok;
}

static void measure_columns(struct grid *g)
{
    struct segments *s = &g->segments;
    for (size_t c = 0; c < g->n_columns; c++) g->columns[c] = (struct column){.left = SIZE_MAX};
    for (size_t i = 0; i < s->n; i++) {
        const struct segment *item = &s->items[i];
        if (g->shapes[item->line] != LINE_CELLS || item->column >= g->n_columns) continue;
        struct column *c = &g->columns[item->column];
        if (item->left < c->left) c->left = item->left;
        if (item->right > c->right) c->right = item->right;
        if (c->n++ == 0)
            c->first_line = item->line;
        else if (item->left == c->last_left || item->right == c->last_right ||
                 item->left + item->right == c->last_left + c->last_right)
            c->aligned++;
        c->last_left = item->left;
        c->last_right = item->right;
        c->words += count_words(g->lines[item->line].text + item->begin, item->end - item->begin);
    }
}

/* A header that stands beside its figures, not above them, makes a column of its own: it is joined
 * with the one beside it that has no header. */
static bool join_header_columns(struct grid *g)
{
    size_t first = 0;
    while (first < g->n_lines && g->shapes[first] != LINE_CELLS) first++;
    size_t *to = malloc((g->n_columns + 1) * sizeof *to);
    if (!to) return false;
    size_t n = 0;
    for (size_t c = 0; c < g->n_columns; c++) {
        const struct column *a = &g->columns[c];
        to[c] = n++;
        if (c + 1 == g->n_columns) break;
        const struct column *b = a + 1;
        bool only_a = a->n == 1 && a->first_line == first && b->first_line != first;
        bool only_b = b->n == 1 && b->first_line == first && a->first_line != first && c > 0;
        if (only_a || only_b) to[++c] = n - 1;
    }
    if (n < g->n_columns) {
        for (size_t i = 0; i < g->segments.n; i++)
            g->segments.items[i].column = to[g->segments.items[i].column];
        g->n_columns = n;
        measure_columns(g);
    }
    free(to);
    return true;
}

/* Whether the columns are those of a table, not words that happen to stand apart. */
static bool is_table(struct grid *g)
{
    size_t aligned = 0, measured = 0, collisions = 0, words = 0, cells = 0;
    if (g->n_columns < 2 || g->n_rows < 2) return false;
    for (size_t c = 0; c < g->n_columns; c++) {
        const struct column *col = &g->columns[c];
        cells += col->n;
        words += col->words;
        if (col->n < 2 || c == 0) continue;
        measured++;
        aligned += col->aligned * 2 >= col->n - 1;
    }
    for (size_t i = 1; i < g->segments.n; i++) {
        const struct segment *a = &g->segments.items[i - 1], *b = a + 1;
        if (a->line != b->line) continue;
        collisions += a->column == b->column;
    }
    if (words > cells * MAX_CELL_WORDS) return false;
    if (g->columns[0].words > g->columns[0].n * MAX_NAME_WORDS) return false;
    if (g->counted) return true;
    return measured && aligned * 2 >= measured && collisions * 4 <= g->n_rows;
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
                first_figure = has_digit(text, len);
                unit = text[len - 1] == ')' || text[len - 1] == ']';
            }
        } else if (s->column == 1) {
            values++;
            figures += text[0] >= '0' && text[0] <= '9';
        }
    }
    return !first_name || (!first_figure && figures == values && (values > 1 || unit));
}

static size_t emit_grid(struct grid *g, struct document_reader *r, struct pair_list *before)
{
    pair_list_flush(before);
    struct table_builder t;
    struct buffer cell = {0};
    table_builder_init(&t, r);
    bool pairs = g->n_columns == 2 && !has_header(g);
    const struct segments *s = &g->segments;
    size_t last_line = 0;
    for (size_t i = 0; i < s->n;) {
        const struct segment *item = &s->items[i];
        const struct text_line *l = &g->lines[item->line];
        size_t k = i;
        while (k < s->n && s->items[k].line == item->line) k++;
        last_line = item->line;
        table_builder_add_row(&t, l->number);
        size_t column = 0;
        for (; i < k; i++, column++) {
            item = &s->items[i];
            for (; column < item->column; column++)
                table_builder_add_cell(&t, "", 0, l->number, l->begin + item->begin);
            /* Cells that run into one another are one. */
            size_t end = item->end, from = i;
            while (i + 1 < k && s->items[i + 1].column <= item->column) end = s->items[++i].end;
            /* The row goes on in the next line, under this cell alone. */
            size_t next = k, extra = 0;
            buffer_clear(&cell);
            while (next < s->n && s->items[next].column == item->column && item->column > 0 &&
                   g->shapes[s->items[next].line] == LINE_PLAIN) {
                const struct segment *more = &s->items[next];
                if (extra == 0)
                    buffer_append(&cell, l->text + s->items[from].begin,
                                  end - s->items[from].begin);
                buffer_putc(&cell, ' ');
                buffer_append(&cell, g->lines[more->line].text + more->begin,
                              more->end - more->begin);
                next++;
                extra++;
            }
            if (extra && i + 1 == k) {
                table_builder_add_cell(&t, buffer_text(&cell), cell.len, l->number,
                                       l->begin + s->items[from].begin);
                last_line = s->items[next - 1].line;
                i = next;
                break;
            }
            if (item->column == 0 && end > item->begin + 1 && l->text[end - 1] == ':') end--;
            table_builder_add_cell(&t, l->text + s->items[from].begin, end - s->items[from].begin,
                                   l->number, l->begin + s->items[from].begin);
        }
    }
    if (cell.failed) r->failed = true;
    while (last_line + 1 < g->n_lines) last_line++; /* a rule below it belongs to it */
    const struct text_line *last = &g->lines[last_line];
    struct table *table =
        table_builder_end(&t, "", 0, ROW_LINE, g->header, g->lines[0].number, last->number,
                          g->lines[0].begin, last->begin + last->len);
    if (table) table->key_value = pairs && table->n_columns == 2;
    buffer_free(&cell);
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
        if (!split_line(&s, &above[--first], rows++)) goto done;
    }
    size_t n = s.n;
    if (n_below && line_shape_of(&below[0]) == LINE_PLAIN && below[0].len <= BAND_BYTES &&
        below[0].text[below[0].len - 1] != '.' && below[0].text[below[0].len - 1] != ':')
        at++;
    if (rows < 2 || at >= n_below || line_shape_of(&below[at]) != LINE_CELLS ||
        !split_line(&s, &below[at], rows))
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
        figures = figures || (i && has_digit(below[at].text + b->begin, b->end - b->begin));
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
        if (!split_line(&g.segments, &lines[i], i)) goto done;
        g.n_rows += g.shapes[i] == LINE_CELLS;
    }
    if (g.n_rows && g.header == g.n_rows) g.header = 0; /* the rule is below the table */
    if (g.segments.failed || !find_columns(&g)) {
        r->failed = true;
        goto done;
    }
    measure_columns(&g);
    if (!g.counted && !join_header_columns(&g)) {
        r->failed = true;
        goto done;
    }
    if (is_table(&g)) taken = emit_grid(&g, r, before);
done:
    free_grid(&g);
    return taken;
}
