#include "ingest/prose_facts.h"

#include "ingest/prose_measures.h"
#include "ingest/prose_quantities.h"
#include "ingest/prose_subject.h"

#include <math.h>
#include <string.h>

enum { TOO_FAR = 1000 };

/* ---- acceleration: a time beside a speed ---- */

/* The attribute of a time from rest to this speed; -1: none known. Bare numbers: "0-60". */
static int acceleration_to(const struct value_part *p)
{
    double speed = p->high;
    if (p->unit && p->unit->dimension != DIMENSION_SPEED) return -1;
    bool miles = p->unit ? strcmp(p->unit->symbol, "mph") == 0 : speed < 99;
    if (miles)
        return speed == 60    ? registry_find("acceleration_0_60")
               : speed == 62  ? registry_find("acceleration_0_100")
               : speed == 100 ? registry_find("acceleration_0_100_mph")
                              : -1;
    return speed == 100   ? registry_find("acceleration_0_100")
           : speed == 50  ? registry_find("acceleration_0_50")
           : speed == 200 ? registry_find("acceleration_0_200")
                          : -1;
}

/* Whether the speed begins at a standstill: "0-62 mph", "from rest to 60", or "62 mph comes up in".
 */
static bool from_rest(const struct prose_sentence *s, const struct prose_measure *m, bool *said)
{
    const struct value_part *p = &s->parts[m->first_part];
    *said = p->low == 0 && p->high > 0;
    if (*said) return true;
    if (p->low != p->high) return false;
    for (size_t i = m->at.first, back = 0; i-- > 0 && back < 3; back++) {
        if (s->marks[i + 1].before >= BREAK_COMMA) break;
        if (s->in_measure[i] && s->parts[s->measures[s->in_measure[i] - 1].first_part].unit) break;
        if (prose_is(s, i, "0") || prose_is(s, i, "zero") || prose_is(s, i, "rest") ||
            prose_is(s, i, "null") || prose_is(s, i, "standstill")) {
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

static bool is_bare_zero(const struct prose_sentence *s, const struct prose_measure *m)
{
    const struct value_part *p = &s->parts[m->first_part];
    return !p->unit && p->low == 0 && p->high == 0;
}

/* Whether tokens [first, end) let a speed and its time belong together: no comma, no other figure.
 */
static bool near_enough(const struct prose_sentence *s, size_t first, size_t end, bool *in)
{
    *in = false;
    if (end < first || end - first > 6) return false;
    for (size_t i = first; i <= end && i < s->n; i++) {
        if (s->marks[i].before == BREAK_CLAUSE || s->marks[i].before == BREAK_COMMA) return false;
        if (i == end) break;
        if (s->in_measure[i] && !is_bare_zero(s, &s->measures[s->in_measure[i] - 1])) return false;
        *in = *in || prose_is(s, i, "in") || prose_is(s, i, "takes") || prose_is(s, i, "en") ||
              prose_is(s, i, "to") || prose_is(s, i, "auf") || prose_is(s, i, "needs") ||
              prose_is(s, i, "for") || prose_is(s, i, "a") || prose_is(s, i, "after") ||
              prose_is(s, i, "nach") || prose_is(s, i, "apres") || prose_is(s, i, "tras");
    }
    return true;
}

/* "the zero-to-60 mph acceleration at 4.7 seconds": the speed is no figure of its own. */
static int spelled_acceleration(const struct prose_sentence *s, const struct prose_measure *time)
{
    for (size_t i = time->at.first, back = 0; i-- > 2 && back < 7; back++) {
        if (s->marks[i + 1].before >= BREAK_COMMA ||
            (s->in_measure[i] && s->parts[s->measures[s->in_measure[i] - 1].first_part].unit))
            return -1;
        bool start =
            prose_is(s, i - 2, "zero") || prose_is(s, i - 2, "null") || prose_is(s, i - 2, "cero");
        if (s->t[i].kind != TOKEN_NUMBER || !start) continue;
        if (s->t[i].number == 60) return registry_find("acceleration_0_60");
        if (s->t[i].number == 62 || s->t[i].number == 100)
            return registry_find("acceleration_0_100");
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
            struct prose_measure *speed =
                side ? (k + 1 < s->n_measures ? time + 1 : NULL) : (k > 0 ? time - 1 : NULL);
            if (side && speed && k + 2 < s->n_measures && is_bare_zero(s, speed))
                speed++; /* "in 9,4 Sekunden von 0 auf 100 km/h" */
            if (!speed ||
                (speed->dimension != DIMENSION_SPEED && speed->dimension != DIMENSION_NONE))
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
    const struct attribute *a = &REGISTRY[attribute];
    if (a->role != ROLE_NONE || a->type != ATTRIBUTE_NUMBER) return false;
    if (a->dimension != m->dimension) return false;
    const struct value_part *p = &s->parts[m->first_part];
    if (a->low == a->high) return true;
    const struct unit *canonical = prose_canonical_unit(s->lex, attribute);
    double low = p->low, high = p->high;
    if (canonical && p->unit && canonical->dimension != DIMENSION_MONEY &&
        (!unit_convert(p->low, p->unit, canonical, &low) ||
         !unit_convert(p->high, p->unit, canonical, &high)))
        return false;
    if (low > high) {
        double swap = low;
        low = high;
        high = swap;
    }
    return low >= a->low && high <= a->high;
}

/* "bed length", "tyre width": a size of something on the vehicle, by a word that is no known name.
 */
static bool is_part_of_name(const struct prose_sentence *s, const struct prose_cue *c)
{
    enum dimension d = REGISTRY[c->attribute].dimension;
    if ((d != DIMENSION_LENGTH && d != DIMENSION_MASS) || c->first == 0) return false;
    if (strstr(REGISTRY[c->attribute].id, "range")) return false;
    size_t i = c->first;
    if (s->marks[i].before != BREAK_NONE || s->marks[i].bracket != s->marks[i - 1].bracket ||
        s->in_measure[i - 1])
        return false;
    if (prose_has(s, i, WORD_VERB)) return false;
    return !prose_has(s, i - 1,
                      WORD_ARTICLE | WORD_LINK | WORD_HEDGE | WORD_AND | WORD_PREPOSITION |
                          WORD_VERB | WORD_VEHICLE | WORD_PRONOUN | WORD_MORE | WORD_CHANGE |
                          WORD_UNREAL) &&
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
            bool passed = other->dimension == m->dimension
                              ? other->rejected
                              : other->attached || other->counted ||
                                    other->dimension == DIMENSION_NONE ||
                                    !strcmp(REGISTRY[c->attribute].id, "warranty_distance");
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
    return prose_is(s, i, "of") || prose_is(s, i, "de") || prose_is(s, i, "d") ||
           prose_is(s, i, "in") || prose_is(s, i, "en");
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
        if ((i == m->at.end && is_of(s, i)) ||
            (prose_has(s, i, WORD_HEDGE) && !prose_has(s, i, WORD_MORE)))
            continue;
        if (prose_has(s, i, WORD_PREPOSITION | WORD_ARTICLE)) return TOO_FAR;
        content++;
    }
    if (content > 2) return TOO_FAR;
    return prose_is(s, m->at.end, "of") ? 0 : cost + 2 * content; /* what it is of is said */
}

/* Whether "of" or "de" behind the figure names something that is no known attribute: "13 inches of
 * wheel travel". */
static bool of_something_else(const struct prose_sentence *s, const struct prose_measure *m)
{
    size_t i = m->at.end;
    if (!prose_is(s, i, "of") || prose_parted(s, i, BREAK_COMMA) || prose_is(s, i + 1, "co"))
        return false;
    for (size_t c = 0; c < s->n_cues; c++) {
        if (s->cues[c].first >= i && s->cues[c].first <= i + 3 && fits(s, m, s->cues[c].attribute))
            return false;
    }
    return true;
}

/* Whether the cue is another figure's: one right before or behind it, on its other side. */
static bool is_claimed(const struct prose_sentence *s, size_t cue, const struct prose_measure *m)
{
    for (size_t k = 0; k < s->n_measures; k++) {
        const struct prose_measure *other = &s->measures[k];
        if (other == m) break; /* those behind it are not bound yet */
        if (other->cue != SIZE_MAX && s->cues[other->cue].first == cue && cue >= other->at.end &&
            cue < m->at.first)
            return true;
    }
    return false;
}

/* A range beside a tank is one on fuel. */
static bool speaks_of_a_tank(const struct prose_sentence *s)
{
    int tank = registry_find("fuel_tank_capacity");
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
        if (!fits(s, m, cue->attribute) ||
            !strncmp(REGISTRY[cue->attribute].id, "acceleration_", 13))
            continue;
        size_t cost = TOO_FAR;
        bool taken = is_claimed(s, cue->first, m);
        if ((cue->sides & CUE_BEFORE) && !other && !taken) cost = distance_before(s, cue, m);
        if ((cue->sides & CUE_AFTER) && !taken) {
            size_t behind = distance_behind(s, cue, m);
            if (behind < cost) cost = behind;
        }
        if (cost == TOO_FAR || cost > best) continue;
        bool same_words = best_cue != SIZE_MAX && s->cues[best_cue].first == cue->first;
        const struct prose_cue *kept = best_cue != SIZE_MAX ? &s->cues[best_cue] : cue;
        bool inside = cost == best && !same_words && cue->first >= kept->first && cue->first + cue->n <= kept->first + kept->n;
        bool around = cost == best && !same_words && cue->first <= kept->first && cue->first + cue->n >= kept->first + kept->n;
        if (inside) continue; /* the "tank" of a "water tank" */
        if (around) {
            best_cue = c;
            continue;
        }
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
    if (!strcmp(REGISTRY[m->attribute].id, "electric_range") && speaks_of_a_tank(s) &&
        registry_find("fuel_range") >= 0)
        m->attribute = registry_find("fuel_range");
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
    if (prose_is_charging(s, m)) return true;
    for (size_t i = m->at.first, back = 0; i-- > 0 && back < 4; back++) {
        if (prose_parted(s, i + 1, BREAK_COMMA) || s->in_measure[i] || prose_has(s, i, WORD_AND))
            break;
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
           (prose_is(s, i, "charger") || prose_is(s, i, "chargers") || prose_is(s, i, "wallbox") ||
            prose_is(s, i, "ladestation") || prose_is(s, i, "borne") ||
            prose_is(s, i, "cargador") || prose_is(s, i, "station"));
}

/* Whether a known volume follows: "a 9.5-litre tank". */
static bool volume_behind(const struct prose_sentence *s, const struct prose_measure *m)
{
    int displacement = registry_find("displacement");
    for (size_t c = 0; c < s->n_cues; c++)
        if ((s->cues[c].sides & CUE_AFTER) && s->cues[c].attribute != displacement &&
            REGISTRY[s->cues[c].attribute].dimension == DIMENSION_VOLUME &&
            s->cues[c].first >= m->at.end && s->cues[c].first <= m->at.end + 2)
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
            if (s->in_measure[i] && s->measures[s->in_measure[i] - 1].dimension == DIMENSION_VOLUME)
                break;
            if (prose_has(s, i, WORD_VERB) && !prose_has(s, i, WORD_LINK)) break;
        }
    /* "2.2-liter or 2.5-liter flat-four": as the next of the list */
    size_t next = m->at.end + prose_has(s, m->at.end, WORD_AND);
    if (next < s->n && s->in_measure[next] &&
        (next > m->at.end || prose_parted(s, next, BREAK_COMMA)) &&
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
    static const char *const WORDS[] = {
        "generator",  "inverter",     "outlet", "outlets", "socket",    "amplifier",
        "speaker",    "speakers",     "stereo", "audio",   "heater",    "winch",
        "alternator", "solar",        "lug",    "steckdose", "lautsprecher", "prise",
        "enchufe",    "altavoces"};
    /* in the figure's own part of the sentence, or in its first */
    size_t begin = prose_stretch_begin(s, m->at.first, BREAK_COMMA),
           end = prose_stretch_end(s, m->at.first, BREAK_COMMA);
    size_t head = prose_stretch_end(s, 0, BREAK_COMMA);
    for (size_t i = 0; i < end; i = i + 1 == head && begin > head ? begin : i + 1)
        for (size_t k = 0; s->t[i].kind == TOKEN_WORD && k < sizeof WORDS / sizeof *WORDS; k++)
            if (!strcmp(s->t[i].key, WORDS[k])) return true;
    for (size_t i = begin; m->dimension == DIMENSION_TORQUE && i < end; i++)
        if (prose_is_fastener(s, i) || prose_is_tightening(s, i)) return true;
    return false;
}

/* Cubic metres are of nothing but loads. */
static bool is_load_volume(const struct prose_sentence *s, const struct prose_measure *m)
{
    const struct unit *u = s->parts[m->first_part].unit;
    return u && !strcmp(u->symbol, "m\u00b3") && s->parts[m->first_part].low >= 0.5;
}

/* "a coachbuilt of 6.95 m", "an estate of 4.7 metres", "At 5.99 m the Wren finds room": nothing but the length
 * of a vehicle is said so. */
static bool is_length_of_vehicle(const struct prose_sentence *s, const struct prose_measure *m)
{
    static const char *const BODIES[] = {"coachbuilt", "motorhome", "camper", "campervan", "conversion", "class", "profile",
                                         "minibus", "bus", "tourer", "lorry", "caravan", "liner", "alcove", "reisemobil",
                                         "wohnmobil", "kastenwagen", "integrierter", "fourgon", "furgoneta", "autocaravana"};
    const struct value_part *p = &s->parts[m->first_part];
    size_t at = m->at.first;
    if (!p->unit || p->unit->dimension != DIMENSION_LENGTH || at == 0) return false;
    bool metric = !strcmp(p->unit->symbol, "m") || !strcmp(p->unit->symbol, "mm") || !strcmp(p->unit->symbol, "cm");
    double low = unit_to_base(p->low, p->unit) / 1000, high = unit_to_base(p->high, p->unit) / 1000;
    if (!metric || low < 2.5 || high > 26) return false;
    if (at >= 2 && (prose_is(s, at - 1, "of") || prose_is(s, at - 1, "von") || prose_is(s, at - 1, "de"))) {
        bool body = prose_has(s, at - 2, WORD_VEHICLE);
        for (size_t k = 0; k < sizeof BODIES / sizeof *BODIES; k++) body |= prose_is(s, at - 2, BODIES[k]);
        return body && !prose_is(s, m->at.end, "of") && !prose_parted(s, at, BREAK_COMMA);
    }
    /* "It measures 8.9 metres" */
    size_t verb = prose_skip_hedges_back(s, at);
    bool measures = verb >= 2 && (prose_is(s, verb - 1, "measures") || prose_is(s, verb - 1, "misst") ||
                                  prose_is(s, verb - 1, "mesure") || prose_is(s, verb - 1, "mide"));
    if (measures && (prose_has(s, verb - 2, WORD_PRONOUN) || prose_has(s, verb - 2, WORD_VEHICLE)))
        return m->at.end >= s->n || s->marks[m->at.end].before != BREAK_NONE || prose_has(s, m->at.end, WORD_AND);
    bool leads = at == 1 && (prose_is(s, 0, "at") || prose_is(s, 0, "mit") || prose_is(s, 0, "avec") || prose_is(s, 0, "con"));
    return leads && low >= 3.2 && m->at.end < s->n &&
           (prose_has(s, m->at.end, WORD_PRONOUN) || (prose_has(s, m->at.end, WORD_ARTICLE) && m->at.end + 1 < s->n &&
                                                      (prose_is_name(&s->t[m->at.end + 1]) || prose_has(s, m->at.end + 1, WORD_VEHICLE))));
}

static void bind_by_unit(struct prose_sentence *s, struct prose_measure *m)
{
    const char *id = NULL;
    switch (m->dimension) {
    case DIMENSION_POWER:
        if (!speaks_of_charging(s, m))
            id = "power";
        else if (!is_a_station(s, m))
            id = "charging_power";
        break;
    case DIMENSION_TORQUE:
        id = "torque";
        break;
    case DIMENSION_EMISSION:
        id = "co2_emissions";
        break;
    case DIMENSION_CONSUMPTION:
        id = "fuel_consumption";
        break;
    case DIMENSION_ELECTRIC_CONSUMPTION:
        id = "electric_consumption";
        break;
    case DIMENSION_ENERGY:
        id = "battery_capacity";
        break;
    case DIMENSION_VOLUME:
        id = names_a_displacement(s, m) ? "displacement"
             : is_load_volume(s, m)     ? "cargo_volume"
                                        : NULL;
        break;
    case DIMENSION_LENGTH:
        if (is_length_of_vehicle(s, m)) id = "length";
        break;
    default:
        break;
    }
    int attribute = id ? registry_find(id) : -1;
    if (attribute < 0 || !fits(s, m, attribute)) return;
    if (of_something_else(s, m)) return;
    m->attribute = attribute;
}

/* A price that stands alone: "From GBP 29,400 excluding VAT." */
static void bind_lone_price(struct prose_sentence *s, struct prose_measure *m)
{
    int price = registry_find("price");
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

/* ", bei umgelegter Rückbank 1.640 Liter": the same with the seats down. */
static bool is_folded_load(const struct prose_sentence *s, const struct prose_measure *before,
                           const struct prose_measure *m)
{
    if (strcmp(REGISTRY[before->attribute].id, "cargo_volume") != 0) return false;
    static const char *const STEMS[] = {"umgel", "umgek", "fold", "rabat", "abatid", "plegad"};
    for (size_t j = before->at.end; j < m->at.first; j++)
        for (size_t k = 0; k < sizeof STEMS / sizeof *STEMS; k++)
            if (!strncmp(s->t[j].key, STEMS[k], strlen(STEMS[k]))) return true;
    return false;
}

/* Whether tokens from *from to `end` are nothing but another one's name: ", but the Electric 68 only
 * 345 litres", ", the Petrol 110 and the Hybrid 145 in 10.3 m". *from is moved behind a "but". */
static bool names_another(const struct prose_sentence *s, size_t *from, size_t end)
{
    size_t i = *from, names = 0;
    if (i >= end || (s->marks[i].before < BREAK_COMMA && !prose_has(s, i, WORD_AND))) return false;
    if (prose_is(s, i, "but") || prose_is(s, i, "while") || prose_is(s, i, "whereas") ||
        prose_is(s, i, "aber") || prose_is(s, i, "mais") || prose_is(s, i, "pero") ||
        prose_is(s, i, "and") || prose_is(s, i, "und") || prose_is(s, i, "et"))
        i++;
    size_t behind = i;
    for (; i < end; i++) {
        if (s->marks[i].before == BREAK_CLAUSE && i > behind) return false;
        bool name = prose_is_name(&s->t[i]) && !prose_is_figure(s, i);
        names += name;
        bool engine = prose_has(s, i, WORD_ENGINE) && s->t[i].key[1] && i > behind && prose_has(s, i - 1, WORD_ARTICLE);
        names += engine; /* "in the hybrid just 345 litres" */
        if (!name && !engine && !prose_has(s, i, WORD_ARTICLE | WORD_HEDGE | WORD_AND) &&
            !prose_is(s, i, "in") && !prose_is(s, i, "has") && !prose_is(s, i, "at"))
            return false;
    }
    if (names) *from = behind + 1;
    return names > 0;
}

/* The next figure of a list has the same attribute: "8.7 inches on regular models and 9.5 inches on
 * the Wilderness", "32.5 cubic feet, expanding to 75.7". */
static void bind_chain(struct prose_sentence *s, size_t k)
{
    struct prose_measure *m = &s->measures[k];
    const struct prose_measure *before = NULL;
    for (size_t i = k; i-- > 0 && !before;)
        if (s->measures[i].dimension == m->dimension && !s->measures[i].counted)
            before = &s->measures[i];
    if (!before || before->attribute < 0 || before->rejected || !fits(s, m, before->attribute))
        return;
    size_t gap = m->at.first - before->at.end;
    if (m->at.first < before->at.end || gap > 9) return;
    /* ", ohne Filter 5,0 Liter" */
    bool filter = gap == 2 && s->marks[before->at.end].before == BREAK_COMMA && prose_is(s, m->at.first - 1, "filter");
    size_t i = prose_skip_hedges_back(s, m->at.first);
    bool joined = i == before->at.end ||
                  s->marks[m->at.first].bracket != s->marks[before->at.end - 1].bracket ||
                  (i > 0 && prose_has(s, i - 1, WORD_AND | WORD_CHANGE)) ||
                  (i > 1 && prose_has(s, i - 2, WORD_CHANGE)) || s->marks[i].before == BREAK_COMMA;
    bool folded = is_folded_load(s, before, m);
    size_t from = before->behind;
    if (names_another(s, &from, m->at.first)) joined = true;
    joined = joined || folded || filter;
    for (size_t j = before->at.end; j < m->at.first; j++)
        if ((s->in_measure[j] && prose_is_figure(s, j)) ||
            (s->marks[j].before == BREAK_CLAUSE && j >= from))
            joined = false;
    if (!joined || of_something_else(s, m)) return;
    m->attribute = before->attribute;
    const char *part = strstr(REGISTRY[m->attribute].id, "_warranty");
    if (part && !part[9]) m->attribute = registry_find("warranty"); /* of what, its own words say */
    m->qualifiers = 0;
    int down = qualifier_find("seats_down");
    if (folded && down >= 0) m->qualifiers = 1ull << down;
    m->inverse = before->inverse;
}

/* Money is a vehicle's price unless a pack, a month or a fee is paid. */
static bool is_option_price(const struct prose_sentence *s, const struct prose_measure *m)
{
    size_t begin = prose_stretch_begin(s, m->at.first, BREAK_CLAUSE);
    for (size_t i = begin; i < m->at.first; i++)
        if (!s->in_measure[i] && prose_has(s, i, WORD_OPTION)) return true;
    for (size_t i = m->at.end; i < s->n && i < m->at.end + 4; i++) {
        if (prose_parted(s, i, BREAK_COMMA)) break;
        if (prose_has(s, i, WORD_PREPOSITION) && !prose_has(s, i, WORD_PER) &&
            !prose_is(s, i, "for"))
            break;
        if (prose_has(s, i, WORD_OPTION | WORD_MORE)) return true;
    }
    return false;
}

/* "a 7-year, 100,000-mile warranty", "3 years or 60,000 miles": the one figure's warranty is the
 * other's. */
static void bind_paired_warranty(struct prose_sentence *s, size_t k)
{
    struct prose_measure *m = &s->measures[k];
    int years = registry_find("warranty"), distance = registry_find("warranty_distance");
    bool time = m->dimension == DIMENSION_TIME;
    if (years < 0 || distance < 0 || !fits(s, m, time ? years : distance)) return;
    if (time && k + 1 < s->n_measures && m->attached) { /* its other half comes next */
        struct prose_measure *next = m + 1;
        if (next->at.first != m->at.end || !next->attached || next->rejected ||
            !fits(s, next, distance))
            return;
        bind_by_cue(s, next);
        if (next->attribute == distance) m->attribute = years;
        else next->attribute = -1;
    } else if (m->dimension == DIMENSION_LENGTH && k > 0) {
        const struct prose_measure *before = m - 1;
        bool named = before->attribute >= 0 && before->dimension == DIMENSION_TIME &&
                     strstr(REGISTRY[before->attribute].id, "warranty") != NULL;
        if (named && m->at.first == before->at.end + 1 && prose_has(s, before->at.end, WORD_AND)) {
            m->attribute = distance;
            if (before->attribute != years) m->span = before->span;
        }
    }
}

bool prose_sentence_read(struct prose_sentence *s, const struct prose_lexicon *lex,
                         const char *text, size_t len, enum number_style style)
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
        bool code =
            (i > 0 && s->t[i].gap == GAP_NONE && s->t[i - 1].kind == TOKEN_NUMBER) ||
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
        if (!prose_is_figure(s, s->cues[c].first)) s->cues[kept++] = s->cues[c];
    s->n_cues = kept;
    prose_find_engines(s);
    prose_find_lead(s);
    prose_reject_measures(s, style);
    bind_accelerations(s);
    prose_bind_charging_times(s);
    prose_bind_tyre_pressures(s);
    prose_bind_braking(s);
    for (size_t k = 0; k < s->n_measures; k++) {
        struct prose_measure *m = &s->measures[k];
        if (!m->rejected && is_of_equipment(s, m)) m->rejected = true;
        if (m->rejected) m->attribute = -1;
        if (m->rejected || m->attribute >= 0) continue;
        bool charging = m->dimension == DIMENSION_POWER && speaks_of_charging(s, m);
        if (m->dimension == DIMENSION_VOLUME && names_a_displacement(s, m)) bind_by_unit(s, m);
        if (m->attribute < 0 && !charging) bind_by_cue(s, m);
        if (m->attribute < 0) bind_chain(s, k);
        if (m->attribute < 0) bind_paired_warranty(s, k);
        if (m->attribute < 0) bind_by_unit(s, m);
        if (m->attribute < 0) bind_lone_price(s, m);
        if (m->dimension == DIMENSION_MONEY && m->attribute >= 0 && is_option_price(s, m))
            m->attribute = -1;
        if (m->attribute >= 0) prose_bind_part_warranty(s, m);
    }
    prose_find_details(s);
    return true;
}
