/* Generations: "Mk I", "first-generation", "the original": of a vehicle's records those whose name has it. */
#include "query/columns.h"
#include "query/reading.h"

#include <stdio.h>
#include <string.h>

enum { GENERATIONS = 6 };
static const char *const ROMAN[GENERATIONS] = {"i", "ii", "iii", "iv", "v", "vi"};
static const char *const PHRASES[GENERATIONS] = {
    "first generation|1st generation|first gen|erste generation|ersten generation|erster generation|premiere generation|"
    "primera generacion|第一代|初代",
    "second generation|2nd generation|second gen|zweite generation|zweiten generation|deuxieme generation|"
    "seconde generation|segunda generacion|第二代",
    "third generation|3rd generation|third gen|dritte generation|dritten generation|troisieme generation|"
    "tercera generacion|第三代",
    "fourth generation|4th generation|fourth gen|vierte generation|vierten generation|quatrieme generation|"
    "cuarta generacion|第四代",
    "fifth generation|5th generation|fifth gen|funfte generation|funften generation|cinquieme generation|"
    "quinta generacion|第五代",
    "sixth generation|6th generation|sixth gen|sechste generation|sechsten generation|sixieme generation|"
    "sexta generacion|第六代"};

/* The generation that tokens at i name, from 1; *n: how many tokens. 0: none. */
static int generation_at(const struct reading *r, size_t i, size_t *n)
{
    for (int g = 0; g < GENERATIONS; g++) {
        *n = reading_phrase(r, i, PHRASES[g]);
        if (*n) return g + 1;
    }
    const struct token *t = &r->l->tokens[i];
    if ((strcmp(t->key, "mk") && strcmp(t->key, "mark")) || i + 1 >= r->l->n_tokens) return 0;
    *n = 2;
    for (int g = 0; g < GENERATIONS; g++)
        if (strcmp(t[1].key, ROMAN[g]) == 0 || (t[1].kind == TOKEN_NUMBER && (int)t[1].number == g + 1)) return g + 1;
    return 0;
}

/* Whether the title names the generation; *any: or another one. */
static bool title_has(const char *title, int generation, bool *any)
{
    static const char *const WORDS[GENERATIONS] = {"first", "second", "third", "fourth", "fifth", "sixth"};
    struct buffer key = {0};
    bool has = false;
    tokens_key(title, strlen(title), TOKENS_TEXT, &key);
    for (int g = 1; g <= GENERATIONS && !key.failed; g++) {
        char runs[3][40];
        snprintf(runs[0], sizeof runs[0], "mk %s", ROMAN[g - 1]);
        snprintf(runs[1], sizeof runs[1], "mk %d", g);
        snprintf(runs[2], sizeof runs[2], "%s generation", WORDS[g - 1]);
        for (int k = 0; k < 3; k++) {
            if (!key_has_run(buffer_text(&key), runs[k])) continue;
            *any = true;
            has = has || g == generation;
        }
    }
    buffer_free(&key);
    return has;
}

void read_generation(struct reading *r)
{
    struct query *q = r->q;
    /* Of several names nobody knows whose it is; what is counted are rows, of all generations. */
    if (q->n_subjects != 1 || r->how_many || r->count) return;
    struct query_subject *s = &q->subjects[0];
    for (size_t i = 0; i < r->l->n_tokens; i++) {
        size_t n = 1;
        int generation = generation_at(r, i, &n);
        bool original = !generation && strcmp(r->l->tokens[i].key, "original") == 0;
        if (!generation && !original) continue;
        bool any = false;
        size_t fit = 0;
        for (size_t k = 0; k < s->n_records; k++)
            fit += title_has(r->c->records[s->records[k]].title, original ? 1 : generation, &any);
        if (!any && (original || fit == 0)) return;
        if (fit == 0) {
            reading_refuse(r, i, n);
            return;
        }
        size_t kept = 0;
        for (size_t k = 0; k < s->n_records; k++)
            if (title_has(r->c->records[s->records[k]].title, original ? 1 : generation, &any))
                s->records[kept++] = s->records[k];
        s->n_records = kept;
        for (size_t k = 0; k < r->l->n_labels; k++) {
            struct label *l = &r->l->labels[k];
            if (l->first < i + n && l->first + l->n > i && l->kind != LABEL_MENTION) l->used = true;
        }
        return;
    }
}
