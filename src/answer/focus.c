#include "answer/focus.h"
#include "vehicle/attribute.h"
#include "vehicle/words.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_WORDS = 160,     /* of a question */
    MAX_NAME_WORDS = 32, /* of a passage's name */
    MAX_LINE = 120,      /* bytes of a first line that may name the vehicle */
    MAX_RUNS = 4,        /* of one passage that are looked at */
    REACH = 4,           /* words from a name to one that still belongs to it */
};

/* ---- words ---- */

/* Whether all parts of "0-100" or "legroom" are words of attributes' names. */
static bool is_attribute_word(const char *key)
{
    char part[WORD_MAX];
    for (const char *p = key; *p;) {
        size_t n = 0;
        while (is_word_byte(p[n])) n++;
        memcpy(part, p, n);
        part[n] = '\0';
        if (n && !attribute_has_word(part)) return false;
        p += n;
        while (*p && !is_word_byte(*p)) p++;
    }
    return true;
}

/* ---- names ---- */

struct name {
    struct word words[MAX_NAME_WORDS];
    size_t n;
    bool has_year;
};

static bool name_has(const struct name *name, const char *key)
{
    for (size_t i = 0; i < name->n; i++)
        if (strcmp(name->words[i].key, key) == 0) return true;
    return false;
}

static void read_name(struct name *out, const struct passage *p)
{
    out->n = words_split(p->title, strlen(p->title), out->words, MAX_NAME_WORDS);
    for (size_t i = 0; i < out->n; i++) out->has_year |= out->words[i].year;
    if (out->has_year) return;
    /* "specs.csv row 12", "camry.md > Engine": the vehicle may stand in the first line, or in the
     * first sentence of one. */
    size_t end = strcspn(p->text, "\n");
    for (size_t i = 1; i + 1 < end; i++)
        if (p->text[i] == '.' && p->text[i + 1] == ' ') end = i;
    if (end > MAX_LINE) end = MAX_LINE;
    out->n += words_split(p->text, end, out->words + out->n, MAX_NAME_WORDS - out->n);
    for (size_t i = 0; i < out->n; i++) out->has_year |= out->words[i].year;
}

/* ---- runs: words of the question that stand together and are a passage's name ---- */

struct run {
    size_t passage;
    size_t words[MAX_NAME_WORDS]; /* of the question, rising */
    size_t n;
    size_t strength; /* different words */
    bool has_year;
};

struct scene {
    const char *question;
    struct word words[MAX_WORDS];
    size_t n_words;
    const struct passage *passages;
    struct name *names; /* one a passage */
    size_t n_passages;
    struct run *runs;
    size_t n_runs;
};

/* Whether what lies between words i and j may stand inside a name: nothing, "Camry from 2023", "the
 * LE version of the Camry". */
static bool connects(const struct scene *s, size_t i, size_t j)
{
    static const char *const INSIDE[] = {"",        "from",          "in", "trim", "the",
                                         "in trim", "version of the"};
    char between[WORD_MAX] = "";
    for (size_t k = i + 1; k < j; k++) {
        if (strlen(between) + strlen(s->words[k].key) + 2 > sizeof between) return false;
        if (*between) strcat(between, " ");
        strcat(between, s->words[k].key);
    }
    for (size_t k = 0; k < sizeof INSIDE / sizeof *INSIDE; k++)
        if (strcmp(between, INSIDE[k]) == 0) return true;
    return false;
}

static void close_run(struct scene *s, struct run *r)
{
    for (size_t i = 0; i < r->n; i++) {
        bool seen = false;
        for (size_t k = 0; k < i; k++)
            seen |= strcmp(s->words[r->words[k]].key, s->words[r->words[i]].key) == 0;
        r->strength += !seen;
        r->has_year |= s->words[r->words[i]].year;
    }
}

static void find_runs(struct scene *s, size_t passage)
{
    struct run *r = NULL;
    size_t found = 0;
    for (size_t i = 0; i < s->n_words; i++) {
        const char *key = s->words[i].key;
        /* "Model" counts in "Tesla Model 3", but not by itself. */
        bool goes_on = r && r->words[r->n - 1] + 1 == i;
        if ((is_stop_word(key) && !goes_on) || !name_has(&s->names[passage], key)) continue;
        if (!r || !connects(s, r->words[r->n - 1], i)) {
            if (r) close_run(s, r);
            if (found++ == MAX_RUNS) return;
            r = &s->runs[s->n_runs++];
            *r = (struct run){.passage = passage};
        }
        if (r->n < MAX_NAME_WORDS) r->words[r->n++] = i;
    }
    if (r) close_run(s, r);
}

static bool overlap(const struct run *a, const struct run *b)
{
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < b->n; k++)
            if (a->words[i] == b->words[k]) return true;
    return false;
}

static bool is_stronger(const struct run *a, const struct run *b)
{
    return a->strength != b->strength ? a->strength > b->strength : a->has_year && !b->has_year;
}

/* ---- groups ---- */

struct group {
    struct run *runs[128]; /* equally strong, all of one place in the question */
    size_t n;
};

/* The strongest run left and all that are as strong and share words with it; what shares words with
 * any of them is done with. False when none is left. */
static bool take_group(struct scene *s, bool *done, struct group *g)
{
    const struct run *best = NULL;
    for (size_t i = 0; i < s->n_runs; i++)
        if (!done[i] && (!best || is_stronger(&s->runs[i], best))) best = &s->runs[i];
    if (!best) return false;
    g->n = 0;
    for (size_t i = 0; i < s->n_runs && g->n < sizeof g->runs / sizeof *g->runs; i++)
        if (!done[i] && s->runs[i].strength == best->strength && overlap(&s->runs[i], best))
            g->runs[g->n++] = &s->runs[i];
    for (size_t i = 0; i < s->n_runs; i++)
        for (size_t k = 0; k < g->n && !done[i]; k++) done[i] = overlap(&s->runs[i], g->runs[k]);
    return true;
}

/* "compare", "or", "than": without such a word a question is about one vehicle. */
static bool compares(const struct scene *s)
{
    static const char CUES[] =
        " compare compared compares vs versus or than between differ differs "
        "difference both and against ";
    for (size_t i = 0; i < s->n_words; i++) {
        char padded[WORD_MAX + 2] = " ";
        strcat(padded, s->words[i].key);
        strcat(padded, " ");
        if (strstr(CUES, padded)) return true;
    }
    return false;
}

static bool group_has(const struct scene *s, const struct group *g, const char *key)
{
    for (size_t i = 0; i < g->n; i++)
        if (name_has(&s->names[g->runs[i]->passage], key)) return true;
    return false;
}

/* Whether word w, which stands beside the group's name, must belong to the name and tells it from
 * what the passages are about. */
static bool is_foreign(const struct scene *s, const struct group *g, size_t w)
{
    const struct word *word = &s->words[w];
    if (is_stop_word(word->key) || group_has(s, g, word->key)) return false;
    if (word->year) {
        for (size_t i = 0; i < g->n; i++)
            if (s->names[g->runs[i]->passage].has_year) return true;
        return false;
    }
    if (is_attribute_word(word->key)) return false;
    for (size_t i = 0; i < s->n_passages; i++)
        if (name_has(&s->names[i], word->key)) return true;
    if (!word->upper || w == 0) return false;
    for (size_t i = 0; i < s->n_passages; i++)
        if (words_have(s->passages[i].text, strlen(s->passages[i].text), word->key)) return false;
    return true;
}

/* The first foreign word beside the name, in reach over connecting words; n_words: none. */
static size_t find_foreign(const struct scene *s, const struct group *g, const bool *taken)
{
    for (size_t r = 0; r < g->n; r++)
        for (size_t k = 0; k < g->runs[r]->n; k++) {
            size_t i = g->runs[r]->words[k];
            for (size_t j = i; j < s->n_words && j <= i + REACH; j++) {
                if (j > i && connects(s, i, j) && !taken[j] && is_foreign(s, g, j)) return j;
                if (s->words[j].closed) break;
            }
            for (size_t j = i; j-- > 0 && j + REACH >= i && !s->words[j].closed;)
                if (connects(s, j, i) && !taken[j] && is_foreign(s, g, j)) return j;
        }
    return s->n_words;
}

static bool add_index(size_t *list, size_t *n, size_t index)
{
    for (size_t i = 0; i < *n; i++)
        if (list[i] == index) return false;
    size_t at = *n;
    while (at > 0 && list[at - 1] > index) {
        list[at] = list[at - 1];
        at--;
    }
    list[at] = index;
    (*n)++;
    return true;
}

static bool write_group(struct focus_group *out, const struct scene *s, const struct group *g,
                        const bool *taken, struct arena *arena)
{
    size_t *list = arena_array(arena, s->n_passages, sizeof *list);
    if (!list) return false;
    size_t n = 0, first = s->n_words, last = 0;
    for (size_t i = 0; i < g->n; i++) {
        const struct run *r = g->runs[i];
        add_index(list, &n, r->passage);
        if (r->words[0] < first) first = r->words[0];
        if (r->words[r->n - 1] > last) last = r->words[r->n - 1];
    }
    size_t foreign = find_foreign(s, g, taken);
    *out = (struct focus_group){.passages = list, .n = n};
    if (foreign < s->n_words) {
        const struct word *w = &s->words[foreign];
        out->missing = arena_strndup(arena, s->question + w->begin, w->end - w->begin);
        if (!out->missing) return false;
        if (foreign < first) first = foreign;
        if (foreign > last) last = foreign;
        while (!s->words[last].closed && last + 1 < s->n_words && s->words[last + 1].upper) last++;
    }
    size_t begin = s->words[first].begin;
    out->name = arena_strndup(arena, s->question + begin, s->words[last].end - begin);
    return out->name != NULL;
}

/* A question that shares no word with any name, but has a year that none of them has. */
static bool write_lost_year(struct focus *out, const struct scene *s, struct arena *arena)
{
    for (size_t i = 0; i < s->n_words; i++) {
        if (!s->words[i].year) continue;
        size_t dated = 0;
        for (size_t k = 0; k < s->n_passages; k++) dated += s->names[k].has_year;
        if (dated < s->n_passages) return true;
        /* The name goes on as long as its words have capitals or digits. */
        size_t last = i;
        while (!s->words[last].closed && last + 1 < s->n_words && s->words[last + 1].upper) last++;
        const struct word *w = &s->words[i];
        struct focus_group *g = &out->groups[0];
        *g = (struct focus_group){
            .missing = arena_strndup(arena, s->question + w->begin, w->end - w->begin),
            .name = arena_strndup(arena, s->question + w->begin, s->words[last].end - w->begin),
        };
        out->n = 1;
        return g->missing && g->name;
    }
    return true;
}

static bool find_groups(struct focus *out, struct scene *s, struct arena *arena)
{
    bool *done = arena_array(arena, s->n_runs + 1, sizeof *done);
    struct group *groups = arena_array(arena, FOCUS_MAX_GROUPS, sizeof *groups);
    if (!done || !groups) return false;
    size_t n = 0, most = compares(s) ? FOCUS_MAX_GROUPS : 1;
    while (n < most && take_group(s, done, &groups[n])) {
        const struct run *r = groups[n].runs[0];
        if (n > 0 && r->strength < 2 && !r->has_year) break; /* a word by chance */
        n++;
    }
    if (n == 0) return write_lost_year(out, s, arena);
    bool taken[MAX_WORDS] = {false};
    for (size_t i = 0; i < n; i++)
        for (size_t r = 0; r < groups[i].n; r++)
            for (size_t k = 0; k < groups[i].runs[r]->n; k++)
                taken[groups[i].runs[r]->words[k]] = true;
    /* In the order of the question. */
    for (size_t i = 1; i < n; i++)
        for (size_t k = i; k > 0 && groups[k].runs[0]->words[0] < groups[k - 1].runs[0]->words[0];
             k--) {
            struct group swap = groups[k];
            groups[k] = groups[k - 1];
            groups[k - 1] = swap;
        }
    for (size_t i = 0; i < n; i++)
        if (!write_group(&out->groups[i], s, &groups[i], taken, arena)) return false;
    out->n = n;
    return true;
}

bool focus_passages(struct focus *out, const char *question, const struct passage *passages,
                    size_t n_passages, struct arena *arena, struct error *err)
{
    *out = (struct focus){0};
    if (n_passages == 0) return true;
    struct scene *s = arena_alloc(arena, sizeof *s);
    if (!s) return error_memory(err, "the passages' names");
    s->question = question;
    s->n_words = words_split(question, strlen(question), s->words, MAX_WORDS);
    s->passages = passages;
    s->n_passages = n_passages;
    s->names = arena_array(arena, n_passages, sizeof *s->names);
    s->runs = arena_array(arena, n_passages, MAX_RUNS * sizeof *s->runs);
    if (!s->names || !s->runs) return error_memory(err, "the passages' names");
    for (size_t i = 0; i < n_passages; i++) {
        read_name(&s->names[i], &passages[i]);
        find_runs(s, i);
    }
    return find_groups(out, s, arena) || error_memory(err, "the passages' names");
}
