#include "trainers/training/resource_estimate.h"

#include "trainers/train_error.h"

#include <array>

#include <fmt/format.h>

namespace retort::train {

std::uint64_t totalBytes(const NamedTensors& tensors) {
  std::uint64_t bytes = 0;
  for (const NamedTensor& tensor : tensors) {
    bytes += static_cast<std::uint64_t>(tensor.tensor.nbytes());
  }
  return bytes;
}

std::uint64_t encoderStepBytes(const BertConfig& config, const StepShape& shape) {
  const std::int64_t tokens = shape.rows * shape.length;
  const std::int64_t linear = tokens * (24 * config.hidden_size + 6 * config.intermediate_size);
  const std::int64_t attention = 8 * config.num_attention_heads * tokens * shape.length;
  return static_cast<std::uint64_t>(shape.element_bytes * config.num_hidden_layers *
                                    (linear + attention));
}

std::uint64_t diskBytes(std::uint64_t model_bytes, const CheckpointSettings& settings) {
  const std::uint64_t checkpoint = 3 * model_bytes;
  const auto checkpoints = static_cast<std::uint64_t>(settings.keep) + 1;
  const std::uint64_t models = settings.best ? 3 : 2;
  return checkpoint * checkpoints + model_bytes * models;
}

void checkDiskRoom(const std::filesystem::path& folder, std::uint64_t needed) {
  std::error_code failed;
  const auto space = std::filesystem::space(folder, failed);
  if (!failed && space.available < needed) {
    throw TrainError(
        ExitCode::kMissingInput,
        fmt::format("{}: checkpoints and results need up to {}, {} are free; make room "
                    "or lower checkpoint.keep",
                    folder.string(),
                    formatBytes(needed),
                    formatBytes(space.available)));
  }
}

std::string formatBytes(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> kUnits = {"B", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1000 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

}  // namespace retort::train
