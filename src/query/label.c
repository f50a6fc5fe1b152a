#include "query/label.h"

#include "query/source_words.h"

#include <string.h>

bool label_is(const struct label *l, enum word_class class)
{
    for (size_t i = 0; i < l->n_words; i++)
        if (l->words[i].class == class) return true;
    return false;
}

static bool is_known_word(const struct word_index *v, const char *key)
{
    size_t len = strlen(key);
    if (lexicon_has(key) || registry_has_word(key) || word_index_knows(v, key)) return true;
    if (strncmp(key, "durchschnitts", 13) == 0 && registry_has_word(key + 13)) return true;
    static const char *const ENDINGS[] = {"ed", "d", "ing", "es", "ly"};
    for (size_t i = 0; i < sizeof ENDINGS / sizeof *ENDINGS; i++) {
        size_t cut = strlen(ENDINGS[i]);
        if (len < cut + 4 || strcmp(key + len - cut, ENDINGS[i]) != 0) continue;
        char stem[TOKEN_KEY_MAX];
        memcpy(stem, key, len - cut);
        stem[len - cut] = '\0';
        if (lexicon_has(stem) || registry_has_word(stem)) return true;
    }
    if (len > 3 && key[len - 1] == 's') {
        char one[TOKEN_KEY_MAX];
        memcpy(one, key, len - 1);
        one[len - 1] = '\0';
        return lexicon_has(one) || registry_has_word(one) || word_index_knows(v, one);
    }
    return false;
}

/* "seat hight": of the words that are one letter away, the one that makes a term of the registry with the word
 * beside it. */
static bool correct_by_neighbour(struct labelled *q, size_t i)
{
    struct token pair[2][2];
    size_t n_pairs = 0, at[2];
    if (i > 0 && q->tokens[i - 1].kind == TOKEN_WORD) {
        pair[n_pairs][0] = q->tokens[i - 1];
        at[n_pairs++] = 1;
    }
    if (i + 1 < q->n_tokens && q->tokens[i + 1].kind == TOKEN_WORD) {
        pair[n_pairs][1] = q->tokens[i + 1];
        at[n_pairs++] = 0;
    }
    const char *key = q->tokens[i].key;
    size_t len = strlen(key);
    if (len + 2 > TOKEN_KEY_MAX) return false;
    char found[TOKEN_KEY_MAX] = "";
    for (size_t k = 1; k <= len; k++)
        for (int c = 'a'; c <= 'z' + 2; c++)
            for (int put = 0; put < 2; put++) {
                /* A letter put in or changed; past z: one left out, two swapped. */
                char word[TOKEN_KEY_MAX];
                memcpy(word, key, len + 1);
                if (c <= 'z' && put) {
                    memmove(word + k + 1, word + k, len - k + 1);
                    word[k] = (char)c;
                } else if (c <= 'z') {
                    if (k == len || word[k] == c) continue;
                    word[k] = (char)c;
                } else if (put || k == len) {
                    continue;
                } else if (c == 'z' + 1) {
                    memmove(word + k, word + k + 1, len - k);
                } else if (k + 1 < len) {
                    word[k] = key[k + 1];
                    word[k + 1] = key[k];
                }
                if (!registry_has_word(word)) continue;
                for (size_t p = 0; p < n_pairs; p++) {
                    const struct term *terms = NULL;
                    size_t n_terms = 0;
                    pair[p][at[p]] = q->tokens[i];
                    strcpy(pair[p][at[p]].key, word);
                    if (registry_match(pair[p], 2, &terms, &n_terms) != 2 || terms[0].kind != TERM_ATTRIBUTE) continue;
                    if (found[0] && strcmp(found, word) != 0) return false;
                    strcpy(found, word);
                }
            }
    if (!found[0]) return false;
    strcpy(q->tokens[i].key, found);
    return true;
}

/* Reads words that nothing knows as the known word that they misspell, if there is just one. */
static void correct_spelling(struct labelled *q, const struct word_index *v)
{
    for (size_t i = 0; i < q->n_tokens; i++) {
        struct token *t = &q->tokens[i];
        size_t used;
        if (t->kind != TOKEN_WORD || strlen(t->key) < 5 || is_known_word(v, t->key)) continue;
        if (unit_parse(q->text + t->begin, strlen(q->text + t->begin), &used) &&
            used >= t->end - t->begin)
            continue;
        /* "lj", "j300": letters beside digits are codes, not words. */
        if (i + 1 < q->n_tokens && t[1].kind == TOKEN_NUMBER && t[1].gap == 0) continue;
        if (correct_by_neighbour(q, i)) continue;
        const struct name_word *names[4];
        size_t n = word_index_similar_names(v, t->key, names, 4);
        size_t distance = n ? key_distance(names[0]->key, t->key, 2) : 3;
        /* Two names as near as each other: neither is taken, but two spellings of one word. */
        if (n > 1 && key_distance(names[1]->key, t->key, 2) == distance) {
            size_t best = 0;
            for (size_t k = 1; k < n; k++)
                if (key_distance(names[k]->key, t->key, 2) == distance &&
                    names[k]->records.n > names[best]->records.n * 8)
                    best = k;
            bool clear = true;
            for (size_t k = 0; k < n; k++)
                clear = clear && (k == best || names[k]->records.n * 8 < names[best]->records.n);
            if (clear)
                names[0] = names[best];
            else
                distance = 3;
        }
        const char *plain = registry_similar(t->key), *word = lexicon_similar(t->key);
        size_t plain_distance = plain ? key_distance(plain, t->key, 2) : 3;
        if (word && plain_distance > 1) {
            plain = word;
            plain_distance = 1;
        }
        bool name = distance < plain_distance || (distance == plain_distance && t->upper);
        const char *key = name ? (distance < 3 ? names[0]->key : NULL) : plain_distance < 3 ? plain : NULL;
        if (key) strcpy(t->key, key);
    }
}

/* "U", "LE", "y" of "Y6": letters of a name or a code, no words of a language. */
static bool is_initials(const struct labelled *q, size_t i)
{
    const struct token *t = &q->tokens[i];
    size_t len = t->end - t->begin;
    if (t->kind != TOKEN_WORD || len > 2) return false;
    for (size_t k = t->begin; k < t->end; k++)
        if (q->text[k] < 'A' || q->text[k] > 'Z') {
            bool digit = (i > 0 && q->tokens[i - 1].kind == TOKEN_NUMBER && t->gap == GAP_NONE) ||
                         (i + 1 < q->n_tokens && t[1].kind == TOKEN_NUMBER && t[1].gap == GAP_NONE);
            return digit;
        }
    return i > 0 || len > 1;
}

static size_t find_language(const struct labelled *q)
{
    size_t counts[5] = {0};
    for (size_t i = 0; i < q->n_tokens; i++) {
        struct word words[WORD_MAX_MEANINGS];
        size_t n_words;
        if (q->tokens[i].kind == TOKEN_HAN) {
            /* A Chinese name in an English question does not make it Chinese. */
            if (lexicon_match(&q->tokens[i], 1, words, &n_words)) counts[4]++;
            continue;
        }
        if (is_initials(q, i) || !lexicon_match(&q->tokens[i], 1, words, &n_words)) continue;
        uint8_t languages = 0;
        for (size_t k = 0; k < n_words; k++) languages |= words[k].languages;
        /* Words of one language tell more than those that several share. */
        unsigned shared = 0;
        for (size_t l = 0; l < 5; l++) shared += languages >> l & 1;
        for (size_t l = 0; l < 5; l++)
            if (languages >> l & 1) counts[l] += shared == 1 ? 3 : 1;
    }
    size_t best = 0;
    for (size_t l = 1; l < 4; l++)
        if (counts[l] > counts[best]) best = l;
    return counts[4] * 2 > counts[best] ? 4 : best;
}

/* The language that the words say which are no names and no codes; 0, English, where none says any. */
static size_t labelled_language(const struct labelled *q)
{
    size_t counts[5] = {0};
    for (size_t i = 0; i < q->n_labels; i++) {
        const struct label *l = &q->labels[i];
        if (l->kind == LABEL_MENTION || l->kind == LABEL_VALUE || l->kind == LABEL_YEAR || l->kind == LABEL_COLUMN)
            continue;
        uint8_t languages = 0;
        size_t weight = 1;
        /* "PS" and "mpg" are written in every language. */
        bool code = false; /* "4x4" */
        for (size_t t = l->first; t < l->first + l->n; t++) code = code || q->tokens[t].kind == TOKEN_NUMBER;
        for (size_t k = 0; l->kind == LABEL_TERM && !l->unit && !code && k < l->n_terms; k++)
            if (l->terms[k].kind != TERM_MAKE && !l->terms[k].code) languages |= l->terms[k].languages & 31;
        for (size_t t = l->first; t <= l->first + l->n; t++) {
            if (t == l->first + l->n) {
                weight = l->n;
            } else {
                struct word words[WORD_MAX_MEANINGS];
                size_t n_words;
                /* A letter or two beside a name is as good as a code. */
                bool brief = q->tokens[t].kind == TOKEN_WORD && q->tokens[t].end - q->tokens[t].begin < 2;
                if (brief || !lexicon_match(&q->tokens[t], 1, words, &n_words)) continue;
                /* "GT Pro": nothing is said by the piece that it would open. */
                bool opens = false;
                for (size_t k = 0; t + 1 == q->n_tokens && k < n_words; k++) opens = opens || words[k].class == WORD_PER;
                if (opens) continue;
                if (languages && l->kind == LABEL_TERM) continue;
                uint8_t said = 0;
                for (size_t k = 0; k < n_words; k++) said |= words[k].languages;
                unsigned shared = 0;
                for (size_t n = 0; n < 5; n++) shared += said >> n & 1;
                for (size_t n = 0; n < 5; n++)
                    if (said >> n & 1) counts[n] += shared == 1 ? 3 : 1;
                continue;
            }
            unsigned shared = 0;
            for (size_t n = 0; n < 5; n++) shared += languages >> n & 1;
            for (size_t n = 0; n < 5; n++)
                if (languages >> n & 1) counts[n] += (shared == 1 ? 2 : 1) * weight;
        }
    }
    size_t best = 0;
    for (size_t n = 1; n < 4; n++)
        if (counts[n] > counts[best]) best = n;
    return counts[4] * 2 > counts[best] ? 4 : best;
}

static struct label *new_label(struct labelled *q, enum label_kind kind, size_t first, size_t n)
{
    struct label *l = &q->labels[q->n_labels++];
    *l = (struct label){.kind = kind, .first = first, .n = n};
    return l;
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

/* A number, the unit before or behind it, thousands as "k" or 万. */
static bool label_number(struct labelled *q, size_t i, const unsigned char *taken)
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
    size_t end = t->end, n = i + 1 - first;
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
    struct label *l = new_label(q, LABEL_NUMBER, first, n);
    l->number = value;
    l->unit = unit;
    return true;
}

/* A unit without a number: "in kW", "(L/100 km)", "mpg". */
static size_t unit_run(const struct labelled *q, size_t i, const struct unit **unit)
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

/* The attribute that the last label names; -1. */
static int last_attribute(const struct labelled *q)
{
    if (!q->n_labels) return -1;
    const struct label *l = &q->labels[q->n_labels - 1];
    for (size_t k = 0; l->kind == LABEL_TERM && k < l->n_terms; k++)
        if (l->terms[k].kind == TERM_ATTRIBUTE) return l->terms[k].id;
    return -1;
}

/* registry_match, with English endings of a single word taken off where it is none as it stands:
 * "weighed", "towing", "charges". */
static size_t match_inflected(const struct token *t, size_t room, const struct term **terms, size_t *n)
{
    size_t run = registry_match(t, room, terms, n);
    size_t len = strlen(t->key);
    /* "EVs" */
    if (!run && t->kind == TOKEN_WORD && len == 3 && t->key[2] == 's' && t->upper) {
        struct token one = *t;
        one.key[2] = '\0';
        run = registry_match(&one, 1, terms, n) == 1;
        bool category = false;
        for (size_t k = 0; run && k < *n; k++)
            category = category || ((*terms)[k].kind == TERM_CATEGORY && !(*terms)[k].code);
        if (category) return 1;
        *n = 0;
        return 0;
    }
    if (run || t->kind != TOKEN_WORD || len < 5) return run;
    static const char *const ENDINGS[] = {"ed", "d", "ing", "es", "ly"};
    for (size_t i = 0; i < sizeof ENDINGS / sizeof *ENDINGS; i++) {
        size_t cut = strlen(ENDINGS[i]);
        if (len < cut + 3 || strcmp(t->key + len - cut, ENDINGS[i]) != 0) continue;
        struct token stem = *t;
        stem.key[len - cut] = '\0';
        if (registry_match(&stem, 1, terms, n)) return 1;
    }
    *n = 0;
    return 0;
}

/* An identifier in one piece that the store holds: a VIN, a stock number. */
static bool label_identifier(struct labelled *q, const struct word_index *v, size_t i, size_t room)
{
    const uint32_t *ids;
    size_t n_ids, n = word_index_match_terms(v, &q->tokens[i], room, &ids, &n_ids);
    bool digits = false, letters = false;
    if (n < 2) return false;
    for (size_t k = 0; k < n; k++) {
        if (k && q->tokens[i + k].gap != 0) return false;
        digits = digits || q->tokens[i + k].kind == TOKEN_NUMBER;
        letters = letters || q->tokens[i + k].kind == TOKEN_WORD;
    }
    if (!digits || !letters || q->tokens[i + n - 1].end - q->tokens[i].begin < 4) return false;
    struct label *l = new_label(q, LABEL_VALUE, i, n);
    l->ids = ids;
    l->n_ids = n_ids;
    return true;
}

/* Of a phrase that means something in the question's language, the meanings in others are left out:
 * "Transporter" is a van in German, and French for to carry. Terms stand by language together or
 * apart; a run of them is kept. */
static void keep_language(const struct labelled *q, const struct term **terms, size_t *n)
{
    size_t best = 0, best_n = 0;
    for (size_t i = 0; i < *n;) {
        size_t end = i;
        while (end < *n && (!(*terms)[end].languages || ((*terms)[end].languages >> q->language & 1))) end++;
        if (end - i > best_n) {
            best = i;
            best_n = end - i;
        }
        i = end + 1;
    }
    if (best_n == 0) return;
    *terms += best;
    *n = best_n;
}

enum { TURNED_MAX = 5 };

/* "length of the bed", "size of the fuel tank": tokens of "bed length" in *turned; how many tokens of the question
 * that is, 0: no genitive begins at t. `words`: of the noun behind. */
static size_t turn_genitive(const struct token *t, size_t room, size_t words, struct token *turned)
{
    size_t at = 1;
    if (t[0].kind != TOKEN_WORD || room < 3 || strcmp(t[1].key, "of") != 0 || (t[1].gap & ~(unsigned)GAP_SPACE))
        return 0;
    if (strcmp(t[0].key, "range") == 0) return 0; /* from least to most */
    at = 2;
    if (!strcmp(t[at].key, "the") || !strcmp(t[at].key, "its")) at++;
    if (at + words > room) return 0;
    for (size_t i = 0; i < words; i++) {
        if (t[at + i].kind != TOKEN_WORD || (t[at + i].gap & (GAP_STOP | GAP_COMMA | GAP_COLON))) return 0;
        turned[i] = t[at + i];
    }
    turned[words] = t[0];
    turned[words].gap = GAP_SPACE;
    return at + words;
}

/* The attribute or column that a genitive names; 0: none. */
static size_t match_genitive(const struct word_index *v, const struct token *t, size_t room,
                             const struct term **terms, size_t *n_terms, const uint32_t **columns,
                             size_t *n_columns)
{
    struct token turned[TURNED_MAX + 1];
    memset(turned, 0, sizeof turned);
    for (size_t words = 3; words > 0; words--) {
        size_t n = turn_genitive(t, room, words, turned);
        if (!n) continue;
        size_t run = registry_match(turned, words + 1, terms, n_terms);
        size_t len = strlen(turned[words - 1].key);
        if (run < words + 1 && len > 3 && turned[words - 1].key[len - 1] == 's') {
            turned[words - 1].key[len - 1] = '\0'; /* "size of the wheels" */
            run = registry_match(turned, words + 1, terms, n_terms);
        }
        if (run == words + 1)
            for (size_t k = 0; k < *n_terms; k++)
                if ((*terms)[k].kind == TERM_ATTRIBUTE && !(*terms)[k].code) return n;
        *n_terms = 0;
        if (word_index_match_columns(v, turned, words + 1, columns, n_columns) == words + 1) return n;
        *n_columns = 0;
    }
    return 0;
}

static void label_word(struct labelled *q, const struct word_index *v, size_t i, size_t room)
{
    const struct token *t = &q->tokens[i];
    const struct catalog *c = word_index_catalog(v);
    const struct term *terms = NULL;
    const uint32_t *columns = NULL, *values = NULL;
    size_t n_terms = 0, n_columns = 0, n_values = 0, n_words = 0;
    struct word words[WORD_MAX_MEANINGS];
    const struct unit *unit = NULL;
    size_t term = match_inflected(t, room, &terms, &n_terms);
    keep_language(q, &terms, &n_terms);
    size_t column = word_index_match_columns(v, t, room, &columns, &n_columns);
    size_t value = word_index_match_terms(v, t, room, &values, &n_values);
    size_t word = lexicon_match(t, room, words, &n_words);
    size_t measure = unit_run(q, i, &unit);
    if (measure > room) measure = 0;
    if (term < 3 && column < 3) {
        const struct term *of_terms = NULL;
        const uint32_t *of_columns = NULL;
        size_t n_of_terms = 0, n_of_columns = 0;
        size_t run = match_genitive(v, t, room, &of_terms, &n_of_terms, &of_columns, &n_of_columns);
        if (run && n_of_terms) {
            term = run;
            terms = of_terms;
            n_terms = n_of_terms;
            keep_language(q, &terms, &n_terms);
        } else if (run) {
            column = run;
            columns = of_columns;
            n_columns = n_of_columns;
        }
    }
    /* Codes, and category names of one or two letters that are not written as abbreviations: "at",
     * "el", "m" mean something else in a sentence. */
    bool code = term > 0, tiny = term == 1 && t->kind == TOKEN_WORD && strlen(t->key) <= 2 &&
                                 !(q->text[t->begin] >= 'A' && q->text[t->begin] <= 'Z' &&
                                   t->end - t->begin == 2 && q->text[t->end - 1] <= 'Z');
    /* "a 4" is no gearbox. */
    if (term == 2 && strlen(t[0].key) + strlen(t[1].key) <= 3 && (t[1].gap & GAP_SPACE)) tiny = true;
    for (size_t k = 0; k < n_terms; k++)
        if (!terms[k].code && !(tiny && terms[k].kind == TERM_CATEGORY)) code = false;
    int before = last_attribute(q);
    /* A code means something behind the name of its attribute alone: "fuel type D". */
    if (code) {
        bool fits = false;
        for (size_t k = 0; k < n_terms; k++)
            fits = fits || (terms[k].kind == TERM_CATEGORY && before >= 0 &&
                            CATEGORIES[terms[k].id].attribute == before);
        if (!fits) term = 0;
    }
    if (value == 2 && strlen(t[0].key) + strlen(t[1].key) <= 3 && (t[1].gap & GAP_SPACE)) value = 0;
    if (value == 1 && (t->kind == TOKEN_NUMBER || strlen(t->key) == 1 || word)) {
        bool fits = false;
        for (size_t k = 0; k < n_values; k++)
            fits = fits || (before >= 0 && c->columns[c->terms[values[k]].column].attribute == before);
        if (!fits) value = 0;
    }
    if (column == 1 && (word || strlen(t->key) < 2 || t->kind == TOKEN_NUMBER)) column = 0;
    /* "total" and "all" are operations, whatever some cell says. */
    if (value && value <= word) value = 0;
    /* "from dealers": what cells say, where no column is of the attribute that the word may name. */
    if (term && value == term && !word) {
        bool named = false;
        for (size_t k = 0; k < n_terms; k++) {
            named = named || terms[k].kind != TERM_ATTRIBUTE;
            for (size_t m = 0; m < c->n_columns && !named; m++) named = c->columns[m].attribute == terms[k].id;
        }
        if (!named) term = 0;
    }
    size_t longest = term;
    enum label_kind kind = term ? LABEL_TERM : LABEL_UNKNOWN;
    /* Units are looked at before names: "kW" is no attribute. But "range" in a phrase is longer. */
    if (measure && measure >= longest && !(term == measure && n_terms && terms[0].kind == TERM_CATEGORY)) {
        bool attribute = false;
        for (size_t k = 0; term == measure && k < n_terms; k++)
            attribute = attribute || terms[k].kind == TERM_ATTRIBUTE;
        /* "in miles" is a unit, though an odometer is called "miles" too; "horsepower" is both. */
        enum dimension d = unit->dimension;
        bool plain = d == DIMENSION_LENGTH || d == DIMENSION_MASS || d == DIMENSION_VOLUME ||
                     d == DIMENSION_TIME || d == DIMENSION_MONEY;
        if (!attribute || measure > term || plain) {
            longest = measure;
            kind = LABEL_UNIT;
            term = 0;
        }
    }
    if (column > longest) {
        longest = column;
        kind = LABEL_COLUMN;
    }
    if (value > longest) {
        longest = value;
        kind = LABEL_VALUE;
    }
    if (word > longest) {
        longest = word;
        kind = LABEL_WORD;
    }
    if (kind == LABEL_WORD && longest > 1) {
        /* "the most | economical": not "the most" and "economical". */
        struct word first[WORD_MAX_MEANINGS];
        const struct term *next;
        size_t n_first = 0, n_next = 0;
        bool function = false;
        if (lexicon_match(t, 1, first, &n_first))
            for (size_t k = 0; k < n_first; k++) function = function || first[k].class == WORD_FUNCTION;
        if (function && registry_match(t + 1, room - 1, &next, &n_next) >= longest) {
            longest = word = 1;
            memcpy(words, first, n_first * sizeof *first);
            n_words = n_first;
        }
    }
    /* "Reno" of cells that read "Reno, NV". */
    bool part = false;
    if (kind == LABEL_UNKNOWN) {
        value = word_index_match_parts(v, t, room, &values, &n_values);
        part = value > 0;
        if (part) {
            kind = LABEL_VALUE;
            longest = value;
        }
    }
    /* "Durchschnittspreis": an operation and an attribute in one word. */
    static const struct {
        const char *prefix;
        enum word_class class;
    } COMPOUNDS[] = {{"durchschnitts", WORD_AVERAGE}, {"gesamt", WORD_SUM}, {"hochst", WORD_MOST}, {"maximal", WORD_MOST},
                     {"mindest", WORD_LEAST}, {"minimal", WORD_LEAST}};
    for (size_t k = 0; k < sizeof COMPOUNDS / sizeof *COMPOUNDS && kind == LABEL_UNKNOWN; k++) {
        size_t len = strlen(COMPOUNDS[k].prefix);
        if (t->kind != TOKEN_WORD || strncmp(t->key, COMPOUNDS[k].prefix, len) != 0 || strlen(t->key) < len + 4) continue;
        struct token rest = *t;
        memmove(rest.key, t->key + len, strlen(t->key + len) + 1);
        if (registry_match(&rest, 1, &terms, &n_terms) != 1) continue;
        kind = LABEL_TERM;
        word = longest = 1;
        words[0] = (struct word){.class = COMPOUNDS[k].class, .languages = 2};
        n_words = 1;
    }
    /* "w": with, as it is typed in haste. */
    if (kind == LABEL_UNKNOWN && strcmp(t->key, "w") == 0 && !t->upper) {
        kind = LABEL_WORD;
        word = longest = 1;
        words[0] = (struct word){.class = WORD_FUNCTION, .languages = 1};
        n_words = 1;
    }
    if (kind == LABEL_UNKNOWN) {
        struct postings d = word_index_documents(v, t->key);
        if ((d.n && strlen(t->key) > 1) || source_word_is_nation(t->key)) kind = LABEL_DOCUMENT;
        longest = 1;
    }
    struct label *l = new_label(q, kind, i, longest);
    if (kind == LABEL_TERM || (term && term == longest)) {
        l->terms = terms;
        l->n_terms = n_terms;
    }
    if (word == longest) {
        memcpy(l->words, words, n_words * sizeof *words);
        l->n_words = n_words;
    }
    if (kind == LABEL_UNIT || (kind == LABEL_TERM && measure == longest)) l->unit = unit;
    if (kind == LABEL_COLUMN) {
        l->ids = columns;
        l->n_ids = n_columns;
    } else if (kind == LABEL_VALUE || (value == longest && kind != LABEL_UNIT)) {
        l->ids = values;
        l->n_ids = n_values;
        l->part = part;
    }
}

/* A number in words that counts something: "six-cylinder", "top three". */
static bool label_number_word(struct labelled *q, size_t i, const unsigned char *taken)
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
        struct label *l = new_label(q, LABEL_NUMBER, i, 1);
        l->number = words[k].number;
        memcpy(l->words, words, n_words * sizeof *words);
        l->n_words = n_words;
        const char *behind = q->text + q->tokens[i].end;
        size_t skip = strspn(behind, " -"), used;
        const struct unit *u = unit_parse(behind + skip, strlen(behind + skip), &used);
        if (u && skip && i + 1 < q->n_tokens && !lexicon_has(q->tokens[i + 1].key)) {
            size_t n = tokens_to(q, i + 1, q->tokens[i].end + skip + used);
            if (q->tokens[i + n].end == q->tokens[i].end + skip + used) {
                l->unit = u;
                l->n = 1 + n;
            }
        }
        return true;
    }
    return false;
}

/* language: -1: what all the words together say. */
static bool label_in(struct labelled *out, int language, const struct word_index *v, const char *text,
                     const size_t *context, size_t n_context, struct arena *arena, struct error *err)
{
    out->text = text;
    out->n_labels = out->n_mentions = 0;
    out->n_tokens = tokens_split(text, strlen(text), TOKENS_TEXT, out->tokens, QUESTION_MAX_TOKENS);
    memset(&out->tokens[out->n_tokens], 0, 2 * sizeof *out->tokens);
    out->language = language < 0 ? find_language(out) : (size_t)language;
    correct_spelling(out, v);
    unsigned char taken[QUESTION_MAX_TOKENS] = {0};
    enum { SOURCE = 255 };
    size_t source_first, source_n;
    /* "in the German price list" is no place for names. */
    for (size_t at = 0; source_phrase_find(out, v, at, &source_first, &source_n);
         at = source_first + source_n)
        for (size_t k = 0; k < source_n; k++) taken[source_first + k] = SOURCE;
    if (!mentions_find(out, v, context, n_context, taken, arena, err)) return false;
    for (size_t i = 0; i < out->n_tokens && out->n_labels < QUESTION_MAX_LABELS;) {
        if (taken[i]) {
            size_t n = 1;
            while (i + n < out->n_tokens && taken[i + n] == taken[i]) n++;
            struct label *l = new_label(out, taken[i] == SOURCE ? LABEL_DOCUMENT : LABEL_MENTION, i, n);
            if (taken[i] != SOURCE) l->mention = (size_t)taken[i] - 1;
            i += n;
            continue;
        }
        size_t room = 0;
        while (i + room < out->n_tokens && !taken[i + room]) room++;
        const struct token *t = &out->tokens[i];
        if (label_identifier(out, v, i, room)) {
            i += out->labels[out->n_labels - 1].n;
            continue;
        }
        if (room > 1 && is_engine_code(t)) {
            struct label *l = new_label(out, LABEL_NUMBER, i, 2);
            l->number = t[1].number;
            l->engine = true;
            i += 2;
            continue;
        }
        int year = token_year(out, i);
        if (t->kind == TOKEN_NUMBER && year) {
            const char *behind = text + t->end;
            size_t skip = strspn(behind, " "), used;
            const struct unit *u = unit_parse(behind + skip, strlen(behind + skip), &used);
            bool word = u && skip && i + 1 < out->n_tokens && lexicon_has(out->tokens[i + 1].key);
            if (!u || word) {
                new_label(out, LABEL_YEAR, i, 1)->year = year;
                i++;
                continue;
            }
        }
        /* A phrase of the registry may begin with a number: "0-100 km/h". */
        const struct term *terms;
        size_t n_terms;
        bool phrase = t->kind == TOKEN_NUMBER && registry_match(t, room, &terms, &n_terms) > 1;
        if (!phrase && (t->kind == TOKEN_NUMBER || t->kind == TOKEN_SIGN || t->kind == TOKEN_WORD) &&
            label_number(out, i, taken)) {
            i += out->labels[out->n_labels - 1].n;
            continue;
        }
        if (t->kind == TOKEN_SIGN) {
            const struct unit *unit;
            size_t n = unit_run(out, i, &unit);
            struct label *l = new_label(out, n ? LABEL_UNIT : LABEL_SIGN, i, n ? n : 1);
            l->unit = n ? unit : NULL;
            i += l->n;
            continue;
        }
        phrase = registry_match(t, room, &terms, &n_terms) > 1 && n_terms && terms[0].kind == TERM_CATEGORY;
        if (!phrase && label_number_word(out, i, taken)) {
            i += out->labels[out->n_labels - 1].n;
            continue;
        }
        label_word(out, v, i, room);
        i += out->labels[out->n_labels - 1].n;
    }
    return true;
}

bool label_question(struct labelled *out, const struct word_index *v, const char *text,
                    const size_t *context, size_t n_context, struct arena *arena,
                    struct error *err)
{
    if (!label_in(out, -1, v, text, context, n_context, arena, err)) return false;
    /* Names carry no language: "Rally Pro?" is no German, "ps vom Audi A4 Avant" no French. */
    size_t language = labelled_language(out);
    return language == out->language ||
           label_in(out, (int)language, v, text, context, n_context, arena, err);
}
