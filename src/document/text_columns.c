#include "document/text_columns.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_CELL_WORDS = 7, /* on average; two columns of prose have more */
    MAX_NAME_WORDS = 5, /* on average, of the first column */
    MAX_CUTS = 4,       /* of one cell that reaches over several columns */
};

void grid_free(struct grid *g)
{
    free(g->shapes);
    free(g->segments.items);
    free(g->columns);
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

struct interval {
    size_t left, right; /* display columns */
};

static bool is_single(const struct segments *s, size_t i)
{
    return (i == 0 || s->items[i - 1].line != s->items[i].line) &&
           (i + 1 == s->n || s->items[i + 1].line != s->items[i].line);
}

/* The stretches of display columns that more than `tolerance` rows have cells in. */
static bool find_stretches(const struct grid *g, ptrdiff_t tolerance, struct interval **out,
                           size_t *n)
{
    const struct segments *s = &g->segments;
    size_t width = 0;
    for (size_t i = 0; i < s->n; i++)
        if (s->items[i].right > width) width = s->items[i].right;
    ptrdiff_t *cover = calloc(width + 2, sizeof *cover), depth = 0;
    *out = calloc(width + 2, sizeof **out);
    *n = 0;
    if (!cover || !*out) {
        free(cover);
        return false;
    }
    for (size_t i = 0; i < s->n; i++) {
        const struct segment *item = &s->items[i];
        if (is_single(s, i)) continue; /* bands reach over columns */
        cover[item->left]++;
        cover[item->right > item->left ? item->right : item->left + 1]--;
    }
    for (size_t c = 0; c <= width + 1; c++) {
        bool before = depth > tolerance;
        depth += cover[c];
        if (!before && depth > tolerance) (*out)[(*n)++].left = c;
        if (before && depth <= tolerance) (*out)[*n - 1].right = c;
    }
    free(cover);
    return true;
}

/* The stretches that a rule below the header draws: "-----  ---  ----". */
static bool find_ruled(const struct grid *g, struct interval **out, size_t *n)
{
    size_t i = 0, bytes;
    *n = 0;
    *out = NULL;
    while (i < g->n_lines && g->shapes[i] != LINE_RULE) i++;
    if (!g->header || i == g->n_lines) return true;
    const struct text_line *l = &g->lines[i];
    *out = calloc(l->len + 1, sizeof **out);
    if (!*out) return false;
    bool inside = false;
    for (size_t k = 0, column = 0; k < l->len; k += bytes) {
        bool mark = l->text[k] != ' ' && l->text[k] != '\t' && l->text[k] != '+';
        size_t width = text_display_width(l->text, l->len, k, column, &bytes);
        if (mark && !inside) (*out)[(*n)++].left = column;
        if (mark) (*out)[*n - 1].right = column + width;
        inside = mark;
        column += width;
    }
    return true;
}

/* The first of the columns that ends behind a display column; n: none. */
static size_t column_behind(const struct interval *columns, size_t n, size_t left)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (columns[middle].right > left)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* The column that most of the cell stands in, else the nearest. */
static size_t column_of(const struct interval *columns, size_t n, const struct segment *s)
{
    size_t c = column_behind(columns, n, s->left), best = c, most = 0;
    if (c == n) return n - 1;
    for (; c < n && columns[c].left < s->right; c++) {
        size_t from = columns[c].left > s->left ? columns[c].left : s->left;
        size_t to = columns[c].right < s->right ? columns[c].right : s->right;
        if (to > from && to - from > most) {
            most = to - from;
            best = c;
        }
    }
    if (most == 0 && best > 0 &&
        s->left - columns[best - 1].right + 1 < columns[best].left + 1 - s->right)
        best--;
    return best;
}

/* The column that a line of its own begins in: a band may reach over others. */
static size_t column_under(const struct interval *columns, size_t n, size_t left)
{
    size_t c = column_behind(columns, n, left);
    if (c == n) return n - 1;
    return c > 0 && left + 1 < columns[c].left ? c - 1 : c;
}

/* A cell over two columns is cut at the space nearest to where the second begins, when nothing else
 * of the line stands there: a name so long that one space parts it from the figure behind it. */
static void cut_cells(struct grid *g, const struct interval *columns, size_t n)
{
    struct segments cut = {0};
    const struct segments *s = &g->segments;
    for (size_t i = 0; i < s->n; i++) {
        struct segment item = s->items[i];
        const struct segment *next =
            i + 1 < s->n && s->items[i + 1].line == item.line ? &s->items[i + 1] : NULL;
        const struct text_line *l = &g->lines[item.line];
        size_t c = is_single(s, i) ? n : column_behind(columns, n, item.left) + 1;
        size_t last = c + MAX_CUTS;
        for (; c < n && c < last && columns[c].left < item.right; c++) {
            if (next && next->left < columns[c].right) break;
            size_t column = item.left, bytes, at = 0, at_column = 0, nearest = SIZE_MAX;
            for (size_t k = item.begin; k < item.end && column < columns[c].right; k += bytes) {
                size_t far = column + 1 > columns[c].left ? column + 1 - columns[c].left
                                                          : columns[c].left - column - 1;
                if (l->text[k] == ' ' && column > columns[c - 1].left && far < nearest) {
                    nearest = far;
                    at = k;
                    at_column = column;
                }
                column += text_display_width(l->text, l->len, k, column, &bytes);
            }
            if (nearest == SIZE_MAX) continue;
            struct segment head = item;
            head.end = at;
            head.right = at_column;
            segments_add(&cut, head);
            item.begin = at + 1;
            item.left = at_column + 1;
        }
        segments_add(&cut, item);
    }
    if (cut.failed) {
        free(cut.items);
        g->segments.failed = true;
        return;
    }
    free(g->segments.items);
    g->segments = cut;
}

/* Puts each cell into a column; gives in how many lines some of them meet there. */
static size_t place_cells(struct grid *g, const struct interval *columns, size_t n)
{
    struct segments *s = &g->segments;
    size_t collisions = 0, line = SIZE_MAX;
    for (size_t i = 0; i < s->n; i++) {
        struct segment *item = &s->items[i];
        item->column =
            is_single(s, i) ? column_under(columns, n, item->left) : column_of(columns, n, item);
        if (i && item[-1].line == item->line && item[-1].column >= item->column &&
            line != item->line) {
            line = item->line;
            collisions++;
        }
    }
    g->n_columns = n;
    return collisions;
}

/* Else columns are where cells stand: in any row, or, when a cell that is too long joins two of
 * them, where a rule draws them or most rows have them. */
static bool find_columns(struct grid *g)
{
    if (count_columns(g) || tab_columns(g)) return g->columns != NULL;
    free(g->columns);
    g->columns = NULL;
    struct interval *all = NULL, *most = NULL;
    size_t n_all = 0, n_most = 0;
    bool ok = find_stretches(g, 0, &all, &n_all);
    size_t collisions = ok && n_all ? place_cells(g, all, n_all) : 0;
    if (ok && (n_all < 2 || collisions)) {
        ok = find_ruled(g, &most, &n_most);
        if (ok && n_most < 2 && g->n_rows >= 4) {
            free(most);
            size_t tolerance = g->n_rows / 8 > 1 ? g->n_rows / 8 : 1;
            ok = find_stretches(g, (ptrdiff_t)tolerance, &most, &n_most);
        }
        if (ok && n_most >= 2) {
            cut_cells(g, most, n_most);
            size_t fewer = place_cells(g, most, n_most);
            if (n_all >= 2 && fewer > collisions) place_cells(g, all, n_all);
        }
    }
    free(all);
    free(most);
    g->columns = calloc(g->n_columns + 1, sizeof *g->columns);
    return ok && g->columns && !g->segments.failed;
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
        c->words +=
            text_word_count(g->lines[item->line].text + item->begin, item->end - item->begin);
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

bool grid_find_columns(struct grid *g)
{
    if (!find_columns(g)) return false;
    measure_columns(g);
    return g->counted || join_header_columns(g);
}

bool grid_is_table(const struct grid *g)
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
        /* Rows whose cells meet are left out of the table: there may be but a few. */
        collisions += a->column >= b->column;
    }
    if (words > cells * MAX_CELL_WORDS) return false;
    if (g->columns[0].words > g->columns[0].n * MAX_NAME_WORDS) return false;
    if (g->counted) return true;
    return measured && aligned * 2 >= measured && collisions * 4 <= g->n_rows;
}
