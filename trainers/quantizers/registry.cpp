#include "trainers/quantizers/registry.h"

#include "core/base/text.h"
#include "trainers/quantizers/affine.h"
#include "trainers/quantizers/asymmetric.h"
#include "trainers/quantizers/binary.h"
#include "trainers/quantizers/binary_centered.h"
#include "trainers/quantizers/clip_uniform.h"
#include "trainers/quantizers/laq.h"
#include "trainers/quantizers/llm_qat.h"
#include "trainers/quantizers/symmetric.h"
#include "trainers/quantizers/symmetric_full.h"
#include "trainers/quantizers/ternary.h"
#include "trainers/train_error.h"

#include <algorithm>

#include <fmt/format.h>

namespace retort::train {

const std::vector<QuantizerDefinition>& quantizerRegistry() {
  static const std::vector<QuantizerDefinition> kQuantizers = {
      affineDefinition(),
      asymmetricDefinition(),
      binaryDefinition(),
      binaryCenteredDefinition(),
      clipUniformDefinition(),
      laqDefinition(),
      llmQatDefinition(),
      symmetricDefinition(),
      symmetricFullDefinition(),
      ternaryDefinition(),
  };
  return kQuantizers;
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

}  // namespace retort::train
