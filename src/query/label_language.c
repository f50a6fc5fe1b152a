/* The language of a question, and what its words mean in it: many mean something else in another, and names mean
 * nothing in any. */
#include "query/label.h"

#include <string.h>

bool label_is(const struct label *l, enum word_class class)
{
    for (size_t i = 0; i < l->n_words; i++)
        if (l->words[i].class == class) return true;
    return false;
}

/* What the lexicon says of one word, in the question's language: "m" and "se" are words in French and
 * Spanish alone. */
size_t label_words_of(const struct labelled *q, size_t i, struct word *out)
{
    size_t n = 0, kept = 0;
    if (!lexicon_match(&q->tokens[i], 1, out, &n)) return 0;
    for (size_t k = 0; k < n; k++)
        if (out[k].languages >> q->language & 1) out[kept++] = out[k];
    return kept;
}

/* A capital word that means something in other languages only: "the Transporter" of an English question.
 * German has capitals for all nouns. */
bool label_is_foreign_word(const struct labelled *q, size_t i)
{
    const struct token *t = &q->tokens[i];
    const struct term *terms;
    size_t n_terms = 0;
    struct word words[WORD_MAX_MEANINGS];
    const char *language = LEXICON_LANGUAGES[q->language];
    if (!t->upper || i == 0 || (t->gap & GAP_STOP) || !strcmp(language, "de") || label_words_of(q, i, words))
        return false;
    if (!registry_match(t, q->n_tokens - i, &terms, &n_terms)) return false;
    for (size_t k = 0; k < n_terms; k++)
        if (terms[k].languages & (1u << q->language)) return false;
    return n_terms > 0;
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

/* Words of one language (`alone`) tell more than those that several share. */
static void count_languages(size_t counts[5], uint8_t languages, size_t alone, size_t shared)
{
    unsigned n = 0;
    for (size_t l = 0; l < 5; l++) n += languages >> l & 1;
    for (size_t l = 0; l < 5; l++)
        if (languages >> l & 1) counts[l] += n == 1 ? alone : shared;
}

/* Chinese is said in Chinese characters alone: "WLTP miles" is not. */
static bool has_han(const struct labelled *q)
{
    for (size_t i = 0; i < q->n_tokens; i++)
        if (q->tokens[i].kind == TOKEN_HAN) return true;
    return false;
}

static size_t most_counted(const struct labelled *q, const size_t counts[5])
{
    size_t best = 0;
    for (size_t l = 1; l < 4; l++)
        if (counts[l] > counts[best]) best = l;
    return has_han(q) && counts[4] * 2 > counts[best] ? 4 : best;
}

size_t label_find_language(const struct labelled *q)
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
        count_languages(counts, languages, 3, 1);
    }
    return most_counted(q, counts);
}

/* The language that the words say which are no names and no codes; 0, English, where none says any. */
size_t label_words_language(const struct labelled *q)
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
                count_languages(counts, said, 3, 1);
                continue;
            }
            count_languages(counts, languages, 2 * weight, weight);
        }
    }
    return most_counted(q, counts);
}

/* Of a phrase that means something in the question's language, the meanings in others are left out:
 * "Transporter" is a van in German, and French for to carry. Terms stand by language together or
 * apart; a run of them is kept. */
void label_keep_language(const struct labelled *q, const struct term **terms, size_t *n)
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
