#pragma once

#include "tests/trainers/tensor_testing.h"
#include "trainers/models/token_batch.h"

#include <ATen/ATen.h>

#include <vector>

/// Three sentences of 7, 4 and 9 tokens in a batch of length 9, two layers of three heads, and what
/// the authors' analysis code makes of them (tests/data/make_probe_golden.py).
namespace retort::train {

struct ProbeGolden {
  ProbeGolden() : values(testData("probe_golden.json")) {
    for (std::size_t layer = 0; layer < 2; ++layer) {
      student.push_back(tensorOf(values.at("score").at("student").at(layer)).softmax(-1));
      teacher.push_back(tensorOf(values.at("score").at("teacher").at(layer)).softmax(-1));
    }
    batch.input_ids = tensorOf(values.at("ids"), at::kLong);
    batch.lengths = tensorOf(values.at("lengths"), at::kLong);
    batch.attention_mask = (at::arange(9) < batch.lengths.unsqueeze(1)).to(at::kLong);
    batch.segment_ids = at::zeros_like(batch.input_ids);
  }

  /// Of one layer: [H].
  [[nodiscard]] at::Tensor expected(const char* name, std::size_t layer) const {
    return tensorOf(values.at(name).at(layer));
  }

  Json values;
  std::vector<at::Tensor> student;  ///< maps, [B, H, N, N]
  std::vector<at::Tensor> teacher;
  TokenBatch batch;
};

}  // namespace retort::train
