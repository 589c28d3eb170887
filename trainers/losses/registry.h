#pragma once

#include "trainers/losses/loss.h"

#include <vector>

namespace retort::train {

/// All distillation losses, in the order in which they are summed. The only list of them.
[[nodiscard]] const std::vector<const LossDefinition*>& lossRegistry();

}  // namespace retort::train
