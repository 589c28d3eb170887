#pragma once

#include "trainers/optimizers/block_code.h"
#include "trainers/optimizers/fused_adam.h"
#include "trainers/optimizers/optimizer.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace retort::train {

/// AdamW whose moments rest in 8 bits between updates (block_code.h; arXiv 2110.02861): an update
/// decodes them, is made as AdamW makes it in the weight's type, and encodes the new ones. Tensors
/// of less than 4096 elements keep them in full, as in bitsandbytes.
class Adam8bit : public Optimizer {
 public:
  Adam8bit(const NamedTensors& parameters, const OptimizerSettings& settings);

  void step(double learning_rate) override;

  /// As FusedAdam's for what is small; else "exp_avg_code/<parameter>",
  /// "exp_avg_largest/<parameter>", "exp_avg_sq_code/…", "exp_avg_sq_largest/…" and "step/…".
  [[nodiscard]] NamedTensors state() const override;
  void setState(const NamedTensors& state) override;

  /// Decoded: copies.
  [[nodiscard]] NamedTensors secondMoments() const override;

 private:
  struct Slot {
    NamedTensor parameter;
    std::int64_t updates = 0;
    BlockCode exp_avg;  ///< undefined before the first update
    BlockCode exp_avg_sq;
  };

  void update(Slot& slot, double learning_rate) const;
  [[nodiscard]] NamedTensors decoded(const Slot& slot) const;

  OptimizerSettings settings_;
  std::unique_ptr<FusedAdam> small_;
  std::vector<Slot> slots_;
};

[[nodiscard]] const OptimizerDefinition& adamw8bitDefinition();

}  // namespace retort::train
