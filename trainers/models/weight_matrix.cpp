#include "trainers/models/weight_matrix.h"

#include <ATen/ops/_unique.h>
#include <ATen/ops/embedding.h>

namespace retort::train {

at::Tensor WeightMatrix::quantized() const {
  const auto quantize = [this] {
    return quantizer(widened(latent), second_moment);
  };
  return frozen ? frozen->get(quantize) : quantize();
}

at::Tensor WeightMatrix::widened(const at::Tensor& values) const {
  const at::Tensor plain = values.is_quantized() ? values.dequantize() : values;
  return computed_in ? plain.to(*computed_in) : plain;
}

at::Tensor lookUp(const WeightMatrix& table, const at::Tensor& ids, std::int64_t padding) {
  if (table.quantizer.isIdentity()) {
    return table.widened(at::embedding(table.latent, ids, padding));
  }
  if (!table.quantizer.isRowLocal()) {
    return at::embedding(table.quantized(), ids, padding);
  }
  const auto [rows, positions] = at::_unique(ids, /*sorted=*/true, /*return_inverse=*/true);
  const at::Tensor second_moment =
      table.second_moment.defined() ? table.second_moment.index_select(0, rows) : at::Tensor();
  const at::Tensor occurring = table.widened(at::embedding(table.latent, rows, padding));
  return at::embedding(table.quantizer(occurring, second_moment), positions);
}

}  // namespace retort::train
