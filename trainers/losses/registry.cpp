#include "trainers/losses/registry.h"

#include "trainers/losses/attention_map.h"
#include "trainers/losses/attention_output.h"
#include "trainers/losses/attention_score.h"
#include "trainers/losses/context.h"
#include "trainers/losses/ground_truth.h"
#include "trainers/losses/hidden.h"
#include "trainers/losses/logits.h"
#include "trainers/losses/self_output.h"

namespace retort::train {

const std::vector<const LossDefinition*>& lossRegistry() {
  static const std::vector<const LossDefinition*> kLosses = {
      &logitsLoss(),
      &hiddenLoss(),
      &attentionScoreLoss(),
      &attentionMapLoss(),
      &attentionOutputLoss(),
      &selfOutputLoss(),
      &contextLoss(),
      &groundTruthLoss(),
  };
  return kLosses;
}

}  // namespace retort::train
