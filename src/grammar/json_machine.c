#include "grammar/json_machine.h"
#include "grammar/json_scalars.h"

#include <stdlib.h>
#include <string.h>

enum { MANY_FRAMES = 1 << 15, INDENT = 4 };

enum phase {
    P_END, /* the value has come */
    P_VALUE,
    P_OBJECT_OPEN,  /* behind '{' */
    P_NAME,         /* in a property's name: a: first property that may come; b: range of
                       `sorted` that fits so far; at: bytes */
    P_OTHER_NAME,   /* in another name: b: range that it must not become; at: bytes, or 1 */
    P_COLON,        /* a: first property that may come after; b: the value's node */
    P_OBJECT_AFTER, /* behind a value: a as above */
    P_OBJECT_NEXT,  /* behind ',' */
    P_ARRAY_OPEN,
    P_ARRAY_AFTER, /* a: items so far, as far as it matters */
    P_STRING,      /* a: letters so far, as far as it matters */
    P_NUMBER,      /* sub, a: its number_place */
    P_DECIMAL,     /* sub, a, b, at: its decimal_place */
    P_LITERAL,     /* b: range of texts that fits so far; at: bytes */
};

/* ---- frames ---- */

static bool same_frame(const struct machine_frame *x, const struct machine_frame *y)
{
    return x->below == y->below && x->node == y->node && x->phase == y->phase && x->sub == y->sub &&
           x->nesting == y->nesting && x->a == y->a && x->b == y->b && x->at == y->at &&
           x->space == y->space;
}

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0x9e3779b97f4a7c15u;
    return h ^ h >> 32;
}

static uint64_t hash_frame(const struct machine_frame *f)
{
    uint64_t h = mix((uintptr_t)f->below, (uint64_t)f->node << 32 | f->a);
    h = mix(h, (uint64_t)f->b << 32 | f->at);
    return mix(h, (uint64_t)f->phase << 56 | (uint64_t)f->sub << 48 | (uint64_t)f->nesting << 32 |
                      f->space);
}

static bool grow(struct machine *m)
{
    size_t cap = m->cap ? m->cap * 2 : 64;
    const struct machine_frame **table = calloc(cap, sizeof *table);
    if (!table) return false;
    for (size_t i = 0; i < m->cap; i++) {
        if (!m->table[i]) continue;
        size_t at = hash_frame(m->table[i]) & (cap - 1);
        while (table[at]) at = (at + 1) & (cap - 1);
        table[at] = m->table[i];
    }
    free(m->table);
    m->table = table;
    m->cap = cap;
    return true;
}

/* The one frame that is equal to *f, to stand others on; NULL without memory. */
static const struct machine_frame *keep(struct machine *m, const struct machine_frame *f)
{
    if (m->n * 2 >= m->cap && !grow(m)) {
        m->failed = true;
        return NULL;
    }
    size_t at = hash_frame(f) & (m->cap - 1);
    for (; m->table[at]; at = (at + 1) & (m->cap - 1))
        if (same_frame(m->table[at], f)) return m->table[at];
    struct machine_frame *copy = arena_alloc(&m->arena, sizeof *copy);
    if (!copy) {
        m->failed = true;
        return NULL;
    }
    *copy = *f;
    m->table[at] = copy;
    m->n++;
    return copy;
}

static void add(struct machine_state *to, const struct machine_frame *f)
{
    for (size_t i = 0; i < to->n; i++)
        if (same_frame(&to->tops[i], f)) return;
    if (to->n < MACHINE_MAX_READINGS) to->tops[to->n++] = *f;
}

/* The value on top has come: on with what is below it. */
static void pop(struct machine_state *to, const struct machine_frame *f)
{
    add(to, f->below);
}

/* ---- what fits ---- */

static const struct schema_node *node_of(const struct machine *m, const struct machine_frame *f)
{
    return &m->schema->nodes[f->node];
}

/* Whether a value of this kind can be generated inside so many objects and arrays. */
static bool fits(const struct machine *m, uint32_t node, unsigned nesting)
{
    uint32_t height = m->schema->nodes[node].height;
    return height <= SCHEMA_MAX_NESTING && nesting + height <= SCHEMA_MAX_NESTING;
}

static uint32_t range_make(uint32_t lo, uint32_t hi)
{
    return lo << 16 | hi;
}

static uint32_t range_lo(uint32_t range)
{
    return range >> 16;
}

static uint32_t range_hi(uint32_t range)
{
    return range & 0xffff;
}

/* Whether property i may come next, from the first that may. */
static bool eligible(const struct machine *m, const struct machine_frame *f, uint32_t first,
                     uint32_t required, uint32_t i)
{
    return i >= first && (required == SCHEMA_NONE || i <= required) &&
           fits(m, node_of(m, f)->of.object.properties[i].node, f->nesting);
}

static bool any_eligible(const struct machine *m, const struct machine_frame *f, uint32_t first)
{
    const struct schema_node *o = node_of(m, f);
    uint32_t required = schema_next_required(o, first);
    for (uint32_t i = first; i < o->of.object.n; i++)
        if (eligible(m, f, first, required, i)) return true;
    return false;
}

static bool other_eligible(const struct machine *m, const struct machine_frame *f, uint32_t first)
{
    const struct schema_node *o = node_of(m, f);
    return o->of.object.additional != SCHEMA_NONE &&
           schema_next_required(o, first) == SCHEMA_NONE &&
           fits(m, o->of.object.additional, f->nesting);
}

/* ---- strings ---- */

static void step_string(struct machine *m, struct machine_frame f, unsigned char c,
                        struct machine_state *to)
{
    const struct schema_node *n = node_of(m, &f);
    uint32_t min = n->of.string.min, max = n->of.string.max;
    if (f.sub != LETTER_NONE) {
        if (letter_go_on(c, &f.sub)) add(to, &f);
        return;
    }
    if (c == '"') {
        if (f.a >= min) pop(to, &f);
        return;
    }
    if (f.a >= max) return;
    if (c == '\\')
        letter_begin_escape(&f.sub);
    else if (!letter_begin(c, &f.sub))
        return;
    if (max != SCHEMA_NONE || f.a < min) f.a++;
    add(to, &f);
}

/* ---- literals ---- */

/* The first of texts [lo, hi), sorted and alike up to `at`, whose byte there is at least c. */
static uint32_t first_from(const struct schema_text *texts, uint32_t lo, uint32_t hi, uint32_t at,
                           unsigned c)
{
    while (lo < hi) {
        uint32_t middle = lo + (hi - lo) / 2;
        if ((unsigned char)texts[middle].bytes[at] < c)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

static void step_literal(struct machine *m, struct machine_frame f, unsigned char c,
                         struct machine_state *to)
{
    const struct schema_text *texts = node_of(m, &f)->of.literals.texts;
    uint32_t lo = range_lo(f.b), hi = range_hi(f.b);
    lo = first_from(texts, lo, hi, f.at, c);
    hi = first_from(texts, lo, hi, f.at, c + 1u);
    f.at++;
    if (lo < hi && texts[lo].len == f.at) {
        pop(to, &f);
        lo++;
    }
    if (lo == hi) return;
    f.b = range_make(lo, hi);
    add(to, &f);
}

/* ---- numbers ---- */

static void step_number(struct machine_frame f, unsigned char c, struct machine_state *to)
{
    struct number_place p = {f.sub, f.a};
    if (!number_go_on(&p, c)) return;
    f.sub = p.part;
    f.a = p.digits;
    if (number_may_end(&p)) pop(to, &f);
    add(to, &f);
}

enum { NEGATIVE = 16 }; /* a bit beside decimal_place.part */

static void step_decimal(struct machine *m, struct machine_frame f, unsigned char c,
                         struct machine_state *to)
{
    const struct schema_node *n = node_of(m, &f);
    struct decimal_place p = {.part = (uint8_t)(f.sub & ~NEGATIVE),
                              .negative = f.sub & NEGATIVE,
                              .decimals = f.at,
                              .value = (uint64_t)f.b << 32 | f.a};
    if (!decimal_go_on(n, &p, c)) return;
    f.sub = (uint8_t)(p.part | (f.sub & NEGATIVE));
    f.at = p.decimals;
    f.a = (uint32_t)p.value;
    f.b = (uint32_t)(p.value >> 32);
    if (decimal_may_end(n, &p)) pop(to, &f);
    add(to, &f);
}

/* ---- values ---- */

/* The first byte of a value of a node that is no choice. */
static void begin(struct machine *m, const struct machine_frame *value, uint32_t node,
                  unsigned char c, struct machine_state *to)
{
    const struct schema_node *n = &m->schema->nodes[node];
    struct machine_frame f = {.below = value->below, .node = node, .nesting = value->nesting};
    if (!fits(m, node, value->nesting)) return;
    switch (n->kind) {
    case SCHEMA_OBJECT:
    case SCHEMA_ARRAY:
        if (c != (n->kind == SCHEMA_OBJECT ? '{' : '[')) return;
        f.phase = n->kind == SCHEMA_OBJECT ? P_OBJECT_OPEN : P_ARRAY_OPEN;
        f.nesting++;
        add(to, &f);
        return;
    case SCHEMA_STRING:
        f.phase = P_STRING;
        if (c == '"') add(to, &f);
        return;
    case SCHEMA_NUMBER:
        f.phase = P_NUMBER;
        if (c == '-')
            add(to, &f);
        else
            step_number(f, c, to);
        return;
    case SCHEMA_DECIMAL:
        f.phase = P_DECIMAL;
        if (c != '-') {
            step_decimal(m, f, c, to);
        } else if (n->of.decimal.min < 0) {
            f.sub = NEGATIVE;
            add(to, &f);
        }
        return;
    case SCHEMA_LITERALS:
        f.phase = P_LITERAL;
        f.b = range_make(0, n->of.literals.n);
        step_literal(m, f, c, to);
        return;
    case SCHEMA_CHOICE:
        return;
    }
}

static void begin_any(struct machine *m, const struct machine_frame *value, unsigned char c,
                      struct machine_state *to)
{
    const struct schema_node *n = node_of(m, value);
    if (n->kind != SCHEMA_CHOICE) begin(m, value, value->node, c, to);
    if (n->kind != SCHEMA_CHOICE) return;
    for (uint32_t i = 0; i < n->of.choice.n; i++) begin(m, value, n->of.choice.nodes[i], c, to);
}

/* ' ', or a new line and what indents it. At the beginning of all, a second new line. */
static bool space_go_on(struct machine_frame *f, unsigned char c)
{
    uint32_t most = 2 + INDENT * (uint32_t)f->nesting;
    if (f->space == 0) {
        f->space = c == ' ' ? 1 : 2;
        return c == ' ' || c == '\n';
    }
    if (f->space == 2 && c == '\n' && f->phase == P_VALUE && f->nesting == 0) {
        f->space = 3;
        return true;
    }
    if (f->space < 2 || f->space >= most || (c != ' ' && c != '\t')) return false;
    f->space++;
    return true;
}

static bool is_space(unsigned char c)
{
    return c == ' ' || c == '\n' || c == '\t';
}

/* ---- objects ---- */

static void begin_name(struct machine *m, struct machine_frame f, struct machine_state *to)
{
    uint32_t n = node_of(m, &f)->of.object.n;
    bool any = any_eligible(m, &f, f.a), other = other_eligible(m, &f, f.a);
    f.b = range_make(0, n);
    f.space = f.at = 0;
    f.phase = P_NAME;
    if (any) add(to, &f);
    f.phase = P_OTHER_NAME;
    f.a = 0;
    if (other) add(to, &f);
}

/* The part of names [lo, hi), sorted and alike so far, that has byte c at `at`. */
static void narrow_names(const struct schema_node *o, uint32_t *lo, uint32_t *hi, uint32_t at,
                         unsigned char c)
{
    const struct schema_property *p = o->of.object.properties;
    const uint16_t *sorted = o->of.object.sorted;
    while (*lo < *hi && (unsigned char)p[sorted[*lo]].spelled.bytes[at] < c) ++*lo;
    uint32_t end = *lo;
    while (end < *hi && (unsigned char)p[sorted[end]].spelled.bytes[at] == c) end++;
    *hi = end;
}

static void step_name(struct machine *m, struct machine_frame f, unsigned char c,
                      struct machine_state *to)
{
    const struct schema_node *o = node_of(m, &f);
    uint32_t lo = range_lo(f.b), hi = range_hi(f.b), required = schema_next_required(o, f.a);
    narrow_names(o, &lo, &hi, f.at, c);
    bool any = false;
    for (uint32_t i = lo; i < hi && !any; i++)
        any = eligible(m, &f, f.a, required, o->of.object.sorted[i]);
    if (!any) return;
    f.at++;
    f.b = range_make(lo, hi);
    uint32_t number = o->of.object.sorted[lo];
    if (o->of.object.properties[number].spelled.len == f.at) { /* no name is another's beginning */
        f.phase = P_COLON;
        f.a = number + 1;
        f.b = o->of.object.properties[number].node;
        f.at = 0;
    }
    add(to, &f);
}

/* A name that is none of the properties': without escapes, so that it has one spelling. */
static void step_other_name(struct machine *m, struct machine_frame f, unsigned char c,
                            struct machine_state *to)
{
    const struct schema_node *o = node_of(m, &f);
    uint32_t lo = range_lo(f.b), hi = range_hi(f.b);
    if (lo < hi) narrow_names(o, &lo, &hi, f.at, c);
    if (f.sub == LETTER_NONE && c == '"') {
        if (f.at == 0 || lo < hi) return;
        f.phase = P_COLON;
        f.a = o->of.object.n;
        f.b = o->of.object.additional;
        f.at = 0;
        add(to, &f);
        return;
    }
    if (f.sub == LETTER_NONE ? c == '\\' || !letter_begin(c, &f.sub) : !letter_go_on(c, &f.sub))
        return;
    f.b = lo < hi ? range_make(lo, hi) : 0;
    f.at = lo < hi ? f.at + 1 : 1;
    add(to, &f);
}

static void step_object(struct machine *m, struct machine_frame f, unsigned char c,
                        struct machine_state *to)
{
    const struct schema_node *o = node_of(m, &f);
    bool may_close = f.phase != P_OBJECT_NEXT && schema_next_required(o, f.a) == SCHEMA_NONE;
    if (is_space(c)) {
        /* Behind a value it leads to the '}' alone. */
        if ((f.phase != P_OBJECT_AFTER || may_close) && space_go_on(&f, c)) add(to, &f);
    } else if (c == '"' && f.phase != P_OBJECT_AFTER) {
        begin_name(m, f, to);
    } else if (c == '}') {
        if (may_close) pop(to, &f);
    } else if (c == ',' && f.phase == P_OBJECT_AFTER && f.space == 0) {
        f.phase = P_OBJECT_NEXT;
        f.space = 0;
        if (any_eligible(m, &f, f.a) || other_eligible(m, &f, f.a)) add(to, &f);
    }
}

static void step_colon(struct machine *m, struct machine_frame f, unsigned char c,
                       struct machine_state *to)
{
    if (c != ':') return;
    uint32_t node = f.b;
    f.phase = P_OBJECT_AFTER;
    f.b = 0;
    struct machine_frame value = {
        .below = keep(m, &f), .node = node, .phase = P_VALUE, .nesting = f.nesting};
    if (value.below) add(to, &value);
}

/* ---- arrays ---- */

/* What an item stands on, when it is number `a` of its array. */
static bool item_frame(struct machine *m, struct machine_frame f, uint32_t a,
                       struct machine_frame *item)
{
    const struct schema_node *n = node_of(m, &f);
    uint32_t enough = n->of.array.min ? n->of.array.min : 1;
    f.phase = P_ARRAY_AFTER;
    f.space = 0;
    f.a = n->of.array.max == SCHEMA_NONE && a > enough ? enough : a;
    *item = (struct machine_frame){
        .below = keep(m, &f), .node = n->of.array.items, .phase = P_VALUE, .nesting = f.nesting};
    return item->below != NULL;
}

static void step_array(struct machine *m, struct machine_frame f, unsigned char c,
                       struct machine_state *to)
{
    const struct schema_node *n = node_of(m, &f);
    bool more = f.a < n->of.array.max && fits(m, n->of.array.items, f.nesting);
    bool may_close = f.a >= n->of.array.min;
    struct machine_frame item;
    if (is_space(c)) {
        if ((f.phase == P_ARRAY_OPEN || may_close) && space_go_on(&f, c)) add(to, &f);
    } else if (c == ']') {
        if (may_close) pop(to, &f);
    } else if (f.phase == P_ARRAY_AFTER) {
        if (c == ',' && f.space == 0 && more && item_frame(m, f, f.a + 1, &item)) add(to, &item);
    } else if (more && item_frame(m, f, 1, &item)) {
        begin_any(m, &item, c, to);
    }
}

/* ---- the machine ---- */

static void step_frame(struct machine *m, const struct machine_frame *f, unsigned char c,
                       struct machine_state *to)
{
    struct machine_frame value;
    switch ((enum phase)f->phase) {
    case P_END:
        return;
    case P_VALUE:
        if (!is_space(c)) {
            begin_any(m, f, c, to);
            return;
        }
        value = *f;
        if (space_go_on(&value, c)) add(to, &value);
        return;
    case P_OBJECT_OPEN:
    case P_OBJECT_AFTER:
    case P_OBJECT_NEXT:
        step_object(m, *f, c, to);
        return;
    case P_NAME:
        step_name(m, *f, c, to);
        return;
    case P_OTHER_NAME:
        step_other_name(m, *f, c, to);
        return;
    case P_COLON:
        step_colon(m, *f, c, to);
        return;
    case P_ARRAY_OPEN:
    case P_ARRAY_AFTER:
        step_array(m, *f, c, to);
        return;
    case P_STRING:
        step_string(m, *f, c, to);
        return;
    case P_NUMBER:
        step_number(*f, c, to);
        return;
    case P_DECIMAL:
        step_decimal(m, *f, c, to);
        return;
    case P_LITERAL:
        step_literal(m, *f, c, to);
        return;
    }
}

void machine_step(struct machine *m, const struct machine_state *from, unsigned char byte,
                  struct machine_state *to)
{
    to->n = 0;
    for (size_t i = 0; i < from->n; i++) step_frame(m, &from->tops[i], byte, to);
    if (m->failed) to->n = 0;
}

bool machine_init(struct machine *m, const struct json_schema *schema, struct machine_state *first,
                  struct error *err)
{
    *m = (struct machine){.schema = schema};
    struct machine_frame end = {.phase = P_END};
    struct machine_frame value = {.below = keep(m, &end), .node = schema->root, .phase = P_VALUE};
    first->n = 0;
    if (!value.below) {
        machine_free(m);
        return error_memory(err, "a constraint");
    }
    add(first, &value);
    return true;
}

void machine_free(struct machine *m)
{
    free(m->table);
    arena_free(&m->arena);
    *m = (struct machine){0};
}

bool machine_complete(const struct machine_state *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->tops[i].phase == P_END) return true;
    return false;
}

bool machine_ended(const struct machine_state *s)
{
    return s->n == 0 || (s->n == 1 && s->tops[0].phase == P_END);
}

void machine_split(const struct machine *m, const struct machine_state *s,
                   struct machine_state *in_text, uint32_t *room, struct machine_state *others)
{
    *room = 0;
    in_text->n = others->n = 0;
    for (size_t i = 0; i < s->n; i++) {
        const struct machine_frame *f = &s->tops[i];
        /* A name that must not come is ruled out at its closing quote, no sooner. */
        bool text = f->sub == LETTER_NONE && (f->phase == P_STRING || f->phase == P_OTHER_NAME);
        uint32_t left = SCHEMA_NONE;
        if (text && f->phase == P_STRING && node_of(m, f)->of.string.max != SCHEMA_NONE)
            left = node_of(m, f)->of.string.max - f->a;
        if (text && left > *room) *room = left;
        add(text ? in_text : others, f);
    }
}

void machine_join(struct machine_state *to, const struct machine_state *more)
{
    for (size_t i = 0; i < more->n; i++) add(to, &more->tops[i]);
}

bool machine_same(const struct machine_state *a, const struct machine_state *b)
{
    if (a->n != b->n) return false;
    for (size_t i = 0; i < a->n; i++)
        if (!same_frame(&a->tops[i], &b->tops[i])) return false;
    return true;
}

uint64_t machine_hash(const struct machine_state *s)
{
    uint64_t h = s->n;
    for (size_t i = 0; i < s->n; i++) h = mix(h, hash_frame(&s->tops[i]));
    return h;
}

/* A stack, its frames taken over into m. At most SCHEMA_MAX_NESTING + 2 frames deep. */
static const struct machine_frame *keep_stack(struct machine *m, const struct machine_frame *f)
{
    if (!f) return NULL;
    struct machine_frame copy = *f;
    copy.below = keep_stack(m, f->below);
    return keep(m, &copy);
}

bool machine_collect(struct machine *m, struct machine_state *s)
{
    if (m->n < MANY_FRAMES) return false;
    struct machine fresh = {.schema = m->schema};
    for (size_t i = 0; i < s->n; i++) s->tops[i].below = keep_stack(&fresh, s->tops[i].below);
    if (fresh.failed) s->n = 0;
    machine_free(m);
    *m = fresh;
    return true;
}
