#include "answer/wording.h"
#include "base/utf8.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* ---- texts ---- */

static bool is_space(uint32_t cp)
{
    return cp <= 0x20 || (cp >= 0x7f && cp <= 0x9f) || cp == 0x2028 || cp == 0x2029;
}

/* Direction marks and the like could show a text as another one. */
static bool is_invisible(uint32_t cp)
{
    return (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x202a && cp <= 0x202e) ||
           (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff || cp == 0xad;
}

/* The length of "[12]" or "[1, 2-3]" at text; 0: it is none. */
static size_t citation_length(const char *text)
{
    size_t n = 1 + strspn(text + 1, "0123456789,;- ");
    return n > 1 && text[n] == ']' ? n + 1 : 0;
}

void clean_write(struct buffer *out, const char *text, size_t max)
{
    size_t len = strlen(text), begin = out->len;
    bool space = false;
    for (size_t i = 0, mark_end = 0; i < len;) {
        uint32_t cp;
        size_t n = utf8_decode(text + i, len - i, &cp);
        const char *bytes = text + i;
        size_t width = n;
        if (n == 0) {
            bytes = "\xef\xbf\xbd";
            width = 3;
            n = 1;
            cp = 0xfffd;
        }
        i += n;
        if (is_invisible(cp)) continue;
        if (is_space(cp)) {
            space = out->len > begin;
            continue;
        }
        if (cp == '[' && mark_end == 0) {
            size_t mark = citation_length(bytes);
            if (mark) {
                mark_end = i - 1 + mark;
                bytes = "(";
            }
        } else if (cp == ']' && mark_end == i) {
            mark_end = 0;
            bytes = ")";
        }
        if (out->len - begin + width > max) {
            buffer_puts(out, "…");
            return;
        }
        if (space) buffer_putc(out, ' ');
        space = false;
        buffer_append(out, bytes, width);
    }
}

void vehicle_name_write(struct buffer *out, const char *title, int year, enum language l)
{
    size_t digits = strspn(title, "0123456789");
    int leading = 0;
    for (size_t i = 0; digits == 4 && i < digits; i++) leading = leading * 10 + (title[i] - '0');
    if (l == LANGUAGE_EN || digits != 4 || title[4] != ' ' || !title[5] ||
        (year ? leading != year : leading < 1885 || leading > 2100)) {
        clean_write(out, title, WORDING_MAX_NAME);
        return;
    }
    clean_write(out, title + 5, WORDING_MAX_NAME);
    buffer_printf(out, " (%d)", leading);
}

/* ---- attributes ---- */

/* Whether all of `word` stands in name, at word boundaries. */
static bool has_word(const char *name, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = name; len && (at = strstr(at, word)) != NULL; at++)
        if ((at == name || !isalnum((unsigned char)at[-1])) && !isalnum((unsigned char)at[len]))
            return true;
    return false;
}

static const char *display(const char *const names[5], enum language l)
{
    return names[l] && names[l][0] ? names[l] : names[LANGUAGE_EN] ? names[LANGUAGE_EN] : "";
}

void qualifiers_write(struct buffer *out, uint64_t qualifiers, enum language l)
{
    bool any = false;
    for (size_t i = 0; i < QUALIFIER_COUNT && i < 64; i++) {
        if (!(qualifiers >> i & 1)) continue;
        if (any) buffer_puts(out, phrase_text(PHRASE_COMMA, l));
        buffer_puts(out, display(QUALIFIERS[i].names, l));
        any = true;
    }
}

/* English puts a qualifier that is a word before the name, abbreviations and phrases ("WLTP", "with
 * mirrors") behind it. */
static bool stands_before(const char *qualifier, enum language l)
{
    return l == LANGUAGE_EN && islower((unsigned char)qualifier[0]) && !strchr(qualifier, ' ');
}

void attribute_name_write(struct buffer *out, const struct attribute_name *a, enum language l)
{
    const char *name = a->own ? a->own : "";
    if (a->attribute < 0 || (size_t)a->attribute >= REGISTRY_COUNT) {
        clean_write(out, name, WORDING_MAX_NAME);
        if (a->section && a->section[0]) {
            struct buffer section = {0};
            clean_write(&section, a->section, WORDING_MAX_NAME);
            phrase_write(out, PHRASE_BRACKETS, l,
                         &(struct phrase_slots){.text = buffer_text(&section)});
            out->failed = out->failed || section.failed;
            buffer_free(&section);
        }
        return;
    }
    name = display(REGISTRY[a->attribute].names, l);
    if (a->economy && l == LANGUAGE_EN)
        name = REGISTRY[a->attribute].dimension == DIMENSION_CONSUMPTION ? "fuel economy"
                                                                         : "energy efficiency";
    uint64_t behind = 0;
    if (l == LANGUAGE_EN && REGISTRY[a->attribute].dimension == DIMENSION_COUNT &&
        REGISTRY[a->attribute].type == ATTRIBUTE_NUMBER && name_is_plural(name))
        buffer_puts(out, "number of ");
    for (size_t i = QUALIFIER_COUNT < 64 ? QUALIFIER_COUNT : 64; i-- > 0;) {
        if (!(a->qualifiers >> i & 1)) continue;
        const char *q = display(QUALIFIERS[i].names, l);
        if (has_word(name, q)) continue;
        if (stands_before(q, l)) {
            buffer_puts(out, q);
            buffer_putc(out, ' ');
        } else {
            behind |= 1ull << i;
        }
    }
    buffer_puts(out, name);
    if (!behind) return;
    struct buffer list = {0};
    qualifiers_write(&list, behind, l);
    phrase_write(out, PHRASE_BRACKETS, l, &(struct phrase_slots){.text = buffer_text(&list)});
    out->failed = out->failed || list.failed;
    buffer_free(&list);
}

bool unit_is_economy(const struct unit *u)
{
    return u && u->reciprocal &&
           (u->dimension == DIMENSION_CONSUMPTION ||
            u->dimension == DIMENSION_ELECTRIC_CONSUMPTION);
}

struct attribute_name column_attribute_name(const struct catalog *c, size_t column)
{
    const struct catalog_column *col = &c->columns[column];
    const struct catalog_source *source = &c->sources[col->source];
    const char *section = "";
    for (size_t i = source->first_column;
         col->attribute < 0 && col->section[0] && i < source->first_column + source->n_columns; i++)
        if (i != column && strcmp(c->columns[i].name, col->name) == 0) section = col->section;
    return (struct attribute_name){.attribute = col->attribute,
                                   .qualifiers = col->qualifiers,
                                   .economy = unit_is_economy(col->unit),
                                   .own = col->name,
                                   .section = section};
}

struct attribute_name query_attribute_name(const struct query_attribute *a)
{
    return (struct attribute_name){.attribute = a->attribute,
                                   .qualifiers = a->qualifiers,
                                   .economy = a->attribute >= 0 && a->inverse,
                                   .own = a->name && a->name[0] ? a->name : a->key,
                                   .section = ""};
}

bool name_is_plural(const char *name)
{
    size_t len = strcspn(name, "(");
    while (len && name[len - 1] == ' ') len--;
    if (len < 3 || name[len - 1] != 's') return false;
    static const char *const SINGULAR[] = {"ss", "us", "is", "gas", "s/s"};
    for (size_t i = 0; i < sizeof SINGULAR / sizeof *SINGULAR; i++) {
        size_t n = strlen(SINGULAR[i]);
        if (len >= n && memcmp(name + len - n, SINGULAR[i], n) == 0) return false;
    }
    /* "number of doors", "weight over axles": the word before the preposition counts. */
    return !strstr(name, " of ") && !strstr(name, " with ") && !strstr(name, " for ");
}

/* ---- quantities ---- */

int stated_decimals(double value)
{
    double scale = 1, size = fabs(value);
    for (int d = 0; d < 6; d++, scale *= 10) {
        double rounded = round(size * scale) / scale;
        if (fabs(rounded - size) <= 1e-9 * (size > 1 ? size : 1)) return d;
    }
    return 6;
}

int computed_decimals(double value)
{
    double size = fabs(value);
    return size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : size >= 0.1 ? 4 : 6;
}

/* What stands between a number and its unit. */
static const char *unit_gap(const struct unit *u, enum language l)
{
    if (strcmp(u->symbol, ":1") == 0 || strcmp(u->symbol, "°") == 0) return "";
    if (strcmp(u->symbol, "%") == 0 && (l == LANGUAGE_EN || l == LANGUAGE_ZH)) return "";
    return " ";
}

bool quantity_write(struct buffer *out, double low, double high, int decimals,
                    const struct unit *unit, enum language l, const char *open, const char *close)
{
    if (!isfinite(low) || !isfinite(high) || fabs(low) > 1e15 || fabs(high) > 1e15) return false;
    bool before = unit && unit->before && (l == LANGUAGE_EN || l == LANGUAGE_ZH);
    if (before) {
        size_t len = strlen(unit->symbol);
        buffer_puts(out, unit->symbol);
        if (len && isalpha((unsigned char)unit->symbol[len - 1])) buffer_putc(out, ' ');
    }
    if (open) buffer_puts(out, open);
    number_write(out, low, decimals, language_code(l));
    if (low < high || low > high) {
        buffer_puts(out, "–");
        number_write(out, high, decimals, language_code(l));
    }
    if (close) buffer_puts(out, close);
    if (!unit || before) return true;
    buffer_puts(out, unit_gap(unit, l));
    bool one = !(low < high || low > high) && fabs(fabs(low) - 1) < 1e-9;
    buffer_puts(out, unit_word(unit->symbol, one, l));
    return true;
}

/* ---- what was understood ---- */

void bound_write(struct buffer *out, const struct query_condition *w, enum language l)
{
    static const enum phrase BOUNDS[] = {
        [COMPARE_EQUAL] = PHRASE_BOUND_EQUAL,     [COMPARE_NOT_EQUAL] = PHRASE_BOUND_NOT_EQUAL,
        [COMPARE_LESS] = PHRASE_BOUND_LESS,       [COMPARE_AT_MOST] = PHRASE_BOUND_AT_MOST,
        [COMPARE_MORE] = PHRASE_BOUND_MORE,       [COMPARE_AT_LEAST] = PHRASE_BOUND_AT_LEAST,
        [COMPARE_BETWEEN] = PHRASE_BOUND_BETWEEN, [COMPARE_ABOUT] = PHRASE_BOUND_ABOUT,
    };
    struct buffer low = {0}, high = {0};
    bool ok = w->number && w->comparator <= COMPARE_ABOUT &&
              quantity_write(&low, w->low, w->low, stated_decimals(w->low), w->unit, l, NULL, NULL);
    if (ok && w->comparator == COMPARE_BETWEEN)
        ok = quantity_write(&high, w->high, w->high, stated_decimals(w->high), w->unit, l, NULL,
                            NULL);
    if (ok)
        phrase_write(
            out, BOUNDS[w->comparator], l,
            &(struct phrase_slots){.value = buffer_text(&low), .other_value = buffer_text(&high)});
    else
        clean_write(out, w->text ? w->text : "", WORDING_MAX_NAME);
    out->failed = out->failed || low.failed || high.failed;
    buffer_free(&low);
    buffer_free(&high);
}

void condition_write(struct buffer *out, const struct query_condition *w, enum language l)
{
    bool named = w->attribute.attribute >= 0 || (w->attribute.key && w->attribute.key[0]);
    if (!w->number || w->year || !named) {
        clean_write(out, w->text ? w->text : "", WORDING_MAX_NAME);
        return;
    }
    struct attribute_name name = query_attribute_name(&w->attribute);
    struct buffer bound = {0}, inner = {0};
    name.economy = name.attribute >= 0 && (unit_is_economy(w->unit) || (name.economy && !w->unit));
    attribute_name_write(out, &name, l);
    if (w->comparator == COMPARE_EQUAL && !w->negated) {
        buffer_puts(out, phrase_text(PHRASE_COLON, l));
        if (!quantity_write(&bound, w->low, w->low, stated_decimals(w->low), w->unit, l, NULL,
                            NULL))
            clean_write(&bound, w->text ? w->text : "", WORDING_MAX_NAME);
    } else {
        if (l != LANGUAGE_ZH) buffer_putc(out, ' ');
        bound_write(&inner, w, l);
        if (w->negated)
            phrase_write(&bound, PHRASE_BOUND_NOT, l,
                         &(struct phrase_slots){.text = buffer_text(&inner)});
        else
            buffer_puts(&bound, buffer_text(&inner));
    }
    buffer_puts(out, buffer_text(&bound));
    out->failed = out->failed || bound.failed || inner.failed;
    buffer_free(&bound);
    buffer_free(&inner);
}

static void part(struct buffer *out)
{
    if (out->len) buffer_puts(out, " · ");
}

static enum phrase operation(const struct query *q)
{
    static const enum phrase AGGREGATES[] = {
        [AGGREGATE_NONE] = PHRASE_OP_AGGREGATE, [AGGREGATE_AVERAGE] = PHRASE_OP_AVERAGE,
        [AGGREGATE_SUM] = PHRASE_OP_SUM,        [AGGREGATE_RANGE] = PHRASE_OP_RANGE,
        [AGGREGATE_LEAST] = PHRASE_OP_LEAST,    [AGGREGATE_MOST] = PHRASE_OP_MOST,
        [AGGREGATE_MEDIAN] = PHRASE_OP_MEDIAN,
    };
    if (q->share) return PHRASE_OP_SHARE;
    if (q->op == QUERY_AGGREGATE && q->aggregate <= AGGREGATE_MEDIAN) return AGGREGATES[q->aggregate];
    if (q->op == QUERY_RANK && q->limit <= 1)
        return q->order < 0 ? PHRASE_OP_LEAST : PHRASE_OP_MOST;
    return q->op <= QUERY_OPEN ? (enum phrase)(PHRASE_OP_NONE + q->op) : PHRASE_OP_NONE;
}

static void quoted_write(struct buffer *out, const char *text, enum language l)
{
    struct buffer clean = {0};
    clean_write(&clean, text, WORDING_MAX_NAME);
    phrase_write(out, PHRASE_QUOTED, l, &(struct phrase_slots){.text = buffer_text(&clean)});
    out->failed = out->failed || clean.failed;
    buffer_free(&clean);
}

void assumed_write(struct buffer *words, struct buffer *name, const struct query_meaning *m, enum language l)
{
    quoted_write(words, m->words, l);
    quoted_write(name, m->name, l);
}

void understood_write(struct buffer *out, const struct query *q, const struct catalog *c,
                      enum language l)
{
    struct buffer line = {0}, name = {0};
    buffer_puts(&line, phrase_text(operation(q), l));
    for (size_t i = 0; i < q->n_attributes; i++) {
        struct attribute_name a = query_attribute_name(&q->attributes[i]);
        part(&line);
        attribute_name_write(&line, &a, l);
    }
    for (size_t i = 0; i < q->n_subjects; i++) {
        const struct query_subject *s = &q->subjects[i];
        part(&line);
        vehicle_name_write(&line,
                           s->label && s->label[0] ? s->label
                           : s->name               ? s->name
                                                   : "",
                           s->year, l);
    }
    for (size_t i = 0; i < q->n_where; i++) {
        part(&line);
        condition_write(&line, &q->where[i], l);
    }
    if (q->grouped) {
        struct attribute_name a = query_attribute_name(&q->group);
        attribute_name_write(&name, &a, l);
        part(&line);
        phrase_write(&line, PHRASE_UNDERSTOOD_GROUP, l,
                     &(struct phrase_slots){.attribute = buffer_text(&name)});
    }
    if (q->op == QUERY_RANK && q->limit > 1) {
        buffer_clear(&name);
        buffer_printf(&name, "%zu", q->limit);
        part(&line);
        phrase_write(&line, PHRASE_UNDERSTOOD_TOP, l,
                     &(struct phrase_slots){.number = buffer_text(&name)});
    }
    if (q->unit) {
        part(&line);
        phrase_write(&line, PHRASE_UNDERSTOOD_UNIT, l,
                     &(struct phrase_slots){.unit = unit_word(q->unit->symbol, false, l)});
    }
    for (size_t i = 0; i < q->n_documents; i++) {
        if (i == 3) {
            part(&line);
            buffer_puts(&line, "…");
            break;
        }
        if (q->documents[i] >= c->n_documents) continue;
        part(&line);
        clean_write(&line, c->documents[q->documents[i]].name, WORDING_MAX_NAME);
    }
    for (size_t i = 0; i < q->n_assumed; i++) {
        struct buffer words = {0};
        buffer_clear(&name);
        assumed_write(&words, &name, &q->assumed[i], l);
        part(&line);
        phrase_write(&line, PHRASE_UNDERSTOOD_ASSUMED, l,
                     &(struct phrase_slots){.text = buffer_text(&words), .attribute = buffer_text(&name)});
        line.failed = line.failed || words.failed;
        buffer_free(&words);
    }
    buffer_append(out, buffer_text(&line), line.len);
    out->failed = out->failed || line.failed || name.failed;
    buffer_free(&line);
    buffer_free(&name);
}
