#pragma once

#include "core/settings/catalogue.h"
#include "trainers/models/named_tensors.h"
#include "trainers/settings/setting_group.h"

#include <ATen/core/Tensor.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

/// Optimizers turn gradients into new weights. To add one:
///  1. write optimizers/x.{h,cpp}: a class deriving from Optimizer, its update formula in the
///  header;
///  2. below it an OptimizerDefinition `xDefinition()`: documentation, formula, source and a make
///  function;
///  3. add its line to the table in optimizers/registry.cpp;
///  4. test it in tests/trainers/optimizers/x_test.cpp against numbers of a second implementation.
/// The learning rate comes from outside (schedules/schedule.h), and so does clipping
/// (gradient_clipping.h).
namespace retort::train {

struct OptimizerSettings {
  std::string optimizer = "bert_adam";
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-6;
  double weight_decay = 0.01;
  double clip_tensor = 1.0;  ///< largest L2 norm of one tensor's gradient; 0: off
  double clip_global = 0.0;  ///< largest L2 norm of all gradients together; 0: off

  bool operator==(const OptimizerSettings&) const = default;
};

/// train.optimizer, train.beta1, train.beta2, train.epsilon, train.weight_decay, train.clip_tensor,
/// train.clip_global.
[[nodiscard]] const SettingGroup<OptimizerSettings>& optimizerSettings();

class Optimizer {
 public:
  virtual ~Optimizer() = default;
  Optimizer() = default;
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;

  /// One update of all parameters that have a gradient; gradients stay as they are. `learning_rate`
  /// >= 0.
  virtual void step(double learning_rate) = 0;

  /// Everything needed to go on bit for bit; tensors are shared, names are stable
  /// ("exp_avg/<parameter>", …). Parameters that never had a gradient have no state.
  [[nodiscard]] virtual NamedTensors state() const = 0;

  /// Takes over (copies of) an exported state. Throws TrainError (bad data) for names or shapes
  /// that do not fit.
  virtual void setState(const NamedTensors& state) = 0;

  /// The running means of squared gradients by parameter name; only of parameters that had a
  /// gradient. Shared with the optimizer where it holds them as they are.
  [[nodiscard]] virtual NamedTensors secondMoments() const;
};

/// An optimizer as the registry lists it.
struct OptimizerDefinition {
  TechniqueSpec spec;
  std::unique_ptr<Optimizer> (*make)(const NamedTensors& parameters,
                                     const OptimizerSettings& settings) = nullptr;
  std::optional<double> moment_bytes = {};  ///< for a weight; empty: two numbers of its type
};

/// Weight decay of a parameter: none for biases, LayerNorm and what losses or quantizers learn,
/// else the setting's.
[[nodiscard]] double weightDecayFor(const std::string& parameter,
                                    const OptimizerSettings& settings);

}  // namespace retort::train
