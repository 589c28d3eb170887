#pragma once

#include "trainers/io/tensor_type.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace retort::train {

/// Where one tensor lies in a safetensors file.
struct TensorEntry {
  std::string name;
  TensorType type = TensorType::kFloat32;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0;  ///< offset of the first byte, counted from the end of the header
  std::uint64_t end = 0;    ///< offset after the last byte

  bool operator==(const TensorEntry&) const = default;
};

/// The header of a safetensors file: what is in it and where, sorted by offset.
struct SafetensorsHeader {
  std::map<std::string, std::string> metadata;
  std::vector<TensorEntry> entries;

  bool operator==(const SafetensorsHeader&) const = default;
};

/// A header longer than this is refused, as by the reference implementation.
inline constexpr std::uint64_t kMaxSafetensorsHeader = 100'000'000;

/// The length of the header, from the first eight bytes of a file of `file_size` bytes (`prefix`
/// holds its first bytes, up to 512). Nothing of that length is allocated before this has passed.
/// Throws TrainError (kBadData) "FILE: …" when the length is impossible, or when the bytes are
/// those of a git-LFS pointer, a web page, a pickle or a zip archive.
[[nodiscard]] std::uint64_t safetensorsHeaderLength(const std::string& file,
                                                    std::string_view prefix,
                                                    std::uint64_t file_size);

/// Parses and checks the JSON text of a header. `data_size` is the number of bytes after it.
/// Accepts exactly: one object with unique keys and nothing but spaces after it; `__metadata__` of
/// strings; known types; shapes of non-negative integers whose products fit 64 bits; byte ranges
/// that fit the shapes and cover the data without hole, overlap or rest. Throws TrainError
/// (kBadData) that names the file, the tensor and the numbers.
[[nodiscard]] SafetensorsHeader parseSafetensorsHeader(const std::string& file,
                                                       std::string_view text,
                                                       std::uint64_t data_size);

/// The bytes before the data: length and JSON text, padded with spaces to a multiple of eight.
/// Entries keep their order and must already carry their offsets.
[[nodiscard]] std::string formatSafetensorsHeader(const SafetensorsHeader& header);

}  // namespace retort::train
