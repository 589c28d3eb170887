#pragma once

#include "tests/trainers/models/tiny_encoder.h"

#include <filesystem>
#include <fstream>

/// The real encoder of ../shared and the numbers of the second implementation for it.
namespace retort::train {

[[nodiscard]] inline std::filesystem::path sharedFile(const std::string& name) {
  return std::filesystem::path(SHARED_DATA_DIR) / name;
}

[[nodiscard]] inline bool hasSharedEncoder() {
  return std::filesystem::exists(sharedFile("data/models/minilm-l6-sst2/model.safetensors")) &&
         std::filesystem::exists(sharedFile("baselines/encoder/golden_float64_16x64.json"));
}

[[nodiscard]] inline Json sharedJson(const std::string& name) {
  std::ifstream file(sharedFile("baselines/encoder/" + name));
  return Json::parse(file);
}

/// MiniLM fine-tuned on SST-2: as the teacher, and as the student without dropout.
class SharedEncoder {
 public:
  explicit SharedEncoder(at::ScalarType dtype);

  [[nodiscard]] BertModel student() const;
  [[nodiscard]] BertModel teacher() const;

 private:
  [[nodiscard]] NamedTensors copyOfParameters() const;

  BertConfig config_;
  NamedTensors parameters_;
};

}  // namespace retort::train
