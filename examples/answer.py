#!/usr/bin/env python3
"""Asks the model that comes with autospec about one document; see python/README.md."""

from autospec import LocalLLM

llm = LocalLLM(device="auto", temperature=0.1, max_tokens=512, use_4bit=True, use_8bit=False)
documents = [
    {
        "content": "Engine: 2.5 L I4\nHorsepower (hp): 203\nTorque (lb-ft): 184\nCombined MPG: 32",
        "metadata": {"manufacturer": "Toyota", "model": "Camry", "year": 2023, "trim": "LE"},
    }
]
print(llm.answer_query("What is the horsepower of the 2023 Toyota Camry?", documents))
