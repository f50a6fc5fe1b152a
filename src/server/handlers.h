/* The handlers of routes.c, by the file that they stand in. */
#ifndef SERVER_HANDLERS_H
#define SERVER_HANDLERS_H

#include "server/exchange.h"

/* status.c */
void handle_health(struct exchange *x);
void handle_ready(struct exchange *x);
void handle_metrics(struct exchange *x);
void handle_llm_info(struct exchange *x);

/* page.c */
void handle_page(struct exchange *x);

/* openapi.c */
void handle_openapi(struct exchange *x);

/* query.c */
void handle_query(struct exchange *x);

/* verify.c */
void handle_verify(struct exchange *x);

/* catalog.c */
void handle_manufacturers(struct exchange *x);
void handle_models(struct exchange *x);
void handle_categories(struct exchange *x);
void handle_engine_types(struct exchange *x);
void handle_transmission_types(struct exchange *x);

/* documents.c */
void handle_documents(struct exchange *x);
void handle_document(struct exchange *x);
void handle_delete_document(struct exchange *x);
void handle_reset(struct exchange *x);

/* pages.c */
void handle_document_page(struct exchange *x);

/* ingest.c */
void handle_ingest_text(struct exchange *x);
void handle_ingest_file(struct exchange *x);
void handle_ingest_status(struct exchange *x);

/* jobs_api.c */
void handle_jobs(struct exchange *x);
void handle_job(struct exchange *x);
void handle_cancel_job(struct exchange *x);
void handle_retry_job(struct exchange *x);

/* models.c, chat.c, completions.c, embeddings.c */
void handle_v1_models(struct exchange *x);
void handle_v1_model(struct exchange *x);
void handle_chat(struct exchange *x);
void handle_completions(struct exchange *x);
void handle_embeddings(struct exchange *x);

#endif
