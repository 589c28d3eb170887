#include "trainers/data/logit_cache.h"

#include "core/base/check.h"
#include "core/base/hash.h"
#include "trainers/io/file_lock.h"
#include "trainers/io/mapped_file.h"
#include "trainers/io/output_file.h"
#include "trainers/train_error.h"

#include <bit>
#include <chrono>
#include <cstring>
#include <system_error>
#include <thread>
#include <utility>

#include <fmt/format.h>

namespace retort::train {

namespace {

static_assert(std::endian::native == std::endian::little, "the file is written as it is in memory");

constexpr std::size_t kHashSize = 64;
constexpr std::chrono::milliseconds kPause(200);

struct Header {
  char magic[8] = {'R', 'E', 'T', 'O', 'R', 'T', 'T', 'L'};
  std::uint64_t version = 1;
  std::uint64_t rows = 0;
  std::uint64_t positions = 0;
  std::uint64_t count = 0;
  std::uint64_t element_bytes = 0;
  char unused[16] = {};
};

static_assert(sizeof(Header) == 64);

/// Header and starts: all of the file that the shape decides about.
std::string headOf(const LogitTableShape& shape) {
  const Header header = {.rows = shape.rows(),
                         .positions = shape.starts.back(),
                         .count = shape.count,
                         .element_bytes = shape.element_bytes};
  std::string head(sizeof(Header) + shape.starts.size() * sizeof(std::uint64_t), '\0');
  std::memcpy(head.data(), &header, sizeof(Header));
  std::memcpy(head.data() + sizeof(Header),
              shape.starts.data(),
              shape.starts.size() * sizeof(std::uint64_t));
  return head;
}

std::uint64_t fileBytes(const LogitTableShape& shape) {
  return headOf(shape).size() + shape.rowBytes(shape.starts.back()) + kHashSize;
}

}  // namespace

LogitTable::LogitTable(LogitTableShape shape,
                       std::string_view payload,
                       std::shared_ptr<const MappedFile> owner)
    : shape_(std::move(shape)),
      payload_(payload),
      owner_(std::move(owner)) {}

LogitRow LogitTable::row(std::int64_t number) const {
  const auto index = static_cast<std::size_t>(number);
  const std::uint64_t first = shape_.starts.at(index);
  const std::uint64_t positions = shape_.starts.at(index + 1) - first;
  const std::uint64_t normalizers = positions * shape_.element_bytes;
  const std::uint64_t values = normalizers * shape_.count;
  const std::string_view bytes =
      payload_.substr(shape_.rowBytes(first), shape_.rowBytes(positions));
  return {.log_sums = bytes.substr(0, normalizers),
          .values = bytes.substr(normalizers, values),
          .ids = bytes.substr(normalizers + values)};
}

std::optional<LogitTable> LogitCache::find(const std::string& key,
                                           const LogitTableShape& shape) const {
  const std::shared_ptr<const MappedFile> file = MappedFile::open(fileOf(key));
  const std::string head = headOf(shape);
  if (!file || file->view().size() != fileBytes(shape) || !file->view().starts_with(head)) {
    return std::nullopt;
  }
  const std::string_view hashed = file->view().substr(0, file->view().size() - kHashSize);
  if (sha256Hex(hashed) != file->view().substr(hashed.size())) {
    return std::nullopt;
  }
  return LogitTable(shape, hashed.substr(head.size()), file);
}

bool LogitCache::write(const std::filesystem::path& file,
                       const LogitTableShape& shape,
                       const Make& make) const {
  OutputFile output(file);
  Sha256 hash;
  std::uint64_t size = 0;
  const auto append = [&](std::string_view bytes) {
    output.write(bytes.data(), bytes.size());
    hash.update(bytes);
    size += bytes.size();
  };
  append(headOf(shape));
  if (!make(append)) {
    return false;
  }
  RETORT_CHECK(size + kHashSize == fileBytes(shape), "the rows are not what their starts say");
  const std::string digest = hash.finishHex();
  output.write(digest.data(), digest.size());
  output.commit();
  return true;
}

std::optional<LogitTable> LogitCache::get(const std::string& key,
                                          const LogitTableShape& shape,
                                          const Make& make,
                                          const Wait& wait) const {
  if (std::optional<LogitTable> table = find(key, shape)) {
    return table;
  }
  try {
    std::filesystem::create_directories(folder_);
    FileLock lock(folder_ / (key + ".lock"));
    while (!lock.tryTake()) {
      if (!wait()) {
        return std::nullopt;
      }
      std::this_thread::sleep_for(kPause);
    }
    // Another trainer may have made it meanwhile; what killed ones left is in nobody's hands.
    if (std::optional<LogitTable> table = find(key, shape)) {
      return table;
    }
    removeTemporariesOf(fileOf(key));
    if (!write(fileOf(key), shape, make)) {
      return std::nullopt;
    }
  } catch (const std::system_error& error) {
    throw TrainError(ExitCode::kMissingInput,
                     fmt::format("the teacher's logits ({} bytes) cannot be kept in {}: {}; make "
                                 "room, or leave them uncached",
                                 fileBytes(shape),
                                 folder_.string(),
                                 error.what()));
  }
  std::optional<LogitTable> table = find(key, shape);
  if (!table) {
    throw TrainError(ExitCode::kMissingInput,
                     fmt::format("{} is not what was just written to it; look after the disk",
                                 fileOf(key).string()));
  }
  return table;
}

}  // namespace retort::train
