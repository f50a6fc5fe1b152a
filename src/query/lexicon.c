#include "query/lexicon.h"

#include "query/lexicon_table.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

const char *const LEXICON_LANGUAGES[5] = {"en", "de", "fr", "es", "zh"};

enum { SLOTS = 1 << 13, KEY_MAX = 64 };

struct slot {
    char key[KEY_MAX]; /* token keys with spaces; "" when empty */
    struct word words[WORD_MAX_MEANINGS];
    size_t n;
};

/* Made once from the table and never changed or freed. */
static struct slot *slots;
static size_t longest;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static struct slot *find_slot(const char *key)
{
    size_t at = XXH3_64bits(key, strlen(key)) & (SLOTS - 1);
    while (slots[at].key[0] && strcmp(slots[at].key, key) != 0) at = (at + 1) & (SLOTS - 1);
    return &slots[at];
}

static void add(const char *phrase, size_t len, struct word word)
{
    struct token t[12];
    size_t n = tokens_split(phrase, len, TOKENS_TEXT, t, 12), used = 0;
    char key[KEY_MAX] = "";
    for (size_t i = 0; i < n; i++) {
        size_t k = strlen(t[i].key);
        if (used + k + 2 > sizeof key) return;
        if (i) key[used++] = ' ';
        memcpy(key + used, t[i].key, k + 1);
        used += k;
    }
    if (n == 0) return;
    if (n > longest) longest = n;
    struct slot *s = find_slot(key);
    memcpy(s->key, key, used + 1);
    for (size_t i = 0; i < s->n; i++)
        if (s->words[i].class == word.class) {
            s->words[i].languages |= word.languages;
            return;
        }
    if (s->n < WORD_MAX_MEANINGS) s->words[s->n++] = word;
}

static void add_line(const char *phrases, struct word word, bool numbers)
{
    while (*phrases) {
        size_t len = strcspn(phrases, "|");
        add(phrases, len, word);
        if (numbers) word.number++;
        phrases += len + (phrases[len] == '|');
    }
}

static void build(void)
{
    slots = calloc(SLOTS, sizeof *slots);
    if (!slots) return;
    /* Operations first: a word has room for few meanings, and these decide. */
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < N_LEXICON_LINES; i++) {
            const struct lexicon_line *l = &LEXICON_LINES[i];
            bool plain = l->class == WORD_FILLER || l->class == WORD_FUNCTION;
            if (plain == (pass == 1))
                add_line(l->phrases, (struct word){.class = l->class, .languages = l->language},
                         false);
        }
    for (size_t i = 0; i < N_LEXICON_NUMBERS; i++)
        add_line(LEXICON_NUMBERS[i].phrases,
                 (struct word){.class = WORD_NUMBER, .languages = LEXICON_NUMBERS[i].language},
                 true);
}

size_t lexicon_match(const struct token *t, size_t n, struct word *out, size_t *n_out)
{
    pthread_once(&once, build);
    *n_out = 0;
    if (!slots) return 0;
    char key[KEY_MAX];
    size_t ends[16], used = 0, count = 0;
    for (size_t i = 0; i < n && i < longest && i < 16; i++) {
        if (i > 0 && (t[i].gap & (GAP_STOP | GAP_COMMA))) break;
        size_t k = strlen(t[i].key);
        if (used + k + 2 > sizeof key) break;
        if (i) key[used++] = ' ';
        memcpy(key + used, t[i].key, k);
        used += k;
        ends[count++] = used;
    }
    for (size_t i = count; i-- > 0;) {
        key[ends[i]] = '\0';
        const struct slot *s = find_slot(key);
        if (!s->key[0]) continue;
        memcpy(out, s->words, s->n * sizeof *out);
        *n_out = s->n;
        return i + 1;
    }
    return 0;
}

bool lexicon_has(const char *key)
{
    pthread_once(&once, build);
    return slots && find_slot(key)->key[0];
}

const char *lexicon_similar(const char *key)
{
    pthread_once(&once, build);
    if (!slots || strlen(key) < 5) return NULL;
    const char *found = NULL;
    for (size_t i = 0; i < SLOTS; i++) {
        if (!slots[i].key[0] || strchr(slots[i].key, ' ') || slots[i].key[0] != key[0]) continue;
        /* A letter more at the end is another word: "county" is no "count". */
        if (strncmp(key, slots[i].key, strlen(slots[i].key)) == 0) continue;
        if (strlen(slots[i].key) >= 5 && key_distance(slots[i].key, key, 1) == 1) {
            if (found) return NULL;
            found = slots[i].key;
        }
    }
    return found;
}
