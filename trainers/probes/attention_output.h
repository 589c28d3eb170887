#pragma once

#include "trainers/probes/probe.h"

namespace retort::train {

/// Mean squared error over the real tokens:  1/(n D) sum_{t real} sum_d (S_td - T_td)^2,  n = sum_b
/// n_b. student, teacher: [B, N, D]; mask: [B, N], 1 for tokens, 0 for padding. Returns a scalar in
/// float64. Throws c10::Error if shapes differ. (The losses of the same name mean over padding
/// too.)
[[nodiscard]] at::Tensor tokenMse(const at::Tensor& student,
                                  const at::Tensor& teacher,
                                  const at::Tensor& mask);

[[nodiscard]] const ProbeDefinition& attentionOutputProbe();

}  // namespace retort::train
