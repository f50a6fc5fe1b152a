/* What is found out about a compiled schema as a whole: what its choices come to, how deep its
 * values are at least, what excludes what. */
#include "grammar/json_schema_compiler.h"

#include <string.h>

/* ---- choices ---- */

struct flattening {
    struct json_schema *s;
    unsigned char *seen; /* (n) */
    uint32_t found[SCHEMA_MAX_CHOICES];
    size_t n;
    bool too_many;
};

/* Collects what is no choice. A choice that leads back to itself adds nothing. */
static void collect(struct flattening *f, uint32_t node)
{
    if (f->seen[node] || f->too_many) return;
    f->seen[node] = 1;
    const struct schema_node *n = &f->s->nodes[node];
    if (n->kind != SCHEMA_CHOICE) {
        f->too_many = f->n == SCHEMA_MAX_CHOICES;
        if (!f->too_many) f->found[f->n++] = node;
        return;
    }
    for (uint32_t i = 0; i < n->of.choice.n; i++) collect(f, n->of.choice.nodes[i]);
}

bool json_schema_flatten(struct json_schema *s, struct error *err)
{
    struct flattening f = {.s = s, .seen = arena_alloc(&s->arena, s->n)};
    if (!f.seen) return error_memory(err, "a schema");
    for (uint32_t i = 0; i < s->n; i++) {
        struct schema_node *n = &s->nodes[i];
        if (n->kind != SCHEMA_CHOICE) continue;
        memset(f.seen, 0, s->n);
        f.n = 0;
        collect(&f, i);
        if (f.too_many)
            return error_set(err, ERROR_UNSUPPORTED, "anyOf: more than %d alternatives in all",
                             SCHEMA_MAX_CHOICES);
        n->of.choice.nodes = arena_array(&s->arena, f.n + 1, sizeof *f.found);
        if (!n->of.choice.nodes) return error_memory(err, "a schema");
        memcpy(n->of.choice.nodes, f.found, f.n * sizeof *f.found);
        n->of.choice.n = (uint32_t)f.n;
    }
    return true;
}

/* ---- heights ---- */

static uint32_t above(uint32_t height)
{
    return height >= SCHEMA_MAX_NESTING ? SCHEMA_TOO_DEEP : height + 1;
}

static uint32_t height_now(const struct json_schema *s, const struct schema_node *n)
{
    uint32_t height = 0;
    switch (n->kind) {
    case SCHEMA_CHOICE:
        height = SCHEMA_TOO_DEEP;
        for (uint32_t i = 0; i < n->of.choice.n; i++) {
            uint32_t h = s->nodes[n->of.choice.nodes[i]].height;
            if (h < height) height = h;
        }
        return height;
    case SCHEMA_OBJECT:
        for (uint32_t i = 0; i < n->of.object.n; i++) {
            const struct schema_property *p = &n->of.object.properties[i];
            if (p->required && s->nodes[p->node].height > height) height = s->nodes[p->node].height;
        }
        return above(height);
    case SCHEMA_ARRAY:
        return above(n->of.array.min ? s->nodes[n->of.array.items].height : 0);
    default:
        return 0;
    }
}

void json_schema_measure(struct json_schema *s)
{
    for (uint32_t i = 0; i < s->n; i++) s->nodes[i].height = SCHEMA_TOO_DEEP;
    /* Each round gets the heights of one level more right. */
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t i = 0; i < s->n; i++) {
            uint32_t height = height_now(s, &s->nodes[i]);
            changed |= height != s->nodes[i].height;
            s->nodes[i].height = height;
        }
    }
}

/* ---- what excludes what ---- */

enum { T_OBJECT = 1, T_ARRAY = 2, T_STRING = 4, T_NUMBER = 8, T_OTHER = 16 };

static unsigned literal_type(const struct schema_text *t)
{
    switch (t->bytes[0]) {
    case '{':
        return T_OBJECT;
    case '[':
        return T_ARRAY;
    case '"':
        return T_STRING;
    case 't':
    case 'f':
    case 'n':
        return T_OTHER;
    default:
        return T_NUMBER;
    }
}

static unsigned node_types(const struct schema_node *n)
{
    unsigned types = 0;
    switch (n->kind) {
    case SCHEMA_OBJECT:
        return T_OBJECT;
    case SCHEMA_ARRAY:
        return T_ARRAY;
    case SCHEMA_STRING:
        return T_STRING;
    case SCHEMA_NUMBER:
    case SCHEMA_DECIMAL:
        return T_NUMBER;
    case SCHEMA_LITERALS:
        for (uint32_t i = 0; i < n->of.literals.n; i++)
            types |= literal_type(&n->of.literals.texts[i]);
        return types;
    default:
        return 0;
    }
}

/* No literal of one equals one of the other; numbers may be spelled in several ways. Both lists are
 * sorted. */
static bool literals_differ(const struct schema_node *a, const struct schema_node *b)
{
    if (node_types(a) & node_types(b) & ~(unsigned)(T_STRING | T_OTHER)) return false;
    for (uint32_t i = 0, k = 0; i < a->of.literals.n && k < b->of.literals.n;) {
        int order = schema_text_compare(&a->of.literals.texts[i], &b->of.literals.texts[k]);
        if (order == 0) return false;
        if (order < 0)
            i++;
        else
            k++;
    }
    return true;
}

struct comparing {
    const struct json_schema *s;
    size_t left; /* comparisons until it gives up: schemas are untrusted */
};

static bool differ(struct comparing *c, uint32_t a, uint32_t b, unsigned depth);

/* Some property that both must have differs. */
static bool objects_differ(struct comparing *c, const struct schema_node *a,
                           const struct schema_node *b, unsigned depth)
{
    for (uint32_t i = 0, k = 0; i < a->of.object.n && k < b->of.object.n && c->left;) {
        const struct schema_property *p = &a->of.object.properties[a->of.object.sorted[i]],
                                     *q = &b->of.object.properties[b->of.object.sorted[k]];
        int order = schema_text_compare(&p->spelled, &q->spelled);
        c->left--;
        if (order == 0 && p->required && q->required && differ(c, p->node, q->node, depth + 1))
            return true;
        i += order <= 0;
        k += order >= 0;
    }
    return false;
}

static bool differ(struct comparing *c, uint32_t a, uint32_t b, unsigned depth)
{
    const struct schema_node *m = &c->s->nodes[a], *n = &c->s->nodes[b];
    if (a == b || depth > 2 || c->left == 0) return false;
    c->left--;
    if (m->kind == SCHEMA_CHOICE || n->kind == SCHEMA_CHOICE) {
        const struct schema_node *choice = m->kind == SCHEMA_CHOICE ? m : n;
        for (uint32_t i = 0; i < choice->of.choice.n; i++)
            if (!differ(c, choice->of.choice.nodes[i], choice == m ? b : a, depth)) return false;
        return true;
    }
    if (!(node_types(m) & node_types(n))) return true;
    if (m->kind == SCHEMA_LITERALS && n->kind == SCHEMA_LITERALS) return literals_differ(m, n);
    return m->kind == SCHEMA_OBJECT && n->kind == SCHEMA_OBJECT && objects_differ(c, m, n, depth);
}

bool json_schema_disjoint(const struct json_schema *s, uint32_t a, uint32_t b)
{
    struct comparing c = {s, 1000000};
    return differ(&c, a, b, 0);
}
