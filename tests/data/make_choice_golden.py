"""Golden answers to commonsense questions: python3 make_choice_golden.py > choice_golden.json

Made with Hugging Face's LLaMA in float64 (transformers 4.57, torch 2.11) and tokenizers 0.22. Texts, tokens,
log-likelihoods and scores follow lm-evaluation-harness 0.4: its task files, HFLM._encode_pair and
_loglikelihood_tokens (one request at a time, without padding), process_results and mean_stderr. Weights are those of
make_decoder_golden.py.
"""

import json
import os
import statistics

import numpy as np
import tokenizers
import torch
import transformers

from make_decoder_golden import SMALL, everything_in_float64, weight

HERE = os.path.dirname(os.path.abspath(__file__))
POSITIONS = 56
TASKS = {
    "piqa": [
        {"goal": "How do I keep the fox away?", "sol1": "Build a fence.", "sol2": "Feed it every single day.", "label": 0},
        {"goal": "Boil an egg.", "sol1": "Put it into the oven and wait for three hours.", "sol2": "Use hot water.",
         "label": 1},
        {"goal": "Dry a wet book that fell into the lake during the long and rainy summer holidays, quickly.",
         "sol1": "Stand it up.", "sol2": "Put it into the water again.", "label": 0},
        {"goal": "Open a jar.", "sol1": "Turn the lid.", "sol2": "Turn the table.", "label": 0},
        {"goal": "Clean glass", "sol1": "vinegar", "sol2": "mud \u2013 lots of it", "label": 0},
    ],
    "arc_easy": [
        {"question": "Which one is a mammal?", "choices": {"text": ["fox", "frog", "fly", "fish"],
                                                          "label": ["A", "B", "C", "D"]}, "answerKey": "A"},
        {"question": "What is frozen water?", "choices": {"text": ["steam", "ice", "rain"], "label": ["1", "2", "3"]},
         "answerKey": "2"},
        {"question": "Where do plants get energy?", "choices": {
            "text": ["from the moon", "from the sun", "from the stones in the ground", "from wind"],
            "label": ["A", "B", "C", "D"]}, "answerKey": "B"},
    ],
    "boolq": [
        {"passage": "The fox is an animal. It jumps over dogs.", "question": "is the fox an animal", "label": 1},
        {"passage": "Water is wet. It is not dry, and it never was, as far as anybody can remember in this town.",
         "question": "is water dry", "label": 0},
        {"passage": "", "question": "do dogs bark", "label": 1},
    ],
    "winogrande": [
        {"sentence": "Sarah beat Maria because _ was better.", "option1": "Sarah", "option2": "Maria", "answer": "1"},
        {"sentence": "The trophy did not fit the suitcase because the _ was too large.", "option1": "suitcase",
         "option2": "trophy", "answer": "2"},
    ],
    "openbookqa": [
        {"question_stem": "", "choices": {"text": ["the sun", "the dog"], "label": ["A", "B"]}, "answerKey": "A"},
        {"question_stem": "The sun is ", "choices": {"text": ["a star", "a stone"], "label": ["A", "B"]},
         "answerKey": "B"},
    ],
}
HAS_NORM = {"piqa", "arc_easy", "openbookqa"}


def question(task, row):
    """Contexts, continuations, lengths of the choices and the right one."""
    if task == "winogrande":
        gap = row["sentence"].index("_")
        options = [row["option1"], row["option2"]]
        contexts = [row["sentence"][:gap] + option for option in options]
        return contexts, [" " + row["sentence"][gap + 1:].strip()] * 2, None, int(row["answer"]) - 1
    if task == "piqa":
        context, choices, gold = f"Question: {row['goal']}\nAnswer:", [row["sol1"], row["sol2"]], row["label"]
    elif task == "boolq":
        context = f"{row['passage']}\nQuestion: {row['question']}?\nAnswer:"
        choices, gold = ["no", "yes"], row["label"]
    else:
        context = row["question_stem"] if task == "openbookqa" else f"Question: {row['question']}\nAnswer:"
        choices = row["choices"]["text"]
        gold = row["choices"]["label"].index(row["answerKey"])
    return [context] * len(choices), [" " + c for c in choices], np.array([float(len(c)) for c in choices]), gold


def encode_pair(tokenizer, context, continuation):
    encode = lambda text: tokenizer.encode(text, add_special_tokens=False).ids  # noqa: E731
    if context == "":
        return [tokenizer.token_to_id("<|endoftext|>")], encode(continuation)
    spaces = len(context) - len(context.rstrip())
    if spaces > 0:
        continuation = context[-spaces:] + continuation
        context = context[:-spaces]
    whole = encode(context + continuation)
    start = len(encode(context))
    return whole[:start], whole[start:]


def log_likelihood(model, tokenizer, context, continuation):
    context_ids, continuation_ids = encode_pair(tokenizer, context, continuation)
    assert 0 < len(continuation_ids) <= POSITIONS
    read = torch.tensor((context_ids + continuation_ids)[-(POSITIONS + 1):][:-1])
    logits = torch.log_softmax(model(read[None]).logits, dim=-1)[0, -len(continuation_ids):]
    return logits.gather(1, torch.tensor(continuation_ids)[:, None]).sum().item()


def mean_stderr(values):
    return statistics.stdev(values) / len(values) ** 0.5


def main():
    tiny = json.load(open(os.path.join(HERE, "tokenizer", "tokenizer_json_tiny.json")))["gpt2"]
    tokenizer = tokenizers.Tokenizer.from_str(json.dumps(tiny))
    config = SMALL | {"model_type": "llama", "vocab_size": tokenizer.get_vocab_size(),
                      "max_position_embeddings": POSITIONS}
    golden = {"config": config, "tasks": {}}
    with everything_in_float64(), torch.no_grad():
        made = transformers.AutoConfig.for_model(**json.loads(json.dumps(config)))
        made._attn_implementation = "eager"
        model = transformers.AutoModelForCausalLM.from_config(made, dtype=torch.float64)
        for name, parameter in model.named_parameters():
            parameter.data = torch.from_numpy(weight(name, tuple(parameter.shape))).to(torch.float64)
        model.eval()
        for task, rows in TASKS.items():
            likelihoods, acc, acc_norm = [], [], []
            for row in rows:
                contexts, continuations, lengths, gold = question(task, row)
                lls = [log_likelihood(model, tokenizer, a, b) for a, b in zip(contexts, continuations)]
                likelihoods.append(lls)
                acc.append(1.0 if np.argmax(lls) == gold else 0.0)
                if lengths is not None:
                    acc_norm.append(1.0 if np.argmax(lls / lengths) == gold else 0.0)
            results = {"acc,none": float(np.mean(acc)), "acc_stderr,none": mean_stderr(acc)}
            if task in HAS_NORM:
                results |= {"acc_norm,none": float(np.mean(acc_norm)), "acc_norm_stderr,none": mean_stderr(acc_norm)}
            golden["tasks"][task] = {"rows": rows, "log_likelihoods": likelihoods, "results": results}
    print(json.dumps(golden, indent=1))


if __name__ == "__main__":
    main()
