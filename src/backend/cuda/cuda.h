/* What the files of the CUDA backend share: the backend itself, and a step being laid out. */
#ifndef BACKEND_CUDA_CUDA_H
#define BACKEND_CUDA_CUDA_H

#include "backend/cuda/backend_cuda.h"
#include "backend/cuda/launches.h"

enum { MAX_GRAPHS = 64, MAX_GRAPH_TOKENS = 128 };

/* A step of decoding as a graph on each stage, for steps of the same sizes. */
struct step_graph {
    struct step_sizes sizes;
    bool choose;
    uint64_t used; /* when; 0: there is none here */
    struct device_graph *graphs[MAX_GPUS];
};

struct cuda_backend {
    struct backend base;
    const struct packed_model *model;
    struct gpus *gpus;
    struct placement placement;
    struct backend_options options;
    struct stage_limits limits;
    struct stage stages[MAX_GPUS];
    size_t n_stages;
    struct device_event *done[MAX_GPUS]; /* of each stage: its part of the step */
    struct backend *cpu;                 /* of the first layers; NULL: there are none */
    float rope_scale;
    struct step_graph graphs[MAX_GRAPHS];
    uint64_t clock; /* of graphs' use */
    char description[256];

    /* Page-locked. */
    uint8_t *inputs;
    float *logits; /* (max_logits, logits_stride) */
    int32_t *ids;  /* (max_logits + 8) */
    float *x;      /* (max_tokens + 8, hidden): what the CPU's layers leave */
    size_t logits_stride;

    /* The step under way. */
    const struct step_sequence *sequences;
    size_t n_sequences;
    size_t n_tokens, n_rows; /* without padding */
    bool any_logits;         /* some rows are wanted as logits */
    bool is_graph;           /* decoding alone: the sizes are padded to those of a graph */
    struct stage_step step;
};

/* Checks a step, works out its sizes and writes its inputs. */
bool step_prepare(struct cuda_backend *b, const struct step_sequence *sequences, size_t n,
                  struct error *err);

#endif
