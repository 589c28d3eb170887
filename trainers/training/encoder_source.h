#pragma once

#include "trainers/models/bert_config.h"
#include "trainers/models/named_tensors.h"
#include "trainers/training/model_source.h"

#include <filesystem>
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

/// Reads config.json and the weights. Throws TrainError (kMissingInput, kBadData) with the folder
/// and the tensors; a required head that is missing says so.
[[nodiscard]] EncoderSource readEncoder(const std::filesystem::path& folder,
                                        const ModelRequest& request);

/// The encoders of the BERT family for readModel and randomModel.
[[nodiscard]] ModelFamily bertFamily();

}  // namespace retort::train
