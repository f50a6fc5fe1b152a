/* A model's text as it comes: the answer to standard output, the reasoning to standard error, so
 * that a pipe gets the answer alone. */
#ifndef CLI_STREAM_H
#define CLI_STREAM_H

#include <stdbool.h>
#include <stddef.h>

struct stream {
    bool reasoning_shown; /* something went to standard error */
    bool answer_shown;
    bool at_line_start; /* of the answer */
    bool dim;           /* private: the terminal is set to faint */
};

/* A generate_sink; its context is a struct stream that starts zeroed. False when standard output
 * has failed. */
bool stream_piece(void *context, const char *text, size_t len, bool reasoning);

/* Ends the line that the answer stands in. */
void stream_end(struct stream *s);

#endif
