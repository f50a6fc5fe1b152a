#include "grammar/choice_constraint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A token that goes on with a text. */
struct step {
    int32_t id;
    uint16_t text, bytes;
};

struct choice_constraint {
    struct token_constraint token;
    const struct vocabulary *vocabulary;
    size_t n, done; /* texts; bytes that were written */
    struct {
        char *text;
        size_t len;
        bool alive; /* what was written is its beginning */
        double log;
    } *texts;
    struct step *steps; /* of the step at hand */
    size_t n_steps, capacity;
    uint64_t *allowed; /* set of the steps' tokens */
    size_t chosen;
};

static bool add_step(struct choice_constraint *c, int32_t id, size_t text, size_t bytes)
{
    if (c->n_steps == c->capacity) {
        size_t more = c->capacity ? 2 * c->capacity : 256;
        struct step *bigger = realloc(c->steps, more * sizeof *bigger);
        if (!bigger) return false;
        c->steps = bigger;
        c->capacity = more;
    }
    c->steps[c->n_steps++] = (struct step){.id = id, .text = (uint16_t)text, .bytes = (uint16_t)bytes};
    return true;
}

/* The tokens that the rest of the text begins with: one way down the tree. */
static bool find_steps(struct choice_constraint *c, size_t text)
{
    const struct vocabulary_tree *tree = &c->vocabulary->all;
    const char *rest = c->texts[text].text + c->done;
    size_t left = c->texts[text].len - c->done, at = 0, end = tree->n;
    for (size_t depth = 0; depth < left; depth++) {
        while (at < end && tree->nodes[at].byte != (unsigned char)rest[depth]) at = tree->nodes[at].next;
        if (at >= end) return true;
        const struct vocabulary_node *node = &tree->nodes[at];
        if (node->id >= 0 && !add_step(c, node->id, text, depth + 1)) return false;
        end = node->next;
        at++;
    }
    return true;
}

static bool mask_tokens(void *context, float *logits, size_t vocab)
{
    struct choice_constraint *c = context;
    const struct vocabulary *v = c->vocabulary;
    c->n_steps = 0;
    if (c->chosen != SIZE_MAX) return false;
    for (size_t i = 0; i < c->n; i++)
        if (c->texts[i].alive && !find_steps(c, i)) return false;
    memset(c->allowed, 0, v->words * sizeof *c->allowed);
    double most = -INFINITY, sum = 0;
    for (size_t i = 0; i < c->n_steps; i++)
        if ((size_t)c->steps[i].id < vocab) most = fmax(most, (double)logits[c->steps[i].id]);
    if (!isfinite(most)) return false;
    /* Texts share tokens: each counts once. */
    for (size_t i = 0; i < c->n_steps; i++) {
        int32_t id = c->steps[i].id;
        if ((size_t)id >= vocab || token_set_has(c->allowed, (size_t)id)) continue;
        token_set_add(c->allowed, id);
        sum += exp((double)logits[id] - most);
    }
    if (!isfinite(sum)) return false; /* a logit that is no number */
    for (size_t i = 0; i < c->n_steps;) { /* the steps of a text stand together */
        size_t text = c->steps[i].text;
        double own = 0;
        for (; i < c->n_steps && c->steps[i].text == text; i++)
            if ((size_t)c->steps[i].id < vocab) own += exp((double)logits[c->steps[i].id] - most);
        c->texts[text].log += log(own / sum);
    }
    for (size_t i = 0; i < vocab; i++)
        if (i >= v->n || !token_set_has(c->allowed, i)) logits[i] = -INFINITY;
    return true;
}

static void accept_token(void *context, int32_t id)
{
    struct choice_constraint *c = context;
    size_t bytes = 0;
    for (size_t i = 0; i < c->n; i++) c->texts[i].alive = false;
    for (size_t i = 0; i < c->n_steps; i++) {
        if (c->steps[i].id != id) continue;
        c->texts[c->steps[i].text].alive = true;
        bytes = c->steps[i].bytes;
    }
    c->done += bytes;
    for (size_t i = 0; i < c->n; i++)
        if (c->texts[i].alive && c->texts[i].len == c->done) c->chosen = i;
}

struct choice_constraint *choice_constraint_create(const struct vocabulary *v, const char *const *texts, size_t n,
                                                   struct error *err)
{
    struct choice_constraint *c = n <= CHOICE_MAX_TEXTS ? calloc(1, sizeof *c) : NULL;
    if (n == 0 || n > CHOICE_MAX_TEXTS) {
        error_set(err, ERROR_USAGE, "%zu texts to choose from; 1 to %d can be", n, CHOICE_MAX_TEXTS);
        free(c);
        return NULL;
    }
    if (c) c->texts = calloc(n, sizeof *c->texts);
    if (c) c->allowed = malloc((v->words + 1) * sizeof *c->allowed);
    if (!c || !c->texts || !c->allowed) {
        error_memory(err, "a choice");
        goto fail;
    }
    c->token = (struct token_constraint){c, mask_tokens, accept_token};
    c->vocabulary = v;
    c->chosen = SIZE_MAX;
    for (c->n = 0; c->n < n; c->n++) {
        size_t len = strlen(texts[c->n]);
        for (size_t i = 0; i < c->n; i++) {
            size_t shorter = len < c->texts[i].len ? len : c->texts[i].len;
            if (memcmp(texts[c->n], c->texts[i].text, shorter) == 0) len = 0;
        }
        if (len == 0 || len > CHOICE_MAX_BYTES) {
            error_set(err, ERROR_USAGE, "text %zu to choose from is empty, too long or begins like another", c->n);
            goto fail;
        }
        c->texts[c->n].text = strdup(texts[c->n]);
        c->texts[c->n].len = len;
        c->texts[c->n].alive = true;
        if (!c->texts[c->n].text) {
            error_memory(err, "a choice");
            goto fail;
        }
    }
    return c;
fail:
    choice_constraint_free(c);
    return NULL;
}

void choice_constraint_free(struct choice_constraint *c)
{
    if (!c) return;
    for (size_t i = 0; c->texts && i < c->n; i++) free(c->texts[i].text);
    free(c->texts);
    free(c->steps);
    free(c->allowed);
    free(c);
}

const struct token_constraint *choice_constraint_token(const struct choice_constraint *c)
{
    return &c->token;
}

size_t choice_constraint_chosen(const struct choice_constraint *c)
{
    return c->chosen;
}

double choice_constraint_log(const struct choice_constraint *c, size_t text)
{
    return text < c->n ? c->texts[text].log : -INFINITY;
}
