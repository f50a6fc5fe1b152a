#include "measure/figures.h"

#include <stdlib.h>
#include <string.h>

void samples_add(struct samples *s, double value)
{
    if (s->n < MAX_SAMPLES) s->values[s->n++] = value;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct spread samples_spread(const struct samples *s)
{
    if (s->n == 0) return (struct spread){0};
    double sorted[MAX_SAMPLES];
    memcpy(sorted, s->values, s->n * sizeof *sorted);
    qsort(sorted, s->n, sizeof *sorted, ascending);
    return (struct spread){
        .median = (sorted[(s->n - 1) / 2] + sorted[s->n / 2]) / 2,
        .least = sorted[0],
        .most = sorted[s->n - 1],
    };
}

static void add_matrix(struct weights_read *r, const struct packed_matrix *m)
{
    r->bytes += packed_matrix_bytes(m->type, m->rows, m->cols);
    if (m->type == QUANT_Q4 || m->type == QUANT_Q8)
        r->bytes += packed_blocks(m->rows) * QUANT_BLOCK_ROWS * sizeof *m->row_scale;
    r->weights += m->rows * m->cols;
}

static void add_layers(struct weights_read *r, const struct packed_model *m)
{
    for (size_t l = 0; l < m->config.n_layers; l++) {
        const struct packed_layer *w = &m->layers[l];
        add_matrix(r, &w->qkv);
        add_matrix(r, &w->o);
        add_matrix(r, &w->gate_up);
        add_matrix(r, &w->down);
    }
}

struct weights_read figures_weights_read(const struct packed_model *m)
{
    struct weights_read r = {0};
    add_layers(&r, m);
    add_matrix(&r, &m->head);
    return r;
}

double figures_bits_a_weight(const struct weights_read *r)
{
    return figures_ratio(8.0 * (double)r->bytes, (double)r->weights);
}

double figures_bytes_a_token(const struct weights_read *r, double kv_bytes, size_t context,
                             size_t n)
{
    /* context + 1, context + 2, ... context + n tokens are looked at. */
    return (double)r->bytes + kv_bytes * ((double)context + ((double)n + 1) / 2);
}

double figures_prompt_operations(const struct packed_model *m, size_t n)
{
    const struct packed_layer *last = &m->layers[m->config.n_layers - 1];
    struct weights_read layers = {0}, once = {0};
    add_layers(&layers, m);
    add_matrix(&once, &last->o);
    add_matrix(&once, &last->gate_up);
    add_matrix(&once, &last->down);
    double every = (double)layers.weights - (double)once.weights;
    add_matrix(&once, &m->head);
    return 2.0 * (every * (double)n + (double)once.weights);
}

double figures_ratio(double a, double b)
{
    return b > 0 ? a / b : 0;
}

bool figures_reached(double figure, double goal, bool at_most)
{
    return at_most ? figure <= goal : figure >= goal;
}
