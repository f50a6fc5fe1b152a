#include "query/understand.h"
#include "base/utf8.h"
#include "vehicle/attribute.h"
#include "vehicle/units.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    MAX_WORDS = 128, /* of a question that are looked at for names */
    MAX_NAME_WORDS = 5,
    MAX_TERMS = 160,
    MAX_VARIANTS = 2000, /* vehicles of one model that are looked at for years and trims */
    KEY_BYTES = 96,
};

enum word_use { USE_NONE, USE_MAKE, USE_MODEL, USE_YEAR, USE_TRIM };

struct word {
    size_t begin, end;
    char key[48]; /* "" when longer */
    bool upper;   /* begins with a capital letter or a digit */
    int year;     /* "2023" or "'23" */
    enum word_use use;
};

/* A name found in the question: words [first, last). */
struct span {
    enum word_use use;
    size_t first, last;
    const char *manufacturer, *manufacturer_key; /* of a model: "" when several makers have it */
    const char *model, *model_key;               /* of a model */
    bool prefix, unknown;
};

struct parse {
    struct question *q;
    struct store *store;
    struct word words[MAX_WORDS];
    size_t n_words;
    struct span spans[MAX_WORDS];
    size_t n_spans;
};

static bool in_words(const char *key, const char *list)
{
    size_t n = strlen(key);
    for (const char *p = list; n && (p = strstr(p, key)); p++)
        if (p > list && p[-1] == ' ' && p[n] == ' ') return true;
    return false;
}

/* Names that are ordinary words of a question about cars, or too short to be sure of. They count
 * beside their maker, or written with a capital letter inside the sentence. */
static bool is_weak_name(const char *key)
{
    static const char WEAK[] =
        " fit one note range rangerover model grand land power sport electric hybrid city highway "
        "charger base cargo crew cab van truck wagon touring premium turbo max pro plus seat seats "
        "engine cars price weight rate speed wide long tank fast quick diesel fuel series class "
        "mini smart genesis saturn mercury eagle rover alpine caddy rolls proton tata spark "
        "torque towing capacity horsepower width height length wheel wheels transit express "
        "accent element liberty door doors trim what which does have than with from when ";
    size_t n = strlen(key);
    if (n <= 2 || strspn(key, "0123456789") == n) return true;
    return is_stop_word(key) || in_words(key, WEAK);
}

/* ---- words ---- */

static bool is_word_byte(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

/* The bytes of an apostrophe at text: ' or U+2019. */
static size_t apostrophe(const char *text)
{
    if (text[0] == '\'') return 1;
    return strncmp(text, "\xe2\x80\x99", 3) == 0 ? 3 : 0;
}

/* Typographic signs of three bytes (dashes, quotes) are not letters. */
static size_t sign_bytes(const char *text)
{
    return (unsigned char)text[0] == 0xe2 && (unsigned char)text[1] == 0x80 && text[2] ? 3 : 0;
}

static void split_words(struct parse *p)
{
    const char *text = p->q->text;
    size_t i = 0;
    while (text[i] && p->n_words < MAX_WORDS) {
        size_t quote = apostrophe(text + i), sign = sign_bytes(text + i);
        if (quote) {
            const char *next = text + i + quote;
            /* "Camry's": the s is no word. */
            bool possessive = i > 0 && is_word_byte((unsigned char)text[i - 1]) &&
                              (next[0] == 's' || next[0] == 'S') &&
                              !is_word_byte((unsigned char)next[1]);
            i += quote + possessive;
            bool two = !possessive && next[0] >= '0' && next[0] <= '9' && next[1] >= '0' &&
                       next[1] <= '9' && !is_word_byte((unsigned char)next[2]);
            if (!two) continue;
            int year = (next[0] - '0') * 10 + (next[1] - '0');
            p->words[p->n_words++] = (struct word){.begin = i - quote,
                                                   .end = i + 2,
                                                   .upper = true,
                                                   .year = year + (year < 60 ? 2000 : 1900)};
            i += 2;
            continue;
        }
        if (sign || !is_word_byte((unsigned char)text[i])) {
            i += sign ? sign : 1;
            continue;
        }
        struct word *w = &p->words[p->n_words++];
        *w = (struct word){.begin = i};
        while (is_word_byte((unsigned char)text[i]) && !sign_bytes(text + i)) i++;
        w->end = i;
        char first = text[w->begin];
        w->upper = (first >= 'A' && first <= 'Z') || (first >= '0' && first <= '9');
        struct buffer key = {0};
        vehicle_key(text + w->begin, i - w->begin, &key);
        if (!key.failed && key.len < sizeof w->key) memcpy(w->key, buffer_text(&key), key.len + 1);
        buffer_free(&key);
        w->year = year_parse(text + w->begin, i - w->begin);
        /* "2000 lb" is a weight; "2023 hp" asks for the power of a 2023. */
        const char *unit = w->year ? unit_at(text + i, strlen(text + i), NULL) : NULL;
        if (unit && strstr(" lb kg mi km cc rpm mm USD ", unit)) w->year = 0;
    }
}

/* The key of words [first, first + k); false when it is too long or one of them is in use. */
static bool join_key(const struct parse *p, size_t first, size_t k, char *key, bool may_use_make)
{
    size_t n = 0;
    key[0] = '\0';
    if (first + k > p->n_words) return false;
    for (size_t i = first; i < first + k; i++) {
        const struct word *w = &p->words[i];
        if (w->use != USE_NONE && !(may_use_make && i == first && w->use == USE_MAKE)) return false;
        size_t len = strlen(w->key);
        if (len == 0 || n + len >= KEY_BYTES) return false;
        memcpy(key + n, w->key, len + 1);
        n += len;
    }
    return true;
}

static struct span *add_span(struct parse *p, enum word_use use, size_t first, size_t k)
{
    struct span *s = &p->spans[p->n_spans++];
    *s = (struct span){.use = use,
                       .first = first,
                       .last = first + k,
                       .manufacturer = "",
                       .manufacturer_key = "",
                       .model = "",
                       .model_key = ""};
    for (size_t i = first; i < first + k; i++) p->words[i].use = use;
    return s;
}

/* ---- manufacturers ---- */

/* The manufacturer with this key: of the store, or of the built-in list (unknown); NULL for none.
 */
static bool find_make(struct parse *p, const char *key, const char **make_key, const char **name,
                      bool *unknown, struct error *err)
{
    *make_key = manufacturer_alias(key);
    if (!store_find_manufacturer(p->store, *make_key, &p->q->arena, name, err)) return false;
    *unknown = !*name;
    if (*unknown) *name = manufacturer_known(key);
    return true;
}

static bool find_makes(struct parse *p, struct error *err)
{
    char key[KEY_BYTES];
    for (size_t i = 0; i < p->n_words; i++) {
        for (size_t k = 3; k > 0; k--) {
            if (!join_key(p, i, k, key, false)) continue;
            if (k == 1 && is_weak_name(key) && !(p->words[i].upper && i > 0)) continue;
            if (k > 1 && is_stop_word(p->words[i].key)) continue;
            const char *make_key, *name;
            bool unknown;
            if (!find_make(p, key, &make_key, &name, &unknown, err)) return false;
            size_t len = strlen(key);
            if (!name && len > 3 && key[len - 1] == 's') { /* "Toyotas" */
                key[len - 1] = '\0';
                if (is_weak_name(key) && !p->words[i].upper) continue;
                if (!find_make(p, key, &make_key, &name, &unknown, err)) return false;
            }
            if (!name) continue;
            struct span *s = add_span(p, USE_MAKE, i, k);
            s->manufacturer = name;
            s->manufacturer_key = arena_strdup(&p->q->arena, make_key);
            s->unknown = unknown;
            if (!s->manufacturer_key) return error_memory(err, "a question");
            break;
        }
    }
    return true;
}

/* The manufacturer named right before word `at`, maybe with a year between; NULL for none. */
static const struct span *make_before(const struct parse *p, size_t at)
{
    while (at > 0 && p->words[at - 1].year && p->words[at - 1].use == USE_NONE) at--;
    for (size_t i = 0; i < p->n_spans; i++)
        if (p->spans[i].use == USE_MAKE && p->spans[i].last == at) return &p->spans[i];
    return NULL;
}

/* ---- models ---- */

/* Whether the model's spelling begins with whole words of this key: "Silverado 1500" with
 * "silverado". */
static bool begins_with_words(const char *model, const char *key)
{
    struct buffer b = {0};
    bool match = false;
    for (const char *p = model; *p && !match;) {
        size_t n = strcspn(p, " -/");
        vehicle_key(p, n, &b);
        match = strcmp(buffer_text(&b), key) == 0;
        p += n;
        p += strspn(p, " -/");
    }
    buffer_free(&b);
    return match;
}

/* Looks for a model with this key; adds a span when the store has one. */
static bool try_model(struct parse *p, size_t first, size_t k, const char *key, bool prefix,
                      const struct span *make, bool *found, struct error *err)
{
    struct arena *arena = &p->q->arena;
    struct vehicle_filter f = {.model = key, .model_prefix = prefix};
    if (make && !make->unknown) f.manufacturer = make->manufacturer_key;
    struct vehicle *v;
    size_t n, kept = 0;
    *found = false;
    if (!store_find_vehicles(p->store, &f, prefix ? 500 : MAX_VARIANTS, arena, &v, &n, err))
        return false;
    bool one_maker = true;
    const char *model = NULL;
    for (size_t i = 0; i < n; i++) {
        if (prefix && !begins_with_words(v[i].model, key)) continue;
        if (kept++ == 0) model = v[i].model;
        one_maker = one_maker && strcasecmp(v[i].manufacturer, v[0].manufacturer) == 0;
    }
    if (kept == 0) return true;
    struct span *s = add_span(p, USE_MODEL, first, k);
    s->prefix = prefix;
    s->model_key = arena_strdup(arena, key);
    s->model = prefix ? arena_strndup(arena, p->q->text + p->words[first].begin,
                                      p->words[first + k - 1].end - p->words[first].begin)
                      : model;
    if (one_maker) {
        struct buffer b = {0};
        s->manufacturer = v[0].manufacturer;
        vehicle_key(s->manufacturer, strlen(s->manufacturer), &b);
        s->manufacturer_key =
            b.failed ? NULL : arena_strdup(arena, manufacturer_alias(buffer_text(&b)));
        buffer_free(&b);
    }
    *found = true;
    if (!s->model_key || !s->model || !s->manufacturer_key) return error_memory(err, "a question");
    return true;
}

static bool all_stop_words(const struct parse *p, size_t first, size_t k)
{
    for (size_t i = first; i < first + k; i++)
        if (!is_stop_word(p->words[i].key)) return false;
    return true;
}

static bool find_models(struct parse *p, bool prefix, struct error *err)
{
    char key[KEY_BYTES];
    for (size_t k = MAX_NAME_WORDS; k > 0; k--) {
        for (size_t i = 0; i + k <= p->n_words; i++) {
            /* "Mazda 3" may be the model "Mazda3": a model may begin with its maker's name. */
            if (!join_key(p, i, k, key, k > 1 && !prefix)) continue;
            const struct span *make = make_before(p, i);
            const struct word *w = &p->words[i];
            bool known_make = make && !make->unknown;
            if (!known_make) {
                bool digits_only = strspn(key, "0123456789") == strlen(key);
                bool sure = k > 1 ? w->upper || !all_stop_words(p, i, k) : !is_weak_name(key);
                bool capital = w->upper && i > 0 && strlen(key) > 1;
                if (digits_only || (!sure && !capital)) continue;
                if (prefix && (strlen(key) < 4 || is_weak_name(w->key))) continue;
                if (k == 1 && is_stop_word(key) && !(capital && strlen(key) == 2)) continue;
            }
            if (known_make && k == 1 && is_stop_word(key) && !w->upper && strlen(key) != 2)
                continue;
            bool found;
            if (!try_model(p, i, k, key, prefix, make, &found, err)) return false;
            if (!found) continue;
            /* The maker's name was part of the model's: it is no span of its own. */
            for (size_t s = 0; s + 1 < p->n_spans; s++)
                if (p->spans[s].use == USE_MAKE && p->spans[s].first >= i &&
                    p->spans[s].first < i + k)
                    p->spans[s].use = USE_NONE;
        }
    }
    return true;
}

/* ---- mentions ---- */

static int compare_spans(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    return x->first < y->first ? -1 : x->first > y->first;
}

static struct mention *add_mention(struct parse *p, const struct span *s, size_t first)
{
    struct question *q = p->q;
    if (q->n_mentions == QUESTION_MAX_MENTIONS) return NULL;
    struct mention *m = &q->mentions[q->n_mentions++];
    *m = (struct mention){.vehicle = vehicle_none(),
                          .manufacturer_key = s->manufacturer_key,
                          .model_key = s->model_key,
                          .trim_key = "",
                          .model_prefix = s->prefix,
                          .unknown = s->unknown,
                          .begin = p->words[first].begin,
                          .end = p->words[s->last - 1].end};
    m->vehicle.manufacturer = s->manufacturer;
    m->vehicle.model = s->model;
    return m;
}

static bool same_vehicle(const struct mention *a, const struct mention *b)
{
    return strcmp(a->model_key, b->model_key) == 0 && a->vehicle.year == b->vehicle.year &&
           strcmp(a->manufacturer_key, b->manufacturer_key) == 0 &&
           strcmp(a->trim_key, b->trim_key) == 0;
}

static void make_mentions(struct parse *p)
{
    qsort(p->spans, p->n_spans, sizeof *p->spans, compare_spans);
    for (size_t i = 0; i < p->n_spans; i++) {
        const struct span *s = &p->spans[i];
        if (s->use == USE_MODEL) {
            size_t first = s->first;
            struct span merged = *s;
            const struct span *make = make_before(p, first);
            if (make) {
                first = make->first;
                merged.unknown = make->unknown;
                if (!merged.manufacturer_key[0] || make->unknown) {
                    merged.manufacturer = make->manufacturer;
                    merged.manufacturer_key = make->manufacturer_key;
                }
            }
            add_mention(p, &merged, first);
        } else if (s->use == USE_MAKE) {
            /* A maker counts on its own unless a model of it is named somewhere. */
            bool has_model = false;
            for (size_t j = 0; j < p->n_spans && !has_model; j++) {
                const struct span *m = &p->spans[j];
                has_model =
                    m->use == USE_MODEL && (make_before(p, m->first) == s ||
                                            strcmp(m->manufacturer_key, s->manufacturer_key) == 0);
            }
            if (!has_model) add_mention(p, s, s->first);
        }
    }
}

static size_t gap(const struct mention *m, const struct word *w)
{
    if (w->end <= m->begin) return m->begin - w->end;
    return w->begin >= m->end ? w->begin - m->end + 1 : 0; /* a year before wins a draw */
}

static void assign_years(struct parse *p)
{
    struct question *q = p->q;
    int only = 0;
    size_t n_years = 0, named = q->n_mentions;
    for (size_t i = 0; i < p->n_words && named; i++) {
        struct word *w = &p->words[i];
        if (!w->year || w->use != USE_NONE) continue;
        w->use = USE_YEAR;
        n_years++;
        only = w->year;
        size_t best = 0;
        for (size_t j = 1; j < named; j++)
            if (gap(&q->mentions[j], w) < gap(&q->mentions[best], w)) best = j;
        struct mention *m = &q->mentions[best];
        if (!m->vehicle.year) {
            m->vehicle.year = w->year;
        } else if (m->vehicle.year != w->year && q->n_mentions < QUESTION_MAX_MENTIONS) {
            /* "2022 or 2023 Camry": the same model again. */
            struct mention *again = &q->mentions[q->n_mentions++];
            *again = *m;
            again->vehicle.year = w->year;
        }
    }
    /* "the 2023 Camry or Accord": one year for all. */
    for (size_t j = 0; n_years == 1 && j < q->n_mentions; j++)
        if (!q->mentions[j].vehicle.year) q->mentions[j].vehicle.year = -only; /* if there is one */
}

/* Finds in words [from, to) the longest trim that one of the vehicles has. */
static void find_trim(struct parse *p, struct mention *m, size_t from, size_t to,
                      const struct vehicle *v, size_t n)
{
    char key[KEY_BYTES];
    for (size_t k = MAX_NAME_WORDS; k > 0; k--) {
        for (size_t i = from; i + k <= to; i++) {
            if (!join_key(p, i, k, key, false)) continue;
            const struct word *w = &p->words[i];
            bool beside =
                i > 0 && (p->words[i - 1].use == USE_MODEL || p->words[i - 1].use == USE_YEAR);
            if (k == 1 && !beside && (is_weak_name(key) || strlen(key) < 3) &&
                !(w->upper && strlen(key) > 1))
                continue;
            if (k == 1 && is_stop_word(key) && !w->upper) continue;
            for (size_t j = 0; j < n; j++) {
                struct buffer b = {0};
                vehicle_key(v[j].trim, strlen(v[j].trim), &b);
                bool match = b.len && strcmp(buffer_text(&b), key) == 0;
                buffer_free(&b);
                if (!match) continue;
                m->vehicle.trim = v[j].trim;
                m->trim_key = arena_strdup(&p->q->arena, key);
                if (!m->trim_key) m->trim_key = "";
                for (size_t x = i; x < i + k; x++) p->words[x].use = USE_TRIM;
                return;
            }
        }
    }
}

/* Trim, and what the store has of the year that is named. */
static bool complete_mention(struct parse *p, size_t index, struct error *err)
{
    struct question *q = p->q;
    struct mention *m = &q->mentions[index];
    bool hoped = m->vehicle.year < 0;
    if (hoped) m->vehicle.year = -m->vehicle.year;
    if (m->unknown) return true;
    struct vehicle *v;
    size_t n;
    struct vehicle_filter f = {.manufacturer = m->manufacturer_key[0] ? m->manufacturer_key : NULL,
                               .model = m->model_key[0] ? m->model_key : NULL,
                               .model_prefix = m->model_prefix};
    if (!store_find_vehicles(p->store, &f, MAX_VARIANTS, &q->arena, &v, &n, err)) return false;
    if (m->vehicle.year) {
        int below = 0, above = 0;
        bool there = false, dated = false;
        for (size_t i = 0; i < n; i++) {
            int y = v[i].year;
            dated = dated || y;
            there = there || y == m->vehicle.year;
            if (y && y < m->vehicle.year && y > below) below = y;
            if (y > m->vehicle.year && (!above || y < above)) above = y;
        }
        if (!there && hoped) {
            m->vehicle.year = 0;
        } else if (!there && dated) {
            m->year_missing = true;
            m->years_near[0] = below ? below : above;
            m->years_near[1] = below ? above : 0;
        }
    }
    if (!m->model_key[0]) return true;
    size_t from = 0, to = p->n_words;
    for (size_t i = 0; i < p->n_words; i++) {
        if (p->words[i].begin < m->begin) from = i + 1;
        for (size_t j = 0; j < q->n_mentions; j++)
            if (q->mentions[j].begin > m->begin && p->words[i].begin >= q->mentions[j].begin &&
                i < to)
                to = i;
    }
    find_trim(p, m, from, to, v, n);
    return true;
}

/* ---- comparison and terms ---- */

static enum comparison find_comparison(const char *words, size_t n_mentions)
{
    static const char *const FASTER[] = {"faster", "quicker", "fastest", "quickest"};
    static const char *const LESS[] = {"less",    "lower",    "lowest",   "fewer",    "fewest",
                                       "least",   "cheaper",  "cheapest", "lighter",  "lightest",
                                       "smaller", "smallest", "shorter",  "shortest", "narrower"};
    static const char *const MORE[] = {"more",     "higher",    "highest", "greater", "greatest",
                                       "most",     "larger",    "largest", "bigger",  "biggest",
                                       "better",   "best",      "longer",  "longest", "wider",
                                       "widest",   "taller",    "tallest", "heavier", "heaviest",
                                       "stronger", "strongest", "farther", "further", "roomier"};
    if (n_mentions < 2) return COMPARE_NONE;
    char word[64];
#define HAS(list, result)                                                                          \
    for (size_t i = 0; i < sizeof(list) / sizeof *(list); i++) {                                   \
        size_t n = strlen((list)[i]);                                                              \
        word[0] = ' ';                                                                             \
        memcpy(word + 1, (list)[i], n);                                                            \
        memcpy(word + 1 + n, " ", 2);                                                              \
        if (strstr(words, word)) return result;                                                    \
    }
    HAS(FASTER, COMPARE_FASTER)
    HAS(LESS, COMPARE_LESS)
    HAS(MORE, COMPARE_MORE)
#undef HAS
    return COMPARE_SHOW;
}

struct term_list {
    struct question *q;
    size_t cap;
    bool failed;
};

static void add_term(void *context, const char *term)
{
    struct term_list *l = context;
    struct question *q = l->q;
    if (q->n_terms == l->cap) return;
    for (size_t i = 0; i < q->n_terms; i++)
        if (strcmp(q->terms[i], term) == 0) return;
    const char *copy = arena_strdup(&q->arena, term);
    if (!copy)
        l->failed = true;
    else
        q->terms[q->n_terms++] = copy;
}

static bool make_terms(struct parse *p, struct error *err)
{
    struct question *q = p->q;
    struct term_list l = {q, MAX_TERMS, false};
    q->terms = arena_array(&q->arena, MAX_TERMS, sizeof *q->terms);
    struct buffer all = {0}, rest = {0}; /* every word; those that name no vehicle */
    buffer_putc(&all, ' ');
    buffer_putc(&rest, ' ');
    for (size_t i = 0; i < p->n_words; i++) {
        const struct word *w = &p->words[i];
        buffer_puts(&all, w->key);
        buffer_putc(&all, ' ');
        if (w->use != USE_NONE) continue;
        buffer_puts(&rest, w->key);
        buffer_putc(&rest, ' ');
    }
    bool ok = q->terms && !all.failed && !rest.failed;
    if (ok) {
        q->comparison = find_comparison(buffer_text(&all), q->n_mentions);
        for (size_t i = 0; i < p->n_words; i++) {
            const struct word *w = &p->words[i];
            if (w->use == USE_NONE && w->key[0] && !is_stop_word(w->key)) add_term(&l, w->key);
        }
        attribute_expand(buffer_text(&rest), add_term, &l);
    }
    buffer_free(&all);
    buffer_free(&rest);
    return (ok && !l.failed) || error_memory(err, "a question");
}

static bool check_text(const char *text, size_t len, struct error *err)
{
    if (memchr(text, 0, len)) return error_set(err, ERROR_USAGE, "the question has a NUL byte");
    if (strspn(text, " \t\r\n") == len) return error_set(err, ERROR_USAGE, "the question is empty");
    if (!utf8_is_valid(text, len))
        return error_set(err, ERROR_USAGE, "the question is not valid UTF-8 (byte %zu)",
                         utf8_valid_prefix(text, len));
    return true;
}

bool question_check(const char *text, size_t len, struct error *err)
{
    if (len > QUESTION_MAX_BYTES)
        return error_set(err, ERROR_USAGE, "a question of %zu bytes: more than %d", len,
                         QUESTION_MAX_BYTES);
    return check_text(text, len, err);
}

bool question_understand(struct question *q, struct store *store, const char *text,
                         struct error *err)
{
    *q = (struct question){0};
    struct parse *p = calloc(1, sizeof *p);
    q->text = arena_strdup(&q->arena, text);
    bool ok = (p && q->text) || error_memory(err, "a question");
    ok = ok && check_text(text, strlen(text), err);
    if (ok) {
        p->q = q;
        p->store = store;
        split_words(p);
        ok = find_makes(p, err) && find_models(p, false, err) && find_models(p, true, err);
    }
    if (ok) {
        make_mentions(p);
        assign_years(p);
        for (size_t i = 0; ok && i < q->n_mentions; i++) ok = complete_mention(p, i, err);
    }
    if (ok) {
        size_t kept = 0;
        for (size_t i = 0; i < q->n_mentions; i++) {
            bool again = false;
            for (size_t j = 0; j < kept && !again; j++)
                again = same_vehicle(&q->mentions[j], &q->mentions[i]);
            if (!again) q->mentions[kept++] = q->mentions[i];
        }
        q->n_mentions = kept;
        ok = make_terms(p, err);
    }
    free(p);
    if (!ok) question_free(q);
    return ok;
}

void question_free(struct question *q)
{
    arena_free(&q->arena);
    *q = (struct question){0};
}
