/* Checked claims as JSON and as text. */
#include "answer/claims.h"
#include "answer/result_json.h"
#include "answer/wording.h"

#include <math.h>
#include <string.h>

static void set(json_t *object, const char *key, json_t *value, bool *failed)
{
    if (json_object_set_new(object, key, value) != 0) *failed = true;
}

static json_t *text_or_null(const char *text)
{
    return text && text[0] ? json_text(text) : json_null();
}

static json_t *cell_json(const struct claim_cell *c, bool *failed)
{
    json_t *o = json_object();
    set(o, "document", json_text(c->document), failed);
    set(o, "location", json_text(c->location), failed);
    set(o, "title", json_text(c->title), failed);
    set(o, "column", json_text(c->column), failed);
    set(o, "text", json_text(c->text), failed);
    set(o, "quote", json_text(c->quote), failed);
    set(o, "line", c->line ? json_integer((json_int_t)c->line) : json_null(), failed);
    set(o, "begin", json_integer((json_int_t)c->begin), failed);
    set(o, "end", json_integer((json_int_t)c->end), failed);
    if (!seen_to_json(o, c->document_id, &c->seen)) *failed = true;
    set(o, "agrees", json_boolean(c->agrees), failed);
    return o;
}

static json_t *claim_json(const struct claim *c, bool *failed)
{
    static const char *const COMPARATORS[] = {"=", "!=", "<", "<=", ">", ">=", "between", "about"};
    json_t *o = json_object(), *cells = json_array();
    for (size_t i = 0; i < c->n_cells; i++)
        if (json_array_append_new(cells, cell_json(&c->cells[i], failed)) != 0) *failed = true;
    bool range = c->high > c->low;
    set(o, "status", json_text(claim_status_name(c->status)), failed);
    set(o, "missing", text_or_null(claim_missing_name(c->missing)), failed);
    set(o, "text", json_text(c->text), failed);
    set(o, "offset", json_integer((json_int_t)c->begin), failed);
    set(o, "length", json_integer((json_int_t)(c->end - c->begin)), failed);
    set(o, "sentence_offset", json_integer((json_int_t)c->sentence_begin), failed);
    set(o, "sentence_length", json_integer((json_int_t)(c->sentence_end - c->sentence_begin)),
        failed);
    set(o, "vehicle", text_or_null(c->vehicle), failed);
    set(o, "other_vehicle", text_or_null(c->other), failed);
    set(o, "attribute", text_or_null(c->attribute), failed);
    set(o, "year", c->year ? json_integer(c->year) : json_null(), failed);
    set(o, "value", isfinite(c->low) ? json_real(c->low) : json_null(), failed);
    set(o, "value_high", range && isfinite(c->high) ? json_real(c->high) : json_null(), failed);
    set(o, "unit", c->unit ? json_text(c->unit->symbol) : json_null(), failed);
    set(o, "comparator",
        json_text(c->comparator <= COMPARE_ABOUT ? COMPARATORS[c->comparator] : "="), failed);
    set(o, "cells", cells, failed);
    return o;
}

json_t *claims_to_json(const struct claims *c)
{
    bool failed = false;
    json_t *o = json_object(), *list = json_array();
    for (size_t i = 0; i < c->n; i++)
        if (json_array_append_new(list, claim_json(&c->items[i], &failed)) != 0) failed = true;
    set(o, "claims", list, &failed);
    for (int s = 0; s < N_CLAIM_STATUSES; s++)
        set(o, claim_status_name((enum claim_status)s), json_integer((json_int_t)c->counts[s]),
            &failed);
    set(o, "more", json_boolean(c->more), &failed);
    if (!failed) return o;
    json_decref(o);
    return NULL;
}

/* "2023 Toyota Camry LE, power: 203 hp" */
static void write_subject(struct buffer *out, const struct claim *c)
{
    if (c->vehicle[0]) buffer_puts(out, c->vehicle);
    if (c->other[0]) buffer_printf(out, " and %s", c->other);
    if (c->attribute[0]) buffer_printf(out, "%s%s", c->vehicle[0] ? ", " : "", c->attribute);
}

static const char *explanation(const struct claim *c)
{
    static const char *const NOT_FOUND[] = {
        "not in the documents",
        "the documents hold no such vehicle",
        "the documents hold no such vehicle of that year",
        "the documents do not give it",
        "the documents name no unit for it",
        "it is about several vehicles",
    };
    static const char *const NOT_UNDERSTOOD[] = {
        "not clear what is claimed", "not clear of which vehicle",
        "not clear of which year",   "not clear of what",
        "not clear in which unit",   "about several vehicles: not checked",
    };
    switch (c->status) {
    case CLAIM_SUPPORTED:
        return "supported";
    case CLAIM_CONTRADICTED:
        return "contradicted";
    case CLAIM_DEPENDS:
        return "true of some versions only";
    case CLAIM_NOT_FOUND:
        return NOT_FOUND[c->missing];
    case CLAIM_NOT_UNDERSTOOD:
    case N_CLAIM_STATUSES:
        break;
    }
    return NOT_UNDERSTOOD[c->missing];
}

static const char *bound(const struct claim *c)
{
    if (c->other[0]) return "difference of ";
    switch (c->comparator) {
    case COMPARE_LESS:
        return "less than ";
    case COMPARE_AT_MOST:
        return "at most ";
    case COMPARE_MORE:
        return "more than ";
    case COMPARE_AT_LEAST:
        return "at least ";
    case COMPARE_ABOUT:
        return "about ";
    case COMPARE_NOT_EQUAL:
        return "not ";
    case COMPARE_EQUAL:
    case COMPARE_BETWEEN:
        break;
    }
    return "";
}

void claims_write(struct buffer *out, const struct claims *c)
{
    static const char *const SIGNS[] = {"+", "!", "~", "?", "?"};
    for (size_t i = 0; i < c->n; i++) {
        const struct claim *claim = &c->items[i];
        buffer_printf(out, "%s %s%s: %s", SIGNS[claim->status], bound(claim), claim->text,
                      explanation(claim));
        struct buffer subject = {0};
        write_subject(&subject, claim);
        if (subject.len) buffer_printf(out, " (%s)", buffer_text(&subject));
        buffer_free(&subject);
        buffer_putc(out, '\n');
        for (size_t k = 0; k < claim->n_cells; k++) {
            const struct claim_cell *cell = &claim->cells[k];
            const char *slash = strrchr(cell->document, '/');
            buffer_puts(out, "    ");
            clean_write(out, cell->title, WORDING_MAX_NAME);
            buffer_puts(out, " - ");
            buffer_puts(out, cell->quote);
            buffer_puts(out, " (");
            clean_write(out, slash ? slash + 1 : cell->document, WORDING_MAX_NAME);
            if (cell->location[0]) buffer_puts(out, ", ");
            clean_write(out, cell->location, WORDING_MAX_NAME);
            buffer_puts(out, ")\n");
        }
    }
    if (c->n == 0) {
        buffer_puts(out, "no figure was found to check\n");
        return;
    }
    buffer_printf(out,
                  "%zu supported, %zu contradicted, %zu true of some versions, %zu not found, "
                  "%zu not understood\n",
                  c->counts[CLAIM_SUPPORTED], c->counts[CLAIM_CONTRADICTED],
                  c->counts[CLAIM_DEPENDS], c->counts[CLAIM_NOT_FOUND],
                  c->counts[CLAIM_NOT_UNDERSTOOD]);
}
