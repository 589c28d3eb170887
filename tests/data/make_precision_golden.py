"""Golden numbers of what is held in fewer bits: python3 make_precision_golden.py > precision_golden.json

Decoders of make_decoder_golden.py with Hugging Face's code (transformers 4.57, torch 2.11): logits in bfloat16; logits of
weights that went through 8-bit codes with a scale for each row; loss and gradients with keys and values of a few bits,
as LLM-QAT places them (outputs of k_proj and v_proj, a scale for each token), with a straight-through gradient. And
torch.optim.AdamW's updates of a float32 copy of a weight that is rounded to bfloat16 after each.
"""

import json

import torch
import transformers

from make_decoder_golden import SMALL, everything_in_float64, hashed, projection, run

NAMES = ("llama", "llama_tied_grouped", "qwen2")
SETTINGS = {
    "llama": {"num_key_value_heads": 4},
    "llama_tied_grouped": {"tie_word_embeddings": True},
    "qwen2": {"model_type": "qwen2", "tie_word_embeddings": True},
}


def coded(weight):
    scale = weight.abs().amax(1, keepdim=True) / 127
    return (weight / scale).round() * scale


def through_cache(bits):
    def hook(module, inputs, output):
        largest = output.detach().abs().amax(-1, keepdim=True)
        scale = (2 ** (bits - 1) - 1) / largest
        quantized = (output.detach() * scale).round() / scale
        return output + (quantized - output).detach()
    return hook


def patched(prepare):
    """transformers' factory, whose models are prepared before their first pass."""
    factory = transformers.AutoModelForCausalLM.from_config

    def make(*args, **kwargs):
        model = factory(*args, **kwargs)
        model.register_forward_pre_hook(lambda module, inputs: prepare(module))
        return model
    return factory, make


def run_prepared(settings, dtype, prepare):
    factory, make = patched(prepare)
    transformers.AutoModelForCausalLM.from_config = make
    try:
        return run(settings, dtype, "eager")
    finally:
        transformers.AutoModelForCausalLM.from_config = factory


def code_matrices(model):
    for module in model.modules():
        if isinstance(module, torch.nn.Linear) and module is not model.lm_head:
            module.weight.data = coded(module.weight.data)
    if not model.config.tie_word_embeddings:
        model.lm_head.weight.data = coded(model.lm_head.weight.data)


def cache_hooks(bits):
    def prepare(model):
        for layer in model.model.layers:
            for module in (layer.self_attn.k_proj, layer.self_attn.v_proj):
                if not module._forward_hooks:
                    module.register_forward_hook(through_cache(bits))
    return prepare


def decoder(name):
    settings = SMALL | {"model_type": "llama"} | SETTINGS[name]
    _, _, _, labels, narrow, _, _ = run(settings, torch.bfloat16, "sdpa")
    judged = labels != -100
    with everything_in_float64():
        codes = run_prepared(settings, torch.float64, code_matrices)[4]
    golden = {"bfloat16": projection(narrow.logits[judged], "logits"),
              "bfloat16_rows": narrow.logits[judged][:2].double().tolist(),
              "int8_rows": codes.logits[judged][:2].tolist()}
    for bits in (4, 8):
        with everything_in_float64():
            model, _, _, _, output, loss, _ = run_prepared(settings, torch.float64, cache_hooks(bits))
            loss.backward()
        golden[f"cache_{bits}"] = {
            "rows": output.logits[judged][:2].tolist(),
            "loss": loss.item(),
            "gradient": {name: [p.grad.norm().item(), projection(p.grad, name + ".probe")]
                         for name, p in model.named_parameters()},
        }
    return golden


def adamw_of_bfloat16(steps=6):
    values = torch.from_numpy(hashed("weight", 12)).view(3, 4).bfloat16()
    copy = torch.nn.Parameter(values.float())
    optimizer = torch.optim.AdamW([copy], lr=0.02, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.1)
    gradients, history = [], []
    for step in range(steps):
        copy.grad = torch.from_numpy(hashed(f"gradient.{step}", 12)).view(3, 4).bfloat16().float()
        gradients.append(copy.grad.double().tolist())
        optimizer.step()
        copy.data = copy.data.bfloat16().float()
        history.append(copy.data.double().tolist())
    state = optimizer.state[copy]
    return {"start": values.double().tolist(), "gradients": gradients, "weights": history,
            "exp_avg": state["exp_avg"].double().tolist(), "exp_avg_sq": state["exp_avg_sq"].double().tolist()}


def main():
    torch.manual_seed(0)
    transformers.logging.set_verbosity_error()
    print(json.dumps({"made_with": f"transformers {transformers.__version__}, torch {torch.__version__}",
                      "decoders": {name: decoder(name) for name in NAMES}, "adamw": adamw_of_bfloat16()},
                     separators=(",", ":")))


if __name__ == "__main__":
    main()
