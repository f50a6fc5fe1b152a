#include "grammar/constraint.h"
#include "grammar/json_machine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CACHED = 64 };

/* Which tokens may follow a state. */
struct mask {
    struct machine_state state;
    uint64_t hash;
    uint64_t *tokens; /* (words); NULL: unused */
    uint64_t used;    /* when */
};

struct constraint {
    struct token_constraint token;
    const struct vocabulary *vocabulary;
    struct machine machine;
    struct machine_state state;
    bool thinking, failed;
    uint64_t now;
    struct mask masks[CACHED];
    struct machine_state path[VOCABULARY_MAX_TOKEN + 1]; /* states on the way to a node */
};

/* ---- a mask ---- */

static void walk(struct constraint *c, const struct vocabulary_tree *tree,
                 const struct machine_state *from, uint64_t *tokens)
{
    c->path[0] = *from;
    for (size_t i = 0; from->n && i < tree->n;) {
        const struct vocabulary_node *node = &tree->nodes[i];
        struct machine_state *to = &c->path[node->depth + 1];
        machine_step(&c->machine, &c->path[node->depth], node->byte, to);
        if (to->n == 0) {
            i = node->next;
            continue;
        }
        if (node->id >= 0) token_set_add(tokens, node->id);
        i++;
    }
}

/* Most tokens are letters alone: inside a string it takes no walk to know about them. */
static void add_letters(const struct vocabulary *v, uint32_t room, uint64_t *tokens)
{
    if (room >= v->most_letters) {
        for (size_t i = 0; i < v->words; i++) tokens[i] |= v->letters[i];
        return;
    }
    for (size_t i = 0; i < v->n; i++)
        if (v->n_letters[i] && v->n_letters[i] <= room) token_set_add(tokens, (int32_t)i);
}

static void compute(struct constraint *c, uint64_t *tokens)
{
    const struct vocabulary *v = c->vocabulary;
    struct machine_state in_text, others;
    uint32_t room;
    memset(tokens, 0, v->words * sizeof *tokens);
    machine_split(&c->machine, &c->state, &in_text, &room, &others);
    if (in_text.n) add_letters(v, room, tokens);
    walk(c, &v->rest, &in_text, tokens);
    walk(c, &v->all, &others, tokens);
    if (machine_complete(&c->state))
        for (size_t i = 0; i < v->n_ends; i++) token_set_add(tokens, v->ends[i]);
}

static const uint64_t *find_mask(struct constraint *c)
{
    uint64_t hash = machine_hash(&c->state);
    struct mask *oldest = &c->masks[0];
    for (size_t i = 0; i < CACHED; i++) {
        struct mask *m = &c->masks[i];
        if (m->tokens && m->hash == hash && machine_same(&m->state, &c->state)) {
            m->used = ++c->now;
            return m->tokens;
        }
        if (m->used < oldest->used) oldest = m;
    }
    if (!oldest->tokens)
        oldest->tokens = malloc((c->vocabulary->words + 1) * sizeof *oldest->tokens);
    if (!oldest->tokens) return NULL;
    compute(c, oldest->tokens);
    oldest->state = c->state;
    oldest->hash = hash;
    oldest->used = ++c->now;
    return c->machine.failed ? NULL : oldest->tokens;
}

static void forget_masks(struct constraint *c)
{
    for (size_t i = 0; i < CACHED; i++) {
        free(c->masks[i].tokens);
        c->masks[i] = (struct mask){0};
    }
}

/* ---- for the engine ---- */

/* True when something may follow. */
static bool apply(const struct vocabulary *v, const uint64_t *tokens, float *logits, size_t vocab)
{
    bool any = false;
    for (size_t i = 0; i < vocab; i++) {
        if (i < v->n && token_set_has(tokens, i))
            any = true;
        else
            logits[i] = -INFINITY;
    }
    return any;
}

static bool mask_tokens(void *context, float *logits, size_t vocab)
{
    struct constraint *c = context;
    const struct vocabulary *v = c->vocabulary;
    if (c->thinking) { /* which must come to its end first */
        for (size_t i = 0; i < v->n_ends; i++)
            if ((size_t)v->ends[i] < vocab) logits[v->ends[i]] = -INFINITY;
        return true;
    }
    if (machine_ended(&c->state)) return false;
    const uint64_t *tokens = find_mask(c);
    bool any = tokens && apply(v, tokens, logits, vocab);
    if (!any) c->failed = true;
    return any;
}

static bool is_end(const struct vocabulary *v, int32_t id)
{
    for (size_t i = 0; i < v->n_ends; i++)
        if (v->ends[i] == id) return true;
    return false;
}

static void step_bytes(struct constraint *c, struct machine_state *s, const char *bytes, size_t len)
{
    struct machine_state next;
    for (size_t i = 0; i < len && s->n; i++) {
        machine_step(&c->machine, s, (unsigned char)bytes[i], &next);
        *s = next;
    }
}

static void accept_token(void *context, int32_t id)
{
    struct constraint *c = context;
    struct machine_state others;
    uint32_t room;
    size_t len;
    if (c->thinking) {
        c->thinking = id != c->vocabulary->think_close;
        return;
    }
    if (is_end(c->vocabulary, id)) return;
    /* In two parts, as the mask: of many readings some are left out, and must be the same ones. */
    struct machine_state from = c->state;
    const char *bytes = tokenizer_token_bytes(c->vocabulary->tokenizer, id, &len);
    machine_split(&c->machine, &from, &c->state, &room, &others);
    step_bytes(c, &c->state, bytes, len);
    step_bytes(c, &others, bytes, len);
    machine_join(&c->state, &others);
    if (c->state.n == 0) c->failed = true;
    if (machine_collect(&c->machine, &c->state)) forget_masks(c);
}

/* ---- its life ---- */

struct constraint *constraint_create(const struct vocabulary *v, const struct json_schema *schema,
                                     bool thinking, struct error *err)
{
    struct constraint *c = calloc(1, sizeof *c);
    if (!c) {
        error_memory(err, "a constraint");
        return NULL;
    }
    c->vocabulary = v;
    c->thinking = thinking && v->think_close >= 0;
    c->token = (struct token_constraint){c, mask_tokens, accept_token};
    if (machine_init(&c->machine, schema, &c->state, err)) return c;
    free(c);
    return NULL;
}

void constraint_free(struct constraint *c)
{
    if (!c) return;
    forget_masks(c);
    machine_free(&c->machine);
    free(c);
}

const struct token_constraint *constraint_token(const struct constraint *c)
{
    return &c->token;
}

bool constraint_complete(const struct constraint *c)
{
    return !c->thinking && machine_complete(&c->state);
}

bool constraint_failed(const struct constraint *c)
{
    return c->failed;
}
