/* The reading of a table from its frame to its records, step by step, and the cutting of one that holds
 * several. */
#include "ingest/interpret_parts.h"
#include "ingest/marks.h"

#include "vehicle/registry.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* ---- places ---- */

static const struct cell *row_label(const struct interpretation *in, size_t row)
{
    int column = in->frame.layout == FRAME_COLUMNS ? in->frame.attribute_column : 0;
    return table_cell(in->table, row, column == NO_COLUMN ? 0 : (size_t)column);
}

/* A short text with a word in it. */
static bool is_label(const struct cell *c)
{
    enum { LABEL_MAX = 48 };
    for (size_t i = 0; i < c->len && c->len <= LABEL_MAX; i++)
        if ((c->text[i] | 0x20) >= 'a' && (c->text[i] | 0x20) <= 'z') return true;
        else if (c->text[i] & 0x80) return true;
    return false;
}

struct label_hash {
    uint64_t hash;
    size_t row;
};

static int compare_labels(const void *a, const void *b)
{
    const struct label_hash *x = a, *y = b;
    return (x->hash > y->hash) - (x->hash < y->hash);
}

/* The rows of a table on a page that their first cell tells from all others. */
static bool find_row_labels(struct interpreter *p)
{
    struct interpretation *in = p->out;
    const struct table *t = in->table;
    size_t n = 0;
    if (p->context->kind != DOCUMENT_PDF && p->context->kind != DOCUMENT_IMAGE) return true;
    struct label_hash *labels = arena_array(&in->arena, t->n_rows + 1, sizeof *labels);
    in->row_labels = arena_array(&in->arena, t->n_rows + 1, sizeof *in->row_labels);
    if (!labels || !in->row_labels) return false;
    memset(in->row_labels, 0, (t->n_rows + 1) * sizeof *in->row_labels);
    for (size_t r = 0; r < t->n_rows; r++) {
        const struct cell *c = row_label(in, r);
        if (is_label(c)) labels[n++] = (struct label_hash){XXH3_64bits(c->text, c->len), r};
    }
    qsort(labels, n, sizeof *labels, compare_labels);
    for (size_t i = 0; i < n; i++)
        in->row_labels[labels[i].row] = (i == 0 || labels[i - 1].hash != labels[i].hash) &&
                                        (i + 1 == n || labels[i + 1].hash != labels[i].hash);
    return true;
}

void append_place(struct buffer *b, const struct interpretation *in, size_t row)
{
    static const char *const WORDS[] = {"row", "item", "line"};
    const struct table *t = in->table;
    bool item = t->row_word == ROW_ITEM;
    if (t->place)
        buffer_printf(b, "%s, ", t->place);
    else if (in->place_table && !item)
        buffer_printf(b, "table %zu, ", t->number);
    if (in->row_labels && in->row_labels[row])
        buffer_printf(b, "row '%s'", row_label(in, row)->text);
    else
        buffer_printf(b, "%s %zu", WORDS[t->row_word], t->row_numbers ? t->row_numbers[row] : row + 1);
    if (in->place_table && !t->place && item && t->caption && *t->caption) buffer_printf(b, " of %s", t->caption);
}

/* ---- cells of a column ---- */

size_t gather_cells(struct interpreter *p, size_t column)
{
    struct interpretation *in = p->out;
    const struct table *t = in->table;
    const struct interpreted_column *c = &in->columns[column];
    size_t n = 0;
    if (p->long_cells && column >= p->long_from) {
        size_t k = p->long_name[column - p->long_from];
        for (size_t i = p->long_first[k]; i < p->long_first[k + 1]; i++)
            p->run[n++] = p->long_cells[i];
        return n;
    }
    if (c->index == SIZE_MAX) return 0;
    if (in->frame.layout == FRAME_COLUMNS) {
        size_t from = (size_t)in->frame.attribute_column + 1;
        for (size_t j = from; j < t->n_columns; j++)
            if ((int)j != in->frame.unit_column) p->run[n++] = table_cell(t, c->index, j);
        return n;
    }
    for (size_t r = in->frame.first_data; r < t->n_rows; r++)
        if (in->frame.rows[r] == FRAME_DATA) p->run[n++] = table_cell(t, r, c->index);
    return n;
}

bool interpret_is_json(const struct interpreter *p)
{
    enum document_kind kind = p->context->kind;
    return (kind == DOCUMENT_JSON || kind == DOCUMENT_JSON_LINES) && !p->out->table->key_value;
}

/* ---- how numbers are written ---- */

/* What the language of the names and the delimiter suggest. */
static enum number_style expected_style(const struct interpreter *p)
{
    const char *l = p->out->language;
    if (interpret_is_json(p)) return NUMBER_POINT;
    if (p->context->delimiter == ';' && strcmp(l, "en") != 0) return NUMBER_COMMA;
    return strcmp(l, "de") == 0 || strcmp(l, "fr") == 0 || strcmp(l, "es") == 0 ? NUMBER_COMMA
                                                                                : NUMBER_POINT;
}

static void find_language(struct interpreter *p)
{
    static const char *const CODES[] = {"en", "de", "fr", "es", "zh"};
    struct interpretation *in = p->out;
    size_t votes[5] = {0};
    for (size_t j = 0; j < in->n_columns && j < 400; j++) {
        struct token t[16];
        const char *name = in->columns[j].fact.name;
        size_t n = tokens_split(name, strlen(name), TOKENS_IDENTIFIER, t, 16);
        for (size_t i = 0; i < n;) {
            const struct term *terms = NULL;
            size_t n_terms = 0, used = registry_match(t + i, n - i, &terms, &n_terms);
            unsigned languages = 0;
            for (size_t k = 0; k < n_terms; k++) languages |= terms[k].languages;
            for (size_t k = 0; k < 5; k++) votes[k] += used && (languages >> k & 1);
            i += used ? used : 1;
        }
    }
    size_t best = 0;
    for (size_t k = 1; k < 5; k++)
        if (votes[k] > votes[best]) best = k;
    in->language = votes[best] ? CODES[best] : "";
}

static int compare_offsets(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Whether most of the cells p->run[0, n) whose form leaves the style open are numbers that the reader of
 * a spreadsheet wrote itself. */
static bool are_point_numbers(const struct interpreter *p, size_t n)
{
    const struct interpret_context *c = p->context;
    size_t own = 0, others = 0;
    if (!c->n_point_numbers) return false;
    for (size_t i = 0; i < n; i++) {
        struct number_evidence e = {0};
        if (!p->run[i]->len) continue;
        if (bsearch(&p->run[i]->begin, c->point_numbers, c->n_point_numbers, sizeof *c->point_numbers,
                    compare_offsets)) {
            own++;
            continue;
        }
        number_evidence_add(&e, p->run[i]->text, p->run[i]->len);
        others += e.ambiguous > 0;
    }
    return own > others;
}

static void decide_styles(struct interpreter *p)
{
    struct interpretation *in = p->out;
    /* Magnitudes of different columns say nothing of each other: what only one style explains counts,
     * else how columns decide by themselves. */
    struct number_evidence all = {0};
    size_t votes[2] = {0};
    enum number_style expected = expected_style(p);
    for (size_t j = 0; j < in->n_columns; j++) {
        const struct interpreted_column *c = &in->columns[j];
        bool sure = false;
        if (c->text) continue;
        all.point += c->evidence.point;
        all.comma += c->evidence.comma;
        all.leading_zero_ambiguous += c->evidence.leading_zero_ambiguous;
        enum number_style style = number_style_decide(&c->evidence, expected, &sure);
        votes[style] += sure && c->evidence.ambiguous;
    }
    in->style = number_style_decide(&all, expected, &in->style_sure);
    if (!in->style_sure && votes[0] != votes[1])
        in->style = votes[NUMBER_COMMA] > votes[NUMBER_POINT] ? NUMBER_COMMA : NUMBER_POINT;
    for (size_t j = 0; j < in->n_columns; j++) {
        struct interpreted_column *c = &in->columns[j];
        size_t n = c->text ? 0 : gather_cells(p, j);
        column_decide_style(c, p->run, n, in->style);
        if (are_point_numbers(p, n)) {
            c->style = NUMBER_POINT;
            c->style_by_range = false;
        }
        column_decide_missing(c, p->run, n);
    }
}

/* ---- the whole ---- */

/* All that stands above a table of a manual, chapter first: where a search finds it. */
static const char *caption_trail(struct interpreter *p, const char *caption)
{
    enum { TRAIL_BYTES = 300 };
    const struct interpret_context *c = p->context;
    buffer_clear(&p->scratch);
    for (size_t i = 0; i <= c->n_headings; i++) {
        const char *text = i < c->n_headings ? c->headings[i] : caption;
        bool last = i == c->n_headings;
        if (!*text || (!last && (!strchr(text, ' ') || strcmp(text, caption) == 0 || strlen(text) > TRAIL_BYTES / 3))) continue;
        if (p->scratch.len + strlen(text) > TRAIL_BYTES && !last) continue;
        buffer_printf(&p->scratch, "%s%s", p->scratch.len ? " > " : "", text);
    }
    char *trail = p->scratch.failed ? NULL : arena_strndup(&p->out->arena, buffer_text(&p->scratch), p->scratch.len);
    if (!trail) p->failed = true;
    return trail ? trail : "";
}

/* The columns that say which version has which equipment. */
static void find_marks(struct interpreter *p)
{
    struct interpretation *in = p->out;
    if (in->frame.layout == FRAME_LONG || in->frame.column_years || in->frame.column_variants) return;
    for (size_t j = 0; j < in->n_columns; j++) {
        struct interpreted_column *c = &in->columns[j];
        bool yes_no = c->fact.attribute >= 0 && REGISTRY[c->fact.attribute].type == ATTRIBUTE_YES_NO;
        if (c->index == SIZE_MAX || c->n_parts || c->engine || c->role != ROLE_NONE || c->fact.unit ||
            (c->fact.attribute >= 0 && !yes_no))
            continue;
        size_t n = gather_cells(p, j);
        c->marks = marks_fill(p->run, n, yes_no || (in->frame.layout == FRAME_COLUMNS && n > 1));
    }
}

static const char *caption_of(struct interpreter *p)
{
    struct interpretation *in = p->out;
    const struct interpret_context *c = p->context;
    if (c->paged && in->table->caption && *in->table->caption && *in->frame.title &&
        !strstr(in->table->caption, in->frame.title)) { /* "Table 2-1" above, "Checks made at idle speed" in it */
        struct buffer b = {0};
        buffer_printf(&b, "%s > %s", in->table->caption, in->frame.title);
        const char *both = b.failed ? NULL : arena_strdup(&in->arena, buffer_text(&b));
        buffer_free(&b);
        if (!both) p->failed = true;
        return both ? both : "";
    }
    if (in->table->caption && *in->table->caption) return in->table->caption;
    if (*in->frame.title) return in->frame.title;
    return c->n_headings ? c->headings[c->n_headings - 1] : "";
}

static bool interpret(struct interpreter *p)
{
    static const char *const WORDS[] = {"row", "item", "line"};
    struct interpretation *in = p->out;
    const struct table *t = in->table;
    memcpy(in->footnotes, p->context->footnotes, sizeof in->footnotes);
    in->n_footnotes = p->context->n_footnotes;
    size_t most = t->n_rows > t->n_columns ? t->n_rows : t->n_columns;
    p->hashes = arena_array(&in->arena, STUDY_SAMPLE, sizeof *p->hashes);
    p->run = arena_array(&in->arena, most + 1, sizeof *p->run);
    if (!p->hashes || !p->run || !frame_find(&in->frame, t, interpret_is_json(p), &in->arena) ||
        !context_subject(p))
        return false;
    t = in->table = in->frame.table;
    manual_find_shape(p);
    t = in->table;
    if (!find_row_labels(p)) return false;
    in->source = (struct fact_source){.caption = p->context->manual ? caption_trail(p, caption_of(p)) : caption_of(p),
                                     .row_word = WORDS[t->row_word]};
    /* Rows of Markdown tables count from 1 in each table; those of other kinds in the whole file. */
    in->place_table = p->context->n_tables > 1 &&
                      (p->context->kind == DOCUMENT_MARKDOWN || p->context->kind == DOCUMENT_HTML ||
                       t->row_word == ROW_ITEM);
    p->roles = (struct table_roles){.make = NO_COLUMN, .model = NO_COLUMN, .name = NO_COLUMN,
                                    .year = NO_COLUMN, .year_last = NO_COLUMN,
                                    .quantity = NO_COLUMN, .group = NO_COLUMN};
    bool columns = in->frame.layout == FRAME_COLUMNS;
    if (!interpret_is_json(p) && !find_variant_columns(p)) return false;
    if (in->frame.pairs ? !interpret_room_for_columns(p, 1)
        : columns       ? !interpret_attribute_rows(p)
                        : !interpret_row_columns(p))
        return false;
    if (in->frame.layout == FRAME_ROWS && in->frame.column_years && !interpret_year_column(p))
        return false;
    if (in->frame.column_variants && !add_variant_value_column(p)) return false;
    if (interpret_is_json(p)) interpret_part_list_elements(p);
    find_language(p);
    if (in->frame.layout == FRAME_LONG && !make_long_columns(p)) return false;
    if (!interpret_names_apart(p)) return false;
    name_by_categories(p);
    relate_speeds(p);
    decide_styles(p);
    find_unit_columns(p);
    find_dual_units(p);
    if (!interpret_names_apart(p)) return false;
    relate_columns(p);
    find_siblings(p);
    find_likely_units(p);
    find_marks(p);
    interpret_note_rows(p);
    bool ok = in->frame.pairs                    ? make_pair_records(p)
              : columns                          ? make_column_records(p)
              : in->frame.layout == FRAME_LONG   ? make_long_records(p)
                                                 : make_row_records(p);
    if (ok) manual_drop_empty(p);
    if (!in->n_records && p->context->paged) return ok && !p->failed && !p->scratch.failed;
    interpret_note_roles(p);
    interpret_note_columns(p);
    return ok && !p->failed && !p->scratch.failed;
}

bool interpret_table(struct interpretation *out, const struct table *table,
                     const struct interpret_context *context, struct error *err)
{
    *out = (struct interpretation){.table = table, .language = ""};
    struct interpreter p = {.out = out, .context = context, .caption = ""};
    bool ok = table->n_rows == 0 || table->n_columns == 0 || interpret(&p);
    buffer_free(&p.scratch);
    if (ok) return true;
    interpretation_free(out);
    return error_memory(err, "the reading of a table");
}

void interpretation_free(struct interpretation *in)
{
    arena_free(&in->arena);
    *in = (struct interpretation){0};
}

/* ---- several tables in one ---- */

/* A row in the middle that is another header: names of attributes, no numbers, and other ones than
 * those of the header. */
static bool is_other_header(const struct table *t, size_t row)
{
    size_t known = 0, filled = 0;
    for (size_t j = 0; j < t->n_columns; j++) { /* most rows have a plain number */
        const struct cell *c = table_cell(t, row, j);
        if (c->len && strspn(c->text, "0123456789.,-") == c->len) return false;
    }
    for (size_t j = 0; j < t->n_columns; j++) {
        const struct cell *c = table_cell(t, row, j);
        if (!c->len) continue;
        filled++;
        if (c->len > 60 || is_numeric_cell(c->text, c->len)) return false;
        known += is_measure_name(c->text, c->len);
        if (filled >= 3 && known == 0) return false;
    }
    return filled >= 3 && known >= 3 && known * 10 >= filled * 6;
}

static bool same_texts(const struct table *t, size_t a, size_t b)
{
    for (size_t j = 0; j < t->n_columns; j++)
        if (strcmp(table_cell(t, a, j)->text, table_cell(t, b, j)->text) != 0) return false;
    return true;
}

bool table_slices(const struct table *t, struct arena *arena, struct table **out, size_t *n)
{
    size_t count = 1, first_header = SIZE_MAX;
    size_t *cuts = NULL;
    enum { MAX_SLICES = 256 };
    if (t->row_word == ROW_ROW && !t->key_value && t->n_columns >= 3)
        for (size_t r = 0; r < t->n_rows && count < MAX_SLICES; r++) {
            bool fresh = first_header == SIZE_MAX || !same_texts(t, first_header, r);
            if (!fresh || !is_other_header(t, r)) continue;
            if (first_header != SIZE_MAX && r > first_header + 1) {
                if (!cuts) cuts = arena_array(arena, MAX_SLICES, sizeof *cuts);
                if (!cuts) return false;
                cuts[count++ - 1] = r;
            }
            first_header = r;
        }
    struct table *slices = arena_array(arena, count, sizeof *slices);
    if (!slices) return false;
    for (size_t i = 0; i < count; i++) {
        size_t from = i ? cuts[i - 1] : 0, to = i + 1 < count ? cuts[i] : t->n_rows;
        slices[i] = *t;
        slices[i].n_rows = to - from;
        slices[i].cells = t->cells + from * t->n_columns;
        if (t->row_numbers) slices[i].row_numbers = t->row_numbers + from;
        if (t->header_cells) slices[i].header_cells = t->header_cells + from * t->n_columns;
        if (i) slices[i].n_header_rows = 0;
    }
    *out = slices;
    *n = count;
    return true;
}
