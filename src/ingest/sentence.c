#include "ingest/sentence.h"

#include "base/utf8.h"

#include <string.h>

/* Words behind which a full stop is none, folded to lower case (ASCII letters alone). */
static const char *const ABBREVIATIONS[] = {
    "abs", "abb",  "approx", "art", "aprox", "avg",  "bspw", "bzw",  "ca",      "cap",  "cf",
    "cu",  "cyl",  "dr",     "eg",  "env",   "est",  "etc",  "excl", "exkl",    "fig",  "ggf",
    "ie",  "incl", "inkl",   "jr",  "max",   "min",  "mr",   "mrs",  "ms",      "mind", "mwst",
    "nr",  "no",   "nos",    "num", "pag",   "prof", "resp", "rev",  "serienm", "sog",  "sr",
    "st",  "ste",  "std",    "tel", "usw",   "vgl",  "vol",  "vs",   "zzgl",    "zb",
};
/* Of these, those that often end a sentence as well: only a digit or small letter goes on. */
static const char *const WEAK_ABBREVIATIONS[] = {"etc", "max", "min", "no",  "std", "usw", "mwst",
                                                 "est", "cap", "art", "abs", "rev", "vol"};
/* Words that begin a sentence, whatever stood before the stop. */
static const char *const STARTERS[] = {
    "the", "it",   "its", "a",   "an",  "in",  "this", "these", "for",  "with", "on",  "at",  "all",
    "der", "die",  "das", "er",  "sie", "es",  "mit",  "ein",   "eine", "im",   "le",  "la",  "les",
    "il",  "elle", "un",  "une", "el",  "los", "las",  "una",   "su",   "and",  "but", "both"};
/* What a German ordinal ("die 8. Generation", "am 3. Mai") stands before. */
static const char *const ORDINAL_NOUNS[] = {
    "generation", "modellgeneration", "baureihe",    "serie",   "auflage",  "gang",
    "januar",     "februar",          "marz",        "april",   "mai",      "juni",
    "juli",       "august",           "september",   "oktober", "november", "dezember",
    "platz",      "modelljahr",       "jahrhundert", "m"};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
static bool is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}
static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Whether text[0, len), folded, is one of the words. */
static bool is_one_of(const char *text, size_t len, const char *const *words, size_t n)
{
    char key[20];
    if (len == 0 || len >= sizeof key) return false;
    for (size_t i = 0; i < len; i++) key[i] = (char)(is_letter(text[i]) ? text[i] | 0x20 : text[i]);
    key[len] = '\0';
    for (size_t i = 0; i < n; i++)
        if (!strcmp(key, words[i])) return true;
    return false;
}
#define IS_ONE_OF(text, len, words) is_one_of(text, len, words, sizeof(words) / sizeof *(words))

/* The length of a sign at text[0, len) that closes a quotation or bracket; 0: none. */
static size_t closing_len(const char *text, size_t len)
{
    static const char *const SIGNS[] = {"\"",     "'",      ")",      "]",      "\u201d",
                                        "\u2019", "\u00bb", "\u201c", "\u300d", "\uff09"};
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++) {
        size_t n = strlen(SIGNS[i]);
        if (n <= len && !memcmp(text, SIGNS[i], n)) return n;
    }
    return 0;
}

/* The length of the ASCII word at text[0, len), at most 20. */
static size_t word_len(const char *text, size_t len)
{
    size_t n = 0;
    while (n < len && n < 20 && is_letter(text[n])) n++;
    return n;
}

/* Whether the full stop at text[at] ends the sentence that began at `begin`; `next` is the first
 * byte behind it that is no white space (len: none). */
static bool stop_ends(const char *text, size_t len, size_t begin, size_t at, size_t next)
{
    if (next >= len) return true;
    const char *after = text + next;
    size_t rest = len - next, first = word_len(after, rest);
    if (after[0] >= 'a' && after[0] <= 'z') return false;
    size_t word = 0, digits = 0;
    while (word < 20 && at - word > begin && is_letter(text[at - word - 1])) word++;
    while (word == 0 && digits < 5 && at - digits > begin && is_digit(text[at - digits - 1]))
        digits++;
    bool starter = IS_ONE_OF(after, first, STARTERS) && after[0] < 'a';
    if (digits == 1 || digits == 2) {
        bool bare = at - digits == begin || is_space(text[at - digits - 1]);
        /* umlauts of "März" are two bytes: compare what comes before them */
        if (bare && (IS_ONE_OF(after, first, ORDINAL_NOUNS) || at - digits == begin)) return false;
        return true;
    }
    if (word == 0) return true;
    const char *w = text + at - word;
    if (word == 1) {
        if (first == 1 && first < rest && after[1] == '.') return false; /* "J. D." */
        if (w > text + begin && w[-1] == '.') return starter;            /* "U.S.", "z.B." */
        size_t before = (size_t)(w - text);
        while (before > begin && is_space(text[before - 1])) before--;
        if (before > begin && is_digit(text[before - 1])) return true; /* "2.5 L." */
        if (*w < 'a') return starter;                                  /* an initial */
        /* "z. B." and the like; "s." and "m." are units that end sentences */
        return !(strchr("zdpu", *w) && first <= 2);
    }
    if (IS_ONE_OF(w, word, ABBREVIATIONS)) {
        if (IS_ONE_OF(w, word, WEAK_ABBREVIATIONS)) return !is_digit(after[0]);
        return starter && word > 3;
    }
    return true;
}

/* The length of a list bullet at text[0, len); 0: none. */
static size_t bullet_len(const char *text, size_t len)
{
    return len >= 3 && !memcmp(text, "\u2022", 3) ? 3 : 0;
}

/* The length of an ideographic or full-width stop at text[0, len); 0: none. */
static size_t wide_stop_len(const char *text, size_t len)
{
    if (len < 3) return 0;
    return !memcmp(text, "\u3002", 3) || !memcmp(text, "\uff01", 3) || !memcmp(text, "\uff1f", 3)
               ? 3
               : 0;
}

bool sentence_next(const char *text, size_t len, size_t from, struct sentence_span *out)
{
    size_t begin = from;
    while (begin < len && (is_space(text[begin]) || bullet_len(text + begin, len - begin)))
        begin += is_space(text[begin]) ? 1 : 3;
    if (begin >= len) return false;
    size_t i = begin, end = 0;
    while (i < len && end == 0) {
        char c = text[i];
        size_t wide = wide_stop_len(text + i, len - i);
        if (wide) {
            end = i + wide;
        } else if (bullet_len(text + i, len - i) ||
                   (c == '\n' && i + 1 < len && text[i + 1] == '\n')) {
            end = i;
        } else if (c == '.' || c == '!' || c == '?') {
            size_t stop = i + 1, closing = 0;
            while (stop < len && (text[stop] == '.' || text[stop] == '!' || text[stop] == '?'))
                stop++;
            bool several = stop - i > 1 || c != '.';
            while (stop < len && (closing = closing_len(text + stop, len - stop)) > 0)
                stop += closing;
            size_t next = stop;
            while (next < len && is_space(text[next])) next++;
            bool apart = next > stop || next >= len;
            bool lower = next < len && text[next] >= 'a' && text[next] <= 'z';
            if (apart && (several ? !lower : stop_ends(text, len, begin, i, next))) end = stop;
            i = stop;
        } else {
            i++;
        }
    }
    if (end == 0) end = len;
    while (end > begin && is_space(text[end - 1])) end--;
    *out = (struct sentence_span){begin, end};
    return true;
}

/* Words that begin another statement, whatever the punctuation before them. */
static const char *const SUBORDINATORS[] = {
    "while",   "whereas", "but",    "although", "though", "which",    "because", "whilst", "wobei",
    "wahrend", "aber",    "obwohl", "tandis",   "mais",   "mientras", "pero",    "aunque", "alors"};

/* What the bytes between two tokens part. A dash counts where it is spaced or long. */
static enum clause_break gap_break(const char *gap, size_t len)
{
    enum clause_break found = BREAK_NONE;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)gap[i];
        enum clause_break here = BREAK_NONE;
        bool spaced = i > 0 && is_space(gap[i - 1]);
        if (c == ';' || c == '.' || c == '!' || c == '?' || c == '|')
            here = c == '.' && i + 1 < len && !is_space(gap[i + 1]) ? BREAK_NONE : BREAK_CLAUSE;
        else if (c == ':')
            here = BREAK_COLON;
        else if (c == ',')
            here = BREAK_COMMA;
        else if (c == '-' && spaced && i + 1 < len && is_space(gap[i + 1]))
            here = BREAK_CLAUSE;
        else if (c == 0xe2 && len - i >= 3 && (unsigned char)gap[i + 1] == 0x80) {
            unsigned char d = (unsigned char)gap[i + 2];
            if (d == 0x94 || (d == 0x93 && spaced && i + 3 < len && is_space(gap[i + 3])))
                here = BREAK_CLAUSE;
        } else if (len - i >= 3 && (!memcmp(gap + i, "\uff0c", 3) || !memcmp(gap + i, "\u3001", 3)))
            here = BREAK_COMMA;
        else if (len - i >= 3 && !memcmp(gap + i, "\uff1b", 3))
            here = BREAK_CLAUSE;
        else if (len - i >= 3 && !memcmp(gap + i, "\uff1a", 3))
            here = BREAK_COLON;
        if (here > found) found = here;
    }
    return found;
}

static bool is_subordinator(const struct token *t)
{
    if (t->kind != TOKEN_WORD) return false;
    for (size_t i = 0; i < sizeof SUBORDINATORS / sizeof *SUBORDINATORS; i++)
        if (!strcmp(t->key, SUBORDINATORS[i])) return true;
    return false;
}

void clause_split(const char *text, size_t len, const struct token *t, size_t n,
                  struct clause_mark *marks)
{
    uint16_t stack[8], made = 0;
    size_t depth = 0, opened = 0; /* depth: of brackets held in stack; opened: beyond its room */
    for (size_t i = 0; i < n; i++) {
        size_t from = i ? t[i - 1].end : 0;
        const char *gap = text + from;
        size_t gap_len = t[i].begin - from;
        marks[i].before = (uint8_t)(i ? gap_break(gap, gap_len) : BREAK_NONE);
        for (size_t k = 0; k < gap_len; k++) {
            bool open = gap[k] == '(' || gap[k] == '[', close = gap[k] == ')' || gap[k] == ']';
            if (gap_len - k >= 3 && !memcmp(gap + k, "\uff08", 3)) open = true;
            if (gap_len - k >= 3 && !memcmp(gap + k, "\uff09", 3)) close = true;
            if (open && depth < sizeof stack / sizeof *stack && made < UINT16_MAX)
                stack[depth++] = ++made;
            else if (open)
                opened++;
            else if (close && opened)
                opened--;
            else if (close && depth)
                depth--;
        }
        marks[i].bracket = depth ? stack[depth - 1] : 0;
        if (i && is_subordinator(&t[i])) marks[i].before = BREAK_CLAUSE;
    }
    for (size_t k = n ? t[n - 1].end : 0; n && depth && k < len; k++)
        if (text[k] == ')' || text[k] == ']' || (len - k >= 3 && !memcmp(text + k, "\uff09", 3)))
            depth--;
    /* A bracket that never closes would hide the rest of the sentence: it is none. */
    for (size_t k = 0; k < depth; k++)
        for (size_t i = n; i-- > 0 && marks[i].bracket >= stack[k];)
            if (marks[i].bracket == stack[k]) marks[i].bracket = k ? stack[k - 1] : 0;
}
