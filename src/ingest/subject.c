#include "ingest/subject.h"

#include "base/buffer.h"
#include "vehicle/registry.h"
#include "vehicle/unit.h"
#include "vehicle/vehicle.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { SUBJECT_MAX_TOKENS = 48 };

/* ---- words that name no vehicle ---- */

/* Folded, sorted by strcmp: what a document or a part of it calls itself, and months ("March" and "May"
 * are names as well). */
static const char *const DOCUMENT_WORDS[] = {
    "abmessungen", "abril", "agosto", "all", "allgemein", "angaben", "antrieb", "aout", "april",
    "attribute", "attributes", "august", "ausstattung", "auto", "automobile", "automobiles",
    "autos", "avril", "basic", "betriebsanleitung", "blatt", "body", "brochure", "bus", "car",
    "caracteristicas", "caracteristiques", "cars", "catalog", "catalogue", "chart", "chassis",
    "coches", "comfort", "comparaison", "comparatif", "comparativa", "comparativo", "comparison",
    "data", "database", "dataset", "datasheet", "daten", "datenblatt", "datos", "december",
    "decembre", "description", "details", "dezember", "diciembre", "drivetrain", "driving",
    "economy", "eigenschaft", "enero", "engines", "equipment", "essai", "export", "exterior",
    "fact", "facts", "fahrleistungen", "fahrwerk", "fahrzeug", "fahrzeuge", "feature", "features",
    "febrero", "februar", "february", "fevrier", "ficha", "fiche", "figures", "file", "fleet",
    "flotte", "general", "glance", "guide", "handbook", "info", "information", "infos", "interior",
    "inventory", "item", "items", "januar", "january", "janvier", "juillet", "juin", "juli",
    "julio", "july", "june", "juni", "junio", "karosserie", "key", "list", "lista", "liste", "main",
    "marz", "marzo", "masse", "mayo", "measurements", "mechanical", "merkmal", "modele", "modeles",
    "modell", "modelle", "models", "motorcycle", "motorcycles", "motoren", "november", "novembre",
    "noviembre", "nutzfahrzeuge", "october", "octobre", "octubre", "oktober", "options", "other",
    "overview", "owner", "owners", "parameter", "parameters", "parc", "part", "performance",
    "powertrain", "precios", "preise", "preisliste", "preislisten", "prestaciones", "price",
    "prices", "pricing", "prix", "property", "prospekt", "range", "ratings", "review", "reviews",
    "running", "safety", "sales", "schedule", "section", "september", "septembre", "septiembre",
    "sheet", "sicherheit", "spec", "specification", "specifications", "specs", "standard", "stock",
    "summary", "suvs", "table", "tables", "tarif", "tarifas", "tarifs", "tech", "technical",
    "technik", "technique", "techniques", "technische", "technology", "tecnica", "tecnicas",
    "tecnicos", "trim", "trims", "trucks", "ubersicht", "used", "utilitaires", "vans", "varianten",
    "variants", "vehicle", "vehicles", "vehicules", "verbrauch", "vergleich", "versions",
};

static const char *const SMALL_WORDS[] = {
    "a", "and", "at", "avec", "by", "con", "das", "de", "del", "dem", "den", "der", "des", "die",
    "du", "el", "en", "et", "for", "from", "fur", "im", "in", "its", "la", "las", "le", "les",
    "los", "mit", "of", "on", "or", "our", "para", "per", "pour", "the", "to", "und", "von", "with",
    "y", "zu", "zum", "zur",
};

static bool in_list(const char *key, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (list[i][0] == key[0] && strcmp(list[i], key) == 0) return true;
    return false;
}

bool is_document_word(const char *key)
{
    return in_list(key, DOCUMENT_WORDS, sizeof DOCUMENT_WORDS / sizeof *DOCUMENT_WORDS);
}

bool is_small_word(const char *key)
{
    return in_list(key, SMALL_WORDS, sizeof SMALL_WORDS / sizeof *SMALL_WORDS);
}

/* Chinese names of documents, at the end of a heading. */
static size_t without_han_suffix(const char *text, size_t len)
{
    static const char *const SUFFIXES[] = {"技术参数", "参数配置", "配置参数", "参数表", "配置表",
                                           "价格表",   "参数",     "配置",     "规格",   "报价"};
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < sizeof SUFFIXES / sizeof *SUFFIXES; i++) {
            size_t n = strlen(SUFFIXES[i]);
            if (len > n && memcmp(text + len - n, SUFFIXES[i], n) == 0) {
                len -= n;
                again = true;
            }
        }
    }
    return len;
}

/* ---- years ---- */

static bool year_number(const struct token *t, int *year)
{
    if (t->kind != TOKEN_NUMBER) return false;
    size_t digits = strspn(t->key, "0123456789");
    if (digits != 4 || (t->key[4] && strcmp(t->key + 4, ".0") != 0)) return false;
    int y = atoi(t->key);
    if (y < YEAR_FIRST_EVER || y > YEAR_LAST_EVER) return false;
    *year = y;
    return true;
}

/* Two digits as a year of our time: 70-99 and 00-45. */
static bool short_year(const struct token *t, int *year)
{
    if (t->kind != TOKEN_NUMBER || strlen(t->key) != 2 || strspn(t->key, "0123456789") != 2)
        return false;
    int y = atoi(t->key);
    if (y > YEAR_LAST_EVER - 2000 && y < 70) return false;
    *year = y >= 70 ? 1900 + y : 2000 + y;
    return true;
}

static bool says_from(const char *key)
{
    static const char *const WORDS[] = {"from", "since", "ab", "seit", "depuis", "desde",
                                        "from:", "starting", "自", "partir", NULL};
    return token_key_in(key, WORDS);
}

static bool says_until(const char *key)
{
    static const char *const WORDS[] = {"until", "till", "bis", "jusqu", "hasta", "to", "through",
                                        "至", "a", "up", NULL};
    return token_key_in(key, WORDS);
}

static bool says_now(const char *key)
{
    static const char *const WORDS[] = {"present", "now", "today", "current", "heute", "ongoing",
                                        "aujourd", "actualidad", "presente", "今", NULL};
    return token_key_in(key, WORDS);
}

/* Words that may stand beside years without meaning anything else. */
static bool is_year_word(const struct token *t)
{
    static const char *const WORDS[] = {"my", "year", "model", "年", "款", "型", "年款", "hui", "la",
                                        "to", "y", "and", "und", "et", "c", "ca", "circa", "baujahr",
                                        "bj", "mj", "modelljahr", NULL};
    return token_key_in(t->key, WORDS) || says_from(t->key) || says_until(t->key) || says_now(t->key);
}

static bool is_tag(const struct token *t)
{
    return strcmp(t->key, "my") == 0 || strcmp(t->key, "mj") == 0;
}

/* "20240501", a date in one. */
static bool compact_date(const struct token *t, int *year)
{
    if (t->kind != TOKEN_NUMBER || strlen(t->key) != 8 || strspn(t->key, "0123456789") != 8)
        return false;
    int n = atoi(t->key), y = n / 10000, month = n / 100 % 100, day = n % 100;
    if (y < YEAR_FIRST_EVER || y > YEAR_LAST_EVER || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    *year = y;
    return true;
}

struct year_scan {
    int first, last;
    size_t n_years;
    bool open_front, open_end; /* "until", "from" */
    size_t begin, end;         /* tokens that belong to the years */
    bool tag;                  /* "MY24" */
    bool date;                 /* with a month */
};

/* Reads years from token i on; returns the tokens used (0: no year begins there). */
static size_t years_at(const struct token *t, size_t n, size_t i, struct year_scan *out)
{
    size_t at = i;
    int year = 0;
    bool from = false, until = false, tag = false, slash_day = false;
    while (at < n && at < i + 2 && (says_from(t[at].key) || says_until(t[at].key)) &&
           t[at].kind != TOKEN_NUMBER) {
        from |= says_from(t[at].key);
        until |= !says_from(t[at].key);
        at++;
    }
    if (at >= n) return 0;
    if (is_tag(&t[at]) && at + 1 < n && !(t[at + 1].gap & ~(unsigned)(GAP_SPACE | GAP_HYPHEN)) &&
        (year_number(&t[at + 1], &year) || short_year(&t[at + 1], &year))) {
        tag = true;
        at += 2;
    } else if (at + 1 < n && is_tag(&t[at + 1]) && t[at + 1].gap == GAP_NONE &&
               (year_number(&t[at], &year) || short_year(&t[at], &year))) {
        tag = true;
        at += 2;
    } else if (year_number(&t[at], &year)) {
        at++;
    } else if (compact_date(&t[at], &year)) {
        slash_day = true;
        at++;
    } else {
        return 0;
    }
    *out = (struct year_scan){.first = year, .last = year, .begin = i, .tag = tag, .n_years = 1,
                              .date = slash_day};
    while (at < n && t[at].gap == GAP_NONE && /* "2024款", "2019年款" */
           (strcmp(t[at].key, "\u6b3e") == 0 || strcmp(t[at].key, "\u5e74") == 0))
        at++;
    /* "1970-01-01", "2018/03": a date. */
    int next = 0;
    while (at < n && !tag && t[at].kind == TOKEN_NUMBER && (t[at].gap & (GAP_HYPHEN | GAP_SLASH)) &&
           !(t[at].gap & GAP_SPACE) && strlen(t[at].key) == 2) {
        int two = atoi(t[at].key);
        bool date = at + 1 < n && t[at + 1].kind == TOKEN_NUMBER && t[at + 1].gap == t[at].gap &&
                    strlen(t[at + 1].key) == 2;
        if (slash_day || date || (two >= 1 && two <= 12 && two != (year + 1) % 100)) {
            slash_day = out->date = true;
            at++;
            continue;
        }
        if (short_year(&t[at], &next) && next > year) {
            out->last = next;
            out->n_years = 2;
            at++;
        }
        break;
    }
    /* "2019-2022", "2019 to 2022", "2019, 2020". */
    while (at < n && !slash_day) {
        bool joined = (t[at].gap & (GAP_HYPHEN | GAP_SLASH | GAP_COMMA)) != 0;
        if (says_until(t[at].key) && at + 1 < n && t[at].kind != TOKEN_NUMBER) {
            if (year_number(&t[at + 1], &next) && next >= out->first) {
                out->last = next;
                out->n_years++;
                at += 2;
                continue;
            }
            if (says_now(t[at + 1].key)) {
                out->open_end = true;
                at += 2;
            }
            break;
        }
        if (joined && year_number(&t[at], &next) && next >= out->last) {
            out->last = next;
            out->n_years++;
            at++;
            continue;
        }
        if ((joined || t[at].gap == GAP_SPACE) && says_now(t[at].key)) {
            out->open_end = true;
            at++;
            if (at < n && strcmp(t[at].key, "hui") == 0) at++;
        }
        break;
    }
    if (from && out->n_years == 1) out->open_end = true;
    if (until && !from && out->n_years == 1 && !out->open_end) out->open_front = true;
    out->end = at;
    return at - i;
}

static void scan_result(const struct year_scan *s, int *first, int *last)
{
    *first = s->open_front ? 0 : s->first;
    *last = s->open_end ? YEAR_OPEN : s->last;
}

bool short_year_read(const char *text, size_t len, int *year)
{
    struct token t[2];
    return len == 2 && tokens_split(text, len, TOKENS_TEXT, t, 2) == 1 && short_year(&t[0], year);
}

bool year_read(struct year_reading *out, const char *text, size_t len)
{
    *out = (struct year_reading){0};
    if (len == 0 || len > 80) return false;
    if (len == 4) { /* the usual case, without tokens */
        int y = 0;
        size_t i = 0;
        while (i < 4 && text[i] >= '0' && text[i] <= '9') y = y * 10 + (text[i++] - '0');
        if (i == 4) {
            if (y < YEAR_FIRST_EVER || y > YEAR_LAST_EVER) return false;
            *out = (struct year_reading){y, y, true};
            return true;
        }
    }
    struct token t[16];
    size_t n = tokens_split(text, len, TOKENS_TEXT, t, 16);
    struct year_scan s;
    bool found = false, whole = n < 16;
    int year = 0;
    for (size_t i = 0; i < n;) {
        size_t used = years_at(t, n, i, &s);
        if (used) {
            if (!found) {
                scan_result(&s, &out->first, &out->last);
                found = true;
                /* "2019-" is still made. */
                if (s.end == n && s.n_years == 1 && !s.open_end && len >= 3) {
                    unsigned char last = (unsigned char)text[len - 1];
                    bool dash = last == '-' || memcmp(text + len - 3, "\xe2\x80\x93", 3) == 0 ||
                                memcmp(text + len - 3, "\xe2\x80\x94", 3) == 0;
                    if (dash) out->last = YEAR_OPEN;
                }
            } else if (s.last > out->last && out->last != YEAR_OPEN) {
                out->last = s.open_end ? YEAR_OPEN : s.last;
            }
            i += used;
            continue;
        }
        bool apostrophe = text[0] == '\'' || memcmp(text, "\xe2\x80\x99", len < 3 ? len : 3) == 0;
        if (!found && i == 0 && apostrophe && short_year(&t[0], &year)) {
            out->first = out->last = year;
            found = true;
        } else if (!is_year_word(&t[i]) && !(t[i].kind == TOKEN_NUMBER && strlen(t[i].key) == 2 &&
                                            i + 1 < n && (t[i + 1].gap & (GAP_SLASH | GAP_OTHER))))
            whole = false; /* but for the month of "05/2018" */
        i++;
    }
    out->whole = whole;
    return found;
}

/* ---- makes ---- */

size_t make_match(const struct token *t, size_t n, int *make)
{
    size_t longest = n < 5 ? n : 5;
    while (longest) {
        const struct term *terms = NULL;
        size_t n_terms = 0, used = registry_match(t, longest, &terms, &n_terms);
        if (used == 0) return 0;
        for (size_t i = 0; i < n_terms; i++)
            if (terms[i].kind == TERM_MAKE && !terms[i].asking) {
                *make = terms[i].id;
                return used;
            }
        longest = used - 1;
    }
    return 0;
}

bool is_section_heading(const char *text, size_t len)
{
    struct token t[SUBJECT_MAX_TOKENS];
    size_t n = tokens_split(text, len, TOKENS_TEXT, t, SUBJECT_MAX_TOKENS);
    for (size_t i = 0; i < n;) {
        const struct term *terms = NULL;
        size_t n_terms = 0, used = registry_match(t + i, n - i, &terms, &n_terms);
        bool known = false;
        for (size_t k = 0; k < n_terms; k++)
            known |= (terms[k].kind == TERM_ATTRIBUTE || terms[k].kind == TERM_QUALIFIER) &&
                     !terms[k].code;
        if (used && known) {
            i += used;
            continue;
        }
        size_t bytes = 0;
        if (i > 0 && unit_parse(text + t[i].begin, len - t[i].begin, &bytes) && bytes) {
            size_t end = t[i].begin + bytes;
            while (i < n && t[i].begin < end) i++;
            continue;
        }
        if (!is_document_word(t[i].key) && !is_small_word(t[i].key)) return false;
        i++;
    }
    return n > 0;
}

bool is_year_heading(const char *text, size_t len, int *first, int *last)
{
    struct token t[SUBJECT_MAX_TOKENS];
    size_t n = tokens_split(text, len, TOKENS_TEXT, t, SUBJECT_MAX_TOKENS);
    bool any = false, named = false;
    for (size_t i = 0; i < n;) {
        const struct term *terms = NULL;
        struct year_scan s;
        size_t n_terms = 0, used = years_at(t, n, i, &s);
        if (used && !s.date && !any) {
            scan_result(&s, first, last);
            any = true;
            i += used;
            continue;
        }
        used = registry_match(t + i, n - i, &terms, &n_terms);
        bool year = false;
        for (size_t k = 0; k < n_terms; k++)
            year |= terms[k].kind == TERM_ATTRIBUTE && REGISTRY[terms[k].id].role == ROLE_YEAR;
        if (!used || !year) return false;
        named = true;
        i += used;
    }
    return any && named;
}

/* ---- names ---- */

/* The end of token i's text with the bracket that closes behind it. */
static size_t end_with_bracket(const char *text, size_t len, const struct token *t, size_t i)
{
    size_t end = t[i].end;
    if (!(t[i].gap_end & GAP_CLOSE)) return end;
    while (end < len && (text[end] == ' ' || text[end] == '.' || text[end] == '\'')) end++;
    if (end < len && (text[end] == ')' || text[end] == ']' || text[end] == '}')) return end + 1;
    if (len - end >= 3 && memcmp(text + end, "\xef\xbc\x89", 3) == 0) return end + 3;
    return t[i].end;
}

size_t subject_begin_with_bracket(const char *text, const struct token *t, size_t i)
{
    size_t begin = t[i].begin;
    if (!(t[i].gap & GAP_OPEN)) return begin;
    while (begin > 0 && text[begin - 1] == ' ') begin--;
    if (begin > 0 && (text[begin - 1] == '(' || text[begin - 1] == '[')) return begin - 1;
    return t[i].begin;
}

/* text[begin, end) as a string: the text itself where it ends there too. */
static const char *part(struct arena *arena, const char *text, size_t len, size_t begin, size_t end)
{
    while (begin < end && (unsigned char)text[begin] <= ' ') begin++;
    while (end > begin && ((unsigned char)text[end - 1] <= ' ' || text[end - 1] == ',' ||
                           text[end - 1] == ':' || text[end - 1] == ';'))
        end--;
    if (begin >= end) return "";
    if (end == len && text[len] == '\0') return text + begin;
    return arena_strndup(arena, text + begin, end - begin);
}

/* A name that was cut inside a bracket, "First generation (Mk I" of "(Mk I, 1978-1986)", with the bracket
 * closed. NULL: memory is out. */
static const char *closed(struct arena *arena, const char *name)
{
    size_t len = strlen(name), open = 0;
    for (size_t i = 0; i < len; i++) {
        if (name[i] == '(') open++;
        if (name[i] == ')' && open) open--;
    }
    if (open != 1) return name;
    while (len && (name[len - 1] == ' ' || name[len - 1] == ',')) len--;
    if (len && name[len - 1] == '(') { /* nothing but the years stood in it */
        while (len && (name[len - 1] == '(' || name[len - 1] == ' ')) len--;
        return arena_strndup(arena, name, len);
    }
    char *text = arena_array(arena, len + 2, 1);
    if (!text) return NULL;
    memcpy(text, name, len);
    memcpy(text + len, ")", 2);
    return text;
}

/* Numbers that are names of models beside their makes, not years. */
static bool is_model_number(int make, int year)
{
    static const struct {
        const char *make;
        int number;
    } MODELS[] = {{"Peugeot", 2008}, {"BMW", 2002}, {"BMW", 2000}, {"Rover", 2000}};
    for (size_t i = 0; make >= 0 && i < sizeof MODELS / sizeof *MODELS; i++)
        if (MODELS[i].number == year && strcmp(MODELS[i].make, MAKES[make].name) == 0) return true;
    return false;
}

struct name_tokens {
    const char *text;
    size_t len;
    struct token t[SUBJECT_MAX_TOKENS];
    size_t n;
    size_t begin, end; /* tokens of the name */
};

/* Where a part of a heading ends: "Tarn: technical data", "Golf - prices"; not in "Rerae & Tibazir", "Smart #1". */
static bool is_break(const struct name_tokens *w, size_t i)
{
    unsigned gap = w->t[i].gap;
    if (i > 0 && (gap & GAP_OTHER))
        for (size_t k = w->t[i - 1].end; k < w->t[i].begin; k++)
            if (strchr("&+#", w->text[k])) gap &= ~(unsigned)GAP_OTHER;
    return (gap & (GAP_COLON | GAP_STOP)) || ((gap & GAP_HYPHEN) && (gap & GAP_SPACE)) ||
           (gap & GAP_OTHER && gap & GAP_SPACE);
}

/* Chooses the part of a heading that names the vehicle, and takes document words from its ends. */
static void narrow_heading(struct name_tokens *w)
{
    size_t best_begin = 0, best_end = w->n, best = 0;
    bool capitals = false; /* then words without them name nothing: "model page" */
    for (size_t i = 0; i < w->n; i++) capitals |= w->t[i].kind == TOKEN_WORD && w->t[i].upper;
    for (size_t i = 0; i < w->n;) {
        size_t end = i + 1, score = 0;
        while (end < w->n && !is_break(w, end)) end++;
        for (size_t k = i; k < end; k++) {
            int make = -1, year = 0;
            if (make_match(w->t + k, end - k, &make)) score += 8;
            if (year_number(&w->t[k], &year))
                score += 2;
            else if (!is_document_word(w->t[k].key) && !is_small_word(w->t[k].key))
                score += capitals && w->t[k].kind == TOKEN_WORD && !w->t[k].upper ? 1 : 3;
        }
        if (score > best) {
            best = score;
            best_begin = i;
            best_end = end;
        }
        i = end;
    }
    w->begin = best_begin;
    w->end = best_end;
    for (size_t k = w->begin; k < w->end; k++) {
        int make = -1;
        if (make_match(w->t + k, w->end - k, &make)) return; /* the end is trimmed behind the make */
    }
    while (w->begin < w->end &&
           (is_document_word(w->t[w->begin].key) || is_small_word(w->t[w->begin].key)))
        w->begin++;
}

/* "2024 Quenby Heron Performance", "Long Range": words for parts of documents that versions are called too. */
static bool is_version_word(const struct token *t, size_t n, bool dated)
{
    if (n < 2 || !t[n - 1].upper) return false;
    const char *key = t[n - 1].key, *before = t[n - 2].key;
    if (strcmp(key, "range") == 0)
        return strcmp(before, "long") == 0 || strcmp(before, "standard") == 0 || strcmp(before, "extended") == 0;
    return dated && trim_known(key) && !is_document_word(before) && !is_small_word(before);
}

/* Whether the last of tokens t[0, n) belongs to no name; a letter alone ("Type R a") only behind other
 * such words. `dated`: a model year stands beside them. */
static bool is_trailing_noise(const struct token *t, size_t n, bool dated)
{
    const char *key = t[n - 1].key;
    if (n > 1 && t[n - 1].gap == GAP_HYPHEN) return false; /* "Plug-in" */
    if (is_version_word(t, n, dated)) return false;
    if (is_document_word(key)) return true;
    if (!is_small_word(key)) return false;
    return strlen(key) > 1 || n < 2 || is_small_word(t[n - 2].key) || is_document_word(t[n - 2].key);
}

static bool has_inner_capital(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] >= 'A' && text[i] <= 'Z') return true;
    return false;
}

/* Whether two words of a name stand before token `at`. */
static bool is_behind_name(const struct name_tokens *w, size_t at)
{
    size_t words = 0;
    for (size_t k = w->begin; k < at; k++)
        words += w->t[k].kind == TOKEN_WORD && w->t[k].upper && !is_document_word(w->t[k].key) &&
                 !is_small_word(w->t[k].key);
    return words >= 2;
}

/* The model year among the words of a name, "Quenby Heron 2017 Sport": a token; SIZE_MAX: none, or several. */
static size_t year_inside(const struct name_tokens *w, size_t rest, size_t end, int make)
{
    size_t found = SIZE_MAX;
    for (size_t k = rest; k < end; k++) {
        int year;
        if (!year_number(&w->t[k], &year)) continue;
        bool first = k == rest, last = k + 1 == end;
        if (found != SIZE_MAX || last || (first && make < 0) || year < (first ? 1980 : 1950) ||
            is_model_number(make, year) || w->t[k].gap != GAP_SPACE || w->t[k + 1].gap != GAP_SPACE)
            return SIZE_MAX;
        found = k;
    }
    return found;
}

/* The name without the year that stands in it. NULL: memory is out. */
static const char *name_around(struct arena *arena, const char *text, const struct name_tokens *w, size_t rest,
                               size_t inner, size_t end)
{
    struct buffer b = {0};
    if (inner > rest) buffer_append(&b, text + w->t[rest].begin, w->t[inner - 1].end - w->t[rest].begin);
    if (b.len) buffer_putc(&b, ' ');
    buffer_append(&b, text + w->t[inner + 1].begin, w->t[end - 1].end - w->t[inner + 1].begin);
    char *name = b.failed ? NULL : arena_strndup(arena, buffer_text(&b), b.len);
    buffer_free(&b);
    return name;
}

bool subject_read(struct subject *out, struct arena *arena, const char *text, size_t len,
                  enum subject_source source)
{
    *out = (struct subject){.make = "", .model = "", .trim = "", .make_number = -1};
    struct name_tokens w = {.text = text, .len = len};
    if (source == SUBJECT_HEADING) w.len = without_han_suffix(text, len);
    w.n = tokens_split(text, w.len, TOKENS_TEXT, w.t, SUBJECT_MAX_TOKENS);
    if (w.n == 0) return true;
    w.end = w.n;
    if (source != SUBJECT_CELL) narrow_heading(&w);

    /* A make: at the start (behind a year), or in headings at the first place. */
    size_t make_at = w.end, make_len = 0;
    int make = -1, year = 0;
    for (size_t k = w.begin; k < w.end; k++) {
        make_len = make_match(w.t + k, w.end - k, &make);
        if (make_len && k + make_len == w.end && is_behind_name(&w, k)) {
            make_len = 0;
            make = -1; /* "Ralua 3 MG": the end of another make's name */
        }
        if (make_len) {
            make_at = k;
            break;
        }
        if (source == SUBJECT_CELL && !year_number(&w.t[k], &year)) break;
    }

    /* Years in front of the name, at its end, or anywhere with their tag. */
    struct year_scan s;
    size_t begin = w.begin, end = w.end, used;
    bool have_year = false;
    if (end - begin > 1 && (used = years_at(w.t, end, begin, &s)) && !s.tag && !s.date &&
        begin + used < end && w.t[begin + used].gap != GAP_NONE &&
        !says_until(w.t[begin].key)) {
        scan_result(&s, &out->year_first, &out->year_last);
        have_year = true;
        begin += used;
    }
    if (make_len && make_at >= begin) begin = make_at;
    size_t rest = make_len ? begin + make_len : begin;
    if (source != SUBJECT_CELL)
        while (end > rest && is_trailing_noise(w.t + rest, end - rest, have_year)) end--;
    if (source == SUBJECT_HEADING) end = subject_without_date(w.t, rest, end);
    if (source == SUBJECT_HEADING && end > rest && year_number(&w.t[end - 1], &year)) {
        size_t date = subject_date_begin(w.t, w.n, end - 1);
        if (date < end - 1) end = date > rest ? date : rest;
    }
    while (source == SUBJECT_HEADING && end > rest + 1 && end < w.n && w.t[end].kind == TOKEN_NUMBER &&
           subject_date_word(w.t[end - 1].key))
        end--; /* "Talo, Stand: 1.3.2025" */
    for (size_t k = rest; k < end && !have_year;) {
        used = years_at(w.t, end, k, &s);
        if (!used || says_until(w.t[k].key)) {
            k++;
            continue;
        }
        bool alone = k == rest && k + used == end;
        bool joined = w.t[k].gap == GAP_NONE && k > 0;
        if (source == SUBJECT_HEADING && !s.tag && subject_date_begin(w.t, w.n, k) < k) {
            k += used; /* when it was written: no model year */
            continue;
        }
        if (s.tag) {
            scan_result(&s, &out->year_first, &out->year_last);
            have_year = out->year_in_name = true;
        } else if (!joined && !s.date && k + used == end &&
                   !(alone && (source == SUBJECT_CELL || is_model_number(make, s.first)))) {
            scan_result(&s, &out->year_first, &out->year_last);
            have_year = true;
            end = k;
            break;
        }
        k += used;
    }
    size_t inner = SIZE_MAX;
    if (source == SUBJECT_HEADING && !have_year && (inner = year_inside(&w, rest, end, make)) != SIZE_MAX) {
        out->year_first = out->year_last = atoi(w.t[inner].key);
        have_year = true;
    }
    if (source != SUBJECT_CELL) /* "Preise" of "Volkswagen Preise 2023" */
        while (end > rest && is_trailing_noise(w.t + rest, end - rest, have_year)) end--;
    if (!have_year && source != SUBJECT_CELL) /* in another part of the heading */
        for (size_t k = 0; k < w.n && !have_year; k++) {
            bool inside = k >= rest && k < end;
            if (source == SUBJECT_HEADING && subject_date_begin(w.t, w.n, k) < k) continue;
            if (!inside && !(make_len && k >= make_at && k < rest) &&
                (used = years_at(w.t, w.n, k, &s)) != 0 && !s.date) {
                scan_result(&s, &out->year_first, &out->year_last);
                have_year = true;
            }
        }
    if (make_len) {
        out->make_number = make;
        out->make = part(arena, text, len, w.t[make_at].begin, w.t[make_at + make_len - 1].end);
    }
    if (source == SUBJECT_HEADING && !make_len && w.n && w.t[0].upper) {
        bool named = false; /* "Our vans for 2026": small words name nothing */
        for (size_t k = rest; k < end; k++)
            named |= w.t[k].upper || w.t[k].kind != TOKEN_WORD ||
                     has_inner_capital(text + w.t[k].begin, w.t[k].end - w.t[k].begin);
        if (!named) end = rest;
    }
    if (source == SUBJECT_HEADING && !make_len && rest < end && subject_is_phrase(w.t + rest, end - rest)) end = rest;
    if (rest < end && (source != SUBJECT_FILE || make_len)) {
        size_t from = subject_begin_with_bracket(text, w.t, rest);
        size_t to = end == w.n && w.len == len ? len : end_with_bracket(text, len, w.t, end - 1);
        out->model = inner != SIZE_MAX && inner + 1 < end ? name_around(arena, text, &w, rest, inner, end)
                                                          : part(arena, text, len, from, to);
        if (out->model) out->model = closed(arena, out->model);
    }
    return out->make && out->model;
}
