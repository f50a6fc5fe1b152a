#include "query/source_words.h"

#include <string.h>

/* Words for a country or its language, the language its documents are written in, and words in the
 * names of what its authorities publish. */
static const struct nation {
    const char *words;      /* with spaces around each */
    const char *language;   /* "" where several countries share it */
    const char *publishers; /* words of document names */
} NATIONS[] = {
    {" german germany deutsch deutsche deutschen deutscher deutschland allemand allemande allemands alemania aleman alemana alemanes ", "de", " kba adac dat germany german "},
    {" french france francais francaise francaises franzosisch franzosische franzosischen franzosischer frankreich frances francesa franceses francia ", "fr", " ademe utac france french "},
    {" spanish spain espanol espanola spanisch spanische spanischen spanien espagnol espagnole espana ", "es", " idae spain dgt "},
    {" chinese china chinesisch chinesische chinesischen chinois chinoise chinoises chino china chinos ", "zh", " miit catarc china "},
    {" canadian canada ", "", " nrcan rncan canada canadian "},
    {" british uk britain ", "", " vca dvla dft dvsa uk british "},
    {" american us usa ", "", " epa nhtsa fueleconomy doe us usa american "},
    {" dutch netherlands ", "nl", " rdw netherlands "},
    {" swiss switzerland ", "", " astra bfe swiss "},
    {" european europe eu ", "", " eea europe eu "},
    {" australian australia ", "", " gvg australia greenvehicleguide "},
    {" japanese japan ", "ja", " mlit jncap japan "},
    {" indian india ", "", " india araiindia siam "},
};

static bool has_word(const char *list, const char *key)
{
    char spaced[TOKEN_KEY_MAX + 3];
    size_t len = strlen(key);
    spaced[0] = ' ';
    memcpy(spaced + 1, key, len);
    spaced[len + 1] = ' ';
    spaced[len + 2] = '\0';
    return strstr(list, spaced) != NULL;
}

static const struct nation *find_nation(const char *key)
{
    if (strlen(key) + 3 > TOKEN_KEY_MAX) return NULL;
    for (size_t i = 0; i < sizeof NATIONS / sizeof *NATIONS; i++)
        if (has_word(NATIONS[i].words, key)) return &NATIONS[i];
    return NULL;
}

bool source_word_is_nation(const char *key)
{
    return find_nation(key) != NULL;
}

static bool nation_has(const struct nation *n, const struct word_index *v, size_t document)
{
    const struct catalog_document *d = &word_index_catalog(v)->documents[document];
    if (n->language[0] && strcmp(d->language, n->language) == 0) return true;
    const char *p = n->publishers;
    while (*p == ' ' && p[1]) {
        char key[TOKEN_KEY_MAX];
        size_t len = strcspn(p + 1, " ");
        if (len < sizeof key) {
            memcpy(key, p + 1, len);
            key[len] = '\0';
            struct postings docs = word_index_documents(v, key);
            for (size_t i = 0; i < docs.n; i++)
                if (docs.items[i] == document) return true;
        }
        p += len + 1;
    }
    return false;
}

static bool is_class(const struct labelled *q, size_t i, enum word_class class)
{
    struct word words[WORD_MAX_MEANINGS];
    size_t n_words = 0;
    if (!lexicon_match(&q->tokens[i], 1, words, &n_words)) return false;
    for (size_t k = 0; k < n_words; k++)
        if (words[k].class == class) return true;
    return false;
}

/* A word for a document, in the question's language or in none other that it means something in: "base" is Spanish. */
static bool is_source(const struct labelled *q, size_t i)
{
    struct word words[WORD_MAX_MEANINGS];
    size_t n_words = 0;
    if (!lexicon_match(&q->tokens[i], 1, words, &n_words)) return false;
    for (size_t k = 0; k < n_words; k++)
        if (words[k].class == WORD_SOURCE) return (words[k].languages >> q->language & 1) || (words[k].languages & 1);
    return false;
}

static bool is_source_word(const char *key)
{
    struct token t = {.kind = TOKEN_WORD};
    struct word words[WORD_MAX_MEANINGS];
    size_t n = 0;
    strncpy(t.key, key, sizeof t.key - 1);
    if (!lexicon_match(&t, 1, words, &n)) return false;
    for (size_t k = 0; k < n; k++)
        if (words[k].class == WORD_SOURCE) return true;
    return false;
}

/* What holds vehicles or their records, in five languages: "in our stock", "auf dem Hof", "dans le parc".
 * As a place such a word restricts to the documents that are called so, where there are any, and to
 * nothing else. */
static const char COLLECTIONS[] =
    " stock inventory lot yard forecourt showroom garage fleet catalogue catalog brochure guide database dataset "
    "spreadsheet register registry directory leaflet flyer handbook export extract overview index log collection "
    "listing listings list table file document documents files sheet book report article roster workbook data "
    "source sources page dealership ads adverts comparison survey notebook tests "
    "vergleich tests notizbuch heft comparatif essais carnet cahier comparativa pruebas cuaderno libreta "
    "bestand hof lager fuhrpark flotte sortiment angebot verzeichnis liste tabelle datei dokument dokumenten "
    "unterlagen katalog broschure prospekt ubersicht aufstellung datenbank preisliste datenblatt autohaus daten "
    "programm bericht artikel "
    "parc flotte catalogue liste tableau fichier inventaire concession annonces gamme documentation "
    "inventario flota parque catalogo lista tabla archivo folleto guia concesionario anuncios documento ";
/* Words that mean one thing: "auf dem Hof" is where "haendlerbestand.csv" tells of. */
static const char *const SAME[] = {
    (" stock inventory lot yard forecourt showroom dealership bestand hof lager autohaus stock inventaire concession "
     "inventario concesionario dealer haendler handler gebrauchtwagen fahrzeugbestand "),
    " fleet fuhrpark flotte parc flota parque motorpool pool ",
    " rental rentals hire rent mietwagen leihwagen vermietung alquiler ",
};

/* Of those that are documents too, the ones that tell documents apart: "in the guide", but not "in the list". */
static const char KINDS_OF_DOCUMENT[] = " guide guides brochure catalogue catalog register registry inventory book report "
                                        "article katalog broschure prospekt verzeichnis guia catalogo folleto "
                                        "comparison survey notebook tests vergleich comparatif essais comparativa pruebas ";
static const char DETERMINERS[] =
    " the our your my their this that these those whole entire current own "
    "dem der den die das unserem unserer unseren meinem meiner ihrem ihrer diesem dieser diesen aktuellen gesamten "
    "le la les l notre nos votre vos mon ma ce cet cette ces leur "
    "el los las nuestro nuestra nuestros nuestras su sus este esta estos mi vuestro ";
static const char PLACES[] = " in on at from within inside across among throughout "
                             "im auf aus am bei beim vom innerhalb unter dans en sur parmi chez du au del dentro de ";
static const char ARTICLED[] = " im am beim vom du au del "; /* with the article in them */
static const char BARE[] = " in en auf "; /* "in stock", "en stock", "auf Lager" */

/* "Gebrauchtwagenliste": a document's word and one for a document, written as one. */
static struct postings compound_documents(const struct word_index *v, const char *key)
{
    size_t len = strlen(key);
    for (size_t cut = len; cut-- > 5;) {
        char head[TOKEN_KEY_MAX];
        if (len - cut < 4 || !is_source_word(key + cut)) continue;
        memcpy(head, key, cut);
        head[cut] = '\0';
        struct postings p = word_index_documents(v, head);
        if (p.n) return p;
    }
    return (struct postings){NULL, 0};
}

bool source_word_is_collection(const char *key)
{
    return strlen(key) + 3 <= TOKEN_KEY_MAX && has_word(COLLECTIONS, key);
}

static bool is_attribute_word(const char *key)
{
    struct token t[2] = {{.kind = TOKEN_WORD}};
    const struct term *terms = NULL;
    size_t n = 0;
    strncpy(t[0].key, key, sizeof t[0].key - 1);
    if (!registry_match(t, 1, &terms, &n)) return false;
    for (size_t k = 0; k < n; k++)
        if (terms[k].kind != TERM_ATTRIBUTE && terms[k].kind != TERM_QUALIFIER) return false;
    return true;
}

/* "haendlerbestand" of "im Bestand": the last part of a word of the document's name. */
static bool name_ends_with(const struct catalog_document *d, const char *key)
{
    struct token t[64];
    size_t n = tokens_split(d->name, strlen(d->name), TOKENS_IDENTIFIER, t, 64), len = strlen(key);
    for (size_t i = 0; i < n && len >= 5; i++) {
        size_t own = strlen(t[i].key);
        if (own > len + 3 && strcmp(t[i].key + own - len, key) == 0) return true;
    }
    return false;
}

/* Whether the document's name or title has the word; its captions do not count. */
static bool is_called(const struct catalog_document *d, const char *key)
{
    const char *const texts[] = {d->name, d->title};
    for (size_t i = 0; i < 2; i++) {
        struct token t[64];
        size_t n = tokens_split(texts[i], strlen(texts[i]), TOKENS_IDENTIFIER, t, 64);
        for (size_t k = 0; k < n; k++)
            if (strcmp(t[k].key, key) == 0) return true;
    }
    return false;
}

/* Whether the document is called by another word for the same. */
static bool name_means(const struct catalog_document *d, const char *key)
{
    for (size_t s = 0; s < sizeof SAME / sizeof *SAME; s++) {
        if (!has_word(SAME[s], key)) continue;
        for (const char *p = SAME[s] + 1; *p;) {
            char word[TOKEN_KEY_MAX];
            size_t len = strcspn(p, " ");
            if (len < sizeof word) {
                memcpy(word, p, len);
                word[len] = '\0';
                if (is_called(d, word) || name_ends_with(d, word)) return true;
            }
            p += len + (p[len] == ' ');
        }
    }
    return false;
}

/* "fuel economy guide" of "FE_Guide_2024": the initials of two to five words of the phrase from token i on are
 * a word of a document's name; how many words, 0: none. */
static size_t initials_of(const struct labelled *q, const struct word_index *v, size_t i, size_t end, char *out)
{
    size_t best = 0;
    char initials[8];
    for (size_t n = 0; n < 5 && i + n < end && q->tokens[i + n].kind == TOKEN_WORD; n++) {
        initials[n] = q->tokens[i + n].key[0];
        initials[n + 1] = '\0';
        if (n == 0 || (initials[n] & 0x80)) continue;
        struct postings docs = word_index_documents(v, initials);
        bool called = false;
        for (size_t k = 0; k < docs.n && !called; k++)
            called = is_called(&word_index_catalog(v)->documents[docs.items[k]], initials);
        if (!called) continue;
        best = n + 1;
        strcpy(out, initials);
    }
    return best;
}

/* Whether the word may tell documents apart: their name has it, or it is a nation's. */
static bool names_document(const struct labelled *q, const struct word_index *v, size_t i)
{
    const struct token *t = &q->tokens[i];
    return word_index_documents(v, t->key).n || find_nation(t->key) || compound_documents(v, t->key).n;
}

static bool share_record(const struct name_word *a, const struct name_word *b)
{
    for (size_t i = 0, j = 0; i < a->records.n && j < b->records.n;) {
        if (a->records.items[i] == b->records.items[j]) return true;
        if (a->records.items[i] < b->records.items[j]) i++;
        else j++;
    }
    return false;
}

static bool same_noun(const char *a, const char *b)
{
    size_t x = strlen(a), y = strlen(b), least = x < y ? x : y;
    if (strncmp(a, b, least) != 0 || least < 3) return strcmp(a, b) == 0;
    return x == y || (x > y ? x - y == 1 && a[y] == 's' : y - x == 1 && b[x] == 's');
}

/* "The tow cars" of "Tow car tests", "the price list" of a price list's title: two and more words that stand in this
 * order in the title, behind an article, and not all of which say little. */
static size_t title_run(const struct labelled *q, const struct word_index *v, size_t i)
{
    const struct catalog *c = word_index_catalog(v);
    const struct term *terms;
    size_t n_terms, best = 0;
    if (q->tokens[i].kind != TOKEN_WORD) return 0;
    bool article = i > 0 && has_word(DETERMINERS, q->tokens[i - 1].key) && !(q->tokens[i].gap & (GAP_STOP | GAP_COMMA | GAP_COLON));
    struct postings docs = word_index_documents(v, q->tokens[i].key);
    for (size_t k = 0; k < docs.n; k++) {
        struct token t[32];
        const char *title = c->documents[docs.items[k]].title;
        size_t n = tokens_split(title, strlen(title), TOKENS_IDENTIFIER, t, 32);
        for (size_t at = 0; at < n; at++) {
            size_t run = 0;
            bool telling = false, vehicle = false;
            while (i + run < q->n_tokens && at + run < n && (run == 0 || !(q->tokens[i + run].gap & (GAP_STOP | GAP_COMMA))) &&
                   same_noun(q->tokens[i + run].key, t[at + run].key)) {
                telling = telling || !lexicon_has(q->tokens[i + run].key);
                vehicle = vehicle || (!lexicon_has(q->tokens[i + run].key) && word_index_name(v, q->tokens[i + run].key));
                run++;
            }
            if (run < 2 || !telling || vehicle || registry_match(&q->tokens[i], run, &terms, &n_terms) == run) continue;
            bool thing = is_class(q, i + run - 1, WORD_VEHICLE), source = is_source(q, i + run - 1);
            if ((thing || (source && article)) && run > best) best = run;
        }
    }
    return best;
}

/* Two and more words that stand in this order in a document's name and are no vehicle's: "AC Transit". */
static size_t name_run(const struct labelled *q, const struct word_index *v, size_t i)
{
    const struct catalog *c = word_index_catalog(v);
    size_t best = 0;
    if (q->tokens[i].kind != TOKEN_WORD || !word_index_documents(v, q->tokens[i].key).n) return 0;
    struct postings docs = word_index_documents(v, q->tokens[i].key);
    /* "the dealer lot" of "dealer_inventory", before what stands on it. */
    const struct term *behind;
    size_t n_behind;
    if (i + 1 < q->n_tokens && strlen(q->tokens[i].key) > 3 && !lexicon_has(q->tokens[i].key) && !word_index_name(v, q->tokens[i].key) &&
        !(q->tokens[i + 1].gap & (GAP_STOP | GAP_COMMA)) && source_word_is_collection(q->tokens[i + 1].key) &&
        registry_match(&q->tokens[i], q->n_tokens - i, &behind, &n_behind) <= 1 &&
        registry_match(&q->tokens[i + 1], q->n_tokens - i - 1, &behind, &n_behind) <= 1)
        for (size_t k = 0; k < docs.n && best == 0; k++)
            if (is_called(&c->documents[docs.items[k]], q->tokens[i].key) && name_means(&c->documents[docs.items[k]], q->tokens[i + 1].key)) best = 2;
    for (size_t k = 0; k < docs.n; k++) {
        const struct catalog_document *d = &c->documents[docs.items[k]];
        struct token t[32];
        size_t n = tokens_split(d->name, strlen(d->name), TOKENS_IDENTIFIER, t, 32);
        for (size_t at = 0; at < n; at++) {
            size_t run = 0;
            bool vehicle = false;
            const struct name_word *before = NULL;
            while (i + run < q->n_tokens && at + run < n && (run == 0 || !(q->tokens[i + run].gap & GAP_STOP)) &&
                   strcmp(q->tokens[i + run].key, t[at + run].key) == 0) {
                const struct name_word *w = word_index_name(v, q->tokens[i + run].key);
                vehicle = vehicle || (w && before && share_record(w, before));
                before = w;
                run++;
            }
            const struct term *terms;
            size_t n_terms;
            bool attribute = run && registry_match(&q->tokens[i], run, &terms, &n_terms) == run; /* "CO2" */
            if (run >= 2 && !vehicle && !attribute && run > best) best = run;
        }
    }
    return best;
}

/* Whether a document is called by another word for the same. */
static bool another_name(const struct word_index *v, const char *key)
{
    const struct catalog *c = word_index_catalog(v);
    for (size_t d = 0; d < c->n_documents; d++)
        if (name_means(&c->documents[d], key)) return true;
    return false;
}

/* "in stock", "stock vehicles", "of the fleet": a word of a document's name alone, where a place is said
 * or things are counted, and no vehicle is called so. */
static bool is_document_word(const struct labelled *q, const struct word_index *v, size_t i, size_t at)
{
    const struct token *t = &q->tokens[i];
    const struct term *terms = NULL;
    size_t n_terms = 0;
    /* Words of a sentence are none ("which" of a caption), unless a document is called so: "used cars" of
     * "used_car_ads". */
    struct postings docs = word_index_documents(v, t->key);
    bool called = false;
    for (size_t k = 0; k < docs.n && !called; k++)
        called = is_called(&word_index_catalog(v)->documents[docs.items[k]], t->key);
    if (i + 1 < q->n_tokens && is_class(q, i + 1, WORD_VEHICLE) && source_word_is_collection(t->key) && another_name(v, t->key)) return true;
    if (lexicon_has(t->key) && (!called || is_class(q, i, WORD_FUNCTION))) return false;
    /* "hire vehicles" of "rental_api". */
    if (docs.n == 0 && t->kind == TOKEN_WORD && i + 1 < q->n_tokens &&
        (is_class(q, i + 1, WORD_VEHICLE) || source_word_is_collection(q->tokens[i + 1].key)) && another_name(v, t->key))
        return true;
    if (t->kind != TOKEN_WORD || strlen(t->key) < 4 || !word_index_documents(v, t->key).n ||
        word_index_name(v, t->key) || is_class(q, i, WORD_VEHICLE))
        return compound_documents(v, t->key).n > 0 && t->kind == TOKEN_WORD;
    if (registry_match(t, 1, &terms, &n_terms))
        for (size_t k = 0; k < n_terms; k++)
            if (terms[k].kind != TERM_ATTRIBUTE || !called) return false;
    bool things = i + 1 < q->n_tokens && is_class(q, i + 1, WORD_VEHICLE);
    size_t before = i;
    if (before > at && !strcmp(q->tokens[before - 1].key, "the")) before--;
    static const char *const BEFORE[] = {"in", "from", "within", "on", "im", "aus", "dans", "en"};
    bool place = false;
    for (size_t k = 0; before > at && k < sizeof BEFORE / sizeof *BEFORE; k++)
        place = place || strcmp(q->tokens[before - 1].key, BEFORE[k]) == 0;
    /* A name of an attribute goes on behind it: "in fuel consumption". */
    if (place && i + 1 < q->n_tokens && registry_match(t, q->n_tokens - i, &terms, &n_terms) > 1) return false;
    return things || place;
}

/* "in our stock", "from the fuel economy guide", "im Bestand", "does the guide list": where things are looked
 * for, ending with token i; *begin: its first token. Words of attributes may stand before the noun. */
static bool is_place(const struct labelled *q, size_t i, size_t at, size_t *begin)
{
    const struct token *t = q->tokens;
    const struct term *terms;
    size_t n_terms, k = i;
    if (t[i].kind != TOKEN_WORD || !source_word_is_collection(t[i].key)) return false;
    /* The noun goes on: "in the stock number", "in the list price". */
    if (registry_match(&t[i], q->n_tokens - i, &terms, &n_terms) > 1) return false;
    if (i + 1 < q->n_tokens && !(t[i].gap_end & (GAP_STOP | GAP_COMMA)) && registry_match(&t[i + 1], 1, &terms, &n_terms) &&
        n_terms && terms[0].kind == TERM_ATTRIBUTE && !is_class(q, i + 1, WORD_FILLER) && !is_class(q, i + 1, WORD_FUNCTION) &&
        !is_class(q, i + 1, WORD_LIST) && i + 2 == q->n_tokens)
        return false;
    while (k > at && i - k < 4 && !(t[k].gap & (GAP_STOP | GAP_COMMA)) && t[k - 1].kind == TOKEN_WORD &&
           !has_word(DETERMINERS, t[k - 1].key) && !has_word(PLACES, t[k - 1].key) && is_attribute_word(t[k - 1].key) &&
           is_class(q, i, WORD_SOURCE))
        k--;
    if (k == at || (t[k].gap & (GAP_STOP | GAP_COMMA))) return false;
    size_t noun = k;
    while (k > at && noun - k < 3 && has_word(DETERMINERS, t[k - 1].key) && !(t[k].gap & (GAP_STOP | GAP_COMMA))) k--;
    bool determined = k < noun;
    if (k > at && has_word(PLACES, t[k - 1].key)) {
        const char *place = t[k - 1].key;
        if (!determined && !has_word(ARTICLED, place) && !(noun == i && has_word(BARE, place))) return false;
        *begin = k - 1;
        return true;
    }
    static const char VERBS[] = " does do did ";
    if (!determined || k == at || noun == i || !has_word(VERBS, t[k - 1].key)) return false;
    *begin = k;
    return true;
}

/* "des utilitaires" of "dans le tableau des utilitaires", where a document is called so: how many tokens from i on. */
static size_t name_behind(const struct labelled *q, const struct word_index *v, size_t i)
{
    static const char OF[] = " of for with des de du d der von vom mit fur del los ";
    size_t n = 0, best = 0;
    while (i + n < q->n_tokens && n < 5 && !(q->tokens[i + n].gap & (GAP_STOP | GAP_COMMA | GAP_COLON))) {
        const char *key = q->tokens[i + n].key;
        bool link = has_word(OF, key) || has_word(DETERMINERS, key);
        if (n == 0 && !has_word(OF, key)) break;
        struct postings docs = word_index_documents(v, key);
        bool called = false;
        for (size_t k = 0; k < docs.n && !called && !link; k++)
            called = is_called(&word_index_catalog(v)->documents[docs.items[k]], key);
        if (!link && !called) break;
        n++;
        if (called) best = n;
    }
    return best;
}

static bool is_unknown_word(const struct labelled *q, const struct word_index *v, size_t i)
{
    const struct token *t = &q->tokens[i];
    return t->kind == TOKEN_WORD && !t->upper && strlen(t->key) > 3 && !lexicon_has(t->key) && !registry_has_word(t->key) &&
           !word_index_knows(v, t->key);
}

bool source_phrase_find(const struct labelled *q, const struct word_index *v, size_t at,
                        size_t *first, size_t *n)
{
    for (size_t i = at; i < q->n_tokens; i++) {
        size_t run = name_run(q, v, i);
        if (!run) run = title_run(q, v, i);
        if (run) {
            *first = i;
            *n = run;
            return true;
        }
        if (is_document_word(q, v, i, at)) {
            *first = i;
            *n = 1;
            return true;
        }
        size_t place;
        if (is_place(q, i, at, &place)) {
            *first = place;
            *n = i + 1 - place + name_behind(q, v, i + 1);
            return true;
        }
        /* "the county fleet" of "fuhrpark_landkreis": what nothing else explains, before a noun that tells the document. */
        if (i > at + 1 && !is_source(q, i) && source_word_is_collection(q->tokens[i].key) && is_unknown_word(q, v, i - 1) &&
            !(q->tokens[i].gap & ~(unsigned)GAP_SPACE) && has_word(DETERMINERS, q->tokens[i - 2].key) && another_name(v, q->tokens[i].key)) {
            *first = i - 1;
            *n = 2;
            return true;
        }
        if (!is_source(q, i)) continue;
        size_t last = i;
        while (last + 1 < q->n_tokens && !(q->tokens[last + 1].gap & (GAP_STOP | GAP_COMMA)) &&
               is_class(q, last + 1, WORD_SOURCE))
            last++;
        size_t begin = i;
        bool named = false;
        while (begin > at && !(q->tokens[begin].gap & (GAP_STOP | GAP_COMMA)) && i - begin < 4) {
            size_t k = begin - 1;
            bool word = names_document(q, v, k) || token_year(q, k) || is_class(q, k, WORD_SOURCE) ||
                        (k > at && names_document(q, v, k - 1) && i - k < 3 && q->tokens[k].kind == TOKEN_WORD);
            if (!word || is_class(q, k, WORD_FUNCTION)) break;
            named = named || names_document(q, v, k);
            begin = k;
        }
        /* "tow rating": what is asked, no ratings that somebody publishes. */
        const struct term *terms = NULL;
        size_t n_terms = 0;
        bool asked = false;
        for (size_t k = begin; k < i; k++)
            asked = asked || registry_match(&q->tokens[k], last + 1 - k, &terms, &n_terms) == last + 1 - k;
        /* "the average list price": "list price" is what is asked, and no list. */
        for (size_t k = i; k <= last; k++)
            asked = asked || registry_match(&q->tokens[k], q->n_tokens - k, &terms, &n_terms) > last + 1 - k;
        if (asked) continue;
        /* The word for the document itself may be in its name: "the guide" says too little alone. */
        if (!named && begin < i) named = true;
        if (!named) continue;
        if (begin > at && is_class(q, begin - 1, WORD_FUNCTION) &&
            (!strcmp(q->tokens[begin - 1].key, "the") || is_class(q, begin - 1, WORD_FUNCTION)))
            begin--;
        else
            continue; /* no article and no preposition: "price list" of something else */
        *first = begin;
        *n = last + 1 - begin;
        return true;
    }
    return false;
}

bool source_phrase_documents(const struct labelled *q, const struct word_index *v, size_t first,
                             size_t n, struct arena *arena, size_t **out, size_t *n_out,
                             struct error *err)
{
    const struct catalog *c = word_index_catalog(v);
    size_t *score = arena_array(arena, c->n_documents + 1, sizeof *score);
    *out = arena_array(arena, c->n_documents + 1, sizeof **out);
    *n_out = 0;
    if (!score || !*out) return error_memory(err, "a question");
    size_t best = 0, last = first + n - 1;
    for (size_t i = first; i < first + n; i++) {
        const struct token *t = &q->tokens[i];
        char initials[8];
        size_t run = initials_of(q, v, i, last, initials);
        for (size_t d = 0; run && d < c->n_documents; d++)
            if (is_called(&c->documents[d], initials)) score[d] += 8;
        /* "the 1993 list": of "prices_1993", "Cars93". */
        for (size_t d = 0; token_year(q, i) && d < c->n_documents; d++) {
            bool called = is_called(&c->documents[d], t->key) || (strlen(t->key) == 4 && t->key[0] == '1' && is_called(&c->documents[d], t->key + 2));
            if (!called) continue;
            score[d] += 4;
            if (score[d] > best) best = score[d];
        }
        if (token_year(q, i) || has_word(DETERMINERS, t->key) ||
            (is_class(q, i, WORD_FUNCTION) && !source_word_is_collection(t->key)))
            continue;
        const struct nation *nation = find_nation(t->key);
        struct postings docs = word_index_documents(v, t->key);
        bool source = is_class(q, i, WORD_SOURCE);
        /* Words that tell count double; "list" and "data" only decide between equals. */
        bool plain = is_class(q, i, WORD_VEHICLE) || is_class(q, i, WORD_FUNCTION);
        size_t weight = source || (plain && !nation) ? 1 : 4;
        bool collection = i == last && source_word_is_collection(t->key);
        bool attribute = n > 1 && !nation && !source && is_attribute_word(t->key);
        if (docs.n == 0) docs = compound_documents(v, t->key);
        for (size_t d = 0, at = 0; d < c->n_documents; d++) {
            while (at < docs.n && docs.items[at] < d) at++;
            bool has = (at < docs.n && docs.items[at] == d) || (nation && nation_has(nation, v, d)) ||
                       (docs.n == 0 && name_means(&c->documents[d], t->key));
            /* "Fuel economy" above a table makes no guide of its document. */
            if (has && attribute && !is_called(&c->documents[d], t->key)) score[d] += 1;
            else if (has) score[d] += weight;
            /* The place itself: "in the fleet" of "fleet_export", "im Bestand" of "haendlerbestand". */
            if (collection && (!source || has_word(KINDS_OF_DOCUMENT, t->key)) && ((has && is_called(&c->documents[d], t->key)) || name_means(&c->documents[d], t->key) || (!has && name_ends_with(&c->documents[d], t->key))))
                score[d] += 4;
            if (score[d] > best) best = score[d];
        }
    }
    if (best < 4) return true;
    for (size_t d = 0; d < c->n_documents; d++)
        if (score[d] == best) (*out)[(*n_out)++] = d;
    return true;
}
