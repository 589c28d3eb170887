#include "trainers/training/resource_estimate.h"

#include "trainers/train_error.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace retort::train {
namespace {

// Fitted (resource_estimate.h). The program's own is what it has before it reads a model.
constexpr std::uint64_t kProgramBytes = 123'000'000;
constexpr std::uint64_t kLeastWorkspace = 25'000'000;
constexpr std::uint64_t kWorkspacePercent = 55;
constexpr std::uint64_t kLeastDecoderWorkspace = 20'000'000;

}  // namespace

std::uint64_t totalBytes(const NamedTensors& tensors) {
  std::uint64_t bytes = 0;
  for (const NamedTensor& tensor : tensors) {
    bytes += static_cast<std::uint64_t>(tensor.tensor.nbytes());
  }
  return bytes;
}

std::uint64_t savedActivationBytes(const BertConfig& config, const StepShape& shape) {
  const bool is_quantized = shape.quantizes_activations;
  std::int64_t hidden = 8 + (config.hidden_dropout_prob > 0 ? 2 : 0) + (is_quantized ? 6 : 0);
  const std::int64_t inner = 2 + (is_quantized ? 1 : 0);
  std::int64_t maps =
      1 + (config.attention_probs_dropout_prob > 0 ? 2 : 0) + (is_quantized ? 1 : 0);
  if (shape.traces.has(TracePart::kScore)) {
    maps += 2;  // else the softmax takes their place; and the difference from the teacher's
  }
  if (shape.has_teacher) {
    const auto has = [&](TracePart part) {
      return shape.traces.has(part);
    };
    maps += std::ranges::count_if(std::array{TracePart::kScore, TracePart::kProb}, has);
    hidden += std::ranges::count_if(std::array{TracePart::kContext,
                                               TracePart::kDense,
                                               TracePart::kOutput,
                                               TracePart::kHidden,
                                               TracePart::kValue,
                                               TracePart::kSum,
                                               TracePart::kNormedDense},
                                    has);
  }
  const std::int64_t tokens = shape.rows * shape.length;
  const std::int64_t layer =
      tokens * (hidden * config.hidden_size + inner * config.intermediate_size +
                maps * config.num_attention_heads * shape.length);
  const std::int64_t embeddings = 5 * tokens * config.hidden_size;
  return static_cast<std::uint64_t>(shape.element_bytes *
                                    (config.num_hidden_layers * layer + embeddings));
}

std::uint64_t MemoryEstimate::total() const {
  return program + teacher + latent + quantized + gradients + optimizer + activations + workspace;
}

Json MemoryEstimate::toJson() const {
  return {{"program", program},
          {"teacher", teacher},
          {"latent", latent},
          {"quantized", quantized},
          {"gradients", gradients},
          {"optimizer", optimizer},
          {"activations", activations},
          {"workspace", workspace}};
}

MemoryEstimate estimateMemory(std::uint64_t activations, const WeightBytes& weights) {
  return {.program = kProgramBytes,
          .teacher = weights.teacher,
          .latent = weights.latent,
          .quantized = weights.quantized,
          .gradients = weights.trainable,
          .optimizer = weights.moments.value_or(2 * weights.trainable),
          .activations = activations,
          .workspace = kLeastWorkspace + activations * kWorkspacePercent / 100};
}

MemoryEstimate estimateDecoderMemory(const StepBytes& step, const WeightBytes& weights) {
  MemoryEstimate estimate = estimateMemory(step.layers + step.logits, weights);
  const std::uint64_t unused = (6 * step.layers + 3 * step.logits) / 10;
  estimate.workspace =
      kLeastDecoderWorkspace + (unused > weights.trainable ? unused - weights.trainable : 0);
  return estimate;
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
