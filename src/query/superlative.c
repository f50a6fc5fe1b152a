#include "query/superlative.h"
#include "vehicle/words.h"

#include <string.h>

enum { MAX_WORDS = 64 };

/* implied: what is measured where the question does not say. */
static const struct {
    const char *word, *implied;
    enum superlative_order order;
} SUPERLATIVES[] = {
    {"most", NULL, ORDER_MOST},
    {"highest", NULL, ORDER_MOST},
    {"greatest", NULL, ORDER_MOST},
    {"largest", NULL, ORDER_MOST},
    {"biggest", NULL, ORDER_MOST},
    {"longest", "length", ORDER_MOST},
    {"widest", "width", ORDER_MOST},
    {"tallest", "height", ORDER_MOST},
    {"heaviest", "curb weight", ORDER_MOST},
    {"strongest", "horsepower", ORDER_MOST},
    {"roomiest", "cargo volume", ORDER_MOST},
    {"least", NULL, ORDER_LEAST},
    {"lowest", NULL, ORDER_LEAST},
    {"fewest", NULL, ORDER_LEAST},
    {"smallest", NULL, ORDER_LEAST},
    {"shortest", "length", ORDER_LEAST},
    {"narrowest", "width", ORDER_LEAST},
    {"lightest", "curb weight", ORDER_LEAST},
    {"cheapest", "price", ORDER_LEAST},
    {"best", NULL, ORDER_BEST},
    {"fastest", "top speed", ORDER_FASTEST},
    {"quickest", "0-60 mph", ORDER_FASTEST},
    {"slowest", "top speed", ORDER_SLOWEST},
};

struct token {
    size_t at, len; /* in `words` */
    bool known;
};

struct reading {
    struct superlative *s;
    const struct question *q;
    char *words;
    struct token tokens[MAX_WORDS];
    size_t n;
};

static bool is_word(const struct reading *r, size_t i, const char *word)
{
    const struct token *t = &r->tokens[i];
    return strlen(word) == t->len && memcmp(r->words + t->at, word, t->len) == 0;
}

static bool is_one_of(const struct reading *r, size_t i, const char *list)
{
    const struct token *t = &r->tokens[i];
    for (const char *p = list; *p; p++) {
        size_t n = strcspn(p, " ");
        if (n == t->len && memcmp(r->words + t->at, p, n) == 0) return true;
        p += n;
        if (!*p) break;
    }
    return false;
}

/* The word without its plural s, with a NUL; false when it is too long. */
static bool singular(const struct reading *r, size_t i, char *out, size_t cap)
{
    const struct token *t = &r->tokens[i];
    if (t->len + 1 > cap) return false;
    memcpy(out, r->words + t->at, t->len);
    out[t->len] = '\0';
    if (t->len > 2 && out[t->len - 1] == 's' && out[t->len - 2] != 's') out[t->len - 1] = '\0';
    return true;
}

/* The words of the question with those of the vehicles blanked. */
static bool read_words(struct reading *r, struct arena *arena)
{
    char *text = arena_strdup(arena, r->q->text);
    if (!text) return false;
    for (size_t i = 0; i < r->q->n_mentions; i++) {
        const struct mention *m = &r->q->mentions[i];
        memset(text + m->begin, ' ', m->end - m->begin);
        /* "Toyota's", "Toyotas'" */
        if (strncmp(text + m->end, "'s", 2) == 0) memset(text + m->end, ' ', 2);
    }
    struct buffer b = {0};
    words_plain(text, strlen(text), &b);
    r->words = b.failed ? NULL : arena_strdup(arena, buffer_text(&b));
    buffer_free(&b);
    if (!r->words) return false;
    r->s->words = r->words;
    for (const char *p = r->words; *p && r->n < MAX_WORDS;) {
        size_t n = strcspn(p, " ");
        if (n) r->tokens[r->n++] = (struct token){.at = (size_t)(p - r->words), .len = n};
        p += n;
        p += strspn(p, " ");
    }
    return true;
}

/* The one superlative; its implied attribute, NULL for none. False when there is none, or two. */
static bool find_order(struct reading *r, const char **implied)
{
    size_t found = 0;
    for (size_t i = 0; i < r->n; i++)
        for (size_t k = 0; k < sizeof SUPERLATIVES / sizeof *SUPERLATIVES; k++) {
            if (!is_word(r, i, SUPERLATIVES[k].word)) continue;
            found++;
            r->s->order = SUPERLATIVES[k].order;
            *implied = SUPERLATIVES[k].implied;
            r->tokens[i].known = true;
            /* "fastest" is a name of a speed as well. */
            memset(r->words + r->tokens[i].at, '.', r->tokens[i].len);
        }
    return found == 1;
}

/* The attribute: its names must be all of one place. */
static bool find_attribute(struct reading *r, const char *implied, struct arena *arena)
{
    struct superlative *s = r->s;
    attribute_find(r->words, &s->attributes);
    if (s->attributes.n == 0 && implied) {
        struct buffer b = {0};
        words_plain(implied, strlen(implied), &b);
        const char *text = b.failed ? NULL : arena_strdup(arena, buffer_text(&b));
        buffer_free(&b);
        if (text) attribute_find(text, &s->attributes);
        s->attribute = implied;
        return s->attributes.n > 0;
    }
    const struct attribute_name *longest = NULL;
    for (size_t g = 0; g < ATTRIBUTE_MAX; g++) {
        const struct attribute_name *a = &s->attributes.names[g];
        if (a->name && (!longest || a->len > longest->len)) longest = a;
    }
    for (size_t g = 0; longest && g < ATTRIBUTE_MAX; g++) {
        const struct attribute_name *a = &s->attributes.names[g];
        if (a->name && (a->name < longest->name || a->name >= longest->name + longest->len))
            return false;
    }
    if (!longest) return false;
    /* Without the spaces that the name may have around it. */
    const char *name = longest->name;
    size_t len = longest->len, begin = (size_t)(name - r->words);
    for (size_t i = 0; i < r->n; i++)
        r->tokens[i].known |= r->tokens[i].at >= begin && r->tokens[i].at < begin + len;
    s->attribute = arena_strndup(arena, name, len);
    return s->attribute != NULL;
}

static void find_years(struct reading *r)
{
    struct superlative *s = r->s;
    for (size_t i = 0; i < r->n; i++) {
        int year = year_parse(r->words + r->tokens[i].at, r->tokens[i].len);
        if (!year || r->tokens[i].known) continue;
        r->tokens[i].known = true;
        bool led = i > 0;
        if (led && is_one_of(r, i - 1, "after since from before until"))
            r->tokens[i - 1].known = true;
        if (led && is_word(r, i - 1, "after"))
            s->year_from = year + 1;
        else if (led && is_one_of(r, i - 1, "since from"))
            s->year_from = year;
        else if (led && is_word(r, i - 1, "before"))
            s->year_to = year - 1;
        else if (led && is_word(r, i - 1, "until"))
            s->year_to = year;
        else
            s->year_from = s->year_to = year;
    }
}

static const char *field_of(const struct vehicle *v, enum metadata_field field)
{
    return field == METADATA_CATEGORY      ? v->category
           : field == METADATA_ENGINE_TYPE ? v->engine_type
                                           : v->transmission;
}

/* "electric" is a word of "Electric", "suv" of "Midsize SUV". */
static bool has_word(const char *value, const char *word)
{
    struct buffer b = {0};
    char padded[WORD_MAX + 4];
    words_plain(value, strlen(value), &b);
    size_t n = strlen(word);
    bool found = false;
    if (n < WORD_MAX && !b.failed) {
        padded[0] = ' ';
        memcpy(padded + 1, word, n);
        memcpy(padded + 1 + n, " ", 2);
        found = strstr(buffer_text(&b), padded) != NULL;
    }
    buffer_free(&b);
    return found;
}

/* What the store has of this word as category, engine type or transmission. */
static bool find_kinds(struct reading *r, struct store *store, struct arena *arena,
                       struct error *err)
{
    static const enum metadata_field FIELDS[] = {METADATA_CATEGORY, METADATA_ENGINE_TYPE,
                                                 METADATA_TRANSMISSION};
    static const struct {
        const char *word, *as;
    } OTHERS[] = {{"truck", "pickup"}, {"ev", "electric"}, {"gas", "gasoline"}};
    struct superlative *s = r->s;
    char word[WORD_MAX];
    for (size_t f = 0; f < sizeof FIELDS / sizeof *FIELDS; f++) {
        const char **values;
        size_t n;
        if (!store_list_values(store, FIELDS[f], NULL, arena, &values, &n, err)) return false;
        for (size_t i = 0; i < r->n; i++) {
            if (r->tokens[i].known || !singular(r, i, word, sizeof word)) continue;
            const char *found = NULL;
            for (size_t k = 0; k < n && !found; k++)
                if (!is_stop_word(word) && has_word(values[k], word)) found = word;
            for (size_t o = 0; o < sizeof OTHERS / sizeof *OTHERS; o++)
                for (size_t k = 0; k < n && !found && strcmp(OTHERS[o].word, word) == 0; k++)
                    if (has_word(values[k], OTHERS[o].as)) found = OTHERS[o].as;
            if (!found || s->n_kinds == SUPERLATIVE_MAX_KINDS) continue;
            const char *copy = arena_strdup(arena, found);
            if (!copy) return error_memory(err, "a question");
            s->kinds[s->n_kinds++] = (struct superlative_kind){FIELDS[f], copy};
            r->tokens[i].known = true;
        }
    }
    return true;
}

/* All other words must say nothing about which vehicles are meant. */
static bool all_known(const struct reading *r)
{
    char word[WORD_MAX];
    for (size_t i = 0; i < r->n; i++) {
        if (r->tokens[i].known) continue;
        if (!singular(r, i, word, sizeof word)) return false;
        /* A truck that the store does not tell from other vehicles. */
        if (strcmp(word, "truck") == 0) return false;
        if (is_one_of(r, i,
                      "than more less higher lower better greater fewer faster quicker compare "
                      "compared difference versus vs both between many why when where how"))
            return false;
        /* "cars", "vehicles"; "this" has no plural. */
        if (!is_stop_word(word) && !is_one_of(r, i,
                                              "this does as us is was has among within out "
                                              "ones offer offers document documents available "
                                              "data built ever name"))
            return false;
    }
    return true;
}

bool superlative_understand(struct superlative *out, const struct question *q, struct store *store,
                            struct arena *arena, struct error *err)
{
    *out = (struct superlative){.attribute = ""};
    struct reading r = {.s = out, .q = q};
    const char *implied = NULL;
    if (!read_words(&r, arena)) return error_memory(err, "a question");
    size_t models = 0;
    bool which = false, unknown = false;
    for (size_t i = 0; i < q->n_mentions; i++) {
        models += q->mentions[i].model_key[0] != '\0';
        unknown |= q->mentions[i].unknown;
    }
    for (size_t i = 0; i < r.n; i++) which |= is_word(&r, i, "which");
    /* "Which has more, the Camry or the Accord" is a comparison of two. */
    if (unknown || (models && (q->n_mentions > 1 || !which)) || r.n == MAX_WORDS) return true;
    if (!find_order(&r, &implied) || !find_attribute(&r, implied, arena)) return true;
    find_years(&r);
    if (!find_kinds(&r, store, arena, err)) return false;
    out->asked = all_known(&r);
    return true;
}

bool superlative_takes(const struct superlative *s, const struct vehicle *v)
{
    if (s->year_from && v->year < s->year_from) return false;
    if (s->year_to && (!v->year || v->year > s->year_to)) return false;
    /* "sedans and SUVs": of one field, one word will do. */
    for (size_t i = 0; i < s->n_kinds; i++) {
        bool any = false;
        for (size_t k = 0; k < s->n_kinds && !any; k++)
            any = s->kinds[k].field == s->kinds[i].field &&
                  has_word(field_of(v, s->kinds[k].field), s->kinds[k].word);
        if (!any) return false;
    }
    return true;
}
