#include "ingest/manual.h"

#include "ingest/subject.h"
#include "vehicle/unit.h"

#include <stdio.h>
#include <string.h>

enum {
    SHEET_PAGES = 12,      /* a document of more pages is a manual */
    TITLE_PAGES = 3,       /* whose texts may say what a document is about */
    TITLE_BLOCKS = 200,    /* that are looked at */
    HEADING_TOKENS = 32,
    NAME_TOKENS = 12,      /* a longer heading is text */
    CODE_BYTES = 10,
};

bool manual_is_long(const struct document *d)
{
    return d->n_pages > SHEET_PAGES;
}

/* ---- codes ---- */

static bool has_small_letter(const char *text, size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i++)
        if ((text[i] >= 'a' && text[i] <= 'z') || (text[i] & 0x80)) return true;
    return false;
}

/* The tokens of a code that begins with token i: capitals and digits without a space between them. */
static size_t code_at(const char *text, const struct token *t, size_t n, size_t i)
{
    bool letters = false, digits = false;
    size_t k = i;
    for (; k < n; k++) {
        bool joined = t[k].gap == GAP_NONE || (t[k].gap == GAP_HYPHEN && t[k].begin == t[k - 1].end + 1);
        if (k > i && !joined) break;
        letters |= t[k].kind == TOKEN_WORD;
        digits |= t[k].kind == TOKEN_NUMBER && strspn(t[k].key, "0123456789") == strlen(t[k].key);
        if (t[k].kind != TOKEN_WORD && t[k].kind != TOKEN_NUMBER) return 0;
    }
    size_t bytes = k > i ? t[k - 1].end - t[i].begin : 0;
    bool alone = i == 0 || t[i].gap != GAP_NONE;
    return alone && letters && digits && bytes >= 2 && bytes <= CODE_BYTES && t[i].kind == TOKEN_WORD &&
                   !has_small_letter(text, t[i].begin, t[k - 1].end)
               ? k - i
               : 0;
}

bool manual_has_code(const char *text, size_t len)
{
    struct token t[HEADING_TOKENS];
    size_t n = tokens_split(text, len, TOKENS_TEXT, t, HEADING_TOKENS);
    for (size_t i = 0; i < n; i++)
        if (code_at(text, t, n, i)) return true;
    return false;
}

bool manual_code(const char *text, size_t len, size_t *begin, size_t *end)
{
    static const char *const KINDS[] = {"engine", "engines", "motor", "motoren", "moteur", "series",
                                        "serie", "baureihe", "typ", "type", NULL};
    static const char *const BEHIND[] = {"engine", "motor", "moteur", "series", "serie", NULL};
    struct token t[HEADING_TOKENS];
    size_t n = tokens_split(text, len, TOKENS_TEXT, t, HEADING_TOKENS), found = 0, codes = 0;
    for (size_t i = 0; i < n;) {
        size_t used = code_at(text, t, n, i);
        if (!used) {
            i++;
            continue;
        }
        size_t behind = i + used;
        codes++;
        bool before = i > 0 && token_key_in(t[i - 1].key, KINDS);
        if (before || (behind < n && t[behind].gap == GAP_SPACE && token_key_in(t[behind].key, BEHIND))) {
            *begin = t[i].begin;
            *end = t[behind - 1].end;
            found++;
        }
        i = behind;
    }
    return found == 1 && codes == 1;
}

bool manual_caption_name(const char *text, size_t len, size_t *begin, size_t *end)
{
    while (len && strchr(" .:", text[len - 1])) len--;
    const char *more = len ? memrchr(text, '(', len) : NULL;
    if (more && strncasecmp(more + 1, "cont", 4) == 0) /* "(Cont'd)" */
        for (len = (size_t)(more - text); len && text[len - 1] == ' ';) len--;
    if (len < 4 || text[len - 1] != ')') return false;
    *end = len - 1;
    for (*begin = *end; *begin > 0 && text[*begin - 1] != '('; --*begin) {}
    size_t n = *end - *begin, used;
    if (*begin < 3 || n < 2 || n > CODE_BYTES) return false;
    struct token t[4];
    size_t count = tokens_split(text + *begin, n, TOKENS_TEXT, t, 4);
    if (count && code_at(text + *begin, t, count, 0) == count) return true;
    const struct unit *u = count == 2 && t[0].kind == TOKEN_NUMBER
                               ? unit_parse(text + *begin + t[1].begin, n - t[1].begin, &used) : NULL;
    return u && u->dimension == DIMENSION_VOLUME && t[1].begin + used == n;
}

/* ---- structure ---- */

static bool is_roman(const char *key)
{
    return strspn(key, "ivxlc") == strlen(key);
}

bool manual_is_structure(const char *text, size_t len)
{
    static const char *const PARTS[] = {
        "chapter", "section", "table", "figure", "fig", "appendix", "annex", "part", "page", "volume", "change",
        "kapitel", "abschnitt", "tabelle", "abbildung", "anhang", "seite", "teil", "chapitre", "tableau",
        "annexe", "partie", "capitulo", "seccion", "tabla", "figura", "anexo", "tm", "to", NULL};
    static const char *const ALONE[] = {
        "note", "notes", "warning", "warnings", "caution", "cautions", "danger", "important", "contents", "index",
        "hinweis", "achtung", "warnung", "vorsicht", "inhalt", "remarque", "attention", "avertissement",
        "sommaire", "nota", "advertencia", "precaucion", "indice", "headquarters", NULL};
    static const char *const MONTHS[] = {
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
        "november", "december", "januar", "februar", "marz", "mai", "juni", "juli", "oktober", "dezember",
        "janvier", "fevrier", "mars", "avril", "juin", "juillet", "aout", "septembre", "octobre", "novembre",
        "decembre", NULL};
    struct token t[HEADING_TOKENS];
    size_t n = tokens_split(text, len, TOKENS_TEXT, t, HEADING_TOKENS), single = 0;
    if (n == 0 || n > NAME_TOKENS) return true;
    for (size_t i = 0; i < n; i++) {
        single += t[i].kind == TOKEN_WORD && t[i].end == t[i].begin + 1;
        if (i + 1 < n && token_key_in(t[i].key, MONTHS) && t[i + 1].kind == TOKEN_NUMBER && t[i + 1].number > 31)
            return true;
    }
    if (single >= 4 && single * 2 > n) return true; /* "H A N D B O O K" */
    char last = text[len - 1];
    if (n >= 6 && (last == '.' || last == ',' || last == ';' || last == ':')) return true;
    if (n == 1 && t[0].end - t[0].begin == 1) return true;
    if (token_key_in(t[0].key, ALONE)) return n == 1 || strcmp(t[0].key, "headquarters") == 0 || (t[1].gap & GAP_COLON);
    if (!token_key_in(t[0].key, PARTS)) return false;
    return n == 1 || t[1].kind == TOKEN_NUMBER || is_roman(t[1].key) || t[1].end - t[1].begin == 1;
}

/* ---- what a document is about ---- */

static bool take_name(char out[MANUAL_NAME_MAX], const char *text, size_t begin, size_t end)
{
    size_t len = end - begin;
    if (len + 1 > MANUAL_NAME_MAX) return false;
    if (*out && (strlen(out) != len || memcmp(out, text + begin, len) != 0)) return false;
    memcpy(out, text + begin, len);
    out[len] = '\0';
    return true;
}

/* Whether one of the first pages' texts has the code of the file's name. */
static bool pages_have(const struct document *d, size_t n_blocks, const struct token *name, size_t n, char *out)
{
    for (size_t i = 0; i < n_blocks; i++) {
        const struct block *b = &d->blocks[i];
        struct token t[HEADING_TOKENS];
        size_t m = tokens_split(b->text, b->len < 400 ? b->len : 400, TOKENS_TEXT, t, HEADING_TOKENS);
        for (size_t k = 0; k + n <= m; k++) {
            size_t used = code_at(b->text, t, m, k), same = 0;
            if (used != n) continue;
            while (same < n && strcmp(t[k + same].key, name[same].key) == 0) same++;
            if (same == n) return take_name(out, b->text, t[k].begin, t[k + n - 1].end);
        }
    }
    return false;
}

void manual_subject(const struct document *d, char out[MANUAL_NAME_MAX])
{
    size_t n = 0, begin, end;
    *out = '\0';
    if (d->n_pages == 0) return;
    uint64_t limit = d->pages[d->n_pages < TITLE_PAGES ? d->n_pages - 1 : TITLE_PAGES - 1].end;
    while (n < d->n_blocks && n < TITLE_BLOCKS && d->blocks[n].begin < limit) n++;
    for (size_t i = 0; i < n; i++) {
        const struct block *b = &d->blocks[i];
        if (b->kind != BLOCK_HEADING || !manual_code(b->text, b->len, &begin, &end)) continue;
        if (!take_name(out, b->text, begin, end)) { /* several */
            *out = '\0';
            return;
        }
    }
    if (*out) return;
    const char *slash = d->path ? strrchr(d->path, '/') : NULL, *file = slash ? slash + 1 : d->path ? d->path : "";
    struct token t[HEADING_TOKENS];
    size_t m = tokens_split(file, strcspn(file, "."), TOKENS_TEXT, t, HEADING_TOKENS);
    for (size_t i = 0; i < m && !*out; i++) {
        size_t k = i + 1;
        while (k < m && t[k].gap == GAP_NONE) k++;
        if (k > i + 1 && t[i].kind == TOKEN_WORD) pages_have(d, n, t + i, k - i, out);
    }
}
