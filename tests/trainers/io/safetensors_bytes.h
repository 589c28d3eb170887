#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace retort::train::testing {

/// Eight bytes, the lowest first.
inline std::string littleEndian(std::uint64_t value) {
  std::string bytes;
  for (int i = 0; i < 8; ++i, value >>= 8U) {
    bytes += static_cast<char>(value & 0xFFU);
  }
  return bytes;
}

/// A safetensors file with that header text and that many data bytes, whatever they mean.
inline std::string safetensorsBytes(std::string_view header, std::size_t data_size) {
  return littleEndian(header.size()) + std::string(header) + std::string(data_size, '\0');
}

}  // namespace retort::train::testing
