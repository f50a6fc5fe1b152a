/* Columns that are named by a version's word: "Short", "Standard", "Long". Alone such a word may be a
 * measure ("Long" 4,800 mm); beside another one of its kind it tells bodies apart. */
#include "ingest/header.h"

#include "vehicle/token.h"

#include <string.h>

enum { MAX_WORDS = 4 };

static bool in_words(const char *key, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(words[i], key) == 0) return true;
    return false;
}
#define IN_WORDS(key, words) in_words(key, words, sizeof(words) / sizeof *(words))

enum word_kind { WORD_OTHER, WORD_AMBIGUOUS, WORD_SURE, WORD_DEGREE };

static enum word_kind word_kind(const char *key)
{
    /* No measure is called so. */
    static const char *const SURE[] = {"short", "standard", "medium", "regular", "extended", "low", "normal",
                                       "compact", "maxi", "kurz", "mittel", "mittellang", "niedrig", "court",
                                       "courte", "moyen", "moyenne", "bas", "basse", "corto", "corta", "medio",
                                       "media", "estandar", "bajo", "baja", "短", "标准", "中"};
    static const char *const AMBIGUOUS[] = {"long", "high", "tall", "large", "lang", "hoch", "longue", "haut",
                                            "haute", "largo", "larga", "alto", "alta", "长", "高"};
    static const char *const DEGREE[] = {"extra", "super", "very", "sehr", "tres", "muy", "超"};
    return IN_WORDS(key, SURE)        ? WORD_SURE
           : IN_WORDS(key, AMBIGUOUS) ? WORD_AMBIGUOUS
           : IN_WORDS(key, DEGREE)    ? WORD_DEGREE
                                      : WORD_OTHER;
}

/* "Long", "Extra long"; "Long wheelbase" only with the part of the body. */
static enum word_kind name_kind(const char *name, bool *part)
{
    static const char *const PARTS[] = {"wheelbase", "wheelbases", "roof", "bed", "box", "cab", "body",
                                        "van", "version", "radstand", "dach", "empattement", "toit", "batalla",
                                        "techo"};
    struct token t[MAX_WORDS];
    size_t len = strlen(name), n = len && len < 40 ? tokens_split(name, len, TOKENS_TEXT, t, MAX_WORDS) : 0;
    enum word_kind kind = WORD_OTHER;
    *part = false;
    for (size_t i = 0; i < n; i++) {
        enum word_kind k = word_kind(t[i].key);
        if (k == WORD_DEGREE && i == 0 && n > 1) continue;
        if (k == WORD_OTHER && kind != WORD_OTHER && i + 1 == n && IN_WORDS(t[i].key, PARTS)) {
            *part = true;
            continue;
        }
        if (k != WORD_SURE && k != WORD_AMBIGUOUS) return WORD_OTHER;
        if (kind != WORD_SURE) kind = k;
    }
    return n < MAX_WORDS ? kind : WORD_OTHER;
}

bool frame_find_versions(struct table_frame *f, struct arena *arena)
{
    size_t n = f->table->n_columns, sure = 0, all = 0;
    for (size_t j = 0; j < n; j++) {
        bool part;
        enum word_kind kind = name_kind(f->names[j], &part);
        sure += kind == WORD_SURE;
        all += kind != WORD_OTHER;
    }
    if (!sure || all < 2) return true;
    f->version_names = arena_array(arena, n, 1);
    if (!f->version_names) return false;
    for (size_t j = 0; j < n; j++) {
        bool part, version = name_kind(f->names[j], &part) != WORD_OTHER;
        f->version_names[j] = (unsigned char)(!version ? VERSION_NONE : part ? VERSION_OF_PART : VERSION_WORD);
    }
    return true;
}

enum version_name frame_version_name(const struct table_frame *f, size_t column)
{
    return f->version_names ? (enum version_name)f->version_names[column] : VERSION_NONE;
}
