#include "tests/trainers/models/shared_encoder.h"

#include "trainers/io/model_folder.h"

namespace retort::train {

SharedEncoder::SharedEncoder(at::ScalarType dtype) {
  const ModelFolder folder(sharedFile("data/models/minilm-l6-sst2"));
  config_ = bertConfigFromJson(folder.config(), "config.json");
  std::vector<ExpectedTensor> expected;
  for (const ParameterShape& parameter : bertParameterShapes(config_)) {
    expected.push_back({.name = parameter.name, .shape = parameter.shape});
  }
  for (const auto& [name, tensor] : folder.load(expected).tensors) {
    parameters_.push_back({name, tensor.to(dtype)});
  }
}

NamedTensors SharedEncoder::copyOfParameters() const {
  NamedTensors copies;
  for (const NamedTensor& entry : parameters_) {
    copies.push_back({entry.name, entry.tensor.clone()});
  }
  return copies;
}

BertModel SharedEncoder::student() const {
  BertModel model(withDropout(config_, {.hidden_dropout = 0.0, .attention_dropout = 0.0}),
                  copyOfParameters(),
                  makeModelQuantization({}));
  model.setTrainable({});
  return model;
}

BertModel SharedEncoder::teacher() const {
  return BertModel(config_, copyOfParameters());
}

}  // namespace retort::train
