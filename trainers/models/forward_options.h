#pragma once

#include "trainers/models/activation_quantizers.h"
#include "trainers/models/model_trace.h"

namespace retort::train {

/// What the student takes from the teacher during a forward pass (Teacher Intervention, arXiv
/// 2302.11812): with any of them, Q and K read a detached layer input.
enum class Intervention {
  kNone,
  kMap,      ///< MI: attention probabilities := the teacher's (then dropout and 8 bits)
  kContext,  ///< CI: context := the teacher's; V and A of the student are not used
  kOutput,   ///< OI: output of W_O := the teacher's; V, A and W_O of the student are not used
};

/// What the student's traces hold where the teacher's values take over.
enum class InterventionVariant {
  kReleased,  ///< the teacher's values, as in the released code: V (and W_O) get no gradient
  kFigure,    ///< the student's own context and output of W_O, computed from its own map and a
            ///< detached layer input, as the paper's figure has it: losses on them train V and W_O
};

struct ForwardOptions {
  bool is_training = false;  ///< dropout is applied, drawn from the default generator of the device
  TraceSet trace;            ///< what to keep; the rest is freed as soon as autograd allows
  Intervention intervention = Intervention::kNone;
  InterventionVariant variant = InterventionVariant::kReleased;
  const ModelTrace* teacher =
      nullptr;  ///< with an intervention: a trace of prob, context or dense respectively
  bool recomputes_layers = false;  ///< decoders, with gradients: of a layer only its input is kept,
                                   ///< and the layer is computed again in the backward pass
  bool stops_before_head = false;  ///< the trace's logits are the head's input (Model::headWeight)
  ActivationObserver* observer = nullptr;  ///< sees activations before they are quantized
};

}  // namespace retort::train
