/* Forms of words: misspelt ones are corrected, and inflected ones read as the word that the registry has. */
#include "query/label.h"

#include <string.h>

static bool is_known_word(const struct word_index *v, const char *key)
{
    size_t len = strlen(key);
    if (lexicon_has(key) || label_is_number_word(key) || registry_has_word(key) || word_index_knows(v, key)) return true;
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

/* English words that are one letter away from a known one and are themselves written right: "county" is no "country". */
static bool is_ordinary_word(const struct labelled *q, const char *key)
{
    static const char WORDS[] =
        " county counties depth along cause heart street streets chance father mother feeling stage staff voice peace coast coffee mouth click agent "
        "enter spirit award garden shoot sites matter prince regional steel chair plane planet lunch strike false shirt champion giant walls scared "
        "drunk guest guests sentence pleasure counter grace shame sight trash trend bread racing shower cabinet mirror mirrors province provinces "
        "breaks angle angles cooking covering thread holes flood arena hunter crossing drops bones beast habit copper tanks stunning boats boat brick "
        "powder wound poster dairy bitter butter stairs forming healing lasting message messages novel palace planes plain rolled shade sharing "
        "skill stole string strong treat unable unity venue verse villa votes waves while rough ridge riding sized sizes slide slept ";
    char spaced[TOKEN_KEY_MAX + 3];
    size_t len = strlen(key);
    if (q->language != 0 || len + 3 > sizeof spaced) return false;
    spaced[0] = ' ';
    memcpy(spaced + 1, key, len);
    memcpy(spaced + 1 + len, " ", 2);
    return strstr(WORDS, spaced) != NULL;
}

/* Reads words that nothing knows as the known word that they misspell, if there is just one. */
void label_correct_spelling(struct labelled *q, const struct word_index *v)
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
        if (is_ordinary_word(q, t->key)) continue;
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

/* registry_match, with English endings of a single word taken off where it is none as it stands:
 * "weighed", "towing", "charges". */
size_t label_match_inflected(const struct token *t, size_t room, const struct term **terms, size_t *n)
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
    /* "Elektrische", "automatiques", "eléctricas": endings of adjectives, of kinds alone. */
    static const struct {
        const char *ending;
        unsigned languages; /* bits as in struct word */
    } ADJECTIVES[] = {{"e", 2 | 4}, {"er", 2}, {"en", 2}, {"es", 2 | 4 | 8}, {"em", 2}, {"s", 4 | 8}, {"as", 8}, {"os", 8}, {"a", 8}};
    for (size_t i = 0; i < sizeof ADJECTIVES / sizeof *ADJECTIVES; i++) {
        size_t cut = strlen(ADJECTIVES[i].ending);
        if (len < cut + 5 || strcmp(t->key + len - cut, ADJECTIVES[i].ending) != 0) continue;
        struct token stem = *t;
        stem.key[len - cut] = '\0';
        if (registry_match(&stem, 1, terms, n) != 1) continue;
        bool kind = *n > 0;
        for (size_t k = 0; k < *n; k++)
            kind = kind && (*terms)[k].kind == TERM_CATEGORY && !(*terms)[k].code && ((*terms)[k].languages & ADJECTIVES[i].languages);
        if (kind) return 1;
    }
    *n = 0;
    return 0;
}
