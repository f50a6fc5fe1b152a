#include "ingest/list_title.h"

#include "ingest/subject.h"
#include "vehicle/token.h"

#include <string.h>

enum { TITLE_TOKENS = 40 };

bool is_list_title(const char *text)
{
    static const char *const COMPANIES[] = {"ltd", "limited", "gmbh", "inc", "llc", "plc", "corp", "sarl", "sas", "srl",
                                            "spa", "bv", "nv", "kg", "ohg", "oy", "aps", "pty", NULL};
    struct token t[TITLE_TOKENS];
    size_t n = tokens_split(text, strlen(text), TOKENS_TEXT, t, TITLE_TOKENS);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && i + 1 == n && token_key_in(t[i].key, COMPANIES)) return true;
        if (i == 0 || t[i].kind != TOKEN_WORD || t[i].upper || t[i].gap != GAP_SPACE) continue;
        /* "Ranger double cab" may be one: two small words, or one of a document, are no name. */
        bool next = i + 1 < n && t[i + 1].kind == TOKEN_WORD && !t[i + 1].upper && t[i + 1].gap == GAP_SPACE;
        if (is_small_word(t[i].key)) continue;
        if (next || is_document_word(t[i].key)) return true;
    }
    return false;
}
