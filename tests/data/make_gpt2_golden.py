"""Golden numbers of GPT-2: python3 make_gpt2_golden.py > gpt2_golden.json

Made with Hugging Face's GPT2LMHeadModel (transformers 4.57, torch 2.11), in float64 and, for the logits, in float32 as it
is. Weights are a formula of Hugging Face's name and index (make_decoder_golden.py); gradients are those of the mean
cross-entropy, in the layout of Hugging Face's files.
"""

import json

import torch
import transformers

from make_decoder_golden import (LENGTH, PADDING, SEGMENTS, VOCABULARY, batch, everything_in_float64,
                                 labels_of, model_inputs, projection, weight)

SMALL = {"model_type": "gpt2", "vocab_size": VOCABULARY, "n_positions": 16, "n_embd": 32, "n_layer": 2, "n_head": 4,
         "bos_token_id": 1, "eos_token_id": 2}
CASES = {
    "gpt2": {},
    "gpt2_untied": {"tie_word_embeddings": False, "n_inner": 40, "layer_norm_epsilon": 1e-3},
    "gpt2_exact_gelu": {"activation_function": "gelu"},
    "gpt2_unscaled": {"scale_attn_weights": False},
    "gpt2_inverse_layer": {"scale_attn_by_inverse_layer_idx": True, "n_layer": 3},
    "gpt2_documents": {"segments": True},
}


def run(settings, dtype, attention):
    settings = dict(settings)
    with_segments = settings.pop("segments", False)
    config = transformers.AutoConfig.for_model(**settings)
    config._attn_implementation = attention
    model = transformers.AutoModelForCausalLM.from_config(config, dtype=dtype)
    for name, parameter in model.named_parameters():
        parameter.data = torch.from_numpy(weight(name, tuple(parameter.shape))).to(dtype)
    model.eval()
    ids, mask = batch()
    if not with_segments:
        mask[1, LENGTH - PADDING:] = 0
    labels = labels_of(ids, mask, torch.tensor(SEGMENTS) if with_segments else None)
    inputs = model_inputs(settings | {"segments": with_segments}, ids, mask, dtype)
    last = []
    model.transformer.h[-1].register_forward_hook(
        lambda module, args, output: last.append(output[0] if isinstance(output, tuple) else output))
    output = model(**inputs, output_hidden_states=True, output_attentions=attention == "eager", use_cache=False)
    judged = labels != -100
    loss = torch.nn.functional.cross_entropy(output.logits[judged], labels[judged])
    return model, ids, mask, labels, output, loss, last[0]


def case(settings):
    settings = SMALL | settings
    # Hugging Face's fused attention knows no scale but the usual one.
    plain = settings.get("scale_attn_weights", True) and not settings.get("scale_attn_by_inverse_layer_idx")
    attention = "sdpa" if plain and not settings.get("segments") else "eager"
    _, ids, mask, labels, output, _, _ = run(settings, torch.float32, attention)
    judged = labels != -100
    rows = [0, int(judged.sum()) // 2, int(judged.sum()) - 1]
    golden = {
        "config": {key: value for key, value in settings.items() if key != "segments"},
        "input_ids": ids.tolist(), "attention_mask": mask.tolist(), "labels": labels.tolist(), "rows": rows,
        "logits_float32": output.logits[judged][rows].double().tolist(),
    }
    if settings.get("segments"):
        golden["segment_ids"] = SEGMENTS
    with everything_in_float64():
        model, _, mask, _, output, loss, last = run(settings, torch.float64, "eager")
        loss.backward()
    real = mask.bool()
    hidden = [state[real] for state in output.hidden_states[:-1]] + [last[real]]
    probability = [(layer * real[:, None, :, None]) for layer in output.attentions]
    golden |= {
        "logits": output.logits[judged][rows].tolist(),
        "loss": loss.item(),
        "hidden": [projection(state, f"hidden.{i}") for i, state in enumerate(hidden)],
        "prob": [projection(layer, f"prob.{i}") for i, layer in enumerate(probability)],
        "gradient": {name: [p.grad.norm().item(), projection(p.grad, name + ".probe")]
                     for name, p in model.named_parameters()},
    }
    return golden


def main():
    torch.manual_seed(0)
    transformers.logging.set_verbosity_error()
    cases = {name: case(settings) for name, settings in CASES.items()}
    print(json.dumps({"made_with": f"transformers {transformers.__version__}, torch {torch.__version__}",
                      "cases": cases}, separators=(",", ":")))


if __name__ == "__main__":
    main()
