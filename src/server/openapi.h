/* The API's description in OpenAPI 3.2 (spec.openapis.org/oas/v3.2.0), as it is served. */
#ifndef SERVER_OPENAPI_H
#define SERVER_OPENAPI_H

#include <stddef.h>

/* Also ended by a NUL, which *len does not count. */
const char *openapi_text(size_t *len);

#endif
