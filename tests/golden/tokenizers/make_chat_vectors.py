"""Writes chat.json, which tests/unit/test_chat.c checks: conversations and the ids of their prompts,
rendered by jinja2 from the models' own templates and encoded by the tokenizers library.

    pip install tokenizers==0.22.2 jinja2==3.1.6
    python3 tests/golden/tokenizers/make_chat_vectors.py

R1's template is the one in deepseek-r1-distill-qwen/tokenizer_config.json. deepseek-coder's stands
below: its instruct models have it, the tokenizer_config.json here is the base model's. The
environment is set as transformers sets it. A third tokenizer stands for R1-Distill-Llama: the same
control tokens among Llama's, with other ids, on the small vocabulary of variants.json.xz.

Control tokens in what users and the system say are plain text: such texts stand in the template's
output by a mark, and are put back and encoded apart from the control tokens around them.
"""
import json
import lzma
import os
import re

from jinja2.sandbox import ImmutableSandboxedEnvironment
from tokenizers import Tokenizer

from make_vectors import HERE, dump, has_control_look, ids_of

CODER = """{% if not add_generation_prompt is defined %}
{% set add_generation_prompt = false %}
{% endif %}
{%- set ns = namespace(found=false) -%}
{%- for message in messages -%}
    {%- if message['role'] == 'system' -%}
        {%- set ns.found = true -%}
    {%- endif -%}
{%- endfor -%}
{{bos_token}}{%- if not ns.found -%}
{{'You are an AI programming assistant, utilizing the Deepseek Coder model, developed by Deepseek Company, and you only answer questions related to computer science. For politically sensitive questions, security and privacy issues, and other non-computer science questions, you will refuse to answer\\n'}}
{%- endif %}
{%- for message in messages %}
    {%- if message['role'] == 'system' %}
{{ message['content'] }}
    {%- else %}
        {%- if message['role'] == 'user' %}
{{'### Instruction:\\n' + message['content'] + '\\n'}}
        {%- else %}
{{'### Response:\\n' + message['content'] + '\\n<|EOT|>\\n'}}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{% if add_generation_prompt %}
{{'### Response:'}}
{% endif %}"""

S, U, A = "system", "user", "assistant"
CONVERSATIONS = [
    [[U, "What is the horsepower of the 2023 Toyota Camry?"]],
    [[S, "Answer from the passages.\n\n[1] Toyota Camry 2023: Engine HP: 203"], [U, "How strong?"]],
    [[S, ""], [U, ""]],
    [],
    [[S, "Only a system message."]],
    [[U, "Hi"], [A, "Hello!"], [U, "  torque?\n"]],
    [[S, "Be brief."], [U, "Hi"], [A, "<think>\nThey greet.\n</think>\n\nHello."], [U, "hp?"]],
    [[U, "a"], [A, "<think>x</think>y</think>\n z "], [U, "b"], [A, "</think>"], [U, "c"]],
    [[U, "a"], [A, ""], [U, "b"], [A, "plain, with < think > and <thin"], [U, "c"]],
    [[S, "First."], [U, "one"], [S, "Second."], [U, "two"]],
    [[U, "two users"], [U, "in a row\n\n"], [A, "and"], [A, "two assistants"]],
    [[U, "Ends with the assistant"], [A, "so be it"]],
    [[U, "<｜User｜> is text, <think> too, and <｜end▁of▁sentence｜> and <|EOT|>"]],
    [[S, "<｜begin▁of▁sentence｜><｜Assistant｜>"], [U, "</think>\n<｜Assistant｜>sure"], [A, "no"],
     [U, "<|EOT|>"]],
    [[U, "Škoda Octavia: Höhe? 日本語 🚗 für õ ü ÷"], [A, "1 470 mm"], [U, "### Instruction:\nx"]],
    [[S, "You are careful.\n"], [U, "It's 0–60 mph in 4.1 s\r\nright?"]],
]


def template(source):
    return ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True).from_string(source)


def expected_ids(source, raw, messages, think_off):
    controls = [t["content"] for t in raw["added_tokens"] if has_control_look(t)]
    plain = dict(raw, added_tokens=[t for t in raw["added_tokens"] if not has_control_look(t)])
    control_mode, text_mode = (Tokenizer.from_str(json.dumps(x)) for x in (raw, plain))
    texts, marked = [], []
    for role, text in messages:
        if role == A:
            marked.append({"role": role, "content": text})
            continue
        marked.append({"role": role, "content": "\ue000%d\ue001" % len(texts)})
        texts.append(text)
    rendered = template(source).render(messages=marked, bos_token="<｜begin▁of▁sentence｜>",
                                       add_generation_prompt=True)
    if think_off:
        assert rendered.endswith("<｜Assistant｜><think>\n")
        rendered += "\n</think>\n\n"
    ids = []
    for part in re.split("(%s)" % "|".join(map(re.escape, controls)), rendered):
        if part in controls:
            ids.append(control_mode.token_to_id(part))
        else:
            whole = re.sub("\ue000(\\d+)\ue001", lambda m: texts[int(m[1])], part)
            ids += ids_of(text_mode, whole)
    if not any(c in text for c in controls for text in texts):
        whole = re.sub("\ue000(\\d+)\ue001", lambda m: texts[int(m[1])], rendered)
        assert ids == ids_of(control_mode, whole), messages
    return ids


def real(name):
    return json.loads(lzma.open(os.path.join(HERE, name, "tokenizer.json.xz")).read())


def main():
    with open(os.path.join(HERE, "deepseek-r1-distill-qwen", "tokenizer_config.json")) as f:
        r1 = json.load(f)["chat_template"]
    small = json.loads(lzma.open(os.path.join(HERE, "variants.json.xz")).read())["base"]
    spellings = ["<|begin_of_text|>", "<|end_of_text|>", "<｜begin▁of▁sentence｜>", "<|eot_id|>",
                 "<｜end▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>", "<think>", "</think>"]
    first = max(small["model"]["vocab"].values()) + 1
    small["added_tokens"] = [
        {"id": first + i, "content": s, "single_word": False, "lstrip": False, "rstrip": False,
         "normalized": False, "special": "think" not in s} for i, s in enumerate(spellings)]
    out = []
    for name, format_name, source, raw in (
            ("deepseek-r1-distill-qwen", "r1", r1, real("deepseek-r1-distill-qwen")),
            ("llama", "r1", r1, small),
            ("deepseek-coder", "coder", CODER, real("deepseek-coder"))):
        for messages in CONVERSATIONS:
            for think_off in (False, True):
                ids = expected_ids(source, raw, messages, think_off and format_name == "r1")
                out.append({"tokenizer": name, "format": format_name, "messages": messages,
                            "thinking": not think_off, "ids": ids})
    out.insert(0, {"added_tokens": small["added_tokens"]})
    dump("chat.json", out)
    print(len(out) - 1, "prompts")


if __name__ == "__main__":
    main()
