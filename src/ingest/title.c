#include "ingest/title.h"

#include <string.h>
#include <strings.h>

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

/* "cars.csv": a word that ends in what files end in. */
static bool is_file_name(const char *word, size_t len)
{
    static const char *const ENDINGS[] = {"csv",  "tsv",  "txt", "text", "md",   "markdown", "json", "jsonl", "ndjson",
                                          "html", "htm",  "pdf", "doc",  "docx", "xls",      "xlsx", "ods",   "odt",
                                          "xml",  "pptx", "rtf", "yaml", "yml",  "db"};
    size_t dot = len;
    while (dot > 0 && word[dot - 1] != '.') dot--;
    if (dot < 2) return false;
    for (size_t i = 0; i < sizeof ENDINGS / sizeof *ENDINGS; i++)
        if (strlen(ENDINGS[i]) == len - dot && strncasecmp(word + dot, ENDINGS[i], len - dot) == 0) return true;
    return false;
}

/* "row", "p.", "79", "(2)", "of": where in a file. */
static bool is_position(const char *word, size_t len)
{
    static const char *const WORDS[] = {"page", "pages", "p",     "pp",   "row",     "rows",  "line",  "lines",
                                        "item", "sheet", "table", "part", "section", "chunk", "seite", "zeile",
                                        "of",   "no",    "record"};
    while (len && strchr("([#", word[0])) word++, len--;
    while (len && strchr(").,:]", word[len - 1])) len--;
    size_t digits = 0;
    for (size_t i = 0; i < len; i++) digits += (word[i] >= '0' && word[i] <= '9') || word[i] == '-';
    if (digits == len) return true;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strlen(WORDS[i]) == len && strncasecmp(word, WORDS[i], len) == 0) return true;
    return false;
}

bool title_is_place(const char *text, size_t len)
{
    bool file = false;
    for (size_t i = 0; i < len;) {
        size_t n = 0;
        while (i + n < len && !is_space(text[i + n])) n++;
        if (n && is_file_name(text + i, n))
            file = true;
        else if (n && !is_position(text + i, n))
            return false;
        i += n + 1;
    }
    return file;
}

size_t title_split(const char *title, struct title_part *out)
{
    size_t n = 0, len = strlen(title);
    for (size_t begin = 0; begin < len;) {
        size_t end = begin, next = len;
        for (; end < len; end++) {
            size_t sign = strncmp(title + end, " > ", 3) == 0              ? 3
                          : strncmp(title + end, " \xe2\x80\xba ", 5) == 0 ? 5
                                                                           : 0;
            if (!sign) continue;
            next = end + sign;
            break;
        }
        size_t from = begin, to = end;
        while (from < to && is_space(title[from])) from++;
        while (to > from && is_space(title[to - 1])) to--;
        if (from < to && n < TITLE_MAX_PARTS && !title_is_place(title + from, to - from))
            out[n++] = (struct title_part){title + from, to - from};
        begin = next;
    }
    return n;
}
