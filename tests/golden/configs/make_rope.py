"""Writes rope.safetensors: inv_freq and scale as transformers computes them for each config here.

Run in the virtual environment of tests/golden/models/requirements.txt. The folders that begin with
"made-" are not of real models: they use what the real ones do not (see each rope_scaling).
"""
import json
import pathlib

import torch
from safetensors.torch import save_file
from transformers import AutoConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

here = pathlib.Path(__file__).parent
base = json.loads((here / "DeepSeek-R1-Distill-Qwen-7B" / "config.json").read_text())
made = {
    "made-yarn-untruncated": {"type": "yarn", "factor": 4.0, "truncate": False,
                              "original_max_position_embeddings": 32768},
    "made-yarn-mscale": {"rope_type": "yarn", "factor": 40, "beta_fast": 16, "beta_slow": 2,
                         "mscale": 1.0, "mscale_all_dim": 0.707},
    "made-yarn-attention-factor": {"rope_type": "yarn", "factor": 8.0, "attention_factor": 0.9,
                                   "original_max_position_embeddings": 4096},
    "made-yarn-short": {"rope_type": "yarn", "factor": 2.0,
                        "original_max_position_embeddings": 4},
    "made-llama3": {"rope_type": "llama3", "factor": 32.0, "low_freq_factor": 1.0,
                    "high_freq_factor": 4.0, "original_max_position_embeddings": 500},
    "made-default": {"rope_type": "default"},
}
for name, scaling in made.items():
    folder = here / name
    folder.mkdir(exist_ok=True)
    config = dict(base, rope_scaling=scaling)
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")

vectors = {}
for path in sorted(here.glob("*/config.json")):
    config = AutoConfig.from_pretrained(path.parent)
    scaling = config.rope_scaling or {}
    kind = scaling.get("rope_type", scaling.get("type", "default"))
    inv_freq, scale = ROPE_INIT_FUNCTIONS[kind](config, "cpu")
    vectors[path.parent.name + ".inv_freq"] = inv_freq.float().contiguous()
    vectors[path.parent.name + ".scale"] = torch.tensor([scale], dtype=torch.float32)
save_file(vectors, here / "rope.safetensors")
print(len(vectors) // 2, "configs")
