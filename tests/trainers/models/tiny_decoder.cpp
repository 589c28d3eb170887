#include "tests/trainers/models/tiny_decoder.h"

#include <ATen/ATen.h>

#include <functional>
#include <numeric>

namespace retort::train {
namespace {

std::uint64_t nameHash(const std::string& name) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char letter : name) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001B3;
  }
  return hash;
}

std::uint64_t splitMix(std::uint64_t state) {
  state = (state ^ (state >> 30U)) * 0xBF58476D1CE4E5B9;
  state = (state ^ (state >> 27U)) * 0x94D049BB133111EB;
  return state ^ (state >> 31U);
}

at::Tensor integers(const Json& json, const char* key) {
  return json.contains(key) ? tensorOf(json.at(key)).to(at::kLong) : at::Tensor();
}

}  // namespace

at::Tensor hashedTensor(const std::string& name, const std::vector<std::int64_t>& shape) {
  const std::int64_t count =
      std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
  at::Tensor values = at::empty({count}, at::kDouble);
  auto* data = values.data_ptr<double>();
  const std::uint64_t seed = nameHash(name);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto step = static_cast<std::uint64_t>(i + 1) * 0x9E3779B97F4A7C15;
    data[i] = static_cast<double>(splitMix(seed + step) >> 11U) * 0x1p-52 - 1;
  }
  return values.view(shape);
}

double hashedSum(const at::Tensor& x, const std::string& name) {
  return (x.detach().to(at::kDouble) * hashedTensor(name, x.sizes().vec())).sum().item<double>();
}

NamedTensors hashedParameters(const std::vector<ParameterShape>& shapes, at::ScalarType dtype) {
  NamedTensors parameters;
  for (const ParameterShape& shape : shapes) {
    const at::Tensor values = hashedTensor(shape.name, shape.shape);
    const bool is_bias = shape.name.ends_with("bias");
    const at::Tensor parameter = shape.shape.size() == 2 ? 0.35 * values
                                 : is_bias               ? 0.2 * values
                                                         : 1 + 0.2 * values;
    parameters.push_back({shape.name, parameter.to(dtype)});
  }
  return parameters;
}

TokenBatch batchOf(const Json& golden) {
  return {.input_ids = integers(golden, "input_ids"),
          .attention_mask = integers(golden, "attention_mask"),
          .segment_ids = integers(golden, "segment_ids"),
          .labels = integers(golden, "labels")};
}

TinyDecoder::TinyDecoder(const std::string& name, at::ScalarType type)
    : golden(testData("decoder_golden.json").at("cases").at(name)),
      config(decoderConfigFromJson(golden.at("config"), name)),
      batch(batchOf(golden)),
      dtype(type) {}

double largestTraceDifference(const ModelTrace& trace,
                              const TokenBatch& batch,
                              const Json& golden) {
  const at::Tensor is_real = batch.attention_mask.to(at::kDouble);
  const at::Tensor real_rows = is_real.flatten().nonzero().squeeze(1);
  const Json& states = golden.at("hidden");
  const Json& maps = golden.at("prob");
  TORCH_CHECK(trace.hidden.size() == states.size() && trace.prob.size() == maps.size());
  double largest = 0;
  for (std::size_t i = 0; i < states.size(); ++i) {
    const at::Tensor real = trace.hidden[i].flatten(0, 1).index_select(0, real_rows);
    const double sum = hashedSum(real, "hidden." + std::to_string(i));
    largest = std::max(largest, std::abs(sum - states[i].get<double>()));
  }
  for (std::size_t i = 0; i < maps.size(); ++i) {
    const at::Tensor real = trace.prob[i] * is_real.unsqueeze(1).unsqueeze(-1);
    const double sum = hashedSum(real, "prob." + std::to_string(i));
    largest = std::max(largest, std::abs(sum - maps[i].get<double>()));
  }
  return largest;
}

LlamaModel TinyDecoder::model(const ModelQuantization& quantization) const {
  LlamaModel made(config, hashedParameters(decoderParameterShapes(config), dtype), quantization);
  made.setTrainable({});
  return made;
}

DecoderConfig smallDecoderConfig(const Json& changes) {
  Json json = {{"model_type", "llama"},
               {"vocab_size", 20},
               {"hidden_size", 16},
               {"num_hidden_layers", 2},
               {"num_attention_heads", 4},
               {"num_key_value_heads", 2},
               {"intermediate_size", 24}};
  json.update(changes);
  return decoderConfigFromJson(json, "config.json");
}

at::Tensor nextTokenLoss(const ModelTrace& trace, const TokenBatch& batch) {
  return at::cross_entropy_loss(trace.logits, batch.targets());
}

}  // namespace retort::train
