#include "ingest/prose_measures.h"

#include <string.h>

/* ---- figures that are not the vehicle's own ---- */

static bool multibyte(const struct token *t)
{
    return t->end - t->begin > strlen(t->key);
}

/* Words of `classes` between tokens [first, end) that are of no figure and no aside to m. */
static bool any_word(const struct prose_sentence *s, const struct prose_measure *m, size_t first,
                     size_t end, uint32_t classes)
{
    for (size_t i = first; i < end; i++)
        if (!s->in_measure[i] && prose_same_level(s, i, m) && prose_has(s, i, classes)) return true;
    return false;
}

/* "50 hp more", "440 pounds lighter", "15 mm of extra": a difference. */
static bool difference_behind(const struct prose_sentence *s, const struct prose_measure *m)
{
    for (size_t i = m->at.end; i < s->n && i < m->at.end + 4; i++) {
        if (s->marks[i].before != BREAK_NONE ||
            s->marks[i].bracket != s->marks[m->at.end - 1].bracket || s->in_measure[i])
            return false;
        if (prose_has(s, i, WORD_MORE)) return true;
        if ((prose_is(s, i, "de") || prose_is(s, i, "d")) &&
            (prose_is(s, i + 1, "plus") || prose_is(s, i + 1, "moins")))
            return true;
        if (prose_has(s, i, WORD_VERB | WORD_AND) ||
            (prose_has(s, i, WORD_PREPOSITION) && !prose_has(s, i, WORD_LINK)))
            return false;
    }
    return false;
}

/* "another 15 mm", "gained 5 horsepower", "by 50 mm": a difference. */
static bool difference_before(const struct prose_sentence *s, const struct prose_measure *m)
{
    size_t i = m->at.first;
    bool displacement = prose_is_displacement(&s->parts[m->first_part]);
    while (i > 0 && s->marks[i].before < BREAK_COMMA && !s->in_measure[i - 1] &&
           prose_has(s, i - 1, WORD_HEDGE) && !prose_has(s, i - 1, WORD_ADDED))
        i--;
    if (i == 0 || s->marks[i].before >= BREAK_COMMA || !prose_has(s, i - 1, WORD_ADDED))
        return false;
    if (displacement && prose_is(s, i - 1, "by")) return false;
    return true;
}

/* "than 300 hp", "instead of 300 hp", "compared with the GT's 300 hp", up to a comma; but "more
 * than 300 hp" is a bound. */
static bool instead_before(const struct prose_sentence *s, const struct prose_measure *m)
{
    size_t begin = prose_stretch_begin(s, m->at.first, BREAK_COMMA);
    for (size_t i = m->at.first; i-- > begin;) {
        if (s->in_measure[i] || !prose_same_level(s, i, m) || !prose_has(s, i, WORD_INSTEAD))
            continue;
        bool bound = (prose_is(s, i, "than") || prose_is(s, i, "als") || prose_is(s, i, "que")) &&
                     i > 0 && prose_has(s, i - 1, WORD_HEDGE) &&
                     prose_skip_hedges_back(s, m->at.first) <= i + 1 &&
                     !(i >= 2 && s->in_measure[i - 2]);
        if (bound) continue;
        if (prose_is(s, i, "que")) { /* "más que", but not "que entrega" */
            bool more = false;
            for (size_t k = i; k-- > 0 && i - k < 4;)
                more = more || prose_has(s, k, WORD_MORE | WORD_HEDGE);
            if (!more) continue;
        }
        if (prose_is(s, i, "replaced") && prose_is(s, i + 1, "by")) continue;
        bool own = false; /* "against an official 5.6 l/100 km": of the same */
        for (size_t k = i + 1; k < m->at.first; k++)
            own = own || prose_is(s, k, "official") || prose_is(s, k, "claimed") || prose_is(s, k, "quoted") ||
                  prose_is(s, k, "wltp") || prose_is(s, k, "nedc") || prose_is(s, k, "offiziell") || prose_is(s, k, "officiel");
        if (own && prose_skip_hedges_back(s, m->at.first) <= i + 3 && !prose_is(s, i, "than")) continue;
        return true;
    }
    return false;
}

/* Cuts a range "A to B" to its B; false: it is not written so. */
static bool keep_last(struct prose_sentence *s, struct value_part *p, enum number_style style)
{
    static const char *const JOINS[] = {" to ", " auf ", " bis ", " \u00e0 ", " a ", " hasta "};
    for (size_t at = p->begin; at < p->end; at++)
        for (size_t k = 0; k < sizeof JOINS / sizeof *JOINS; k++) {
            size_t n = strlen(JOINS[k]);
            if (p->end - at <= n || memcmp(s->text + at, JOINS[k], n) != 0) continue;
            struct value_part last;
            size_t begin = at + n;
            if (value_scan(s->text + begin, p->end - begin, style, &last, 1) != 1 ||
                last.low != last.high)
                return false;
            p->low = last.low;
            p->high = last.high;
            p->end = begin + last.end;
            p->begin = begin + last.begin;
            return true;
        }
    return false;
}

/* Of "up from A to B" and "increased from A to B" the first figure is a former one: rejected, or
 * cut away where one part holds both. */
static bool former_before(struct prose_sentence *s, struct prose_measure *m,
                          enum number_style style)
{
    size_t i = prose_skip_hedges_back(s, m->at.first);
    struct value_part *p = &s->parts[m->first_part];
    bool range = p->low < p->high;
    size_t from = i;
    static const char *const FROM[] = {"from", "von", "de", "desde"};
    bool preposition = false;
    for (size_t k = 0; k < sizeof FROM / sizeof *FROM; k++)
        preposition = preposition || (i > 0 && prose_is(s, i - 1, FROM[k]));
    if (preposition)
        from = i - 1;
    else if (!range)
        return false;
    size_t begin = prose_stretch_begin(s, from, BREAK_COMMA);
    if (from > begin + 4) begin = from - 4;
    if (!any_word(s, m, begin, from, WORD_CHANGE)) return false;
    if (!range) return true;
    if (m->n_parts != 1) return true;
    return !keep_last(s, p, style);
}

/* "The 2.5L was replaced by", "discontinuation of the V8": no longer so. */
static bool ended(const struct prose_sentence *s, const struct prose_measure *m)
{
    size_t begin = prose_stretch_begin(s, m->at.first, BREAK_COMMA);
    for (size_t i = m->at.first, back = 0; i-- > begin && back < 8; back++) {
        if (prose_has(s, i, WORD_ENDED) || prose_is(s, i, "replacement")) return true;
        /* "discontinuation of the old in favor of the new" */
        if (prose_is(s, i, "favor") || prose_is(s, i, "favour") || prose_is(s, i, "with") ||
            prose_is(s, i, "by"))
            break;
    }
    for (size_t i = m->at.end; i < s->n && i < m->at.end + 8; i++) {
        if (prose_parted(s, i, BREAK_COMMA) ||
            (s->marks[i].bracket != s->marks[m->at.first].bracket && s->marks[i].bracket != 0))
            break;
        if (s->marks[i].bracket == 0 && s->marks[m->at.first].bracket != 0 &&
            s->marks[i - 1].bracket != 0 && m->at.end < i)
            break; /* "(106 kWh net) on the" */
        if (prose_has(s, i, WORD_ENDED)) return true;
        if (prose_is(s, i, "remplace") || prose_is(s, i, "remplacee") ||
            prose_is(s, i, "sustituido") || prose_is(s, i, "ersetzt"))
            return true;
        if (prose_is(s, i, "replaced") &&
            (prose_is(s, i - 1, "was") || prose_is(s, i - 1, "were") ||
             prose_is(s, i - 1, "been") || prose_is(s, i - 1, "being")))
            return true;
    }
    return false;
}

/* "drop 100 pounds to 13,900": no range, unless it says from. */
static bool is_doubtful_range(const struct prose_sentence *s, const struct prose_measure *m,
                              enum number_style style)
{
    const struct value_part *p = &s->parts[m->first_part];
    double first = 0;
    size_t used = 0;
    if (p->low < p->high &&
        number_parse(s->text + p->begin, p->end - p->begin, style, &first, &used) &&
        first == p->high)
        return true; /* "150 hp to 121 hp": a change */
    if (p->low <= 0 || p->high <= 6 * p->low) return false;
    size_t i = prose_skip_hedges_back(s, m->at.first);
    return i == 0 ||
           !(prose_is(s, i - 1, "from") || prose_is(s, i - 1, "von") || prose_is(s, i - 1, "de") ||
             prose_is(s, i - 1, "desde") || prose_has(s, i, WORD_HEDGE));
}

/* "The 100 HP was": a name. */
static bool is_name(const struct prose_sentence *s, const struct prose_measure *m)
{
    size_t i = m->at.first;
    if (m->attached || m->counted || i == 0 || !prose_has(s, i - 1, WORD_ARTICLE)) return false;
    return m->at.end < s->n && s->marks[m->at.end].before == BREAK_NONE &&
           prose_has(s, m->at.end, WORD_VERB);
}

/* Denied, planned, or only thought of. */
static bool unreal(const struct prose_sentence *s, const struct prose_measure *m)
{
    size_t i = m->at.first;
    size_t begin = prose_stretch_begin(s, i, BREAK_COMMA), end = 0;
    for (size_t k = begin; k < i; k++) {
        if (s->in_measure[k] || !prose_same_level(s, k, m) || !prose_has(s, k, WORD_NEGATION))
            continue;
        if (prose_is(s, k + 1, "only") || prose_is(s, k + 1, "nur") ||
            prose_is(s, k + 1, "seulement"))
            continue;
        return true;
    }
    begin = prose_stretch_begin(s, i, BREAK_CLAUSE);
    end = prose_stretch_end(s, m->at.first, BREAK_CLAUSE);
    for (size_t k = begin; k < end; k++) {
        if (s->in_measure[k] || !prose_same_level(s, k, m)) continue;
        bool allowed = prose_is(s, k, "may") && (prose_is(s, k + 1, "tow") ||
                                                 prose_is(s, k + 1, "pull") ||
                                                 prose_is(s, k + 1, "carry"));
        if (prose_has(s, k, WORD_UNREAL) && !allowed && !(s->t[k].upper && prose_is(s, k, "may")))
            return true;
        if (s->t[k].kind == TOKEN_WORD && multibyte(&s->t[k]) &&
            (!strncmp(s->t[k].key, "wurd", 4) || !strncmp(s->t[k].key, "konnt", 5)))
            return true; /* würde, könnte; wurde and konnte are facts */
    }
    return false;
}

/* Words of vehicles that "the car" does not cover. */
static bool is_vehicle_word(const struct prose_sentence *s, size_t i)
{
    static const char *const WORDS[] = {"one",    "ones",     "flagship", "tourer",  "example", "racer",   "minivan",  "carrier",
                                        "mpv",    "roader",   "trailer",  "caravan", "machine", "cruiser", "supermini", "runabout",
                                        "chassis", "bike",    "body",     "bodywork", "lot",    "whole",   "car",      "outfit",
                                        "combination", "rig", "streetfighter", "naked", "enduro", "bobber", "horsebox", "boat",
                                        "conversion", "coachbuilt", "alcove", "profile", "test", "range", "line", "entry"};
    if (prose_has(s, i, WORD_VEHICLE | WORD_VARIANT | WORD_ENGINE | WORD_GEARBOX | WORD_GENERATION | WORD_PRONOUN | WORD_NO_NAME))
        return true;
    for (size_t k = 0; k < sizeof WORDS / sizeof *WORDS; k++)
        if (prose_is(s, i, WORDS[k])) return true;
    return false;
}

/* "The tester weighed 95 kg", "A set of winter tyres costs 900 euros": the clause is about a thing that is no vehicle
 * and not what the figure is called. English: elsewhere all nouns have capitals, or none is told by its place. */
bool prose_is_of_other_thing(const struct prose_sentence *s, const struct prose_measure *m)
{
    static const char *const IDS[] = {"curb_weight", "price", "length", "width", "height"};
    bool asked = false;
    for (size_t k = 0; k < sizeof IDS / sizeof *IDS; k++) asked = asked || !strcmp(REGISTRY[m->attribute].id, IDS[k]);
    size_t begin = prose_stretch_begin(s, m->at.first, BREAK_CLAUSE), verb = begin;
    while (verb < m->at.first && !(prose_has(s, verb, WORD_VERB) && !prose_has(s, verb, WORD_ARTICLE) && !s->in_measure[verb])) verb++;
    if (!asked || verb >= m->at.first || verb < begin + 2 || s->marks[verb].before != BREAK_NONE) return false;
    size_t noun = verb - 1;
    const struct token *t = &s->t[noun];
    if (t->kind != TOKEN_WORD || t->upper || s->in_measure[noun] || is_vehicle_word(s, noun)) return false;
    if (prose_has(s, noun, WORD_ARTICLE | WORD_VERB | WORD_PREPOSITION | WORD_AND | WORD_LINK | WORD_HEDGE | WORD_NEGATION |
                               WORD_UNREAL | WORD_CHANGE | WORD_FORMER))
        return false;
    size_t len = strlen(t->key);
    if (len > 4 && !strcmp(t->key + len - 2, "ly")) return false; /* an adverb */
    for (size_t c = 0; c < s->n_cues; c++)
        if (s->cues[c].first <= noun && noun < s->cues[c].first + s->cues[c].n && s->cues[c].attribute == m->attribute) return false;
    for (size_t i = noun, back = 0; i-- > begin && back < 4; back++) {
        if (s->marks[i + 1].before != BREAK_NONE || s->t[i].upper || is_vehicle_word(s, i)) return i == 0 && prose_has(s, i, WORD_ARTICLE);
        if (prose_has(s, i, WORD_ARTICLE) || prose_is(s, i, "of")) return true;
        if (prose_has(s, i, WORD_VERB | WORD_PREPOSITION | WORD_AND)) return false;
    }
    return false;
}

/* "The tank still held 12 litres": what is left. */
static bool is_rest(const struct prose_sentence *s, const struct prose_measure *m)
{
    if (m->dimension != DIMENSION_VOLUME && m->dimension != DIMENSION_LENGTH) return false;
    size_t begin = prose_stretch_begin(s, m->at.first, BREAK_COMMA);
    for (size_t i = begin; i < m->at.first; i++)
        if (prose_is(s, i, "still") && !(i > begin && !strncmp(s->t[i - 1].key, "st", 2))) return true; /* but "stood still" */
    for (size_t i = m->at.end; i < s->n && i < m->at.end + 3 && s->marks[i].before == BREAK_NONE; i++)
        if (prose_is(s, i, "left") || prose_is(s, i, "remaining")) return true;
    return false;
}

/* "6.4 l/100 km was the average on our test route": of driving, not of vehicles. */
static bool is_average_of_use(const struct prose_sentence *s, size_t i)
{
    static const char *const USE[] = {"test", "route", "drive", "trip", "journey", "week", "miles", "our", "we", "tested"};
    if (!prose_is(s, i, "average")) return false;
    for (size_t k = i; k < s->n && k < i + 6; k++)
        for (size_t w = 0; w < sizeof USE / sizeof *USE; w++)
            if (prose_is(s, k, USE[w])) return true;
    return false;
}

void prose_reject_measures(struct prose_sentence *s, enum number_style style)
{
    for (size_t k = 0; k < s->n_measures; k++) {
        struct prose_measure *m = &s->measures[k];
        size_t begin = prose_stretch_begin(s, m->at.first, BREAK_COMMA);
        m->rejected = difference_behind(s, m) || difference_before(s, m) || instead_before(s, m) ||
                      unreal(s, m) || ended(s, m) || is_name(s, m) || is_rest(s, m) ||
                      any_word(s, m, begin, m->at.first, WORD_FORMER | WORD_FLEET) ||
                      former_before(s, m, style) || is_doubtful_range(s, m, style);
        size_t end = prose_stretch_end(s, m->at.first, BREAK_COMMA);
        bool used = m->dimension == DIMENSION_CONSUMPTION || m->dimension == DIMENSION_ELECTRIC_CONSUMPTION;
        for (size_t i = m->at.end; i < end && i < m->at.end + 4; i++)
            if (!s->in_measure[i] && prose_has(s, i, WORD_FLEET) && !prose_is(s, i, "sold") &&
                !(used && is_average_of_use(s, i)))
                m->rejected = true;
    }
}
