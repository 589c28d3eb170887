#include "trainers/training/model_source.h"

#include "trainers/io/model_folder.h"
#include "trainers/train_error.h"
#include "trainers/training/decoder_source.h"
#include "trainers/training/encoder_source.h"
#include "trainers/training/gpt2_source.h"

#include <ATen/core/Tensor.h>

#include <vector>

#include <fmt/format.h>

namespace retort::train {

namespace {

/// The first that knows a config.json reads it.
const std::vector<ModelFamily>& modelFamilies() {
  static const std::vector<ModelFamily> kFamilies = {llamaFamily(), gpt2Family(), bertFamily()};
  return kFamilies;
}

}  // namespace

ModelSource readModel(const std::filesystem::path& folder, const ModelRequest& request) {
  const Json config = ModelFolder(folder).config();
  for (const ModelFamily& family : modelFamilies()) {
    if (!family.knows(config)) {
      continue;
    }
    if (family.is_language_model == request.labels.has_value()) {
      throw TrainError(
          ExitCode::kBadSpec,
          fmt::format("{}: a model of the {} family cannot learn data.task: it is for {}",
                      folder.string(),
                      family.name,
                      request.labels ? "encoders" : "language models"));
    }
    return family.read(folder, request);
  }
  throw TrainError(
      ExitCode::kBadData,
      fmt::format("{}: the architecture is unknown", (folder / "config.json").string()));
}

ModelSource randomModel(const SettingValues& settings,
                        std::int64_t vocabulary,
                        const ModelRequest& request) {
  const std::string wanted = request.labels ? std::string(bertFamily().architecture)
                                            : decoderArchitectureSettings().read(settings).family;
  for (const ModelFamily& family : modelFamilies()) {
    if (family.architecture == wanted) {
      return family.random(settings, vocabulary, request);
    }
  }
  throw TrainError(ExitCode::kBadSpec, "model.init: no architecture can start at random");
}

TensorMap ModelBlueprint::fileTensors(const NamedTensors& parameters) const {
  TensorMap tensors;
  for (const NamedTensor& parameter : parameters) {
    tensors[parameter.name] = parameter.tensor.detach();
  }
  return tensors;
}

}  // namespace retort::train
