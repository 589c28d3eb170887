#pragma once

#include "trainers/models/model_trace.h"

#include <array>

namespace retort::train {

/// What a trace has one tensor of for each layer; `hidden` has one more, the embeddings' output.
inline constexpr std::array kTraceLayers = {&ModelTrace::score,
                                            &ModelTrace::prob,
                                            &ModelTrace::context,
                                            &ModelTrace::dense,
                                            &ModelTrace::output,
                                            &ModelTrace::value,
                                            &ModelTrace::sum,
                                            &ModelTrace::normed_dense};

}  // namespace retort::train
