#pragma once

#include "core/base/file.h"
#include "trainers/io/safetensors_header.h"

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace retort::train {

/// Tensors by name, sorted.
using TensorMap = std::map<std::string, at::Tensor>;

/// One open safetensors file. The header is read and checked at once, tensors when they are asked
/// for, with read() into their own memory (never mmap: others may cut the file). One thread at a
/// time.
class SafetensorsFile {
 public:
  /// Throws TrainError: kMissingInput when there is no such file, kBadData when it is not a sound
  /// safetensors file.
  explicit SafetensorsFile(const std::filesystem::path& file);

  [[nodiscard]] const SafetensorsHeader& header() const { return header_; }

  /// The entry of a tensor, or null.
  [[nodiscard]] const TensorEntry* find(const std::string& name) const;

  /// Reads one tensor: contiguous, on the CPU, in the file's type. Throws TrainError (kBadData)
  /// when there is none of that name or the file has become shorter.
  [[nodiscard]] at::Tensor read(const std::string& name) const;

  /// Reads all tensors.
  [[nodiscard]] TensorMap readAll() const;

 private:
  std::filesystem::path path_;
  FileDescriptor descriptor_;
  SafetensorsHeader header_;
  std::map<std::string, std::size_t> index_;
  std::uint64_t data_begin_ = 0;
};

/// Writes tensors (any device and strides; dense; of the types above) atomically: temporary file,
/// checked writes, fsync, rename. The layout is that of Hugging Face's writer: larger element types
/// first, then by name; header padded to eight bytes. Throws TrainError (kBadData) on another type,
/// c10::Error on undefined tensors and std::system_error when the disk refuses.
void writeSafetensors(const std::filesystem::path& file,
                      const TensorMap& tensors,
                      const std::map<std::string, std::string>& metadata = {{"format", "pt"}});

/// The size that writeSafetensors would give a file, in bytes.
[[nodiscard]] std::uint64_t safetensorsSize(const TensorMap& tensors);

/// Elements of a tensor that are not numbers or infinite.
struct NonFiniteCount {
  std::int64_t nans = 0;
  std::int64_t infinities = 0;

  bool operator==(const NonFiniteCount&) const = default;
};

/// Zero for integer tensors.
[[nodiscard]] NonFiniteCount countNonFinite(const at::Tensor& tensor);

}  // namespace retort::train
