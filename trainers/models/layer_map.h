#pragma once

#include "trainers/models/model_trace.h"

#include <cstddef>
#include <string>
#include <vector>

namespace retort::train {

/// The teacher's layer for each layer of a student that may have fewer: `map[l]`, counted from 0.
using LayerMap = std::vector<std::size_t>;

/// `items` as users write them, with S and T layers:
///   "uniform": round down of (l + 1) T / S, minus 1: every T/S-th layer, the last one included
///              (TinyBERT, arXiv 1909.10351: g(m) = m T / S, m from 1)
///   "first":   l;  "last": l + T - S
///   numbers, one for each of the student's layers
/// Throws TrainError (bad spec) that names `key` when the student is deeper than the teacher, or
/// the numbers do not fit.
[[nodiscard]] LayerMap layerMap(const std::vector<std::string>& items,
                                std::size_t student,
                                std::size_t teacher,
                                const std::string& key);

/// The teacher's trace as the student's layers see it: part l of the result is part map[l] of
/// `teacher`; the hidden states are the embeddings' output and those after the mapped layers. The
/// tensors are shared.
[[nodiscard]] ModelTrace alignTrace(const ModelTrace& teacher, const LayerMap& map);

}  // namespace retort::train
