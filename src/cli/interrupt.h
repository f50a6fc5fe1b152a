/* Ctrl-C: the first one asks the work to end, the second one kills. */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <stdatomic.h>

/* From now on SIGINT and SIGTERM set the flag that is returned; a second one of the same kind has
 * its usual effect. Before the first call they end the program at once. */
const atomic_bool *interrupt_watch(void);

#endif
