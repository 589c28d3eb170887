#include "trainers/io/tensor_type.h"

#include <array>

namespace retort::train {

namespace {

struct TypeRow {
  TensorType type;
  std::string_view name;
  std::uint64_t size;
};

constexpr std::array<TypeRow, 10> kTypes = {{
    {TensorType::kFloat64, "F64", 8},
    {TensorType::kFloat32, "F32", 4},
    {TensorType::kFloat16, "F16", 2},
    {TensorType::kBFloat16, "BF16", 2},
    {TensorType::kInt64, "I64", 8},
    {TensorType::kInt32, "I32", 4},
    {TensorType::kInt16, "I16", 2},
    {TensorType::kInt8, "I8", 1},
    {TensorType::kUInt8, "U8", 1},
    {TensorType::kBool, "BOOL", 1},
}};

}  // namespace

std::string_view tensorTypeName(TensorType type) {
  return kTypes.at(static_cast<std::size_t>(type)).name;
}

std::optional<TensorType> tensorTypeFromName(std::string_view name) {
  for (const TypeRow& row : kTypes) {
    if (row.name == name) {
      return row.type;
    }
  }
  return std::nullopt;
}

std::string tensorTypeNames() {
  std::string names;
  for (const TypeRow& row : kTypes) {
    names += names.empty() ? "" : ", ";
    names += row.name;
  }
  return names;
}

std::uint64_t tensorTypeSize(TensorType type) {
  return kTypes.at(static_cast<std::size_t>(type)).size;
}

}  // namespace retort::train
