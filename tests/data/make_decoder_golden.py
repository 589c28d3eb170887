"""Golden numbers of decoders: python3 make_decoder_golden.py > decoder_golden.json

Made with Hugging Face's models (transformers 4.57, torch 2.11). Weights are a formula of their name and index, which the
test computes, too. Logits in float32 are those of the models as they are; in float64 every cast to float32 that they
make (norms, rotation, softmax) is a cast to float64 instead. Gradients are those of the mean cross-entropy.
"""

import contextlib
import json

import numpy as np
import torch
import transformers

ROWS, LENGTH, VOCABULARY = 2, 10, 40
PADDING = 3  # tokens that the second row lacks
SEGMENTS = [[0, 0, 0, 0, 1, 1, 1, 2, 2, 2], [0, 0, 0, 0, 0, 0, 0, 1, 1, 1]]


def hashed(name, count):
    """Uniform in [-1, 1): splitmix64 of FNV-1a(name) + index * golden ratio."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x100000001B3) % 2**64
    with np.errstate(over="ignore"):
        h = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        h ^= h >> np.uint64(31)
    return (h >> np.uint64(11)).astype(np.float64) * 2.0**-52 - 1


def weight(name, shape):
    values = hashed(name, int(np.prod(shape))).reshape(shape)
    if len(shape) == 2:
        return 0.35 * values
    return 0.2 * values if name.endswith("bias") else 1 + 0.2 * values


def projection(tensor, name):
    """One number that every element has a part in."""
    values = tensor.detach().double().numpy().ravel()
    return float(values @ hashed(name, values.size))


@contextlib.contextmanager
def everything_in_float64():
    kept = torch.float, torch.float32, torch.Tensor.float
    torch.float = torch.float32 = torch.float64
    torch.Tensor.float = torch.Tensor.double
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.float, torch.float32, torch.Tensor.float = kept
        torch.set_default_dtype(torch.float32)


SMALL = {
    "vocab_size": VOCABULARY, "hidden_size": 32, "intermediate_size": 40, "num_hidden_layers": 2,
    "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 64, "rms_norm_eps": 1e-5,
    "tie_word_embeddings": False, "rope_theta": 10000.0, "pad_token_id": None, "bos_token_id": 1, "eos_token_id": 2,
}
YARN = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16}
CASES = {
    "llama": {"num_key_value_heads": 4},
    "llama_tied_grouped": {"tie_word_embeddings": True},
    "llama_biases": {"attention_bias": True, "mlp_bias": True, "num_key_value_heads": 1, "pad_token_id": 0},
    "llama_linear": {"rope_scaling": {"type": "linear", "factor": 4.0}},
    "llama_dynamic": {"rope_scaling": {"rope_type": "dynamic", "factor": 2.0}, "max_position_embeddings": 6},
    "llama3": {"rope_theta": 500.0, "rope_scaling": {
        "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 32}},
    "llama_yarn": {"rope_theta": 100.0, "rope_scaling": YARN},
    "llama_yarn_scaled": {"rope_theta": 100.0, "rope_scaling": YARN | {
        "mscale": 1.3, "mscale_all_dim": 0.7, "truncate": False, "beta_fast": 4.0}},
    "llama_documents": {"segments": True},
    "mistral": {"model_type": "mistral", "sliding_window": 4},
    "mistral_documents": {"model_type": "mistral", "sliding_window": 2, "segments": True},
    "qwen2": {"model_type": "qwen2", "tie_word_embeddings": True},
    "qwen2_windows": {"model_type": "qwen2", "use_sliding_window": True, "sliding_window": 3, "max_window_layers": 1},
    "qwen3": {"model_type": "qwen3", "head_dim": 16, "rope_theta": 1e6, "num_key_value_heads": 1},
}


def document_mask(window):
    segments = torch.tensor(SEGMENTS)
    query = torch.arange(LENGTH)[:, None]
    key = torch.arange(LENGTH)[None, :]
    visible = (key <= query) & (query - key < (window or LENGTH))
    visible = visible[None] & (segments[:, :, None] == segments[:, None, :])
    return visible[:, None]


def batch():
    ids = torch.from_numpy(np.floor((hashed("input_ids", ROWS * LENGTH) + 1) / 2 * VOCABULARY)).long()
    ids = ids.view(ROWS, LENGTH)
    mask = torch.ones(ROWS, LENGTH, dtype=torch.long)
    return ids, mask


def labels_of(ids, mask, segments):
    labels = torch.full_like(ids, -100)
    labels[:, :-1] = ids[:, 1:]
    real = mask.clone()
    real[:, :-1] &= mask[:, 1:]
    real[:, -1] = 0
    if segments is not None:
        real[:, :-1] &= (segments[:, 1:] == segments[:, :-1]).long()
    real[0, :2] = 0  # a prompt that is not judged
    labels[real == 0] = -100
    return labels


def model_inputs(settings, ids, mask, dtype):
    if not settings.get("segments"):
        return {"input_ids": ids, "attention_mask": mask}
    segments = torch.tensor(SEGMENTS)
    starts = torch.nn.functional.pad((segments[:, 1:] != segments[:, :-1]).long(), (1, 0))
    index = torch.arange(LENGTH).expand(ROWS, LENGTH)
    positions = index - torch.cummax(index * starts, dim=1).values
    visible = document_mask(settings.get("sliding_window"))
    additive = torch.zeros(visible.shape, dtype=dtype).masked_fill(~visible, torch.finfo(dtype).min)
    return {"input_ids": ids, "attention_mask": additive, "position_ids": positions}


def run(settings, dtype, attention):
    settings = dict(settings)
    with_segments = settings.pop("segments", False)
    config = transformers.AutoConfig.for_model(**json.loads(json.dumps(settings)))
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
    model.model.layers[-1].register_forward_hook(
        lambda module, args, output: last.append(output[0] if isinstance(output, tuple) else output))
    output = model(**inputs, output_hidden_states=True, output_attentions=attention == "eager", use_cache=False)
    judged = labels != -100
    loss = torch.nn.functional.cross_entropy(output.logits[judged], labels[judged])
    return model, ids, mask, labels, output, loss, last[0]


def case(settings):
    settings = SMALL | {"model_type": "llama"} | settings
    _, ids, mask, labels, output, _, _ = run(settings, torch.float32, "sdpa" if not settings.get("segments") else "eager")
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


def frequencies(settings, length):
    """Inverse frequencies and attention factor as Hugging Face's rotary embeddings have them."""
    config = transformers.AutoConfig.for_model(**json.loads(json.dumps(SMALL | {"model_type": "llama"} | settings)))
    scaling = config.rope_scaling
    kind = scaling["rope_type"] if scaling else "default"
    inverse, factor = transformers.modeling_rope_utils.ROPE_INIT_FUNCTIONS[kind](config, "cpu", length)
    return {"settings": settings, "length": length, "inverse": inverse.tolist(), "factor": factor}


def all_frequencies():
    wide = {"head_dim": 64, "max_position_embeddings": 4096}
    llama3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
              "original_max_position_embeddings": 8192}
    dynamic = {"rope_scaling": {"rope_type": "dynamic", "factor": 3.0}}
    yarn = {"rope_type": "yarn", "factor": 4.0}
    with everything_in_float64():
        return [
            frequencies(wide, 10),
            frequencies(wide | {"rope_scaling": {"rope_type": "linear", "factor": 2.5}}, 10),
            frequencies(wide | dynamic, 100),
            frequencies(wide | dynamic, 9000),
            frequencies(wide | {"rope_theta": 500000.0, "rope_scaling": llama3}, 10),
            frequencies(wide | {"rope_scaling": yarn}, 10),
            frequencies(wide | {"rope_scaling": yarn | {"original_max_position_embeddings": 1024, "beta_fast": 20.0,
                                                        "beta_slow": 2.0, "attention_factor": 0.9}}, 10),
            frequencies(wide | {"rope_scaling": yarn | {"mscale": 1.1, "mscale_all_dim": 0.6, "truncate": False}}, 10),
        ]


def main():
    torch.manual_seed(0)
    transformers.logging.set_verbosity_error()
    cases = {name: case(settings) for name, settings in CASES.items()}
    print(json.dumps({"made_with": f"transformers {transformers.__version__}, torch {torch.__version__}",
                      "frequencies": all_frequencies(), "cases": cases}, separators=(",", ":")))


if __name__ == "__main__":
    main()
