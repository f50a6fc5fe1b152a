/* The open connections of the server, and which of them has to go: one whose request is not finished in
 * time, one whose client has gone, and, where there are too many, the one that has taken the most for the
 * longest. So somebody without a key who opens connections and finishes no request keeps nobody else out.
 * A connection is ended by shutdown(2): the HTTP library then sees its end and closes it. May be used by
 * several threads at once. */
#ifndef SERVER_CONNECTIONS_H
#define SERVER_CONNECTIONS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
    CONNECTION_FIRST_SECONDS = 20, /* from the opening to the end of the first request's headers */
    CONNECTION_NEXT_SECONDS = 60,  /* from a reply to the end of the next one's headers */
    CONNECTION_BODY_SECONDS = 30,  /* in which a body that is not at its end ... */
    CONNECTION_BODY_BYTES = 15000, /* ... must have come on by so many bytes */
    CONNECTION_STALL_SECONDS = 2,  /* without a byte: ended where others need its room */
    CONNECTION_LONGEST_BODY_SECONDS = 3600,
};

enum connection_phase {
    CONNECTION_WAITING, /* for a request's line and headers */
    CONNECTION_BODY,    /* the body comes */
    CONNECTION_SENDING, /* a reply is there: the client has to read it */
    CONNECTION_WORKING, /* a request is at work: never ended here */
};

struct connections;
struct connection;

/* At most `limit` are kept while one can be ended. NULL: out of memory. */
struct connections *connections_create(size_t limit);
void connections_free(struct connections *c); /* all must have been removed */

/* A new one, which may end another. The socket must stay open until it is removed. NULL: out of memory. */
struct connection *connections_add(struct connections *c, int fd, const struct sockaddr *address, double now);
void connections_remove(struct connections *c, struct connection *one);

void connections_set_phase(struct connections *c, struct connection *one, enum connection_phase phase, double now);

/* Bytes of a body have come, or wait to be read by the client. */
void connections_add_bytes(struct connections *c, struct connection *one, size_t bytes, double now);

/* Ends the connection whose body or unread reply has taken the most for the longest without going on; none
 * where all go on. */
void connections_relieve(struct connections *c, double now);

/* Ends those that are over time or whose clients have gone; to be called about twice a second. */
void connections_expire(struct connections *c, double now);

#endif
