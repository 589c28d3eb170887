#include "trainers/quantizers/registry.h"

#include "core/base/text.h"
#include "trainers/quantizers/asymmetric.h"
#include "trainers/quantizers/clip_uniform.h"
#include "trainers/quantizers/symmetric.h"
#include "trainers/quantizers/ternary.h"
#include "trainers/train_error.h"

#include <algorithm>

#include <fmt/format.h>

namespace retort::train {
namespace {

const WeightScheme& findScheme(std::string_view name) {
  std::vector<std::string> known;
  for (const WeightScheme& scheme : weightSchemes()) {
    if (scheme.name == name) {
      return scheme;
    }
    known.push_back(scheme.name);
  }
  throw TrainError(
      ExitCode::kBadSpec,
      fmt::format("unknown quantization scheme '{}'; known: {}", name, joinStrings(known, ", ")));
}

Quantizer makeQuantizer(const std::string& name, QuantizerOptions options) {
  return name.empty() ? Quantizer() : Quantizer(findQuantizer(name).quantize, options);
}

}  // namespace

const std::vector<QuantizerDefinition>& quantizerRegistry() {
  static const std::vector<QuantizerDefinition> kQuantizers = {
      asymmetricDefinition(),
      clipUniformDefinition(),
      symmetricDefinition(),
      ternaryDefinition(),
  };
  return kQuantizers;
}

const std::vector<WeightScheme>& weightSchemes() {
  // int8: the authors' code takes the symmetric grid for linear layers and the clipped one for the
  // embedding.
  static const std::vector<WeightScheme> kSchemes = {
      {.name = "none"},
      {.name = "ternary",
       .weight_quantizer = "ternary",
       .embedding_quantizer = "ternary",
       .bits = 2},
      {.name = "int4",
       .weight_quantizer = "clip_uniform",
       .embedding_quantizer = "clip_uniform",
       .bits = 4},
      {.name = "int8",
       .weight_quantizer = "symmetric",
       .embedding_quantizer = "clip_uniform",
       .bits = 8},
  };
  return kSchemes;
}

const QuantizerDefinition& findQuantizer(std::string_view name) {
  std::vector<std::string> known;
  for (const QuantizerDefinition& definition : quantizerRegistry()) {
    if (definition.spec.name == name) {
      return definition;
    }
    known.push_back(definition.spec.name);
  }
  const auto nearest = nearestName(name, known);
  throw TrainError(
      ExitCode::kBadSpec,
      nearest ? fmt::format("unknown quantizer '{}'; did you mean '{}'?", name, *nearest)
              : fmt::format("unknown quantizer '{}'; known: {}", name, joinStrings(known, ", ")));
}

Quantizer makeWeightQuantizer(std::string_view scheme, QuantizerOptions options) {
  const WeightScheme& found = findScheme(scheme);
  options.bits = found.bits;
  return makeQuantizer(found.weight_quantizer, options);
}

Quantizer makeEmbeddingQuantizer(std::string_view scheme, QuantizerOptions options) {
  const WeightScheme& found = findScheme(scheme);
  options.bits = found.bits;
  options.granularity = Granularity::kRow;
  return makeQuantizer(found.embedding_quantizer, options);
}

}  // namespace retort::train
