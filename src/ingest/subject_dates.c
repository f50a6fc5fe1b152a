/* Dates in headings and titles: when a list was written or holds, no model year. */
#include "ingest/subject.h"

#include <string.h>

static const char *const YEAR_WORDS[] = {"model", "models", "year", "my", "mj", "modelljahr", "baujahr", "\u5e74", "\u6b3e", NULL};
static const char *const FROM_WORDS[] = {"from", "since", "ab", "seit", "depuis", "desde", "starting", "partir", NULL};

/* Months, seasons, quarters: a year behind them is when something was written. */
static bool is_month_or_season(const char *key)
{
    static const char *const WORDS[] = {
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "januar", "februar",
        "marz", "mai", "juni", "juli", "oktober", "dezember", "okt", "dez", "janvier", "fevrier", "mars", "avril", "juin",
        "juillet", "aout", "septembre", "octobre", "novembre", "decembre", "enero", "febrero", "marzo", "abril", "mayo",
        "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre", "spring", "summer", "autumn",
        "winter", "fruhjahr", "fruhling", "sommer", "herbst", "printemps", "ete", "automne", "hiver", "primavera", "verano",
        "otono", "invierno", "trimestre", "quarter", "quartal", NULL};
    return token_key_in(key, WORDS);
}

bool subject_date_word(const char *key)
{
    static const char *const WORDS[] = {"effective", "valid", "stand", "gultig", "vigente", "valable", "updated", "revised",
                                        "issued", "published", "printed", "copyright", "dated", "datum", "date", "fecha",
                                        "aktualisiert", "actualizado", "publie", "publicado", "asof", NULL};
    return token_key_in(key, WORDS);
}

/* "01.03.2025": one token. */
static bool is_dotted_date(const struct token *t)
{
    const char *dot = t->kind == TOKEN_NUMBER ? strchr(t->key, '.') : NULL, *last = dot ? strrchr(t->key, '.') : NULL;
    return dot && last > dot && last - dot <= 3 && dot - t->key <= 2 && strlen(last + 1) == 4;
}

size_t subject_date_begin(const struct token *t, size_t n, size_t k)
{
    enum { WORDS = 3 }; /* that may stand between: "valid as of" */
    size_t begin = k;
    bool date = false;
    if (k + 1 < n && token_key_in(t[k + 1].key, YEAR_WORDS)) return k;
    if (is_dotted_date(&t[k])) date = true;
    while (begin > 0 && t[begin - 1].kind == TOKEN_NUMBER && strlen(t[begin - 1].key) <= 2 &&
           (t[begin].gap & (GAP_SLASH | GAP_HYPHEN | GAP_STOP | GAP_OTHER)) && !(t[begin].gap & GAP_SPACE)) {
        begin--;
        date = true;
    }
    for (size_t i = begin; i-- > 0 && begin - i <= WORDS;) {
        const char *key = t[i].key;
        bool small = is_small_word(key) || strcmp(key, "as") == 0 || token_key_in(key, FROM_WORDS);
        bool day = t[i].kind == TOKEN_NUMBER && strlen(key) <= 2 && i > 0 && is_month_or_season(t[i - 1].key);
        if (is_month_or_season(key) || subject_date_word(key)) {
            date = true;
            begin = i;
            if (i > 0 && t[i - 1].kind == TOKEN_NUMBER && strlen(t[i - 1].key) <= 2) begin = i - 1; /* "1 October" */
        } else if (!small && !day) {
            break;
        }
    }
    return date ? begin : k;
}

size_t subject_without_date(const struct token *t, size_t begin, size_t end)
{
    if (end <= begin + 1 || !is_dotted_date(&t[end - 1])) return end;
    size_t date = subject_date_begin(t, end, end - 1);
    while (date > begin && (is_small_word(t[date - 1].key) || subject_date_word(t[date - 1].key) || token_key_in(t[date - 1].key, FROM_WORDS)))
        date--;
    return date > begin ? date : begin;
}
