#pragma once

#include "trainers/probes/probe.h"

namespace retort::train {

/// How far one layer's output is from the teacher's, over the real tokens t of all rows:
///   mse    = 1/(n D) sum_t |S_t - T_t|^2
///   cosine = 1/n sum_t <S_t, T_t> / (|S_t| |T_t|)
///   sqnr   = 10 log10( sum_t |T_t|^2 / sum_t |S_t - T_t|^2 )   in dB; +infinity when equal
struct HiddenStateError {
  double mse = 0;
  double cosine = 0;
  double sqnr = 0;
};

/// student, teacher: [B, N, D]; mask: [B, N], 1 for tokens, 0 for padding. Computed in float64.
/// Throws c10::Error if shapes differ.
[[nodiscard]] HiddenStateError hiddenStateError(const at::Tensor& student,
                                                const at::Tensor& teacher,
                                                const at::Tensor& mask);

[[nodiscard]] const ProbeDefinition& hiddenStateProbe();

}  // namespace retort::train
