#include "tests/trainers/models/tiny_gpt2.h"

#include <ATen/ATen.h>

namespace retort::train {

NamedTensors hashedGpt2Parameters(const Gpt2Config& config, at::ScalarType dtype) {
  std::map<std::string, at::Tensor> files;
  for (const NamedTensor& tensor : hashedParameters(gpt2FileShapes(config), dtype)) {
    files[tensor.name] = tensor.tensor;
  }
  return gpt2FromFiles(config, std::move(files));
}

TinyGpt2::TinyGpt2(const std::string& name, at::ScalarType type)
    : golden(testData("gpt2_golden.json").at("cases").at(name)),
      config(gpt2ConfigFromJson(golden.at("config"), name)),
      batch(batchOf(golden)),
      dtype(type) {}

Gpt2Model TinyGpt2::model(const ModelQuantization& quantization) const {
  Gpt2Model made(config, hashedGpt2Parameters(config, dtype), quantization);
  made.setTrainable({});
  return made;
}

Gpt2Config smallGpt2Config(const Json& changes) {
  Json json = {{"model_type", "gpt2"},
               {"vocab_size", 20},
               {"n_positions", 12},
               {"n_embd", 16},
               {"n_layer", 2},
               {"n_head", 4}};
  json.update(changes);
  return gpt2ConfigFromJson(json, "config.json");
}

}  // namespace retort::train
