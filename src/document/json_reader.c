/* JSON documents of any shape as tables: a list of objects is one, so is a list of lists, an object
 * by keys or by columns; an object that holds several of them gives each, and what stands beside
 * them as pairs; any other object is one record. */
#include "document/json_reader.h"

#include "document/json_record.h"
#include "document/json_shape.h"

#include <stdlib.h>
#include <string.h>

enum {
    CHECK_EVERY = 1024, /* rows */
    MAX_CONTEXT = 16,   /* members of an object that are given to each row of its list */
    MAX_CONTEXT_TEXT = 200,
    LONG_LIST = 20, /* elements that no list inside one record is likely to have */
};

struct json_document {
    struct document_reader *reader;
    const struct json_tape *tape;
    struct json_rows rows;
    struct error *err;
    /* Members of the objects around a table, by their entries, that its rows get as columns. */
    uint32_t context[MAX_CONTEXT];
    size_t n_context;
    bool context_missed;          /* a table has been made without it */
    bool about_is_rest;           /* members about the file are no tables, whatever they hold */
    char path[DOCUMENT_MAX_NAME]; /* names of the members around: the caption */
    size_t path_len;
};

static bool emit_value(struct json_document *d, size_t v);

static const struct json_value *at(const struct json_document *d, size_t v)
{
    return &d->tape->values[v];
}

static bool check(struct json_document *d)
{
    return reader_check(d->reader, d->err);
}

static size_t push_path(struct json_document *d, size_t member)
{
    size_t before = d->path_len, len;
    const struct json_value *m = at(d, member);
    struct buffer *text = &d->rows.text;
    buffer_clear(text);
    size_t most = m->key_len;
    if (!m->key_escaped && most > sizeof d->path) most = sizeof d->path;
    json_decode(d->tape->data, m->key, m->key + most, text);
    len = text->len;
    if (before && before < sizeof d->path) d->path[d->path_len++] = '.';
    if (len > sizeof d->path - d->path_len) len = sizeof d->path - d->path_len;
    if (len) memcpy(d->path + d->path_len, text->data, len);
    d->path_len += len;
    return before;
}

static void add_context(struct json_document *d)
{
    char path[sizeof d->rows.path]; /* the rows' own names have a prefix, these have not */
    size_t before = d->rows.path_len;
    if (before) memcpy(path, d->rows.path, before);
    d->rows.path_len = 0;
    for (size_t i = 0; i < d->n_context; i++) json_rows_add_member(&d->rows, d->context[i]);
    if (before) memcpy(d->rows.path, path, before);
    d->rows.path_len = before;
}

/* Members of rows that have the name of one around them are told apart by the name of their table:
 * "name", "trims.name". `v` is the list or object, `levels` the keys above its records. */
static void name_rows(struct json_document *d, size_t v, size_t levels)
{
    size_t n = 0;
    if (d->n_context == 0 || at(d, v)->key_len == 0) return;
    for (size_t e = v + 1; e < at(d, v)->next && n < 100; e = at(d, e)->next, n++) {
        if (levels > 1 || at(d, e)->type != JSON_RECORD) continue;
        for (size_t i = e + 1; i < at(d, e)->next; i = at(d, i)->next)
            for (size_t k = 0; k < d->n_context; k++) {
                const struct json_value *m = at(d, i), *c = at(d, d->context[k]);
                if (m->key_len != c->key_len ||
                    memcmp(d->tape->data + m->key, d->tape->data + c->key, m->key_len) != 0)
                    continue;
                json_rows_set_path(&d->rows, v);
                return;
            }
    }
}

/* ---- tables by rows ---- */

/* Whether a row of a table holds texts alone, as names of columns are; a number. */
static bool holds_texts_alone(const struct json_tape *t, size_t row)
{
    if (t->values[row].type != JSON_LIST || !t->values[row].plain) return false;
    for (size_t i = row + 1; i < t->values[row].next; i++)
        if (t->values[i].type != JSON_TEXT) return false;
    return t->values[row].count > 0;
}

static bool holds_number(const struct json_tape *t, size_t row)
{
    for (size_t i = row + 1; i < t->values[row].next && t->values[row].type == JSON_LIST;
         i = t->values[i].next)
        if (t->values[i].type == JSON_NUMBER) return true;
    return false;
}

static void add_cell(struct json_rows *rows, struct table_builder *b, size_t v)
{
    const struct json_value *x = &rows->tape->values[v];
    if (x->type == JSON_NULL_VALUE) {
        struct cell empty = {.text = "", .line = x->line, .begin = rows->reader->base + x->begin};
        table_builder_add_made(b, &empty);
    } else if (x->type == JSON_RECORD || (x->type == JSON_LIST && !x->plain)) {
        table_builder_add_cell(b, rows->tape->data + x->begin, x->end - x->begin, x->line,
                               x->begin);
    } else {
        size_t len;
        const char *text = json_rows_text(rows, v, &len);
        table_builder_add_cell(b, text, len, x->line, x->begin);
    }
}

/* Lists as rows. */
static bool emit_list_rows(struct json_rows *rows, const uint32_t *lists, const size_t *numbers,
                           size_t n, enum row_word row_word, struct error *err)
{
    const struct json_value *values = rows->tape->values;
    struct table_builder b;
    bool ok = true, header = n > 1 && holds_texts_alone(rows->tape, lists[0]), numeric = false;
    table_builder_init(&b, rows->reader);
    for (size_t i = 0; i < n && ok; i++) {
        table_builder_add_row(&b, numbers[i]);
        if (values[lists[i]].type != JSON_LIST) add_cell(rows, &b, lists[i]);
        for (size_t k = lists[i] + 1;
             k < values[lists[i]].next && values[lists[i]].type == JSON_LIST; k = values[k].next)
            add_cell(rows, &b, k);
        numeric = numeric || (i && holds_number(rows->tape, lists[i]));
        if (i % CHECK_EVERY == 0) ok = reader_check(rows->reader, err);
    }
    table_builder_end(&b, "", 0, row_word, header && numeric, values[lists[0]].line,
                      values[lists[n - 1]].line, values[lists[0]].begin, values[lists[n - 1]].end);
    table_builder_free(&b);
    return ok;
}

bool json_emit_records(struct document_reader *r, const struct json_tape *tape,
                       const uint32_t *records, const size_t *numbers, size_t n,
                       enum row_word row_word, struct error *err)
{
    struct json_rows rows;
    uint32_t lists[JSON_MAX_LISTS];
    size_t n_lists = json_row_lists(tape, records, n, lists);
    bool ok = true;
    json_rows_init(&rows, r, tape);
    size_t n_list = 0;
    for (size_t i = 0; i < n; i++) n_list += tape->values[records[i]].type == JSON_LIST;
    if (n_list * 2 > n) {
        ok = emit_list_rows(&rows, records, numbers, n, row_word, err);
        n = 0;
    }
    for (size_t i = 0; i < n && ok; i++) {
        const struct json_value *v = &tape->values[records[i]];
        json_rows_add(&rows, numbers[i]);
        if (v->type == JSON_RECORD)
            json_rows_add_record(&rows, records[i], numbers[i], lists, n_lists);
        else if (v->type == JSON_LIST)
            json_rows_add_members(&rows, records[i]);
        else
            json_rows_add_value(&rows, "value", 5, records[i]);
        if (i % CHECK_EVERY == 0) ok = reader_check(r, err);
    }
    json_rows_end(&rows, "", 0, row_word, false);
    json_rows_free(&rows);
    return ok && reader_check(r, err);
}

/* Elements that are objects of one member, which is an object: the member's name is a key. */
static bool is_keyed_list(const struct json_document *d, size_t v)
{
    if (at(d, v)->count < 2) return false;
    for (size_t e = v + 1; e < at(d, v)->next; e = at(d, e)->next)
        if (at(d, e)->type != JSON_RECORD || at(d, e)->count != 1 ||
            at(d, e + 1)->type != JSON_RECORD)
            return false;
    const struct json_value *a = at(d, v + 2), *b = at(d, at(d, v + 1)->next + 1);
    return a->key_len != b->key_len ||
           memcmp(d->tape->data + a->key, d->tape->data + b->key, a->key_len) != 0;
}

static bool emit_record_list(struct json_document *d, size_t v)
{
    uint32_t lists[JSON_MAX_LISTS], sample[100];
    size_t n = 0, number = 0, n_lists = 0;
    bool keyed = is_keyed_list(d, v);
    if (!keyed) name_rows(d, v, 1);
    for (size_t e = v + 1; e < at(d, v)->next && n < 100; e = at(d, e)->next)
        if (at(d, e)->type == JSON_RECORD) sample[n++] = (uint32_t)e;
    if (!keyed) n_lists = json_row_lists(d->tape, sample, n, lists);
    for (size_t e = v + 1; e < at(d, v)->next; e = at(d, e)->next) {
        json_rows_add(&d->rows, ++number);
        if (keyed) json_rows_add_key(&d->rows, "key", 3, e + 1);
        add_context(d);
        if (keyed)
            json_rows_add_members(&d->rows, e + 1);
        else if (at(d, e)->type == JSON_RECORD)
            json_rows_add_record(&d->rows, e, number, lists, n_lists);
        else if (json_is_container(at(d, e)) && !at(d, e)->plain)
            json_rows_add_members(&d->rows, e);
        else
            json_rows_add_value(&d->rows, "value", 5, e);
        if (number % CHECK_EVERY == 0 && !check(d)) return false;
    }
    json_rows_end(&d->rows, d->path, d->path_len, ROW_ITEM, keyed);
    return check(d);
}

/* A list of scalars, one a row. */
static bool emit_scalar_list(struct json_document *d, size_t v)
{
    size_t number = 0;
    for (size_t e = v + 1; e < at(d, v)->next; e = at(d, e)->next) {
        json_rows_add(&d->rows, ++number);
        json_rows_add_value(&d->rows, "value", 5, e);
        if (number % CHECK_EVERY == 0 && !check(d)) return false;
    }
    json_rows_end(&d->rows, d->path, d->path_len, ROW_ITEM, 0);
    return check(d);
}

/* Lists as rows; `names` (SIZE_MAX: none) is the list of column names, `labels` those of rows.
 * Without names the first row is taken for them when it holds texts alone and the others do not. */
static bool emit_matrix(struct json_document *d, size_t v, size_t names, size_t labels)
{
    struct table_builder b;
    size_t number = 0, header = 0, last_line = at(d, v)->line;
    table_builder_init(&b, d->reader);
    /* Labels that are numbers are those of the rows: no names. */
    bool label = labels != SIZE_MAX && at(d, labels + 1)->type == JSON_TEXT;
    size_t l = label ? labels + 1 : 0;
    if (d->n_context) d->context_missed = true;
    if (names != SIZE_MAX) {
        table_builder_add_row(&b, 0);
        if (label) {
            struct cell key = {.text = "key", .len = 3, .line = at(d, labels)->line};
            table_builder_add_made(&b, &key);
        }
        for (size_t e = names + 1; e < at(d, names)->next; e = at(d, e)->next)
            add_cell(&d->rows, &b, e);
        header = 1;
    } else {
        bool numeric = false;
        for (size_t e = at(d, v + 1)->next, n = 0; e < at(d, v)->next && n < 100 && !numeric;
             e = at(d, e)->next, n++)
            numeric = holds_number(d->tape, e);
        header = numeric && holds_texts_alone(d->tape, v + 1);
    }
    bool ok = true;
    for (size_t e = v + 1; e < at(d, v)->next && ok; e = at(d, e)->next) {
        table_builder_add_row(&b, ++number);
        if (label) add_cell(&d->rows, &b, l);
        if (label) l = at(d, l)->next;
        if (at(d, e)->type == JSON_LIST)
            for (size_t k = e + 1; k < at(d, e)->next; k = at(d, k)->next)
                add_cell(&d->rows, &b, k);
        else
            add_cell(&d->rows, &b, e);
        last_line = at(d, e)->line;
        if (number % CHECK_EVERY == 0) ok = check(d);
    }
    struct table *table =
        table_builder_end(&b, d->path, d->path_len, ROW_ITEM, header, at(d, v)->line, last_line,
                          at(d, v)->begin, at(d, v)->end);
    if (table) table->n_keys = label;
    table_builder_free(&b);
    return ok && check(d);
}

/* ---- tables by keys, by columns ---- */

/* What the rows of an object by key have in common. */
struct keyed {
    size_t levels;
    bool hidden; /* the keys are numbers, no names */
    size_t number;
    uint32_t keys[JSON_MAX_KEYS];
    uint32_t lists[JSON_MAX_LISTS]; /* the list in each object whose elements are the rows */
    size_t n_lists;
};

static bool add_keyed(struct json_document *d, size_t v, size_t depth, struct keyed *k)
{
    static const char *const NAMES[JSON_MAX_KEYS] = {"key", "key 2", "key 3"};
    if (depth >= JSON_MAX_KEYS) return true; /* `levels` are fewer; the compiler does not see it */
    for (size_t i = v + 1; i < at(d, v)->next; i = at(d, i)->next) {
        if (depth == 0 && at(d, i)->type != JSON_RECORD && json_is_about_file(d->tape, i)) continue;
        k->keys[depth] = (uint32_t)i;
        if (depth + 1 < k->levels && at(d, i)->type == JSON_RECORD) {
            if (!add_keyed(d, i, depth + 1, k)) return false;
            continue;
        }
        json_rows_add(&d->rows, ++k->number);
        for (size_t n = 0; n <= depth && !k->hidden; n++)
            json_rows_add_key(&d->rows, NAMES[n], strlen(NAMES[n]), k->keys[n]);
        add_context(d);
        if (at(d, i)->type == JSON_RECORD && k->n_lists)
            json_rows_add_record(&d->rows, i, k->number, k->lists, k->n_lists);
        else if (json_is_container(at(d, i)) && !(at(d, i)->type == JSON_LIST && at(d, i)->plain))
            json_rows_add_members(&d->rows, i);
        else
            json_rows_add_value(&d->rows, "value", 5, i);
        if (k->number % CHECK_EVERY == 0 && !check(d)) return false;
    }
    return true;
}

/* The first objects `levels` below v, to `sample` of `room`. */
static size_t keyed_records(const struct json_document *d, size_t v, size_t levels,
                            uint32_t *sample, size_t room)
{
    size_t n = 0;
    for (size_t i = v + 1; i < at(d, v)->next && n < room; i = at(d, i)->next) {
        if (at(d, i)->type != JSON_RECORD) continue;
        if (levels > 1)
            n += keyed_records(d, i, levels - 1, sample + n, room - n);
        else
            sample[n++] = (uint32_t)i;
    }
    return n;
}

static bool emit_keyed(struct json_document *d, size_t v, size_t levels)
{
    uint32_t sample[100];
    struct keyed k = {.levels = levels, .hidden = levels == 1 && json_keys_count_up(d->tape, v)};
    size_t n = keyed_records(d, v, levels, sample, sizeof sample / sizeof *sample);
    k.n_lists = json_row_lists(d->tape, sample, n, k.lists);
    name_rows(d, v, levels);
    if (!add_keyed(d, v, 0, &k)) return false;
    json_rows_end(&d->rows, d->path, d->path_len, ROW_ITEM, k.hidden ? 0 : levels);
    return check(d);
}

static bool emit_columnar(struct json_document *d, size_t v, size_t n)
{
    size_t columns = 0, number = 0;
    struct table_builder b;
    uint32_t *next = calloc(at(d, v)->count, sizeof *next);
    if (!next) return error_memory(d->err, "a JSON table");
    if (d->n_context) d->context_missed = true;
    table_builder_init(&b, d->reader);
    table_builder_add_row(&b, 0);
    for (size_t i = v + 1; i < at(d, v)->next; i = at(d, i)->next) {
        if (!json_is_column(d->tape, i, n)) continue;
        buffer_clear(&d->rows.text);
        json_decode(d->tape->data, at(d, i)->key, at(d, i)->key + at(d, i)->key_len, &d->rows.text);
        size_t len = d->rows.text.len < DOCUMENT_MAX_NAME ? d->rows.text.len : DOCUMENT_MAX_NAME;
        table_builder_add_cell(&b, buffer_text(&d->rows.text), len, at(d, i)->line, at(d, i)->key);
        next[columns++] = (uint32_t)i + 1;
    }
    bool ok = true;
    while (number < n && ok) {
        table_builder_add_row(&b, ++number);
        for (size_t c = 0; c < columns; c++) {
            add_cell(&d->rows, &b, next[c]);
            next[c] = at(d, next[c])->next;
        }
        if (number % CHECK_EVERY == 0) ok = check(d);
    }
    table_builder_end(&b, d->path, d->path_len, ROW_ITEM, 1, at(d, v)->line,
                      at(d, at(d, v)->next - 1)->line, at(d, v)->begin, at(d, v)->end);
    table_builder_free(&b);
    free(next);
    return ok && check(d);
}

/* ---- objects ---- */

/* Members that are not part of tables, as pairs of name and value. */
static bool emit_rest(struct json_document *d, size_t v,
                      bool (*is_rest)(struct json_document *, size_t, size_t), size_t n)
{
    json_rows_add(&d->rows, 1);
    for (size_t i = v + 1; i < at(d, v)->next; i = at(d, i)->next)
        if (is_rest(d, i, n)) json_rows_add_member(&d->rows, i);
    json_rows_end_pairs(&d->rows, d->path, d->path_len);
    return check(d);
}

static bool rest_of_columns(struct json_document *d, size_t i, size_t n)
{
    return !json_is_column(d->tape, i, n);
}

/* Lists are its parts. */
static bool rest_of_split(struct json_document *d, size_t i, size_t n)
{
    (void)n;
    return at(d, i)->type != JSON_LIST;
}

static bool rest_of_keys(struct json_document *d, size_t i, size_t n)
{
    (void)n;
    return at(d, i)->type != JSON_RECORD;
}

static bool is_context(const struct json_document *d, size_t i)
{
    const struct json_value *m = at(d, i);
    return !json_is_container(m) && m->type != JSON_NULL_VALUE && m->begin < m->end &&
           m->end - m->begin <= MAX_CONTEXT_TEXT && !json_is_about_file(d->tape, i);
}

static bool is_table_member(const struct json_document *d, size_t i)
{
    return json_holds_table(d->tape, i) && !(d->about_is_rest && json_is_about_file(d->tape, i));
}

static bool rest_of_container(struct json_document *d, size_t i, size_t n)
{
    (void)n;
    for (size_t k = 0; k < d->n_context; k++)
        if (d->context[k] == i) return false;
    return !is_table_member(d, i);
}

static bool rest_of_context(struct json_document *d, size_t i, size_t n)
{
    for (size_t k = n; k < d->n_context; k++)
        if (d->context[k] == i) return true;
    return false;
}

/* Whether an object is there for the tables that it holds, or is one record that has lists among
 * its fields: the richer one is what the file is about. */
static bool is_container(const struct json_document *d, size_t v)
{
    double own = 0, inner = 0;
    bool tables = false, many = false;
    for (size_t i = v + 1; i < at(d, v)->next; i = at(d, i)->next) {
        if (is_table_member(d, i) && !json_is_pair_list(d->tape, i)) {
            double fields = json_richness(d->tape, i);
            bool list = at(d, i)->type == JSON_LIST;
            tables = true;
            if (fields > inner) inner = fields;
            many = many || (list && at(d, i)->count >= LONG_LIST && fields >= 4);
        } else if (!json_is_about_file(d->tape, i)) {
            own += (double)json_leaves(d->tape, i);
        }
    }
    return tables && (inner > own || own == 0 || (many && own <= 12));
}

static bool emit_container(struct json_document *d, size_t v)
{
    size_t n_context = d->n_context;
    bool missed = d->context_missed, rest = d->about_is_rest;
    d->context_missed = false;
    for (size_t i = v + 1; i < at(d, v)->next; i = at(d, i)->next)
        if (is_context(d, i) && d->n_context < MAX_CONTEXT)
            d->context[d->n_context++] = (uint32_t)i;
    if (!emit_rest(d, v, rest_of_container, 0)) return false;
    for (size_t i = v + 1; i < at(d, v)->next; i = at(d, i)->next) {
        d->about_is_rest = rest;
        if (!is_table_member(d, i)) continue;
        size_t before = push_path(d, i);
        d->about_is_rest = false;
        if (!emit_value(d, i)) return false;
        d->path_len = before;
    }
    if (d->context_missed && !emit_rest(d, v, rest_of_context, n_context)) return false;
    d->context_missed = d->context_missed || missed;
    d->n_context = n_context;
    return check(d);
}

static bool emit_object(struct json_document *d, size_t v)
{
    size_t n, names, rows, labels, levels;
    if (json_is_split(d->tape, v, &names, &rows, &labels))
        return emit_rest(d, v, rest_of_split, 0) && emit_matrix(d, rows, names, labels);
    if (json_is_columnar(d->tape, v, &n))
        return emit_rest(d, v, rest_of_columns, n) && emit_columnar(d, v, n);
    /* The one member of an object is no key but what its rows are called. */
    if ((levels = json_key_levels(d->tape, v)) && at(d, v)->count > 1)
        return emit_rest(d, v, rest_of_keys, 0) && emit_keyed(d, v, levels);
    d->about_is_rest = false;
    for (size_t i = v + 1; i < at(d, v)->next && !d->about_is_rest; i = at(d, i)->next)
        d->about_is_rest = !json_is_about_file(d->tape, i);
    if (is_container(d, v)) return emit_container(d, v);
    json_rows_add(&d->rows, 1);
    add_context(d);
    json_rows_add_members(&d->rows, v);
    json_rows_end(&d->rows, d->path, d->path_len, ROW_ITEM, 0);
    return check(d);
}

static bool emit_value(struct json_document *d, size_t v)
{
    if (at(d, v)->count == 0) return true;
    if (at(d, v)->type == JSON_RECORD) return emit_object(d, v);
    if (json_is_record_list(d->tape, v)) return emit_record_list(d, v);
    if (json_is_matrix(d->tape, v)) return emit_matrix(d, v, SIZE_MAX, SIZE_MAX);
    return at(d, v)->plain ? emit_scalar_list(d, v) : emit_record_list(d, v);
}

/* ---- the document ---- */

bool json_error_set(const struct document_reader *r, const struct json_error *bad,
                    struct error *err)
{
    return error_set(err, ERROR_INPUT, "%s: line %zu: not JSON: %s%s", r->path, bad->line,
                     bad->what, bad->at == r->len ? ", but the file ends here" : "");
}

/* Values one behind the other, as some programs write them: as if they were a list's elements. */
static bool read_sequence(struct document_reader *r, struct json_tape *tape, size_t end,
                          struct error *err)
{
    uint32_t *records = NULL;
    size_t *numbers = NULL, n = 0, cap = 0;
    bool ok = true;
    for (size_t v = 0; ok;) {
        if (n == cap) {
            cap = cap ? cap * 2 : 64;
            uint32_t *more = realloc(records, cap * sizeof *more);
            if (more) records = more;
            size_t *more_numbers = realloc(numbers, cap * sizeof *more_numbers);
            if (more_numbers) numbers = more_numbers;
            if (!more || !more_numbers) {
                ok = error_memory(err, "a JSON document");
                break;
            }
        }
        records[n] = (uint32_t)v;
        numbers[n] = n + 1;
        n++;
        if (json_skip_space(r->data, r->len, end) == r->len) break;
        v = tape->n;
        struct json_error bad;
        ok = json_scan_value(tape, &end, &bad) ||
             (tape->failed ? error_memory(err, "a JSON document") : json_error_set(r, &bad, err));
    }
    ok = ok && json_emit_records(r, tape, records, numbers, n, ROW_ITEM, err);
    free(records);
    free(numbers);
    return ok;
}

bool json_read_values(struct document_reader *r, bool by_lines, struct error *err)
{
    if (r->len > JSON_MAX_BYTES)
        return error_set(err, ERROR_UNSUPPORTED, "%s: is larger than 4 GB", r->path);
    struct json_tape tape;
    struct json_error bad;
    size_t end = 0;
    json_tape_init(&tape, r->data, r->len);
    bool ok = json_scan_value(&tape, &end, &bad) ||
              (tape.failed ? error_memory(err, "a JSON document") : json_error_set(r, &bad, err));
    if (ok) {
        size_t behind = json_skip_space(r->data, r->len, end);
        bool container = json_is_container(&tape.values[0]);
        if (by_lines && container && behind < r->len && json_lines_follow(r->data, r->len, end)) {
            r->out->kind = DOCUMENT_JSON_LINES;
            json_tape_free(&tape);
            return read_json_lines_document(r, err);
        }
        if (behind < r->len && r->data[behind] != '{' && r->data[behind] != '[') {
            bad = (struct json_error){behind, tape.line, "text behind the end"};
            for (size_t i = end; i < behind; i++) bad.line += r->data[i] == '\n';
            ok = json_error_set(r, &bad, err);
        } else if (behind < r->len && container) {
            ok = read_sequence(r, &tape, end, err);
        } else if (!container) {
            ok = error_set(err, ERROR_INPUT,
                           "%s: line %u: one value alone, where a JSON array or object is expected",
                           r->path, (unsigned)tape.values[0].line);
        } else {
            struct json_document *d = calloc(1, sizeof *d);
            if (d) {
                d->reader = r;
                d->tape = &tape;
                d->err = err;
                json_rows_init(&d->rows, r, &tape);
                ok = emit_value(d, 0);
                json_rows_free(&d->rows);
            } else {
                ok = error_memory(err, "a JSON document");
            }
            free(d);
        }
    }
    json_tape_free(&tape);
    return ok;
}

bool read_json_document(struct document_reader *r, struct error *err)
{
    return json_read_values(r, true, err);
}
