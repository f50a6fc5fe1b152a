#include "ingest/prose_reader.h"

#include <stdlib.h>
#include <string.h>

static const char *find_language(const struct document *d)
{
    static const char *const WORDS[4][9] = {
        {"the", "and", "of", "with", "is", "it", "for", "has", NULL},
        {"der", "die", "das", "und", "mit", "ist", "ein", "von", NULL},
        {"le", "les", "et", "avec", "est", "une", "du", "des", NULL},
        {"el", "los", "y", "con", "es", "una", "del", "las", NULL}};
    static const char *const NAMES[] = {"en", "de", "fr", "es"};
    size_t hits[4] = {0}, budget = 4000;
    struct token t[256];
    for (size_t b = 0; b < d->n_blocks && budget > 0; b++) {
        if (d->blocks[b].kind != BLOCK_PARAGRAPH && d->blocks[b].kind != BLOCK_LIST_ITEM) continue;
        size_t n = tokens_split(d->blocks[b].text, d->blocks[b].len, TOKENS_TEXT, t, 256);
        budget -= n < budget ? n : budget;
        for (size_t i = 0; i < n; i++)
            for (size_t l = 0; l < 4; l++)
                for (size_t w = 0; WORDS[l][w]; w++) hits[l] += !strcmp(t[i].key, WORDS[l][w]);
    }
    size_t best = 0;
    for (size_t l = 1; l < 4; l++)
        if (hits[l] > hits[best]) best = l;
    return hits[best] ? NAMES[best] : "";
}

/* How the document writes numbers: from all of them, else by its language. */
static enum number_style find_style(const struct document *d, const char *language)
{
    struct number_evidence e = {0};
    for (size_t b = 0; b < d->n_blocks; b++) {
        if (d->blocks[b].kind == BLOCK_PARAGRAPH || d->blocks[b].kind == BLOCK_LIST_ITEM)
            number_evidence_add_text(&e, d->blocks[b].text, d->blocks[b].len);
    }
    bool comma = !strcmp(language, "de") || !strcmp(language, "fr") || !strcmp(language, "es");
    /* Figures of all kinds stand in a text: their magnitudes tell nothing, its language does. */
    if (*language && e.point == e.comma) return comma ? NUMBER_COMMA : NUMBER_POINT;
    return number_style_decide(&e, comma ? NUMBER_COMMA : NUMBER_POINT, NULL);
}

/* An engine's word that is part of a vehicle's name ("the Hybrid 145") says nothing of a figure. */
static void leave_names_out(struct prose_sentence *s, const struct prose_mention *mentions,
                            size_t n)
{
    for (size_t k = 0; k < s->n_measures; k++) {
        struct prose_measure *m = &s->measures[k];
        if (m->engine == SIZE_MAX) continue;
        const struct token_range *e = &s->engines[m->engine];
        for (size_t i = 0; i < n; i++)
            if (mentions[i].at.first <= e->first && e->end <= mentions[i].at.end &&
                (mentions[i].kind != MENTION_OWN || e->end <= mentions[i].name.first)) {
                m->engine = SIZE_MAX;
                break;
            }
    }
}

/* "Both have a six-speed gearbox": not of the version before. */
static bool speaks_of_all(const struct prose_sentence *s)
{
    static const char *const WORDS[] = {"both",  "all", "every",  "each", "beide", "alle",
                                        "jeder", "tous", "toutes", "ambos", "todos", "todas"};
    for (size_t k = 0; s->n && k < sizeof WORDS / sizeof *WORDS; k++)
        if (!strcmp(s->t[0].key, WORDS[k])) return true;
    return false;
}

/* "At the top of the range stands the Junior Veloce.": a place, a verb, and at the end the one that the
 * sentences behind it are about. */
static bool is_presented(const struct prose_sentence *s, const struct prose_mention *m)
{
    if (m->kind != MENTION_VARIANT && m->kind != MENTION_KNOWN) return false;
    if (m->at.end != s->n || s->n_measures > 0 || m->phrase < 2 ||
        !prose_has(s, 0, WORD_PREPOSITION | WORD_LINK))
        return false;
    size_t verb = m->phrase - 1;
    return s->t[verb].kind == TOKEN_WORD && !s->t[verb].upper && prose_has(s, verb, WORD_VERB) &&
           !prose_has(s, verb, WORD_AND | WORD_INSTEAD | WORD_FORMER);
}

static bool is_english(const struct prose_reader *r)
{
    return !r->names.language || !*r->names.language || !strcmp(r->names.language, "en");
}

/* "Our test car, a 1.5 TSI, needed": the version that the sentence's first words are called by. */
static bool is_apposition(const struct prose_sentence *s, const struct prose_mention *m)
{
    if (m->kind != MENTION_VARIANT && m->kind != MENTION_KNOWN) return false;
    if (m->phrase == 0 || m->phrase > 4 || s->marks[m->phrase].before != BREAK_COMMA || m->at.end >= s->n ||
        s->marks[m->at.end].before != BREAK_COMMA)
        return false;
    bool vehicle = false;
    for (size_t i = 0; i < m->phrase; i++) {
        if (prose_has(s, i, WORD_VERB | WORD_PREPOSITION | WORD_AND) || s->in_measure[i]) return false;
        vehicle = vehicle || prose_has(s, i, WORD_VEHICLE | WORD_VARIANT);
    }
    return vehicle;
}

/* The headline has less of the name than the text: "Ineos answers with the Quartermaster". */
static void note_fuller_name(struct prose_reader *r, const struct prose_sentence *s, const struct prose_mention *m)
{
    struct prose_subject *own = prose_section(r);
    if (m->fuller.end == m->fuller.first || r->open || !own->known || *own->s.trim) return;
    own->s.model = prose_text_of(r, s, m->fuller.first, m->fuller.end);
    prose_subject_tokens(own);
    r->out->named = false; /* noted again */
}

/* Takes the mentions inside a frame's name and value out: they are no vehicles. False: one of them may be a
 * version that the sentence is about. */
static bool leave_frame_out(const struct prose_frame *f, struct prose_mention *mentions, size_t *n)
{
    size_t kept = 0;
    for (size_t k = 0; k < *n; k++) {
        const struct token_range *at = &mentions[k].at;
        bool name = at->first < f->name.end && at->end > f->name.first;
        bool value = at->first < f->value.end && at->end > f->value.first;
        if (name && !f->sure) return false;
        if ((name || value) && mentions[k].kind != MENTION_OWN) continue;
        mentions[kept++] = mentions[k];
    }
    *n = kept;
    return true;
}

/* The part's own words are no vehicle: "M8 bolts". */
static void leave_part_out(const struct prose_quantity *q, struct prose_mention *mentions, size_t *n)
{
    size_t kept = 0;
    for (size_t k = 0; k < *n; k++) {
        const struct token_range *at = &mentions[k].at;
        if (at->first < q->named.end && at->end > q->named.first && mentions[k].kind != MENTION_OWN) continue;
        mentions[kept++] = mentions[k];
    }
    *n = kept;
}

static bool all_own(const struct prose_mention *mentions, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (mentions[k].kind != MENTION_OWN) return false;
    return true;
}

/* "It reaches 100 km/h in 7.1 seconds. The 2.0 needs only 4.8 seconds for that.": a time of what the sentence
 * before has said. */
static void bind_again(struct prose_sentence *s, int *acceleration)
{
    for (size_t k = 0; k < s->n_measures; k++) {
        struct prose_measure *m = &s->measures[k];
        const struct unit *u = s->parts[m->first_part].unit;
        bool that = (prose_is(s, m->at.end, "for") && (prose_is(s, m->at.end + 1, "that") || prose_is(s, m->at.end + 1, "this"))) ||
                    prose_is(s, m->at.end, "dafur") || prose_is(s, m->at.end, "dazu");
        if (*acceleration >= 0 && that && m->attribute < 0 && !m->rejected && u && u->dimension == DIMENSION_TIME &&
            unit_to_base(1, u) == 1)
            m->attribute = *acceleration;
    }
    for (size_t k = 0; k < s->n_measures; k++)
        if (s->measures[k].attribute >= 0 && !strncmp(REGISTRY[s->measures[k].attribute].id, "acceleration_", 13))
            *acceleration = s->measures[k].attribute;
}

static void read_paragraph(struct prose_reader *r, size_t block)
{
    const struct block *b = &r->d->blocks[block];
    struct prose_sentence *s = r->sentence;
    struct sentence_span span;
    struct bearer paragraph = prose_bearer_own(prose_section(r)), last = paragraph;
    struct prose_pair pair = {.known = false}, next_pair;
    int acceleration = -1;
    bool first = true;
    for (size_t at = 0; !r->failed && sentence_next(b->text, b->len, at, &span); at = span.end) {
        prose_locate_sentence(r, block, b->text + span.begin, span.end - span.begin);
        if (!prose_sentence_read(s, r->lex, b->text + span.begin, span.end - span.begin, r->style))
            continue;
        bind_again(s, &acceleration);
        struct prose_mention mentions[PROSE_MAX_MENTIONS];
        size_t n = prose_mentions_find(s, &r->names, prose_section(r), mentions, PROSE_MAX_MENTIONS);
        for (size_t k = 0; k < n; k++) note_fuller_name(r, s, &mentions[k]);
        struct prose_quantity quantities[PROSE_MAX_QUANTITIES];
        size_t n_quantities = prose_quantities_find(s, quantities, PROSE_MAX_QUANTITIES);
        for (size_t q = 0; q < n_quantities; q++) leave_part_out(&quantities[q], mentions, &n);
        struct prose_frame frame;
        bool framed = is_english(r) && n_quantities == 0 && prose_frame_find(s, &frame);
        if (framed && !leave_frame_out(&frame, mentions, &n)) framed = false;
        leave_names_out(s, mentions, n);
        prose_pair_find(r, s, mentions, n, &next_pair);
        struct bearer bearer = prose_goes_on(s) ? last : paragraph;
        for (size_t k = 0; k < n; k++) {
            if (mentions[k].phrase > 1 || !mentions[k].is_subject) continue;
            if (k + 1 < n && mentions[k + 1].joined)
                bearer.kind = BEARER_NONE;
            else
                bearer = prose_bearer_of_mention(r, s, &mentions[k]);
            break;
        }
        if (n > 0 && is_apposition(s, &mentions[0])) bearer = prose_bearer_of_mention(r, s, &mentions[0]);
        if (n == 1 && is_presented(s, &mentions[0])) bearer = prose_bearer_of_mention(r, s, &mentions[0]);
        if (speaks_of_all(s)) bearer = prose_bearer_own(prose_section(r));
        if (first && bearer.kind == BEARER_OTHER) paragraph = bearer;
        first = false;
        last = bearer;
        const char *quote = NULL;
        struct prose_frame_fact fact;
        if (framed && all_own(mentions, n) && bearer.kind != BEARER_NONE && (*bearer.s.make || *bearer.s.model) &&
            prose_frame_read(s, &frame, r->style, &fact)) {
            quote = prose_string(r, s->text, s->len);
            prose_add_frame(r, s, &frame, &fact, &bearer, block, quote);
            for (size_t k = 0; k < s->n_measures && fact.instead; k++)
                if (s->measures[k].at.first < frame.value.end && s->measures[k].at.end > frame.value.first)
                    s->measures[k].attribute = -1;
        }
        struct prose_search search = {.mentions = mentions, .n = n, .sentence = &bearer, .pair = &pair};
        for (size_t q = 0; q < n_quantities && !r->failed; q++) {
            struct bearer whose = prose_bearer_find(r, s, &s->measures[quantities[q].measure], &search);
            if (whose.kind == BEARER_NONE || !(*whose.s.make || *whose.s.model)) continue;
            if (!quote) quote = prose_string(r, s->text, s->len);
            prose_add_quantity(r, s, &quantities[q], &whose, block, quote);
        }
        for (size_t k = 0; k < s->n_measures && !r->failed; k++) {
            const struct prose_measure *m = &s->measures[k];
            r->out->n_figures += m->counted || s->parts[m->first_part].unit;
            if (m->attribute < 0 || (is_english(r) && prose_is_of_other_thing(s, m))) continue;
            struct bearer whose = prose_bearer_find(r, s, m, &search);
            if (whose.kind == BEARER_NONE || !(*whose.s.make || *whose.s.model)) continue;
            if (!quote) quote = prose_string(r, s->text, s->len);
            prose_bearer_by_drive(r, s, m, &whose);
            prose_add_values(r, s, m, &whose, search.in_remark, block, quote);
            for (size_t also = search.also_from; also < search.also_end && !r->failed; also++) {
                struct bearer other = prose_bearer_of_mention(r, s, &mentions[also]);
                prose_add_values(r, s, m, &other, search.in_remark, block, quote);
            }
        }
        pair = next_pair;
    }
}

/* ---- the way through the document ---- */

static bool read_heading(struct prose_reader *r, size_t block, int level)
{
    const struct block *b = &r->d->blocks[block];
    struct prose_subject *above = prose_section(r);
    if (above->known && is_year_heading(b->text, b->len, &above->s.year_first, &above->s.year_last)) {
        prose_source_close(r);
        return true;
    }
    prose_source_close(r);
    while (r->n_levels > 1 && r->levels[r->n_levels - 1].level >= level) r->n_levels--;
    struct prose_subject subject;
    enum heading_kind kind;
    if (!prose_heading_read(&subject, &kind, &r->names, prose_section(r), b->text, b->len, block))
        return false;
    if (kind != HEADING_TOPIC && !subject.s.year_first && !subject.s.year_last)
        subject.s.year_first = subject.s.year_last = r->names.year;
    if (r->n_levels == MAX_LEVELS) r->n_levels--;
    r->levels[r->n_levels++] = (struct level){level, subject};
    r->caption = b->text;
    return true;
}

/* The vehicles that the headings name, before the text is read. */
static bool find_sections(struct prose_reader *r)
{
    struct subject found[PROSE_MAX_SECTIONS];
    size_t n = 0;
    bool ok = true;
    for (size_t b = 0; ok && b < r->d->n_blocks && n < PROSE_MAX_SECTIONS; b++) {
        const struct block *k = &r->d->blocks[b];
        bool looks = k->kind == BLOCK_PARAGRAPH && prose_looks_like_heading(r->d, b);
        if (k->kind != BLOCK_HEADING && !looks) continue;
        ok = read_heading(r, b, looks ? (b == 0 ? 1 : MAX_LEVELS) : k->level);
        const struct prose_subject *own = prose_section(r);
        if (ok && own->known && own->heading == k->text && *own->s.model && !*own->s.trim) found[n++] = own->s;
    }
    r->n_levels = 1;
    r->caption = "";
    r->sections = n > 0;
    return ok && prose_known_add_sections(&r->names, found, n);
}

/* The first paragraph of a document that nothing has named a vehicle for, and that was given by itself or
 * begins so, may name it. */
static bool read_opening(struct prose_reader *r, size_t block)
{
    struct prose_subject *own = prose_section(r), subject;
    bool found;
    if (own->known || r->opened) return true;
    r->opened = true;
    const struct block *b = &r->d->blocks[block];
    if (!prose_opening_read(&subject, &r->names, b->text, b->len, b->line_first, &found)) return false;
    bool given = r->d->n_blocks && r->d->blocks[0].kind == BLOCK_HEADING && r->d->blocks[0].level < 1;
    /* Of other texts those that name no make: these may go on to speak of several. */
    if (found && (given || subject.s.make_number < 0)) *own = subject;
    if (found || r->sections) return true;
    if (!prose_topic_read(&subject, &r->names, b->text, b->len, b->line_first, &found)) return false;
    if (found) *own = subject;
    return true;
}

/* Whether the text has a word of the model's name. */
static bool is_in_text(const struct document *d, const struct prose_subject *subject)
{
    struct token t[200];
    for (size_t b = 0; b < d->n_blocks && b < 20; b++) {
        size_t n = tokens_split(d->blocks[b].text, d->blocks[b].len, TOKENS_TEXT, t, 200);
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < subject->n_model; k++)
                if (strlen(t[i].key) > 1 && !strcmp(t[i].key, subject->model[k].key)) return true;
    }
    return false;
}

/* The subject that the file's name gives, until a heading says more. */
static bool read_file_name(struct prose_reader *r)
{
    struct level *base = &r->levels[0];
    *base = (struct level){
        .subject = {.s = {.make = "", .model = "", .trim = "", .make_number = -1}, .heading = ""}};
    r->n_levels = 1;
    const char *name = r->d->path ? strrchr(r->d->path, '/') : NULL;
    name = name ? name + 1 : r->d->path;
    if (!name) return true;
    const char *dot = strrchr(name, '.');
    size_t len = dot ? (size_t)(dot - name) : strlen(name);
    char *copy = arena_strndup(&r->out->arena, name, len);
    if (!copy || !subject_read(&base->subject.s, &r->out->arena, copy, len, SUBJECT_FILE))
        return false;
    prose_subject_tokens(&base->subject);
    base->subject.known = *base->subject.s.make && is_in_text(r->d, &base->subject);
    if (!base->subject.known)
        base->subject.s = (struct subject){.make = "", .model = "", .trim = "", .make_number = -1};
    prose_subject_tokens(&base->subject);
    return true;
}

static int compare_values(const void *a, const void *b)
{
    const struct prose_value *x = a, *y = b;
    if (x->record != y->record) return x->record < y->record ? -1 : 1;
    if (x->column != y->column) return x->column < y->column ? -1 : 1;
    if (x->fact.group != y->fact.group) return x->fact.group < y->fact.group ? -1 : 1;
    return x->fact.text < y->fact.text ? -1 : x->fact.text > y->fact.text;
}

static void *moved(struct prose_reader *r, const struct array *a, size_t size)
{
    void *copy = arena_array(&r->out->arena, a->n ? a->n : 1, size);
    if (!copy)
        r->failed = true;
    else if (a->n)
        memcpy(copy, a->items, a->n * size);
    return copy;
}

/* Keeps the first vehicle that the document is about. */
static void note_subject(struct prose_reader *r)
{
    const struct prose_subject *own = prose_section(r);
    if (r->out->named || !own->known) return;
    r->out->named = true;
    const char *title = subject_title(&own->s, &r->out->arena, &r->scratch);
    if (!title) r->failed = true;
    r->out->subject = (struct fact_record){.title = title ? title : "",
                                           .make = own->s.make,
                                           .model = own->s.model,
                                           .trim = own->s.trim,
                                           .year_first = own->s.year_first,
                                           .year_last = own->s.year_last,
                                           .place = *own->heading ? own->heading : title ? title : "",
                                           .line = own->line ? own->line : 1,
                                           .quantity = 1};
}

static bool has_pounds(const struct document *d)
{
    for (size_t b = 0; b < d->n_blocks; b++)
        if (d->blocks[b].text && memmem(d->blocks[b].text, d->blocks[b].len, "\u00a3", 2)) return true;
    return false;
}

bool prose_read(struct prose *out, const struct document *d, const char *data, size_t len,
                struct error *err)
{
    *out = (struct prose){0};
    struct prose_reader *r = calloc(1, sizeof *r);
    if (!r) return error_memory(err, "the facts of a text");
    r->out = out;
    r->d = d;
    r->data = data;
    r->len = len;
    r->block = SIZE_MAX;
    r->caption = "";
    r->sentence = malloc(sizeof *r->sentence);
    r->lex = prose_lexicon_create(&out->arena);
    bool ok = r->sentence && r->lex && prose_names_init(&r->names, d, r->lex, &out->arena) &&
              read_file_name(r);
    out->family = r->names.family;
    out->language = r->names.language = find_language(d);
    if (ok) r->style = find_style(d, out->language);
    ok = ok && find_sections(r);
    if (ok) r->sentence->sterling = has_pounds(d);
    for (size_t b = 0; ok && b < d->n_blocks; b++) {
        const struct block *k = &d->blocks[b];
        if (k->kind == BLOCK_HEADING)
            ok = read_heading(r, b, k->level);
        else if (k->kind == BLOCK_PARAGRAPH && prose_looks_like_heading(d, b))
            ok = read_heading(r, b, b == 0 ? 1 : MAX_LEVELS);
        else if (k->kind == BLOCK_PARAGRAPH || k->kind == BLOCK_LIST_ITEM) {
            ok = k->kind != BLOCK_PARAGRAPH || read_opening(r, b);
            if (ok) read_paragraph(r, b);
        }
        note_subject(r);
        ok = ok && !r->failed && !r->scratch.failed;
    }
    prose_source_close(r);
    if (ok) {
        out->sources = moved(r, &r->sources, sizeof *out->sources);
        out->columns = moved(r, &r->columns, sizeof *out->columns);
        out->records = moved(r, &r->records, sizeof *out->records);
        out->values = moved(r, &r->values, sizeof *out->values);
        ok = !r->failed;
    }
    if (ok) {
        out->n_sources = r->sources.n;
        out->n_columns = r->columns.n;
        out->n_records = r->records.n;
        out->n_values = r->values.n;
        for (size_t i = 0; i < out->n_sources; i++)
            qsort(out->values + out->sources[i].first_value, out->sources[i].n_values,
                  sizeof *out->values, compare_values);
    }
    free(r->sources.items);
    free(r->columns.items);
    free(r->records.items);
    free(r->values.items);
    free(r->sentence);
    buffer_free(&r->scratch);
    free(r);
    if (ok) return true;
    prose_free(out);
    return error_memory(err, "the facts of a text");
}
