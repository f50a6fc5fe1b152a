#include "answer/claims.h"
#include "answer/claims_parts.h"
#include "answer/wording.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

const char *claim_status_name(enum claim_status s)
{
    static const char *const NAMES[] = {"supported", "contradicted", "depends", "not_found",
                                        "not_understood"};
    return s < N_CLAIM_STATUSES ? NAMES[s] : "";
}

const char *claim_missing_name(enum claim_missing m)
{
    static const char *const NAMES[] = {"", "vehicle", "year", "attribute", "unit", "one_vehicle"};
    return m <= CLAIM_MANY_VEHICLES ? NAMES[m] : "";
}

/* ---- how the text writes numbers ---- */

static enum number_style style_of(const char *text, size_t len, enum number_style fallback)
{
    struct number_evidence e = {0};
    for (size_t i = 0; i < len;) {
        if (text[i] < '0' || text[i] > '9') {
            i++;
            continue;
        }
        size_t n = 0;
        while (i + n < len && n < 24 && strchr("0123456789.,", text[i + n]) && text[i + n]) n++;
        size_t run = n;
        while (n && (text[i + n - 1] == '.' || text[i + n - 1] == ',')) n--; /* a stop */
        if (memchr(text + i, '.', n) || memchr(text + i, ',', n))
            number_evidence_add(&e, text + i, n);
        i += run ? run : 1;
    }
    return number_style_decide(&e, fallback, NULL);
}

/* By the language of the words, and where there are none by that of the attributes' names. */
static bool writes_comma(const struct labelled *l)
{
    enum { ENGLISH = 1, COMMA = 2 | 4 | 8, CHINESE = 16 };
    if (l->language >= 1 && l->language <= 3) return true;
    size_t other = 0, english = 0;
    for (size_t i = 0; i < l->n_labels; i++) {
        if (l->labels[i].kind == LABEL_WORD && label_is(&l->labels[i], WORD_FUNCTION)) english++;
        for (size_t k = 0; l->labels[i].kind == LABEL_TERM && k < l->labels[i].n_terms; k++) {
            const struct term *t = &l->labels[i].terms[k];
            if (t->kind != TERM_ATTRIBUTE) continue;
            english += t->languages & (ENGLISH | CHINESE) ? 1 : 0;
            other += t->languages & (ENGLISH | CHINESE) ? 0 : t->languages & COMMA ? 1 : 0;
        }
    }
    return other > english;
}

/* ---- one sentence ---- */

/* The vehicles that the sentence names, as subjects of the query. */
static void read_mentions(struct claim_reader *r)
{
    struct labelled *l = r->l;
    int lone_year = 0;
    size_t n_years = 0;
    for (size_t i = 0; i < l->n_labels; i++)
        if (l->labels[i].kind == LABEL_YEAR) {
            lone_year = l->labels[i].year;
            n_years++;
        }
    struct reading reading = {.q = r->q, .l = l, .v = r->words, .c = r->c, .err = r->err};
    for (size_t i = 0; i < l->n_mentions; i++) {
        const struct mention *m = &l->mentions[i];
        size_t first = m->first, end = m->first + m->n;
        int year = m->year;
        r->mentions[i].ignored = mention_is_words(l, m);
        r->mentions[i].subject = SIZE_MAX;
        if (r->mentions[i].ignored) continue;
        if (!year && l->n_mentions == 1 && n_years == 1) year = lone_year;
        if (m->unknown_n) end = m->unknown_first + m->unknown_n;
        if (end > l->n_tokens) end = l->n_tokens;
        r->mentions[i].year = year;
        r->mentions[i].subject = SIZE_MAX;
        r->mentions[i].status = CLAIM_NOT_FOUND;
        r->mentions[i].missing = CLAIM_NO_VEHICLE;
        size_t begin_byte = l->tokens[first].begin, end_byte = l->tokens[end - 1].end;
        r->mentions[i].name =
            arena_strndup(&r->q->arena, r->sentence + begin_byte, end_byte - begin_byte);
        if (!r->mentions[i].name) r->failed = true;
        if (m->alone_make || m->unknown_n || m->n_records == 0) continue;
        if (m->make_only || m->plural) {
            r->mentions[i].status = CLAIM_NOT_UNDERSTOOD;
            r->mentions[i].missing = CLAIM_MANY_VEHICLES;
            continue;
        }
        if (r->q->n_subjects == QUERY_MAX_SUBJECTS) continue;
        size_t at = r->q->n_subjects;
        r->q->missing = MISSING_NOTHING;
        if (!subject_from_mention(&reading, m, year) || reading.failed) {
            r->failed = r->failed || reading.failed;
            continue;
        }
        if (r->q->missing == MISSING_YEAR) {
            r->mentions[i].missing = CLAIM_NO_YEAR;
            continue;
        }
        if (r->q->n_subjects == at) continue;
        r->mentions[i].subject = at;
        r->mentions[i].missing = CLAIM_COMPLETE;
    }
}

/* Keeps the sentence's last vehicle for the next one. */
static bool carry_subject(struct claim_reader *r)
{
    size_t last = SIZE_MAX;
    for (size_t i = 0; i < r->l->n_mentions; i++)
        if (!r->mentions[i].ignored) last = i;
    if (last == SIZE_MAX) return true;
    r->n_carried = 0;
    r->carried_name = "";
    r->carried_year = 0;
    size_t subject = r->mentions[last].subject;
    if (subject == SIZE_MAX) return true;
    const struct query_subject *s = &r->q->subjects[subject];
    size_t *copy = realloc(r->carried, (s->n_records ? s->n_records : 1) * sizeof *copy);
    if (!copy) return false;
    r->carried = copy;
    if (s->n_records) memcpy(copy, s->records, s->n_records * sizeof *copy);
    r->n_carried = s->n_records;
    r->carried_name = arena_strdup(&r->out->arena, s->label ? s->label : "");
    r->carried_year = r->mentions[last].year;
    return r->carried_name != NULL;
}

static bool read_sentence(struct claim_reader *r, enum number_style style)
{
    struct query q = {.text = r->sentence, .language = "en", .op = QUERY_VALUE, .understood = ""};
    r->q = &q;
    bool ok = label_question(r->l, r->words, r->sentence, NULL, 0, &q.arena, r->err);
    /* "The LE" of the vehicle before; what names one itself is not read in its light. */
    if (ok && r->l->n_mentions == 0 && r->n_carried)
        ok =
            label_question(r->l, r->words, r->sentence, r->carried, r->n_carried, &q.arena, r->err);
    if (ok) {
        q.language = r->language;
        read_mentions(r);
        clause_split(r->sentence, r->len, r->l->tokens, r->l->n_tokens, r->marks);
        r->counts_vehicles = sentence_counts_vehicles(r);
        r->n_parts = value_scan(r->sentence, r->len, style, r->parts, SENTENCE_MAX_PARTS);
        for (size_t i = 0; i < r->n_parts; i++)
            if (!claim_part_counts(r, i)) r->part_token[i] = SIZE_MAX;
        for (size_t i = 0; ok && !r->failed && i < r->n_parts; i++) {
            struct claim_draft draft;
            if (r->part_token[i] == SIZE_MAX || !draft_make(r, i, &draft)) continue;
            ok = draft_bind(r, &draft);
        }
        if (ok && !carry_subject(r)) r->failed = true;
        if (ok) carry_attributes(r);
    }
    query_free(&q);
    r->q = NULL;
    return ok && (!r->failed || error_memory(r->err, "claims"));
}

/* Blanks "[12]": citations are no figures. What a NUL would end goes on. */
static void blank_marks(char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\0') text[i] = ' ';
        if (text[i] != '[') continue;
        size_t n = 1;
        while (i + n < len && n < 40 && text[i + n] && strchr("0123456789,;- ", text[i + n])) n++;
        if (n > 1 && i + n < len && text[i + n] == ']') memset(text + i, ' ', n + 1);
    }
}

/* How much of text[0, len) is one piece: a line where the next one begins an entry of a list or
 * table, and no more than can be labelled. */
static size_t piece_length(const char *text, size_t len)
{
    static const size_t LIMIT = SENTENCE_MAX;
    size_t n = 0;
    while (n < len && n < LIMIT) {
        if (text[n++] != '\n' || n == len) continue;
        size_t at = n;
        while (at < len && (text[at] == ' ' || text[at] == '\t')) at++;
        size_t digits = 0;
        while (at + digits < len && text[at + digits] >= '0' && text[at + digits] <= '9') digits++;
        bool numbered = digits && digits < 4 && at + digits < len &&
                        (text[at + digits] == '.' || text[at + digits] == ')');
        if (numbered || at == len || strchr("-*+|#\n", text[at])) return n;
    }
    if (n == len) return n;
    while (n > LIMIT / 2 && text[n] != ' ' && text[n] != '\n') n--;
    return n;
}

/* The sentence [begin, end) of the text in pieces that can be labelled; most are one. */
static bool read_pieces(struct claim_reader *r, const char *text, size_t begin, size_t end,
                        enum number_style style)
{
    while (begin < end && !r->out->more) {
        size_t n = piece_length(text + begin, end - begin);
        char *copy = malloc(n + 1);
        if (!copy) return error_memory(r->err, "claims");
        memcpy(copy, text + begin, n);
        blank_marks(copy, n);
        copy[n] = '\0';
        r->sentence = copy;
        r->offset = begin;
        r->len = n;
        bool ok = read_sentence(r, style);
        /* Tokens beyond those that fit are another piece. */
        size_t used = n;
        if (ok && r->l->n_tokens == QUESTION_MAX_TOKENS)
            used = r->l->tokens[QUESTION_MAX_TOKENS - 1].end;
        free(copy);
        r->sentence = NULL;
        if (!ok) return false;
        begin += used ? used : n;
    }
    return true;
}

bool claims_check(struct claims *out, const char *text, size_t len, const struct word_index *words,
                  struct store *store, struct error *err)
{
    *out = (struct claims){0};
    struct claim_reader r = {.out = out,
                             .words = words,
                             .c = word_index_catalog(words),
                             .store = store,
                             .err = err,
                             .carried_name = ""};
    struct sentence_span s;
    bool ok = false, first = true;
    enum number_style style = NUMBER_POINT;
    r.l = calloc(1, sizeof *r.l);
    if (!r.l) {
        error_memory(err, "claims");
        goto done;
    }
    for (size_t at = 0; sentence_next(text, len, at, &s) && !out->more; at = s.end) {
        if (first) {
            /* A short label of it tells the language, which decides what the numbers leave open. */
            char head[256];
            size_t n = s.end - s.begin < sizeof head - 1 ? s.end - s.begin : sizeof head - 1;
            memcpy(head, text + s.begin, n);
            head[n] = '\0';
            struct arena scratch = {0};
            bool read = label_question(r.l, words, head, NULL, 0, &scratch, err);
            arena_free(&scratch);
            if (!read) goto done;
            bool comma = writes_comma(r.l);
            r.language = LEXICON_LANGUAGES[r.l->language < 5 ? r.l->language : 0];
            style = style_of(text, len, comma ? NUMBER_COMMA : NUMBER_POINT);
            first = false;
        }
        if (!read_pieces(&r, text, s.begin, s.end, style)) goto done;
    }
    for (size_t i = 0; i < out->n; i++) out->counts[out->items[i].status]++;
    ok = true;
done:
    free(r.l);
    free(r.carried);
    if (!ok) claims_free(out);
    return ok;
}

void claims_free(struct claims *c)
{
    arena_free(&c->arena);
    *c = (struct claims){0};
}
