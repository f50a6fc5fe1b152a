"""The tokenizer: byte-level BPE with single digits, trained on generated text.

    python tokenizer.py OUT_DIR

The splitting rule and the control tokens are those of DeepSeek-R1-Distill-Qwen,
so that the same C code and the same chat format serve both.
"""

import json
import pathlib
import random
import sys

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

SIZE = 4096
SPLIT = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
         r"|\s+(?!\S)|\s+")
END, USER, ASSISTANT, BEGIN = "<｜end▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>", "<｜begin▁of▁sentence｜>"
CONTROL = [(END, True), (USER, False), (ASSISTANT, False), (BEGIN, True), ("<|EOT|>", False), ("<think>", False), ("</think>", False)]
TEMPLATE = (
    "{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}{{ bos_token }}"
    "{%- for message in messages %}{%- if message['role'] == 'system' %}{{ message['content'] }}"
    "{%- elif message['role'] == 'user' %}{{ '<｜User｜>' + message['content'] }}"
    "{%- elif message['role'] == 'assistant' %}{% set content = message['content'].split('</think>')[-1] %}"
    "{{ '<｜Assistant｜>' + content + '<｜end▁of▁sentence｜>' }}{%- endif %}{%- endfor %}"
    "{% if add_generation_prompt %}{{ '<｜Assistant｜><think>\\n' }}{% endif %}")


def corpus(contexts):
    """Text of the training half of the world, and plain names for breadth."""
    from dataset import Source, render_context
    source = Source(seed=1, held=False)
    for _ in range(contexts):
        passages, questions = source.example()
        yield render_context(passages)
        for q in questions:
            yield f"Question: {q.text}"
            yield q.span


def train(out, contexts=8000):
    random.seed(1)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(SPLIT), "isolated", invert=False),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel(add_prefix_space=False, trim_offsets=True, use_regex=False)
    trainer = trainers.BpeTrainer(vocab_size=SIZE - len(CONTROL), show_progress=False, min_frequency=2,
                                  initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.train_from_iterator(corpus(contexts), trainer)
    tokenizer.add_tokens([AddedToken(c, single_word=False, lstrip=False, rstrip=False, normalized=False, special=s)
                          for c, s in CONTROL if not s])
    # Added one by one, so that the ids follow the order of the list.
    path = pathlib.Path(out)
    path.mkdir(parents=True, exist_ok=True)
    save(tokenizer, path)
    return tokenizer


def save(tokenizer, path):
    """Write tokenizer.json and tokenizer_config.json in Hugging Face's layout."""
    state = json.loads(tokenizer.to_str())
    first = len(state["model"]["vocab"])
    state["added_tokens"] = [
        {"id": first + i, "content": c, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": s}
        for i, (c, s) in enumerate(CONTROL)]
    begin = next(t["id"] for t in state["added_tokens"] if t["content"] == BEGIN)
    state["post_processor"] = {
        "type": "TemplateProcessing",
        "single": [{"SpecialToken": {"id": BEGIN, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
        "pair": [{"SpecialToken": {"id": BEGIN, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                 {"SpecialToken": {"id": BEGIN, "type_id": 1}}, {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {BEGIN: {"id": BEGIN, "ids": [begin], "tokens": [BEGIN]}}}
    (path / "tokenizer.json").write_text(json.dumps(state, ensure_ascii=False, indent=1) + "\n")
    token = lambda c: {"__type": "AddedToken", "content": c, "lstrip": False, "normalized": True, "rstrip": False, "single_word": False}
    config = {"add_bos_token": True, "add_eos_token": False, "bos_token": token(BEGIN), "clean_up_tokenization_spaces": False,
              "eos_token": token(END), "legacy": True, "model_max_length": 4096, "pad_token": token(END), "sp_model_kwargs": {},
              "unk_token": None, "tokenizer_class": "LlamaTokenizerFast", "chat_template": TEMPLATE}
    (path / "tokenizer_config.json").write_text(json.dumps(config, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    train(sys.argv[1])
