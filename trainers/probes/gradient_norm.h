#pragma once

#include "trainers/probes/probe.h"

#include <optional>
#include <string>

namespace retort::train {

/// The series of a parameter's gradient norm: layer and projection (q, k, v, o, ffn1, ffn2) in an
/// encoder layer; projection alone for word_embeddings, position_embeddings, token_type_embeddings,
/// pooler and classifier. Empty for biases, LayerNorms and unknown names.
[[nodiscard]] std::optional<SeriesKey> gradientNormSeries(const std::string& parameter);

/// Norm of the gradient relative to the weight,  |g| / |w|;  0 when there is no gradient.
[[nodiscard]] double relativeNorm(double gradient_norm, double weight_norm);

[[nodiscard]] const ProbeDefinition& gradientNormProbe();

}  // namespace retort::train
