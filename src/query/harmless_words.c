/* Words that nothing explains and that cannot change what is asked, by where they stand: the verb of "which tyres does
 * the Corvette wear", the participle of "which value is entered for the Hilux", a clause of small talk. Only of
 * questions for a named attribute of named vehicles: in a list, a count or a ranking any word may be a condition. An
 * answer says that it did not use them. */
#include "query/reading.h"

#include <string.h>

static bool in_list(const char *list, const char *key)
{
    char spaced[TOKEN_KEY_MAX + 3];
    size_t len = strlen(key);
    if (len + 3 > sizeof spaced) return false;
    spaced[0] = ' ';
    memcpy(spaced + 1, key, len);
    memcpy(spaced + 1 + len, " ", 2);
    return strstr(list, spaced) != NULL;
}

/* A plain word in small letters: no name, no code, no number. */
static bool is_plain_word(const struct reading *r, size_t i)
{
    const struct label *l = &r->l->labels[i];
    const struct token *t = &r->l->tokens[l->first];
    if (l->used || l->n != 1 || (l->kind != LABEL_UNKNOWN && l->kind != LABEL_DOCUMENT)) return false;
    return t->kind == TOKEN_WORD && !t->upper && strlen(t->key) > 2 && !strpbrk(t->key, "0123456789");
}

/* Names that the verb goes on with: the speed at which it charges, the weight that it lifts, the price that it fetches
 * are others than those that the word means alone. */
static bool is_general(const char *key)
{
    static const char GENERAL[] =
        " weight mass load speed time distance length height width depth size energy capacity volume figure rate price cost "
        "value power range output temperature pressure angle radius space room level mileage economy consumption "
        "gewicht masse last geschwindigkeit zeit strecke lange hohe breite tiefe grosse energie kapazitat volumen preis "
        "kosten wert leistung reichweite verbrauch platz "
        "poids masse charge vitesse temps distance longueur hauteur largeur profondeur taille energie capacite volume prix "
        "cout valeur puissance autonomie consommation "
        "peso masa carga velocidad tiempo distancia longitud altura anchura profundidad tamano energia capacidad volumen "
        "precio coste valor potencia autonomia consumo ";
    return in_list(GENERAL, key);
}

/* Whether label i names what is asked by a noun of its own: "tyres", "kerb weight", "residual value". */
static bool is_named_attribute(const struct reading *r, size_t i)
{
    const struct label *l = &r->l->labels[i];
    if (!l->used || (l->kind != LABEL_COLUMN && l->kind != LABEL_TERM)) return false;
    if (l->n == 1 && is_general(r->l->tokens[l->first].key)) return false;
    for (size_t k = 0; l->kind == LABEL_TERM && k < l->n_terms; k++) {
        const struct term *t = &l->terms[k];
        if (t->kind != TERM_ATTRIBUTE || t->asking || t->code || t->superlative || t->comparative) return false;
    }
    return l->kind == LABEL_COLUMN || l->n_terms > 0;
}

static bool ends_clause(const struct reading *r, size_t i)
{
    if (i + 1 >= r->l->n_labels) return true;
    const struct label *next = &r->l->labels[i + 1];
    if (r->l->tokens[next->first].gap & (GAP_COMMA | GAP_STOP | GAP_COLON)) return true;
    static const char BEHIND[] = " in on at from according for there here now today then und laut im am bei fur dans pour chez sur en para segun ";
    return next->kind == LABEL_DOCUMENT || in_list(BEHIND, r->l->tokens[next->first].key);
}

static bool is_pronoun(const char *key)
{
    return in_list(" i you we one they he she it ich wir man du er sie es je tu nous on il elle ", key);
}

/* The labels between an auxiliary and label i are a subject alone: "does the Corvette", "must I", "sind beim Kuga". */
static bool follows_subject(const struct reading *r, size_t i)
{
    size_t k = i;
    bool subject = false;
    while (k-- > 0) {
        const struct label *l = &r->l->labels[k];
        const char *key = r->l->tokens[l->first].key;
        if (r->l->tokens[r->l->labels[k + 1].first].gap & (GAP_COMMA | GAP_STOP | GAP_COLON)) return false;
        if (l->kind == LABEL_MENTION || (!subject && l->n == 1 && is_pronoun(key))) {
            if (subject && l->kind != LABEL_MENTION) return false;
            subject = true;
        } else if (subject && label_is(l, WORD_AUXILIARY)) {
            return true;
        } else if (!subject || l->kind != LABEL_WORD || !label_is(l, WORD_FUNCTION)) {
            return false;
        }
    }
    return false;
}

/* "pump out more than 140 g of CO2" */
static bool goes_on_with_bound(const struct reading *r, size_t i)
{
    size_t k = i + 1;
    if (k < r->l->n_labels && in_list(" out up down off in on over through ", r->l->tokens[r->l->labels[k].first].key)) k++;
    if (k >= r->l->n_labels) return false;
    const struct label *next = &r->l->labels[k];
    return next->kind == LABEL_NUMBER || (next->kind == LABEL_WORD && (label_is(next, WORD_OVER) || label_is(next, WORD_UNDER) ||
                                                                      label_is(next, WORD_AT_LEAST) || label_is(next, WORD_AT_MOST)));
}

/* "The county's Kangoo": whose it is, right before the vehicle. */
static bool is_possessor(const struct reading *r, size_t i)
{
    if (r->l->language != 0 || i + 1 >= r->l->n_labels) return false;
    const struct token *t = &r->l->tokens[r->l->labels[i].first];
    const char *behind = r->l->text + t->end;
    bool genitive = !strncmp(behind, "'s ", 3) || !strncmp(behind, "\xe2\x80\x99s ", 5) || (t->end > 2 && !strncmp(behind - 2, "'s ", 3));
    if (!genitive) return false;
    size_t k = i + 1;
    if (r->l->labels[k].n == 1 && !strcmp(r->l->tokens[r->l->labels[k].first].key, "s")) k++;
    return k < r->l->n_labels && r->l->labels[k].kind == LABEL_MENTION;
}

/* "The little Honda Fit": an epithet between an article and a name. It is none where the documents tell vehicles apart by it. */
static bool is_size_word(const struct reading *r, size_t i)
{
    static const char EPITHETS[] = " little tiny humble mighty lovely cute poor trusty faithful dear beloved shiny dinky chunky hefty ";
    if (r->l->language != 0 || i == 0 || i + 1 >= r->l->n_labels || r->l->labels[i + 1].kind != LABEL_MENTION) return false;
    const struct label *article = &r->l->labels[i - 1];
    return in_list(EPITHETS, r->l->tokens[r->l->labels[i].first].key) &&
           in_list(" the a our my your this that ", r->l->tokens[article->first + article->n - 1].key);
}

/* "Which tyres does the Corvette wear", "Wie viel Drehmoment kann der Kuga stemmen" */
static bool is_final_verb(const struct reading *r, size_t i)
{
    return i > 0 && (ends_clause(r, i) || goes_on_with_bound(r, i)) && follows_subject(r, i);
}

/* "Welche Reifen trägt die Corvette", "Quels pneus chausse la Corvette": no adjective stands there, for an article or a
 * name follows. */
static bool is_second_verb(const struct reading *r, size_t i)
{
    if (r->l->language == 0 || r->l->language == 4 || i < 2 || !is_named_attribute(r, i - 1)) return false;
    bool asks = false;
    for (size_t k = 0; k < i - 1; k++) asks = asks || label_is(&r->l->labels[k], WORD_WHICH) || label_is(&r->l->labels[k], WORD_HOW_MUCH);
    static const char ARTICLES[] = " der die das den dem ein eine mein meine unser unsere le la les l un une mon ma notre el los las mi nuestro nuestra ";
    size_t k = i + 1;
    while (k < r->l->n_labels && in_list(ARTICLES, r->l->tokens[r->l->labels[k].first].key)) k++;
    return asks && k < r->l->n_labels && r->l->labels[k].kind == LABEL_MENTION;
}

/* "Which residual value is entered for the Hilux" */
static bool is_participle(const struct reading *r, size_t i)
{
    static const char BE[] = " is are was were been ist sind war waren wird werden est sont etait sera es son fue esta estan ";
    static const char BEHIND[] = " for in on under by at fur bei beim im unter pour dans sur chez para en ";
    if (i < 2 || i + 1 >= r->l->n_labels) return false;
    const struct label *be = &r->l->labels[i - 1], *next = &r->l->labels[i + 1];
    return be->n == 1 && in_list(BE, r->l->tokens[be->first].key) && is_named_attribute(r, i - 2) &&
           (in_list(BEHIND, r->l->tokens[next->first].key) || next->kind == LABEL_DOCUMENT);
}

/* "My brother-in-law is thinking of one, what does it weigh": a clause in which somebody speaks of themselves and that
 * holds nothing that a question could be made of. */
static bool is_small_talk(const struct reading *r, size_t i)
{
    static const char PERSONS[] = " i we my our me us he she his her ich wir mein meine unser unsere mir uns je j mon ma notre nous moi "
                                  "yo mi nuestro nuestra nosotros me ";
    size_t first = i, last = i;
    bool person = false;
    while (first > 0 && !(r->l->tokens[r->l->labels[first].first].gap & (GAP_COMMA | GAP_STOP | GAP_COLON))) first--;
    while (last + 1 < r->l->n_labels && !(r->l->tokens[r->l->labels[last + 1].first].gap & (GAP_COMMA | GAP_STOP | GAP_COLON))) last++;
    if (last == first || (first == 0 && last + 1 == r->l->n_labels)) return false;
    for (size_t k = first; k <= last; k++) {
        const struct label *l = &r->l->labels[k];
        person = person || in_list(PERSONS, r->l->tokens[l->first].key);
        if (l->kind == LABEL_UNKNOWN) continue;
        bool one = l->n == 1 && in_list(" one eins einen eine un une uno una ", r->l->tokens[l->first].key);
        bool plain = l->kind == LABEL_WORD && (label_is(l, WORD_FILLER) || label_is(l, WORD_FUNCTION) || label_is(l, WORD_PRONOUN));
        if (!plain && !one) return false;
        if (label_is(l, WORD_NOT) || label_is(l, WORD_ONLY)) return false;
    }
    return person;
}

void read_harmless_words(struct reading *r)
{
    struct query *q = r->q;
    bool attribute = r->range; /* "what price range do the BYDs cover" */
    if (q->n_subjects == 0 || (q->n_attributes == 0 && q->n_where == 0) || q->missing) return;
    for (size_t i = 0; i < r->l->n_labels; i++) attribute = attribute || is_named_attribute(r, i);
    for (size_t i = 0; i < r->l->n_labels; i++) {
        if (!is_plain_word(r, i) || q->n_unused == QUERY_MAX_UNRESOLVED) continue;
        struct label *l = &r->l->labels[i];
        bool slot = attribute && (is_final_verb(r, i) || is_second_verb(r, i) || is_participle(r, i) || is_size_word(r, i));
        if (!slot && !is_small_talk(r, i) && !is_possessor(r, i)) continue;
        q->unused[q->n_unused++] = reading_text(r, l->first, l->n);
        l->used = true;
    }
}

void check_harmless_words(struct reading *r)
{
    struct query *q = r->q;
    bool named = q->op == QUERY_VALUE || q->op == QUERY_COMPARE || q->op == QUERY_CHECK;
    bool range = q->op == QUERY_AGGREGATE && q->aggregate == AGGREGATE_RANGE && q->n_where == 0;
    if (named || range) return;
    for (size_t i = 0; i < q->n_unused && q->n_unresolved < QUERY_MAX_UNRESOLVED; i++)
        q->unresolved[q->n_unresolved++] = q->unused[i];
    q->n_unused = 0;
}
