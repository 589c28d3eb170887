#pragma once

#include "trainers/probes/probe.h"
#include "trainers/settings/setting_group.h"

namespace retort::train {

struct OutputRangeSettings {
  std::int64_t row = -1;
};

/// probe.attention_output_range.row.
[[nodiscard]] const SettingGroup<OutputRangeSettings>& outputRangeSettings();

/// The least and the largest element of a layer's attention output Y (after projection, residual
/// and LayerNorm) among some tokens:  min_t min_d Y_td,  max_t max_d Y_td.
struct OutputRange {
  at::Tensor minimum;  ///< [G] float64; +infinity for a group without tokens
  at::Tensor maximum;  ///< [G] float64; -infinity for a group without tokens
};

/// output: [B, N, D]; groups: [B, G, N] bool. Throws c10::Error if shapes differ. With B = 1 and
/// the identity as groups, the range of each token. Source: Kim et al. 2022 (arXiv 2211.11014),
/// figure 5; code: Exp3 notebook of MarsJacobs/kd-qat-large-enc, cells 12 to 15 (each token of one
/// sentence).
[[nodiscard]] OutputRange outputRange(const at::Tensor& output, const at::Tensor& groups);

[[nodiscard]] const ProbeDefinition& attentionOutputRangeProbe();

}  // namespace retort::train
