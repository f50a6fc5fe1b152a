#include "document/page_parts.h"

#include "document/html_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WORD_GAP 0.5f /* of the type size: more than a blank */
#define CROSSED  1.5f /* points: a word that goes so far over a line */

enum { MAX_GRID = 200000, MIN_SPLIT_LINES = 3 };

/* ---- rows and columns that are not drawn ---- */

static bool grid_alloc(struct page_words *w, struct table_grid *g, size_t rows, size_t columns)
{
    *g = (struct table_grid){.n_rows = rows, .n_columns = columns};
    g->xs = arena_array(w->arena, columns + 1, sizeof *g->xs);
    g->ys = arena_array(w->arena, rows + 1, sizeof *g->ys);
    g->right_open = arena_array(w->arena, rows * columns, 1);
    g->below_open = arena_array(w->arena, rows * columns, 1);
    return g->xs && g->ys && g->right_open && g->below_open;
}

/* The grid with rows[i] rows in place of row i, which begin at cuts[], one after another; in the
 * same way columns. New edges are closed. */
static bool grid_split(struct page_words *w, struct table_grid *g, const size_t *rows,
                       const float *row_cuts, const size_t *columns, const float *column_cuts)
{
    size_t n_rows = 0, n_columns = 0, y = 0, x = 0;
    for (size_t i = 0; i < g->n_rows; i++) n_rows += rows ? rows[i] : 1;
    for (size_t k = 0; k < g->n_columns; k++) n_columns += columns ? columns[k] : 1;
    if (n_rows == g->n_rows && n_columns == g->n_columns) return true;
    if (n_rows > MAX_GRID / n_columns) return true;
    struct table_grid out;
    if (!grid_alloc(w, &out, n_rows, n_columns)) return false;
    out.ruled = g->ruled;
    for (size_t i = 0; i < g->n_rows; i++) {
        out.ys[y++] = g->ys[i];
        for (size_t s = 1; rows && s < rows[i]; s++) out.ys[y++] = *row_cuts++;
    }
    out.ys[y] = g->ys[g->n_rows];
    for (size_t k = 0; k < g->n_columns; k++) {
        out.xs[x++] = g->xs[k];
        for (size_t s = 1; columns && s < columns[k]; s++) out.xs[x++] = *column_cuts++;
    }
    out.xs[x] = g->xs[g->n_columns];
    for (size_t i = 0, r = 0; i < g->n_rows; i++)
        for (size_t s = 0; s < (rows ? rows[i] : 1); s++, r++)
            for (size_t k = 0, c = 0; k < g->n_columns; k++)
                for (size_t t = 0, n = columns ? columns[k] : 1; t < n; t++, c++) {
                    bool foot = s + 1 == (rows ? rows[i] : 1), side = t + 1 == n;
                    out.right_open[r * n_columns + c] = side && g->right_open[i * g->n_columns + k];
                    out.below_open[r * n_columns + c] = foot && g->below_open[i * g->n_columns + k];
                }
    *g = out;
    return true;
}

/* Whether the words of a band of columns show columns of their own, in nearly all of their lines. */
static bool split_columns(struct page_words *w, struct table_grid *g, uint32_t mark)
{
    size_t *counts = arena_array(w->arena, g->n_columns, sizeof *counts), n_all = 0;
    float *all = arena_array(w->arena, 4096, sizeof *all);
    if (!counts || !all) return false;
    for (size_t k = 0; k < g->n_columns; k++) {
        struct area a;
        float *cuts;
        size_t n;
        struct page_box box = {g->xs[k], g->ys[0] - 1, g->xs[k + 1], g->ys[g->n_rows] + 1};
        counts[k] = 1;
        if (!area_make(w, mark, ANY_ZONE, box, &a)) return false;
        if (a.n_lines < MIN_SPLIT_LINES) continue;
        if (!area_columns(w, &a, &cuts, &n)) return false;
        for (size_t i = 0; i < n && n_all < 4096; i++) {
            size_t parted = 0, crossing = 0;
            for (size_t l = 0; l < a.n_lines; l++) {
                float left = -INFINITY, right = INFINITY;
                const struct area_line *line = &a.lines[l];
                for (size_t j = 0; j < line->n; j++) {
                    const struct layout_word *word = &w->words[line->words[j]];
                    if (word->box.x0 < cuts[i] && word->box.x1 > cuts[i]) crossing++;
                    if (word->box.x1 <= cuts[i]) left = word->box.x1;
                    if (word->box.x0 >= cuts[i] && right == INFINITY && word_is_value(w, word))
                        right = word->box.x0;
                }
                parted += left > -INFINITY && right < INFINITY && right - left > line->size;
            }
            if (parted < MIN_SPLIT_LINES || parted * 10 < a.n_lines * 6 || crossing * 5 > parted)
                continue;
            all[n_all++] = cuts[i];
            counts[k]++;
        }
    }
    return grid_split(w, g, NULL, NULL, counts, all);
}

/* Rows of a ruled table that are parted by nothing but their lines of text. */
static bool split_rows(struct page_words *w, struct table_grid *g, uint32_t mark)
{
    size_t *counts = arena_array(w->arena, g->n_rows, sizeof *counts), n_all = 0;
    float *all = arena_array(w->arena, w->n_rows + 1, sizeof *all);
    if (!counts || !all || g->n_columns < 2) return counts && all;
    for (size_t i = 0; i < g->n_rows; i++) {
        struct area a;
        struct page_box box = {g->xs[0] - 1, g->ys[i], g->xs[g->n_columns] + 1, g->ys[i + 1]};
        counts[i] = 1;
        if (!area_make(w, mark, ANY_ZONE, box, &a)) return false;
        if (a.n_lines < 2) continue;
        bool *begins = arena_array(w->arena, a.n_lines, 1);
        if (!begins || !area_rows(w, &a, g->xs + 1, g->n_columns - 1, begins)) return false;
        /* Each row has a value of its own in most columns, beside its name. */
        size_t rows = 0, full = 0, value_lines = 0;
        for (size_t l = 0; l < a.n_lines; l++) {
            size_t values = 0, last = SIZE_MAX, filled = 0, first = SIZE_MAX;
            for (size_t j = 0; j < a.lines[l].n; j++) {
                const struct layout_word *word = &w->words[a.lines[l].words[j]];
                size_t c = 0;
                while (c + 1 < g->n_columns && (word->box.x0 + word->box.x1) / 2 > g->xs[c + 1]) c++;
                if (first == SIZE_MAX) first = c;
                if (c != last) {
                    filled++;
                    values += c > 0 && word_is_value(w, word);
                }
                last = c;
            }
            rows += begins[l];
            value_lines += values > 0;
            full += first == 0 && values > 0 && filled * 2 > g->n_columns && filled > 1;
        }
        if (rows < 2 || full < 2 || full * 10 < rows * 6) continue;
        if (rows == 2 && g->n_rows > 2) continue; /* stacked values in a row of a drawn table */
        for (size_t l = 1; l < a.n_lines; l++)
            if (begins[l]) {
                all[n_all++] = (a.lines[l - 1].box.y1 + a.lines[l].box.y0) / 2;
                counts[i]++;
            }
    }
    return grid_split(w, g, counts, all, NULL, NULL);
}

/* Where a line between two columns is not drawn in a row that has text on both sides of it, with
 * clear white space between, the two are cells of their own all the same. */
static void close_parted(const struct page_words *w, struct table_grid *g, uint32_t mark)
{
    for (size_t i = 0; i < w->n_rows; i++) {
        const struct layout_row *row = &w->rows[i];
        size_t c = 0;
        float left = 0;
        bool any = false;
        for (uint32_t k = row->first; k < row->first + row->n; k++) {
            const struct layout_word *word = &w->words[k];
            float x = (word->box.x0 + word->box.x1) / 2, y = (word->box.y0 + word->box.y1) / 2;
            if (word->table != mark || y < g->ys[0] || y > g->ys[g->n_rows]) continue;
            size_t r = 0, before = c;
            while (c + 1 < g->n_columns && x > g->xs[c + 1]) c++;
            if (any && c > before && !word->glued &&
                word->box.x0 - left > AREA_CLEAR_GAP * word->size) {
                while (r + 1 < g->n_rows && y > g->ys[r + 1]) r++;
                for (size_t j = before; j < c; j++) /* the lines that stand in the white space */
                    if (g->xs[j + 1] > left - 1 && g->xs[j + 1] < word->box.x0 + 1)
                        g->right_open[r * g->n_columns + j] = false;
            }
            left = word->box.x1;
            any = true;
        }
    }
}

/* A line of text that goes through the line between two columns, with a word on it, stands in one cell over both:
 * what is drawn there is not seen. */
static void open_crossed(const struct page_words *w, struct table_grid *g, uint32_t mark)
{
    for (size_t i = 0; i < w->n_rows; i++) {
        const struct layout_row *row = &w->rows[i];
        for (uint32_t k = row->first, end; k < row->first + row->n; k = end) {
            const struct layout_word *first = &w->words[k];
            float y = (first->box.y0 + first->box.y1) / 2, right = first->box.x1;
            bool through = false;
            for (end = k; end < row->first + row->n; end++) {
                const struct layout_word *word = &w->words[end];
                if (word->table != mark || (end > k && word->box.x0 - right > WORD_GAP * word->size)) break;
                right = word->box.x1;
                for (size_t j = 1; j < g->n_columns; j++)
                    through |= word->box.x0 < g->xs[j] - CROSSED && word->box.x1 > g->xs[j] + CROSSED;
            }
            if (end == k) end++;
            if (!through || y < g->ys[0] || y > g->ys[g->n_rows]) continue;
            size_t r = 0;
            while (r + 1 < g->n_rows && y > g->ys[r + 1]) r++;
            for (size_t j = 1; j < g->n_columns; j++)
                if (first->box.x0 < g->xs[j] - CROSSED && right > g->xs[j] + CROSSED)
                    g->right_open[r * g->n_columns + j - 1] = true;
        }
    }
}

/* ---- regions: cells of the grid that no edge parts ---- */

struct region {
    uint32_t row, column, rows, columns;
    bool text;
};

static uint32_t root(uint32_t *parent, uint32_t i)
{
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
}

/* Rectangles; what is open but no rectangle is taken apart. cell_region: (rows, columns). */
static bool find_regions(struct page_words *w, const struct table_grid *g, struct region *regions,
                         size_t *n_regions, uint32_t *cell_region)
{
    size_t rows = g->n_rows, columns = g->n_columns, n = rows * columns;
    uint32_t *parent = arena_array(w->arena, n, sizeof *parent);
    bool *done = arena_array(w->arena, n, 1);
    if (!parent || !done) return false;
    for (size_t i = 0; i < n; i++) parent[i] = (uint32_t)i;
    for (size_t i = 0; i < n; i++) {
        if (g->right_open[i] && i % columns + 1 < columns)
            parent[root(parent, (uint32_t)i)] = root(parent, (uint32_t)i + 1);
        if (g->below_open[i] && i / columns + 1 < rows)
            parent[root(parent, (uint32_t)i)] = root(parent, (uint32_t)(i + columns));
    }
    *n_regions = 0;
    for (size_t i = 0; i < n; i++) {
        if (done[i]) continue;
        size_t row = i / columns, column = i % columns, right = column, foot = row;
        uint32_t own = root(parent, (uint32_t)i);
        while (right + 1 < columns && !done[i + right + 1 - column] &&
               root(parent, (uint32_t)(i + right + 1 - column)) == own)
            right++;
        for (bool whole = true; whole && foot + 1 < rows;) {
            for (size_t c = column; c <= right && whole; c++) {
                size_t cell = (foot + 1) * columns + c;
                whole = !done[cell] && root(parent, (uint32_t)cell) == own;
            }
            if (whole) foot++;
        }
        for (size_t r = row; r <= foot; r++)
            for (size_t c = column; c <= right; c++) {
                done[r * columns + c] = true;
                cell_region[r * columns + c] = (uint32_t)*n_regions;
            }
        regions[(*n_regions)++] =
            (struct region){.row = (uint32_t)row,
                            .column = (uint32_t)column,
                            .rows = (uint32_t)(foot - row + 1),
                            .columns = (uint32_t)(right - column + 1)};
    }
    return true;
}

/* ---- text of cells ---- */

static size_t band_of(const float *at, size_t n, float value)
{
    size_t low = 0, high = n;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (at[middle] <= value)
            low = middle;
        else
            high = middle;
    }
    return low;
}

struct cell_word {
    uint32_t region, line, word;
};

static int by_region(const void *a, const void *b)
{
    const struct cell_word *x = a, *y = b;
    if (x->region != y->region) return x->region < y->region ? -1 : 1;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    return x->word < y->word ? -1 : x->word > y->word;
}

/* Words with the mark, by cell, each with the row that it stands in. */
static struct cell_word *words_by_cell(struct page_words *w, const struct table_grid *g,
                                       const uint32_t *cell_region, uint32_t mark, size_t *n)
{
    struct cell_word *out = arena_array(w->arena, w->n_words + 1, sizeof *out);
    *n = 0;
    if (!out) return NULL;
    size_t upright = 0;
    for (size_t i = 0; i < w->n_rows; i++) {
        const struct layout_row *row = &w->rows[i];
        upright += row->n;
        size_t last_region = SIZE_MAX;
        for (uint32_t k = row->first; k < row->first + row->n; k++) {
            const struct layout_word *word = &w->words[k];
            if (word->table != mark) continue;
            size_t r = band_of(g->ys, g->n_rows, (word->box.y0 + word->box.y1) / 2);
            float x = (word->box.x0 + word->box.x1) / 2;
            size_t c = band_of(g->xs, g->n_columns, x);
            uint32_t region = cell_region[r * g->n_columns + c];
            /* What is joined to a word, or raised beside it, stays with it. */
            if (last_region != SIZE_MAX && word->glued && k > row->first) region = (uint32_t)last_region;
            last_region = region;
            out[(*n)++] = (struct cell_word){region, (uint32_t)i, k};
        }
    }
    for (size_t i = upright; i < w->n_words; i++) {
        const struct layout_word *word = &w->words[i];
        if (word->table != mark) continue;
        size_t r = band_of(g->ys, g->n_rows, (word->box.y0 + word->box.y1) / 2);
        size_t c = band_of(g->xs, g->n_columns, (word->box.x0 + word->box.x1) / 2);
        out[(*n)++] = (struct cell_word){cell_region[r * g->n_columns + c],
                                         (uint32_t)(w->n_rows + i), (uint32_t)i};
    }
    qsort(out, *n, sizeof *out, by_region);
    return out;
}

/* Whether the next line's first word had no room on this one: the break is only a wrap. */
static bool is_wrap(float room, float line_width, float next_word, float size)
{
    return line_width + next_word + 0.3f * size > room * 0.97f - 0.6f * size;
}

static void append_lines(struct page_words *w, const struct cell_word *c, size_t n, float room,
                         struct buffer *out)
{
    float x0 = 0, x1 = 0;
    for (size_t i = 0; i < n; i++) {
        const struct layout_word *word = &w->words[c[i].word];
        if (i && c[i].line != c[i - 1].line && !(word->turned && w->words[c[i - 1].word].turned)) {
            char last = out->len ? out->data[out->len - 1] : ' ';
            char before = out->len > 1 ? out->data[out->len - 2] : ' ';
            uint32_t code = w->glyphs[word->first].code;
            if (last == '-' && ((before | 32) >= 'a' && (before | 32) <= 'z') && code >= 'a' &&
                code <= 'z')
                out->data[--out->len] = '\0';
            else
                buffer_putc(out, is_wrap(room, x1 - x0, word->box.x1 - word->box.x0, word->size)
                                     ? ' '
                                     : '\n');
            x0 = word->box.x0;
            x1 = word->box.x1;
        } else if (i) {
            if (!word->glued) buffer_putc(out, ' ');
            if (word->box.x1 > x1) x1 = word->box.x1;
        } else {
            x0 = word->box.x0;
            x1 = word->box.x1;
        }
        page_word_text(w, word, out);
    }
}

static bool make_cell(struct page_words *w, const struct table_grid *g, const struct region *r,
                      const struct cell_word *words, size_t n, bool header,
                      struct layout_cell *out)
{
    struct buffer lines = {0}, joined = {0};
    struct page_box box = w->words[words[0].word].box;
    *out = (struct layout_cell){
        .row = r->row, .column = r->column, .rows = r->rows, .columns = r->columns, .confidence = 100};
    size_t bold = 0;
    for (size_t i = 0; i < n; i++) {
        const struct layout_word *word = &w->words[words[i].word];
        box = page_box_union(box, word->box);
        bold += word->bold;
        if (word->confidence < out->confidence) out->confidence = word->confidence;
    }
    out->bold = bold * 2 > n;
    append_lines(w, words, n, g->xs[r->column + r->columns] - g->xs[r->column], &lines);
    html_join_lines(&joined, buffer_text(&lines), lines.len, header);
    out->box = page_box_back(w, box);
    out->text = arena_strndup(w->arena, buffer_text(&joined), joined.len);
    out->len = (uint32_t)joined.len;
    bool ok = !lines.failed && !joined.failed && out->text;
    buffer_free(&lines);
    buffer_free(&joined);
    return ok;
}

/* ---- the table ---- */

struct made_cells {
    struct layout_cell *cells;
    size_t n;
};

/* Takes out rows and columns in which no cell begins. */
static bool drop_empty(struct page_words *w, const struct table_grid *g, struct made_cells *m,
                       struct layout_table *t)
{
    uint32_t *row_at = arena_array(w->arena, g->n_rows + 1, sizeof *row_at);
    uint32_t *column_at = arena_array(w->arena, g->n_columns + 1, sizeof *column_at);
    t->column_x = arena_array(w->arena, g->n_columns + 1, sizeof *t->column_x);
    if (!row_at || !column_at || !t->column_x) return false;
    for (size_t i = 0; i < m->n; i++) {
        row_at[m->cells[i].row + 1] = 1;
        column_at[m->cells[i].column + 1] = 1;
    }
    for (size_t i = 0; i < g->n_rows; i++) row_at[i + 1] += row_at[i];
    for (size_t k = 0; k < g->n_columns; k++) {
        if (column_at[k + 1]) t->column_x[column_at[k]] = g->xs[k];
        column_at[k + 1] += column_at[k];
    }
    for (size_t i = 0; i < m->n; i++) {
        struct layout_cell *c = &m->cells[i];
        uint32_t rows = row_at[c->row + c->rows] - row_at[c->row];
        uint32_t columns = column_at[c->column + c->columns] - column_at[c->column];
        c->row = row_at[c->row];
        c->column = column_at[c->column];
        c->rows = rows ? rows : 1;
        c->columns = columns ? columns : 1;
    }
    t->n_rows = row_at[g->n_rows];
    t->n_columns = column_at[g->n_columns];
    t->column_x[t->n_columns] = g->xs[g->n_columns];
    return true;
}

/* ---- drawings ---- */

/* Numbers of a text that go up or down by equal steps, as those along an axis do: how many there
 * are; 0: they do not, or there is other text. *last and *step go on from cell to cell. */
struct steps {
    double last, step;
    size_t n;
    bool broken;
};

static void steps_add(struct steps *s, const char *text)
{
    while (*text && !s->broken) {
        char *end;
        double value = strtod(text, &end);
        if (end == text || (*end && *end != ' ' && *end != '%' && *end != ';')) {
            s->broken = true;
            break;
        }
        double step = value - s->last;
        if (s->n == 1) s->step = step;
        s->broken = s->n && (step == 0 || fabs(step - s->step) > 1e-6 * fabs(step));
        s->last = value;
        s->n++;
        text = end;
        while (*text == '%' || *text == ' ' || *text == ';') text++;
    }
}

/* The scales of a diagram: one cell over several fields holds a whole scale, or all columns are one and the same. */
static bool is_diagram(const struct layout_table *t)
{
    double step = 0;
    size_t scales = 0;
    for (size_t i = 0; i < t->n_cells; i++) {
        struct steps s = {0};
        if (t->cells[i].columns == 1) continue;
        steps_add(&s, t->cells[i].text);
        if (!s.broken && s.n >= 5) return true;
    }
    for (size_t c = 0; c < t->n_columns; c++) {
        struct steps s = {0}, longest = {0};
        size_t cells = 0;
        for (size_t i = 0; i < t->n_cells; i++) {
            if (t->cells[i].column != c) continue;
            cells++;
            struct steps before = s;
            steps_add(&s, t->cells[i].text);
            if (!s.broken) continue;
            if (before.n > longest.n) longest = before;
            s = before; /* a label between the figures */
            s.broken = false;
        }
        if (s.n > longest.n) longest = s;
        if (cells < 4) continue; /* titles between the scales */
        if (longest.n < 4 || longest.n * 2 < cells || (scales && longest.step != step)) return false;
        step = longest.step;
        scales++;
    }
    return scales > 1;
}

/* Fields of a drawing are high, and their labels are small. */
static bool is_mostly_empty_space(const struct page_words *w, const struct layout_table *t,
                                  const struct table_grid *g)
{
    bool sideways = w->turn == 90 || w->turn == 270;
    float text = 0, highest = 0; /* of the rows; of the row at hand */
    if (!g->ruled) return false;
    for (size_t i = 0; i < t->n_cells; i++) {
        const struct layout_cell *c = &t->cells[i];
        float h = sideways ? c->box.x1 - c->box.x0 : c->box.y1 - c->box.y0;
        if (i && c->row != t->cells[i - 1].row) {
            text += highest;
            highest = 0;
        }
        if (h > highest) highest = h;
    }
    return (text + highest) * 6 < g->ys[g->n_rows] - g->ys[0];
}

/* Drawings and framed text have grids too: a table has rows and columns that hold something. */
static bool is_table(const struct layout_table *t, const struct table_grid *g)
{
    size_t covered = 0, long_cells = 0, several = 0;
    if (t->n_rows < 2 || t->n_columns < 2 || t->n_cells < 4) return false;
    for (size_t i = 0; i < t->n_cells; i++) {
        covered += (size_t)t->cells[i].rows * t->cells[i].columns;
        long_cells += t->cells[i].len > 400;
        several += i && t->cells[i].row == t->cells[i - 1].row;
    }
    if (several < 2) return false;
    if (covered * 5 < t->n_rows * t->n_columns) return false;
    if (g->ruled && t->n_cells * 8 < g->n_rows * g->n_columns) return false;
    if (!g->ruled && t->n_columns == 2 && several * 5 < t->n_rows * 3) return false;
    return long_cells * 3 < t->n_cells;
}

static bool push(struct page_words *w, struct table_list *out, const struct found_table *t)
{
    if (out->n == out->cap) {
        size_t cap = out->cap ? out->cap * 2 : 16;
        struct found_table *grown = arena_array(w->arena, cap, sizeof *grown);
        if (!grown) return false;
        if (out->n) memcpy(grown, out->tables, out->n * sizeof *grown);
        out->tables = grown;
        out->cap = cap;
    }
    out->tables[out->n++] = *t;
    return true;
}

/* Rows at the top in which no cell behind the first column begins with a figure. */
static size_t header_regions(const struct page_words *w, const struct region *regions,
                             const struct cell_word *words, size_t n)
{
    size_t row = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        if (i && words[i].region == words[i - 1].region) continue;
        const struct region *r = &regions[words[i].region];
        const struct layout_word *word = &w->words[words[i].word];
        if (r->column > 0 && word_is_value(w, word) && r->row < row) {
            const struct layout_glyph *g = &w->glyphs[word->first];
            if (!(word->n == 4 && (g->code == '1' || g->code == '2'))) row = r->row; /* no year */
        }
    }
    return row == SIZE_MAX ? 1 : row;
}

static void change_marks(struct page_words *w, uint32_t mark, uint32_t to)
{
    for (size_t i = 0; i < w->n_words; i++)
        if (w->words[i].table == mark) w->words[i].table = to;
}

static bool make_cells(struct page_words *w, const struct table_grid *g, uint32_t mark,
                       struct made_cells *m)
{
    size_t cells = g->n_rows * g->n_columns, n_regions, n;
    struct region *regions = arena_array(w->arena, cells, sizeof *regions);
    uint32_t *cell_region = arena_array(w->arena, cells, sizeof *cell_region);
    if (!regions || !cell_region || !find_regions(w, g, regions, &n_regions, cell_region))
        return false;
    struct cell_word *words = words_by_cell(w, g, cell_region, mark, &n);
    m->cells = arena_array(w->arena, n_regions + 1, sizeof *m->cells);
    m->n = 0;
    if (!words || !m->cells) return false;
    size_t header = header_regions(w, regions, words, n);
    for (size_t i = 0, k; i < n; i = k) {
        for (k = i; k < n && words[k].region == words[i].region;) k++;
        const struct region *r = &regions[words[i].region];
        if (!make_cell(w, g, r, words + i, k - i, r->row < header, &m->cells[m->n])) return false;
        if (m->cells[m->n].len) m->n++;
    }
    return true;
}

bool table_from_grid(struct page_words *w, const struct table_grid *grid, uint32_t mark,
                     struct table_list *out, bool *made)
{
    struct table_grid g = *grid;
    struct found_table t = {.table.ruled = grid->ruled};
    struct made_cells m;
    *made = false;
    if (g.ruled && (!split_columns(w, &g, mark) || !split_rows(w, &g, mark))) return false;
    if (g.ruled) close_parted(w, &g, mark);
    if (g.ruled) open_crossed(w, &g, mark);
    if (!make_cells(w, &g, mark, &m) || !drop_empty(w, &g, &m, &t.table)) return false;
    t.table.cells = m.cells;
    t.table.n_cells = m.n;
    t.box = (struct page_box){g.xs[0], g.ys[0], g.xs[g.n_columns], g.ys[g.n_rows]};
    t.table.box = page_box_back(w, t.box);
    bool drawing = is_diagram(&t.table) || is_mostly_empty_space(w, &t.table, &g);
    if (drawing || !is_table(&t.table, &g)) {
        change_marks(w, mark, drawing && g.ruled && t.table.n_cells > 1 ? IN_DRAWING : NO_TABLE);
        return true;
    }
    *made = true;
    return push(w, out, &t);
}
