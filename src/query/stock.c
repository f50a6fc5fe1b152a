/* "In stock", "out of stock", "available", and how many were made: figures of a column, and no count of rows. */
#include "query/reading.h"

#include <string.h>

static const char IN_STOCK[] =
    "in stock|on stock|auf lager|am lager|vorratig|vorratige|vorratigen|en stock|en existencias|en existencia|"
    "有货|现货|有库存|有现货|在库";
static const char OUT_OF_STOCK[] =
    "out of stock|not in stock|isn t in stock|aren t in stock|sold out|no stock|ausverkauft|nicht auf lager|"
    "nicht vorratig|nicht lieferbar|vergriffen|en rupture|en rupture de stock|rupture de stock|epuise|epuisee|"
    "epuises|epuisees|pas en stock|agotado|agotada|agotados|agotadas|sin existencias|sin stock|缺货|无货|没货|"
    "没有库存|无库存|售罄|断货|没有货";
static const char AVAILABLE[] =
    "available|disponible|disponibles|verfugbar|verfugbare|verfugbaren|lieferbar|lieferbare|可用|可售";
static const char UNAVAILABLE[] = "unavailable|not available|unverfugbar|nicht verfugbar|indisponible|indisponibles|pas disponible|"
                                  "pas disponibles|no disponible|no disponibles|不可用|不可售";
/* Behind "available": in which form something is to be had, and no state of the vehicle. */
static const char FORMS[] = "with|as|in|for|from|mit|als|in|fur|ab|avec|en|pour|con|para|desde";
/* Names of columns that say how many there are. */
static const char *const COLUMNS[] = {"in stock", "stock", "units in stock", "stock qty", "qty in stock",
                                      "stock level", "stock quantity", "quantity in stock", "available",
                                      "units available", "qty available", "lagerbestand", "bestand", "lager",
                                      "auf lager", "verfugbar", "en stock", "stock disponible", "disponible",
                                      "disponibles", "existencias", "en existencias", "unidades en stock",
                                      "库存", "库存量", "现货"};

/* By its own name, before that of its section: "available rental". */
static bool is_called(const struct catalog_column *col, const char *words)
{
    size_t n = strlen(words);
    return strncmp(col->key, words, n) == 0 && (!col->key[n] || (col->section[0] && col->key[n] == ' '));
}

/* The column that says how many of a vehicle there are, where the records in scope have one. */
static bool stock_column(const struct reading *r, struct query_attribute *out)
{
    int id = registry_find("quantity");
    *out = (struct query_attribute){.attribute = id, .key = ""};
    if (id >= 0 && attribute_in_scope(r, out)) {
        out->name = REGISTRY[id].names[0];
        return true;
    }
    for (size_t k = 0; k < sizeof COLUMNS / sizeof *COLUMNS; k++)
        for (size_t i = 0; i < r->c->n_columns; i++) {
            const struct catalog_column *col = &r->c->columns[i];
            if (!is_called(col, COLUMNS[k]) || !col->has_numbers || col->has_texts || col->unit) continue;
            *out = (struct query_attribute){.attribute = -1, .name = col->name, .key = col->key};
            if (attribute_in_scope(r, out)) return true;
        }
    return false;
}

/* The column of yes and no that says whether a vehicle is to be had. */
static bool state_column(const struct reading *r, struct query_attribute *out)
{
    for (size_t k = 0; k < sizeof COLUMNS / sizeof *COLUMNS; k++)
        for (size_t i = 0; i < r->c->n_columns; i++) {
            const struct catalog_column *col = &r->c->columns[i];
            if (!is_called(col, COLUMNS[k]) || col->attribute >= 0 || !column_is_yes_no(r->c, i)) continue;
            *out = (struct query_attribute){.attribute = -1, .name = col->name, .key = col->key};
            if (attribute_in_scope(r, out)) return true;
        }
    return false;
}

/* Where in the question the words stand; 0: nowhere. */
static size_t find_phrase(const struct reading *r, const char *phrases, size_t *at)
{
    for (size_t i = 0; i < r->l->n_labels; i++) {
        const struct label *l = &r->l->labels[i];
        if (l->kind == LABEL_MENTION) continue;
        size_t n = reading_phrase(r, l->first, phrases);
        /* "in stock" is a place as well. */
        if (n && (l->kind != LABEL_DOCUMENT || l->n <= n)) {
            *at = l->first;
            return n;
        }
    }
    return 0;
}

static void use(struct reading *r, size_t first, size_t n)
{
    for (size_t i = 0; i < r->l->n_labels; i++) {
        struct label *l = &r->l->labels[i];
        if (l->first >= first && l->first < first + n) l->used = true;
    }
}

void read_stock(struct reading *r)
{
    struct query *q = r->q;
    struct query_attribute a;
    size_t at = 0, n = find_phrase(r, OUT_OF_STOCK, &at);
    if (!n) n = find_phrase(r, UNAVAILABLE, &at);
    bool out = n > 0;
    if (!n) n = find_phrase(r, IN_STOCK, &at);
    if (!n) {
        n = find_phrase(r, AVAILABLE, &at);
        if (n && at + n < r->l->n_tokens && reading_phrase(r, at + n, FORMS) && !reading_phrase(r, at + n, "for rent|for hire|for sale")) n = 0;
    }
    if (!n) return;
    bool state = !stock_column(r, &a);
    if (state && !state_column(r, &a)) return;
    size_t label = 0, first = at;
    while (label < r->l->n_labels && r->l->labels[label].first < at) label++;
    if (!out && reading_negated_before(r, label, &first)) out = true;
    use(r, at, n);
    r->stock_said = true;
    if (state) {
        struct query_condition *c = condition_new(r);
        if (!c) return;
        c->attribute = attribute_copy(q, &a);
        c->said = true;
        c->truth = out ? -1 : 1;
        c->text = reading_text(r, first, at + n - first);
        return;
    }
    bool quantity = a.attribute >= 0; /* rows are counted by it */
    if (!out && !quantity && !r->distinct && ((r->how_many && r->how_many_things) || r->count || r->sum || r->how_many)) {
        q->attributes[q->n_attributes++] = attribute_copy(q, &a);
        r->how_many = r->how_many_things = r->count = false;
        r->stock = r->sum = r->total = true;
        if (q->n_subjects == 1 && q->subjects[0].n_records == 1) r->set_scope = false;
        return;
    }
    struct query_condition *c = condition_new(r);
    if (!c) return;
    c->attribute = attribute_copy(q, &a);
    c->number = c->said = true;
    c->comparator = out ? COMPARE_EQUAL : COMPARE_MORE;
    c->text = reading_text(r, first, at + n - first);
}

/* "How many Falcatas were made?" of a name alone: how many there are of it says the production. */
static void read_production(struct reading *r)
{
    static const char MADE[] = "made|built|produced|manufactured|gebaut|hergestellt|produziert|gefertigt|fabriques|"
                               "fabriquees|construits|construites|produits|produites|fabricaron|fabricados|"
                               "fabricadas|construidos|construidas|construyeron|produjeron|producidos|生产|制造|造";
    static const char SOLD[] = "sold|verkauft|vendus|vendues|vendidos|vendidas|vendieron|卖出|售出|卖";
    struct query *q = r->q;
    if (q->op != QUERY_COUNT || q->n_where || q->n_subjects == 0 || q->grouped) return;
    int id = registry_find("production_count");
    for (size_t i = 0; i < r->l->n_tokens; i++) {
        size_t n = reading_phrase(r, i, SOLD);
        if (n) {
            reading_refuse(r, i, n);
            return;
        }
        if (!reading_phrase(r, i, MADE) || id < 0) continue;
        q->op = QUERY_VALUE;
        q->attributes[0] = (struct query_attribute){.attribute = id, .name = REGISTRY[id].names[0], .key = ""};
        q->n_attributes = 1;
        q->distinct = false;
        return;
    }
}

void apply_stock(struct reading *r)
{
    size_t at = 0, n = r->stock_said ? 0 : find_phrase(r, OUT_OF_STOCK, &at);
    if (!n && !r->stock_said) n = find_phrase(r, IN_STOCK, &at);
    /* A document of that name, or the caller's words for all of them, is what it may mean else. */
    if (n && !r->q->documents) reading_refuse(r, at, n);
    n = r->stock_said ? 0 : find_phrase(r, UNAVAILABLE, &at);
    if (!n) return read_production(r);
    reading_refuse(r, at, n);
    use(r, at, n);
    read_production(r);
}
