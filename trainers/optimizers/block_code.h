#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace retort::train {

/// Values that share a scale.
inline constexpr std::int64_t kCodeBlock = 256;

/// The numbers that 8-bit codes stand for, ascending, [256] float: "dynamic tree quantization" of
/// arXiv 2110.02861 (1511.04561), as bitsandbytes makes it (create_dynamic_map). With i = 0 … 6 and
/// n = 2^i (signed) or 2^(i + 1), the middles of n equal parts of [0.1, 1] times 10^(i - 6); their
/// negatives, when signed; 0 and 1.
[[nodiscard]] at::Tensor dynamicCode(bool is_signed);

/// A tensor in 8 bits: in blocks of kCodeBlock values in memory's order (the last is filled up with
/// zeros) each is its code's number times the block's largest magnitude.
struct BlockCode {
  at::Tensor codes;    ///< [blocks, kCodeBlock] uint8
  at::Tensor largest;  ///< [blocks, 1], of the tensor's type
};

/// The nearest codes; of two as near the smaller one. `values`: floating point, >= 0 unless signed.
[[nodiscard]] BlockCode encodeBlocks(const at::Tensor& values, bool is_signed);

/// The values in a tensor of those sizes.
[[nodiscard]] at::Tensor decodeBlocks(const BlockCode& code, bool is_signed, at::IntArrayRef sizes);

}  // namespace retort::train
