"""Writes a checkpoint in Hugging Face's layout, in bf16.

    python export.py CHECKPOINT TOKENIZER_DIR OUT_DIR
"""

import json
import pathlib
import shutil
import sys

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer

from model import Shape
from tokenizer import BEGIN, END


def config(shape, begin, end):
    """config.json with the fields of DeepSeek-R1-Distill-Qwen."""
    return {
        "architectures": ["Qwen2ForCausalLM"], "attention_dropout": 0.0, "bos_token_id": begin, "eos_token_id": end,
        "hidden_act": "silu", "hidden_size": shape.hidden_size, "initializer_range": 0.02,
        "intermediate_size": shape.intermediate_size, "max_position_embeddings": 4096,
        "autospec_one_vehicle": True, "max_window_layers": shape.num_hidden_layers, "model_type": "qwen2",
        "num_attention_heads": shape.num_attention_heads, "num_hidden_layers": shape.num_hidden_layers,
        "num_key_value_heads": shape.num_key_value_heads, "rms_norm_eps": shape.rms_norm_eps,
        "rope_theta": shape.rope_theta, "sliding_window": 4096, "tie_word_embeddings": True, "torch_dtype": "bfloat16",
        "use_cache": True, "use_mrope": False, "use_sliding_window": False, "vocab_size": shape.vocab_size}


def export(checkpoint, tokenizer, out):
    saved = torch.load(checkpoint, weights_only=True)
    shape, master = Shape(**saved["shape"]), saved["optimizer"]["master"]
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    state = {f"model.{n}": w.bfloat16().contiguous() for n, w in master.items()}
    save_file(state, str(out / "model.safetensors"), metadata={"format": "pt"})
    (out / "model.safetensors").chmod(0o644)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        if pathlib.Path(tokenizer).resolve() != out.resolve():
            shutil.copyfile(pathlib.Path(tokenizer) / name, out / name)
    vocabulary = Tokenizer.from_file(str(out / "tokenizer.json"))
    begin, end = vocabulary.token_to_id(BEGIN), vocabulary.token_to_id(END)
    write = lambda name, value: (out / name).write_text(json.dumps(value, indent=2) + "\n")
    write("config.json", config(shape, begin, end))
    write("generation_config.json", {"_from_model_config": True, "bos_token_id": begin, "eos_token_id": end, "do_sample": False})
    count = sum(w.numel() for w in master.values())
    print(f"{count / 1e6:.2f} M parameters, {(out / 'model.safetensors').stat().st_size / 1e6:.1f} MB, step {saved['step']}")


if __name__ == "__main__":
    export(*sys.argv[1:4])
