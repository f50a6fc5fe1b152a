/* What headings, title lines and the file's name say about all records of a table. */
#include "ingest/interpret_parts.h"

#include "vehicle/registry.h"

#include <string.h>

enum {
    CONTEXT_PROBE_ROWS = 6,
    MAX_NOTE = 300, /* bytes of a paragraph that may speak of a table's units */
};

/* ---- from a document ---- */

static const char *base_name(const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    return slash ? slash + 1 : path ? path : "";
}

/* Whether two tables have a row of the same name: sheets of two variants. */
static bool same_rows(const struct table *a, const struct table *b)
{
    size_t n = a->n_rows < CONTEXT_PROBE_ROWS ? a->n_rows : CONTEXT_PROBE_ROWS;
    size_t m = b->n_rows < CONTEXT_PROBE_ROWS ? b->n_rows : CONTEXT_PROBE_ROWS;
    size_t from_a = a->n_header_rows < a->n_rows ? a->n_header_rows : 0;
    size_t from_b = b->n_header_rows < b->n_rows ? b->n_header_rows : 0;
    if (a->n_columns != b->n_columns || !a->n_columns) return false;
    for (size_t i = from_a; i < n; i++)
        for (size_t k = from_b; k < m; k++) {
            const struct cell *x = table_cell(a, i, 0), *y = table_cell(b, k, 0);
            if (x->len && x->len == y->len && memcmp(x->text, y->text, x->len) == 0) return true;
        }
    return false;
}

/* Whether the table under a neighbour of this heading (same level, same parent) has the same rows. The
 * nearest ones on both sides are looked at, so that all tables of a document take linear time. */
static bool neighbour_has_rows(const struct document *d, size_t block, size_t heading)
{
    enum { REACH = 64 };
    int level = d->blocks[heading].level;
    for (size_t i = heading; i-- > 0 && heading - i < REACH;) {
        const struct block *b = &d->blocks[i];
        if (b->kind == BLOCK_HEADING && b->level < level) break;
        if (b->kind == BLOCK_TABLE && b->table && same_rows(b->table, d->blocks[block].table))
            return true;
    }
    bool other = false;
    for (size_t i = block + 1; i < d->n_blocks && i - block < REACH; i++) {
        const struct block *b = &d->blocks[i];
        if (b->kind == BLOCK_HEADING && b->level < level) break;
        if (b->kind == BLOCK_HEADING && b->level == level) other = true;
        if (other && b->kind == BLOCK_TABLE && b->table &&
            same_rows(b->table, d->blocks[block].table))
            return true;
    }
    return false;
}

void context_walk_init(struct context_walk *w, const struct document *d)
{
    *w = (struct context_walk){.document = d};
    for (size_t i = 0; i < d->n_blocks; i++) w->n_tables += d->blocks[i].kind == BLOCK_TABLE;
    manual_subject(d, w->subject);
}

/* Closes the headings that another one ends. One that names a part of the data ("ENGINE") stands under
 * the vehicle's name even where both look alike, as lines of plain text do. */
static void open_heading(struct context_walk *w, const struct block *b)
{
    const struct document *d = w->document;
    int first, last_year;
    bool part = is_section_heading(b->text, b->len) || is_year_heading(b->text, b->len, &first, &last_year);
    while (w->n_path) {
        const struct block *last = &d->blocks[w->path[w->n_path - 1]];
        if (last->level < b->level) break;
        if (part && (last->level == b->level || d->kind == DOCUMENT_TEXT) &&
            !is_section_heading(last->text, last->len))
            break;
        w->n_path--;
    }
    while (w->n_notes && w->note_depth[w->n_notes - 1] > w->n_path) w->n_notes--;
    if (w->n_path < CONTEXT_MAX_HEADINGS) w->path[w->n_path++] = w->next;
}

/* "2021 Quenby Heron - technical data": a line of its own above a table that is a vehicle's name, with a model
 * year or a known make, and no sentence. */
static bool is_name_line(const struct block *b)
{
    enum { NAME_BYTES = 90, NAME_TOKENS = 16 };
    struct token t[NAME_TOKENS];
    if (b->kind != BLOCK_PARAGRAPH || b->line_first != b->line_last || b->len == 0 || b->len > NAME_BYTES ||
        strchr(".:!?;,", b->text[b->len - 1]))
        return false;
    size_t n = tokens_split(b->text, b->len, TOKENS_TEXT, t, NAME_TOKENS), words = 0;
    bool named = false;
    for (size_t i = 0; i < n; i++) {
        int make = -1;
        bool joined = i > 0 && (t[i].gap == GAP_NONE || t[i].gap == GAP_HYPHEN);
        bool year = t[i].kind == TOKEN_NUMBER && strlen(t[i].key) == 4 && t[i].number >= 1950 &&
                    t[i].number <= YEAR_LAST_EVER;
        named = named || year || (t[i].upper && make_match(t + i, n - i, &make) > 0);
        if (is_document_word(t[i].key) || is_small_word(t[i].key) || year) continue;
        if (t[i].kind == TOKEN_WORD && !t[i].upper && !joined) return false;
        words++;
    }
    return named && words > 0;
}

/* The nearest paragraphs stay; those under a heading go with it. */
static void keep_note(struct context_walk *w)
{
    if (w->n_notes == CONTEXT_MAX_NOTES) {
        w->n_notes--;
        memmove(w->notes, w->notes + 1, w->n_notes * sizeof *w->notes);
        memmove(w->note_depth, w->note_depth + 1, w->n_notes * sizeof *w->note_depth);
    }
    w->notes[w->n_notes] = w->next;
    w->note_depth[w->n_notes++] = w->n_path;
}

/* The notes right below a table: "(1) with filter". */
static void find_footnotes(const struct document *d, size_t table, struct interpret_context *out)
{
    enum { REACH = CONTEXT_MAX_FOOTNOTES };
    for (size_t i = table + 1; i < d->n_blocks && i <= table + REACH; i++) {
        const struct block *b = &d->blocks[i];
        if (b->kind == BLOCK_TABLE || b->kind == BLOCK_HEADING) break;
        if (b->len < 5 || b->len > MAX_NOTE || b->text[0] != '(') continue;
        size_t digits = strspn(b->text + 1, "0123456789");
        if (digits == 0 || digits > 2 || b->text[digits + 1] != ')') continue;
        out->footnotes[out->n_footnotes++] = b->text;
    }
}

bool context_walk_next(struct context_walk *w, struct interpret_context *out, size_t *block)
{
    const struct document *d = w->document;
    for (; w->next < d->n_blocks; w->next++) {
        const struct block *b = &d->blocks[w->next];
        if (b->kind == BLOCK_HEADING && b->len) open_heading(w, b);
        if (b->kind == BLOCK_PARAGRAPH && b->len && b->len <= MAX_NOTE) keep_note(w);
        if (b->kind == BLOCK_TABLE && b->table && declares_units(b->table)) w->units = b->table;
        if (b->kind == BLOCK_TABLE && b->table) break;
    }
    if (w->next >= d->n_blocks) return false;
    *out = (struct interpret_context){.file_name = base_name(d->path),
                                      .kind = d->kind,
                                      .delimiter = d->delimiter,
                                      .point_numbers = d->point_numbers,
                                      .n_point_numbers = d->n_point_numbers,
                                      .n_tables = w->n_tables,
                                      .paged = d->n_pages > 0,
                                      .manual = manual_is_long(d),
                                      .document_subject = w->subject,
                                      .units = w->units,
                                      .n_headings = w->n_path};
    for (size_t i = 0; i < w->n_path; i++) out->headings[i] = d->blocks[w->path[i]].text;
    if (w->next > 0 && is_name_line(&d->blocks[w->next - 1]) && out->n_headings < CONTEXT_MAX_HEADINGS)
        out->headings[out->n_headings++] = d->blocks[w->next - 1].text;
    out->n_notes = w->n_notes;
    for (size_t i = 0; i < w->n_notes; i++) out->notes[i] = d->blocks[w->notes[i]].text;
    if (w->n_path > 1) out->heading_varies = neighbour_has_rows(d, w->next, w->path[w->n_path - 1]);
    find_footnotes(d, w->next, out);
    *block = w->next++;
    return true;
}

/* ---- the subject ---- */

static bool same_first_word(const char *a, const char *b)
{
    struct token x, y;
    return tokens_split(a, strlen(a), TOKENS_TEXT, &x, 1) == 1 &&
           tokens_split(b, strlen(b), TOKENS_TEXT, &y, 1) == 1 && strcmp(x.key, y.key) == 0;
}

/* "Towing guide": what a document is about, no vehicle. */
static bool names_topic(const char *text)
{
    struct token t[24];
    size_t n = tokens_split(text, strlen(text), TOKENS_TEXT, t, 24);
    for (size_t i = 0; i < n; i++) {
        const struct term *terms = NULL;
        size_t n_terms = 0;
        if (is_document_word(t[i].key)) return true;
        if (!registry_match(t + i, n - i, &terms, &n_terms)) continue;
        for (size_t k = 0; k < n_terms; k++)
            if (terms[k].kind == TERM_ATTRIBUTE && !terms[k].asking) return true;
    }
    return false;
}

/* Whether a text has neither capitals nor digits. */
static bool is_small(const char *text)
{
    for (; *text; text++)
        if ((*text >= 'A' && *text <= 'Z') || (*text >= '0' && *text <= '9') ||
            (unsigned char)*text >= 0x80)
            return false;
    return true;
}

/* "AURELIA MOTORHOMES", "Ardent Motors": the maker's own list, its make before the word for what it makes. In one
 * case alone a name is written as names are. False: memory is out. */
static bool take_maker(struct interpreter *p, struct subject *h)
{
    static const char *const WORDS[] = {"motors", "motorhomes", "motorcycles", "motorbikes", "automobiles", "automobile",
                                        "automotive", "cars", "trucks", "vans", "caravans", "campers", "reisemobile",
                                        "wohnmobile", "motorrader", "nutzfahrzeuge", "automobili", "vehicles", "bikes"};
    struct token t[6];
    size_t n = tokens_split(h->model, strlen(h->model), TOKENS_TEXT, t, 6);
    bool maker = false;
    if (h->make_number >= 0 || *h->make || n < 2 || n > 3) return true;
    for (size_t k = 0; k < sizeof WORDS / sizeof *WORDS; k++) maker |= strcmp(t[n - 1].key, WORDS[k]) == 0;
    for (size_t i = 0; i + 1 < n; i++) maker &= t[i].kind == TOKEN_WORD && t[i].upper && !is_document_word(t[i].key);
    if (!maker || t[n - 1].gap != GAP_SPACE) return true;
    char *make = arena_strndup(&p->out->arena, h->model, t[n - 2].end);
    if (!make) return false;
    bool capitals = t[n - 2].end > 4;
    for (char *c = make; *c; c++) capitals &= (*c >= 'A' && *c <= 'Z') || *c == ' ';
    for (char *c = make; capitals && *c; c++)
        if (c > make && c[-1] != ' ' && *c != ' ') *c = (char)(*c + ('a' - 'A'));
    h->make = make;
    h->model = "";
    return true;
}

/* Of a manual's heading what names an engine or a vehicle: a code beside that word, or a known make with a model.
 * Other headings are what the tables below them are read under. */
static bool add_manual_heading(struct interpreter *p, const char *heading)
{
    struct subject h, *s = &p->out->subject;
    size_t len = strlen(heading), begin, end;
    if (len > DOCUMENT_MAX_NAME || manual_is_structure(heading, len) || is_section_heading(heading, len)) return false;
    if (manual_code(heading, len, &begin, &end)) {
        const char *code = arena_strndup(&p->out->arena, heading + begin, end - begin);
        p->failed |= !code;
        if (!code || strcmp(code, s->model) == 0) return code != NULL;
        s->model = code;
        s->trim = "";
        p->make_from = "heading";
        return true;
    }
    if (!is_no_list(heading, len) || !subject_read(&h, &p->out->arena, heading, len, SUBJECT_HEADING)) return false;
    /* "MB" and the like are codes of gearboxes as well; "Renault 1997" is who printed it. */
    if (h.make_number < 0 || strlen(h.make) < 3 || !*h.model || strlen(h.model) > MANUAL_NAME_MAX || is_small(h.model))
        return false;
    *s = h;
    p->make_from = "heading";
    return true;
}

/* Whether what a heading says beside `part` is of a topic, too, or nothing: no vehicle's name. */
static bool names_topic_elsewhere(const char *heading, const char *part)
{
    const char *at = strstr(heading, part);
    char rest[DOCUMENT_MAX_NAME + 1];
    size_t before = at ? (size_t)(at - heading) : 0, len = strlen(part);
    if (!at || strlen(heading) > DOCUMENT_MAX_NAME) return false;
    memcpy(rest, heading, before);
    strcpy(rest + before, at + len);
    struct token t[2];
    return tokens_split(rest, strlen(rest), TOKENS_TEXT, t, 2) == 0 || names_topic(rest);
}

/* Adds a heading to what is known: another make begins anew, a name narrows it. */
static bool add_heading(struct interpreter *p, const char *heading, bool first, bool varies)
{
    struct subject h, *s = &p->out->subject;
    size_t len = strlen(heading);
    if (len == 0 || len > DOCUMENT_MAX_NAME || is_section_heading(heading, len)) return false;
    if (!first && is_year_heading(heading, len, &s->year_first, &s->year_last)) {
        p->year_from = "heading";
        return true;
    }
    if (!subject_read(&h, &p->out->arena, heading, len, SUBJECT_HEADING)) {
        p->failed = true;
        return false;
    }
    bool known = h.make_number >= 0;
    if (!known && names_dealer(heading)) {
        p->dealer = true;
        h.model = h.make = "";
    }
    /* "2025 pickup towing selector - maximum loaded trailer weight": what the columns hold, no name. */
    const char *part = known ? "" : heading_quantity(p, heading);
    if (*part) p->caption = part;
    if (*part && names_topic_elsewhere(heading, part)) h.model = h.make = "";
    /* "Model year 2025 - technical summary" */
    if (!known && h.year_first && *h.model && is_section_heading(h.model, strlen(h.model))) h.model = "";
    if (first && !take_maker(p, &h)) {
        p->failed = true;
        return false;
    }
    if (known && *h.model && is_small(h.model) && names_topic(h.model))
        h.model = ""; /* "Toyota 2024 tow ratings" */
    if (known && (*h.model || !*s->make)) {
        int first_year = s->year_first, last_year = s->year_last;
        *s = h;
        if (!h.year_first && !h.year_last) {
            s->year_first = first_year;
            s->year_last = last_year;
        }
        p->make_from = "heading";
    } else if (first) {
        if (*h.make) p->make_from = "heading";
        if (!*h.model && !*h.make && !h.year_first && !h.year_last) return false;
        *s = h;
    } else if (h.year_first || h.year_last || varies) {
        if (h.year_first || h.year_last) {
            s->year_first = h.year_first;
            s->year_last = h.year_last;
        }
        if (*h.model && *s->model && !*s->make && same_first_word(h.model, s->model))
            s->model = h.model; /* "Ardent Pika" under "Ardent Motors: model guide" */
        else if (*h.model && *s->model)
            s->trim = record_join_names(p, s->trim, h.model);
        else if (*h.model)
            s->model = h.model;
    } else {
        return false;
    }
    if (h.year_first || h.year_last) p->year_from = "heading";
    return true;
}

bool is_no_list(const char *text, size_t len)
{
    static const char *const AND[] = {"and", "or", "und", "oder", "et", "ou", "y", "o"};
    struct token t[24];
    size_t n = tokens_split(text, len, TOKENS_TEXT, t, 24);
    for (size_t i = 1; i + 1 < n; i++) {
        for (size_t k = 0; k < sizeof AND / sizeof *AND; k++)
            if (strcmp(t[i].key, AND[k]) == 0 && (t[i].gap & GAP_SPACE)) return false;
    }
    return true;
}

bool is_name_of_one(const char *text, size_t len)
{
    struct token t[8];
    size_t n = tokens_split(text, len, TOKENS_TEXT, t, 8);
    if (n == 0 || n == 8 || !is_no_list(text, len)) return false;
    for (size_t i = 0; i < n; i++) {
        if (t[i].kind == TOKEN_WORD && !t[i].upper && t[i].gap & GAP_SPACE) return false;
        if (is_document_word(t[i].key) || (i > 0 && (t[i].gap & GAP_COMMA))) return false;
    }
    return (t[0].upper || t[0].kind != TOKEN_WORD) && !is_section_heading(text, len);
}

/* Takes "F-150, conventional towing" and "Golf: engines and prices" apart: a name beside a part of the
 * data, in either order. */
static bool split_heading(struct interpreter *p, const char *heading, const char **name,
                          const char **topic)
{
    struct token t[32];
    size_t len = strlen(heading), n = tokens_split(heading, len, TOKENS_TEXT, t, 32);
    if (n < 2 || n == 32) return false;
    for (size_t i = 1; i < n; i++) {
        bool dash = (t[i].gap & (GAP_HYPHEN | GAP_OTHER)) && (t[i].gap & GAP_SPACE);
        if (!dash && !(t[i].gap & (GAP_COMMA | GAP_COLON))) continue;
        size_t cut = t[i - 1].end, from = t[i].begin;
        if ((is_section_heading(heading + from, len - from) || (dash && *heading_quantity(p, heading + from))) &&
            is_name_of_one(heading, cut)) {
            *name = arena_strndup(&p->out->arena, heading, cut);
            *topic = heading + from;
        } else if (is_section_heading(heading, cut) && is_name_of_one(heading + from, len - from)) {
            *name = heading + from;
            *topic = arena_strndup(&p->out->arena, heading, cut);
        } else {
            continue;
        }
        p->failed |= !*name || !*topic;
        return !p->failed;
    }
    return false;
}

/* A heading below the first that names neither a make nor a year: what of it is a name, and what the
 * columns are read under. */
static void read_inner_heading(struct interpreter *p, const char *heading)
{
    const char *name, *topic;
    p->heading_name = "";
    p->heading_split = false;
    p->caption = heading;
    if (split_heading(p, heading, &name, &topic)) {
        p->heading_name = name;
        p->heading_split = true;
        p->caption = topic;
    } else if (is_name_of_one(heading, strlen(heading))) {
        p->heading_name = heading;
        if (!names_topic(heading)) p->caption = ""; /* nothing is read under "Golf" */
    }
}

void take_heading_name(struct interpreter *p)
{
    struct subject *s = &p->out->subject;
    if (!*p->heading_name) return;
    if (*s->model && !*s->make && names_topic(s->model)) s->model = "";
    if (*s->model)
        s->trim = record_join_names(p, s->trim, p->heading_name);
    else
        s->model = p->heading_name;
    p->heading_name = "";
}

/* A title line above a header, or a table's caption: it counts when it names a make or begins with a
 * year. */
static bool add_title(struct interpreter *p, const char *title)
{
    struct subject h;
    size_t len = strcspn(title, ";");
    if (len == 0 || len > DOCUMENT_MAX_NAME || is_section_heading(title, len)) return false;
    char *copy = arena_strndup(&p->out->arena, title, len);
    if (!copy || !subject_read(&h, &p->out->arena, copy, len, SUBJECT_HEADING)) {
        p->failed = true;
        return false;
    }
    bool year_leads = copy[0] >= '0' && copy[0] <= '9' && h.year_first && *h.model;
    bool anything = *p->out->subject.make || *p->out->subject.model;
    if (h.make_number < 0 && names_dealer(copy)) {
        p->dealer = true;
        h.model = "";
    } else if (h.make_number < 0 && p->dealer && !anything && is_make_band(copy)) {
        p->out->subject.make = copy; /* a part of a dealer's list */
        p->make_from = "heading";
        return true;
    }
    if (h.make_number >= 0 || (year_leads && !anything)) return add_heading(p, copy, !anything, false);
    if (h.year_first && !p->out->subject.year_first && h.year_first == h.year_last) {
        p->out->subject.year_first = p->out->subject.year_last = h.year_first;
        p->year_from = "title";
    }
    return false;
}

static void add_file_name(struct interpreter *p)
{
    char name[256];
    const char *file = p->context->file_name ? p->context->file_name : "";
    const char *dot = strrchr(file, '.');
    size_t len = dot && dot != file ? (size_t)(dot - file) : strlen(file);
    if (len == 0 || len >= sizeof name) return;
    for (size_t i = 0; i < len; i++) name[i] = file[i] == '_' || file[i] == '-' ? ' ' : file[i];
    name[len] = '\0';
    /* "export-2024-05-01": the date of the file, no model year. */
    struct token t[24];
    size_t n = tokens_split(file, len, TOKENS_TEXT, t, 24);
    bool dated = false;
    for (size_t i = 0; i + 2 < n; i++)
        dated |= t[i].kind == TOKEN_NUMBER && t[i + 1].kind == TOKEN_NUMBER &&
                 t[i + 2].kind == TOKEN_NUMBER && strlen(t[i].key) == 4 &&
                 strlen(t[i + 1].key) == 2 && strlen(t[i + 2].key) == 2;
    struct subject h, *s = &p->out->subject;
    char *copy = arena_strndup(&p->out->arena, name, len);
    if (!copy || !subject_read(&h, &p->out->arena, copy, len, SUBJECT_FILE)) {
        p->failed = true;
        return;
    }
    /* Two years are those that the file covers, not a vehicle's. */
    size_t years = 0;
    n = tokens_split(name, len, TOKENS_TEXT, t, 24);
    for (size_t i = 0; i < n; i++) {
        struct year_reading y;
        years += t[i].kind == TOKEN_NUMBER && strlen(t[i].key) == 4 &&
                 year_read(&y, t[i].key, strlen(t[i].key));
    }
    if (!s->year_first && !s->year_last && h.year_first && h.year_first == h.year_last && !dated &&
        years == 1) {
        s->year_first = h.year_first;
        s->year_last = h.year_last;
        p->year_from = "file's name";
    }
    if (h.make_number >= 0 && !*s->make && !*s->model) {
        s->make = MAKES[h.make_number].name; /* files are named in small letters */
        s->make_number = h.make_number;
        s->model = h.model;
        p->make_from = "file's name";
    }
}

static size_t count_same(const struct token *a, size_t n, const struct token *b, size_t m)
{
    size_t i = 0;
    while (i < n && i < m && strcmp(a[i].key, b[i].key) == 0) i++;
    return i;
}

/* "Model: Heron" below "Quenby Heron 1.4 Turbo 1998": what the heading says behind make and model is the
 * version, where no row tells it. */
void heading_trim(const struct interpreter *p, struct subject *s)
{
    const struct subject *h = &p->out->subject;
    if (!*s->model || *s->trim || !*h->model || *h->trim) return;
    if (h->year_first && s->year_first && h->year_first != s->year_first) return;
    struct token name[64], part[64];
    size_t n = tokens_split(h->model, strlen(h->model), TOKENS_TEXT, name, 64), at = 0;
    size_t make = tokens_split(s->make, strlen(s->make), TOKENS_TEXT, part, 64);
    if (make && count_same(part, make, name, n) == make) at = make;
    size_t model = tokens_split(s->model, strlen(s->model), TOKENS_TEXT, part, 64);
    if (model == 0 || count_same(part, model, name + at, n - at) != model || at + model >= n) return;
    if (name[at + model].gap == GAP_NONE) return; /* "500" is no "500e" */
    s->trim = h->model + name[at + model].begin;
}

bool context_subject(struct interpreter *p)
{
    struct interpretation *in = p->out;
    const struct interpret_context *c = p->context;
    in->subject = (struct subject){.make = "", .model = "", .trim = "", .make_number = -1};
    bool json = c->kind == DOCUMENT_JSON || c->kind == DOCUMENT_JSON_LINES;
    const char *caption = in->table->caption ? in->table->caption : "", *whole = caption, *part;
    size_t begin, end;
    /* "Table 1. Data (6.2 L) > Lubrication": the list's title and its part. */
    if (c->paged && (part = strstr(caption, " > ")) != NULL) caption = part + 3;
    p->caption = p->heading_name = "";
    if (c->document_subject && *c->document_subject) {
        in->subject.model = arena_strndup(&in->arena, c->document_subject, strlen(c->document_subject));
        if (!in->subject.model) return false;
        p->make_from = "title";
    }
    for (size_t i = 0; i < c->n_headings; i++) {
        const char *heading = c->headings[i];
        if (c->manual) {
            if (!add_manual_heading(p, heading) && !manual_is_structure(heading, strlen(heading))) p->caption = heading;
            continue;
        }
        if (c->paged && manual_is_structure(heading, strlen(heading))) continue;
        bool last = i + 1 == c->n_headings;
        bool varies = last && c->heading_varies && is_no_list(c->headings[i], strlen(c->headings[i]));
        if (!add_heading(p, c->headings[i], i == 0, varies) && i > 0)
            read_inner_heading(p, c->headings[i]);
        else if (i > 0)
            p->caption = p->heading_name = "";
    }
    if (c->n_headings && !c->manual && !*p->caption && is_section_heading(c->headings[0], strlen(c->headings[0])))
        p->caption = c->headings[0];
    if (!json && *caption && !(c->n_headings && strcmp(caption, c->headings[c->n_headings - 1]) == 0) &&
        !add_title(p, caption))
        p->caption = caption;
    if (*in->frame.title && !add_title(p, in->frame.title)) p->caption = in->frame.title;
    if (c->paged && manual_caption_name(whole, caption > whole ? (size_t)(caption - whole) - 3 : strlen(whole), &begin, &end)) {
        in->subject.model = arena_strndup(&in->arena, whole + begin, end - begin);
        if (!in->subject.model) return false;
        in->subject.trim = "";
        p->make_from = "caption";
    }
    add_file_name(p);

    /* The corner of a sheet whose columns are vehicles: "2024 Honda Civic". */
    const struct table_frame *f = &in->frame;
    if (f->layout == FRAME_COLUMNS && f->has_header && !c->manual) {
        const char *corner = f->names[f->attribute_column];
        struct subject h;
        size_t len = strlen(corner);
        if (len && len < 200 && !is_measure_name(corner, len) && !is_section_heading(corner, len)) {
            if (!subject_read(&h, &in->arena, corner, len, SUBJECT_HEADING)) return false;
            bool nothing = !*in->subject.make && !*in->subject.model;
            if (h.make_number >= 0 || (nothing && *h.model)) {
                if (!h.year_first) {
                    h.year_first = in->subject.year_first;
                    h.year_last = in->subject.year_last;
                }
                in->subject = h;
                p->make_from = "corner of the table";
            }
        }
    }
    return !p->failed;
}
