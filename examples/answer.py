#!/usr/bin/env python3
"""Asks about two documents and shows the rows behind the answer; see python/README.md."""

from autospec import LocalLLM

llm = LocalLLM(device="auto", temperature=0.1, max_tokens=512, use_4bit=True, use_8bit=False)
documents = [
    {
        "content": "Engine: 2.5 L I4\nHorsepower (hp): 203\nTorque (lb-ft): 184\nCombined MPG: 32",
        "metadata": {"manufacturer": "Toyota", "model": "Camry", "year": 2023, "trim": "LE"},
    },
    {
        "content": "Engine: 1.5 L I4\nHorsepower (hp): 192\nTorque (lb-ft): 192\nCombined MPG: 32",
        "metadata": {"manufacturer": "Honda", "model": "Accord", "year": 2023, "trim": "LX"},
    },
]
print(llm.answer_query("What is the horsepower of the 2023 Toyota Camry?", documents))
answer = llm.answer("Which has more horsepower, the Camry or the Accord, and by how much?", documents)
print(answer)
for row in answer.rows:
    print(row["vehicle"], row["attribute"], row["value"], row["unit"], "from", row["document"], row["location"])
