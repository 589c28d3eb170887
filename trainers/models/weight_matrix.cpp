#include "trainers/models/weight_matrix.h"

#include <ATen/ops/_unique.h>
#include <ATen/ops/embedding.h>

namespace retort::train {

at::Tensor WeightMatrix::quantized() const {
  const auto quantize = [this] {
    return quantizer(latent, second_moment);
  };
  return frozen ? frozen->get(quantize) : quantize();
}

at::Tensor lookUp(const WeightMatrix& table, const at::Tensor& ids, std::int64_t padding) {
  if (!table.quantizer.isRowLocal() || table.quantizer.isIdentity()) {
    return at::embedding(table.quantized(), ids, padding);
  }
  const auto [rows, positions] = at::_unique(ids, /*sorted=*/true, /*return_inverse=*/true);
  const at::Tensor second_moment =
      table.second_moment.defined() ? table.second_moment.index_select(0, rows) : at::Tensor();
  return at::embedding(table.quantizer(at::embedding(table.latent, rows, padding), second_moment),
                       positions);
}

}  // namespace retort::train
