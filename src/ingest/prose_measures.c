#include "ingest/prose_measures.h"

#include <string.h>

bool prose_has(const struct prose_sentence *s, size_t i, uint32_t classes)
{
    return i < s->n && (s->words[i] & classes) != 0;
}

bool prose_is(const struct prose_sentence *s, size_t i, const char *key)
{
    return i < s->n && s->t[i].kind != TOKEN_SIGN && !strcmp(s->t[i].key, key);
}

bool prose_is_any(const struct prose_sentence *s, size_t i, const char *const *words, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (prose_is(s, i, words[k])) return true;
    return false;
}

bool prose_is_figure(const struct prose_sentence *s, size_t i)
{
    if (!s->in_measure[i]) return false;
    const struct prose_measure *m = &s->measures[s->in_measure[i] - 1];
    return m->counted ? m->at.end - m->at.first > 2 : s->parts[m->first_part].unit != NULL;
}

bool prose_parted(const struct prose_sentence *s, size_t i, enum clause_break at_least)
{
    return i > 0 && i < s->n && s->marks[i].before >= at_least;
}

bool prose_same_level(const struct prose_sentence *s, size_t i, const struct prose_measure *m)
{
    return s->marks[i].bracket == s->marks[m->at.first].bracket;
}

/* Asides in brackets are passed over; from inside brackets the stretch does not lead out. */
size_t prose_stretch_begin(const struct prose_sentence *s, size_t i, enum clause_break at_least)
{
    uint16_t bracket = s->marks[i].bracket;
    while (i > 0 && s->marks[i].before < at_least) {
        size_t k = i - 1;
        while (k > 0 && s->marks[k].bracket > bracket) k--;
        if (s->marks[k].bracket != bracket) break;
        i = k;
    }
    return i;
}

size_t prose_stretch_end(const struct prose_sentence *s, size_t i, enum clause_break at_least)
{
    if (i >= s->n) return s->n;
    uint16_t bracket = s->marks[i].bracket;
    for (i++; i < s->n; i++) {
        if (s->marks[i].bracket > bracket) continue;
        if (s->marks[i].bracket < bracket || s->marks[i].before >= at_least) break;
    }
    return i;
}

size_t prose_skip_hedges_back(const struct prose_sentence *s, size_t i)
{
    while (i > 0 && s->marks[i].before < BREAK_COLON &&
           s->marks[i - 1].bracket == s->marks[i].bracket && s->in_measure[i - 1] == 0 &&
           prose_has(s, i - 1, WORD_HEDGE | WORD_ARTICLE))
        i--;
    return i;
}

/* The tokens that bytes [begin, end) of the sentence touch, from token `from` on. */
static struct token_range range_of(const struct prose_sentence *s, size_t from, size_t begin,
                                   size_t end)
{
    while (from < s->n && s->t[from].end <= begin) from++;
    size_t last = from;
    while (last < s->n && s->t[last].begin < end) last++;
    return (struct token_range){from, last};
}

static void mark_measure(struct prose_sentence *s, const struct prose_measure *m, size_t number)
{
    for (size_t i = m->at.first; i < m->at.end && i < s->n; i++)
        s->in_measure[i] = (uint8_t)(number + 1);
}

/* Whether the unit is glued or hyphenated to its number, as an adjective: "8.4-inch", "2.5L". A
 * plain "136PS" is not meant: nothing stands behind it as a noun. */
static bool is_attached(const struct prose_sentence *s, struct token_range at)
{
    for (size_t i = at.first + 1; i < at.end; i++)
        if (s->t[i - 1].kind == TOKEN_NUMBER && s->t[i].kind == TOKEN_WORD &&
            s->t[i].gap == GAP_HYPHEN)
            return true;
    return false;
}

/* "7,1 litros cada 100 kilómetros": a consumption, where the units' own spellings do not say it. */
static void read_rates(struct prose_sentence *s)
{
    static const char *const JOINS[] = {" cada ", " par ",   " pour ", " por ",
                                        " per ",  " every ", " pro ",  " je "};
    const struct unit *rate = unit_by_symbol("L/100 km");
    size_t kept = 0;
    for (size_t i = 0; i < s->n_parts; i++) {
        struct value_part *p = &s->parts[i];
        const struct value_part *next = p + 1;
        size_t gap = i + 1 < s->n_parts && next->begin > p->end ? next->begin - p->end : 0;
        bool joined = false;
        for (size_t k = 0; gap && k < sizeof JOINS / sizeof *JOINS; k++)
            joined =
                joined || (strlen(JOINS[k]) == gap && !memcmp(s->text + p->end, JOINS[k], gap));
        bool litres = p->unit && !strcmp(p->unit->symbol, "L");
        if (joined && litres && next->unit && !strcmp(next->unit->symbol, "km") &&
            next->low == 100 && rate) {
            p->unit = rate;
            p->end = next->end;
            s->parts[kept++] = *p;
            i++;
            continue;
        }
        s->parts[kept++] = *p;
    }
    s->n_parts = kept;
}

/* "costs 2,450 pounds", "82,350 pounds." alone: money, where a word of prices stands in the sentence and none
 * of weights, or nothing at all. */
static bool speaks_of_money(const struct prose_sentence *s)
{
    static const char *const MONEY[] = {"price", "prices", "priced", "cost", "costs", "costing", "list", "msrp", "retails",
                                        "sells", "charged", "fee", "charge", "extra", "option", "rate", "paid"};
    static const char *const MASS[] = {"weigh", "weighs", "weight", "weighing", "mass", "tow", "tows", "towing", "payload",
                                       "carry", "carries", "haul", "hauls", "trailer", "heavier", "lighter", "load",
                                       "gvwr", "torque", "thrust", "pull", "pulls"};
    size_t others = 0;
    bool money = false;
    for (size_t i = 0; i < s->n; i++) {
        for (size_t k = 0; k < sizeof MASS / sizeof *MASS; k++)
            if (prose_is(s, i, MASS[k])) return false;
        for (size_t k = 0; k < sizeof MONEY / sizeof *MONEY; k++) money |= prose_is(s, i, MONEY[k]);
        others += s->t[i].kind == TOKEN_WORD && !prose_is(s, i, "pounds") && !prose_has(s, i, WORD_HEDGE);
    }
    const struct value_part *last = s->n_parts ? &s->parts[s->n_parts - 1] : NULL;
    bool ends = last && last->high >= 1000 && last->end + 1 >= s->len; /* in a text with prices in pounds */
    return money || others == 0 || (s->sterling && ends);
}

static void find_pounds_of_money(struct prose_sentence *s)
{
    const struct unit *sterling = unit_by_symbol("\u00a3");
    for (size_t i = 0; i < s->n_parts; i++) {
        struct value_part *p = &s->parts[i];
        size_t word = p->end >= 6 ? p->end - 6 : 0;
        if (p->unit && strcmp(p->unit->symbol, "lb") == 0 && p->high >= 10 && p->end - p->begin > 6 &&
            strncasecmp(s->text + word, "pounds", 6) == 0 && speaks_of_money(s))
            p->unit = sterling;
    }
}

void prose_find_measures(struct prose_sentence *s, enum number_style style)
{
    s->n_parts = value_scan(s->text, s->len, style, s->parts, PROSE_MAX_PARTS);
    if (s->n_parts) { /* the stop of the sentence is no unit's */
        struct value_part *last = &s->parts[s->n_parts - 1];
        if (last->end == s->len && s->text[s->len - 1] == '.') last->end--;
    }
    for (size_t i = 0; i < s->n_parts; i++) /* "RS 4.0" is no price in rupees */
        if (s->parts[i].unit && s->parts[i].unit->before &&
            !strncmp(s->text + s->parts[i].begin, "RS", 2))
            s->parts[i].unit = NULL;
    read_rates(s);
    find_pounds_of_money(s);
    size_t from = 0;
    s->n_measures = 0;
    for (size_t i = 0; i < s->n_parts;) {
        size_t end = i + 1;
        while (end < s->n_parts && s->parts[end].group == s->parts[i].group) end++;
        struct prose_measure m = {.first_part = i,
                                  .n_parts = end - i,
                                  .attribute = -1,
                                  .cue = SIZE_MAX,
                                  .engine = SIZE_MAX};
        m.at = range_of(s, from, s->parts[i].begin, s->parts[end - 1].end);
        from = m.at.first;
        m.dimension = s->parts[i].unit ? s->parts[i].unit->dimension : DIMENSION_NONE;
        if (m.at.first < m.at.end) {
            m.attached = is_attached(s, m.at);
            m.behind = m.at.end;
            mark_measure(s, &m, s->n_measures);
            s->measures[s->n_measures++] = m;
        }
        i = end;
    }
}

/* A number of things gets a part of its own; one that value_scan saw as a bare number is taken
 * over. */
static void add_count(struct prose_sentence *s, size_t first, size_t end, int attribute,
                      double value)
{
    size_t number = s->in_measure[first];
    struct prose_measure m = {.n_parts = 1,
                              .attribute = attribute,
                              .cue = SIZE_MAX,
                              .engine = SIZE_MAX,
                              .counted = true,
                              .at = {first, end},
                              .behind = end,
                              .dimension = DIMENSION_COUNT};
    struct value_part part = {
        .low = value, .high = value, .begin = s->t[first].begin, .end = s->t[end - 1].end};
    if (number) {
        struct prose_measure *old = &s->measures[number - 1];
        if (old->dimension != DIMENSION_NONE || old->n_parts != 1 || old->counted) return;
        const struct value_part *p = &s->parts[old->first_part];
        if (p->unit) return;
        part.low = p->low;
        part.high = p->high;
        part.begin = p->begin < part.begin ? p->begin : part.begin;
        m.first_part = old->first_part;
        m.at.first = old->at.first;
        s->parts[m.first_part] = part;
        *old = m;
        mark_measure(s, old, number - 1);
        return;
    }
    if (s->n_parts == PROSE_MAX_PARTS || s->n_measures == PROSE_MAX_PARTS) return;
    part.group = s->n_parts ? s->parts[s->n_parts - 1].group + 1 : 0;
    m.first_part = s->n_parts;
    s->parts[s->n_parts++] = part;
    mark_measure(s, &m, s->n_measures);
    s->measures[s->n_measures++] = m;
}

/* Whether a gearbox follows: a "two-speed transfer case" is none. */
static bool names_gearbox(const struct prose_sentence *s, size_t i)
{
    for (size_t k = i; k < s->n && k < i + 4; k++) {
        if (s->marks[k].before != BREAK_NONE) return false;
        if (prose_has(s, k, WORD_GEARBOX)) return true;
        if (prose_is(s, k, "transfer")) return false;
    }
    return false;
}

/* The value of token i as a count. */
static bool count_value(const struct prose_sentence *s, size_t i, enum number_style style,
                        double *value)
{
    const struct token *t = &s->t[i];
    if (t->kind == TOKEN_NUMBER) {
        size_t used = 0;
        return number_parse(s->text + t->begin, t->end - t->begin, style, value, &used) &&
               used == t->end - t->begin && *value > 0 && *value < 1e9 &&
               *value == (double)(long)*value;
    }
    return t->kind == TOKEN_WORD && prose_number_word(t->key, value);
}

void prose_find_counts(struct prose_sentence *s, const struct prose_lexicon *lex,
                       enum number_style style)
{
    int cylinders = registry_find("cylinders"), seats = registry_find("seats");
    for (size_t i = 0; i < s->n; i++) {
        double value = 0, next = 0;
        size_t used = 0;
        /* "seats seven", "seating for five" */
        if (seats >= 0 && (prose_is(s, i, "seats") || prose_is(s, i, "seating") ||
                           prose_is(s, i, "accommodates"))) {
            size_t at = i + 1 + (prose_is(s, i + 1, "for") || prose_is(s, i + 1, "up"));
            while (at < s->n && at < i + 4 && prose_has(s, at, WORD_HEDGE) &&
                   !count_value(s, at, style, &value))
                at++;
            bool bare = at < s->n && s->in_measure[at] && !prose_is_figure(s, at);
            if (at < s->n && (s->in_measure[at] == 0 || bare) && s->marks[at].before == BREAK_NONE &&
                count_value(s, at, style, &value) && value >= 1 && value < 100 &&
                prose_count_noun(lex, s->t + at + 1, s->n - at - 1, &used) < 0) {
                add_count(s, at, at + 1, seats, value);
                i = at;
                continue;
            }
        }
        /* "V6", "inline-six", "flat-four", "straight-six" */
        bool layout = s->t[i].kind == TOKEN_WORD && i + 1 < s->n &&
                      (!strcmp(s->t[i].key, "v") || !strcmp(s->t[i].key, "w") ||
                       !strcmp(s->t[i].key, "i") || !strcmp(s->t[i].key, "inline") ||
                       !strcmp(s->t[i].key, "straight") || !strcmp(s->t[i].key, "flat"));
        if (layout && cylinders >= 0 &&
            (s->t[i + 1].gap == GAP_NONE || s->t[i + 1].gap == GAP_HYPHEN) &&
            (s->t[i].upper || s->t[i + 1].gap == GAP_HYPHEN) &&
            count_value(s, i + 1, style, &value) && value >= 2 && value <= 16) {
            bool letter = s->t[i].key[1] == '\0'; /* "V6", but not "I5 5" or "W124" */
            bool code = i + 2 < s->n && s->t[i + 2].gap == GAP_NONE &&
                        s->t[i + 2].kind == TOKEN_WORD && !prose_is(s, i + 2, "s"); /* "V2L" */
            bool like = i + 2 < s->n && s->t[i + 2].gap == GAP_HYPHEN &&
                        s->t[i + 2].kind == TOKEN_WORD &&
                        !prose_has(s, i + 2, WORD_ENGINE | WORD_VARIANT); /* "V8-like" */
            if (!code && !like && (!letter || s->t[i + 1].kind == TOKEN_NUMBER))
                add_count(s, i, i + 2, cylinders, value);
            i++;
            continue;
        }
        if (s->in_measure[i] && s->measures[s->in_measure[i] - 1].dimension != DIMENSION_NONE)
            continue;
        if (!count_value(s, i, style, &value)) continue;
        size_t noun = i + 1;
        if (noun >= s->n || s->marks[noun].before != BREAK_NONE ||
            s->marks[noun].bracket != s->marks[i].bracket)
            continue;
        if (i > 0 && s->t[i].gap == GAP_NONE) continue; /* "J300 units" */
        int attribute = prose_count_noun(lex, s->t + noun, s->n - noun, &used);
        if (attribute < 0 ||
            (prose_has(s, noun, WORD_VERB) && used == 1 && s->t[noun].gap != GAP_HYPHEN &&
             noun + 1 < s->n && s->marks[noun + 1].before == BREAK_NONE &&
             count_value(s, noun + 1, style, &next)))
            continue; /* "the 110 seats seven" */
        if (!strcmp(s->t[noun].key, "speed") && !names_gearbox(s, noun + 1)) continue;
        /* "a shift toward four-door SUVs" is of others */
        size_t behind = noun + used, plural = behind < s->n ? strlen(s->t[behind].key) : 0;
        if (s->t[noun].gap == GAP_HYPHEN && prose_has(s, behind, WORD_VEHICLE) && plural > 3 &&
            s->t[behind].key[plural - 1] == 's' && !prose_is(s, behind, "models"))
            continue;
        bool built = REGISTRY[attribute].high > 1000;
        if (built ? value < 2 : value < 1 || value > 99) continue;
        size_t end = noun + used; /* "8,613 cars", not "8,613 cars were built" */
        for (size_t k = noun + 1; k < end; k++)
            if (prose_has(s, k, WORD_LINK)) end = k;
        add_count(s, i, end, attribute, value);
        /* "three and five-door": the members before it are of the same noun */
        if (i >= 2 && prose_has(s, i - 1, WORD_AND) && s->in_measure[i - 2] == 0 &&
            count_value(s, i - 2, style, &value) && value <= 99 && !built)
            add_count(s, i - 2, i - 1, attribute, value);
        i = noun + used - 1;
    }
}

/* "3,8 Litern Diesel", "2 litres of petrol": fuel. */
static bool is_fuel(const struct prose_sentence *s, const struct prose_measure *m)
{
    size_t i = m->at.end, unit = m->at.end - 1;
    if (!prose_is(s, unit, "litern") && !prose_is(s, unit, "litres") &&
        !prose_is(s, unit, "liters"))
        return false;
    if (prose_is(s, i, "of")) i++;
    static const char *const FUELS[] = {"diesel", "petrol", "gasoline",   "fuel",
                                        "benzin", "super",  "kraftstoff", "sprit"};
    for (size_t k = 0; k < sizeof FUELS / sizeof *FUELS; k++)
        if (prose_is(s, i, FUELS[k])) return !prose_has(s, i + 1, WORD_ENGINE);
    return false;
}

bool prose_is_displacement(const struct value_part *p)
{
    if (!p->unit || p->unit->dimension != DIMENSION_VOLUME) return false;
    double litres = unit_to_base(p->high, p->unit);
    return litres >= 0.04 && litres <= 10 && strncmp(p->unit->symbol, "gal", 3) != 0 &&
           strncmp(p->unit->symbol, "qt", 2) != 0 && strcmp(p->unit->symbol, "m\u00b3") != 0;
}

/* Whether token i can be part of an engine's name: "HEMI", "3F-E", "S54", "naturally". */
static bool is_engine_word(const struct prose_sentence *s, size_t i)
{
    if (i > 0 && s->t[i].gap == GAP_HYPHEN && prose_has(s, i - 1, WORD_ENGINE) &&
        s->t[i].kind == TOKEN_WORD)
        return true;
    if (s->in_measure[i] && s->parts[s->measures[s->in_measure[i] - 1].first_part].unit)
        return false;
    if (prose_has(s, i, WORD_ENGINE)) return true;
    if (prose_has(s, i,
                  WORD_VERB | WORD_LINK | WORD_AND | WORD_PREPOSITION | WORD_VARIANT |
                      WORD_ARTICLE))
        return false;
    return s->in_measure[i] || s->t[i].upper || s->t[i].kind == TOKEN_NUMBER;
}

/* A word that alone makes a phrase an engine's. */
static bool is_engine_head(const struct prose_sentence *s, size_t i)
{
    double value;
    return (prose_has(s, i, WORD_ENGINE) && s->t[i].key[1] &&
            !prose_number_word(s->t[i].key, &value)) ||
           (s->in_measure[i] && s->measures[s->in_measure[i] - 1].counted &&
            !strcmp(REGISTRY[s->measures[s->in_measure[i] - 1].attribute].id, "cylinders"));
}

/* "full hybrid", "naturally aspirated", "direct-injection": inside a phrase alone. */
static bool is_engine_adjective(const struct prose_sentence *s, size_t i)
{
    static const char *const WORDS[] = {"full",       "mild",   "tri",      "quad",
                                        "direct",     "fuel",   "injected", "injection",
                                        "sequential", "common", "rail"};
    for (size_t k = 0; k < sizeof WORDS / sizeof *WORDS; k++)
        if (prose_is(s, i, WORDS[k]))
            return prose_has(s, i + 1, WORD_ENGINE) || prose_has(s, i + 2, WORD_ENGINE);
    return false;
}

static bool apart(const struct prose_sentence *s, size_t i)
{
    return s->marks[i].before != BREAK_NONE || s->marks[i].bracket != s->marks[i - 1].bracket;
}

void prose_find_engines(struct prose_sentence *s)
{
    s->n_engines = 0;
    for (size_t i = 0; i < s->n && s->n_engines < PROSE_MAX_ENGINES; i++) {
        size_t m = s->in_measure[i];
        bool size = m && !s->measures[m - 1].counted && !is_fuel(s, &s->measures[m - 1]) &&
                    prose_is_displacement(&s->parts[s->measures[m - 1].first_part]);
        if (!size && !prose_has(s, i, WORD_ENGINE) && !is_engine_head(s, i)) continue;
        size_t end = size ? s->measures[m - 1].at.end : i, head_end = 0;
        while (end < s->n && end - i < 12 && (end == i || !apart(s, end))) {
            size_t inner = s->in_measure[end];
            if (inner && !size && !s->measures[inner - 1].counted &&
                prose_is_displacement(&s->parts[s->measures[inner - 1].first_part])) {
                size = true; /* "supercharged 6.2L HEMI V8" */
                end = s->measures[inner - 1].at.end;
                continue;
            }
            if (!is_engine_word(s, end) && !is_engine_adjective(s, end) &&
                !(end + 1 < s->n && s->t[end + 1].gap == GAP_HYPHEN &&
                  prose_has(s, end + 1, WORD_ENGINE)))
                break;
            end++;
            if (is_engine_head(s, end - 1) || (head_end && prose_has(s, end - 1, WORD_ENGINE)))
                head_end = end;
        }
        if (!head_end) {
            if (size) i = s->measures[m - 1].at.end - 1;
            continue;
        }
        size_t first = i; /* "supercharged 6.2L", "tri-motor": what qualifies it before it */
        while (first > 0 && i - first < 4 && !apart(s, first) && s->in_measure[first - 1] == 0 &&
               (prose_has(s, first - 1, WORD_ENGINE) || s->t[first].gap == GAP_HYPHEN))
            first--;
        /* "T8 Twin Engine plug-in hybrid": its name */
        for (size_t steps = 0;
             !size && first > 0 && steps < 3 && !apart(s, first) && s->in_measure[first - 1] == 0;
             steps++) {
            const struct token *before = &s->t[first - 1];
            bool glued =
                before->kind == TOKEN_WORD && before->gap == GAP_NONE && first > 1; /* "4xe" */
            bool name = (before->upper && first > 1) || glued ||
                        (before->kind == TOKEN_NUMBER && s->t[first].gap != GAP_HYPHEN);
            if (!name || s->text[before->end] == '\'' ||
                prose_has(s, first - 1, WORD_ARTICLE | WORD_PREPOSITION))
                break;
            first--;
        }
        if (s->n_engines && s->engines[s->n_engines - 1].end > first) first = i;
        s->engines[s->n_engines++] = (struct token_range){first, head_end};
        i = head_end - 1;
    }
}
