#include "query/word_match.h"

#include "vehicle/unit.h"

#include <string.h>

enum { STEM_LEAST = 3 };

/* Names of one thing; the first of a line is the others' name. */
static const char *const SYNONYMS[] = {
    "tyre tire", "disc disk", "height tall high", "thickness thick thin", "width wide", "length long", "depth deep",
    "weight weigh mass heavy", "oil lubrication lubricating lubricant", "coolant cooling antifreeze",
    "capacity volume quantity", "gearbox transmission", "torque tighten tightening tightened",
    "minimum min least lowest smallest shortest short", "maximum max most highest largest greatest",
    "current amp amps ampere amperes amperage", "voltage volt volts", "l litre litres liter liters", "gauge gage",
    "diameter dia", "unladen empty", "crankshaft crank", "camshaft cam", "idle idling",
    "aluminium aluminum", "speed rpm", "inch inches", "grey gray", "start begin begins starting beginning", "kerb curb", "refill fill filling",
};
enum { N_SYNONYMS = sizeof SYNONYMS / sizeof *SYNONYMS };

static int synonyms_of(const char *key)
{
    size_t len = strlen(key);
    for (int i = 0; i < N_SYNONYMS; i++)
        for (const char *p = SYNONYMS[i]; *p; p += *p == ' ') {
            size_t n = strcspn(p, " ");
            if (n == len && memcmp(p, key, n) == 0) return i;
            p += n;
        }
    return -1;
}

/* The length of the word without its ending: "shipp" of "shipped" is given as "ship". */
static size_t stem(const char *key)
{
    static const char *const ENDINGS[] = {"ings", "ing", "ness", "ed", "es", "s", "e"};
    size_t len = strlen(key);
    for (size_t i = 0; i < sizeof ENDINGS / sizeof *ENDINGS; i++) {
        size_t n = strlen(ENDINGS[i]);
        if (len < n + STEM_LEAST || memcmp(key + len - n, ENDINGS[i], n) != 0) continue;
        len -= n;
        break;
    }
    if (len > STEM_LEAST && key[len - 1] == key[len - 2]) len--;
    return len;
}

static bool is_number(const char *key)
{
    return strspn(key, "0123456789.,/") == strlen(key);
}

bool words_same(const char *a, const char *b)
{
    if (strcmp(a, b) == 0) return true;
    if (is_number(a) || is_number(b)) return false;
    int group = synonyms_of(a);
    if (group >= 0 && group == synonyms_of(b)) return true;
    size_t n = strlen(a), m = strlen(b), least = n < m ? n : m;
    if (least >= 3 && stem(a) == stem(b) && memcmp(a, b, stem(a)) == 0) return true;
    if (least < 4 || memcmp(a, b, least < 5 ? least : least - 1) != 0) return false;
    return n - least <= 3 && m - least <= 3;
}

/* How many tokens from i on are the number, of which a space may part the thousands: "3 000"; 0: they are not. */
static size_t number_at(const struct token *t, size_t n, size_t i, const char *key)
{
    if (strcmp(t[i].key, key) == 0) return 1;
    if (i + 1 == n || t[i].kind != TOKEN_NUMBER || t[i + 1].kind != TOKEN_NUMBER || t[i + 1].gap != GAP_SPACE) return 0;
    size_t a = strlen(t[i].key);
    return a <= 3 && strlen(t[i + 1].key) == 3 && strlen(key) == a + 3 && memcmp(key, t[i].key, a) == 0 &&
                   strcmp(key + a, t[i + 1].key) == 0
               ? 2 : 0;
}

/* How many tokens from i on are the word's, side by side; 0: they are not. */
static size_t together_at(const struct token *t, size_t n, size_t i, const struct query_cell_word *w)
{
    size_t at = i;
    for (size_t k = 0; k < w->n_keys; k++) {
        if (at >= n) return 0;
        size_t used = is_number(w->keys[k]) ? number_at(t, n, at, w->keys[k])
                                            : (strcmp(t[at].key, w->keys[k]) == 0 ||
                                               (k && is_number(w->keys[k - 1]) && words_same(t[at].key, w->keys[k])));
        if (!used) return 0;
        at += used;
    }
    return at - i;
}

bool word_in_tokens(const struct token *t, size_t n, const struct query_cell_word *w)
{
    if (w->n_keys == 0) return false;
    if (w->together) {
        for (size_t i = 0; i < n; i++)
            if (together_at(t, n, i, w)) return true;
        return w->alternative && w->alternative[0] &&
               word_in_tokens(t, n, &(struct query_cell_word){.keys = &w->alternative, .n_keys = 1});
    }
    for (size_t k = 0; k < w->n_keys; k++) {
        size_t i = 0;
        while (i < n && !(is_number(w->keys[k]) ? number_at(t, n, i, w->keys[k]) > 0 : words_same(t[i].key, w->keys[k])))
            i++;
        if (i < n) continue;
        return w->alternative && strcmp(w->keys[k], w->alternative) != 0 &&
               word_in_tokens(t, n, &(struct query_cell_word){.keys = &w->alternative, .n_keys = 1});
    }
    return true;
}

uint32_t words_in_text(const char *text, const struct query_cell_word *words, size_t n_words, struct token *t,
                       size_t max)
{
    uint32_t bits = 0;
    if (!text || !*text) return 0;
    size_t n = tokens_split(text, strlen(text), TOKENS_TEXT, t, max);
    for (size_t k = 0; k < n_words; k++)
        if (word_in_tokens(t, n, &words[k])) bits |= 1u << k;
    return bits;
}

/* ---- codes ---- */

/* Whether the tokens from i on are of the word's kind, and others. */
static bool other_at(const struct token *t, size_t n, size_t i, const struct query_cell_word *w)
{
    bool same = true;
    if (i + w->n_keys > n) return false;
    bool measure = w->n_keys == 2 && is_number(w->keys[0]) && !is_number(w->keys[1]) &&
                   unit_parse_all(w->keys[1], strlen(w->keys[1]));
    for (size_t k = 0; k < w->n_keys; k++) {
        const struct token *at = &t[i + k];
        bool number = is_number(w->keys[k]);
        if (number != (at->kind == TOKEN_NUMBER)) return false;
        if (!number && measure && !words_same(at->key, w->keys[k])) return false;
        if (!number && !measure && strlen(at->key) != strlen(w->keys[k])) return false;
        if (k && !measure && at->gap != GAP_NONE && at->gap != GAP_HYPHEN) return false;
        same = same && strcmp(at->key, w->keys[k]) == 0;
    }
    return !same;
}

bool other_code_in_tokens(const struct token *t, size_t n, const struct query_cell_word *w)
{
    if (!w->together) return false;
    for (size_t i = 0; i < n; i++)
        if ((i == 0 || t[i].gap != GAP_NONE) && other_at(t, n, i, w)) return true;
    return false;
}

/* ---- quantities ---- */

uint64_t word_dimensions(const char *key)
{
    static const struct {
        const char *words;
        enum dimension dimensions[3];
    } QUANTITIES[] = {
        {"torque", {DIMENSION_TORQUE}},     {"tighten", {DIMENSION_TORQUE}},    {"tightening", {DIMENSION_TORQUE}},
        {"tightened", {DIMENSION_TORQUE}},  {"pressure", {DIMENSION_PRESSURE}}, {"temperature", {DIMENSION_TEMPERATURE}},
        {"voltage", {DIMENSION_VOLTAGE}},   {"current", {DIMENSION_CURRENT}},   {"amperage", {DIMENSION_CURRENT}},
        {"power", {DIMENSION_POWER}},       {"capacity", {DIMENSION_VOLUME, DIMENSION_CHARGE, DIMENSION_MASS}},   {"volume", {DIMENSION_VOLUME}},
        {"weight", {DIMENSION_MASS}},       {"speed", {DIMENSION_ROTATION, DIMENSION_SPEED}},
        {"weigh", {DIMENSION_MASS}},        {"weighs", {DIMENSION_MASS}},
        {"volts", {DIMENSION_VOLTAGE}},     {"amps", {DIMENSION_CURRENT}},
    };
    uint64_t bits = 0;
    for (size_t i = 0; i < sizeof QUANTITIES / sizeof *QUANTITIES; i++) {
        if (strcmp(QUANTITIES[i].words, key) != 0) continue;
        for (size_t k = 0; k < 3 && QUANTITIES[i].dimensions[k]; k++) bits |= UINT64_C(1) << QUANTITIES[i].dimensions[k];
    }
    return bits;
}

bool text_is_figure(const char *text)
{
    static const char *const SIGNS[] = {"≤", "≥", "±", "<", ">", "~", "≈", "+", "-", "−", "Ø", " "};
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS && !more; i++) {
            size_t n = strlen(SIGNS[i]);
            more = strncmp(text, SIGNS[i], n) == 0;
            if (more) text += n;
        }
    }
    return *text >= '0' && *text <= '9';
}
