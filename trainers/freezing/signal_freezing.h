#pragma once

#include "core/events/event.h"
#include "core/settings/catalogue.h"
#include "trainers/io/safetensors.h"
#include "trainers/models/model.h"
#include "trainers/models/named_tensors.h"
#include "trainers/settings/setting_group.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// Freezing while a run goes on: a rule watches a signal, and what it condemns is not trained from
/// then on. The weights are still quantized, their gradients are still computed, and what their
/// quantizers learn is learned on. What `freeze` names is frozen from the start and not watched. To
/// add a rule: a class that derives from SignalFreezing, its settings, and a line in the table of
/// signal_freezing.cpp.
namespace retort::train {

struct SignalFreezeSettings {
  std::string rule = "none";
  // gradient_norm
  std::string group = "weight";
  std::int64_t window = 50;
  double band = 10;
  std::int64_t patience = 3;
  // oscillation
  double momentum = 0.01;
  double threshold = 0.02;
};

/// signal_freeze.*
[[nodiscard]] const SettingGroup<SignalFreezeSettings>& signalFreezeSettings();

/// Documentation of the rules, for the catalogue.
[[nodiscard]] std::vector<TechniqueSpec> signalFreezeSpecs();

/// frozen_share, oscillating_share.
[[nodiscard]] std::vector<MetricSpec> signalFreezeMetrics();

class SignalFreezing {
 public:
  SignalFreezing() = default;
  virtual ~SignalFreezing() = default;
  SignalFreezing(const SignalFreezing&) = delete;
  SignalFreezing& operator=(const SignalFreezing&) = delete;

  /// Before an update: `norms` of the gradients of the trainable parameters, before clipping. Takes
  /// the gradients of what is frozen away, so that no optimizer touches it.
  virtual void beforeUpdate(const std::vector<double>& /*norms*/) {}

  /// After it. `student`: the model in training; null when the phase has none.
  virtual void afterUpdate(const Model* /*student*/) {}

  /// What has been frozen since the last call, a sentence each.
  [[nodiscard]] std::vector<std::string> takeNews();

  /// How much of each linear of a layer is frozen now, and of all together (without layer and
  /// projection).
  [[nodiscard]] virtual std::vector<MetricPoint> points() const = 0;

  /// All that is needed to go on bit for bit; tensors are shared.
  [[nodiscard]] virtual TensorMap state() const = 0;

  /// Takes over an exported state.
  virtual void setState(const TensorMap& state) = 0;

 protected:
  void tell(std::string news) { news_.push_back(std::move(news)); }

 private:
  std::vector<std::string> news_;
};

/// The rule that the settings name; null for none. `trainable`: the parameters that are trained, in
/// the order of the norms; they are shared.
[[nodiscard]] std::unique_ptr<SignalFreezing> makeSignalFreezing(const SettingValues& settings,
                                                                 const NamedTensors& trainable);

}  // namespace retort::train
