#include "ingest/prose_subject.h"

#include "ingest/prose_measures.h"
#include "vehicle/registry.h"

#include <string.h>
#include <strings.h>

static bool close_gap(const struct token *t)
{
    return (t->gap & ~(unsigned)(GAP_SPACE | GAP_HYPHEN)) == 0 &&
           t->gap != (GAP_SPACE | GAP_HYPHEN);
}

static bool has_token(const struct token *t, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(t[i].key, key)) return true;
    return false;
}

/* ---- names in a sentence ---- */

/* Tokens of a name that goes on from i: "GTI", "Rubicon 392", "Long Range Plus". */
static size_t name_run(const struct prose_sentence *s, size_t i, size_t limit, bool first_free)
{
    size_t n = 0;
    while (i + n < s->n && n < limit) {
        const struct token *t = &s->t[i + n];
        if (n || !first_free)
            if (!close_gap(t) || (n == 0 && t->gap == GAP_NONE)) break;
        bool glued = n > 0 && t->gap == GAP_NONE; /* "740i", "3.0R" */
        bool letter = n > 0 && t->end == t->begin + 1 && i + n + 1 < s->n && s->t[i + n + 1].gap == GAP_HYPHEN &&
                      s->t[i + n + 1].upper; /* "VZ e-Hybrid" */
        if (!prose_is_name(t) && !glued && !letter) break;
        if (s->marks[i + n].bracket != s->marks[i].bracket) break;
        if (s->in_measure[i + n]) {
            const struct prose_measure *m = &s->measures[s->in_measure[i + n] - 1];
            if (s->parts[m->first_part].unit || m->counted) break;
        }
        if (!glued && (s->words[i + n] & (WORD_NO_NAME | WORD_GENERATION)) &&
            !(n > 0 && t->kind == TOKEN_NUMBER))
            break;
        n++;
    }
    return n;
}

static bool possessive(const struct prose_sentence *s, size_t i)
{
    const char *at = s->text + s->t[i].end;
    return s->t[i].end < s->len &&
           (*at == '\'' || (s->len - s->t[i].end >= 3 && !memcmp(at, "\u2019", 3)));
}

/* Whether tokens [first, end) hold a word of engines: "Pentastar V6" is no version. */
static bool names_engine(const struct prose_sentence *s, size_t first, size_t end)
{
    for (size_t i = first; i < end && i < s->n; i++) {
        if ((s->words[i] & WORD_ENGINE) && s->t[i].key[1] && !prose_has(s, i, WORD_VARIANT))
            return true;
        if (s->in_measure[i] && s->measures[s->in_measure[i] - 1].counted) return true;
    }
    return false;
}

/* Whether tokens [first, end) speak of an engine and are no version called after how it is driven:
 * "E-Hybrid", "Diesel 150". */
static bool is_engine_name(const struct prose_sentence *s, size_t first, size_t end)
{
    static const char *const DRIVES[] = {"hybrid", "electric", "diesel", "petrol", "phev",
                                         "e",      "plug",     "mhev",   "essence"};
    for (size_t i = first; i < end; i++) {
        bool drive = false;
        for (size_t k = 0; k < sizeof DRIVES / sizeof *DRIVES; k++)
            drive = drive || (s->t[i].upper && prose_is(s, i, DRIVES[k]));
        if (!drive && names_engine(s, i, i + 1)) return true;
    }
    return false;
}

/* The first token of the noun phrase that ends before i: back over small adjectives and sizes to
 * its article. *headed: it begins its clause. */
static size_t phrase_begin(const struct prose_sentence *s, size_t i, bool *headed)
{
    size_t k = i, steps = 0;
    while (k > 0 && steps < 7) {
        if (s->marks[k].before >= BREAK_COMMA || s->marks[k].bracket != s->marks[k - 1].bracket)
            break;
        bool measure = s->in_measure[k - 1] != 0; /* whose "L" is no French article */
        if (!measure && prose_has(s, k - 1, WORD_ARTICLE)) {
            k--;
            break;
        }
        if (!measure && (prose_has(s, k - 1, WORD_VERB | WORD_PREPOSITION | WORD_AND | WORD_LINK) ||
                         (s->t[k - 1].upper && k - 1 > 0 && !prose_has(s, k - 1, WORD_ENGINE))))
            break;
        k--;
        steps++;
    }
    *headed = k == 0 || s->marks[k].before == BREAK_CLAUSE ||
              (s->marks[k].before == BREAK_COMMA && k <= 12);
    return k;
}

/* "the S4 featuring a 4.2L V8" */
static bool participle_behind(const struct prose_sentence *s, size_t i)
{
    static const char *const WORDS[] = {
        "featuring", "producing", "delivering", "offering", "generating", "developing", "making",
        "weighing",  "costing",   "achieving",  "reaching", "using",      "packing"};
    if (i >= s->n || s->marks[i].before != BREAK_NONE) return false;
    for (size_t k = 0; k < sizeof WORDS / sizeof *WORDS; k++)
        if (!strcmp(s->t[i].key, WORDS[k])) return true;
    return false;
}

static bool verb_behind(const struct prose_sentence *s, size_t i)
{
    size_t skip = 0;
    while (i < s->n && skip < 4 && s->marks[i].before == BREAK_NONE && !s->t[i].upper &&
           (s->words[i] & (WORD_ENGINE | WORD_VARIANT | WORD_VEHICLE))) {
        i++;
        skip++;
    }
    if (i >= s->n) return false;
    return prose_has(s, i, WORD_VERB) || s->marks[i].before == BREAK_COMMA;
}

/* Whether a word for versions follows a name that ends at i: "GTI model", "Wilderness variant", "XT
 * and Wilderness trims", "High Fuel Efficiency (HFE) model". */
static bool variant_noun_behind(const struct prose_sentence *s, size_t i)
{
    if (i < s->n && i > 0 && s->marks[i].bracket > s->marks[i - 1].bracket) {
        size_t end = i;
        while (end < s->n && end < i + 3 && s->marks[end].bracket == s->marks[i].bracket) end++;
        if (end < s->n && s->marks[end].bracket == s->marks[i - 1].bracket) i = end;
    }
    if (i + 2 < s->n && prose_has(s, i, WORD_AND) && s->t[i + 1].upper) {
        size_t more = i + 1;
        while (more < s->n && more < i + 4 && prose_is_name(&s->t[more])) more++;
        return prose_has(s, more, WORD_VARIANT);
    }
    for (size_t k = i; k < s->n && k < i + 3; k++) {
        if (s->marks[k].before != BREAK_NONE || s->marks[k].bracket != s->marks[i].bracket)
            return false;
        if (prose_has(s, k, WORD_VARIANT)) return true;
        if (s->t[k].upper || s->in_measure[k] ||
            prose_has(s, k, WORD_VERB | WORD_PREPOSITION | WORD_AND))
            return false;
    }
    return false;
}

/* Letters in capitals or with digits: a name in any language. */
static bool is_coded(const struct prose_sentence *s, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        const char *w = s->text + s->t[i].begin;
        size_t n = s->t[i].end - s->t[i].begin;
        if (s->t[i].kind == TOKEN_NUMBER) return end - first > 1;
        if (n >= 2 && w[0] >= 'A' && w[0] <= 'Z' && w[1] >= 'A' && w[1] <= 'Z') return true;
    }
    return end == first + 1 && s->t[first].end - s->t[first].begin == 1 && first > 0 &&
           prose_has(s, first - 1, WORD_ARTICLE); /* "the S" */
}

/* A known make and what follows it. */
static size_t find_make(const struct prose_sentence *s, const struct prose_names *names,
                        const struct prose_subject *own, size_t i, struct prose_mention *out)
{
    int make = -1;
    size_t used = prose_make(s->t + i, s->n - i, &make);
    if (!used && names->family && s->t[i].upper && !strcmp(s->t[i].key, names->family)) used = 1;
    if (!used) return 0;
    for (size_t k = i; k < i + used; k++)
        if (s->marks[k].bracket != s->marks[i].bracket) return 0;
    if (possessive(s, i + used - 1)) return used;
    if (i > 0 && !strcmp(s->t[i - 1].key, "by")) return used; /* "by Peugeot Sport": who made it */
    size_t name = name_run(s, i + used, 5, false);
    bool same_make = make >= 0 ? make == own->s.make_number : own->known && *own->s.make;
    if (name == 0) { /* "the Suzuki costs": of its make, whichever that is here */
        bool alone = own->known && make >= 0 && i > 0 && prose_has(s, i - 1, WORD_ARTICLE) && verb_behind(s, i + used);
        if (!alone) return 0;
        *out = (struct prose_mention){.kind = same_make ? MENTION_OWN : MENTION_OTHER,
                                      .at = {i, i + used},
                                      .name = {same_make ? i + used : i, i + used},
                                      .n_make = used,
                                      .of_make = same_make ? NULL : prose_known_make(names, make)};
        return used;
    }
    size_t model =
        own->known ? prose_same_tokens(s->t + i + used, name, own->model, own->n_model) : 0;
    size_t more = own->known && same_make && name > own->n_model ? name - own->n_model : 0;
    if (more && own->n_model && model < own->n_model &&
        prose_same_tokens(s->t + i + used + more, own->n_model, own->model, own->n_model) == own->n_model) {
        /* "The Ineos Grenadier Quartermaster", where the title has "Ineos Quartermaster" */
        *out = (struct prose_mention){.kind = MENTION_OWN,
                                      .at = {i, i + used + name},
                                      .name = {i + used + name, i + used + name},
                                      .fuller = {i + used, i + used + name}};
        return used + name;
    }
    *out = (struct prose_mention){.kind = MENTION_OTHER,
                                  .at = {i, i + used + name},
                                  .name = {i, i + used + name},
                                  .n_make = used};
    if (own->known && same_make && model > 0 && (model == own->n_model || model == name)) { /* "The Renault 5": of its "E-Tech" */
        size_t from = i + used + model;
        out->kind = MENTION_OWN;
        out->name = (struct token_range){from, i + used + name};
    } else if (own->known && same_make && variant_noun_behind(s, i + used + name)) {
        out->kind = MENTION_VARIANT; /* "the Ram TRX model" under "Ram 1500" */
        out->name = (struct token_range){i + used, i + used + name};
    }
    return used + name;
}

/* Whether token i is a number where the own name has another one: no size of an engine, no year, no figure. */
static bool is_other_number(const struct prose_sentence *s, size_t i, const struct token *own)
{
    const struct token *t = &s->t[i];
    if (own->kind != TOKEN_NUMBER || t->kind != TOKEN_NUMBER || !strcmp(t->key, own->key) || !close_gap(t)) return false;
    if (prose_is_figure(s, i) || strpbrk(t->key, ".,") || strpbrk(own->key, ".,")) return false;
    bool year = strlen(t->key) == 4 && t->number >= YEAR_FIRST_EVER && t->number <= YEAR_LAST_EVER;
    return !year && !(i + 1 < s->n && s->t[i + 1].gap == GAP_NONE);
}

/* The own vehicle's name without its make: "the Wrangler", "the JL", "Plover". */
static size_t find_own(const struct prose_sentence *s, const struct prose_subject *own, size_t i,
                       struct prose_mention *out)
{
    if (!own->known) return 0;
    bool lettered = own->n_model > 1 && i + 1 < s->n && !strcmp(s->t[i].key, own->model[0].key) && s->t[i + 1].gap == GAP_HYPHEN &&
                    !strcmp(s->t[i + 1].key, own->model[1].key); /* "e-C3" */
    bool small = !prose_is_name(&s->t[i]) && !lettered; /* "i3" */
    if (small && !(i + 1 < s->n && s->t[i + 1].kind == TOKEN_NUMBER && s->t[i + 1].gap == GAP_NONE))
        return 0;
    size_t model = 0;
    for (size_t from = 0; from < own->n_model && model == 0; from++) {
        const struct token *w = &own->model[from];
        if (strcmp(w->key, s->t[i].key) != 0) continue;
        model = prose_same_tokens(s->t + i, s->n - i, own->model + from, own->n_model - from);
        bool whole = model == own->n_model;
        if (!whole && model > 0 && i + model < s->n && is_other_number(s, i + model, &own->model[from + model])) {
            *out = (struct prose_mention){ /* "GTS 250" is no "GTS 300" */
                .kind = MENTION_OTHER, .at = {i, i + model + 1}, .name = {i, i + model + 1}};
            return model + 1;
        }
        bool telling = w->kind == TOKEN_WORD && strlen(w->key) >= 4 && s->t[i].upper;
        if (!whole && (!telling || small)) model = 0;
    }
    if (small && model == 0) return 0;
    if (model == 0 && own->n_trim && has_token(own->trim, own->n_trim, s->t[i].key) &&
        s->t[i].upper && !(s->words[i] & WORD_GENERATION)) {
        model = 1;
        while (i + model < s->n && s->t[i + model].gap == GAP_NONE && model < 4) model++;
        size_t more = 0;
        struct prose_mention rest; /* "E46 M3" */
        if (i + model < s->n && close_gap(&s->t[i + model])) {
            struct prose_subject bare = *own;
            bare.n_trim = 0;
            more = find_own(s, &bare, i + model, &rest);
        }
        model += more;
        *out = (struct prose_mention){
            .kind = MENTION_OWN, .at = {i, i + model}, .name = {i + model, i + model}};
        if (more) {
            out->at.end = rest.at.end;
            out->name = rest.name;
        }
        return out->at.end - i;
    }
    if (model == 0) return 0;
    size_t end = i + model, more = 0;
    size_t glued = end, first = i; /* "i3s", "e-208": another name */
    while (glued < s->n && s->t[glued].gap == GAP_NONE && glued < end + 3) glued++;
    if (i > 0 && s->t[i].gap == GAP_HYPHEN && s->t[i].kind == TOKEN_NUMBER &&
        s->t[i - 1].key[1] == '\0')
        first = i - 1;
    if (glued > end || first < i) {
        *out = (struct prose_mention){
            .kind = MENTION_VARIANT, .at = {first, glued}, .name = {first, glued}};
        return glued - i;
    }
    if (!possessive(s, end - 1)) more = name_run(s, end, 4, false);
    *out = (struct prose_mention){
        .kind = MENTION_OWN, .at = {i, end + more}, .name = {end, end + more}};
    return model + more;
}

static bool is_united(const struct prose_sentence *s, size_t i)
{
    return s->in_measure[i] && s->parts[s->measures[s->in_measure[i] - 1].first_part].unit;
}

/* "A Volkswagen Polo": the article has its capital from where it stands. */
static bool is_capital_article(const struct prose_sentence *s, size_t i)
{
    return i == 0 && prose_is(s, 0, "a") && s->n > 1 && s->t[1].gap == GAP_SPACE &&
           s->t[1].kind == TOKEN_WORD;
}

/* ---- versions that are called by their engine: "the 1.5 TSI", "a 2.0", "for the 1.5" ---- */

/* A number of litres with one decimal, without a unit. */
static bool is_engine_size(const struct prose_sentence *s, size_t i)
{
    const struct token *t = &s->t[i];
    const char *w = s->text + t->begin;
    return t->kind == TOKEN_NUMBER && t->end - t->begin == 3 && w[0] >= '0' && w[0] <= '8' &&
           (w[1] == '.' || w[1] == ',') && w[2] >= '0' && w[2] <= '9' && !(w[0] == '0' && w[2] < '6') &&
           !is_united(s, i) && !(i + 1 < s->n && s->t[i + 1].gap == GAP_NONE);
}

/* Codes behind the size: "TSI", "dCi", "T-GDi", "e-TSI", "Turbo", with the power ("1.5 TSI 150"). */
static size_t engine_code(const struct prose_sentence *s, size_t i)
{
    size_t k = i;
    while (k < s->n && k < i + 5) {
        const struct token *t = &s->t[k];
        bool joined = k > i && (t->gap == GAP_HYPHEN || t->gap == GAP_NONE);
        if ((!joined && t->gap != GAP_SPACE) || s->marks[k].before != BREAK_NONE || is_united(s, k)) break;
        bool capitals = false; /* two in the word, or one behind a small letter: "dCi" */
        for (size_t b = t->begin + 1; b < t->end; b++)
            capitals = capitals || (s->text[b] >= 'A' && s->text[b] <= 'Z');
        bool letter = t->end == t->begin + 1 && t->upper && k + 1 < s->n && s->t[k + 1].gap == GAP_HYPHEN;
        bool small = t->end == t->begin + 1 && k + 1 < s->n && s->t[k + 1].gap == GAP_HYPHEN && s->t[k + 1].upper;
        bool name = t->upper && (prose_has(s, k, WORD_ENGINE) || k > i);
        bool digits = k > i && t->kind == TOKEN_NUMBER && t->end - t->begin <= 3 && !s->in_measure[k];
        if (!(t->kind == TOKEN_WORD && (capitals || letter || small || joined || name)) && !digits) break;
        k++;
    }
    return k - i;
}

/* "the 1.5 tips the scales at", "the 2.0 weigh": a verb that is on no list. */
static bool looks_like_verb(const struct prose_sentence *s, size_t i)
{
    for (size_t c = 0; c < s->n_cues; c++)
        if (s->cues[c].first == i && (s->cues[c].sides & CUE_BEFORE)) return true;
    size_t n = i < s->n ? strlen(s->t[i].key) : 0;
    return n > 3 && s->t[i].kind == TOKEN_WORD && !s->t[i].upper && s->t[i].key[n - 1] == 's' &&
           s->t[i].key[n - 2] != 's' && s->marks[i].before == BREAK_NONE && !s->in_measure[i];
}

/* A version that an article, or a word before versions and figures, and a size in litres name. */
static size_t find_engine_version(const struct prose_sentence *s, const struct prose_subject *own, size_t i,
                                  struct prose_mention *out)
{
    if (!own->known || i == 0 || !is_engine_size(s, i) || s->marks[i].before != BREAK_NONE ||
        !prose_has(s, i - 1, WORD_ARTICLE | WORD_AND) || s->in_measure[i - 1])
        return 0;
    for (size_t k = 0; k < own->n_model; k++) /* the section's own */
        if (!strcmp(own->model[k].key, s->t[i].key)) return 0;
    if (has_token(own->trim, own->n_trim, s->t[i].key)) return 0;
    size_t code = engine_code(s, i + 1), end = i + 1 + code;
    bool article = prose_has(s, i - 1, WORD_ARTICLE);
    if (!code && !article) return 0;
    bool stands = end >= s->n || s->marks[end].before != BREAK_NONE || prose_is_figure(s, end) ||
                  prose_has(s, end, WORD_VERB | WORD_PREPOSITION | WORD_AND | WORD_VARIANT) ||
                  (code && !s->t[end].upper) || (!code && (verb_behind(s, end) || looks_like_verb(s, end)));
    bool drives = end < s->n && !code && (prose_is(s, end, "petrol") || prose_is(s, end, "diesel") ||
                                          prose_is(s, end, "hybrid") || prose_is(s, end, "turbo"));
    if (!stands && !drives) return 0;
    if (drives) end++;
    *out = (struct prose_mention){.kind = MENTION_VARIANT, .at = {i, end}, .name = {i, end}};
    return end - i;
}

/* A version by its own name. In German all nouns have capitals: only a coded name is one there. */
static size_t find_variant(const struct prose_sentence *s, const struct prose_names *names,
                           size_t i, struct prose_mention *out)
{
    const struct token *t = &s->t[i];
    if (is_capital_article(s, i)) return 0;
    if (t->upper && i > 0 && i + 1 < s->n && s->t[i + 1].upper && s->t[i + 1].gap == GAP_SPACE &&
        !strcmp(s->t[i + 1].key, "edition")) { /* "the First Edition" */
        *out =
            (struct prose_mention){.kind = MENTION_VARIANT, .at = {i, i + 2}, .name = {i, i + 2}};
        return 2;
    }
    bool model = i > 0 && t->upper && !strcmp(t->key, "model") && i + 1 < s->n &&
                 prose_is_name(&s->t[i + 1]);
    if (!prose_is_name(t) ||
        ((s->words[i] & (WORD_NO_NAME | WORD_GENERATION | WORD_VEHICLE | WORD_PRONOUN)) &&
         !model) ||
        ((s->words[i] & (WORD_ARTICLE | WORD_PREPOSITION | WORD_LINK | WORD_HEDGE | WORD_AND)) &&
         t->end - t->begin > 1 &&
         !((s->words[i] & WORD_HEDGE) && i > 0 && t->upper && i + 1 < s->n && s->t[i + 1].upper)))
        return 0;
    if (i > 0 && prose_has(s, i - 1, WORD_VARIANT) && strcmp(s->t[i - 1].key, "model") != 0 &&
        strcmp(s->t[i - 1].key, "models") != 0 && strcmp(s->t[i - 1].key, "powered") != 0 &&
        strcmp(s->t[i - 1].key, "equipped") != 0 && strcmp(s->t[i - 1].key, "engined") != 0 &&
        t->gap != GAP_HYPHEN && s->marks[i].before == BREAK_NONE && !is_united(s, i)) {
        size_t run = name_run(s, i, 4, true); /* "la version 50 Quattro" */
        if (run && (t->kind != TOKEN_NUMBER || run > 1) && !names_engine(s, i, i + run)) {
            *out = (struct prose_mention){
                .kind = MENTION_VARIANT, .at = {i, i + run}, .name = {i, i + run}};
            return run;
        }
    }
    if (t->kind == TOKEN_NUMBER &&
        !(i + 1 < s->n && s->t[i + 1].gap == GAP_NONE && s->t[i + 1].kind == TOKEN_WORD))
        return 0;
    bool after_article = i > 0 && prose_has(s, i - 1, WORD_ARTICLE);
    size_t n = name_run(s, i, 4, true);
    bool driven = n > 1 && !names_engine(s, i, i + 1) && !is_engine_name(s, i, i + n); /* "VZ e-Hybrid" */
    if (n == 0 || (names_engine(s, i, i + n) && !driven)) return 0;
    /* "turbocharged four-cylinder Theta II": an engine's */
    bool engine = i > 0 && s->marks[i].before == BREAK_NONE &&
                  s->marks[i].bracket == s->marks[i - 1].bracket &&
                  ((s->words[i - 1] & WORD_ENGINE) ||
                   (s->in_measure[i - 1] && s->measures[s->in_measure[i - 1] - 1].counted)) &&
                  !prose_has(s, i - 1, WORD_VARIANT) && strcmp(s->t[i - 1].key, "door") != 0 &&
                  strcmp(s->t[i - 1].key, "seat") != 0;
    if (engine) return 0;
    const struct term *terms; /* "MSRP", "AWD": words of the registry are no names */
    size_t n_terms = 0, known = registry_match(s->t + i, s->n - i, &terms, &n_terms);
    for (size_t k = 0; k < n_terms; k++)
        if (known >= n && terms[k].kind != TERM_MAKE && !terms[k].code &&
            !variant_noun_behind(s, i + n))
            return 0;
    bool coded = is_coded(s, i, i + n);
    if (!coded && (i == 0 || !strcmp(names->language, "de"))) return 0;
    bool headed = false;
    size_t phrase = phrase_begin(s, i, &headed);
    bool noun = variant_noun_behind(s, i + n);
    if ((s->words[i] & WORD_TOPIC) && n == 1 && !(noun && after_article)) return 0;
    bool acts = headed && (after_article || phrase < i || i == 0) && verb_behind(s, i + n);
    /* "include the Raptor with a 3.0L V6" */
    bool included =
        (after_article || phrase < i) && phrase > 0 &&
        (prose_is(s, i + n, "with") || participle_behind(s, i + n)) &&
        (!strncmp(s->t[phrase - 1].key, "includ", 6) ||
         !strncmp(s->t[phrase - 1].key, "introduc", 8) || !strncmp(s->t[phrase - 1].key, "add", 3));
    if (included) {
        *out = (struct prose_mention){
            .kind = MENTION_VARIANT, .at = {i, i + n}, .name = {i, i + n}, .included = true};
        return n;
    }
    if (!acts && !noun &&
        !(after_article || phrase < i ? participle_behind(s, i + n) && coded : false))
        return 0;
    *out = (struct prose_mention){.kind = MENTION_VARIANT, .at = {i, i + n}, .name = {i, i + n}};
    return n;
}

/* A vehicle of the document's tables by its own words: "the Electric 68", "Norrvik Sedra Electric 68".
 * One word alone has to stand where a name does. */
static size_t find_known(const struct prose_sentence *s, const struct prose_names *names,
                         const struct prose_subject *own, size_t i, struct prose_mention *out)
{
    if (!names->n_known) return 0;
    size_t at = i;
    int make = -1;
    size_t used = prose_make(s->t + at, s->n - at, &make);
    if (!used && names->family && s->t[at].upper && !strcmp(s->t[at].key, names->family)) used = 1;
    const struct prose_known *k = prose_known_find(names, own, s->t + at, s->n - at);
    if (!k && used && at + used < s->n) {
        at += used;
        k = prose_known_find(names, own, s->t + at, s->n - at);
    }
    if (!k && own->known && at < s->n) { /* the section's model before a version's name */
        size_t model = prose_same_tokens(s->t + at, s->n - at, own->model, own->n_model);
        if (model == own->n_model && model && at + model < s->n && close_gap(&s->t[at + model])) {
            k = prose_known_find(names, own, s->t + at + model, s->n - at - model);
            at += k ? model : 0;
        }
    }
    if (!k) return 0;
    if (own->known && k->whole && !*k->s.trim && strcasecmp(k->s.model, own->s.model) == 0 &&
        k->s.make_number == own->s.make_number)
        return 0; /* the section's own */
    if (at > 0 && s->t[at].gap == GAP_HYPHEN && s->t[at - 1].kind == TOKEN_WORD && strlen(s->t[at - 1].key) == 1)
        return 0; /* the C3 of "e-C3" is another car */
    size_t end = at + k->n;
    if (end < s->n && s->t[end].gap == GAP_NONE) return 0; /* "i3s" of "i3" */
    for (size_t j = at; j < end; j++) {
        if (s->marks[j].bracket != s->marks[at].bracket) return 0;
        if (is_united(s, j)) return 0;
    }
    bool after = i > 0 && prose_has(s, i - 1, WORD_ARTICLE | WORD_VARIANT | WORD_AND |
                                                  WORD_PREPOSITION);
    if (k->n == 1 && at == i) {
        bool coded = is_coded(s, at, end);
        if (!coded && !strcmp(names->language, "de") && !prose_has(s, i ? i - 1 : 0, WORD_VARIANT) &&
            !*k->s.trim && !verb_behind(s, end))
            return 0;
        if (!coded && !after && !verb_behind(s, end)) return 0;
    }
    /* a longer name is another's: "Electric 68 Plus", but not a version's noun */
    if (end < s->n && close_gap(&s->t[end]) && s->t[end].gap == GAP_SPACE && s->t[end].upper &&
        !prose_has(s, end, WORD_VARIANT | WORD_VEHICLE) && strcmp(names->language, "de") != 0 &&
        s->words[end] == 0)
        return 0;
    *out = (struct prose_mention){
        .kind = MENTION_KNOWN, .at = {i, end}, .name = {at, end}, .known = k};
    return end - i;
}

size_t prose_mentions_find(const struct prose_sentence *s, const struct prose_names *names,
                           const struct prose_subject *own, struct prose_mention *out, size_t max)
{
    size_t found = 0;
    for (size_t i = 0; i < s->n && found < max;) {
        struct prose_mention m = {0};
        size_t used = 0;
        bool coded = (i + 1 < s->n && s->t[i].kind == TOKEN_WORD &&
                      s->t[i + 1].kind == TOKEN_NUMBER && s->t[i + 1].gap == GAP_NONE) ||
                     prose_known_find(names, own, s->t + i, s->n - i) ||
                     (s->t[i].end == s->t[i].begin + 1 && i + 1 < s->n && s->t[i + 1].gap == GAP_HYPHEN && s->t[i + 1].upper);
        if (s->t[i].upper || s->t[i].kind == TOKEN_NUMBER || coded) {
            /* a figure is no name */
            bool figure =
                s->in_measure[i] && s->parts[s->measures[s->in_measure[i] - 1].first_part].unit;
            if (!figure) used = find_known(s, names, own, i, &m);
            if (!used && !figure) used = find_own(s, own, i, &m);
            if (!used && !figure) used = find_engine_version(s, own, i, &m);
            if (!used && !figure) used = find_make(s, names, own, i, &m);
            if (!used && !figure) used = find_variant(s, names, i, &m);
        }
        if (!used || m.at.end == 0) {
            i += used ? used : 1;
            continue;
        }
        if (m.kind == MENTION_OWN && m.name.first < m.name.end) {
            /* what follows the name: a version, unless its own trim says so or it is an engine's */
            bool own_words = true;
            for (size_t k = m.name.first; k < m.name.end; k++)
                own_words = own_words && has_token(own->trim, own->n_trim, s->t[k].key);
            if (!own_words && !is_engine_name(s, m.name.first, m.name.end)) m.kind = MENTION_VARIANT;
        }
        m.phrase = phrase_begin(s, m.at.first, &m.is_subject);
        m.is_subject = m.is_subject || m.included;
        if (m.phrase > 0 && found) {
            const struct prose_mention *before = &out[found - 1];
            m.joined = before->at.end + 1 >= m.phrase && before->at.end <= m.phrase &&
                       (prose_has(s, before->at.end, WORD_AND) ||
                        s->marks[before->at.end].before == BREAK_COMMA);
        }
        out[found++] = m;
        i = m.at.end;
    }
    return found;
}

bool prose_goes_on(const struct prose_sentence *s)
{
    if (s->n == 0 || (s->words[0] & WORD_PRONOUN)) return true;
    if (prose_is(s, 0, "its") || prose_is(s, 0, "their") || prose_is(s, 0, "su")) return true;
    if ((s->words[0] & WORD_ARTICLE) && s->n > 1 && prose_has(s, 1, WORD_VEHICLE | WORD_VARIANT))
        return true;
    /* no subject of its own: a figure, a verb, or a small phrase */
    return s->in_measure[0] != 0 || !(s->words[0] & WORD_ARTICLE);
}
