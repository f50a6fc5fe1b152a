/* Questions of any bytes against a fixed store: read, executed and written as text without a fault, and what
 * comes out lies where it says it lies. A line is a question; the next one is asked after it, as a
 * conversation does. An input that begins with a byte below 32 makes its questions of words of the
 * store, of the registry's kind and of the lexicon: each byte picks one. */
#include "../unit/query_documents.h"

#include "answer/render.h"
#include "base/utf8.h"
#include "ingest/ingest.h"
#include "query/label.h"
#include "query/query.h"
#include "query/question.h"
#include "query/word_index.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TURNS = 4 };

static struct store *store;
static struct catalog catalog;
static struct word_index *words;

static const char *current = ""; /* the question at hand */

/* Says which promise was broken by which question. */
#define require(ok)                                                                              \
    ((ok) ? (void)0                                                                              \
          : (fprintf(stderr, "fuzz_query.c:%d: %s: \"%s\"\n", __LINE__, #ok, current), abort()))

static void ingest(const char *path, enum document_kind kind, const char *text)
{
    struct error err = {0};
    struct ingest_totals totals = {0};
    require(ingest_text(store, path, kind, text, strlen(text), NULL, &totals, &err));
}

static void make_store(void)
{
    struct error err = {0};
    store = store_open(":memory:", STORE_WRITE, &err);
    require(store != NULL);
    ingest("/price list.csv", DOCUMENT_CSV, LIST_CSV);
    ingest("/autos.csv", DOCUMENT_CSV, AUTOS_CSV);
    ingest("/electric.json", DOCUMENT_JSON, EV_JSON);
    ingest("/elan.md", DOCUMENT_MARKDOWN, ROADSTER_MD);
    require(catalog_read(&catalog, store, &err));
    words = word_index_build(&catalog, &err);
    require(words != NULL);
}

/* ---- what holds of every question ---- */

static void check_query(const struct query *q)
{
    require(q->n_subjects <= QUERY_MAX_SUBJECTS && q->n_attributes <= QUERY_MAX_ATTRIBUTES &&
            q->n_where <= QUERY_MAX_CONDITIONS && q->n_unresolved <= QUERY_MAX_UNRESOLVED);
    require(q->language && q->understood && q->op <= QUERY_OPEN);
    for (size_t i = 0; i < q->n_subjects; i++) {
        const struct query_subject *s = &q->subjects[i];
        require(s->name && s->label);
        for (size_t k = 0; k < s->n_records; k++)
            require(s->records[k] < catalog.n_records &&
                    (k == 0 || s->records[k] > s->records[k - 1]));
    }
    for (size_t i = 0; i < q->n_attributes; i++)
        require(q->attributes[i].attribute < (int)REGISTRY_COUNT && q->attributes[i].key);
    for (size_t i = 0; i < q->n_where; i++) {
        const struct query_condition *w = &q->where[i];
        require(w->text && w->key && w->attribute.key && w->category < (int)CATEGORY_COUNT);
        if (w->number) require(isfinite(w->low) && isfinite(w->high));
    }
    for (size_t i = 0; i < q->n_unresolved; i++) require(q->unresolved[i] && q->unresolved[i][0]);
    for (size_t i = 0; i < q->n_documents; i++) require(q->documents[i] < catalog.n_documents);
}

static void check_result(const struct query *q, const struct result *r)
{
    require(r->status <= STATUS_OPEN);
    for (size_t i = 0; i < r->n_rows; i++) {
        const struct result_row *row = &r->rows[i];
        require(row->record < catalog.n_records && row->column < catalog.n_columns);
        require(row->subject == SIZE_MAX || row->subject < q->n_subjects || row->subject == 0);
        require(row->attribute == SIZE_MAX || row->attribute < q->n_attributes);
        require(row->fact.text && row->variant && row->fact.begin <= row->fact.end);
        if (row->fact.kind == VALUE_NUMBER) require(isfinite(row->low) && row->low <= row->high);
    }
    /* Nothing is answered that was not understood. */
    if (r->status == STATUS_NOT_FOUND) require(r->missing != MISSING_NOTHING);
    if (r->status == STATUS_NOT_UNDERSTOOD) require(r->n_rows == 0 || r->missing == MISSING_UNIT);
}

static void check_rendered(const struct rendered *a)
{
    size_t len = strlen(a->text);
    require(len > 0 && utf8_is_valid(a->text, len));
    for (size_t i = 0; i < a->n_numbers; i++) {
        require(a->numbers[i].offset + a->numbers[i].len <= len);
        require(a->numbers[i].citation <= a->n_citations);
    }
    for (size_t i = 0; i < a->n_citations; i++) {
        require(a->citations[i].record < catalog.n_records && a->citations[i].n == i + 1);
        require(a->citations[i].quote && a->citations[i].location);
    }
}

static void check_labels(const char *text)
{
    struct error err = {0};
    struct arena arena = {0};
    struct labelled *q = malloc(sizeof *q);
    if (q) {
        require(label_question(q, words, text, NULL, 0, &arena, &err));
        size_t at = 0;
        for (size_t i = 0; i < q->n_labels; i++) {
            require(q->labels[i].first == at && q->labels[i].n > 0);
            at += q->labels[i].n;
        }
        for (size_t i = 0; i < q->n_mentions; i++)
            require(q->mentions[i].first + q->mentions[i].n <= q->n_tokens);
    }
    free(q);
    arena_free(&arena);
}

static void ask(const char *questions)
{
    struct error err = {0};
    struct query previous = {0};
    size_t turns = 0;
    for (const char *p = questions; *p && turns < MAX_TURNS;) {
        size_t n = strcspn(p, "\n");
        char *text = strndup(p, n);
        p += n + (p[n] == '\n');
        if (!text) break;
        if (!question_check(text, strlen(text), &err)) {
            error_clear(&err);
            free(text);
            continue;
        }
        current = text;
        check_labels(text);
        struct query q;
        struct result r;
        struct rendered a;
        require(query_read(&q, words, text, turns ? &previous : NULL, &err));
        check_query(&q);
        if (turns) query_free(&previous);
        require(query_execute(&r, &q, &catalog, store, &err));
        check_result(&q, &r);
        require(answer_render(&a, &q, &r, &catalog, &err));
        check_rendered(&a);
        rendered_free(&a);
        result_free(&r);
        previous = q;
        turns++;
        free(text);
    }
    if (turns) query_free(&previous);
}

/* ---- questions of known words ---- */

static const char *const PIECES[] = {
    "what is the", "how many", "which", "list all", "average", "top 3", "most", "least", "more than",
    "less than", "between", "and", "or", "not", "without", "than", "compare", "by how much", "by make",
    "horsepower", "torque", "weight", "price", "mpg", "0-60", "range", "top speed", "power", "seats",
    "transmission", "fuel type", "diesel", "hybrid", "electric", "manual", "automatic", "AWD", "SUV",
    "sedans", "cars", "in kW", "in km", "in L/100 km", "in lb", "300 hp", "$30,000", "2000 kg", "5", "8",
    "200", "2022", "'23", "MY21", "V8", "V6", "cheapest", "heaviest", "fastest", "best", "worst",
    "since", "before", "under", "over", "at least", "or more", "per", "the", "of", "a", "does", "have",
    "is", "it", "what about", "only the", "?", ",", "(", ")", "%", "<", ">=", "city", "highway",
    "combined", "front", "rear", "total", "how do i", "tell me about", "welches Auto", "wie viele",
    "meiste", "Leistung", "quelle", "puissance", "cuantos", "precio", "功率", "最大", "多少", "in the price list",
    "different models", "versions", "who makes", "when", "zebra", "horsepwer", "\n", "\n", "\n",
};
enum { N_PIECES = sizeof PIECES / sizeof *PIECES };

static const char *pick(uint8_t kind, uint8_t which)
{
    size_t n;
    switch (kind % 8) {
    case 0: return catalog.records[which % catalog.n_records].title;
    case 1: return catalog.records[which % catalog.n_records].model;
    case 2: return catalog.records[which % catalog.n_records].make;
    case 3: n = which * catalog.n_columns / 256; return catalog.columns[n].name;
    case 4: return catalog.terms[(which * 7u + kind) % catalog.n_terms].text;
    default: return PIECES[(which + (kind / 8u) * 5u) % N_PIECES];
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (!store) make_store();
    if (size == 0 || size > 4096) return 0;
    struct buffer b = {0};
    if (bytes[0] < 32) {
        for (size_t i = 1; i + 1 < size && i < 80; i += 2) {
            buffer_puts(&b, pick(bytes[i], bytes[i + 1]));
            buffer_putc(&b, ' ');
        }
    } else {
        for (size_t i = 0; i < size; i++) buffer_putc(&b, bytes[i] ? (char)bytes[i] : ' ');
    }
    if (!b.failed) ask(buffer_text(&b));
    buffer_free(&b);
    return 0;
}
