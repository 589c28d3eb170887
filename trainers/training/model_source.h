#pragma once

#include "core/base/json.h"
#include "core/settings/resolve.h"
#include "trainers/io/safetensors.h"
#include "trainers/models/bert_config.h"
#include "trainers/models/model.h"
#include "trainers/models/parameter_shape.h"
#include "trainers/training/resource_estimate.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// How models come out of folders, or out of nothing, whatever their architecture.
namespace retort::train {

/// A configuration of one family of architectures: what there is to know of a model before its
/// weights.
class ModelBlueprint {
 public:
  ModelBlueprint() = default;
  virtual ~ModelBlueprint() = default;
  ModelBlueprint(const ModelBlueprint&) = delete;
  ModelBlueprint& operator=(const ModelBlueprint&) = delete;

  [[nodiscard]] virtual ModelShape shape() const = 0;

  /// Of all parameters, in the model's order, and of tied weights by their own names: what a
  /// PrecisionMap looks at.
  [[nodiscard]] virtual std::vector<ParameterShape> weightShapes() const = 0;

  /// A config.json that other tools load.
  [[nodiscard]] virtual Json configJson(const std::string& torch_dtype) const = 0;

  /// `settings`: its dropout probabilities are used where they are given.
  [[nodiscard]] virtual std::unique_ptr<Model> build(const NamedTensors& parameters,
                                                     const ModelQuantization& quantization,
                                                     const ModelSettings& settings) const = 0;

  /// See resource_estimate.h.
  [[nodiscard]] virtual std::uint64_t savedActivationBytes(const StepShape& shape) const = 0;

  /// The peak of a step with these weights.
  [[nodiscard]] virtual MemoryEstimate memory(const StepShape& shape,
                                              const WeightBytes& weights) const {
    return estimateMemory(savedActivationBytes(shape), weights);
  }

  /// The parameters as other tools name and shape them: what a model folder holds.
  [[nodiscard]] virtual TensorMap fileTensors(const NamedTensors& parameters) const;
};

/// A model as it comes out of a folder: its configuration and its parameters in the model's order.
struct ModelSource {
  std::shared_ptr<const ModelBlueprint> blueprint;
  NamedTensors parameters;
  NamedTensors quantizers;            ///< what quantizers held when the model was written, if any
  std::vector<std::string> warnings;  ///< what was left unused or made anew
};

/// What a phase wants from a model.
struct ModelRequest {
  /// Width of the classifier that the task needs; empty: the task is for language models.
  std::optional<std::int64_t> labels = 2;
  at::ScalarType dtype = at::kFloat;
  at::Device device = at::kCPU;
  bool is_head_required = true;  ///< false: a missing or misshapen classifier is made anew
};

/// Reads config.json and the weights. Throws TrainError (kMissingInput, kBadData) with the folder
/// and the tensors; a required head that is missing, or an architecture that cannot do the task,
/// says so.
[[nodiscard]] ModelSource readModel(const std::filesystem::path& folder,
                                    const ModelRequest& request);

/// A model of model.architecture.* with random weights, drawn from the default CPU generator.
/// Throws TrainError (bad spec).
[[nodiscard]] ModelSource randomModel(const SettingValues& settings,
                                      std::int64_t vocabulary,
                                      const ModelRequest& request);

/// A family of architectures.
struct ModelFamily {
  std::string_view name;
  std::string_view architecture;  ///< as model.architecture.family names it
  bool is_language_model = false;
  bool (*knows)(const Json& config) = nullptr;  ///< true for its config.json
  ModelSource (*read)(const std::filesystem::path& folder, const ModelRequest& request) = nullptr;
  ModelSource (*random)(const SettingValues& settings,
                        std::int64_t vocabulary,
                        const ModelRequest& request) = nullptr;
};

}  // namespace retort::train
