#pragma once

#include "trainers/models/bert_config.h"
#include "trainers/models/named_tensors.h"
#include "trainers/tokenizers/wordpiece.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace retort::train {

/// An encoder as it comes out of a model folder: its configuration and its parameters in the
/// model's order.
struct EncoderSource {
  BertConfig config;
  NamedTensors parameters;
  NamedTensors quantizers;            ///< what quantizers held when the model was written, if any
  std::vector<std::string> warnings;  ///< what was left unused or made anew
};

/// What a reader of a model folder wants from it.
struct EncoderRequest {
  std::int64_t labels = 2;  ///< width of the classifier that the task needs
  at::ScalarType dtype = at::kFloat;
  at::Device device = at::kCPU;
  bool is_head_required = true;  ///< false: a missing or misshapen classifier is made anew
};

/// Reads config.json and the weights. Throws TrainError (kMissingInput, kBadData) with the folder
/// and the tensors; a required head that is missing says so.
[[nodiscard]] EncoderSource readEncoder(const std::filesystem::path& folder,
                                        const EncoderRequest& request);

/// Copies that share nothing with `parameters`.
[[nodiscard]] NamedTensors cloneTensors(const NamedTensors& parameters);

}  // namespace retort::train
