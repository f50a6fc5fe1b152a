/* What a document's headings and tables tell of names before its sentences are read: the make where
 * the registry does not know it, and the vehicles of its tables. */
#include "ingest/interpret.h"
#include "ingest/prose.h"
#include "ingest/prose_subject.h"
#include "vehicle/registry.h"

#include <string.h>
#include <strings.h>

enum {
    FAMILY_HEADINGS = 3, /* that begin with one word */
    FAMILY_WORDS = 64,   /* first words that are counted */
    MAX_TABLES = 64,     /* of a document that are looked at */
    TABLE_ROWS = 400,    /* of a table beside prose */
    NAME_WORDS = 6,
};

/* ---- the make ---- */

size_t prose_family_length(const char *family, const char *model)
{
    struct token t[2];
    if (!family || tokens_split(model, strlen(model), TOKENS_TEXT, t, 2) < 2) return 0;
    return strcmp(t[0].key, family) == 0 && t[1].gap != GAP_NONE ? t[1].begin : 0;
}

/* The year of "The 2024 range", "Modelljahr 2024". */
static int range_year(const struct token *t, size_t n)
{
    static const char *const WORDS[] = {"range",    "lineup", "models", "modelljahr",
                                        "programm", "gamme",  "gama",   "year"};
    for (size_t i = 0; i < n; i++) {
        if (t[i].kind != TOKEN_NUMBER || strlen(t[i].key) != 4 || t[i].number < 1950 ||
            t[i].number > YEAR_LAST_EVER)
            continue;
        for (size_t k = i > 2 ? i - 3 : 0; k < n && k < i + 3; k++)
            for (size_t w = 0; w < sizeof WORDS / sizeof *WORDS; w++)
                if (!strcmp(t[k].key, WORDS[w])) return (int)t[i].number;
    }
    return 0;
}

static bool may_be_family(const struct prose_lexicon *lex, const struct token *t, size_t n)
{
    static const char *const NEW[] = {"new",     "neu",    "neue",    "neuer", "neuen",
                                      "neues",   "le",     "nouveau", "nouvelle",
                                      "nuevo",   "nueva",  "meet",    "introducing",
                                      "electric", "all"};
    int make;
    if (n < 2 || t[0].kind != TOKEN_WORD || !t[0].upper || strlen(t[0].key) < 2 ||
        prose_make(t, n, &make))
        return false;
    for (size_t i = 0; i < sizeof NEW / sizeof *NEW; i++)
        if (!strcmp(t[0].key, NEW[i])) return false;
    const struct term *terms;
    size_t n_terms = 0;
    if (registry_match(t, 1, &terms, &n_terms) && n_terms) return false;
    return !(prose_word(lex, &t[0]) & (WORD_TOPIC | WORD_GENERATION | WORD_ARTICLE | WORD_NO_NAME |
                                       WORD_DOCUMENT | WORD_PREPOSITION | WORD_PRONOUN)) &&
           !is_document_word(t[0].key) && !is_small_word(t[0].key);
}

size_t prose_headline(const struct prose_names *names, const struct token *t, size_t n)
{
    static const char *const VERBS[] = {
        "unveils",  "reveals", "presents", "launches", "introduces", "announces", "shows",
        "debuts",   "presente", "devoile", "lance",    "presenta",   "lanza",     "stellt",
        "zeigt",    "enthullt", "prasentiert", "bringt", "renews",   "updates"};
    if (n < 3 || !may_be_family(names->lex, t, n) || t[1].upper) return 0;
    for (size_t k = 0; k < sizeof VERBS / sizeof *VERBS; k++)
        if (!strcmp(t[1].key, VERBS[k])) return 2;
    return 0;
}

/* Whether running text names t without the word before it: "The Sedra is", "Every Sedra". */
static bool is_spoken_of_alone(const struct prose_names *names, const struct token *t,
                               const char *before)
{
    const struct document *d = names->document;
    struct token text[160];
    size_t blocks = 0;
    for (size_t b = 0; b < d->n_blocks && blocks < 40; b++) {
        const struct block *k = &d->blocks[b];
        if (k->kind != BLOCK_PARAGRAPH && k->kind != BLOCK_LIST_ITEM) continue;
        blocks++;
        size_t n = tokens_split(k->text, k->len, TOKENS_TEXT, text, 160);
        for (size_t i = 0; i + 1 < n; i++) {
            if (!text[i].upper || strcmp(text[i].key, t->key) != 0) continue;
            if (i > 0 && !strcmp(text[i - 1].key, before)) continue;
            uint32_t left = i > 0 ? prose_word(names->lex, &text[i - 1]) : 0;
            bool every = i > 0 && (!strcmp(text[i - 1].key, "every") ||
                                   !strcmp(text[i - 1].key, "each") ||
                                   !strcmp(text[i - 1].key, "new") ||
                                   !strcmp(text[i - 1].key, "jeder") ||
                                   !strcmp(text[i - 1].key, "chaque"));
            bool acts = prose_word(names->lex, &text[i + 1]) & WORD_VERB;
            if ((left & WORD_ARTICLE) || every || (acts && (i == 0 || (text[i].gap & GAP_STOP))))
                return true;
        }
    }
    return false;
}

/* "Norrvik Sedra", where the text says "the Sedra": the first word is the make. */
static bool title_family(struct prose_names *names, const struct token *t, size_t n)
{
    if (n < 2 || !may_be_family(names->lex, t, n)) return false;
    if (t[1].kind != TOKEN_WORD || !t[1].upper || strlen(t[1].key) < 3 ||
        (t[1].gap & ~(unsigned)GAP_SPACE) || is_document_word(t[1].key) ||
        (prose_word(names->lex, &t[1]) & (WORD_TOPIC | WORD_NO_NAME | WORD_VEHICLE)))
        return false;
    return is_spoken_of_alone(names, &t[1], t[0].key);
}

static bool find_family(struct prose_names *names)
{
    const struct document *d = names->document;
    struct first_word {
        char key[TOKEN_KEY_MAX];
        size_t seen;
    } words[FAMILY_WORDS];
    size_t n_words = 0, best = SIZE_MAX, headings = 0;
    const char *family = NULL;
    for (size_t b = 0; b < d->n_blocks && !family; b++) {
        const struct block *k = &d->blocks[b];
        bool heading = k->kind == BLOCK_HEADING || prose_looks_like_heading(d, b);
        bool title = b < 3 && k->len <= 90 && k->kind != BLOCK_TABLE;
        if (!heading && !title) continue;
        struct token t[12];
        size_t n = tokens_split(k->text, k->len, TOKENS_TEXT, t, 12), i = 0;
        if (!names->year && title) names->year = range_year(t, n);
        if (!heading) continue;
        if (n && t[0].kind == TOKEN_NUMBER) t[0] = t[1];
        if (headings++ == 0 && (title_family(names, t, n) || prose_headline(names, t, n))) {
            family = t[0].key;
        } else if (n <= 6 && may_be_family(names->lex, t, n)) {
            while (i < n_words && strcmp(words[i].key, t[0].key) != 0) i++;
            if (i == FAMILY_WORDS) continue;
            if (i == n_words) {
                memcpy(words[n_words].key, t[0].key, TOKEN_KEY_MAX);
                words[n_words++].seen = 0;
            }
            words[i].seen++;
            if (best == SIZE_MAX || words[i].seen > words[best].seen) best = i;
            continue;
        }
        if (family && !(names->family = arena_strdup(names->arena, family))) return false;
    }
    if (!family && best != SIZE_MAX && words[best].seen >= FAMILY_HEADINGS) {
        names->family = arena_strdup(names->arena, words[best].key);
        return names->family != NULL;
    }
    return true;
}

/* ---- vehicles of the tables ---- */

static uint32_t hash_of(const char *key)
{
    uint32_t h = 2166136261u;
    for (; *key; key++) h = (h ^ (unsigned char)*key) * 16777619u;
    return (h ^ h >> 15) % PROSE_KNOWN_BUCKETS;
}

/* Whether the words can be told from others in running text. */
static bool is_telling(const struct prose_names *names, const struct token *t, size_t n,
                       const char *text, size_t len)
{
    if (n == 0 || n > NAME_WORDS || is_section_heading(text, len)) return false;
    bool letter = false, name = prose_is_name(&t[0]);
    for (size_t i = t[0].begin; i < t[0].end; i++)
        name = name || (text[i] >= 'A' && text[i] <= 'Z');
    if (!name) return false;
    for (size_t i = 0; i < n; i++) letter = letter || t[i].kind == TOKEN_WORD;
    if (!letter) return false;
    if (n > 1) return true;
    const struct term *terms;
    size_t n_terms = 0;
    return strlen(t[0].key) > 1 && prose_word(names->lex, &t[0]) == 0 &&
           !registry_match(t, 1, &terms, &n_terms) && !is_document_word(t[0].key) &&
           !is_small_word(t[0].key);
}

/* Adds the words of `phrase` as a name of the subject. */
static bool add_phrase(struct prose_names *names, const char *phrase, const struct subject *s,
                       bool whole)
{
    struct token t[NAME_WORDS + 1];
    size_t len = strlen(phrase), n = tokens_split(phrase, len, TOKENS_TEXT, t, NAME_WORDS + 1);
    if (!is_telling(names, t, n, phrase, len)) return true;
    struct buffer keys = {0};
    tokens_key(phrase, len, TOKENS_TEXT, &keys);
    char *key = keys.failed ? NULL : arena_strdup(names->arena, buffer_text(&keys));
    buffer_free(&keys);
    if (!key) return false;
    uint32_t bucket = hash_of(t[0].key);
    for (uint16_t at = names->known_buckets[bucket]; at; at = names->known[at - 1].next) {
        struct prose_known *k = &names->known[at - 1];
        if (strcmp(k->key, key) != 0 || k->whole != whole) continue;
        if (!whole && strcasecmp(k->s.model, s->model) != 0) continue;
        if (strcmp(k->s.model, s->model) != 0 || strcmp(k->s.trim, s->trim) != 0)
            k->several = true;
        if (k->s.year_first != s->year_first || k->s.year_last != s->year_last)
            k->s.year_first = k->s.year_last = 0;
        return true;
    }
    if (names->n_known == PROSE_MAX_KNOWN) return true;
    struct prose_known *k = &names->known[names->n_known];
    *k = (struct prose_known){
        .s = *s, .key = key, .n = n, .small = !prose_is_name(&t[0]), .whole = whole, .next = names->known_buckets[bucket]};
    names->known_buckets[bucket] = (uint16_t)++names->n_known;
    return true;
}

/* "Elettrica Veloce" beside "Elettrica" is called "Veloce" too. */
static bool add_tail(struct prose_names *names, const struct subject *s)
{
    const char *tail = NULL;
    for (size_t i = 0; i < names->n_known && !tail; i++) {
        const struct prose_known *k = &names->known[i];
        size_t len = strlen(k->s.trim);
        if (!k->whole && len && strncasecmp(s->trim, k->s.trim, len) == 0 && s->trim[len] == ' ' &&
            strcasecmp(k->s.model, s->model) == 0)
            tail = s->trim + len + 1;
    }
    return !tail || add_phrase(names, tail, s, false);
}

bool prose_known_add(struct prose_names *names, const struct subject *s)
{
    struct buffer b = {0};
    bool ok = !*s->trim || (add_phrase(names, s->trim, s, !*s->model) && (!*s->model || add_tail(names, s)));
    buffer_printf(&b, "%s%s%s", s->model, *s->model && *s->trim ? " " : "", s->trim);
    char *whole = b.failed ? NULL : arena_strdup(names->arena, buffer_text(&b));
    buffer_free(&b);
    return ok && whole && (!*s->model || add_phrase(names, whole, s, true));
}

bool prose_known_add_sections(struct prose_names *names, const struct subject *s, size_t n)
{
    bool several = false; /* of one vehicle, all is said by its own section */
    for (size_t i = 1; i < n; i++) several = several || strcasecmp(s[i].model, s[0].model) != 0;
    for (size_t i = 0; several && i < n; i++) {
        if (!*s[i].model || !prose_known_add(names, &s[i])) return !*s[i].model;
        /* "the Passat", where the heading has "VW Passat Variant 1.5 eTSI" */
        struct token t[2];
        size_t m = tokens_split(s[i].model, strlen(s[i].model), TOKENS_TEXT, t, 2);
        bool shorter = m > 1 && t[1].gap == GAP_SPACE && t[0].kind == TOKEN_WORD && strlen(t[0].key) > 3;
        char *first = shorter ? arena_strndup(names->arena, s[i].model, t[0].end) : NULL;
        if (shorter && (!first || !add_phrase(names, first, &s[i], true))) return false;
        names->makes[names->n_makes] = s[i];
        names->n_makes += names->n_makes < PROSE_MAX_SECTIONS - 1 && s[i].make_number >= 0;
    }
    return true;
}

const struct subject *prose_known_make(const struct prose_names *names, int make)
{
    const struct subject *found = NULL;
    for (size_t i = 0; make >= 0 && i < names->n_makes; i++) {
        if (names->makes[i].make_number != make) continue;
        if (found && strcasecmp(found->model, names->makes[i].model) != 0) return NULL;
        found = &names->makes[i];
    }
    return found;
}

const struct prose_known *prose_known_find(const struct prose_names *names,
                                           const struct prose_subject *own, const struct token *t,
                                           size_t n)
{
    const struct prose_known *best = NULL;
    bool tie = false;
    if (n == 0 || !names->n_known) return NULL;
    for (uint16_t at = names->known_buckets[hash_of(t[0].key)]; at;
         at = names->known[at - 1].next) {
        const struct prose_known *k = &names->known[at - 1];
        if (k->several || k->n > n || (best && best->n > k->n)) continue;
        bool lettered = n > 1 && strlen(t[0].key) == 1 && t[1].gap == GAP_HYPHEN && t[1].upper; /* "e-C3" */
        if (!k->small && !lettered && !prose_is_name(&t[0])) continue;
        if (own->known && !k->whole && strcasecmp(k->s.model, own->s.model) != 0) continue;
        const char *key = k->key;
        size_t i = 0;
        for (; i < k->n; i++) {
            size_t m = strlen(t[i].key);
            if (strncmp(key, t[i].key, m) != 0 || (key[m] && key[m] != ' ')) break;
            if (i && (t[i].gap & ~(unsigned)(GAP_SPACE | GAP_HYPHEN))) break;
            key += m + (key[m] == ' ');
        }
        if (i < k->n || *key) continue;
        tie = best && best->n == k->n && strcasecmp(best->s.model, k->s.model) != 0;
        best = k;
    }
    return tie ? NULL : best;
}

/* A word that begins all models of a table whose makes are not known is their make, where the text
 * says one of them without it. */
static bool family_of_table(struct prose_names *names, const struct interpretation *in)
{
    char key[TOKEN_KEY_MAX] = "";
    bool alone = false;
    size_t tried = 0;
    if (names->family || in->n_records < 2) return true;
    for (size_t i = 0; i < in->n_records; i++) {
        const struct fact_record *r = &in->records[i].fact;
        struct token t[4];
        size_t n = tokens_split(r->model, strlen(r->model), TOKENS_TEXT, t, 4);
        if (*r->make || n < 2 || t[1].gap == GAP_NONE || !may_be_family(names->lex, t, n))
            return true;
        if (i == 0)
            memcpy(key, t[0].key, sizeof key);
        else if (strcmp(key, t[0].key) != 0)
            return true;
        if (!alone && tried++ < FAMILY_HEADINGS) alone = is_spoken_of_alone(names, &t[1], key);
    }
    if (alone) names->family = arena_strdup(names->arena, key);
    return !alone || names->family;
}

/* The vehicles of the tables that stand beside the text, as their records name them. */
static bool read_tables(struct prose_names *names)
{
    const struct document *d = names->document;
    struct interpret_context context;
    struct context_walk walk;
    struct error err = {0};
    size_t block, text = 0, tables = 0;
    for (size_t b = 0; b < d->n_blocks; b++)
        text += d->blocks[b].kind == BLOCK_PARAGRAPH || d->blocks[b].kind == BLOCK_LIST_ITEM;
    if (text == 0) return true;
    context_walk_init(&walk, d);
    while (tables++ < MAX_TABLES && names->n_known < PROSE_MAX_KNOWN &&
           context_walk_next(&walk, &context, &block)) {
        struct interpretation in;
        const struct table *table = d->blocks[block].table;
        if (table->n_rows > TABLE_ROWS || table->n_columns > TABLE_ROWS) continue;
        if (!interpret_table(&in, table, &context, &err)) return false;
        bool ok = family_of_table(names, &in);
        for (size_t i = 0; ok && i < in.n_records; i++) {
            const struct fact_record *r = &in.records[i].fact;
            if (!(*r->model || *r->trim) || (!*r->make && !*r->model)) continue;
            struct subject s = {.make = arena_strdup(names->arena, r->make),
                                .model = arena_strdup(names->arena, r->model),
                                .trim = arena_strdup(names->arena, r->trim),
                                .make_number = -1,
                                .year_first = r->year_first,
                                .year_last = r->year_last};
            ok = s.make && s.model && s.trim;
            struct token t[4];
            size_t n = ok ? tokens_split(s.make, strlen(s.make), TOKENS_TEXT, t, 4) : 0;
            if (n) make_match(t, n, &s.make_number);
            size_t from = ok && !*s.make ? prose_family_length(names->family, s.model) : 0;
            if (from) {
                size_t end = from;
                while (end > 0 && s.model[end - 1] == ' ') end--;
                s.make = arena_strndup(names->arena, s.model, end);
                s.model += from;
                ok = s.make != NULL;
            }
            ok = ok && prose_known_add(names, &s);
        }
        interpretation_free(&in);
        if (!ok) return false;
    }
    return true;
}

bool prose_names_init(struct prose_names *names, const struct document *d,
                      const struct prose_lexicon *lex, struct arena *a)
{
    *names = (struct prose_names){.lex = lex, .arena = a, .document = d};
    names->known = arena_array(a, PROSE_MAX_KNOWN, sizeof *names->known);
    names->known_buckets = arena_array(a, PROSE_KNOWN_BUCKETS, sizeof *names->known_buckets);
    if (!names->known || !names->known_buckets) return false;
    memset(names->known_buckets, 0, PROSE_KNOWN_BUCKETS * sizeof *names->known_buckets);
    return find_family(names) && read_tables(names) && prose_joined_find(names);
}
