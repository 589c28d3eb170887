#pragma once

#include "trainers/probes/probe.h"
#include "trainers/settings/setting_group.h"

#include <cstdint>

namespace retort::train {

struct CoverLengthSettings {
  std::int64_t k = 5;
};

/// probe.cover_length_ratio.k.
[[nodiscard]] const SettingGroup<CoverLengthSettings>& coverLengthSettings();

/// How far down the student's order of the keys one must go to have seen the teacher's k first:
///   CLR_h = mean_b 1/n_b sum_{r<R} c_r / n_b,
///   c_r = max of the positions (from 0) of the teacher's top-k keys of query r in the student's
///         descending order
/// over the exact block of each sentence b, with R = n_b rows; `leaves_last_row`: R = n_b - 1,
/// still divided by n_b. Equal probabilities keep the order of the keys. k is cut to n_b. At least
/// (k - 1) / n_b, reached iff the student has the same k first keys everywhere; below 1.
/// student_map, teacher_map: [B, H, N, N] probabilities; mask: [B, N]. Returns [H] in float64.
/// Throws c10::Error if shapes differ or k < 1.
/// Source: Kim et al. 2022 (arXiv 2211.11014), figure 4; code: quant_task_glue.py:282-319 of
/// MarsJacobs/kd-qat-large-enc (all rows), Exp1 notebook, cell 17 (without the last row).
[[nodiscard]] at::Tensor coverLengthRatio(const at::Tensor& student_map,
                                          const at::Tensor& teacher_map,
                                          const at::Tensor& mask,
                                          std::int64_t k,
                                          bool leaves_last_row = false);

/// The ratio of the teacher to itself: mean_b (min(k, n_b) - 1) / n_b.
[[nodiscard]] double coverLengthFloor(const at::Tensor& mask, std::int64_t k);

[[nodiscard]] const ProbeDefinition& coverLengthRatioProbe();

}  // namespace retort::train
