#include "vehicle/registry_table.h"

#include <string.h>

/* A column's name is read by covering all of its words: for every attribute that some of them may
 * name, and every unit that some of them may be, the best cover by the attribute's names,
 * qualifiers, the unit and words that say nothing is looked for. An attribute without a full cover
 * is no reading; of several, the one that explains most words by its own names is taken. */

enum { MAX_NAME = 400, MAX_TOKENS = 40, MAX_RUNS = 160, MAX_UNITS = 16, MAX_CANDIDATES = 64 };

struct term_run {
    size_t first, end; /* tokens */
    const struct term *terms;
    size_t n_terms;
};

struct unit_run {
    size_t first, end;  /* tokens; equal: a bracket with signs alone, '(")' */
    size_t begin, stop; /* bytes */
    const struct unit *unit;
};

enum system { SYSTEM_NONE, SYSTEM_METRIC, SYSTEM_IMPERIAL };

struct name_words {
    const char *name; /* the caller's */
    size_t len;
    char text[MAX_NAME + 1]; /* the same bytes with '_' and a path's '.' as spaces */
    struct token t[MAX_TOKENS];
    size_t n;
    struct term_run runs[MAX_RUNS];
    size_t n_runs;
    struct unit_run units[MAX_UNITS];
    size_t n_units;
};

/* The best way to cover tokens [0, i). */
struct cover {
    bool reached, strong, inverse, measured; /* measured: the chosen unit is in it */
    bool host; /* a name or unit of what the engine speed belongs to is in it: "hp" of "hp_rpm" */
    bool own;  /* a name of the attribute itself */
    int score;
    size_t named; /* tokens that the attribute's own names cover */
    uint64_t qualifiers;
    const char *term_unit;
    const struct unit *second;
    enum system system;
};

struct column_reading {
    int attribute;
    const struct unit_run *unit; /* NULL: none stated */
    struct cover cover;
    bool confirmed; /* by a unit or the cells */
};

/* ---- words, terms and units of the name ---- */

static bool is_name_byte(char c)
{
    unsigned char u = (unsigned char)c, lower = u | 0x20;
    return (lower >= 'a' && lower <= 'z') || (u >= '0' && u <= '9') || u == '_' || u >= 0x80;
}

static bool is_letter_byte(char c)
{
    return is_name_byte(c) && (c < '0' || c > '9');
}

/* '_' and the points of "battery.pack.size" as spaces, so that units and terms go over them. */
static void copy_text(struct name_words *w)
{
    bool spaced = memchr(w->name, ' ', w->len) != NULL;
    for (size_t i = 0; i < w->len; i++) {
        char c = w->name[i];
        bool path = c == '.' && !spaced && i > 0 && i + 1 < w->len &&
                    (is_letter_byte(w->name[i - 1]) || is_letter_byte(w->name[i + 1])) &&
                    is_name_byte(w->name[i - 1]) && is_name_byte(w->name[i + 1]);
        w->text[i] = c == '_' || path || c == '\0' ? ' ' : c;
    }
    w->text[w->len] = '\0';
}

static void find_runs(struct name_words *w)
{
    for (size_t i = 0; i < w->n; i++) {
        size_t longest = registry_longest(w->t[i].key);
        if (longest == 0) longest = 1; /* a plural may begin no term */
        for (size_t k = 1; k <= longest && i + k <= w->n && w->n_runs < MAX_RUNS; k++) {
            size_t n_terms = 0;
            const struct term *terms = registry_terms_of(&w->t[i], k, true, &n_terms);
            if (n_terms) w->runs[w->n_runs++] = (struct term_run){i, i + k, terms, n_terms};
        }
    }
}

/* The token whose end is at or before `stop` and whose follower begins at or behind it; 0: `stop`
 * is inside a token. */
static size_t tokens_until(const struct name_words *w, size_t first, size_t stop)
{
    size_t end = first;
    while (end < w->n && w->t[end].begin < stop) end++;
    return end > first && w->t[end - 1].end <= stop ? end : 0;
}

static void add_unit(struct name_words *w, size_t first, size_t end, size_t begin, size_t stop,
                     const struct unit *unit)
{
    if (w->n_units < MAX_UNITS)
        w->units[w->n_units++] = (struct unit_run){first, end, begin, stop, unit};
}

/* "gramsPerMile": the words apart, units looked for there. */
static void find_camel_units(struct name_words *w)
{
    char text[2 * MAX_NAME + MAX_TOKENS];
    size_t begin[MAX_TOKENS], len = 0;
    bool camel = false;
    for (size_t i = 0; i < w->n; i++) {
        const struct token *t = &w->t[i];
        size_t from = i ? w->t[i - 1].end : 0, n = t->begin - from;
        memcpy(text + len, w->text + from, n);
        len += n;
        if (i && n == 0) {
            text[len++] = ' ';
            camel = true;
        }
        begin[i] = len;
        memcpy(text + len, w->text + t->begin, t->end - t->begin);
        len += t->end - t->begin;
    }
    for (size_t i = 0; camel && i < w->n; i++) {
        size_t used = 0, end = i;
        const struct unit *u = unit_parse(text + begin[i], len - begin[i], &used);
        if (!u) continue;
        while (end < w->n && begin[end] < begin[i] + used) end++;
        bool whole = end == w->n || begin[end] >= begin[i] + used;
        if (whole && end > i + 1) add_unit(w, i, end, w->t[i].begin, w->t[end - 1].end, u);
    }
}

static bool is_preposition(const char *key)
{
    return strcmp(key, "in") == 0 || strcmp(key, "en") == 0 || strcmp(key, "a") == 0;
}

static void find_units(struct name_words *w)
{
    for (size_t i = 0; i < w->n; i++) {
        size_t used = 0, begin = w->t[i].begin;
        if (i && w->t[i].gap == GAP_NONE && w->t[i].kind == TOKEN_WORD &&
            w->t[i - 1].kind == TOKEN_WORD && !w->t[i].upper && w->t[i].key[0] != 'k')
            continue; /* not inside a word */
        const struct unit *u = unit_parse(w->text + begin, w->len - begin, &used);
        size_t end = u ? tokens_until(w, i, begin + used) : 0;
        size_t next = 0;
        if (end && i + 1 < w->n && w->t[i + 1].gap == GAP_SPACE && is_preposition(w->t[i].key) &&
            unit_parse(w->text + w->t[i + 1].begin, w->len - w->t[i + 1].begin, &next))
            continue; /* "in mm" */
        if (end) add_unit(w, i, end, begin, begin + used, u);
    }
    find_camel_units(w);
    /* Brackets that hold signs alone: (") and [']. */
    for (size_t i = 0; i < w->len; i++) {
        if (w->text[i] != '(' && w->text[i] != '[') continue;
        size_t stop = i + 1, at = 0;
        while (stop < w->len && w->text[stop] != ')' && w->text[stop] != ']') stop++;
        while (at < w->n && w->t[at].begin < i) at++;
        if (stop == w->len || (at < w->n && w->t[at].begin < stop)) continue;
        const struct unit *u = unit_parse_all(w->text + i + 1, stop - i - 1);
        if (u) add_unit(w, at, at, i + 1, stop, u);
    }
}

static enum system system_of(const char *key)
{
    if (strcmp(key, "metric") == 0) return SYSTEM_METRIC;
    if (strcmp(key, "imperial") == 0 || strcmp(key, "imp") == 0) return SYSTEM_IMPERIAL;
    return SYSTEM_NONE;
}

/* ---- covers ---- */

/* A unit is worth more than the same words as a part of a name: "CO2 [g/km]". */
enum { SCORE_NAME = 8, SCORE_QUALIFIER = 4, SCORE_UNIT = 9, SCORE_CONTEXT = -1 };

static bool better(const struct cover *a, const struct cover *b)
{
    if (!b->reached) return true;
    if (a->score != b->score) return a->score > b->score;
    return a->strong && !b->strong;
}

static void offer(struct cover *at, const struct cover *from, int score)
{
    struct cover c = *from;
    c.score += score;
    if (better(&c, at)) *at = c;
}

/* Adds the qualifier to the set; false: another one of its family is in it. */
static bool add_qualifier(uint64_t *set, int id)
{
    for (size_t i = 0; i < QUALIFIER_COUNT; i++)
        if ((*set >> i & 1) && (int)i != id && QUALIFIERS[i].family == QUALIFIERS[id].family)
            return false;
    *set |= (uint64_t)1 << id;
    return true;
}

static bool add_qualifiers(uint64_t *set, uint64_t more)
{
    for (int i = 0; more; i++, more >>= 1)
        if ((more & 1) && !add_qualifier(set, i)) return false;
    return true;
}

/* "@", "/" or a bracket stand before the token: "kW @ rpm" holds both figures. */
static bool is_joined(const struct name_words *w, size_t i)
{
    return i > 0 && i < w->n &&
           ((w->t[i].gap & (GAP_SLASH | GAP_OPEN)) || memchr(w->text + w->t[i - 1].end, '@', w->t[i].begin - w->t[i - 1].end));
}

/* Whether tokens [first, end) are, or end with, a unit that shares its column with the engine speed: "hp",
 * and "power (hp" in one name. */
static bool is_joined_unit(const struct name_words *w, size_t first, size_t end)
{
    for (size_t k = 0; k < w->n_units; k++)
        if (w->units[k].first >= first && w->units[k].end == end && end > w->units[k].first &&
            (is_joined(w, w->units[k].first) || is_joined(w, end)))
            return true;
    return false;
}

/* A unit of what the engine speed belongs to: "hp" of "hp_rpm". */
static void cover_host_unit(const struct name_words *w, struct cover *best, const struct unit_run *run, int host)
{
    struct cover c = best[run->first];
    if (host < 0 || is_joined_unit(w, run->first, run->end) || run->end == run->first || run->unit->dimension != REGISTRY[host].dimension) return;
    c.named += run->end - run->first;
    c.host = true;
    offer(&best[run->end], &c, SCORE_UNIT * (int)(run->end - run->first));
}

static void cover_run(const struct name_words *w, struct cover *best, const struct term_run *run,
                      int attribute, int maximum)
{
    const struct cover *from = &best[run->first];
    int n = (int)(run->end - run->first);
    for (size_t k = 0; k < run->n_terms; k++) {
        const struct term *term = &run->terms[k];
        struct cover c = *from;
        int host = REGISTRY_NOTES[attribute].speed_of;
        if (term->asking) continue;
        if (term->kind == TERM_ATTRIBUTE && host >= 0 && term->id == host) {
            if (term->qualifiers || is_joined_unit(w, run->first, run->end)) continue;
            c.named += (size_t)n;
            c.host = true;
            offer(&best[run->end], &c, SCORE_NAME * n - 1);
        } else if (term->kind == TERM_ATTRIBUTE && term->id == attribute) {
            if (!add_qualifiers(&c.qualifiers, term->qualifiers)) continue;
            c.own = true;
            c.named += (size_t)n;
            c.strong = c.strong || !term->weak;
            c.inverse = c.inverse || term->inverse;
            if (!c.term_unit) c.term_unit = term->unit;
            /* Long names are worth more than short ones that stand side by side. */
            offer(&best[run->end], &c, SCORE_NAME * n - 1);
        } else if (term->kind == TERM_QUALIFIER &&
                   (REGISTRY_QUALIFIER_GROUPS[term->id] & REGISTRY_NOTES[attribute].group)) {
            /* "Max power" is the power, but "power min", "power max" are two. */
            if (term->id == maximum && (REGISTRY_NOTES[attribute].maximal || host >= 0) && from->named == 0)
                offer(&best[run->end], &c, 1);
            else if (add_qualifier(&c.qualifiers, term->id))
                offer(&best[run->end], &c, SCORE_QUALIFIER * n);
        }
    }
}

/* "rate_d": a letter alone at the end of a code means something, whatever word it may be elsewhere. */
static bool is_code_letter(const struct name_words *w, size_t i)
{
    return i > 0 && i + 1 == w->n && !w->t[i].key[1] && w->t[i].kind == TOKEN_WORD &&
           w->name[w->t[i].begin - 1] == '_';
}

/* `last`: the name's own last word is no context: "engine data" is no engine. */
static void cover_word(struct cover *best, const struct token *t, int attribute, bool last)
{
    const struct registry_word *word = registry_word_find(t->key);
    enum system system = system_of(t->key);
    struct cover c = best[0];
    if (system) {
        c.system = system;
        offer(&best[1], &c, 0);
    }
    if (!word) return;
    if ((word->kinds & WORD_EMPTY) ||
        ((word->kinds & WORD_COUNTS) && REGISTRY[attribute].dimension == DIMENSION_COUNT))
        offer(&best[1], &c, 0);
    else if ((word->kinds & WORD_VEHICLE) ||
             (!last &&
              ((word->kinds & WORD_CONTEXT) || (word->groups & REGISTRY_NOTES[attribute].group))))
        offer(&best[1], &c, SCORE_CONTEXT);
}

static void cover_unit(struct cover *best, const struct unit_run *run,
                       const struct unit_run *chosen)
{
    struct cover c = best[run->first];
    if (!chosen) return;
    if (run->unit->dimension == DIMENSION_ROTATION && c.measured && run->end > run->first &&
        (chosen->unit->dimension == DIMENSION_POWER || chosen->unit->dimension == DIMENSION_TORQUE))
        offer(&best[run->end], &c, 0); /* "kW @ rpm" */
    if (run->unit->dimension != chosen->unit->dimension) return;
    if (run == chosen) {
        c.measured = true;
    } else {
        if (!c.measured) return;
        if (run->unit->id != chosen->unit->id && !c.second) c.second = run->unit;
    }
    if (run->end == run->first) { /* takes no token: whoever is there goes on with it */
        if (best[run->first].reached) best[run->first] = c;
        return;
    }
    offer(&best[run->end], &c, SCORE_UNIT * (int)(run->end - run->first));
}

/* "70 mph", "70-0 mph", "100 to 0 km/h" at token i of an attribute that is measured at speeds. */
static void cover_speed(const struct name_words *w, struct cover *best, size_t i, int attribute)
{
    size_t k = i, numbers = 0;
    if (!REGISTRY_NOTES[attribute].at_speed) return;
    while (k < w->n && numbers < 2 && w->t[k].kind == TOKEN_NUMBER) {
        numbers++;
        k++;
        if (numbers == 1 && k + 1 < w->n && strcmp(w->t[k].key, "to") == 0 && w->t[k + 1].kind == TOKEN_NUMBER) k++;
    }
    for (size_t u = 0; numbers && u < w->n_units; u++)
        if (w->units[u].first == k && w->units[u].end > k && w->units[u].unit->dimension == DIMENSION_SPEED)
            offer(&best[w->units[u].end], &best[i], 0);
}

/* The best cover of all words by this attribute and unit. */
static struct cover cover_name(const struct name_words *w, int attribute,
                               const struct unit_run *unit, int maximum)
{
    struct cover best[MAX_TOKENS + 1];
    memset(best, 0, sizeof best);
    best[0].reached = true;
    size_t run = 0;
    for (size_t i = 0; i < w->n; i++) {
        for (size_t k = 0; best[i].reached && k < w->n_units; k++)
            if (w->units[k].first == i) {
                cover_unit(best, &w->units[k], unit);
                cover_host_unit(w, best, &w->units[k], REGISTRY_NOTES[attribute].speed_of);
            }
        for (; run < w->n_runs && w->runs[run].first <= i; run++)
            if (w->runs[run].first == i && best[i].reached)
                cover_run(w, best, &w->runs[run], attribute, maximum);
        if (best[i].reached) cover_speed(w, best, i, attribute);
        if (best[i].reached && !is_code_letter(w, i))
            cover_word(&best[i], &w->t[i], attribute, i + 1 == w->n);
    }
    for (size_t k = 0; best[w->n].reached && k < w->n_units; k++)
        if (w->units[k].first == w->n) cover_unit(best, &w->units[k], unit);
    return best[w->n];
}

/* ---- candidates ---- */

struct candidates {
    int attributes[MAX_CANDIDATES];
    size_t n;
};

static void add_candidate(struct candidates *c, int attribute)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->attributes[i] == attribute) return;
    if (c->n < MAX_CANDIDATES) c->attributes[c->n++] = attribute;
}

static int implied_by(enum dimension dimension, const char *symbol)
{
    for (size_t i = 0; i < REGISTRY_IMPLIED_COUNT; i++) {
        const struct registry_implied *x = &REGISTRY_IMPLIED[i];
        if (x->dimension == dimension && (!x->unit || (symbol && strcmp(x->unit, symbol) == 0)))
            return x->attribute;
    }
    return -1;
}

static void find_candidates(struct candidates *c, const struct name_words *w, enum dimension hint)
{
    for (size_t i = 0; i < w->n_runs; i++)
        for (size_t k = 0; k < w->runs[i].n_terms; k++) {
            const struct term *term = &w->runs[i].terms[k];
            if (term->kind == TERM_ATTRIBUTE && !term->asking) add_candidate(c, term->id);
        }
    for (size_t i = 0; i < w->n_units && w->n > 1; i++)
        for (size_t a = 0; w->units[i].unit->dimension == DIMENSION_ROTATION && a < REGISTRY_COUNT; a++)
            if (REGISTRY_NOTES[a].speed_of >= 0) add_candidate(c, (int)a);
    for (size_t i = 0; i < w->n_units; i++) {
        int a = implied_by(w->units[i].unit->dimension, w->units[i].unit->symbol);
        if (a >= 0) add_candidate(c, a);
    }
    for (size_t i = 0; i < w->n; i++) {
        int a = system_of(w->t[i].key) ? implied_by(DIMENSION_CONSUMPTION, NULL) : -1;
        if (a >= 0) add_candidate(c, a);
    }
    int a = hint != DIMENSION_NONE ? implied_by(hint, NULL) : -1;
    if (a >= 0) add_candidate(c, a);
}

/* Whether a name without any of the attribute's own names stands for it. */
static bool is_implied(const struct column_reading *r, enum dimension hint)
{
    const struct unit *u = r->unit ? r->unit->unit : NULL;
    if (u) return implied_by(u->dimension, u->symbol) == r->attribute;
    if (r->cover.system && r->cover.qualifiers)
        return implied_by(DIMENSION_CONSUMPTION, NULL) == r->attribute;
    return hint != DIMENSION_NONE && r->cover.qualifiers && implied_by(hint, NULL) == r->attribute;
}

/* Whether the cover can stand; weak ones that nothing confirms are alternatives alone. */
static bool is_reading(struct column_reading *r, enum dimension hint)
{
    const struct attribute *a = &REGISTRY[r->attribute];
    if (!r->cover.reached || (r->unit && !r->cover.measured)) return false;
    if (REGISTRY_NOTES[r->attribute].speed_of >= 0) {
        /* "Power" is no engine speed, "rpm" not which one. */
        bool said = r->cover.own || r->cover.measured;
        if (!said || (!r->cover.strong && !r->cover.host)) return false;
        r->cover.strong = true;
    }
    if (r->unit) {
        if (r->unit->unit->dimension != a->dimension) return false;
        r->confirmed = true;
    } else if (hint != DIMENSION_NONE &&
               (a->type == ATTRIBUTE_NUMBER || a->dimension != DIMENSION_NONE)) {
        if (a->dimension != hint) return false;
        r->confirmed = true;
    }
    if (r->cover.named == 0) {
        if (!is_implied(r, hint)) return false;
        r->cover.strong = true;
    }
    return true;
}

static int rank(const struct column_reading *r)
{
    return r->confirmed * 2 + r->cover.strong;
}

static bool reading_better(const struct column_reading *a, const struct column_reading *b)
{
    bool a_stands = a->confirmed || a->cover.strong, b_stands = b->confirmed || b->cover.strong;
    if (a_stands != b_stands) return a_stands;
    if (a->cover.score != b->cover.score) return a->cover.score > b->cover.score;
    return rank(a) > rank(b);
}

static void add_alternative(struct column_meaning *out, int attribute)
{
    for (size_t i = 0; i < out->n_alternatives; i++)
        if (out->alternatives[i] == attribute) return;
    if (out->n_alternatives < sizeof out->alternatives / sizeof *out->alternatives)
        out->alternatives[out->n_alternatives++] = attribute;
}

/* "powertrain.horsepower" has a name; that it is a unit, too, says less. */
static bool is_bare_unit(const struct column_reading *r)
{
    return r->cover.named == 0 && r->cover.qualifiers == 0;
}

/* The best reading of each candidate; the best of all in *best. False: there is none. */
static bool read_words(const struct name_words *w, enum dimension hint, struct column_reading *best,
                       struct column_meaning *out)
{
    struct candidates c = {.n = 0};
    struct column_reading all[MAX_CANDIDATES];
    int maximum = qualifier_find("maximum");
    size_t n = 0, chosen = 0;
    find_candidates(&c, w, hint);
    for (size_t i = 0; i < c.n; i++) {
        struct column_reading found = {.attribute = -1};
        for (size_t u = 0; u <= w->n_units; u++) {
            const struct unit_run *unit = u < w->n_units ? &w->units[u] : NULL;
            if (unit && unit->unit->dimension != REGISTRY[c.attributes[i]].dimension) continue;
            struct column_reading r = {.attribute = c.attributes[i], .unit = unit};
            r.cover = cover_name(w, r.attribute, unit, maximum);
            if (!is_reading(&r, hint)) continue;
            if (found.attribute < 0 || is_bare_unit(&found) ||
                (!is_bare_unit(&r) && reading_better(&r, &found)))
                found = r;
        }
        if (found.attribute >= 0) all[n++] = found;
    }
    if (n == 0) return false;
    for (size_t i = 1; i < n; i++)
        if (reading_better(&all[i], &all[chosen]) ||
            (!reading_better(&all[chosen], &all[i]) && all[i].attribute < all[chosen].attribute))
            chosen = i;
    *best = all[chosen];
    bool stands = best->confirmed || best->cover.strong;
    for (size_t i = 0; i < n && !best->cover.strong; i++) /* two guesses are none */
        if (i != chosen && all[i].confirmed && all[i].cover.score == best->cover.score)
            stands = false;
    for (size_t i = 0; i < n; i++)
        if (!stands || (i != chosen && all[i].cover.score >= best->cover.score))
            add_alternative(out, all[i].attribute);
    return stands;
}

/* ---- the name without its unit ---- */

/* Bytes of text[0, len) without what joins a unit to it: "Leistung in [", "power_". */
static size_t trim_joiner(const char *text, size_t len)
{
    for (;;) {
        size_t before = len;
        while (len && strchr(" \t([{</_-,:;.|", text[len - 1])) len--;
        static const char *const BRACKETS[] = {"（", "【", "［", "〔", "："};
        for (size_t i = 0; i < sizeof BRACKETS / sizeof *BRACKETS; i++) {
            size_t n = strlen(BRACKETS[i]);
            if (len >= n && memcmp(text + len - n, BRACKETS[i], n) == 0) len -= n;
        }
        if (len >= 3 &&
            (memcmp(text + len - 3, " in", 3) == 0 || memcmp(text + len - 3, "_in", 3) == 0 ||
             memcmp(text + len - 3, " en", 3) == 0))
            len -= 3;
        if (len == before) return len;
    }
}

/* Where the name ends when the unit at bytes [begin, stop) is its last word; len: it is not. */
static size_t name_end(const struct name_words *w, size_t begin, size_t stop)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->t[i].begin >= stop) return w->len;
    size_t end = trim_joiner(w->name, begin);
    return end ? end : w->len;
}

/* "payload_min" are no minutes. */
static bool is_qualifier(const struct token *t)
{
    size_t n = 0;
    const struct term *terms = registry_terms_of(t, 1, false, &n);
    for (size_t i = 0; i < n; i++)
        if (terms[i].kind == TERM_QUALIFIER) return true;
    return false;
}

/* The unit of a name that is no known attribute: in brackets, or behind '_' as the last word. */
static void read_unknown(struct column_meaning *out, const struct name_words *w)
{
    for (size_t i = 0; i < w->n_units; i++) {
        const struct unit_run *u = &w->units[i];
        bool bracket = u->end == u->first || (w->t[u->first].gap & GAP_OPEN);
        bool last = u->first > 0 && u->end == w->n && !(w->t[u->end - 1].gap_end & GAP_CLOSE);
        if (bracket && u->end > u->first && !(w->t[u->end - 1].gap_end & GAP_CLOSE)) continue;
        if (!bracket && (!last || u->stop - u->begin < 2 || !strchr("_,/", w->name[u->begin - 1]) ||
                         registry_word_find(w->t[u->first].key) || is_qualifier(&w->t[u->first])))
            continue;
        out->unit = u->unit;
        out->inverse = u->unit->reciprocal;
        out->name_len = name_end(w, u->begin, u->stop);
        return;
    }
}

/* Unknown words of the name as the known ones that they misspell; false: nothing to correct. */
static bool correct_words(struct name_words *w)
{
    bool corrected = false;
    for (size_t i = 0; i < w->n; i++) {
        /* A short word alone is rather another word than a misspelled one. */
        if (w->t[i].kind != TOKEN_WORD || registry_has_word(w->t[i].key) ||
            registry_word_find(w->t[i].key) || strlen(w->t[i].key) < (w->n > 1 ? 4u : 6u))
            continue;
        const char *word = registry_similar(w->t[i].key);
        if (!word || strlen(word) >= TOKEN_KEY_MAX) continue;
        memcpy(w->t[i].key, word, strlen(word) + 1);
        corrected = true;
    }
    return corrected;
}

/* ---- abbreviations ---- */

enum { MAX_SHORT = 3, MAX_FULL = 24, MAX_TRIES = 96 };

/* A token that may stand for longer words: "svc", "Verbr.". */
struct short_word {
    size_t token, n;
    const char *full[MAX_FULL];
};

/* Of words that are written in one ("Verbrauchswerte", "potenciamaxima") and of plurals the first is
 * enough. */
static void add_full(struct short_word *s, const char *word)
{
    enum { WORD = 5 };
    for (size_t i = 0; i < s->n; i++) {
        size_t len = strlen(s->full[i]);
        if (len >= WORD && strncmp(word, s->full[i], len) == 0 &&
            strcmp(word + len, "n") != 0) /* "volume", "Volumen" */
            return;
    }
    if (s->n < MAX_FULL && strlen(word) < TOKEN_KEY_MAX) s->full[s->n++] = word;
}

/* The tokens that are a known abbreviation, or are cut: with a point behind them, or the beginning of
 * known words and no word themselves. One word alone is cut only where it shows and says enough. */
static size_t find_short_words(const struct name_words *w, struct short_word *out)
{
    size_t n = 0;
    for (size_t i = 0; i < w->n && n < MAX_SHORT; i++) {
        const struct token *t = &w->t[i];
        struct short_word s = {.token = i};
        size_t len = strlen(t->key);
        if (t->kind != TOKEN_WORD) continue;
        for (size_t k = registry_abbreviation_from(t->key);
             k < REGISTRY_ABBREVIATIONS_COUNT &&
             strcmp(REGISTRY_ABBREVIATIONS[k].key, t->key) == 0;
             k++)
            add_full(&s, REGISTRY_ABBREVIATIONS[k].word);
        bool point = t->end < w->len && w->text[t->end] == '.';
        bool known = registry_has_word(t->key) || registry_word_find(t->key);
        if (len >= (point && w->n > 1 ? 3u : 4u) && (point || (!known && w->n > 1)))
            for (size_t k = registry_spelled_from(t->key);
                 k < REGISTRY_SPELLED_COUNT && strncmp(REGISTRY_SPELLED[k], t->key, len) == 0; k++)
                if (REGISTRY_SPELLED[k][len]) add_full(&s, REGISTRY_SPELLED[k]);
        if (s.n) out[n++] = s;
    }
    return n;
}

/* Reads the name with its abbreviations written out in every way; all that can be read have to mean the
 * same attribute. */
static bool read_short_words(const struct name_words *w, enum dimension hint,
                             struct name_words *taken, struct column_reading *best)
{
    struct short_word words[MAX_SHORT];
    size_t n = find_short_words(w, words), at[MAX_SHORT] = {0}, tries = 0;
    bool found = false;
    if (n == 0) return false;
    while (tries++ < MAX_TRIES) { /* at[i] 0: as it is written */
        size_t i = 0;
        while (i < n && at[i] == words[i].n) at[i++] = 0;
        if (i == n) break;
        at[i]++;
        struct name_words one = *w;
        struct column_reading r = {.attribute = -1};
        struct column_meaning unused = {.attribute = -1};
        for (i = 0; i < n; i++)
            if (at[i]) strcpy(one.t[words[i].token].key, words[i].full[at[i] - 1]);
        one.n_runs = 0;
        find_runs(&one);
        if (!read_words(&one, hint, &r, &unused)) continue;
        if (found && r.attribute != best->attribute) return false;
        if (!found || r.cover.score > best->cover.score) {
            *taken = one;
            *best = r;
            if (r.unit) best->unit = &taken->units[r.unit - one.units];
        }
        found = true;
    }
    return found;
}

/* "(as shown on the label)", "(laut Hersteller)": where a figure comes from. The bytes before a bracket
 * at the end that says so; len: there is none. */
static size_t without_source(const struct name_words *w)
{
    static const char *const WORDS[] = {"as", "per", "see", "from", "source", "according", "via",
                                        "laut", "lt", "gemass", "nach", "siehe", "quelle", "selon",
                                        "voir", "d", "segun", "ver", "fuente"};
    for (size_t i = 1; i < w->n; i++) {
        if (!(w->t[i].gap & GAP_OPEN) || !(w->t[w->n - 1].gap_end & GAP_CLOSE)) continue;
        for (size_t k = 0; k < sizeof WORDS / sizeof *WORDS; k++)
            if (strcmp(w->t[i].key, WORDS[k]) == 0) return w->t[i - 1].end;
    }
    return w->len;
}

int registry_speed_of(int attribute)
{
    for (size_t i = 0; i < REGISTRY_COUNT && attribute >= 0; i++)
        if (REGISTRY_NOTES[i].speed_of == attribute) return (int)i;
    return -1;
}

static void take_reading(struct column_meaning *out, const struct name_words *w,
                         const struct column_reading *r)
{
    out->attribute = r->attribute;
    out->qualifiers = r->cover.qualifiers;
    if (r->unit) {
        out->unit = r->unit->unit;
        out->second_unit = r->cover.second;
        out->name_len = name_end(w, r->unit->begin, r->cover.second ? w->len : r->unit->stop);
        /* Without "rpm", "hp rpm" would be called as the power is. */
        if (r->cover.host && !r->cover.own) out->name_len = w->len;
    } else if (r->cover.term_unit) {
        out->unit = unit_by_symbol(r->cover.term_unit);
    } else if (r->cover.system && REGISTRY[r->attribute].dimension == DIMENSION_CONSUMPTION) {
        out->unit =
            unit_by_symbol(r->cover.system == SYSTEM_METRIC ? "L/100 km" : "mpg (imperial)");
    }
    out->inverse = out->unit ? out->unit->reciprocal : r->cover.inverse;
}

void registry_read_column(struct column_meaning *out, const char *name, size_t len,
                          enum dimension dimension_hint)
{
    struct name_words w = {.name = name, .len = len};
    struct column_reading best = {.attribute = -1};
    *out = (struct column_meaning){.attribute = -1, .name_len = len};
    if (len == 0 || len > MAX_NAME) return;
    copy_text(&w);
    w.n = tokens_split(w.text, len, TOKENS_IDENTIFIER, w.t, MAX_TOKENS);
    if (w.n == 0 || w.n == MAX_TOKENS) return;
    find_runs(&w);
    find_units(&w);
    bool found = read_words(&w, dimension_hint, &best, out);
    size_t named = found || out->n_alternatives ? len : without_source(&w);
    if (named < len) {
        registry_read_column(out, name, named, dimension_hint);
        if (out->attribute >= 0) return;
        *out = (struct column_meaning){.attribute = -1, .name_len = len};
    }
    if (!found && out->n_alternatives == 0) {
        struct name_words full;
        if (read_short_words(&w, dimension_hint, &full, &best)) {
            take_reading(out, &full, &best);
            return;
        }
    }
    if (!found && out->n_alternatives == 0 && correct_words(&w)) {
        w.n_runs = 0;
        find_runs(&w);
        found = read_words(&w, dimension_hint, &best, out);
    }
    if (found)
        take_reading(out, &w, &best);
    else
        read_unknown(out, &w);
}
