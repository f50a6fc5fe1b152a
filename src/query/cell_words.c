/* What a cell's row, column and headings have to say for it to be looked up by the question's words
 * alone, where the question was not understood or the documents have no such attribute by a known
 * name: every word that means something. Questions that compute or compare have no such words: those
 * are never answered by half. */
#include "query/reading.h"

#include "query/word_match.h"

#include <string.h>

enum { MAX_WORDS = 20 };

/* Words that the lexicon takes for nothing, and that tell parts, sides and states apart in a manual. */
static const char *const TELLING[] = {"drive", "end",  "limit", "limits", "side",  "full",     "start", "starts",
                                      "stop",  "right", "point", "single", "top",  "standard", "current", "level",
                                      NULL};
/* Of others some may tell cells apart, but need not be there. */
static const char *const STATES[] = {"new", "old", "change", "changes", "fill", "filled", "original", "hand",
                                     "work", "working", "running", "nominal", "normally", "normal", NULL};

static const char *const ASKING[] = {"how", "much", "many", "what", "which", "when", "where", NULL};

static const char *const AMOUNTS[] = {"small", "low", "large", NULL}; /* "how small": of what, other words say */

enum word_use { USE_NONE, USE_OPTIONAL, USE_NEEDED };

static bool is_amount_asked(const struct reading *r, size_t token)
{
    const struct token *t = &r->l->tokens[token];
    return token > 0 && token_key_in(t->key, AMOUNTS) && strcmp(t[-1].key, "how") == 0;
}

/* Whether the token is a word of the lexicon that says nothing, or asks. */
static enum word_use use_of(const struct reading *r, size_t token)
{
    struct word words[WORD_MAX_MEANINGS];
    const char *key = r->l->tokens[token].key;
    if (token_key_in(key, ASKING)) return USE_NONE;
    if (token_key_in(key, TELLING)) return USE_NEEDED;
    if (token_key_in(key, STATES)) return USE_OPTIONAL;
    size_t n = label_words_of(r->l, token, words);
    for (size_t k = 0; k < n; k++)
        switch (words[k].class) {
        case WORD_FILLER:
        case WORD_FUNCTION:
        case WORD_WHICH:
        case WORD_HOW_MANY:
        case WORD_HOW_MUCH:
        case WORD_AUXILIARY:
        case WORD_VEHICLE:
        case WORD_PRONOUN:
            return USE_NONE;
        default:
            break;
        }
    return USE_NEEDED;
}

static bool is_limit(const struct reading *r, const struct label *l)
{
    static const char *const NAMES[] = {"maximum", "minimum"};
    for (size_t k = 0; l->n == 1 && k < 2; k++) {
        int q = qualifier_find(NAMES[k]);
        const struct term *terms = NULL;
        size_t n = 0;
        if (q < 0 || !registry_match(&r->l->tokens[l->first], 1, &terms, &n)) continue;
        for (size_t t = 0; t < n; t++)
            if (terms[t].kind == TERM_QUALIFIER && terms[t].id == q) return true;
    }
    return false;
}

/* "Top ring", "first gear": a word of place, where no number or vehicles follow. */
static bool is_place_word(const struct reading *r, size_t i)
{
    const struct label *l = &r->l->labels[i], *next = i + 1 < r->l->n_labels ? l + 1 : NULL;
    bool place = l->kind == LABEL_WORD && l->n == 1 && (label_is(l, WORD_TOP) || label_is(l, WORD_BOTTOM));
    return place && next && next->kind != LABEL_NUMBER && !label_is(next, WORD_VEHICLE) && !label_is(next, WORD_NUMBER);
}

/* "It" behind the name that it stands for. */
static bool is_said_before(const struct reading *r, size_t i)
{
    if (!label_is(&r->l->labels[i], WORD_PRONOUN)) return false;
    for (size_t k = 0; k < i; k++)
        if (r->l->labels[k].kind == LABEL_MENTION || r->l->labels[k].kind == LABEL_UNKNOWN) return true;
    return false;
}

/* Words of operations: the question is not about one cell. */
static bool operates(const struct reading *r, size_t i)
{
    const struct label *l = &r->l->labels[i];
    static const enum word_class CLASSES[] = {
        WORD_COUNT, WORD_AVERAGE, WORD_MEDIAN, WORD_SUM, WORD_MOST,    WORD_LEAST,      WORD_BEST,  WORD_WORST,   WORD_TOP,
        WORD_BOTTOM, WORD_MORE,   WORD_LESS, WORD_BETTER,  WORD_WORSE,      WORD_THAN,  WORD_OVER,    WORD_UNDER,
        WORD_AT_LEAST, WORD_AT_MOST, WORD_OR_MORE, WORD_OR_LESS, WORD_BETWEEN, WORD_OR, WORD_COMPARE,
        WORD_DIFFERENCE, WORD_RANK, WORD_DESCRIBE, WORD_PRONOUN, WORD_WHAT_ABOUT, WORD_PER, WORD_EXPLAIN,
        WORD_REFUSED, WORD_DISTINCT, WORD_ONLY};
    if (l->kind == LABEL_SIGN) return true;
    if (l->kind == LABEL_TERM) {
        bool all = l->n_terms > 0;
        for (size_t k = 0; k < l->n_terms; k++) all = all && (l->terms[k].superlative || l->terms[k].comparative);
        return all;
    }
    if (l->kind != LABEL_WORD || label_is(l, WORD_FUNCTION) || label_is(l, WORD_FILLER) || is_limit(r, l) ||
        is_place_word(r, i) || is_said_before(r, i))
        return false;
    for (size_t k = 0; k < sizeof CLASSES / sizeof *CLASSES; k++)
        if (label_is(l, CLASSES[k])) return true;
    return false;
}

static struct query_cell_word *add_word(struct reading *r, size_t first, size_t n)
{
    struct query *q = r->q;
    if (q->n_cell_words == MAX_WORDS) return NULL;
    const char **keys = arena_array(&q->arena, n, sizeof *keys);
    struct query_cell_word *w = &q->cell_words[q->n_cell_words];
    *w = (struct query_cell_word){.text = reading_text(r, first, n), .keys = keys};
    for (size_t i = 0; keys && i < n; i++) {
        keys[w->n_keys++] = arena_strdup(&q->arena, r->l->tokens[first + i].key);
        if (!keys[i]) keys = NULL;
    }
    if (!keys) {
        r->failed = true;
        error_memory(r->err, "a question");
        return NULL;
    }
    q->n_cell_words++;
    return w;
}

/* The attributes that the label may mean. */
static void read_meanings_of(const struct label *l, struct query_cell_word *w)
{
    for (size_t k = 0; l->kind == LABEL_TERM && k < l->n_terms; k++) {
        const struct term *t = &l->terms[k];
        if (t->kind != TERM_ATTRIBUTE || w->n_attributes == QUERY_MAX_CELL_ATTRIBUTES) continue;
        if (w->n_attributes == 0) w->qualifiers = t->qualifiers;
        w->qualifiers &= t->qualifiers;
        w->attributes[w->n_attributes++] = t->id;
    }
}

/* "How much oil": the figure is one of the attribute's dimension. */
static bool add_amount(struct reading *r, const struct label *l)
{
    struct query_cell_word what = {0};
    struct word words[WORD_MAX_MEANINGS];
    read_meanings_of(l, &what);
    bool asks = false;
    size_t n = label_words_of(r->l, l->first, words);
    for (size_t k = 0; k < n; k++) asks = asks || words[k].class == WORD_HOW_MUCH || words[k].class == WORD_HOW_MANY;
    if (!asks || l->n < 2 || what.n_attributes == 0) return true;
    enum dimension d = REGISTRY[what.attributes[0]].dimension;
    if (d != DIMENSION_VOLUME && d != DIMENSION_MASS && d != DIMENSION_POWER) return true;
    struct query_cell_word *w = add_word(r, l->first, l->n);
    if (!w) return false;
    *w = what;
    w->text = reading_text(r, l->first, l->n);
    w->dimensions = UINT64_C(1) << d;
    return true;
}

/* How many tokens from i on are written as one: "F8Q", "5300GP", "AMA-5102UT", "1/2". */
static size_t code_length(const struct reading *r, size_t i, size_t end)
{
    const struct token *t = r->l->tokens;
    size_t n = 1;
    bool digits = t[i].kind == TOKEN_NUMBER;
    for (; i + n < end && t[i + n].kind != TOKEN_SIGN && t[i + n - 1].kind != TOKEN_SIGN; n++) {
        const struct token *next = &t[i + n];
        bool number = next->kind == TOKEN_NUMBER;
        if (next->gap == GAP_NONE) {
            digits = digits || number;
            continue;
        }
        if (next->gap == GAP_HYPHEN && (number || digits)) {
            digits = digits || number;
            continue;
        }
        if (next->gap == GAP_SLASH && number && t[i + n - 1].kind == TOKEN_NUMBER) continue;
        break;
    }
    return n;
}

/* "Air conditioning" is "AC" in tables. */
static size_t phrase_length(const struct reading *r, size_t i, size_t end, const char **alternative)
{
    static const char *const PHRASES[][3] = {{"air", "conditioning", "ac"}, {"air", "conditioner", "ac"}};
    for (size_t k = 0; i + 1 < end && k < sizeof PHRASES / sizeof *PHRASES; k++)
        if (strcmp(r->l->tokens[i].key, PHRASES[k][0]) == 0 && strcmp(r->l->tokens[i + 1].key, PHRASES[k][1]) == 0) {
            *alternative = PHRASES[k][2];
            return 2;
        }
    return 0;
}

/* The words of tokens [first, end), of the label. */
static bool add_tokens(struct reading *r, const struct label *l, size_t first, size_t end)
{
    for (size_t i = first, n; i < end; i += n) {
        const struct token *t = &r->l->tokens[i];
        const char *alternative = NULL;
        size_t phrase = phrase_length(r, i, end, &alternative);
        n = phrase ? phrase : code_length(r, i, end);
        if (n == 1 && l->kind == LABEL_NUMBER && l->unit && t->kind == TOKEN_NUMBER && i + 2 == end) n = 2;
        if (t->kind == TOKEN_SIGN) continue;
        bool asked = is_amount_asked(r, i);
        enum word_use use = asked ? USE_NONE : n > 1 || l->kind == LABEL_UNKNOWN ? USE_NEEDED : use_of(r, i);
        if (use == USE_NONE) continue;
        struct query_cell_word *w = add_word(r, i, n);
        if (!w) return false;
        w->together = n > 1;
        w->optional = use == USE_OPTIONAL;
        w->alternative = alternative;
        if (n == 1) w->dimensions = word_dimensions(t->key);
        read_meanings_of(l, w);
    }
    return true;
}

/* "Engine" right behind a name or a code. */
static bool is_engine_word(const struct reading *r, size_t i)
{
    const struct label *l = &r->l->labels[i];
    if (i == 0 || l->n != 1 || l->kind != LABEL_TERM) return false;
    enum label_kind before = r->l->labels[i - 1].kind;
    if (before != LABEL_MENTION && before != LABEL_UNKNOWN && before != LABEL_VALUE && before != LABEL_NUMBER)
        return false;
    for (size_t t = 0; t < l->n_terms; t++)
        if (l->terms[t].kind == TERM_ATTRIBUTE && attribute_is_engine(l->terms[t].id)) return true;
    return false;
}

/* Words of a comparison of two vehicles, which say how they are compared. */
static bool compares(const struct reading *r, size_t i)
{
    static const enum word_class CLASSES[] = {WORD_MORE, WORD_LESS,       WORD_BETTER, WORD_WORSE, WORD_THAN,
                                              WORD_OR,   WORD_DIFFERENCE, WORD_COMPARE, WORD_MOST, WORD_LEAST};
    const struct label *l = &r->l->labels[i];
    if (r->q->op != QUERY_COMPARE || r->q->n_subjects != 2) return false;
    if (l->kind == LABEL_TERM) return true;
    for (size_t k = 0; l->kind == LABEL_WORD && k < sizeof CLASSES / sizeof *CLASSES; k++)
        if (label_is(l, CLASSES[k])) return true;
    return false;
}

/* "The ring gap": a gap is a measure of a part, where a part is named before it; else a difference. */
static bool is_clearance(const struct reading *r, size_t i)
{
    const struct label *l = &r->l->labels[i];
    if (l->n != 1 || i == 0 || !label_is(l, WORD_DIFFERENCE)) return false;
    return strcmp(r->l->tokens[l->first].key, "gap") == 0 && use_of(r, l->first - 1) == USE_NEEDED;
}

/* "How thin may the discs get?": their least thickness. */
static bool add_limit_asked(struct reading *r)
{
    static const char *const LEAST[] = {"thin", "short", "low", "small", "narrow", NULL};
    static const char *const MOST[] = {"thick", "long", "high", "large", "wide", NULL};
    static const char *const MAY[] = {"may", "can", "allowed", "permitted", NULL};
    static const char *const LIMITS[2] = {"minimum", "maximum"};
    bool may = false, least = false, most = false;
    for (size_t i = 0; i < r->l->n_tokens; i++) {
        const char *key = r->l->tokens[i].key;
        bool how = i > 0 && strcmp(r->l->tokens[i - 1].key, "how") == 0;
        may = may || token_key_in(key, MAY);
        least = least || (how && token_key_in(key, LEAST));
        most = most || (how && token_key_in(key, MOST));
    }
    if (!may || least == most) return true;
    struct query_cell_word *w = add_word(r, 0, 1);
    if (!w) return false;
    w->text = LIMITS[most];
    w->keys = &LIMITS[most];
    w->alternative = "limit";
    return true;
}

/* A unit in which the answer is wanted: "in Nm", "how many amps"; not "an MJ gearbox". */
static bool is_wanted_unit(const struct reading *r, size_t i)
{
    const struct label *l = &r->l->labels[i];
    const struct token *t = &r->l->tokens[l->first];
    if (l->kind != LABEL_UNIT && (i == 0 || !unit_parse_all(r->q->text + t->begin, t[l->n - 1].end - t->begin)))
        return false;
    return i == 0 || label_is(l - 1, WORD_HOW_MANY) || strcmp(t[-1].key, "in") == 0 || strcmp(t[-1].key, "many") == 0;
}

/* Whether the words ask for a figure. */
static bool asks_for_figure(const struct query *q)
{
    for (size_t k = 0; k < q->n_cell_words; k++) {
        const struct query_cell_word *w = &q->cell_words[k];
        if (w->dimensions) return true;
        for (size_t i = 0; i < w->n_attributes; i++)
            if (REGISTRY[w->attributes[i]].type == ATTRIBUTE_NUMBER) return true;
    }
    return q->cell_unit != NULL;
}

void find_cell_words(struct reading *r)
{
    struct query *q = r->q;
    q->cell_words = arena_array(&q->arena, MAX_WORDS, sizeof *q->cell_words);
    if (!q->cell_words) {
        r->failed = true;
        error_memory(r->err, "a question");
        return;
    }
    /* Vehicles are asked for, not a cell. */
    bool ok = !r->how_many_things && !r->count && !r->list && !(r->which && r->vehicle_word);
    size_t sides = 0;
    bool compared = false;
    for (size_t i = 0; ok && i < r->l->n_labels; i++) {
        const struct label *l = &r->l->labels[i];
        size_t end = l->first + l->n;
        if (operates(r, i) && !is_clearance(r, i)) {
            if (compares(r, i)) {
                compared = true;
                continue;
            }
            ok = false;
            break;
        }
        size_t first_word = q->n_cell_words;
        if (is_engine_word(r, i)) continue; /* "the K4M engine" */
        if (is_wanted_unit(r, i)) {
            q->cell_unit = q->unit;
            continue;
        }
        if (l->kind == LABEL_DOCUMENT) q->cell_anywhere = true;
        /* A code in pieces, "F8" and "Q", "AMA-5102" and "UT", is one. */
        struct label whole = *l;
        while (i + 1 < r->l->n_labels && code_length(r, end - 1, end + 1) == 2) {
            end += r->l->labels[++i].n;
            whole.kind = LABEL_UNKNOWN;
            whole.n = end - whole.first;
        }
        bool plain = whole.kind == LABEL_WORD && !is_limit(r, l) && !is_clearance(r, i) && !is_place_word(r, i) && !label_is(l, WORD_NOT);
        if (plain && l->n > 1) continue; /* a phrase of the lexicon */
        ok = add_amount(r, &whole) && add_tokens(r, &whole, whole.first, end);
        if (q->op != QUERY_COMPARE || l->kind != LABEL_MENTION) continue;
        sides++;
        for (size_t k = first_word; k < q->n_cell_words; k++) q->cell_words[k].side = sides;
    }
    ok = ok && add_limit_asked(r) && (!compared || sides == 2);
    for (size_t k = 0; !compared && k < q->n_cell_words; k++) q->cell_words[k].side = 0;
    q->cells_compared = compared;
    if (!ok || q->n_cell_words < 2 || q->n_cell_words == MAX_WORDS) q->n_cell_words = 0;
    q->cell_figure = asks_for_figure(q);
}
