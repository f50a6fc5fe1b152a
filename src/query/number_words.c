/* Numbers in several words: "two and a half", "three hundred", "35 grand", "a dozen", "zweihundert", "mil quinientos". */
#include "query/label.h"

#include <string.h>

struct number_word {
    const char *key;
    double number;
};

/* That stand alone or add up. */
static const struct number_word PLAIN[] = {
    {"thirteen", 13}, {"fourteen", 14}, {"fifteen", 15}, {"sixteen", 16}, {"seventeen", 17}, {"eighteen", 18}, {"nineteen", 19},
    {"twenty", 20}, {"thirty", 30}, {"forty", 40}, {"fifty", 50}, {"sixty", 60}, {"seventy", 70}, {"eighty", 80}, {"ninety", 90},
    {"zwanzig", 20}, {"dreissig", 30}, {"vierzig", 40}, {"funfzig", 50}, {"sechzig", 60}, {"siebzig", 70}, {"achtzig", 80},
    {"neunzig", 90}, {"anderthalb", 1.5}, {"eineinhalb", 1.5}, {"zweieinhalb", 2.5}, {"dreieinhalb", 3.5}, {"viereinhalb", 4.5},
    {"halbe", 0.5}, {"halben", 0.5},
    {"treize", 13}, {"quatorze", 14}, {"quinze", 15}, {"seize", 16}, {"vingt", 20}, {"trente", 30}, {"quarante", 40},
    {"cinquante", 50}, {"soixante", 60},
    {"quince", 15}, {"veinte", 20}, {"treinta", 30}, {"cuarenta", 40}, {"cincuenta", 50}, {"sesenta", 60}, {"setenta", 70},
    {"ochenta", 80}, {"noventa", 90}, {"doscientos", 200}, {"doscientas", 200}, {"trescientos", 300}, {"trescientas", 300},
    {"cuatrocientos", 400}, {"quinientos", 500}, {"quinientas", 500}, {"seiscientos", 600}, {"setecientos", 700},
    {"ochocientos", 800}, {"novecientos", 900},
};
/* That multiply what stands before them. */
static const struct number_word TIMES[] = {
    {"hundred", 100}, {"hundert", 100}, {"cent", 100}, {"cents", 100}, {"cien", 100}, {"ciento", 100}, {"百", 100},
    {"dozen", 12}, {"dutzend", 12}, {"douzaine", 12}, {"docena", 12},
    {"thousand", 1000}, {"grand", 1000}, {"tausend", 1000}, {"mille", 1000}, {"mil", 1000}, {"千", 1000},
    {"million", 1e6}, {"millionen", 1e6}, {"millions", 1e6}, {"万", 10000},
};

static bool find(const struct number_word *words, size_t n, const char *key, double *out)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(words[i].key, key) == 0) {
            *out = words[i].number;
            return true;
        }
    return false;
}

static bool is_times(const char *key, double *out)
{
    return find(TIMES, sizeof TIMES / sizeof *TIMES, key, out);
}

static bool is_plain(const struct labelled *q, size_t i, double *out)
{
    if (find(PLAIN, sizeof PLAIN / sizeof *PLAIN, q->tokens[i].key, out)) return true;
    struct word words[WORD_MAX_MEANINGS];
    size_t n = 0;
    if (strcmp(q->tokens[i].key, "\xe4\xb8\xa4") == 0) { /* 两 */
        *out = 2;
        return true;
    }
    if (lexicon_match(&q->tokens[i], 1, words, &n) != 1) return false;
    for (size_t k = 0; k < n; k++)
        if (words[k].class == WORD_NUMBER && (words[k].languages >> q->language & 1)) {
            *out = words[k].number;
            return true;
        }
    return false;
}

bool label_is_number_word(const char *key)
{
    double n;
    return is_times(key, &n) || find(PLAIN, sizeof PLAIN / sizeof *PLAIN, key, &n) || strcmp(key, "half") == 0;
}

/* "zweihundert", "dreitausend": in one word. */
static bool is_joined(const struct labelled *q, size_t i, double *out)
{
    static const char *const ENDS[] = {"hundert", "tausend"};
    const char *key = q->tokens[i].key;
    for (size_t e = 0; e < 2; e++) {
        size_t len = strlen(key), end = strlen(ENDS[e]);
        if (len <= end || strcmp(key + len - end, ENDS[e]) != 0) continue;
        static const char *const HEADS[] = {"ein", "zwei", "drei", "vier", "funf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwolf"};
        double head = 0;
        for (size_t h = 0; h < sizeof HEADS / sizeof *HEADS; h++)
            if (strlen(HEADS[h]) == len - end && strncmp(HEADS[h], key, len - end) == 0) head = (double)h + 1;
        for (size_t p = 0; p < sizeof PLAIN / sizeof *PLAIN && head == 0; p++)
            if (strlen(PLAIN[p].key) == len - end && strncmp(PLAIN[p].key, key, len - end) == 0) head = PLAIN[p].number;
        if (head == 0) return false;
        *out = head * (e == 0 ? 100 : 1000);
        return true;
    }
    return false;
}

static bool is_one_of(const char *key, const char *a, const char *b, const char *c)
{
    return strcmp(key, a) == 0 || strcmp(key, b) == 0 || strcmp(key, c) == 0;
}

static bool is_half(const struct labelled *q, size_t i)
{
    const char *key = q->tokens[i].key;
    return strcmp(key, "half") == 0 || is_one_of(key, "demi", "demie", "media") || (q->language == 3 && strcmp(key, "medio") == 0);
}

/* "and a half", "y media": how many tokens from i on. */
static size_t and_a_half(const struct labelled *q, size_t i, const unsigned char *taken)
{
    if (i + 1 >= q->n_tokens || taken[i] || taken[i + 1] || !is_one_of(q->tokens[i].key, "and", "y", "et")) return 0;
    size_t at = i + 1 + (strcmp(q->tokens[i + 1].key, "a") == 0);
    return at < q->n_tokens && !taken[at] && is_half(q, at) ? at + 1 - i : 0;
}

size_t label_number_run(const struct labelled *q, size_t i, const unsigned char *taken, double *value, bool *money)
{
    double total = 0, group = 0, n = 0;
    size_t at = i;
    bool any = false, times = false, half = false;
    *money = false;
    for (; at < q->n_tokens && !taken[at]; at++) {
        const struct token *t = &q->tokens[at];
        const char *key = t->key;
        if (at > i && (t->gap & (GAP_STOP | GAP_COMMA | GAP_COLON | GAP_OPEN))) break;
        bool next = at + 1 < q->n_tokens && !taken[at + 1];
        if (at == i && t->kind == TOKEN_NUMBER) {
            /* A figure only before a word that multiplies it: "35 grand". */
            if (!next || !is_times(q->tokens[at + 1].key, &n) || q->tokens[at + 1].gap != GAP_SPACE ||
                q->tokens[at + 1].kind == TOKEN_HAN)
                return 0;
            group = t->number;
            any = true;
        } else if (!any && is_half(q, at)) {
            /* "half a tonne", "half a dozen" */
            group = 0.5;
            any = half = true;
            if (next && is_one_of(q->tokens[at + 1].key, "a", "an", "the")) at++;
        } else if (!any && is_one_of(key, "a", "an", "un") && next && is_times(q->tokens[at + 1].key, &n)) {
            group = 1;
            any = true;
        } else if (is_times(key, &n) && (any || t->kind != TOKEN_HAN)) {
            if (n >= 1000 && (n != 10000 || group)) {
                total += (group ? group : 1) * n;
                group = 0;
                /* "a grand" is money, "the grand tourer" is none. */
                if (strcmp(key, "grand") == 0) {
                    if (!any) return 0;
                    *money = true;
                }
            } else {
                group = (group ? group : 1) * n;
            }
            any = times = true;
        } else if (is_joined(q, at, &n)) {
            group += n;
            any = times = true;
        } else if ((!half || times) && is_plain(q, at, &n)) {
            /* "four six-cylinder" are two numbers. */
            if (any && !times && !(group >= 20 && group < 100 && n < 10)) break;
            group += n;
            any = true;
        } else if (any && times && is_one_of(key, "and", "y", "et") && next && is_plain(q, at + 1, &n) && n < 100 &&
                   at + 2 < q->n_tokens && !is_one_of(q->tokens[at + 2].key, "of", "or", "and")) {
            continue;
        } else if (any && and_a_half(q, at, taken)) {
            group += 0.5;
            at += and_a_half(q, at, taken) - 1;
            half = true;
        } else {
            break;
        }
    }
    /* A word that the lexicon has alone is no matter of this. */
    bool alone = at == i + 1 && !times && lexicon_has(q->tokens[i].key);
    if (!any || alone || at == i) return 0;
    *value = total + group;
    return at - i;
}
