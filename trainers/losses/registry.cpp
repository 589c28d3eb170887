#include "trainers/losses/registry.h"

#include "trainers/losses/attention_map.h"
#include "trainers/losses/attention_output.h"
#include "trainers/losses/attention_score.h"
#include "trainers/losses/context.h"
#include "trainers/losses/embeddings.h"
#include "trainers/losses/ground_truth.h"
#include "trainers/losses/hidden.h"
#include "trainers/losses/kl.h"
#include "trainers/losses/logits.h"
#include "trainers/losses/map_output.h"
#include "trainers/losses/self_output.h"
#include "trainers/losses/value_relation.h"

namespace retort::train {

const std::vector<const LossDefinition*>& lossRegistry() {
  static const std::vector<const LossDefinition*> kLosses = {
      &logitsLoss(),
      &klLoss(),
      &hiddenLoss(),
      &attentionScoreLoss(),
      &attentionMapLoss(),
      &attentionOutputLoss(),
      &selfOutputLoss(),
      &contextLoss(),
      &mapOutputLoss(),
      &valueRelationLoss(),
      &embeddingsLoss(),
      &groundTruthLoss(),
  };
  return kLosses;
}

}  // namespace retort::train
