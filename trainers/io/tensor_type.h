#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace retort::train {

/// The element types of safetensors files that Retort reads and writes.
enum class TensorType {
  kFloat64,
  kFloat32,
  kFloat16,
  kBFloat16,
  kInt64,
  kInt32,
  kInt16,
  kInt8,
  kUInt8,
  kBool,
};

/// The word of the file format: "F32", "BF16", "BOOL".
[[nodiscard]] std::string_view tensorTypeName(TensorType type);
[[nodiscard]] std::optional<TensorType> tensorTypeFromName(std::string_view name);

/// All names, separated by ", ", for messages.
[[nodiscard]] std::string tensorTypeNames();

/// Bytes of one element.
[[nodiscard]] std::uint64_t tensorTypeSize(TensorType type);

}  // namespace retort::train
