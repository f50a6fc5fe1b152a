/* Sentences that name a property and its value outright, whatever the property is: "Its garpo level is 17.",
 * "The bracket comes to FFR 217", "Bore: 82 mm.", "With a trunk volume of 156 L, ...", "For the steering, the
 * maker quotes rack-and-pinion." Of an attribute of the registry where the name is one; else of the text's own,
 * and then a figure or a code alone: "its handling is superb" gives nothing. English.
 */
#ifndef INGEST_PROSE_FRAMES_H
#define INGEST_PROSE_FRAMES_H

#include "ingest/prose_facts.h"

struct prose_frame {
    struct token_range name, value; /* tokens */
    size_t name_begin, name_end;    /* bytes of the sentence */
    size_t value_begin, value_end;
    bool open; /* an adjective may stand where the value does: "the steering is light" */
    bool sure; /* what stands at its beginning is a property's name and no version's: "Its", "comes to" */
};

/* Whether the sentence is such a one. */
bool prose_frame_find(const struct prose_sentence *s, struct prose_frame *out);

/* What it says: the attribute (-1: of its own) with its qualifiers, and the value. False: nothing that is
 * certain. */
struct prose_frame_fact {
    int attribute;
    uint64_t qualifiers;
    bool inverse;
    struct value value; /* NUMBER or TEXT */
    int category;
    bool instead; /* of what the rules for figures made of it */
};
bool prose_frame_read(const struct prose_sentence *s, const struct prose_frame *f, enum number_style style,
                      struct prose_frame_fact *out);

#endif
