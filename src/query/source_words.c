#include "query/source_words.h"

#include <string.h>

/* Words for a country or its language, the language its documents are written in, and words in the
 * names of what its authorities publish. */
static const struct nation {
    const char *words;      /* with spaces around each */
    const char *language;   /* "" where several countries share it */
    const char *publishers; /* words of document names */
} NATIONS[] = {
    {" german germany deutsch deutsche deutschen deutschland ", "de", " kba adac dat germany german "},
    {" french france francais francaise francaises ", "fr", " ademe utac france french "},
    {" spanish spain espanol espanola ", "es", " idae spain dgt "},
    {" chinese china ", "zh", " miit catarc china "},
    {" canadian canada ", "", " nrcan rncan canada canadian "},
    {" british uk britain ", "", " vca dvla dft dvsa uk british "},
    {" american us usa ", "", " epa nhtsa fueleconomy doe us usa american "},
    {" dutch netherlands ", "nl", " rdw netherlands "},
    {" swiss switzerland ", "", " astra bfe swiss "},
    {" european europe eu ", "", " eea europe eu "},
    {" australian australia ", "", " gvg australia greenvehicleguide "},
    {" japanese japan ", "ja", " mlit jncap japan "},
    {" indian india ", "", " india araiindia siam "},
};

static bool has_word(const char *list, const char *key)
{
    char spaced[TOKEN_KEY_MAX + 3];
    size_t len = strlen(key);
    spaced[0] = ' ';
    memcpy(spaced + 1, key, len);
    spaced[len + 1] = ' ';
    spaced[len + 2] = '\0';
    return strstr(list, spaced) != NULL;
}

static const struct nation *find_nation(const char *key)
{
    if (strlen(key) + 3 > TOKEN_KEY_MAX) return NULL;
    for (size_t i = 0; i < sizeof NATIONS / sizeof *NATIONS; i++)
        if (has_word(NATIONS[i].words, key)) return &NATIONS[i];
    return NULL;
}

bool source_word_is_nation(const char *key)
{
    return find_nation(key) != NULL;
}

static bool nation_has(const struct nation *n, const struct word_index *v, size_t document)
{
    const struct catalog_document *d = &word_index_catalog(v)->documents[document];
    if (n->language[0] && strcmp(d->language, n->language) == 0) return true;
    const char *p = n->publishers;
    while (*p == ' ' && p[1]) {
        char key[TOKEN_KEY_MAX];
        size_t len = strcspn(p + 1, " ");
        if (len < sizeof key) {
            memcpy(key, p + 1, len);
            key[len] = '\0';
            struct postings docs = word_index_documents(v, key);
            for (size_t i = 0; i < docs.n; i++)
                if (docs.items[i] == document) return true;
        }
        p += len + 1;
    }
    return false;
}

static bool is_class(const struct labelled *q, size_t i, enum word_class class)
{
    struct word words[WORD_MAX_MEANINGS];
    size_t n_words = 0;
    if (!lexicon_match(&q->tokens[i], 1, words, &n_words)) return false;
    for (size_t k = 0; k < n_words; k++)
        if (words[k].class == class) return true;
    return false;
}

static bool is_source_word(const char *key)
{
    struct token t = {.kind = TOKEN_WORD};
    struct word words[WORD_MAX_MEANINGS];
    size_t n = 0;
    strncpy(t.key, key, sizeof t.key - 1);
    if (!lexicon_match(&t, 1, words, &n)) return false;
    for (size_t k = 0; k < n; k++)
        if (words[k].class == WORD_SOURCE) return true;
    return false;
}

/* "Gebrauchtwagenliste": a document's word and one for a document, written as one. */
static struct postings compound_documents(const struct word_index *v, const char *key)
{
    size_t len = strlen(key);
    for (size_t cut = len; cut-- > 5;) {
        char head[TOKEN_KEY_MAX];
        if (len - cut < 4 || !is_source_word(key + cut)) continue;
        memcpy(head, key, cut);
        head[cut] = '\0';
        struct postings p = word_index_documents(v, head);
        if (p.n) return p;
    }
    return (struct postings){NULL, 0};
}

/* Whether the word may tell documents apart: their name has it, or it is a nation's. */
static bool names_document(const struct labelled *q, const struct word_index *v, size_t i)
{
    const struct token *t = &q->tokens[i];
    return word_index_documents(v, t->key).n || find_nation(t->key) || compound_documents(v, t->key).n;
}

static bool share_record(const struct name_word *a, const struct name_word *b)
{
    for (size_t i = 0, j = 0; i < a->records.n && j < b->records.n;) {
        if (a->records.items[i] == b->records.items[j]) return true;
        if (a->records.items[i] < b->records.items[j]) i++;
        else j++;
    }
    return false;
}

/* Two and more words that stand in this order in a document's name and are no vehicle's: "AC Transit". */
static size_t name_run(const struct labelled *q, const struct word_index *v, size_t i)
{
    const struct catalog *c = word_index_catalog(v);
    size_t best = 0;
    if (q->tokens[i].kind != TOKEN_WORD || !word_index_documents(v, q->tokens[i].key).n) return 0;
    struct postings docs = word_index_documents(v, q->tokens[i].key);
    for (size_t k = 0; k < docs.n; k++) {
        const struct catalog_document *d = &c->documents[docs.items[k]];
        struct token t[32];
        size_t n = tokens_split(d->name, strlen(d->name), TOKENS_IDENTIFIER, t, 32);
        for (size_t at = 0; at < n; at++) {
            size_t run = 0;
            bool vehicle = false;
            const struct name_word *before = NULL;
            while (i + run < q->n_tokens && at + run < n && (run == 0 || !(q->tokens[i + run].gap & GAP_STOP)) &&
                   strcmp(q->tokens[i + run].key, t[at + run].key) == 0) {
                const struct name_word *w = word_index_name(v, q->tokens[i + run].key);
                vehicle = vehicle || (w && before && share_record(w, before));
                before = w;
                run++;
            }
            const struct term *terms;
            size_t n_terms;
            bool attribute = run && registry_match(&q->tokens[i], run, &terms, &n_terms) == run; /* "CO2" */
            if (run >= 2 && !vehicle && !attribute && run > best) best = run;
        }
    }
    return best;
}

/* "in stock", "stock vehicles", "of the fleet": a word of a document's name alone, where a place is said
 * or things are counted, and no vehicle is called so. */
static bool is_document_word(const struct labelled *q, const struct word_index *v, size_t i, size_t at)
{
    const struct token *t = &q->tokens[i];
    const struct term *terms = NULL;
    size_t n_terms = 0;
    if (t->kind != TOKEN_WORD || strlen(t->key) < 4 || !word_index_documents(v, t->key).n ||
        word_index_name(v, t->key) || is_class(q, i, WORD_VEHICLE))
        return compound_documents(v, t->key).n > 0 && t->kind == TOKEN_WORD;
    if (registry_match(t, 1, &terms, &n_terms))
        for (size_t k = 0; k < n_terms; k++)
            if (terms[k].kind != TERM_ATTRIBUTE) return false;
    bool things = i + 1 < q->n_tokens && is_class(q, i + 1, WORD_VEHICLE);
    size_t before = i;
    if (before > at && !strcmp(q->tokens[before - 1].key, "the")) before--;
    static const char *const PLACES[] = {"in", "from", "within", "on", "im", "aus", "dans", "en"};
    bool place = false;
    for (size_t k = 0; before > at && k < sizeof PLACES / sizeof *PLACES; k++)
        place = place || strcmp(q->tokens[before - 1].key, PLACES[k]) == 0;
    /* A name of an attribute goes on behind it: "in fuel consumption". */
    if (place && i + 1 < q->n_tokens && registry_match(t, q->n_tokens - i, &terms, &n_terms) > 1) return false;
    return things || place;
}

bool source_phrase_find(const struct labelled *q, const struct word_index *v, size_t at,
                        size_t *first, size_t *n)
{
    for (size_t i = at; i < q->n_tokens; i++) {
        size_t run = name_run(q, v, i);
        if (run) {
            *first = i;
            *n = run;
            return true;
        }
        if (is_document_word(q, v, i, at)) {
            *first = i;
            *n = 1;
            return true;
        }
        if (!is_class(q, i, WORD_SOURCE)) continue;
        size_t last = i;
        while (last + 1 < q->n_tokens && !(q->tokens[last + 1].gap & (GAP_STOP | GAP_COMMA)) &&
               is_class(q, last + 1, WORD_SOURCE))
            last++;
        size_t begin = i;
        bool named = false;
        while (begin > at && !(q->tokens[begin].gap & (GAP_STOP | GAP_COMMA)) && i - begin < 4) {
            size_t k = begin - 1;
            bool word = names_document(q, v, k) || token_year(q, k) || is_class(q, k, WORD_SOURCE) ||
                        (k > at && names_document(q, v, k - 1) && i - k < 3 && q->tokens[k].kind == TOKEN_WORD);
            if (!word || is_class(q, k, WORD_FUNCTION)) break;
            named = named || names_document(q, v, k);
            begin = k;
        }
        /* "tow rating": what is asked, no ratings that somebody publishes. */
        const struct term *terms = NULL;
        size_t n_terms = 0;
        bool asked = false;
        for (size_t k = begin; k < i; k++)
            asked = asked || registry_match(&q->tokens[k], last + 1 - k, &terms, &n_terms) == last + 1 - k;
        if (asked) continue;
        /* The word for the document itself may be in its name: "the guide" says too little alone. */
        if (!named && begin < i) named = true;
        if (!named) continue;
        if (begin > at && is_class(q, begin - 1, WORD_FUNCTION) &&
            (!strcmp(q->tokens[begin - 1].key, "the") || is_class(q, begin - 1, WORD_FUNCTION)))
            begin--;
        else
            continue; /* no article and no preposition: "price list" of something else */
        *first = begin;
        *n = last + 1 - begin;
        return true;
    }
    return false;
}

bool source_phrase_documents(const struct labelled *q, const struct word_index *v, size_t first,
                             size_t n, struct arena *arena, size_t **out, size_t *n_out,
                             struct error *err)
{
    const struct catalog *c = word_index_catalog(v);
    size_t *score = arena_array(arena, c->n_documents + 1, sizeof *score);
    *out = arena_array(arena, c->n_documents + 1, sizeof **out);
    *n_out = 0;
    if (!score || !*out) return error_memory(err, "a question");
    size_t best = 0;
    for (size_t i = first; i < first + n; i++) {
        const struct token *t = &q->tokens[i];
        if (is_class(q, i, WORD_FUNCTION) || token_year(q, i)) continue;
        const struct nation *nation = find_nation(t->key);
        struct postings docs = word_index_documents(v, t->key);
        bool source = is_class(q, i, WORD_SOURCE);
        /* Words that tell count double; "list" and "data" only decide between equals. */
        bool plain = is_class(q, i, WORD_VEHICLE) || is_class(q, i, WORD_FUNCTION);
        size_t weight = source || (plain && !nation) ? 1 : 4;
        if (docs.n == 0) docs = compound_documents(v, t->key);
        for (size_t d = 0, at = 0; d < c->n_documents; d++) {
            while (at < docs.n && docs.items[at] < d) at++;
            bool has = (at < docs.n && docs.items[at] == d) || (nation && nation_has(nation, v, d));
            if (has) score[d] += weight;
            if (score[d] > best) best = score[d];
        }
    }
    if (best < 4) return true;
    for (size_t d = 0; d < c->n_documents; d++)
        if (score[d] == best) (*out)[(*n_out)++] = d;
    return true;
}
