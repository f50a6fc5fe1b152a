/* Conditions that are texts: categories of the registry, values that cells hold, captions of documents. */
#include "query/reading.h"
#include "query/source_words.h"

#include <string.h>
#include <strings.h>

/* Whether a column of the attribute in scope has cells of the category (or of one below it). */
static bool has_category(const struct reading *r, int category)
{
    for (size_t i = 0; i < r->c->n_terms; i++) {
        int t = r->c->terms[i].category;
        if (t < 0 && r->c->columns[r->c->terms[i].column].attribute == CATEGORIES[category].attribute)
            t = cell_category(CATEGORIES[category].attribute, r->c->terms[i].text);
        if (t < 0 || !registry_category_is(t, category)) continue;
        if (!r->q->documents) return true;
        size_t d = r->c->sources[r->c->columns[r->c->terms[i].column].source].document;
        for (size_t k = 0; k < r->q->n_documents; k++)
            if (r->q->documents[k] == d) return true;
    }
    for (size_t s = 0; s < r->c->n_sources && !strcmp(CATEGORIES[category].id, "electric"); s++) {
        bool in = r->q->documents == NULL;
        for (size_t k = 0; k < r->q->n_documents && !in; k++) in = r->q->documents[k] == r->c->sources[s].document;
        if (in && source_is_electric(r->c, s)) return true;
    }
    return false;
}

/* Whether the question restricts itself to no documents, or to this one among others. */
static bool in_documents(const struct reading *r, size_t document)
{
    for (size_t k = 0; k < r->q->n_documents; k++)
        if (r->q->documents[k] == document) return true;
    return r->q->documents == NULL;
}

static bool called_in_documents(const struct reading *r, const char *key)
{
    struct postings d = word_index_documents(r->v, key);
    for (size_t i = 0; i < d.n; i++)
        if (in_documents(r, d.items[i])) return true;
    return false;
}

static bool text_has_category(const char *text, int category)
{
    struct token t[64];
    size_t n = tokens_split(text, strlen(text), TOKENS_IDENTIFIER, t, 64);
    for (size_t i = 0; i < n; i++) {
        const struct term *terms = NULL;
        size_t n_terms = 0;
        if (!label_match_inflected(&t[i], n - i, &terms, &n_terms)) continue;
        for (size_t k = 0; k < n_terms; k++)
            if (terms[k].kind == TERM_CATEGORY && !terms[k].code && registry_category_is(terms[k].id, category))
                return true;
    }
    return false;
}

/* Whether the captions, headings or names of documents say so: "Diesel engines". */
static bool is_caption(const struct reading *r, const struct label *l, int category)
{
    for (size_t i = 0; i < r->c->n_documents; i++)
        if (in_documents(r, i) && (text_has_category(r->c->documents[i].name, category) ||
                                   text_has_category(r->c->documents[i].title, category)))
            return true;
    for (size_t i = 0; i < r->c->n_sources; i++)
        if (in_documents(r, r->c->sources[i].document) && text_has_category(r->c->sources[i].caption, category)) return true;
    for (size_t t = l->first; t < l->first + l->n; t++) {
        const char *key = r->l->tokens[t].key;
        char one[TOKEN_KEY_MAX];
        size_t len = strlen(key);
        memcpy(one, key, len + 1);
        if (called_in_documents(r, one)) return true;
        if (len > 3 && one[len - 1] == 's') {
            one[len - 1] = '\0';
            if (called_in_documents(r, one)) return true;
            if (len > 4 && one[len - 2] == 'e') {
                one[len - 2] = '\0';
                if (called_in_documents(r, one)) return true;
            }
        }
    }
    return false;
}

/* "private sellers" of "seller.type": the column has the word, in the singular or the plural. */
static bool is_called(const struct reading *r, const struct label *l, const struct catalog_column *col)
{
    char word[TOKEN_KEY_MAX];
    if (l->n != 1 || col->attribute >= 0) return false;
    strcpy(word, r->l->tokens[l->first].key);
    size_t len = strlen(word);
    if (key_has_run(col->key, word)) return true;
    if (len < 3 || word[len - 1] != 's') return false;
    word[len - 1] = '\0';
    return key_has_run(col->key, word);
}

/* The words of a part of a cell as its terms have them: "dealers" is "dealer" there. */
static const char *part_key(struct reading *r, const struct label *l)
{
    struct buffer key = {0};
    for (size_t t = l->first; t < l->first + l->n; t++)
        buffer_printf(&key, "%s%s", t > l->first ? " " : "", r->l->tokens[t].key);
    char *out = key.failed ? NULL : arena_strdup(&r->q->arena, buffer_text(&key));
    buffer_free(&key);
    if (!out) {
        r->failed = true;
        error_memory(r->err, "a question");
        return "";
    }
    size_t len = strlen(out);
    if (len > 1 && out[len - 1] == 's' && !key_has_run(r->c->terms[l->ids[0]].key, out)) out[len - 1] = '\0';
    return out;
}

/* "in Kassel or Fulda", "petrol or diesel cars": another text of the same attribute, with "or" between them. */
static bool is_alternative(const struct reading *r, size_t i, const struct query_condition *c)
{
    const struct query *q = r->q;
    if (r->last_category == 0 || q->n_where < 2) return false;
    const struct query_condition *before = c - 1;
    bool alternatives = false;
    for (size_t k = r->last_category; k < i; k++) {
        const struct label *l = &r->l->labels[k];
        if (label_is(l, WORD_OR)) alternatives = true;
        else if (!reading_is_filler(l) && !label_is(l, WORD_VEHICLE)) return false;
    }
    return alternatives && !c->negated && !before->negated && !before->number && !before->caption &&
           before->attribute.attribute == c->attribute.attribute && strcmp(before->attribute.key, c->attribute.key) == 0;
}

/* "EV comparison", what the one object above a list of vehicles has as its title: the document is meant, and no
 * vehicle that is called so. */
static bool names_document(struct reading *r, struct label *l)
{
    if (l->n_ids != 1 || r->c->terms[l->ids[0]].count != 1 || l->part) return false;
    const struct catalog_column *col = &r->c->columns[r->c->terms[l->ids[0]].column];
    const struct catalog_source *src = &r->c->sources[col->source];
    size_t others = 0;
    for (size_t s = 0; s < r->c->n_sources; s++)
        if (s != col->source && r->c->sources[s].document == src->document) others += r->c->sources[s].n_records;
    if (col->attribute >= 0 || src->n_records != 1 || others < 2) return false;
    size_t *documents = arena_array(&r->q->arena, 1, sizeof *documents);
    if (!documents) {
        r->failed = true;
        error_memory(r->err, "a question");
        return true;
    }
    documents[0] = src->document;
    r->q->documents = documents;
    r->q->n_documents = 1;
    l->used = true;
    return true;
}

static bool is_behind_preposition(const struct reading *r, size_t i)
{
    static const char *const WORDS[] = {"from", "by", "via", "von", "vom", "bei", "beim", "par", "chez", "por"};
    size_t t = r->l->labels[i].first;
    if (t > 1 && (!strcmp(r->l->tokens[t - 1].key, "a") || !strcmp(r->l->tokens[t - 1].key, "the"))) t--;
    for (size_t k = 0; t > 0 && k < sizeof WORDS / sizeof *WORDS; k++)
        if (strcmp(r->l->tokens[t - 1].key, WORDS[k]) == 0) return true;
    return false;
}

/* "the Nord depot", "at the Klärwerk base", "the Kassel site": the noun says again what the column is of. */
static void mark_apposition(struct reading *r, size_t i, const struct query_condition *c)
{
    static const char PLACE[] = "depot|base|site|branch|location|yard|plant|station|office|location|workshop|division|department|section|unit|team|town|city|"
                                "standort|stutzpunkt|depot|niederlassung|filiale|betriebshof|werk|abteilung|amt|dienststelle|"
                                "agence|site|depot|base|centre|antenne|sede|base|sucursal|delegacion|centro";
    bool place = (c->attribute.attribute == registry_find("location") && c->attribute.attribute >= 0) ||
                 (r->l->labels[i].kind == LABEL_VALUE && c->attribute.attribute < 0 && !c->number);
    const struct label *l = &r->l->labels[i];
    size_t next = i + 1;
    if (!place || c->category >= 0 || next >= r->l->n_labels || (r->l->tokens[l->first + l->n - 1].gap_end & (GAP_COMMA | GAP_STOP))) return;
    struct label *noun = &r->l->labels[next];
    if (noun->kind == LABEL_MENTION || noun->n != 1 || !reading_phrase(r, noun->first, PLACE)) return;
    noun->used = true;
    noun->kind = LABEL_WORD;
}

/* "Electric" of a column whose cells read "Electric 3-wheel", "Electric 4-wheel", "Diesel": what short cells begin with. */
static const struct catalog_column *column_begun_by(const struct reading *r, const char *word)
{
    enum { MOST_TERMS = 24 };
    size_t len = strlen(word);
    const struct catalog_column *found = NULL;
    for (size_t i = 0; i < r->c->n_terms; i++) {
        const struct catalog_term *t = &r->c->terms[i];
        const struct catalog_column *col = &r->c->columns[t->column];
        if (strncmp(t->key, word, len) || t->key[len] != ' ' || !in_documents(r, r->c->sources[col->source].document)) continue;
        if (col->attribute >= 0 && REGISTRY[col->attribute].role != ROLE_NONE) continue;
        size_t terms = 0, with = 0, long_cells = 0;
        for (size_t k = 0; k < r->c->n_terms; k++) {
            const struct catalog_term *o = &r->c->terms[k];
            if (o->column != t->column) continue;
            terms++;
            with += key_has_run(o->key, word);
            size_t words = 1;
            for (const char *p = o->key; *p; p++) words += *p == ' ';
            long_cells += words > 5;
        }
        if (terms < 2 || terms > MOST_TERMS || with == terms || long_cells) continue;
        if (found && found != col && strcmp(found->key, col->key)) return NULL;
        found = col;
    }
    return found;
}

/* A condition on what the cells begin with. */
static bool read_first_word(struct reading *r, size_t i)
{
    struct label *l = &r->l->labels[i];
    const char *word = r->l->tokens[l->first].key;
    const struct catalog_column *col = l->n == 1 ? column_begun_by(r, word) : NULL;
    struct query_condition *c = col ? condition_new(r) : NULL;
    if (!c) return false;
    size_t first = l->first;
    c->negated = reading_negated_before(r, i, &first);
    c->text = reading_text(r, first, l->first + l->n - first);
    c->category = -1;
    c->part = true;
    c->key = arena_strdup(&r->q->arena, word);
    if (!c->key) {
        c->key = "";
        r->failed = true;
    }
    c->attribute = (struct query_attribute){.attribute = col->attribute, .name = col->name, .key = col->attribute < 0 ? col->key : ""};
    l->used = true;
    r->condition_at[r->q->n_where - 1] = i;
    r->last_category = i + 1;
    return true;
}

void read_category_condition(struct reading *r, size_t i)
{
    struct label *l = &r->l->labels[i];
    int category = -1;
    for (size_t k = 0; l->kind == LABEL_TERM && k < l->n_terms; k++)
        if (l->terms[k].kind == TERM_QUALIFIER) return; /* "DC", "electric" of a range */
    for (size_t k = 0; l->kind == LABEL_TERM && k < l->n_terms; k++)
        if (l->terms[k].kind == TERM_CATEGORY) {
            if (category < 0 || (!has_category(r, category) && has_category(r, l->terms[k].id)))
                category = l->terms[k].id;
        }
    bool value = l->n_ids > 0 && (l->kind == LABEL_VALUE || l->kind == LABEL_TERM);
    /* A text that other documents have says nothing of the ones that are asked. */
    bool here = category < 0;
    for (size_t k = 0; k < l->n_ids && !here; k++)
        here = in_documents(r, r->c->sources[r->c->columns[r->c->terms[l->ids[k]].column].source].document);
    value = value && here;
    /* "from dealers" of a column of sellers: behind a preposition it is what the cells say. */
    bool told = value && category < 0 && l->kind == LABEL_TERM && is_behind_preposition(r, i);
    if (category < 0 && l->kind != LABEL_VALUE && !told) return;
    /* A name that a column of names holds, right before a vehicle's, is part of it. */
    if (l->kind == LABEL_VALUE && i + 1 < r->l->n_labels && r->l->labels[i + 1].kind == LABEL_MENTION) {
        const struct catalog_column *col = &r->c->columns[r->c->terms[l->ids[0]].column];
        bool names = col->attribute >= 0 ? REGISTRY[col->attribute].role != ROLE_NONE
                                         : strstr(col->key, "name") || strstr(col->key, "manufacturer");
        if (names) {
            l->used = true;
            return;
        }
    }
    if (l->kind == LABEL_VALUE && names_document(r, l)) return;
    /* Written just as the store has it ("SUV: Small"): that text, and no wider kind. */
    if (value && category >= 0 && l->n > 1) {
        const char *text = reading_text(r, l->first, l->n);
        for (size_t k = 0; k < l->n_ids; k++) {
            int a = r->c->columns[r->c->terms[l->ids[k]].column].attribute;
            if (strcasecmp(text, r->c->terms[l->ids[k]].text) == 0 && (a < 0 || REGISTRY[a].role == ROLE_NONE))
                category = -1;
        }
    }
    bool attribute_too = false;
    for (size_t k = 0; k < l->n_terms; k++)
        attribute_too = attribute_too || (l->terms[k].kind == TERM_ATTRIBUTE && !l->terms[k].code &&
                                          REGISTRY[l->terms[k].id].role == ROLE_NONE);
    /* "the battery" is what is asked about, unless it is the kind of a car. */
    if (attribute_too && l->kind == LABEL_TERM && !told) {
        bool kind = i + 1 < r->l->n_labels && label_is(&r->l->labels[i + 1], WORD_VEHICLE);
        if (!kind) return;
    }
    if (category >= 0 && !has_category(r, category)) {
        if (value && !attribute_too) {
            category = -1; /* by the store's own text */
        } else if (attribute_too) {
            return;
        } else if (label_is(l, WORD_VEHICLE)) {
            l->used = true; /* "cars" where everything is one: see read_cars */
            if (!strcmp(CATEGORIES[category].id, "kind_car")) r->cars = i + 1;
            return;
        } else if (is_caption(r, l, category)) {
            struct query_condition *c = condition_new(r);
            if (!c) return;
            c->caption = true;
            c->category = category;
            struct buffer key = {0};
            const char *text = reading_text(r, l->first, l->n);
            tokens_key(text, strlen(text), TOKENS_TEXT, &key);
            c->key = key.failed ? "" : arena_strdup(&r->q->arena, buffer_text(&key));
            buffer_free(&key);
            c->text = text;
            c->attribute.attribute = CATEGORIES[category].attribute;
            l->used = true;
            return;
        } else {
            if (read_first_word(r, i)) return;
            /* "in France", "the German list": where the documents are from. */
            if (l->n == 1 && source_word_is_nation(r->l->tokens[l->first].key)) l->kind = LABEL_DOCUMENT;
            return; /* else left unresolved */
        }
    }
    /* A word that names what is asked, "electric range", is no condition. */
    struct query_condition *c = condition_new(r);
    if (!c) return;
    size_t first = l->first;
    c->negated = reading_negated_before(r, i, &first);
    c->text = reading_text(r, first, l->first + l->n - first);
    c->category = category;
    if (category >= 0) {
        c->attribute.attribute = CATEGORIES[category].attribute;
        if (value) c->key = r->c->terms[l->ids[0]].key;
    } else {
        const struct catalog_term *t = &r->c->terms[l->ids[0]];
        c->key = l->part ? part_key(r, l) : t->key;
        c->part = l->part;
        c->unique = l->n_ids == 1 && t->count == 1 && !l->part;
        c->attribute.attribute = r->c->columns[t->column].attribute;
        bool one = true;
        for (size_t k = 1; k < l->n_ids; k++)
            one = one && r->c->columns[r->c->terms[l->ids[k]].column].attribute == c->attribute.attribute;
        if (!one) c->attribute.attribute = -1;
        if (c->attribute.attribute < 0 && l->n_ids == 1) c->attribute.key = r->c->columns[t->column].key;
    }
    l->used = true;
    if (!c->negated) c->negated = reading_denied_as_before(r, i);
    c->or_before = is_alternative(r, i, c);
    r->condition_at[r->q->n_where - 1] = i;
    r->last_category = i + 1;
    mark_apposition(r, i, c);
    /* "the class Minivan", "fuel type D": the attribute's name is part of the condition. */
    for (size_t side = 0; side < 2; side++) {
        size_t k = side == 0 ? reading_before(r, i) : reading_next(r, i);
        if (k == SIZE_MAX || r->l->labels[k].used || !reading_is_attribute(r, k)) continue;
        struct query_attribute a;
        const struct term *term;
        if (!attribute_of_label(r, k, &a, &term)) continue;
        bool same = a.attribute >= 0 && a.attribute == c->attribute.attribute;
        for (size_t v = 0; v < l->n_ids && !same; v++) {
            const struct catalog_column *col = &r->c->columns[r->c->terms[l->ids[v]].column];
            same = a.attribute >= 0 ? col->attribute == a.attribute || is_called(r, &r->l->labels[k], col)
                                    : strcmp(col->key, a.key) == 0;
            if (same && c->category < 0 && (a.attribute < 0 || col->attribute == a.attribute)) c->attribute = a;
        }
        if (same) r->l->labels[k].used = true;
    }
}

/* "Which cars", where a document says that it is of motorcycles: those are none. */
void read_cars(struct reading *r)
{
    const struct query *q = r->q;
    bool many = q->op == QUERY_LIST || q->op == QUERY_COUNT || q->op == QUERY_RANK || q->op == QUERY_AGGREGATE;
    int motorcycle = category_find("kind_motorcycle"), car = category_find("kind_car");
    if (!r->cars || !many || q->n_subjects || motorcycle < 0 || car < 0) return;
    for (size_t s = 0; s < r->c->n_sources; s++) {
        if (!source_says(r->c, s, motorcycle) || source_says(r->c, s, car)) continue;
        struct query_condition *c = condition_new(r);
        if (!c) return;
        const struct label *l = &r->l->labels[r->cars - 1];
        c->category = car;
        c->attribute.attribute = CATEGORIES[car].attribute;
        c->text = reading_text(r, l->first, l->n);
        return;
    }
}
