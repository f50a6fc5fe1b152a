#include "ingest/prose_measures.h"

#include <string.h>

static bool is_performance(const struct attribute *a)
{
    return a->dimension == DIMENSION_POWER || a->dimension == DIMENSION_TORQUE ||
           a->dimension == DIMENSION_CONSUMPTION || a->dimension == DIMENSION_EMISSION ||
           a->dimension == DIMENSION_SPEED || a->dimension == DIMENSION_TIME;
}

/* "combining a 2.0L turbo with electric motors for 375 HP" */
static bool is_combined(const struct prose_sentence *s, const struct prose_measure *m)
{
    size_t begin = prose_stretch_begin(s, m->at.first, BREAK_COMMA),
           end = prose_stretch_end(s, m->at.first, BREAK_COMMA);
    for (size_t i = begin; i < end; i++)
        if (!prose_same_level(s, i, m))
            continue;
        else if (!strncmp(s->t[i].key, "combin", 6) || prose_is(s, i, "total") ||
                 prose_is(s, i, "together") || prose_is(s, i, "system") ||
                 !strncmp(s->t[i].key, "systemleistung", 14) || prose_is(s, i, "kombiniert"))
            return true;
    return false;
}

static bool ends_in_ing(const struct prose_sentence *s, size_t i)
{
    size_t n = i < s->n ? strlen(s->t[i].key) : 0;
    return n > 4 && !strcmp(s->t[i].key + n - 3, "ing");
}

/* Whether an engine named before a figure is the one that has it: no comma between them, but for a
 * participle behind it, or an engine that the sentence is about. A range is of all engines named.
 */
static bool engine_reaches(const struct prose_sentence *s, size_t engine,
                           const struct prose_measure *m)
{
    const struct token_range *e = &s->engines[engine];
    bool range = s->parts[m->first_part].low < s->parts[m->first_part].high;
    size_t commas = 0;
    bool participle = false;
    for (size_t i = e->end; i <= m->at.first; i++) {
        if (s->marks[i].before == BREAK_CLAUSE) return false;
        if (s->marks[i].before != BREAK_COMMA) continue;
        size_t n = strlen(s->t[i].key);
        participle = n > 4 && !strcmp(s->t[i].key + n - 3, "ing");
        commas++;
    }
    if (commas == 0) return true;
    if (range) return false;
    return (commas == 1 && participle) || (e->first <= 4 && s->n_engines == 1);
}

/* "895cc, 1.1-liter, and 1.3-liter petrol engines": a range is of all of them. */
static bool is_list_end(const struct prose_sentence *s, size_t engine)
{
    const struct token_range *e = &s->engines[engine];
    size_t n = strlen(s->t[e->end - 1].key);
    return e->first > 0 && prose_has(s, e->first - 1, WORD_AND) && n > 1 &&
           s->t[e->end - 1].key[n - 1] == 's';
}

/* "With 150 hp ...": the figure begins its part of the sentence. */
static bool begins_with_figure(const struct prose_sentence *s, const struct prose_measure *m)
{
    size_t i = prose_skip_hedges_back(s, m->at.first), begin = prose_stretch_begin(s, m->at.first, BREAK_COMMA);
    return i == begin + 1 && (prose_is(s, begin, "with") || prose_is(s, begin, "mit") || prose_is(s, begin, "avec") ||
                              prose_is(s, begin, "con") || prose_is(s, begin, "at"));
}

static void find_engine(struct prose_sentence *s, struct prose_measure *m)
{
    bool range = s->parts[m->first_part].low < s->parts[m->first_part].high;
    bool own = !strcmp(REGISTRY[m->attribute].id, "displacement") ||
               !strcmp(REGISTRY[m->attribute].id, "cylinders");
    for (size_t k = s->n_engines; k-- > 0;) {
        const struct token_range *e = &s->engines[k];
        if (e->first <= m->at.first && m->at.end <= e->end) {
            m->engine = k;
            return;
        }
        size_t here = prose_stretch_begin(s, m->at.first, BREAK_COMMA);
        bool leads = here > 0 && e->first >= here && e->first <= here + 2; /* ", in the hybrid just 345 litres" */
        bool adjacent = e->end <= m->at.first && prose_skip_hedges_back(s, m->at.first) <= e->end; /* "the petrol 1,526 kg" */
        if (own || m->counted || !(is_performance(&REGISTRY[m->attribute]) || e->first <= 4 || leads || adjacent))
            continue;
        /* "With 150 hp the diesel is the weakest" */
        if (e->first == m->behind + 1 && prose_has(s, m->behind, WORD_ARTICLE) && begins_with_figure(s, m) &&
            !prose_parted(s, e->first, BREAK_COMMA) && !prose_parted(s, m->behind, BREAK_COMMA)) {
            m->engine = k;
            return;
        }
        if (e->first == m->behind && !prose_parted(s, e->first, BREAK_COMMA)) {
            m->engine = k; /* "381 hp 5.7-liter V8" */
            return;
        }
        if (e->end <= m->at.first) {
            /* one in brackets, or that was replaced, is an aside */
            bool aside = s->marks[e->first].bracket != 0 &&
                         s->marks[e->first].bracket != s->marks[m->at.first].bracket;
            for (size_t i = e->first; i < e->end; i++)
                aside = aside || (s->in_measure[i] && s->measures[s->in_measure[i] - 1].rejected);
            if (aside) continue;
            /* the "engine" of "engine oil" */
            if (m->cue != SIZE_MAX && e->first >= s->cues[m->cue].first && e->end <= s->cues[m->cue].first + s->cues[m->cue].n)
                continue;
            if (!engine_reaches(s, k, m) || (range && is_list_end(s, k))) return;
            m->engine = k;
            size_t begin = prose_stretch_begin(s, m->at.first, BREAK_COMMA);
            /* "a 2.5-liter engine producing 177 hp with two motors" is the engine's */
            bool direct = m->at.first <= e->end + 3 && ends_in_ing(s, e->end);
            if (!direct && is_combined(s, m))
                while (m->engine > 0 && s->engines[m->engine - 1].first >= begin) m->engine--;
            return;
        }
    }
}

/* The power of one motor beside others is not the vehicle's. */
static bool is_one_motor(const struct prose_sentence *s, const struct prose_measure *m)
{
    enum dimension d = REGISTRY[m->attribute].dimension;
    if ((d != DIMENSION_POWER && d != DIMENSION_TORQUE) ||
        !strcmp(REGISTRY[m->attribute].id, "charging_power"))
        return false;
    size_t begin = m->at.first, end = m->at.end;
    if (m->engine != SIZE_MAX) {
        if (s->engines[m->engine].first < begin) begin = s->engines[m->engine].first;
        if (s->engines[m->engine].end > end) end = s->engines[m->engine].end;
    }
    bool motor = false, part = false, electric = false, hybrid = false;
    for (size_t i = begin > 3 ? begin - 3 : 0; i < s->n && i < end + 3; i++) {
        if (s->marks[i].before >= BREAK_COMMA && i >= m->at.end) break;
        motor = motor || prose_is(s, i, "motor") || prose_is(s, i, "motors") ||
                prose_is(s, i, "elektromotor");
        electric = electric || prose_is(s, i, "electric") || prose_is(s, i, "elektromotor");
        part = part || prose_is(s, i, "each") || prose_is(s, i, "axle") ||
               prose_is(s, i, "achse") ||
               (prose_has(s, i, WORD_MOTOR_PART) && !prose_is(s, i, "electric") &&
                !prose_has(s, i, WORD_VEHICLE));
    }
    for (size_t i = 0; i < s->n; i++)
        hybrid = hybrid || prose_is(s, i, "hybrid") || prose_is(s, i, "engine");
    bool wheels = false; /* "one driving the front wheels (40 kW)" */
    for (size_t i = m->at.first > 4 ? m->at.first - 4 : 0; i < m->at.first; i++)
        wheels =
            wheels ||
            ((prose_is(s, i, "front") || prose_is(s, i, "rear")) &&
             (i + 1 == m->at.first || prose_is(s, i + 1, "wheels") || prose_is(s, i + 1, "axle")));
    if (wheels && s->marks[m->at.first].bracket != 0) return true;
    return motor && (part || (electric && hybrid)) && !is_combined(s, m);
}

/* "The long-range variant produces": of which version all of the statement holds, where it has no
 * name. */
static void find_subject_phrase(struct prose_sentence *s)
{
    static const char *const PLAIN[] = {"new",    "current", "original", "updated",    "facelifted",
                                        "latest", "revised", "same",     "first",      "second",
                                        "third",  "fourth",  "fifth",    "generation", "whole"};
    size_t end = 1, content = 0;
    while (end < s->n && end < 6 && s->marks[end].before == BREAK_NONE &&
           s->marks[end].bracket == 0 && !prose_is_figure(s, end) &&
           !prose_has(s, end, WORD_VARIANT | WORD_VERB)) {
        bool plain = s->t[end].upper;
        for (size_t k = 0; k < sizeof PLAIN / sizeof *PLAIN; k++)
            plain = plain || prose_is(s, end, PLAIN[k]);
        content += !plain;
        if (plain) return;
        end++;
    }
    if (content && prose_has(s, end, WORD_VARIANT) && prose_has(s, end + 1, WORD_VERB))
        s->lead = (struct token_range){0, end + 1};
}

/* "In Japan, the version has": where or when all of the statement holds. */
void prose_find_lead(struct prose_sentence *s)
{
    s->lead = (struct token_range){0, 0};
    if (prose_has(s, 0, WORD_ARTICLE)) find_subject_phrase(s);
    if (!prose_has(s, 0, WORD_PREPOSITION) || prose_has(s, 0, WORD_PER)) return;
    size_t end = 1;
    bool named = false, verb = false;
    /* German has its verb there: "Im Topmodell A 250 entwickelt" */
    bool german = prose_is(s, 0, "im") || prose_is(s, 0, "beim");
    while (end < s->n && end < 7 && !(verb = german && prose_has(s, end, WORD_VERB)) &&
           s->marks[end].before == BREAK_NONE && s->marks[end].bracket == 0 &&
           !prose_is_figure(s, end)) {
        named =
            named || (s->t[end].upper && s->t[end].kind == TOKEN_WORD) ||
            (s->t[end].kind == TOKEN_NUMBER && s->t[end].number >= 1900 && s->t[end].number < 2100);
        end++;
    }
    /* "In 2019 the car had" */
    bool year = s->n > 3 && s->t[1].kind == TOKEN_NUMBER && strlen(s->t[1].key) == 4 && s->t[1].number >= 1900 &&
                s->t[1].number < 2100 && s->marks[1].before == BREAK_NONE && !prose_is_figure(s, 1) &&
                prose_has(s, 2, WORD_ARTICLE | WORD_PRONOUN | WORD_VERB);
    if (year) s->lead = (struct token_range){0, 2};
    else if (named && end < s->n && (s->marks[end].before == BREAK_COMMA || verb))
        s->lead = (struct token_range){0, end};
}

static void find_remark(struct prose_sentence *s, struct prose_measure *m)
{
    size_t i = m->behind, end = i;
    if (i >= s->n || s->marks[i].before != BREAK_NONE || s->in_measure[i] ||
        !prose_has(s, i, WORD_PREPOSITION) || s->marks[i].bracket != s->marks[m->at.first].bracket)
        return;
    while (end < s->n && end - i < 9 && (end == i || s->marks[end].before == BREAK_NONE) &&
           !prose_is_figure(s, end) && s->marks[end].bracket == s->marks[i].bracket &&
           (end == i || !prose_has(s, end, WORD_AND) || s->t[end].upper) &&
           !(end > i + 1 && prose_has(s, end, WORD_VERB) && !prose_has(s, end, WORD_HEDGE) &&
             !s->t[end].upper))
        end++;
    if (end < s->n && prose_is_figure(s, end) && s->marks[end].before == BREAK_NONE)
        return; /* the next figure's name */
    /* "on XT and Wilderness trims" */
    if (end + 2 < s->n && prose_has(s, end, WORD_AND) && s->t[end - 1].upper &&
        s->t[end + 1].upper && prose_has(s, end + 2, WORD_VARIANT))
        end += 3;
    while (
        end > i && !s->t[end - 1].upper &&
        prose_has(s, end - 1, WORD_PREPOSITION | WORD_ARTICLE | WORD_LINK | WORD_AND | WORD_HEDGE))
        end--;
    if (end > i + 1 && !prose_is(s, end - 1, "way") && !prose_is(s, end - 1, "time") &&
        !prose_is(s, end - 1, "least"))
        m->remark = (struct token_range){i, end};
}

/* "409 horsepower and 479 lb-ft of torque in gasoline form": the remark is of both. */
static void share_remarks(struct prose_sentence *s)
{
    for (size_t k = s->n_measures; k-- > 1;) {
        struct prose_measure *m = &s->measures[k - 1];
        const struct prose_measure *next = &s->measures[k];
        if (m->counted || next->counted || m->remark.end > m->remark.first || m->attribute < 0)
            continue;
        size_t i = m->behind;
        if (prose_has(s, i, WORD_AND) && prose_skip_hedges_back(s, next->at.first) <= i + 1 &&
            next->at.first > i && next->attribute >= 0 && next->attribute != m->attribute &&
            next->engine == m->engine && s->marks[i].before == BREAK_NONE)
            m->remark = next->remark;
    }
}

/* Which families of qualifiers an attribute's figures have. */
static bool takes_family(int attribute, int qualifier)
{
    static const struct {
        const char *of; /* a qualifier of the family */
        const char *ids;
    } FAMILIES[] = {
        {"city", "fuel_consumption electric_consumption co2_emissions electric_range fuel_range"},
        {"wltp", "fuel_consumption electric_consumption co2_emissions electric_range fuel_range"},
        {"braked", "towing_capacity"},
        {"gross", "battery_capacity"},
        {"dry", "curb_weight"},
        {"filter", "oil_capacity"},
        {"seats_up", "cargo_volume"},
        {"ac", "charging_power charge_time"},
        {"front", "track overhang axle_load"},
        {"with_tax", "price"},
    };
    const char *id = REGISTRY[attribute].id;
    size_t n = strlen(id);
    for (size_t i = 0; i < sizeof FAMILIES / sizeof *FAMILIES; i++) {
        int of = qualifier_find(FAMILIES[i].of);
        if (of < 0 || QUALIFIERS[of].family != QUALIFIERS[qualifier].family) continue;
        const char *at = strstr(FAMILIES[i].ids, id);
        return at && (at[n] == ' ' || at[n] == '\0') && (at == FAMILIES[i].ids || at[-1] == ' ');
    }
    return false;
}

/* Adds the qualifiers that tokens [first, end) name, one of a family. */
static void add_qualifiers(const struct prose_sentence *s, struct prose_measure *m, size_t first,
                           size_t end)
{
    for (size_t i = first; i < end; i++) {
        if (s->t[i].kind == TOKEN_SIGN || prose_is_figure(s, i) || prose_is(s, i, "available"))
            continue;
        const struct term *terms;
        size_t n_terms = 0;
        if (registry_match(s->t + i, end - i, &terms, &n_terms) == 0) continue;
        for (size_t k = 0; k < n_terms; k++) {
            int q = terms[k].id;
            if (terms[k].kind != TERM_QUALIFIER || terms[k].code || !takes_family(m->attribute, q))
                continue;
            bool other = false;
            for (size_t b = 0; b < QUALIFIER_COUNT; b++)
                other = other ||
                        ((m->qualifiers >> b & 1) && QUALIFIERS[b].family == QUALIFIERS[q].family);
            if (!other) m->qualifiers |= 1ull << q;
            break;
        }
    }
}

/* "a braked trailer of up to 1,800 kg", "32 mpg city", "47.1 mpg on the combined cycle". */
static void find_qualifiers(const struct prose_sentence *s, struct prose_measure *m)
{
    size_t end = m->behind + 2, begin = prose_stretch_begin(s, m->at.first, BREAK_COMMA);
    size_t stop = m->at.end; /* behind the brackets of a second unit */
    while (stop < s->n && s->marks[stop].before < BREAK_COMMA &&
           s->marks[stop].bracket == s->marks[m->at.first].bracket)
        stop++;
    if (m->remark.end > m->remark.first && m->remark.end > end) end = m->remark.end;
    for (size_t i = m->at.end; i < end && i < stop; i++)
        if (prose_is_figure(s, i) || (i > m->at.end && prose_has(s, i, WORD_AND) && !s->t[i].upper))
            stop = i;
    add_qualifiers(s, m, m->at.end, end < stop ? end : stop);
    for (size_t i = m->at.first; i-- > begin;) /* not those of another figure of the kind */
        if (prose_is_figure(s, i) && s->measures[s->in_measure[i] - 1].dimension == m->dimension) {
            begin = i + 1;
            while (begin < m->at.first && !prose_has(s, begin, WORD_AND)) begin++;
            break;
        }
    add_qualifiers(s, m, begin, m->at.first);
    size_t lead = prose_stretch_end(s, 0, BREAK_COMMA); /* "En ciudad, ..." */
    for (size_t i = 0; i < lead; i++)
        if (s->in_measure[i]) return;
    if (prose_has(s, 0, WORD_PREPOSITION) && begin >= lead &&
        prose_stretch_begin(s, m->at.first, BREAK_CLAUSE) == 0)
        add_qualifiers(s, m, 0, lead);
}

/* "18/25 MPG" is of city and highway, "85/72/79 MPGe" of both and combined. */
static void read_slashes(struct prose_sentence *s, size_t k)
{
    const int kinds[] = {qualifier_find("city"), qualifier_find("highway"),
                         qualifier_find("combined")};
    size_t n = 1;
    while (k + n < s->n_measures && n < 4) {
        const struct prose_measure *a = &s->measures[k + n - 1], *b = a + 1;
        const struct value_part *p = &s->parts[a->first_part], *q = &s->parts[b->first_part];
        bool pair = a->attribute >= 0 && b->attribute == a->attribute && a->n_parts == 1 &&
                    b->n_parts == 1 && p->unit == q->unit && p->unit && p->unit->reciprocal &&
                    p->low == p->high && q->low == q->high && q->begin == p->end + 1 &&
                    s->text[p->end] == '/';
        if (!pair) break;
        n++;
    }
    if (n < 2 || n > 3 || kinds[0] < 0 || kinds[1] < 0 || kinds[2] < 0) return;
    const struct token_range remark = s->measures[k + n - 1].remark;
    for (size_t i = 0; i < n; i++) {
        s->measures[k + i].qualifiers |= 1ull << kinds[i];
        if (s->measures[k + i].remark.first == s->measures[k + i].remark.end)
            s->measures[k + i].remark = remark;
    }
}

/* "6.4 l/100 km on our test route, against an official 5.6": of several consumptions, how each was found. */
static void find_cycle(struct prose_sentence *s, struct prose_measure *m)
{
    static const char *const WORDS[] = {"official", "officially", "claimed", "test", "tested", "testverbrauch", "offiziell",
                                        "officiel"};
    size_t n = 0, begin = prose_stretch_begin(s, m->at.first, BREAK_COMMA), end = prose_stretch_end(s, m->at.first, BREAK_COMMA);
    for (size_t k = 0; k < s->n_measures; k++) n += s->measures[k].attribute == m->attribute && !s->measures[k].counted;
    if (n < 2 || m->span.end > m->span.first || m->remark.end > m->remark.first || REGISTRY[m->attribute].dimension != DIMENSION_CONSUMPTION) return;
    for (size_t i = begin; i < end; i++)
        for (size_t k = 0; k < sizeof WORDS / sizeof *WORDS; k++)
            if (prose_is(s, i, WORDS[k])) m->span = (struct token_range){i, i + 1};
}

/* "la grande, de 87 kWh, est associée à un moteur de 220 ch": of several batteries, the one named in its statement. */
static void find_battery(struct prose_sentence *s, struct prose_measure *m)
{
    static const char *const IDS[] = {"power", "torque", "electric_range", "charging_power", "curb_weight", "top_speed", "price",
                                      "acceleration_0_100", "acceleration_0_60", "charge_time"};
    int battery = registry_find("battery_capacity");
    const struct prose_measure *own = NULL;
    size_t batteries = 0, here = 0, begin = prose_stretch_begin(s, m->at.first, BREAK_CLAUSE);
    bool of = false;
    for (size_t k = 0; k < sizeof IDS / sizeof *IDS; k++) of = of || !strcmp(REGISTRY[m->attribute].id, IDS[k]);
    if (!of || m->span.end > m->span.first) return;
    for (size_t k = 0; k < s->n_measures; k++) {
        const struct prose_measure *b = &s->measures[k];
        if (b->attribute != battery || b->rejected) continue;
        batteries++;
        if (b->at.first < begin || b->at.end > m->at.first) continue;
        own = b;
        here++;
    }
    if (batteries > 1 && here == 1) m->span = own->at;
}

void prose_find_details(struct prose_sentence *s)
{
    for (size_t k = 0; k < s->n_measures; k++) {
        struct prose_measure *m = &s->measures[k];
        if (m->attribute < 0) continue;
        find_engine(s, m);
        find_remark(s, m);
        find_battery(s, m);
        find_cycle(s, m);
        if (is_one_motor(s, m)) m->attribute = -1;
    }
    share_remarks(s);
    for (size_t k = 0; k + 1 < s->n_measures; k++)
        if (s->measures[k].qualifiers == 0) read_slashes(s, k);
    for (size_t k = 0; k < s->n_measures; k++)
        if (s->measures[k].attribute >= 0 && !s->measures[k].counted)
            find_qualifiers(s, &s->measures[k]);
}
