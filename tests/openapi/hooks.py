"""What the description cannot say of valid requests, because it depends on the model that is
loaded: made right here, in those requests alone that are meant to be right."""
import schemathesis

VOCABULARY = 4096  # of models/nano
BIG = 2**62


def whole_numbers(value):
    """Without those beyond 64 bits, in members that are passed over."""
    if isinstance(value, dict):
        return {k: whole_numbers(v) for k, v in value.items()}
    if isinstance(value, list):
        return [whole_numbers(v) for v in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        return BIG if value > 0 else -BIG
    return value


def tokens(prompt):
    if isinstance(prompt, list):
        return [tokens(p) for p in prompt]
    return prompt % VOCABULARY if isinstance(prompt, (int, float)) else prompt


def fit_chat(body):
    if isinstance(body.get("top_logprobs"), (int, float)) and body["top_logprobs"] > 0:
        body["logprobs"] = True
    grounding = body.get("autospec")
    if isinstance(grounding, dict) and grounding.get("retrieve"):
        body["messages"] = body["messages"] + [{"role": "user", "content": "The Camry's horsepower?"}]
        for name in ("stop", "logprobs", "top_logprobs", "response_format"):
            body.pop(name, None)


def fit_format(body):
    """A schema that is one: of random ones most are none, or cannot be enforced."""
    form = body.get("response_format")
    if isinstance(form, dict) and form.get("type") == "json_schema":
        form["json_schema"]["schema"] = {"type": "array", "items": {"type": "integer"},
                                         "maxItems": 3}


@schemathesis.hook
def before_call(context, case, kwargs):
    meta = case.meta
    if not isinstance(case.body, dict) or (meta and meta.generation.mode.is_negative):
        return
    body = whole_numbers(case.body)
    path = case.operation.path
    if path == "/v1/chat/completions":
        fit_chat(body)
    if path in ("/v1/chat/completions", "/v1/completions"):
        fit_format(body)
    if path == "/v1/completions":
        body["prompt"] = tokens(body["prompt"])
        if isinstance(body["prompt"], list) and len(body["prompt"]) > 16 and not all(
                isinstance(t, (int, float)) for t in body["prompt"]):
            body["prompt"] = body["prompt"][:16]
    if path == "/v1/embeddings":
        body.pop("dimensions", None)  # the encoder has a number of its own
    case.body = body
