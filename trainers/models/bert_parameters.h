#pragma once

#include "trainers/models/bert_config.h"
#include "trainers/models/named_tensors.h"
#include "trainers/models/parameter_shape.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

namespace retort::train {

/// All parameters of a configuration, from the embeddings to the classifier, in the model's order.
[[nodiscard]] std::vector<ParameterShape> bertParameterShapes(const BertConfig& config);

/// Random weights as BERT starts: weights normal(0, initializer_range), biases 0, LayerNorm 1 and
/// 0, the padding row 0. Drawn from the default CPU generator in the model's order. `dtype`:
/// at::kFloat or at::kDouble.
[[nodiscard]] NamedTensors randomBertParameters(const BertConfig& config, at::ScalarType dtype);

/// Fills in what a checkpoint without a task head lacks (classifier, and the pooler of MLM or
/// ELECTRA checkpoints) with random weights; returns the names of what was filled in, in the
/// model's order.
std::vector<std::string> completeTaskHead(const BertConfig& config,
                                          at::ScalarType dtype,
                                          NamedTensors& parameters);

}  // namespace retort::train
