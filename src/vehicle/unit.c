#include "vehicle/unit.h"
#include "base/utf8.h"
#include "vehicle/unit_table.h"

#include <float.h>
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

enum { MAX_SPELLINGS = 2048, MAX_ID = 1024, MAX_JOINERS = 3, MAX_SPACES = 4 };

/* One spelling of the table. Those that begin with the same byte stand together. */
struct entry {
    const char *text;
    const struct unit *unit;
    bool exact;        /* case as written */
    bool abbreviation; /* may carry a point */
    uint8_t len;       /* bytes, the point left out */
};

/* Made once from the tables; read only from then on. */
static struct entry entries[MAX_SPELLINGS];
static size_t first_entry[257]; /* entries of first byte b are [first_entry[b], first_entry[b + 1]) */
static const struct unit *by_id[MAX_ID];
static pthread_once_t index_once = PTHREAD_ONCE_INIT;

static uint32_t fold(uint32_t c)
{
    if (c >= 'A' && c <= 'Z') return c + 32;
    if (c < 0x80) return c;
    if (c >= 0xFF01 && c <= 0xFF5E) return fold(c - 0xFEE0); /* full-width forms */
    if ((c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x410 && c <= 0x42F)) return c + 32;
    switch (c) {
    case 0x2018: case 0x2019: case 0x2032: return '\'';
    case 0x201C: case 0x201D: case 0x201E: case 0x2033: return '"';
    case 0x3BC: return 0xB5; /* mu and the micro sign */
    case 0x141: return 0x142;
    case 0xFFE5: return 0xA5; /* full-width yen */
    case 0x10C: return 0x10D;
    case 0x2044: case 0x2215: return '/';
    default: return c;
    }
}

/* The code point at text[at, len) folded, and its length; invalid bytes stand for themselves. */
static uint32_t next_folded(const char *text, size_t len, size_t at, bool exact, size_t *used)
{
    uint32_t c;
    if ((unsigned char)text[at] < 0x80) {
        *used = 1;
        c = (unsigned char)text[at];
    } else {
        *used = utf8_decode(text + at, len - at, &c);
        if (*used == 0) {
            *used = 1;
            return 0xFFFD;
        }
    }
    uint32_t folded = fold(c);
    /* where case decides, everything but case is folded */
    if (exact && folded < 0x80 && c >= 'A' && c <= 'Z') return c;
    if (exact && c >= 0xFF21 && c <= 0xFF3A) return c - 0xFEE0;
    return folded;
}

static bool is_space(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || c == '_' || c == 0x3000 ||
           (c >= 0x2000 && c <= 0x200B) || c == 0x202F;
}

static bool is_joiner(uint32_t c)
{
    return is_space(c) || c == '-' || c == '.' || c == '*' || c == 0xB7 || c == 0x22C5 ||
           c == 0x2219 || c == 0x2022 || (c >= 0x2010 && c <= 0x2013) || c == 0x30FB ||
           c == 0x387 || c == 0x2027;
}

/* Letters that would go on with a word in an alphabet; ideographs stand alone. */
static bool is_word(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7) || (c >= 0x370 && c <= 0x52F) ||
           c == 0xB2 || c == 0xB3 || (c >= 0x1E00 && c <= 0x1EFF) || c == 0xAA;
}

static void index_unit(const struct unit_spelling *s, size_t *n, bool count, size_t fill[256])
{
    for (const char *p = s->spellings; *p; p += strlen(p) + 1) {
        bool exact = *p == '=' && p[1];
        const char *text = p + exact;
        unsigned char first = (unsigned char)*text;
        if (count) {
            first_entry[first + 1]++;
            (*n)++;
            continue;
        }
        size_t len = strlen(text);
        bool point = len > 1 && text[len - 1] == '.';
        entries[fill[first]++] = (struct entry){text, unit_of(s->unit), exact, point,
                                                (uint8_t)(len - point)};
    }
}

static void build_index(void)
{
    for (size_t i = 0; i < UNIT_TABLE_COUNT; i++) by_id[UNIT_TABLE[i].id] = &UNIT_TABLE[i];
    size_t n = 0, fill[256];
    for (size_t i = 0; i < UNIT_SPELLINGS_COUNT; i++)
        index_unit(&UNIT_SPELLINGS[i], &n, true, fill);
    if (n > MAX_SPELLINGS) return; /* seen by the tests: no unit is found at all */
    for (size_t b = 0; b < 256; b++) first_entry[b + 1] += first_entry[b];
    memcpy(fill, first_entry, sizeof fill);
    for (size_t i = 0; i < UNIT_SPELLINGS_COUNT; i++)
        index_unit(&UNIT_SPELLINGS[i], &n, false, fill);
}

const struct unit *unit_of(enum unit_id id)
{
    return by_id[id];
}

const struct unit *unit_by_id(int id)
{
    pthread_once(&index_once, build_index);
    return id > 0 && id < MAX_ID ? by_id[id] : NULL;
}

const struct unit *unit_by_symbol(const char *symbol)
{
    for (size_t i = 0; i < UNIT_TABLE_COUNT; i++)
        if (!strcmp(UNIT_TABLE[i].symbol, symbol)) return &UNIT_TABLE[i];
    return NULL;
}

const struct unit *dimension_base(enum dimension d)
{
    static const enum unit_id BASES[N_DIMENSIONS] = {
        [DIMENSION_POWER] = UNIT_KW, [DIMENSION_TORQUE] = UNIT_NM, [DIMENSION_MASS] = UNIT_KG,
        [DIMENSION_LENGTH] = UNIT_MM, [DIMENSION_AREA] = UNIT_M2, [DIMENSION_VOLUME] = UNIT_L,
        [DIMENSION_SPEED] = UNIT_KMH, [DIMENSION_TIME] = UNIT_S,
        [DIMENSION_CONSUMPTION] = UNIT_L_100KM,
        [DIMENSION_ELECTRIC_CONSUMPTION] = UNIT_KWH_100KM, [DIMENSION_ENERGY] = UNIT_KWH,
        [DIMENSION_EMISSION] = UNIT_G_KM, [DIMENSION_PRESSURE] = UNIT_KPA,
        [DIMENSION_ROTATION] = UNIT_RPM, [DIMENSION_ANGLE] = UNIT_DEGREE,
        [DIMENSION_TEMPERATURE] = UNIT_CELSIUS, [DIMENSION_VOLTAGE] = UNIT_V,
        [DIMENSION_CURRENT] = UNIT_A, [DIMENSION_CHARGE] = UNIT_AH, [DIMENSION_SOUND] = UNIT_DBA,
        [DIMENSION_RATIO] = UNIT_ONE, [DIMENSION_SPECIFIC_POWER] = UNIT_KW_T,
    };
    return (unsigned)d < N_DIMENSIONS ? unit_by_id((int)BASES[d]) : NULL;
}

const char *dimension_name(enum dimension d)
{
    static const char *const NAMES[N_DIMENSIONS] = {
        "number", "count", "power", "torque", "mass", "length", "area", "volume", "speed", "time",
        "fuel consumption", "electric consumption", "energy", "emission", "pressure",
        "rotational speed", "angle", "temperature", "voltage", "current", "charge", "sound level",
        "ratio", "specific power", "money",
    };
    return (unsigned)d < N_DIMENSIONS ? NAMES[d] : "";
}

/* ---- spellings ---- */

/* White space, a few characters of it: what is further away belongs to something else. */
static size_t skip_spaces(const char *text, size_t len, size_t at)
{
    size_t n;
    for (int i = 0; i < MAX_SPACES && at < len; i++) {
        if (!is_space(next_folded(text, len, at, false, &n))) break;
        at += n;
    }
    return at;
}

/* Whether what ends before text[at] may end there; `last` is its last character. */
static bool ends_word(const char *text, size_t len, size_t at, uint32_t last)
{
    if (at >= len || !is_word(last)) return true;
    size_t n;
    return !is_word(next_folded(text, len, at, false, &n));
}

/* The bytes of text[at, len) that the spelling takes; 0: it is another. */
static size_t match_spelling(const struct entry *e, const char *text, size_t len, size_t at)
{
    size_t start = at, n;
    uint32_t last = 0;
    for (size_t i = 0; i < e->len;) {
        char p = e->text[i];
        if (p == ' ') {
            for (int joiners = 0; at < len && joiners < MAX_JOINERS; joiners++) {
                if (!is_joiner(next_folded(text, len, at, false, &n))) break;
                at += n;
            }
            i++;
            continue;
        }
        if (p == '/') at = skip_spaces(text, len, at);
        if (at >= len) return 0;
        uint32_t c = next_folded(text, len, at, e->exact, &n), expected = (unsigned char)p;
        size_t step = 1;
        if ((unsigned char)p >= 0x80) step = utf8_decode(e->text + i, e->len - i, &expected);
        if (c != expected) return 0;
        i += step;
        at += n;
        last = c;
        if (p == '/') at = skip_spaces(text, len, at);
    }
    if (!ends_word(text, len, at, last)) return 0;
    if (e->abbreviation && at < len && text[at] == '.' && ends_word(text, len, at + 1, last)) at++;
    return at - start;
}

/* Whether the second character alone (in lower case) shows that it is another spelling: most are. */
static bool differs(const struct entry *e, unsigned char second)
{
    if (e->len < 2 || second >= 0x80) return false;
    char p = e->text[1];
    if (p >= 'A' && p <= 'Z') p |= 32;
    return ((p >= 'a' && p <= 'z') || (p >= '0' && p <= '9')) && (unsigned char)p != second;
}

/* The unit of the longest spelling at text[at, len). */
static const struct unit *match_simple(const char *text, size_t len, size_t at, size_t *end)
{
    if (at >= len) return NULL;
    size_t n;
    uint32_t c = next_folded(text, len, at, false, &n);
    char bytes[4];
    unsigned char b = (unsigned char)c;
    if (c >= 0x80) {
        if (utf8_encode(c, bytes) == 0) return NULL;
        b = (unsigned char)bytes[0];
    }
    const struct unit *found = NULL;
    size_t longest = 0;
    unsigned char second = at + 1 < len ? (unsigned char)text[at + 1] : 0;
    if (second >= 'A' && second <= 'Z') second |= 32;
    for (size_t i = first_entry[b]; i < first_entry[b + 1]; i++) {
        if (c < 0x80 && differs(&entries[i], second)) continue;
        size_t used = match_spelling(&entries[i], text, len, at);
        if (used > longest) {
            longest = used;
            found = entries[i].unit;
        }
    }
    if (c < 0x80 && c >= 'a' && c <= 'z') { /* where case decides, the entry may be in capitals */
        b = (unsigned char)(c - 32);
        for (size_t i = first_entry[b]; i < first_entry[b + 1]; i++) {
            if (differs(&entries[i], second)) continue;
            size_t used = match_spelling(&entries[i], text, len, at);
            if (used > longest) {
                longest = used;
                found = entries[i].unit;
            }
        }
    }
    *end = at + longest;
    return found;
}

/* Whether the word stands at text[at, len), whatever its case, and ends there. */
static bool word_at(const char *text, size_t len, size_t at, const char *word, size_t *end)
{
    size_t n;
    uint32_t last = 0;
    for (const char *p = word; *p;) {
        if (at >= len) return false;
        uint32_t expected;
        size_t step = utf8_decode(p, strlen(p), &expected);
        last = next_folded(text, len, at, false, &n);
        if (last != expected) return false;
        p += step;
        at += n;
    }
    *end = at;
    return ends_word(text, len, at, last);
}

static bool any_word_at(const char *text, size_t len, size_t at, const char *const *words,
                        size_t *end)
{
    if (at >= len) return false;
    unsigned char first = (unsigned char)text[at];
    if (first >= 'A' && first <= 'Z') first |= 32;
    for (; *words; words++) {
        unsigned char w = (unsigned char)**words;
        if (w < 0x80 && first < 0x80 && w != first) continue;
        if (word_at(text, len, at, *words, end)) return true;
    }
    return false;
}

/* "imperial", "(US)", "UK" behind a unit that both systems have. */
static const struct unit *match_variant(const struct unit *u, const char *text, size_t len,
                                        size_t *end)
{
    static const char *const IMPERIAL[] = {"imperial", "imp", "uk", "british", "英制", NULL};
    static const char *const US[] = {"us", "u.s", "american", "美制", NULL};
    const struct unit_variant *v = UNIT_VARIANTS, *stop = v + UNIT_VARIANTS_COUNT;
    while (v < stop && (int)v->unit != u->id) v++;
    if (v == stop) return u;
    size_t at = skip_spaces(text, len, *end), next;
    bool bracket = at < len && (text[at] == '(' || text[at] == '[');
    at += bracket;
    bool imperial = any_word_at(text, len, at, IMPERIAL, &next);
    if (!imperial && !any_word_at(text, len, at, US, &next)) return u;
    if (next < len && text[next] == '.') next++;
    if (bracket) {
        if (next >= len || (text[next] != ')' && text[next] != ']')) return u;
        next++;
    }
    *end = next;
    return unit_of(imperial ? v->imperial : v->us);
}

/* ---- quotients ---- */

enum per { PER_NONE, PER_SLASH, PER_SPACED_SLASH, PER_WORD, PER_LOOSE_WORD };

/* What says "per" at text[at, len). Loose words say it only where a known quotient follows. */
static enum per match_per(const char *text, size_t len, size_t at, size_t *end)
{
    static const char *const PER[] = {"per", "pro", "par", "por", "每", NULL};
    static const char *const LOOSE[] = {"je", "auf", "al", "a", "an", "p", "к", NULL};
    size_t start = at, n;
    at = skip_spaces(text, len, at);
    if (at >= len) return PER_NONE;
    if (next_folded(text, len, at, false, &n) == '/') {
        size_t next = skip_spaces(text, len, at + n);
        enum per kind = at > start || next > at + n ? PER_SPACED_SLASH : PER_SLASH;
        *end = next;
        return kind;
    }
    bool strict = any_word_at(text, len, at, PER, end);
    if (!strict && (at == start || !any_word_at(text, len, at, LOOSE, end))) return PER_NONE;
    *end = skip_spaces(text, len, *end);
    return strict ? PER_WORD : PER_LOOSE_WORD;
}

static int match_count(const char *text, size_t len, size_t *at)
{
    static const struct {
        const char *word;
        int count;
    } COUNTS[] = {{"hundred", 100}, {"hundert", 100}, {"cent", 100}, {"cien", 100}};
    size_t end;
    if (len - *at >= 3 && !memcmp(text + *at, "100", 3)) {
        *at += 3;
        return 100;
    }
    if (len - *at >= 2 && !memcmp(text + *at, "10", 2)) {
        *at += 2;
        return 10;
    }
    if (len - *at >= 2 && text[*at] == '1' && (text[*at + 1] == ' ' || text[*at + 1] == 'k')) {
        *at += 1;
        return 1;
    }
    if (len - *at >= 3 && !memcmp(text + *at, "百", 3)) {
        *at += 3;
        return 100;
    }
    for (size_t i = 0; i < sizeof COUNTS / sizeof *COUNTS; i++)
        if (word_at(text, len, *at, COUNTS[i].word, &end)) {
            *at = end;
            return COUNTS[i].count;
        }
    return 1;
}

static const struct unit *quotient(const struct unit *a, int count, const struct unit *b)
{
    for (size_t i = 0; i < UNIT_QUOTIENTS_COUNT; i++) {
        const struct unit_quotient *q = &UNIT_QUOTIENTS[i];
        if ((int)q->numerator == a->id && q->count == count && (int)q->denominator == b->id)
            return unit_of(q->unit);
    }
    return NULL;
}

/* "km" alone says "hour" where nothing but a capital H is behind the stroke, and so on. */
static const struct unit *match_capital(const char *text, size_t len, size_t at, size_t *end)
{
    if (at >= len || !ends_word(text, len, at + 1, 'a')) return NULL;
    *end = at + 1;
    switch (text[at]) {
    case 'H': return unit_of(UNIT_H);
    case 'S': return unit_of(UNIT_S);
    case 'T': return unit_of(UNIT_T);
    default: return NULL;
    }
}

const struct unit *unit_parse_strict(const char *text, size_t len, size_t *used, bool *compound)
{
    pthread_once(&index_once, build_index);
    size_t end = 0, at;
    *compound = false;
    *used = 0;
    const struct unit *u = match_simple(text, len, 0, &end);
    if (!u) return NULL;
    /* "the GS-2's length": a genitive, no foot mark. */
    bool mark = text[0] == '\'' || (len > 2 && memcmp(text, "\xe2\x80\x99", 3) == 0);
    if (mark && end < len && ((text[end] | 0x20) >= 'a' && (text[end] | 0x20) <= 'z')) return NULL;
    u = match_variant(u, text, len, &end);
    enum per per = match_per(text, len, end, &at);
    if (per != PER_NONE) {
        size_t start = at;
        int count = at < len ? match_count(text, len, &at) : 1;
        bool counted = at > start;
        if (counted) { /* "100 km", "100-km" */
            at = skip_spaces(text, len, at);
            if (at < len && text[at] == '-') at++;
        }
        size_t denominator_end = at;
        const struct unit *b = match_simple(text, len, at, &denominator_end);
        if (!b) b = match_capital(text, len, at, &denominator_end);
        if (b) b = match_variant(b, text, len, &denominator_end);
        const struct unit *q = b ? quotient(u, count, b) : NULL;
        size_t n;
        bool letter = at < len && is_word(next_folded(text, len, at, false, &n));
        if (q) {
            end = denominator_end;
            u = match_variant(q, text, len, &end);
        } else if (!b && count == 100 && !letter && (u->id == UNIT_L || u->id == UNIT_KWH)) {
            /* "L/100" is short for L/100 km */
            u = unit_of(u->id == UNIT_L ? UNIT_L_100KM : UNIT_KWH_100KM);
            end = start + 3;
        } else if ((per == PER_SLASH || per == PER_WORD) && !counted &&
                   (b ? b->dimension != u->dimension && b->id != UNIT_RPM : letter) &&
                   !(at < len && text[at] >= '0' && text[at] <= '9')) {
            *compound = true; /* "kW/axle", "€ per month" */
            return NULL;
        }
    }
    *used = end;
    return u;
}

const struct unit *unit_parse(const char *text, size_t len, size_t *used)
{
    bool compound;
    return unit_parse_strict(text, len, used, &compound);
}

/* ---- whole texts ---- */

static void trim(const char **text, size_t *len)
{
    size_t begin = 0, end = *len, n;
    while (begin < end && is_space(next_folded(*text, end, begin, false, &n))) begin += n;
    while (end > begin) {
        size_t last = end - 1;
        while (last > begin && ((unsigned char)(*text)[last] & 0xC0) == 0x80) last--;
        if (!is_space(next_folded(*text, end, last, false, &n)) || last + n != end) break;
        end = last;
    }
    *text += begin;
    *len = end - begin;
}

static void trim_brackets(const char **text, size_t *len)
{
    static const char *const PAIRS[][2] = {{"(", ")"}, {"[", "]"}, {"{", "}"}, {"<", ">"},
                                           {"（", "）"}, {"【", "】"}, {"「", "」"}, {"［", "］"},
                                           {"〔", "〕"}, {"〈", "〉"}, {"《", "》"}, {"|", "|"}};
    trim(text, len);
    for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
        size_t open = strlen(PAIRS[i][0]), close = strlen(PAIRS[i][1]);
        if (*len < open + close || memcmp(*text, PAIRS[i][0], open) != 0 ||
            memcmp(*text + *len - close, PAIRS[i][1], close) != 0)
            continue;
        *text += open;
        *len -= open + close;
        trim(text, len);
        return;
    }
}

const struct unit *unit_parse_all(const char *text, size_t len)
{
    static const char *const IN[] = {"in", "en", "à", NULL};
    trim_brackets(&text, &len);
    if (len == 0) return NULL;
    size_t used, end;
    const struct unit *u = unit_parse(text, len, &used);
    if (u && skip_spaces(text, len, used) == len) return u;
    if (!any_word_at(text, len, 0, IN, &end)) return NULL; /* "[in mm]" */
    text += end;
    len -= end;
    trim(&text, &len);
    u = unit_parse(text, len, &used);
    return u && used == len ? u : NULL;
}

/* ---- values ---- */

double unit_to_base(double value, const struct unit *u)
{
    if (u->reciprocal) return u->factor / value;
    return value * u->factor + u->offset;
}

/* The decimal of 15 digits that v misses by the rounding of a conversion: 16.58万 are 165,800, and not
 * 165,799.99999999997, which would not be "at least 165,800". */
static double snap(double v)
{
    static const double POWERS[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12,
                                    1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    double size = fabs(v);
    if (!(size > 1e-7 && size < 1e14)) return v;
    int power = 14 - (int)floor(log10(size));
    double decimal = nearbyint(v * POWERS[power]) / POWERS[power];
    return fabs(decimal - v) <= 4 * DBL_EPSILON * size ? decimal : v;
}

bool unit_convert(double value, const struct unit *from, const struct unit *to, double *out)
{
    if (!from || !to || !isfinite(value)) return false;
    if (from->id == to->id) {
        *out = value;
        return true;
    }
    if (from->dimension != to->dimension || from->dimension == DIMENSION_NONE ||
        from->dimension == DIMENSION_COUNT)
        return false;
    if (from->dimension == DIMENSION_MONEY && strcmp(from->currency, to->currency) != 0)
        return false;
    double v;
    if (from->reciprocal != to->reciprocal) {
        if (value == 0) return false;
        v = from->reciprocal ? from->factor / value / to->factor : to->factor / (value * from->factor);
    } else if (from->factor == to->factor && from->offset == to->offset) {
        v = value; /* hp and bhp: nothing is rounded */
    } else if (from->reciprocal) {
        v = value * (to->factor / from->factor);
    } else {
        v = (value * from->factor + (from->offset - to->offset)) / to->factor;
    }
    if (!isfinite(v)) return false;
    *out = snap(v);
    return true;
}
