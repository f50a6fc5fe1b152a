/* Numbers of a question: in digits and in words, with the unit before or behind; years; units alone. */
#include "query/label.h"

#include <string.h>

int token_year(const struct labelled *q, size_t i)
{
    const struct token *t = &q->tokens[i];
    if (t->kind != TOKEN_NUMBER || strchr(t->key, '.')) return 0;
    size_t len = strlen(t->key);
    if (len > 4) return 0; /* and no figure too large for an int */
    int n = (int)t->number;
    const char *written = q->text + t->begin; /* in the digits of any script: of one byte or several */
    bool grouped = memchr(written, ',', t->end - t->begin) || memchr(written, '.', t->end - t->begin);
    if (len == 4 && n >= 1885 && n <= 2049 && !grouped) return n;
    if (len == 2 && t->begin > 0) {
        /* "'22", "MY24" */
        char quote = q->text[t->begin - 1];
        bool curly = t->begin >= 3 && memcmp(q->text + t->begin - 3, "\xe2\x80\x99", 3) == 0;
        bool my = i > 0 && strcmp(q->tokens[i - 1].key, "my") == 0 && !t->gap;
        if (quote == '\'' || curly || my) return n <= 35 ? 2000 + n : 1900 + n;
    }
    return 0;
}

/* How many tokens from i on begin before the byte `end` of the text. */
static size_t tokens_before(const struct labelled *q, size_t i, size_t end)
{
    size_t n = 0;
    while (i + n < q->n_tokens && q->tokens[i + n].begin < end) n++;
    return n;
}

/* The same of something that begins with token i. */
static size_t tokens_to(const struct labelled *q, size_t i, size_t end)
{
    size_t n = tokens_before(q, i, end);
    return n ? n : 1;
}

/* U+2009 and U+202F, a thin and a narrow space. */
static bool is_thin_space(const char *s)
{
    return strncmp(s, "\xe2\x80\xaf", 3) == 0 || strncmp(s, "\xe2\x80\x89", 3) == 0;
}

/* A number, the unit before or behind it, thousands as "k" or 万. */
bool label_number(struct labelled *q, size_t i, const unsigned char *taken)
{
    const struct token *t = &q->tokens[i];
    size_t first = i, used = 0;
    const struct unit *unit = NULL;
    if (t->kind != TOKEN_NUMBER) {
        /* "$30,000", "EUR 24.990" */
        unit = unit_parse(q->text + t->begin, strlen(q->text + t->begin), &used);
        if (!unit || unit->dimension != DIMENSION_MONEY) return false;
        size_t n = tokens_to(q, i, t->begin + used);
        if (i + n >= q->n_tokens || q->tokens[i + n].kind != TOKEN_NUMBER || taken[i + n])
            return false;
        i += n;
        t = &q->tokens[i];
    }
    enum number_style style = q->language == 0 || q->language == 4 ? NUMBER_POINT : NUMBER_COMMA;
    double value;
    if (!number_parse(q->text + t->begin, strlen(q->text + t->begin), style, &value, &used))
        value = t->number;
    /* "1 200 kg": thousands apart by spaces are one number. */
    if (used > t->end - t->begin && value >= 1000) {
        size_t groups = tokens_to(q, i, t->begin + used);
        bool apart = groups > 1;
        for (size_t k = 1; k < groups && apart; k++)
            apart = !taken[i + k] && q->tokens[i + k].kind == TOKEN_NUMBER && q->tokens[i + k].gap == GAP_SPACE &&
                    q->tokens[i + k].end - q->tokens[i + k].begin == 3;
        if (apart) i += groups - 1;
        t = &q->tokens[i];
    }
    size_t end = t->end;
    size_t n = i + 1 - first;
    const char *behind = q->text + end;
    if ((behind[0] == 'k' || behind[0] == 'K') && !((behind[1] | 0x20) >= 'a' && (behind[1] | 0x20) <= 'z')) {
        value *= 1000;
        end++;
        n = tokens_to(q, first, end);
        behind = q->text + end;
    }
    if (!unit) {
        size_t skip = 0;
        while (behind[skip] == ' ' || behind[skip] == '-') skip++;
        if (memcmp(behind, "\xc2\xa0", strnlen(behind, 2)) == 0 && behind[0]) skip = 2;
        if (is_thin_space(behind)) skip = 3;
        unit = unit_parse(behind + skip, strlen(behind + skip), &used);
        if (unit) {
            /* "8 in the city", "4 a day": words that only look like units. */
            size_t unit_tokens = tokens_before(q, i + 1, end + skip + used); /* 20": none */
            bool letter = i + 1 < q->n_tokens && q->tokens[i + 1].key[0] && !q->tokens[i + 1].key[1] &&
                          strchr("smtl", q->tokens[i + 1].key[0]); /* "8.9 s": of "that's" it is no word here */
            bool word = i + 1 < q->n_tokens && unit_tokens == 1 && skip > 0 && !letter &&
                        lexicon_has(q->tokens[i + 1].key);
            if (word)
                unit = NULL;
            else
                n = i + 1 - first + unit_tokens;
        }
    }
    struct label *l = label_new(q, LABEL_NUMBER, first, n);
    l->number = value;
    l->unit = unit;
    return true;
}

/* A unit without a number: "in kW", "(L/100 km)", "mpg". */
size_t label_unit_run(const struct labelled *q, size_t i, const struct unit **unit)
{
    const struct token *t = &q->tokens[i];
    size_t used;
    *unit = unit_parse(q->text + t->begin, strlen(q->text + t->begin), &used);
    if (!*unit || t->kind == TOKEN_NUMBER) return 0;
    /* "in lb-ft": the preposition is no inch. */
    struct word words[WORD_MAX_MEANINGS];
    size_t n_words = 0;
    bool function = false;
    if (t->kind == TOKEN_WORD && lexicon_match(t, 1, words, &n_words))
        for (size_t k = 0; k < n_words; k++) function = function || words[k].class == WORD_FUNCTION;
    bool bracketed = (t->gap & GAP_OPEN) && (t->gap_end & GAP_CLOSE);
    size_t n = tokens_to(q, i, t->begin + used);
    if (q->tokens[i + n - 1].end != t->begin + used) return 0;
    /* "l/100 km" begins with a letter that is a French word; "in lb" with a preposition. */
    if (function && !bracketed && (n == 1 || strlen(t->key) > 1)) return 0;
    if (n > 1) return n;
    if (t->end - t->begin == 1 || lexicon_has(t->key)) {
        /* "in l", "(s)": a letter is a unit only where one is expected. */
        bool opened = (t->gap & GAP_OPEN) && (t->gap_end & GAP_CLOSE);
        bool in = i > 0 && (!strcmp(q->tokens[i - 1].key, "in") || !strcmp(q->tokens[i - 1].key, "en")) &&
                  (t->gap_end & (GAP_STOP | GAP_COMMA));
        if (!opened && !in) return 0;
    }
    return n;
}

/* The unit right behind a number in words. */
static void take_unit_behind(const struct labelled *q, struct label *l)
{
    size_t last = l->first + l->n - 1, used;
    const char *behind = q->text + q->tokens[last].end;
    size_t skip = strspn(behind, " -");
    const struct unit *u = unit_parse(behind + skip, strlen(behind + skip), &used);
    if (!u || !skip || last + 1 >= q->n_tokens || lexicon_has(q->tokens[last + 1].key)) return;
    size_t end = q->tokens[last].end + skip + used, n = tokens_to(q, last + 1, end);
    if (q->tokens[last + n].end != end) return;
    l->unit = u;
    l->n += n;
}

bool label_number_phrase(struct labelled *q, size_t i, const unsigned char *taken)
{
    double value;
    bool money;
    size_t n = label_number_run(q, i, taken, &value, &money);
    if (!n) return false;
    struct label *l = label_new(q, LABEL_NUMBER, i, n);
    l->number = value;
    l->money = money;
    take_unit_behind(q, l);
    return true;
}

/* A number in words that counts something: "six-cylinder", "top three". */
bool label_number_word(struct labelled *q, size_t i, const unsigned char *taken)
{
    struct word words[WORD_MAX_MEANINGS];
    size_t n_words = 0, run = lexicon_match(&q->tokens[i], 1, words, &n_words);
    for (size_t k = 0; run && k < n_words; k++) {
        if (words[k].class != WORD_NUMBER) continue;
        /* "one" and "un" are numbers only before what can be counted. */
        if (words[k].number == 1 || (q->tokens[i].kind == TOKEN_HAN)) {
            const struct term *terms;
            size_t n_terms = 0;
            if (i + 1 >= q->n_tokens || taken[i + 1] ||
                !registry_match(&q->tokens[i + 1], q->n_tokens - i - 1, &terms, &n_terms))
                return false;
            bool counts = false;
            for (size_t j = 0; j < n_terms; j++)
                counts = counts || (terms[j].kind == TERM_ATTRIBUTE &&
                                    REGISTRY[terms[j].id].dimension == DIMENSION_COUNT);
            if (!counts) return false;
        }
        struct label *l = label_new(q, LABEL_NUMBER, i, 1);
        l->number = words[k].number;
        memcpy(l->words, words, n_words * sizeof *words);
        l->n_words = n_words;
        take_unit_behind(q, l);
        return true;
    }
    return false;
}
