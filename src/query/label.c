/* Each word of a question gets its label: what stands longest for it, of the registry, the store and the
 * lexicon. */
#include "query/label.h"
#include "query/columns.h"
#include "query/source_words.h"

#include <stdio.h>
#include <string.h>

struct label *label_new(struct labelled *q, enum label_kind kind, size_t first, size_t n)
{
    struct label *l = &q->labels[q->n_labels++];
    *l = (struct label){.kind = kind, .first = first, .n = n};
    return l;
}

/* The attribute that the last label names; -1. */
static int last_attribute(const struct labelled *q)
{
    if (!q->n_labels) return -1;
    const struct label *l = &q->labels[q->n_labels - 1];
    for (size_t k = 0; l->kind == LABEL_TERM && k < l->n_terms; k++)
        if (l->terms[k].kind == TERM_ATTRIBUTE) return l->terms[k].id;
    return -1;
}

/* An identifier in one piece that the store holds: a VIN, a stock number. */
static bool label_identifier(struct labelled *q, const struct word_index *v, size_t i, size_t room)
{
    const uint32_t *ids;
    size_t n_ids, n = word_index_match_terms(v, &q->tokens[i], room, &ids, &n_ids);
    bool digits = false, letters = false;
    if (n < 2) return false;
    for (size_t k = 0; k < n; k++) {
        if (k && q->tokens[i + k].gap != 0) return false;
        digits = digits || q->tokens[i + k].kind == TOKEN_NUMBER;
        letters = letters || q->tokens[i + k].kind == TOKEN_WORD;
    }
    if (!digits || !letters || q->tokens[i + n - 1].end - q->tokens[i].begin < 4) return false;
    struct label *l = label_new(q, LABEL_VALUE, i, n);
    l->ids = ids;
    l->n_ids = n_ids;
    return true;
}

enum { TURNED_MAX = 5 };

/* "length of the bed", "size of the fuel tank": tokens of "bed length" in *turned; how many tokens of the question
 * that is, 0: no genitive begins at t. `words`: of the noun behind. */
static size_t turn_genitive(const struct token *t, size_t room, size_t words, struct token *turned)
{
    size_t at = 1;
    if (t[0].kind != TOKEN_WORD || room < 3 || strcmp(t[1].key, "of") != 0 || (t[1].gap & ~(unsigned)GAP_SPACE))
        return 0;
    if (strcmp(t[0].key, "range") == 0) return 0; /* from least to most */
    at = 2;
    if (!strcmp(t[at].key, "the") || !strcmp(t[at].key, "its")) at++;
    if (at + words > room) return 0;
    for (size_t i = 0; i < words; i++) {
        if (t[at + i].kind != TOKEN_WORD || (t[at + i].gap & (GAP_STOP | GAP_COMMA | GAP_COLON))) return 0;
        turned[i] = t[at + i];
    }
    turned[words] = t[0];
    turned[words].gap = GAP_SPACE;
    return at + words;
}

/* The attribute or column that a genitive names; 0: none. */
static size_t match_genitive(const struct word_index *v, const struct token *t, size_t room,
                             const struct term **terms, size_t *n_terms, const uint32_t **columns,
                             size_t *n_columns)
{
    struct token turned[TURNED_MAX + 1];
    memset(turned, 0, sizeof turned);
    for (size_t words = 3; words > 0; words--) {
        size_t n = turn_genitive(t, room, words, turned);
        if (!n) continue;
        size_t run = registry_match(turned, words + 1, terms, n_terms);
        size_t len = strlen(turned[words - 1].key);
        if (run < words + 1 && len > 3 && turned[words - 1].key[len - 1] == 's') {
            turned[words - 1].key[len - 1] = '\0'; /* "size of the wheels" */
            run = registry_match(turned, words + 1, terms, n_terms);
        }
        if (run == words + 1)
            for (size_t k = 0; k < *n_terms; k++)
                if ((*terms)[k].kind == TERM_ATTRIBUTE && !(*terms)[k].code) return n;
        *n_terms = 0;
        if (word_index_match_columns(v, turned, words + 1, columns, n_columns) == words + 1) return n;
        *n_columns = 0;
    }
    return 0;
}

/* What cells or the registry say of "Euro 5"; else it is not understood. */
static void label_emission_standard(struct labelled *q, const struct word_index *v, size_t i, size_t room)
{
    const uint32_t *ids = NULL;
    const struct term *terms = NULL;
    size_t n_ids = 0, n_terms = 0;
    size_t value = word_index_match_terms(v, &q->tokens[i], room, &ids, &n_ids);
    size_t term = registry_match(&q->tokens[i], room, &terms, &n_terms);
    bool category = term > 1 && n_terms && terms[0].kind == TERM_CATEGORY;
    struct label *l = label_new(q, value > 1 ? LABEL_VALUE : category ? LABEL_TERM : LABEL_UNKNOWN, i,
                                value > 1 ? value : category ? term : 2);
    if (value > 1) {
        l->ids = ids;
        l->n_ids = n_ids;
    } else if (category) {
        l->terms = terms;
        l->n_terms = n_terms;
    }
}

/* "5.0L V8" that cells of an engine's column hold: the text, and no condition on the size of it. */
static bool label_engine_text(struct labelled *q, const struct word_index *v, size_t i, size_t room)
{
    const struct catalog *c = word_index_catalog(v);
    const uint32_t *ids = NULL;
    size_t n_ids = 0, n = q->tokens[i].kind == TOKEN_NUMBER ? word_index_match_terms(v, &q->tokens[i], room, &ids, &n_ids) : 0;
    if (n < 3) return false;
    for (size_t k = 0; k < n_ids; k++) {
        int a = c->columns[c->terms[ids[k]].column].attribute;
        if (a < 0 || (a != registry_find("engine_type") && a != registry_find("engine") && a != registry_find("engine_description"))) return false;
    }
    struct label *l = label_new(q, LABEL_VALUE, i, n);
    l->ids = ids;
    l->n_ids = n_ids;
    return true;
}

/* A word that says nothing by itself and is what a column of yes and no is called: "sold". */
static bool is_state(const struct catalog *c, const struct token *t, const uint32_t *columns, size_t n)
{
    struct word words[WORD_MAX_MEANINGS];
    size_t n_words = 0;
    bool filler = lexicon_match(t, 1, words, &n_words) == 1;
    for (size_t i = 0; i < n_words; i++) filler = filler && words[i].class == WORD_FILLER;
    for (size_t i = 0; filler && i < n; i++)
        if (c->columns[columns[i]].attribute < 0 && column_is_yes_no(c, columns[i])) return true;
    return false;
}

/* "The foreign cars", where a column "foreign" has cells that read "Foreign": which of the cars, as an adjective. */
static bool is_kind_of_column(const struct labelled *q, const struct catalog *c, size_t i, const uint32_t *columns, size_t n_columns,
                              const uint32_t *values, size_t n_values)
{
    struct word words[WORD_MAX_MEANINGS];
    size_t n_words = 0;
    bool own = false, things = false;
    for (size_t k = 0; k < n_columns; k++)
        for (size_t m = 0; m < n_values; m++) own = own || c->terms[values[m]].column == columns[k];
    if (!own) return false;
    if (i + 1 == q->n_tokens) return true;
    if (q->tokens[i + 1].gap & (GAP_STOP | GAP_COMMA)) return true;
    if (lexicon_match(&q->tokens[i + 1], 1, words, &n_words))
        for (size_t k = 0; k < n_words; k++)
            things = things || words[k].class == WORD_VEHICLE || words[k].class == WORD_VERSION || !strcmp(q->tokens[i + 1].key, "one") ||
                     !strcmp(q->tokens[i + 1].key, "ones");
    return things;
}

/* "How many are sold", where a column of states has "Sold": at the end of a sentence, behind "are". */
static bool is_status_value(const struct labelled *q, const struct catalog *c, size_t i, const uint32_t *values, size_t n)
{
    static const char BE[] = " is are was were been already now still not yet ist sind wurde wurden bereits schon est sont deja esta estan ya ";
    enum { MOST_STATES = 6 };
    struct word words[WORD_MAX_MEANINGS];
    size_t n_words = 0;
    char before[TOKEN_KEY_MAX + 3];
    if (i == 0 || (i + 1 < q->n_tokens && q->tokens[i + 1].kind != TOKEN_SIGN && !(q->tokens[i + 1].gap & GAP_STOP)) || n == 0) return false;
    if (lexicon_match(&q->tokens[i], 1, words, &n_words) != 1) return false;
    for (size_t k = 0; k < n_words; k++)
        if (words[k].class != WORD_FILLER) return false;
    size_t len = strlen(q->tokens[i - 1].key);
    if (len + 3 > sizeof before) return false;
    before[0] = ' ';
    memcpy(before + 1, q->tokens[i - 1].key, len);
    memcpy(before + 1 + len, " ", 2);
    size_t states = 0;
    for (size_t t = 0; t < c->n_terms; t++) states += c->terms[t].column == c->terms[values[0]].column;
    return strstr(BE, before) && states > 1 && states <= MOST_STATES;
}

static void label_word(struct labelled *q, const struct word_index *v, size_t i, size_t room)
{
    const struct token *t = &q->tokens[i];
    const struct catalog *c = word_index_catalog(v);
    const struct term *terms = NULL;
    const uint32_t *columns = NULL, *values = NULL;
    size_t n_terms = 0, n_columns = 0, n_values = 0, n_words = 0;
    struct word words[WORD_MAX_MEANINGS];
    const struct unit *unit = NULL;
    size_t term = label_match_inflected(t, room, &terms, &n_terms);
    label_keep_language(q, &terms, &n_terms);
    size_t column = word_index_match_columns(v, t, room, &columns, &n_columns);
    size_t value = word_index_match_terms(v, t, room, &values, &n_values);
    size_t word = lexicon_match(t, room, words, &n_words);
    /* "an LFP battery and more than 400 km": the comparator begins behind "and". */
    if (word == 2 && n_words && (words[0].class == WORD_OR_MORE || words[0].class == WORD_OR_LESS) && room > 2 &&
        !strcmp(t[2].key, "than"))
        word = lexicon_match(t, 1, words, &n_words);
    size_t measure = label_unit_run(q, i, &unit);
    if (measure > room) measure = 0;
    if (term < 3 && column < 3) {
        const struct term *of_terms = NULL;
        const uint32_t *of_columns = NULL;
        size_t n_of_terms = 0, n_of_columns = 0;
        size_t run = match_genitive(v, t, room, &of_terms, &n_of_terms, &of_columns, &n_of_columns);
        if (run && n_of_terms) {
            term = run;
            terms = of_terms;
            n_terms = n_of_terms;
            label_keep_language(q, &terms, &n_terms);
        } else if (run) {
            column = run;
            columns = of_columns;
            n_columns = n_of_columns;
        }
    }
    /* Codes, and category names of one or two letters that are not written as abbreviations: "at",
     * "el", "m" mean something else in a sentence. */
    bool code = term > 0, tiny = term == 1 && t->kind == TOKEN_WORD && strlen(t->key) <= 2 &&
                                 !(q->text[t->begin] >= 'A' && q->text[t->begin] <= 'Z' &&
                                   t->end - t->begin == 2 && q->text[t->end - 1] <= 'Z');
    /* "a 4" is no gearbox. */
    if (term == 2 && strlen(t[0].key) + strlen(t[1].key) <= 3 && (t[1].gap & GAP_SPACE)) tiny = true;
    for (size_t k = 0; k < n_terms; k++)
        if (!terms[k].code && !(tiny && terms[k].kind == TERM_CATEGORY)) code = false;
    int before = last_attribute(q);
    /* A code means something behind the name of its attribute alone: "fuel type D". */
    if (code) {
        bool fits = false;
        for (size_t k = 0; k < n_terms; k++)
            fits = fits || (terms[k].kind == TERM_CATEGORY && before >= 0 &&
                            CATEGORIES[terms[k].id].attribute == before);
        if (!fits) term = 0;
    }
    if (value == 2 && strlen(t[0].key) + strlen(t[1].key) <= 3 && (t[1].gap & GAP_SPACE)) value = 0;
    if (value == 1 && (t->kind == TOKEN_NUMBER || strlen(t->key) == 1 || word)) {
        bool fits = false;
        for (size_t k = 0; k < n_values; k++)
            fits = fits || (before >= 0 && c->columns[c->terms[values[k]].column].attribute == before);
        if (!fits && !(word == 1 && is_status_value(q, c, i, values, n_values))) value = 0;
    }
    /* "sold", "available" say little, unless a column of yes and no is called so. */
    if (column == 1 && (strlen(t->key) < 2 || t->kind == TOKEN_NUMBER || (word && !is_state(c, t, columns, n_columns)))) column = 0;
    /* "total" and "all" are operations, whatever some cell says. */
    bool status = value == 1 && word <= 1 && is_status_value(q, c, i, values, n_values);
    if (value && value <= word && !status) value = 0;
    if (status) word = 0;
    if (status && term == 1) term = 0;
    /* "from dealers": what cells say, where no column is of the attribute that the word may name. */
    if (term && value == term && !word) {
        bool named = false;
        for (size_t k = 0; k < n_terms; k++) {
            named = named || terms[k].kind != TERM_ATTRIBUTE;
            for (size_t m = 0; m < c->n_columns && !named; m++) named = c->columns[m].attribute == terms[k].id;
        }
        if (!named) term = 0;
    }
    /* "my" is a person's, "MY" a model year. */
    if (term == 1 && !strcmp(t->key, "my") && q->text[t->end - 1] != 'Y' && lexicon_match(t, 1, words, &n_words) == 1) {
        term = 0;
        word = 1;
    }
    /* "the most fuel efficient": not "the most fuel" and "efficient". */
    if (term > 1) {
        struct word first[WORD_MAX_MEANINGS];
        const struct term *rest = NULL;
        size_t n_first = 0, n_rest = 0;
        bool article = false;
        if (registry_match(t + 1, room - 1, &rest, &n_rest) + 1 > term && lexicon_match(t, 1, first, &n_first) == 1)
            for (size_t k = 0; k < n_first; k++) article = article || (first[k].class == WORD_FUNCTION && !strcmp(t->key, "the"));
        if (article) {
            term = 0;
            word = 1;
            memcpy(words, first, n_first * sizeof *first);
            n_words = n_first;
        }
    }
    /* "the most towing capacity": not "most towing" and "capacity". */
    if (term > 1 && n_terms && (terms[0].superlative || terms[0].comparative)) {
        struct word first[WORD_MAX_MEANINGS];
        const struct term *rest = NULL;
        size_t n_first = 0, n_rest = 0;
        bool degree = false;
        size_t run = registry_match(t + 1, room - 1, &rest, &n_rest);
        if (run + 1 > term && lexicon_match(t, 1, first, &n_first) == 1)
            for (size_t k = 0; k < n_first; k++)
                degree = degree || first[k].class == WORD_MOST || first[k].class == WORD_LEAST || first[k].class == WORD_BEST ||
                         first[k].class == WORD_WORST || first[k].class == WORD_MORE || first[k].class == WORD_LESS;
        if (degree && n_rest && rest[0].kind == TERM_ATTRIBUTE) {
            term = 0;
            word = 1;
            memcpy(words, first, n_first * sizeof *first);
            n_words = n_first;
        }
    }
    size_t longest = term;
    enum label_kind kind = term ? LABEL_TERM : LABEL_UNKNOWN;
    /* Units are looked at before names: "kW" is no attribute. But "range" in a phrase is longer. */
    if (measure && measure >= longest && !(term == measure && n_terms && terms[0].kind == TERM_CATEGORY)) {
        bool attribute = false;
        for (size_t k = 0; term == measure && k < n_terms; k++)
            attribute = attribute || terms[k].kind == TERM_ATTRIBUTE;
        /* "in miles" is a unit, though an odometer is called "miles" too; "horsepower" is both. */
        enum dimension d = unit->dimension;
        bool plain = d == DIMENSION_LENGTH || d == DIMENSION_MASS || d == DIMENSION_VOLUME ||
                     d == DIMENSION_TIME || d == DIMENSION_MONEY;
        if (!attribute || measure > term || plain) {
            longest = measure;
            kind = LABEL_UNIT;
            term = 0;
        }
    }
    if (column > longest) {
        longest = column;
        kind = LABEL_COLUMN;
    }
    if (value > longest || (value && value == column && kind == LABEL_COLUMN && is_kind_of_column(q, c, i, columns, n_columns, values, n_values))) {
        longest = value;
        kind = LABEL_VALUE;
    }
    if (word > longest) {
        longest = word;
        kind = LABEL_WORD;
    }
    if (kind == LABEL_WORD && longest > 1) {
        /* "the most | economical": not "the most" and "economical". */
        struct word first[WORD_MAX_MEANINGS];
        const struct term *next;
        size_t n_first = 0, n_next = 0;
        bool function = false;
        if (lexicon_match(t, 1, first, &n_first))
            for (size_t k = 0; k < n_first; k++) function = function || first[k].class == WORD_FUNCTION;
        if (function && registry_match(t + 1, room - 1, &next, &n_next) >= longest) {
            longest = word = 1;
            memcpy(words, first, n_first * sizeof *first);
            n_words = n_first;
        }
    }
    /* "Reno" of cells that read "Reno, NV". */
    bool part = false;
    if (kind == LABEL_UNKNOWN) {
        value = word_index_match_parts(v, t, room, &values, &n_values);
        part = value > 0;
        if (part) {
            kind = LABEL_VALUE;
            longest = value;
        }
    }
    /* "Durchschnittspreis": an operation and an attribute in one word. */
    static const struct {
        const char *prefix;
        enum word_class class;
    } COMPOUNDS[] = {{"durchschnitts", WORD_AVERAGE}, {"gesamt", WORD_SUM}, {"hochst", WORD_MOST}, {"maximal", WORD_MOST},
                     {"mindest", WORD_LEAST}, {"minimal", WORD_LEAST}};
    for (size_t k = 0; k < sizeof COMPOUNDS / sizeof *COMPOUNDS && kind == LABEL_UNKNOWN; k++) {
        size_t len = strlen(COMPOUNDS[k].prefix);
        if (t->kind != TOKEN_WORD || strncmp(t->key, COMPOUNDS[k].prefix, len) != 0 || strlen(t->key) < len + 4) continue;
        struct token rest = *t;
        memmove(rest.key, t->key + len, strlen(t->key + len) + 1);
        if (registry_match(&rest, 1, &terms, &n_terms) != 1) continue;
        kind = LABEL_TERM;
        word = longest = 1;
        words[0] = (struct word){.class = COMPOUNDS[k].class, .languages = 2};
        n_words = 1;
    }
    /* "outweigh", "out-tow": more of what the verb behind it measures. */
    if (t->kind == TOKEN_WORD && !strncmp(t->key, "out", 3) && (kind == LABEL_UNKNOWN || (t->key[3] == '\0' && room > 1 && t[1].gap == GAP_HYPHEN))) {
        struct token rest = t->key[3] ? *t : t[1];
        const struct term *verb = NULL;
        size_t n_verb = 0;
        if (t->key[3]) memmove(rest.key, t->key + 3, strlen(t->key + 3) + 1);
        if (strlen(rest.key) > 2 && registry_match(&rest, 1, &verb, &n_verb) == 1 && n_verb && verb[0].kind == TERM_ATTRIBUTE) {
            kind = LABEL_TERM;
            terms = verb;
            n_terms = n_verb;
            word = longest = t->key[3] ? 1 : 2;
            words[0] = (struct word){.class = WORD_MORE, .languages = 1};
            n_words = 1;
        }
    }
    /* "w": with, as it is typed in haste. */
    if (kind == LABEL_UNKNOWN && strcmp(t->key, "w") == 0 && !t->upper) {
        kind = LABEL_WORD;
        word = longest = 1;
        words[0] = (struct word){.class = WORD_FUNCTION, .languages = 1};
        n_words = 1;
    }
    if (kind == LABEL_UNKNOWN) {
        struct postings d = word_index_documents(v, t->key);
        bool named = d.n && strlen(t->key) > 1;
        /* "Which forklift" of "forklifts.csv" */
        if (!named && t->kind == TOKEN_WORD && strlen(t->key) > 4 && strlen(t->key) + 2 < TOKEN_KEY_MAX) {
            char many[TOKEN_KEY_MAX];
            snprintf(many, sizeof many, "%.*ss", TOKEN_KEY_MAX - 2, t->key);
            d = word_index_documents(v, many);
            for (size_t k = 0; k < d.n && !named; k++) named = !strncmp(c->documents[d.items[k]].name, many, strlen(many));
            if (named) strcpy(q->tokens[i].key, many);
        }
        if (named || source_word_is_nation(t->key)) kind = LABEL_DOCUMENT;
        longest = 1;
    }
    struct label *l = label_new(q, kind, i, longest);
    if (kind == LABEL_TERM || (term && term == longest)) {
        l->terms = terms;
        l->n_terms = n_terms;
    }
    if (word == longest) {
        memcpy(l->words, words, n_words * sizeof *words);
        l->n_words = n_words;
    }
    if (kind == LABEL_UNIT || (kind == LABEL_TERM && measure == longest)) l->unit = unit;
    if (kind == LABEL_COLUMN) {
        l->ids = columns;
        l->n_ids = n_columns;
    } else if (kind == LABEL_VALUE || (value == longest && kind != LABEL_UNIT)) {
        l->ids = values;
        l->n_ids = n_values;
        l->part = part;
    }
}

/* language: -1: what all the words together say. */
static bool label_in(struct labelled *out, int language, const struct word_index *v, const char *text,
                     const size_t *context, size_t n_context, struct arena *arena, struct error *err)
{
    out->text = text;
    out->n_labels = out->n_mentions = 0;
    out->n_tokens = tokens_split(text, strlen(text), TOKENS_TEXT, out->tokens, QUESTION_MAX_TOKENS);
    memset(&out->tokens[out->n_tokens], 0, 2 * sizeof *out->tokens);
    out->language = language < 0 ? label_find_language(out) : (size_t)language;
    label_correct_spelling(out, v);
    unsigned char taken[QUESTION_MAX_TOKENS] = {0};
    enum { SOURCE = 255 };
    size_t source_first, source_n;
    /* "in the German price list" is no place for names. */
    for (size_t at = 0; source_phrase_find(out, v, at, &source_first, &source_n);
         at = source_first + source_n)
        for (size_t k = 0; k < source_n; k++) taken[source_first + k] = SOURCE;
    if (!mentions_find(out, v, context, n_context, taken, arena, err)) return false;
    for (size_t i = 0; i < out->n_tokens && out->n_labels < QUESTION_MAX_LABELS;) {
        if (taken[i]) {
            size_t n = 1;
            while (i + n < out->n_tokens && taken[i + n] == taken[i]) n++;
            struct label *l = label_new(out, taken[i] == SOURCE ? LABEL_DOCUMENT : LABEL_MENTION, i, n);
            if (taken[i] != SOURCE) l->mention = (size_t)taken[i] - 1;
            i += n;
            continue;
        }
        size_t room = 0;
        while (i + room < out->n_tokens && !taken[i + room]) room++;
        const struct token *t = &out->tokens[i];
        if (label_identifier(out, v, i, room)) {
            i += out->labels[out->n_labels - 1].n;
            continue;
        }
        if (label_engine_text(out, v, i, room)) {
            i += out->labels[out->n_labels - 1].n;
            continue;
        }
        if (room > 1 && is_engine_code(t)) {
            struct label *l = label_new(out, LABEL_NUMBER, i, 2);
            l->number = t[1].number;
            l->engine = true;
            i += 2;
            continue;
        }
        /* "Euro 5" is an emission standard, and no price. */
        if (room > 1 && strcmp(t->key, "euro") == 0 && t[1].kind == TOKEN_NUMBER && t[1].end - t[1].begin == 1 &&
            t[1].number >= 1 && t[1].number <= 7 && !(i + 2 < out->n_tokens && t[2].kind == TOKEN_NUMBER && !t[2].gap)) {
            label_emission_standard(out, v, i, room);
            i += out->labels[out->n_labels - 1].n;
            continue;
        }
        int year = token_year(out, i);
        if (t->kind == TOKEN_NUMBER && year) {
            const char *behind = text + t->end;
            size_t skip = strspn(behind, " "), used;
            const struct unit *u = unit_parse(behind + skip, strlen(behind + skip), &used);
            bool word = u && skip && i + 1 < out->n_tokens && lexicon_has(out->tokens[i + 1].key);
            if (!u || word) {
                label_new(out, LABEL_YEAR, i, 1)->year = year;
                i++;
                continue;
            }
        }
        /* A phrase of the registry may begin with a number: "0-100 km/h". */
        const struct term *terms;
        size_t n_terms;
        bool phrase = t->kind == TOKEN_NUMBER && registry_match(t, room, &terms, &n_terms) > 1;
        if (!phrase && label_number_phrase(out, i, taken)) {
            i += out->labels[out->n_labels - 1].n;
            continue;
        }
        if (!phrase && (t->kind == TOKEN_NUMBER || t->kind == TOKEN_SIGN || t->kind == TOKEN_WORD) &&
            label_number(out, i, taken)) {
            i += out->labels[out->n_labels - 1].n;
            continue;
        }
        if (t->kind == TOKEN_SIGN) {
            const struct unit *unit;
            size_t n = label_unit_run(out, i, &unit);
            struct label *l = label_new(out, n ? LABEL_UNIT : LABEL_SIGN, i, n ? n : 1);
            l->unit = n ? unit : NULL;
            i += l->n;
            continue;
        }
        phrase = registry_match(t, room, &terms, &n_terms) > 1 && n_terms && terms[0].kind == TERM_CATEGORY;
        if (!phrase && label_number_word(out, i, taken)) {
            i += out->labels[out->n_labels - 1].n;
            continue;
        }
        label_word(out, v, i, room);
        i += out->labels[out->n_labels - 1].n;
    }
    return true;
}

bool label_question(struct labelled *out, const struct word_index *v, const char *text,
                    const size_t *context, size_t n_context, struct arena *arena,
                    struct error *err)
{
    if (!label_in(out, -1, v, text, context, n_context, arena, err)) return false;
    /* Names carry no language: "Rally Pro?" is no German, "ps vom Audi A4 Avant" no French. */
    size_t language = label_words_language(out);
    return language == out->language ||
           label_in(out, (int)language, v, text, context, n_context, arena, err);
}
