/* Named quantities of a vehicle's parts, as manuals and workshop notes state them: what a fastener is tightened
 * to, what a system holds, how large a part is, how often something is done. Each is a fact under the text's own
 * words: "drain plug torque", "hydraulic system capacity", "bed length", "air filter replacement
 * interval"; of an attribute of the registry where that has the name. Never a figure of the vehicle itself: a
 * bolt's torque is not the engine's.
 */
#ifndef INGEST_PROSE_QUANTITIES_H
#define INGEST_PROSE_QUANTITIES_H

#include "ingest/prose_facts.h"

enum { PROSE_MAX_QUANTITIES = 12, PROSE_QUANTITY_NAME = 160 };

struct prose_quantity {
    char name[PROSE_QUANTITY_NAME];
    const char *section; /* what such figures are called together: "tightening torque"; "" */
    int attribute; /* index into REGISTRY; -1: the name is the text's own */
    uint64_t qualifiers;
    size_t measure;           /* its figure, the first of several steps */
    struct token_range named; /* the part */
    size_t value_begin, value_end; /* bytes of the sentence: "25 Nm, then 90°" */
    bool number;              /* one figure; else steps, a text */
    struct token_range remark;
};

/* The quantities of the sentence, at most `max`. Their figures are taken from the sentence: they have no
 * attribute any more. */
size_t prose_quantities_find(struct prose_sentence *s, struct prose_quantity *out, size_t max);

/* prose_fasteners.c: those of a torque. */
size_t prose_torques_find(struct prose_sentence *s, struct prose_quantity *out, size_t max);

/* Whether token i is a fastener or a word of tightening: a torque beside it is not the engine's. */
bool prose_is_fastener(const struct prose_sentence *s, size_t i);
bool prose_is_tightening(const struct prose_sentence *s, size_t i);

/* Adds tokens [first, end) of the sentence to the name, behind a space. */
void prose_quantity_name(struct prose_quantity *q, const struct prose_sentence *s, size_t first, size_t end);
void prose_quantity_name_text(struct prose_quantity *q, const char *text);

/* The attribute that the name has in the registry, if it is of this dimension; else -1. */
void prose_quantity_attribute(struct prose_quantity *q, enum dimension dimension);

/* Whether the figure is denied, or another's: what a procedure should do counts, other than of a vehicle. */
bool prose_quantity_denied(const struct prose_sentence *s, const struct prose_measure *m);

/* Whether token i can stand inside a part's name: no article, verb, preposition or figure. */
bool prose_is_part_word(const struct prose_sentence *s, size_t i);

#endif
