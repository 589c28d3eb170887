#include "trainers/io/safetensors.h"

#include "trainers/io/or_throw.h"
#include "trainers/io/output_file.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace retort::train {

namespace {

at::ScalarType scalarType(TensorType type) {
  switch (type) {
    case TensorType::kFloat64:
      return at::kDouble;
    case TensorType::kFloat32:
      return at::kFloat;
    case TensorType::kFloat16:
      return at::kHalf;
    case TensorType::kBFloat16:
      return at::kBFloat16;
    case TensorType::kInt64:
      return at::kLong;
    case TensorType::kInt32:
      return at::kInt;
    case TensorType::kInt16:
      return at::kShort;
    case TensorType::kInt8:
      return at::kChar;
    case TensorType::kUInt8:
      return at::kByte;
    case TensorType::kBool:
      return at::kBool;
  }
  TORCH_CHECK(false, "a tensor type without a scalar type");
}

// In the order of Hugging Face's writer, which sorts by its own list of types, widest first.
constexpr TensorType kWriteOrder[] = {TensorType::kInt64,
                                      TensorType::kFloat64,
                                      TensorType::kFloat32,
                                      TensorType::kInt32,
                                      TensorType::kBFloat16,
                                      TensorType::kFloat16,
                                      TensorType::kInt16,
                                      TensorType::kInt8,
                                      TensorType::kUInt8,
                                      TensorType::kBool};

TensorType fileType(const std::string& name, const at::Tensor& tensor) {
  TORCH_CHECK(tensor.defined(), "tensor ", name, " is undefined and cannot be written");
  for (const TensorType type : kWriteOrder) {
    if (scalarType(type) == tensor.scalar_type()) {
      return type;
    }
  }
  throw TrainError(ExitCode::kBadData,
                   fmt::format("tensor {} of type {} cannot be written; supported: {}",
                               name,
                               c10::toString(tensor.scalar_type()),
                               tensorTypeNames()));
}

SafetensorsHeader layOut(const TensorMap& tensors,
                         const std::map<std::string, std::string>& metadata) {
  SafetensorsHeader header;
  header.metadata = metadata;
  for (const auto& [name, tensor] : tensors) {
    const TensorType type = fileType(name, tensor);
    header.entries.push_back({.name = name, .type = type, .shape = tensor.sizes().vec()});
  }
  const auto place = [](const TensorEntry& entry) {
    return std::find(std::begin(kWriteOrder), std::end(kWriteOrder), entry.type);
  };
  std::stable_sort(header.entries.begin(),
                   header.entries.end(),
                   [&](const TensorEntry& a, const TensorEntry& b) { return place(a) < place(b); });
  std::uint64_t offset = 0;
  for (TensorEntry& entry : header.entries) {
    entry.begin = offset;
    offset +=
        static_cast<std::uint64_t>(tensors.at(entry.name).numel()) * tensorTypeSize(entry.type);
    entry.end = offset;
  }
  return header;
}

std::uint64_t fileSize(const FileDescriptor& descriptor, const std::filesystem::path& file) {
  struct stat status {};

  if (::fstat(descriptor.get(), &status) != 0) {
    throw inputError(systemError("cannot read", file));
  }
  return static_cast<std::uint64_t>(status.st_size);
}

/// Reads exactly `size` bytes at `offset`; a file that ends before has been cut meanwhile.
void readAt(const FileDescriptor& descriptor,
            const std::filesystem::path& file,
            std::uint64_t offset,
            char* buffer,
            std::uint64_t size) {
  while (size > 0) {
    const ssize_t got = ::pread(descriptor.get(), buffer, size, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      throw inputError(systemError("cannot read", file));
    }
    if (got == 0) {
      throw TrainError(
          ExitCode::kBadData,
          fmt::format(
              "{}: became shorter while it was read, ends at byte {}", file.string(), offset));
    }
    buffer += got;
    offset += static_cast<std::uint64_t>(got);
    size -= static_cast<std::uint64_t>(got);
  }
}

/// A byte of a bool tensor that is neither 0 nor 1 would be undefined behaviour later.
void checkBools(const std::string& file, const TensorEntry& entry, const at::Tensor& tensor) {
  const auto* bytes = static_cast<const unsigned char*>(tensor.const_data_ptr());
  const auto* end = bytes + (entry.end - entry.begin);
  const auto* bad = std::find_if(bytes, end, [](unsigned char byte) { return byte > 1; });
  if (bad != end) {
    throw TrainError(ExitCode::kBadData,
                     fmt::format("{}: tensor {}: byte {} of a BOOL tensor is {}, not 0 or 1",
                                 file,
                                 entry.name,
                                 bad - bytes,
                                 *bad));
  }
}

}  // namespace

SafetensorsFile::SafetensorsFile(const std::filesystem::path& file)
    : path_(file),
      descriptor_(readOrThrow(openRegularFile(file))) {
  constexpr std::uint64_t kPrefix = 512;
  const std::uint64_t size = fileSize(descriptor_, file);
  std::string prefix(std::min(size, kPrefix), '\0');
  readAt(descriptor_, file, 0, prefix.data(), prefix.size());
  const std::uint64_t length = safetensorsHeaderLength(file.string(), prefix, size);
  std::string text(length, '\0');
  readAt(descriptor_, file, 8, text.data(), length);
  data_begin_ = 8 + length;
  header_ = parseSafetensorsHeader(file.string(), text, size - data_begin_);
  for (std::size_t i = 0; i < header_.entries.size(); ++i) {
    index_[header_.entries[i].name] = i;
  }
}

const TensorEntry* SafetensorsFile::find(const std::string& name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &header_.entries[found->second];
}

at::Tensor SafetensorsFile::read(const std::string& name) const {
  const TensorEntry* entry = find(name);
  if (entry == nullptr) {
    throw TrainError(ExitCode::kBadData,
                     fmt::format("{}: there is no tensor {}", path_.string(), name));
  }
  at::Tensor tensor = at::empty(entry->shape, at::TensorOptions(scalarType(entry->type)));
  readAt(descriptor_,
         path_,
         data_begin_ + entry->begin,
         static_cast<char*>(tensor.data_ptr()),
         entry->end - entry->begin);
  if (entry->type == TensorType::kBool) {
    checkBools(path_.string(), *entry, tensor);
  }
  return tensor;
}

TensorMap SafetensorsFile::readAll() const {
  TensorMap tensors;
  for (const TensorEntry& entry : header_.entries) {
    tensors[entry.name] = read(entry.name);
  }
  return tensors;
}

void writeSafetensors(const std::filesystem::path& file,
                      const TensorMap& tensors,
                      const std::map<std::string, std::string>& metadata) {
  const SafetensorsHeader header = layOut(tensors, metadata);
  OutputFile output(file);
  const std::string prefix = formatSafetensorsHeader(header);
  output.write(prefix.data(), prefix.size());
  for (const TensorEntry& entry : header.entries) {
    const at::Tensor tensor = tensors.at(entry.name).detach().cpu().contiguous();
    output.write(tensor.const_data_ptr(), entry.end - entry.begin);
  }
  output.commit();
}

std::uint64_t safetensorsSize(const TensorMap& tensors) {
  const SafetensorsHeader header = layOut(tensors, {{"format", "pt"}});
  const std::uint64_t data = header.entries.empty() ? 0 : header.entries.back().end;
  return formatSafetensorsHeader(header).size() + data;
}

NonFiniteCount countNonFinite(const at::Tensor& tensor) {
  if (!tensor.is_floating_point()) {
    return {};
  }
  if (tensor.isfinite().all().item<bool>()) {
    return {};
  }
  return {.nans = tensor.isnan().sum().item<std::int64_t>(),
          .infinities = tensor.isinf().sum().item<std::int64_t>()};
}

}  // namespace retort::train
