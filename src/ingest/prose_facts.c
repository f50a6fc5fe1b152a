#include "ingest/prose_facts.h"

#include "ingest/prose_measures.h"

#include <math.h>
#include <string.h>

enum { TOO_FAR = 1000 };

static bool is_figure(const struct prose_sentence *s, size_t i)
{
    if (!s->in_measure[i]) return false;
    const struct prose_measure *m = &s->measures[s->in_measure[i] - 1];
    return m->counted ? m->at.end - m->at.first > 2 : s->parts[m->first_part].unit != NULL;
}

/* ---- acceleration: a time beside a speed ---- */

/* The attribute of a time from rest to this speed; -1: none known. Bare numbers: "0-60". */
static int acceleration_to(const struct value_part *p)
{
    double speed = p->high;
    if (p->unit && p->unit->dimension != DIMENSION_SPEED) return -1;
    bool miles = p->unit ? strcmp(p->unit->symbol, "mph") == 0 : speed < 99;
    if (miles) return speed == 60    ? prose_attribute_find("acceleration_0_60")
                      : speed == 62  ? prose_attribute_find("acceleration_0_100")
                      : speed == 100 ? prose_attribute_find("acceleration_0_100_mph")
                                     : -1;
    return speed == 100   ? prose_attribute_find("acceleration_0_100")
           : speed == 50  ? prose_attribute_find("acceleration_0_50")
           : speed == 200 ? prose_attribute_find("acceleration_0_200")
                          : -1;
}

static bool key_is(const struct prose_sentence *s, size_t i, const char *key)
{
    return i < s->n && s->t[i].kind != TOKEN_SIGN && !strcmp(s->t[i].key, key);
}

/* Whether the speed begins at a standstill: "0-62 mph", "from rest to 60", or "62 mph comes up in". */
static bool from_rest(const struct prose_sentence *s, const struct prose_measure *m, bool *said)
{
    const struct value_part *p = &s->parts[m->first_part];
    *said = p->low == 0 && p->high > 0;
    if (*said) return true;
    if (p->low != p->high) return false;
    for (size_t i = m->at.first, back = 0; i-- > 0 && back < 3; back++) {
        if (s->marks[i + 1].before >= BREAK_COMMA) break;
        if (s->in_measure[i] && s->parts[s->measures[s->in_measure[i] - 1].first_part].unit) break;
        if (key_is(s, i, "0") || key_is(s, i, "zero") || key_is(s, i, "rest") || key_is(s, i, "null") ||
            key_is(s, i, "standstill")) {
            *said = true;
            return true;
        }
        if (s->t[i].kind == TOKEN_NUMBER) return false; /* "30-50 mph" */
    }
    return true;
}

static bool is_seconds(const struct prose_sentence *s, const struct prose_measure *m)
{
    const struct value_part *p = &s->parts[m->first_part];
    return m->dimension == DIMENSION_TIME && p->unit && unit_to_base(1, p->unit) == 1;
}

/* Whether tokens [first, end) let a speed and its time belong together: no comma, no other figure. */
static bool near_enough(const struct prose_sentence *s, size_t first, size_t end, bool *in)
{
    *in = false;
    if (end < first || end - first > 6) return false;
    for (size_t i = first; i <= end && i < s->n; i++) {
        if (s->marks[i].before == BREAK_CLAUSE || s->marks[i].before == BREAK_COMMA) return false;
        if (i == end) break;
        if (s->in_measure[i]) return false;
        *in = *in || key_is(s, i, "in") || key_is(s, i, "takes") || key_is(s, i, "en") || key_is(s, i, "to") ||
              key_is(s, i, "auf") || key_is(s, i, "needs") || key_is(s, i, "for") || key_is(s, i, "a");
    }
    return true;
}

/* "the zero-to-60 mph acceleration at 4.7 seconds": the speed is no figure of its own. */
static int spelled_acceleration(const struct prose_sentence *s, const struct prose_measure *time)
{
    for (size_t i = time->at.first, back = 0; i-- > 2 && back < 7; back++) {
        if (s->marks[i + 1].before >= BREAK_COMMA || (s->in_measure[i] && s->parts[s->measures[s->in_measure[i] - 1].first_part].unit))
            return -1;
        bool start = key_is(s, i - 2, "zero") || key_is(s, i - 2, "null") || key_is(s, i - 2, "cero");
        if (s->t[i].kind != TOKEN_NUMBER || !start) continue;
        if (s->t[i].number == 60) return prose_attribute_find("acceleration_0_60");
        if (s->t[i].number == 62 || s->t[i].number == 100) return prose_attribute_find("acceleration_0_100");
    }
    return -1;
}

static void bind_accelerations(struct prose_sentence *s)
{
    for (size_t k = 0; k < s->n_measures; k++) {
        struct prose_measure *time = &s->measures[k];
        if (!is_seconds(s, time) || time->attribute >= 0) continue;
        for (size_t side = 0; side < 2 && time->attribute < 0; side++) {
            /* measures are in the order of the text, but counts stand at the end */
            struct prose_measure *speed = side ? (k + 1 < s->n_measures ? time + 1 : NULL)
                                               : (k > 0 ? time - 1 : NULL);
            if (!speed || (speed->dimension != DIMENSION_SPEED && speed->dimension != DIMENSION_NONE))
                continue;
            bool in = false, said = false;
            if (!(side ? near_enough(s, time->at.end, speed->at.first, &in)
                       : near_enough(s, speed->at.end, time->at.first, &in)))
                continue;
            int attribute = acceleration_to(&s->parts[speed->first_part]);
            if (attribute < 0 || !from_rest(s, speed, &said)) continue;
            if (!said && (!in || !s->parts[speed->first_part].unit)) continue;
            time->attribute = attribute;
            speed->rejected = true;
        }
        if (time->attribute < 0) time->attribute = spelled_acceleration(s, time);
    }
}

/* ---- cues ---- */

static bool fits(const struct prose_sentence *s, const struct prose_measure *m, int attribute)
{
    const struct attribute *a = prose_attribute(attribute);
    if (a->role != ROLE_NONE || a->type != ATTRIBUTE_NUMBER) return false;
    if (a->dimension != m->dimension) return false;
    const struct value_part *p = &s->parts[m->first_part];
    if (a->dimension == DIMENSION_TIME && !a->unit) return p->unit && unit_to_base(1, p->unit) >= 86400; /* a warranty */
    if (a->dimension == DIMENSION_LENGTH && !a->unit) return p->unit && unit_to_base(p->low, p->unit) >= 1e9; /* 1,000 km */
    if (a->low == a->high) return true;
    const struct unit *canonical = prose_canonical_unit(s->lex, attribute);
    double low = p->low, high = p->high;
    if (canonical && p->unit && canonical->dimension != DIMENSION_MONEY &&
        (!unit_convert(p->low, p->unit, canonical, &low) || !unit_convert(p->high, p->unit, canonical, &high)))
        return false;
    if (low > high) {
        double swap = low;
        low = high;
        high = swap;
    }
    return low >= a->low && high <= a->high;
}

/* "bed length", "tyre width": a size of something on the vehicle, by a word that is no known name. */
static bool is_part_of_name(const struct prose_sentence *s, const struct prose_cue *c)
{
    enum dimension d = prose_attribute(c->attribute)->dimension;
    if ((d != DIMENSION_LENGTH && d != DIMENSION_MASS) || c->first == 0) return false;
    if (strstr(prose_attribute(c->attribute)->id, "range")) return false;
    size_t i = c->first;
    if (s->marks[i].before != BREAK_NONE || s->marks[i].bracket != s->marks[i - 1].bracket || s->in_measure[i - 1])
        return false;
    if (prose_has(s, i, WORD_VERB)) return false;
    return !prose_has(s, i - 1, WORD_ARTICLE | WORD_LINK | WORD_HEDGE | WORD_AND | WORD_PREPOSITION | WORD_VERB |
                                    WORD_VEHICLE | WORD_PRONOUN | WORD_MORE | WORD_CHANGE) &&
           strcmp(s->t[i - 1].key, "overall") != 0 && strcmp(s->t[i - 1].key, "exterior") != 0 &&
           !s->t[i - 1].upper;
}

/* Tokens between a cue and its figure, weighed; TOO_FAR: they are not each other's. */
static size_t distance_before(const struct prose_sentence *s, const struct prose_cue *c,
                              const struct prose_measure *m)
{
    size_t cost = 0, content = 0;
    size_t end = c->first + c->n;
    if (end > m->at.first || m->attached) return TOO_FAR;
    uint16_t bracket = s->marks[c->first].bracket, own = s->marks[m->at.first].bracket;
    if (bracket != own && (bracket != 0 || m->at.first - end > 1)) return TOO_FAR;
    if (c->n == 1 && is_part_of_name(s, c)) return TOO_FAR;
    for (size_t i = end; i <= m->at.first; i++) {
        if (s->marks[i].bracket != bracket && s->marks[i].bracket != own) continue; /* an aside */
        if (s->marks[i].before == BREAK_CLAUSE) return TOO_FAR;
        if (s->marks[i].before == BREAK_COMMA) return TOO_FAR;
        if (i == m->at.first) break;
        if (s->in_measure[i]) {
            const struct prose_measure *other = &s->measures[s->in_measure[i] - 1];
            bool passed = other->dimension == m->dimension ? other->rejected
                                                           : other->attached || other->counted ||
                                                                 other->dimension == DIMENSION_NONE ||
                                                                 !prose_attribute(c->attribute)->unit;
            if (!passed) return TOO_FAR;
            continue;
        }
        if (prose_has(s, i, WORD_HEDGE | WORD_LINK | WORD_ARTICLE | WORD_CHANGE)) continue;
        if (prose_has(s, i, WORD_AND)) cost += 4;
        content++;
        cost += 2;
    }
    return content > 3 || cost > 8 ? TOO_FAR : cost + 1;
}

static bool is_of(const struct prose_sentence *s, size_t i)
{
    return key_is(s, i, "of") || key_is(s, i, "de") || key_is(s, i, "d") || key_is(s, i, "in") ||
           key_is(s, i, "en");
}

static size_t distance_behind(const struct prose_sentence *s, const struct prose_cue *c,
                              const struct prose_measure *m)
{
    if (c->first < m->at.end) return TOO_FAR;
    size_t content = 0, cost = is_of(s, m->at.end) ? 0 : 1;
    for (size_t i = m->at.end; i <= c->first; i++) {
        if (s->marks[i].before != BREAK_NONE) return TOO_FAR;
        /* the brackets of a second unit close before it */
        if (i > m->at.end && s->marks[i].bracket != s->marks[i - 1].bracket) return TOO_FAR;
        if (i == m->at.end && s->marks[i].bracket != s->marks[m->at.first].bracket) return TOO_FAR;
        if (i == c->first) break;
        if (s->in_measure[i] || prose_has(s, i, WORD_AND | WORD_VERB)) return TOO_FAR;
        if ((i == m->at.end && is_of(s, i)) || (prose_has(s, i, WORD_HEDGE) && !prose_has(s, i, WORD_MORE))) continue;
        if (prose_has(s, i, WORD_PREPOSITION | WORD_ARTICLE)) return TOO_FAR;
        content++;
    }
    if (content > 2) return TOO_FAR;
    return key_is(s, m->at.end, "of") ? 0 : cost + 2 * content; /* what it is of is said */
}

/* Whether "of" or "de" behind the figure names something that is no known attribute: "13 inches of
 * wheel travel". */
static bool of_something_else(const struct prose_sentence *s, const struct prose_measure *m)
{
    size_t i = m->at.end;
    if (!key_is(s, i, "of") || prose_parted(s, i, BREAK_COMMA) || key_is(s, i + 1, "co")) return false;
    for (size_t c = 0; c < s->n_cues; c++) {
        if (s->cues[c].first >= i && s->cues[c].first <= i + 3 && fits(s, m, s->cues[c].attribute)) return false;
    }
    return true;
}

/* Whether the cue is another figure's: one right before or behind it, on its other side. */
static bool is_claimed(const struct prose_sentence *s, size_t cue, const struct prose_measure *m)
{
    for (size_t k = 0; k < s->n_measures; k++) {
        const struct prose_measure *other = &s->measures[k];
        if (other == m) break; /* those behind it are not bound yet */
        if (other->cue != SIZE_MAX && s->cues[other->cue].first == cue && cue >= other->at.end && cue < m->at.first)
            return true;
    }
    return false;
}

/* A range beside a tank is one on fuel. */
static bool speaks_of_a_tank(const struct prose_sentence *s)
{
    int tank = prose_attribute_find("fuel_tank_capacity");
    for (size_t c = 0; c < s->n_cues; c++)
        if (s->cues[c].attribute == tank) return true;
    return false;
}

static void bind_by_cue(struct prose_sentence *s, struct prose_measure *m)
{
    size_t best = TOO_FAR, best_cue = SIZE_MAX;
    bool tie = false, other = of_something_else(s, m);
    for (size_t c = 0; c < s->n_cues; c++) {
        const struct prose_cue *cue = &s->cues[c];
        if (!fits(s, m, cue->attribute) || !strncmp(prose_attribute(cue->attribute)->id, "acceleration_", 13)) continue;
        size_t cost = TOO_FAR;
        bool taken = is_claimed(s, cue->first, m);
        if ((cue->sides & CUE_BEFORE) && !other && !taken) cost = distance_before(s, cue, m);
        if ((cue->sides & CUE_AFTER) && !taken) {
            size_t behind = distance_behind(s, cue, m);
            if (behind < cost) cost = behind;
        }
        if (cost == TOO_FAR || cost > best) continue;
        bool same_words = best_cue != SIZE_MAX && s->cues[best_cue].first == cue->first;
        if (cost == best && same_words) {
            if (cue->n <= s->cues[best_cue].n) continue; /* the tables' own order, or less said */
        } else if (cost == best && s->cues[best_cue].attribute != cue->attribute) {
            tie = true;
            continue;
        }
        if (cost < best) tie = false;
        best = cost;
        best_cue = c;
    }
    if (best_cue == SIZE_MAX || tie) return;
    const struct prose_cue *cue = &s->cues[best_cue];
    m->attribute = cue->attribute;
    if (!strcmp(prose_attribute(m->attribute)->id, "electric_range") && speaks_of_a_tank(s) &&
        prose_attribute_find("fuel_range") >= 0)
        m->attribute = prose_attribute_find("fuel_range");
    m->qualifiers = cue->qualifiers;
    m->inverse = cue->inverse;
    m->cue = best_cue;
    if (cue->first >= m->at.end) m->behind = cue->first + cue->n;
}

/* ---- by the unit alone ---- */

/* Words of charging beside a power in kW: "takes 100 kW at a rapid charger". */
static bool speaks_of_charging(const struct prose_sentence *s, const struct prose_measure *m)
{
    const struct unit *u = s->parts[m->first_part].unit;
    if (!u || strcmp(u->symbol, "kW") != 0) return false;
    for (size_t i = m->at.first, back = 0; i-- > 0 && back < 4; back++) {
        if (prose_parted(s, i + 1, BREAK_COMMA) || s->in_measure[i] || prose_has(s, i, WORD_AND)) break;
        if (prose_has(s, i, WORD_CHARGE)) return true;
    }
    for (size_t i = m->at.end; i < s->n && i < m->at.end + 4; i++) {
        if (prose_parted(s, i, BREAK_COMMA) || s->in_measure[i] || prose_has(s, i, WORD_AND)) break;
        if (prose_has(s, i, WORD_CHARGE)) return true;
    }
    return false;
}

/* "a 350 kW charger" is the station's. */
static bool is_a_station(const struct prose_sentence *s, const struct prose_measure *m)
{
    size_t i = m->at.end;
    return !prose_parted(s, i, BREAK_COMMA) &&
           (key_is(s, i, "charger") || key_is(s, i, "chargers") || key_is(s, i, "wallbox") || key_is(s, i, "ladestation") || key_is(s, i, "borne") ||
            key_is(s, i, "cargador") || key_is(s, i, "station"));
}

/* Whether a known volume follows: "a 9.5-litre tank". */
static bool volume_behind(const struct prose_sentence *s, const struct prose_measure *m)
{
    int displacement = prose_attribute_find("displacement");
    for (size_t c = 0; c < s->n_cues; c++)
        if ((s->cues[c].sides & CUE_AFTER) && s->cues[c].attribute != displacement &&
            prose_attribute(s->cues[c].attribute)->dimension == DIMENSION_VOLUME && s->cues[c].first >= m->at.end &&
            s->cues[c].first <= m->at.end + 2)
            return true;
    return false;
}

static bool names_a_displacement(const struct prose_sentence *s, const struct prose_measure *m)
{
    const struct value_part *p = &s->parts[m->first_part];
    if (!p->unit || p->unit->dimension != DIMENSION_VOLUME) return false;
    double litres = unit_to_base(p->high, p->unit);
    if (litres < 0.04 || litres > 30) return false;
    for (size_t k = 0; k < s->n_engines; k++)
        if (s->engines[k].first <= m->at.first && m->at.end <= s->engines[k].end) return true;
    if (!strcmp(p->unit->symbol, "cc") || !strcmp(p->unit->symbol, "cm\u00b3")) return true;
    if (strcmp(p->unit->symbol, "L") != 0 || litres < 0.5) return false;
    bool decimal = p->low != floor(p->low);
    for (size_t i = p->begin; i < p->end; i++) decimal = decimal || s->text[i] == '.';
    if (m->attached && decimal && litres <= 8.5 && !volume_behind(s, m)) return true;
    /* "petrol engines from 1.0 to 1.6 liters", "a 2.5L" */
    size_t begin = prose_stretch_begin(s, m->at.first, BREAK_COMMA);
    if (litres <= 9)
        for (size_t i = m->at.first, back = 0; i-- > begin && back < 8; back++) {
            if (prose_has(s, i, WORD_ENGINE) && s->t[i].key[1]) return true;
            if (s->in_measure[i] && s->measures[s->in_measure[i] - 1].dimension == DIMENSION_VOLUME) break;
            if (prose_has(s, i, WORD_VERB) && !prose_has(s, i, WORD_LINK)) break;
        }
    /* "2.2-liter or 2.5-liter flat-four": as the next of the list */
    size_t next = m->at.end + prose_has(s, m->at.end, WORD_AND);
    if (next < s->n && s->in_measure[next] && (next > m->at.end || prose_parted(s, next, BREAK_COMMA)) &&
        s->measures[s->in_measure[next] - 1].at.first == next &&
        s->measures[s->in_measure[next] - 1].dimension == DIMENSION_VOLUME && litres <= 9)
        for (size_t k = 0; k < s->n_engines; k++)
            if (s->engines[k].first <= next && next < s->engines[k].end) return true;
    return litres <= 9 && m->at.end - m->at.first >= 2 && s->t[m->at.end - 1].gap == GAP_NONE &&
           s->text[s->t[m->at.end - 1].begin] == 'L' && !is_of(s, m->at.end);
}

/* Power or torque of something on the vehicle: a generator, an amplifier, a wheel nut. */
static bool is_of_equipment(const struct prose_sentence *s, const struct prose_measure *m)
{
    if (m->dimension != DIMENSION_POWER && m->dimension != DIMENSION_TORQUE) return false;
    static const char *const WORDS[] = {"generator", "inverter", "outlet", "outlets", "socket", "amplifier", "speaker",
                                        "speakers", "stereo", "audio", "heater", "winch", "alternator", "solar", "nut",
                                        "nuts", "bolt", "bolts", "lug", "screw", "screws", "tighten", "steckdose",
                                        "lautsprecher", "radmuttern", "radschrauben", "prise", "enchufe", "altavoces"};
    /* in the figure's own part of the sentence, or in its first */
    size_t begin = prose_stretch_begin(s, m->at.first, BREAK_COMMA), end = prose_stretch_end(s, m->at.end - 1, BREAK_COMMA);
    size_t head = prose_stretch_end(s, 0, BREAK_COMMA);
    for (size_t i = 0; i < end; i = i + 1 == head && begin > head ? begin : i + 1)
        for (size_t k = 0; s->t[i].kind == TOKEN_WORD && k < sizeof WORDS / sizeof *WORDS; k++)
            if (!strcmp(s->t[i].key, WORDS[k])) return true;
    return false;
}

static void bind_by_unit(struct prose_sentence *s, struct prose_measure *m)
{
    const char *id = NULL;
    switch (m->dimension) {
    case DIMENSION_POWER:
        if (!speaks_of_charging(s, m)) id = "power";
        else if (!is_a_station(s, m)) id = "charging_power";
        break;
    case DIMENSION_TORQUE: id = "torque"; break;
    case DIMENSION_EMISSION: id = "co2_emissions"; break;
    case DIMENSION_CONSUMPTION: id = "fuel_consumption"; break;
    case DIMENSION_ELECTRIC_CONSUMPTION: id = "electric_consumption"; break;
    case DIMENSION_ENERGY: id = "battery_capacity"; break;
    case DIMENSION_VOLUME: id = names_a_displacement(s, m) ? "displacement" : NULL; break;
    default: break;
    }
    int attribute = id ? prose_attribute_find(id) : -1;
    if (attribute < 0 || !fits(s, m, attribute)) return;
    if (of_something_else(s, m)) return;
    m->attribute = attribute;
}

/* A price that stands alone: "From GBP 29,400 excluding VAT." */
static void bind_lone_price(struct prose_sentence *s, struct prose_measure *m)
{
    int price = prose_attribute_find("price");
    if (price < 0 || m->dimension != DIMENSION_MONEY || !fits(s, m, price)) return;
    size_t content = 0;
    for (size_t i = 0; i < s->n; i++)
        if (!s->in_measure[i] && !prose_has(s, i, WORD_HEDGE | WORD_LINK | WORD_PREPOSITION) &&
            strcmp(s->t[i].key, "vat") != 0 && strcmp(s->t[i].key, "mwst") != 0 &&
            strcmp(s->t[i].key, "road") != 0)
            content++;
    if (content == 0) m->attribute = price;
}

/* ---- what belongs to a bound figure ---- */

/* The next figure of a list has the same attribute: "8.7 inches on regular models and 9.5 inches on
 * the Wilderness", "32.5 cubic feet, expanding to 75.7". */
static void bind_chain(struct prose_sentence *s, size_t k)
{
    struct prose_measure *m = &s->measures[k];
    const struct prose_measure *before = NULL;
    for (size_t i = k; i-- > 0 && !before;)
        if (s->measures[i].dimension == m->dimension && !s->measures[i].counted) before = &s->measures[i];
    if (!before || before->attribute < 0 || before->rejected || !fits(s, m, before->attribute)) return;
    size_t gap = m->at.first - before->at.end;
    if (m->at.first < before->at.end || gap > 9) return;
    size_t i = prose_skip_hedges_back(s, m->at.first);
    bool joined = i == before->at.end || s->marks[m->at.first].bracket != s->marks[before->at.end - 1].bracket ||
                  (i > 0 && prose_has(s, i - 1, WORD_AND | WORD_CHANGE)) ||
                  (i > 1 && prose_has(s, i - 2, WORD_CHANGE)) || s->marks[i].before == BREAK_COMMA;
    for (size_t j = before->at.end; j < m->at.first; j++)
        if (s->in_measure[j] || s->marks[j].before == BREAK_CLAUSE) joined = false;
    if (!joined || of_something_else(s, m)) return;
    m->attribute = before->attribute;
    m->qualifiers = 0;
    m->inverse = before->inverse;
}

static bool is_performance(const struct attribute *a)
{
    return a->dimension == DIMENSION_POWER || a->dimension == DIMENSION_TORQUE ||
           a->dimension == DIMENSION_CONSUMPTION || a->dimension == DIMENSION_EMISSION ||
           a->dimension == DIMENSION_SPEED || a->dimension == DIMENSION_TIME;
}

/* "combining a 2.0L turbo with electric motors for 375 HP" */
static bool is_combined(const struct prose_sentence *s, const struct prose_measure *m)
{
    size_t begin = prose_stretch_begin(s, m->at.first, BREAK_COMMA), end = prose_stretch_end(s, m->at.end - 1, BREAK_COMMA);
    for (size_t i = begin; i < end; i++)
        if (!strncmp(s->t[i].key, "combin", 6) || key_is(s, i, "total") || key_is(s, i, "together") ||
            key_is(s, i, "system") || !strncmp(s->t[i].key, "systemleistung", 14) || key_is(s, i, "kombiniert"))
            return true;
    return false;
}

/* Whether an engine named before a figure is the one that has it: no comma between them, but for a
 * participle behind it, or an engine that the sentence is about. A range is of all engines named. */
static bool engine_reaches(const struct prose_sentence *s, size_t engine, const struct prose_measure *m)
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
    return e->first > 0 && prose_has(s, e->first - 1, WORD_AND) && n > 1 && s->t[e->end - 1].key[n - 1] == 's';
}

static void find_engine(struct prose_sentence *s, struct prose_measure *m)
{
    bool range = s->parts[m->first_part].low < s->parts[m->first_part].high;
    bool own = !strcmp(prose_attribute(m->attribute)->id, "displacement") ||
               !strcmp(prose_attribute(m->attribute)->id, "cylinders");
    for (size_t k = s->n_engines; k-- > 0;) {
        const struct token_range *e = &s->engines[k];
        if (e->first <= m->at.first && m->at.end <= e->end) {
            m->engine = k;
            return;
        }
        if (own || m->counted || !(is_performance(prose_attribute(m->attribute)) || e->first <= 4)) continue;
        if (e->first == m->behind && !prose_parted(s, e->first, BREAK_COMMA)) {
            m->engine = k; /* "381 hp 5.7-liter V8" */
            return;
        }
        if (e->end <= m->at.first) {
            /* one in brackets, or that was replaced, is an aside */
            bool aside = s->marks[e->first].bracket != 0 && s->marks[e->first].bracket != s->marks[m->at.first].bracket;
            for (size_t i = e->first; i < e->end; i++)
                aside = aside || (s->in_measure[i] && s->measures[s->in_measure[i] - 1].rejected);
            if (aside) continue;
            if (!engine_reaches(s, k, m) || (range && is_list_end(s, k))) return;
            m->engine = k;
            size_t begin = prose_stretch_begin(s, m->at.first, BREAK_COMMA);
            if (is_combined(s, m))
                while (m->engine > 0 && s->engines[m->engine - 1].first >= begin) m->engine--;
            return;
        }
    }
}

/* The power of one motor beside others is not the vehicle's. */
static bool is_one_motor(const struct prose_sentence *s, const struct prose_measure *m)
{
    enum dimension d = prose_attribute(m->attribute)->dimension;
    if ((d != DIMENSION_POWER && d != DIMENSION_TORQUE) || !strcmp(prose_attribute(m->attribute)->id, "charging_power"))
        return false;
    size_t begin = m->at.first, end = m->at.end;
    if (m->engine != SIZE_MAX) {
        if (s->engines[m->engine].first < begin) begin = s->engines[m->engine].first;
        if (s->engines[m->engine].end > end) end = s->engines[m->engine].end;
    }
    bool motor = false, part = false, electric = false, hybrid = false;
    for (size_t i = begin > 3 ? begin - 3 : 0; i < s->n && i < end + 3; i++) {
        if (s->marks[i].before >= BREAK_COMMA && i >= m->at.end) break;
        motor = motor || key_is(s, i, "motor") || key_is(s, i, "motors") || key_is(s, i, "elektromotor");
        electric = electric || key_is(s, i, "electric") || key_is(s, i, "elektromotor");
        part = part || key_is(s, i, "each") || key_is(s, i, "axle") || key_is(s, i, "achse") ||
               (prose_has(s, i, WORD_MOTOR_PART) && !key_is(s, i, "electric") && !prose_has(s, i, WORD_VEHICLE));
    }
    for (size_t i = 0; i < s->n; i++) hybrid = hybrid || key_is(s, i, "hybrid") || key_is(s, i, "engine");
    return motor && (part || (electric && hybrid)) && !is_combined(s, m);
}

/* "In Japan, the version has": where or when all of the statement holds. */
static void find_lead(struct prose_sentence *s)
{
    s->lead = (struct token_range){0, 0};
    if (!prose_has(s, 0, WORD_PREPOSITION) || prose_has(s, 0, WORD_PER)) return;
    size_t end = 1;
    bool named = false, verb = false;
    /* German has its verb there: "Im Topmodell A 250 entwickelt" */
    bool german = key_is(s, 0, "im") || key_is(s, 0, "beim");
    while (end < s->n && end < 7 && !(verb = german && prose_has(s, end, WORD_VERB)) && s->marks[end].before == BREAK_NONE && s->marks[end].bracket == 0 && !is_figure(s, end)) {
        named = named || (s->t[end].upper && s->t[end].kind == TOKEN_WORD) ||
                (s->t[end].kind == TOKEN_NUMBER && s->t[end].number >= 1900 && s->t[end].number < 2100);
        end++;
    }
    if (named && end < s->n && (s->marks[end].before == BREAK_COMMA || verb)) s->lead = (struct token_range){0, end};
}

static void find_remark(struct prose_sentence *s, struct prose_measure *m)
{
    size_t i = m->behind, end = i;
    if (i >= s->n || s->marks[i].before != BREAK_NONE || s->in_measure[i] ||
        !prose_has(s, i, WORD_PREPOSITION) || s->marks[i].bracket != s->marks[m->at.first].bracket)
        return;
    while (end < s->n && end - i < 9 && (end == i || s->marks[end].before == BREAK_NONE) && !is_figure(s, end) &&
           s->marks[end].bracket == s->marks[i].bracket &&
           (end == i || !prose_has(s, end, WORD_AND) || s->t[end].upper) &&
           !(end > i + 1 && prose_has(s, end, WORD_VERB) && !prose_has(s, end, WORD_HEDGE) && !s->t[end].upper))
        end++;
    if (end < s->n && is_figure(s, end) && s->marks[end].before == BREAK_NONE) return; /* the next figure's name */
    /* "on XT and Wilderness trims" */
    if (end + 2 < s->n && prose_has(s, end, WORD_AND) && s->t[end - 1].upper && s->t[end + 1].upper &&
        prose_has(s, end + 2, WORD_VARIANT))
        end += 3;
    while (end > i && !s->t[end - 1].upper &&
           prose_has(s, end - 1, WORD_PREPOSITION | WORD_ARTICLE | WORD_LINK | WORD_AND | WORD_HEDGE))
        end--;
    if (end > i + 1 && !key_is(s, end - 1, "way") && !key_is(s, end - 1, "time") && !key_is(s, end - 1, "least"))
        m->remark = (struct token_range){i, end};
}

/* "409 horsepower and 479 lb-ft of torque in gasoline form": the remark is of both. */
static void share_remarks(struct prose_sentence *s)
{
    for (size_t k = s->n_measures; k-- > 1;) {
        struct prose_measure *m = &s->measures[k - 1];
        const struct prose_measure *next = &s->measures[k];
        if (m->counted || next->counted || m->remark.end > m->remark.first || m->attribute < 0) continue;
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
        {"seats_up", "cargo_volume"},
        {"ac", "charging_power"},
        {"front", "track overhang axle_load"},
        {"with_tax", "price"},
    };
    const char *id = prose_attribute(attribute)->id;
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
static void add_qualifiers(const struct prose_sentence *s, struct prose_measure *m, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        if (s->t[i].kind == TOKEN_SIGN || is_figure(s, i) || key_is(s, i, "available")) continue;
        const struct term *terms;
        size_t n_terms = 0;
        if (registry_match(s->t + i, end - i, &terms, &n_terms) == 0) continue;
        for (size_t k = 0; k < n_terms; k++) {
            int q = terms[k].id;
            if (terms[k].kind != TERM_QUALIFIER || terms[k].code || !takes_family(m->attribute, q)) continue;
            bool other = false;
            for (size_t b = 0; b < QUALIFIER_COUNT; b++)
                other = other || ((m->qualifiers >> b & 1) && QUALIFIERS[b].family == QUALIFIERS[q].family);
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
    while (stop < s->n && s->marks[stop].before < BREAK_COMMA && s->marks[stop].bracket == s->marks[m->at.first].bracket) stop++;
    if (m->remark.end > m->remark.first && m->remark.end > end) end = m->remark.end;
    for (size_t i = m->at.end; i < end && i < stop; i++)
        if (is_figure(s, i) || (i > m->at.end && prose_has(s, i, WORD_AND) && !s->t[i].upper)) stop = i;
    add_qualifiers(s, m, m->at.end, end < stop ? end : stop);
    for (size_t i = m->at.first; i-- > begin;) /* not those of another figure of the kind */
        if (is_figure(s, i) && s->measures[s->in_measure[i] - 1].dimension == m->dimension) {
            begin = i + 1;
            while (begin < m->at.first && !prose_has(s, begin, WORD_AND)) begin++;
            break;
        }
    add_qualifiers(s, m, begin, m->at.first);
    size_t lead = prose_stretch_end(s, 0, BREAK_COMMA); /* "En ciudad, ..." */
    for (size_t i = 0; i < lead; i++)
        if (s->in_measure[i]) return;
    if (prose_has(s, 0, WORD_PREPOSITION) && begin >= lead && prose_stretch_begin(s, m->at.first, BREAK_CLAUSE) == 0)
        add_qualifiers(s, m, 0, lead);
}

/* "18/25 MPG" is of city and highway, "85/72/79 MPGe" of both and combined. */
static void read_slashes(struct prose_sentence *s, size_t k)
{
    const int kinds[] = {qualifier_find("city"), qualifier_find("highway"), qualifier_find("combined")};
    size_t n = 1;
    while (k + n < s->n_measures && n < 4) {
        const struct prose_measure *a = &s->measures[k + n - 1], *b = a + 1;
        const struct value_part *p = &s->parts[a->first_part], *q = &s->parts[b->first_part];
        bool pair = a->attribute >= 0 && b->attribute == a->attribute && a->n_parts == 1 && b->n_parts == 1 &&
                    p->unit == q->unit && p->unit && p->unit->reciprocal && p->low == p->high && q->low == q->high &&
                    q->begin == p->end + 1 && s->text[p->end] == '/';
        if (!pair) break;
        n++;
    }
    if (n < 2 || n > 3 || kinds[0] < 0 || kinds[1] < 0 || kinds[2] < 0) return;
    const struct token_range remark = s->measures[k + n - 1].remark;
    for (size_t i = 0; i < n; i++) {
        s->measures[k + i].qualifiers |= 1ull << kinds[i];
        if (s->measures[k + i].remark.first == s->measures[k + i].remark.end) s->measures[k + i].remark = remark;
    }
}

/* Money is a vehicle's price unless a pack, a month or a fee is paid. */
static bool is_option_price(const struct prose_sentence *s, const struct prose_measure *m)
{
    size_t begin = prose_stretch_begin(s, m->at.first, BREAK_CLAUSE);
    for (size_t i = begin; i < m->at.first; i++)
        if (!s->in_measure[i] && prose_has(s, i, WORD_OPTION)) return true;
    for (size_t i = m->at.end; i < s->n && i < m->at.end + 4; i++) {
        if (prose_parted(s, i, BREAK_COMMA)) break;
        if (prose_has(s, i, WORD_PREPOSITION) && !prose_has(s, i, WORD_PER) && !key_is(s, i, "for")) break;
        if (prose_has(s, i, WORD_OPTION | WORD_MORE)) return true;
    }
    return false;
}

bool prose_sentence_read(struct prose_sentence *s, const struct prose_lexicon *lex, const char *text,
                         size_t len, enum number_style style)
{
    s->text = text;
    s->len = len;
    s->lex = lex;
    s->n = s->n_parts = s->n_measures = s->n_cues = s->n_engines = 0;
    if (len > PROSE_MAX_SENTENCE) return false;
    s->n = tokens_split(text, len, TOKENS_TEXT, s->t, PROSE_MAX_TOKENS);
    if (s->n == 0 || s->n == PROSE_MAX_TOKENS) return false;
    clause_split(text, len, s->t, s->n, s->marks);
    for (size_t i = 0; i < s->n; i++) {
        bool code = (i > 0 && s->t[i].gap == GAP_NONE && s->t[i - 1].kind == TOKEN_NUMBER) ||
                    (i + 1 < s->n && s->t[i + 1].gap == GAP_NONE && s->t[i + 1].kind == TOKEN_NUMBER);
        s->words[i] = prose_word(lex, &s->t[i]);
        if (code) s->words[i] &= WORD_ENGINE; /* "SI6": no Spanish "if" */
    }
    memset(s->in_measure, 0, s->n);
    prose_find_measures(s, style);
    prose_find_counts(s, lex, style);
    if (s->n_measures == 0) return true;
    s->n_cues = prose_cues_find(lex, s->t, s->n, s->cues, PROSE_MAX_CUES);
    size_t kept = 0;
    for (size_t c = 0; c < s->n_cues; c++) /* the unit of a figure is no name of the next: "hp" */
        if (!is_figure(s, s->cues[c].first)) s->cues[kept++] = s->cues[c];
    s->n_cues = kept;
    prose_find_engines(s);
    find_lead(s);
    prose_reject_measures(s, style);
    bind_accelerations(s);
    for (size_t k = 0; k < s->n_measures; k++) {
        struct prose_measure *m = &s->measures[k];
        if (!m->rejected && is_of_equipment(s, m)) m->rejected = true;
        if (m->rejected) m->attribute = -1;
        if (m->rejected || m->attribute >= 0) continue;
        bool charging = m->dimension == DIMENSION_POWER && speaks_of_charging(s, m);
        if (m->dimension == DIMENSION_VOLUME && names_a_displacement(s, m)) bind_by_unit(s, m);
        if (m->attribute < 0 && !charging) bind_by_cue(s, m);
        if (m->attribute < 0) bind_chain(s, k);
        if (m->attribute < 0) bind_by_unit(s, m);
        if (m->attribute < 0) bind_lone_price(s, m);
        if (m->dimension == DIMENSION_MONEY && m->attribute >= 0 && is_option_price(s, m)) m->attribute = -1;
    }
    for (size_t k = 0; k < s->n_measures; k++) {
        struct prose_measure *m = &s->measures[k];
        if (m->attribute < 0) continue;
        find_engine(s, m);
        find_remark(s, m);
        if (is_one_motor(s, m)) m->attribute = -1;
    }
    share_remarks(s);
    for (size_t k = 0; k + 1 < s->n_measures; k++)
        if (s->measures[k].qualifiers == 0) read_slashes(s, k);
    for (size_t k = 0; k < s->n_measures; k++)
        if (s->measures[k].attribute >= 0 && !s->measures[k].counted) find_qualifiers(s, &s->measures[k]);
    return true;
}
