#pragma once

#include "trainers/losses/distillation.h"
#include "trainers/training/encoder_phase.h"
#include "trainers/training/encoder_source.h"

#include <memory>

namespace retort::train {

/// Quantization-aware training of a student by distillation from its full-precision teacher
/// (arXiv 2211.11014). The teacher is in evaluation mode and records no gradients; the student
/// starts from the teacher's weights unless it has its own, and is quantized on the fly.
class KdQatPhase : public EncoderPhase {
 public:
  /// Loads task, teacher and student. Throws TrainError.
  explicit KdQatPhase(const PhaseInput& input);

  [[nodiscard]] bool hasTeacher() const override { return true; }

  /// Calibrates the quantizers that have no numbers yet.
  [[nodiscard]] bool prepare(const Pulse& pulse) override;

  StepOutcome step(std::span<const std::int64_t> rows, TraceSet trace, const Pulse& pulse) override;

  [[nodiscard]] std::optional<std::vector<MetricPoint>> evaluateTeacher(
      const Pulse& pulse) override;
  [[nodiscard]] MemoryEstimate memory() const override;

 private:
  void takeQuantizers(const EncoderSource& source, const std::string& folder);

  Distillation distillation_;
  std::unique_ptr<BertModel> teacher_;
};

}  // namespace retort::train
