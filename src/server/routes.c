/* Which handler answers what. openapi.json tells clients the same; a test compares the two. */
#include "server/handlers.h"
#include "server/server.h"

const struct route ROUTES[] = {
    {"GET", "/", LANE_DIRECT, BODY_NONE, true, handle_page},
    {"GET", "/openapi.json", LANE_DIRECT, BODY_NONE, true, handle_openapi},
    {"GET", "/health", LANE_DIRECT, BODY_NONE, true, handle_health},
    {"GET", "/ready", LANE_DIRECT, BODY_NONE, true, handle_ready},
    {"GET", "/metrics", LANE_DIRECT, BODY_NONE, false, handle_metrics},
    {"POST", "/query", LANE_MODEL, BODY_JSON, false, handle_query},
    {"POST", "/verify", LANE_READ, BODY_JSON, false, handle_verify},
    {"GET", "/query/llm-info", LANE_DIRECT, BODY_NONE, false, handle_llm_info},
    {"GET", "/query/manufacturers", LANE_READ, BODY_NONE, false, handle_manufacturers},
    {"GET", "/query/models", LANE_READ, BODY_NONE, false, handle_models},
    {"GET", "/query/categories", LANE_READ, BODY_NONE, false, handle_categories},
    {"GET", "/query/engine-types", LANE_READ, BODY_NONE, false, handle_engine_types},
    {"GET", "/query/transmission-types", LANE_READ, BODY_NONE, false, handle_transmission_types},
    {"GET", "/documents", LANE_READ, BODY_NONE, false, handle_documents},
    {"GET", "/documents/{id}", LANE_READ, BODY_NONE, false, handle_document},
    {"GET", "/documents/{id}/pages/{page}", LANE_READ, BODY_NONE, false, handle_document_page},
    {"DELETE", "/documents/{id}", LANE_WRITE, BODY_NONE, false, handle_delete_document},
    {"POST", "/ingest/text", LANE_WRITE, BODY_JSON, false, handle_ingest_text},
    {"POST", "/ingest/file", LANE_WRITE, BODY_FORM, false, handle_ingest_file},
    {"GET", "/ingest/status", LANE_READ, BODY_NONE, false, handle_ingest_status},
    {"GET", "/ingest/jobs", LANE_DIRECT, BODY_NONE, false, handle_jobs},
    {"GET", "/ingest/jobs/{id}", LANE_DIRECT, BODY_NONE, false, handle_job},
    {"DELETE", "/ingest/jobs/{id}", LANE_READ, BODY_NONE, false, handle_cancel_job},
    {"POST", "/ingest/jobs/{id}/retry", LANE_READ, BODY_NONE, false, handle_retry_job},
    {"POST", "/ingest/reset", LANE_WRITE, BODY_JSON, false, handle_reset},
    {"GET", "/v1/models", LANE_DIRECT, BODY_NONE, false, handle_v1_models},
    {"GET", "/v1/models/{+id}", LANE_DIRECT, BODY_NONE, false, handle_v1_model},
    {"POST", "/v1/chat/completions", LANE_MODEL, BODY_JSON, false, handle_chat},
    {"POST", "/v1/completions", LANE_MODEL, BODY_JSON, false, handle_completions},
    {"POST", "/v1/embeddings", LANE_MODEL, BODY_JSON, false, handle_embeddings},
};
const size_t N_ROUTES = sizeof ROUTES / sizeof *ROUTES;
