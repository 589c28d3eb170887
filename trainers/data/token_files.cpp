#include "trainers/data/token_files.h"

#include "core/base/text.h"
#include "trainers/train_error.h"

#include <cstring>
#include <vector>

#include <fmt/format.h>

namespace retort::train {

namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& what) {
  throw TrainError(ExitCode::kBadData, fmt::format("{}: {}", name, what));
}

/// Bytes of one number, and whether it has a sign.
struct NumberType {
  std::size_t size = 2;
  bool is_signed = false;
};

/// The value of a key in the Python dictionary that a .npy begins with, up to a comma or brace that
/// is not in parentheses.
std::string headerValue(const std::string& name, const std::string& header, const char* key) {
  const std::size_t place = header.find(fmt::format("'{}':", key));
  if (place == std::string::npos) {
    refuse(name, fmt::format("the header has no '{}'", key));
  }
  const std::size_t begin = header.find(':', place) + 1;
  const std::size_t end =
      header.find_first_of(header.find('(', begin) == begin + 1 ? ")" : ",}", begin);
  std::string value = header.substr(begin, end - begin);
  std::erase_if(value, [](char byte) { return byte == ' ' || byte == '\'' || byte == '('; });
  return value;
}

/// Numbers of a file.
struct Layout {
  NumberType type;
  std::int64_t columns = 0;  ///< of rows that are a document each; 0: one sequence
};

/// The numbers of "12," or "3,4"; empty for anything else.
std::vector<std::int64_t> dimensionsOf(const std::string& shape) {
  std::vector<std::int64_t> dimensions;
  for (const std::string& part : splitString(shape, ',')) {
    const std::optional<std::int64_t> size = parseInteger(part);
    if (size && *size > 0) {
      dimensions.push_back(*size);
    } else if (!part.empty() || dimensions.size() != 1) {
      return {};
    }
  }
  return shape.find(',') == std::string::npos ? std::vector<std::int64_t>() : dimensions;
}

/// Removes the header of a .npy (versions 1 to 3) and says what follows.
Layout readNpyHeader(const std::string& name, std::string_view& bytes) {
  constexpr std::string_view kMagic("\x93NUMPY", 6);
  if (!bytes.starts_with(kMagic) || bytes.size() < 12 || bytes[6] < 1 || bytes[6] > 3) {
    refuse(name, "not a .npy file");
  }
  const std::size_t length_bytes = bytes[6] == 1 ? 2 : 4;
  std::uint32_t length = 0;
  std::memcpy(&length, bytes.data() + 8, length_bytes);
  if (length > bytes.size() - 8 - length_bytes) {
    refuse(name, "the header is cut short");
  }
  const std::string header(bytes.substr(8 + length_bytes, length));
  bytes.remove_prefix(8 + length_bytes + length);
  const std::string type = headerValue(name, header, "descr");
  const std::string shape = headerValue(name, header, "shape");
  if (type != "<u2" && type != "<u4" && type != "<u8" && type != "<i2" && type != "<i4" &&
      type != "<i8") {
    refuse(name, fmt::format("the numbers are {}; expected <u2, <u4, <u8, <i2, <i4 or <i8", type));
  }
  const NumberType number = {static_cast<std::size_t>(type[2] - '0'), type[1] == 'i'};
  const std::vector<std::int64_t> sizes = dimensionsOf(shape);
  const bool is_matrix = sizes.size() == 2;
  const std::uint64_t numbers = bytes.size() / number.size;
  // Divided, not multiplied: sizes that are not meant cannot overflow.
  const auto columns = is_matrix ? static_cast<std::uint64_t>(sizes[1]) : std::uint64_t{1};
  if (is_matrix && headerValue(name, header, "fortran_order") != "False") {
    refuse(name, "the rows stand column by column (fortran_order); save a C-ordered array");
  }
  if (sizes.empty() || sizes.size() > 2 || bytes.size() % number.size != 0 ||
      numbers % columns != 0 || numbers / columns != static_cast<std::uint64_t>(sizes[0])) {
    refuse(name,
           fmt::format("expected one or two dimensions and their numbers, found shape ({}) and {} "
                       "bytes",
                       shape,
                       bytes.size()));
  }
  return {number, is_matrix ? sizes[1] : 0};
}

std::int64_t numberAt(std::string_view bytes, std::size_t place, NumberType type) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data() + place, type.size);
  if (type.is_signed && type.size < 8 && (value >> (8 * type.size - 1)) != 0) {
    return -1;
  }
  return static_cast<std::int64_t>(value);
}

Layout binLayout(const std::string& name, std::string_view bytes, const std::string& type) {
  if (type != "uint16" && type != "uint32") {
    throw TrainError(
        ExitCode::kBadSpec,
        fmt::format("type \"{}\" of token files is not known: uint16 or uint32", type));
  }
  const NumberType number = {type == "uint16" ? 2U : 4U, false};
  if (bytes.size() % number.size != 0) {
    refuse(name, fmt::format("{} bytes are no whole number of {} ids", bytes.size(), type));
  }
  return {number};
}

/// The ids of a file, in order; throws for one that the vocabulary does not have.
class IdReader {
 public:
  IdReader(const std::string& name,
           std::string_view bytes,
           NumberType type,
           std::int64_t vocabulary_size)
      : name_(name),
        bytes_(bytes),
        type_(type),
        vocabulary_size_(vocabulary_size) {}

  [[nodiscard]] std::size_t size() const { return bytes_.size() / type_.size; }

  [[nodiscard]] std::int32_t at(std::size_t place) const {
    const std::int64_t id = numberAt(bytes_, place * type_.size, type_);
    if (id < 0 || id >= vocabulary_size_) {
      refuse(
          name_,
          fmt::format("id {} at place {}; the tokenizer has {} ids", id, place, vocabulary_size_));
    }
    return static_cast<std::int32_t>(id);
  }

 private:
  const std::string& name_;
  std::string_view bytes_;
  NumberType type_;
  std::int64_t vocabulary_size_;
};

/// One sequence in which eos ends a document.
void addSequence(const IdReader& ids,
                 std::optional<std::int32_t> eos,
                 TokenCorpusBuilder& builder) {
  std::vector<std::int32_t> document;
  for (std::size_t place = 0; place < ids.size(); ++place) {
    document.push_back(ids.at(place));
    if (eos && document.back() == *eos) {
      builder.add(document);
      document.clear();
    }
  }
  builder.add(document);
}

/// A document in each row, which ends with the first eos behind its first token.
void addRows(const IdReader& ids,
             std::size_t columns,
             std::optional<std::int32_t> eos,
             TokenCorpusBuilder& builder) {
  for (std::size_t first = 0; first < ids.size(); first += columns) {
    std::vector<std::int32_t> document = {ids.at(first)};
    for (std::size_t place = first + 1; place < first + columns; ++place) {
      document.push_back(ids.at(place));
      if (document.back() == eos) {
        break;
      }
    }
    builder.add(document);
  }
}

}  // namespace

TokenCorpus parseTokenFile(const std::string& name,
                           std::string_view bytes,
                           const TokenFileOptions& options) {
  const Layout layout =
      name.ends_with(".npy") ? readNpyHeader(name, bytes) : binLayout(name, bytes, options.type);
  const IdReader ids(name, bytes, layout.type, options.vocabulary_size);
  TokenCorpusBuilder builder;
  if (layout.columns > 0) {
    addRows(ids, static_cast<std::size_t>(layout.columns), options.eos, builder);
  } else {
    addSequence(ids, options.eos, builder);
  }
  TokenCorpus corpus = std::move(builder).build();
  if (corpus.size() == 0) {
    refuse(name, "there are no ids in it");
  }
  return corpus;
}

std::string formatTokenRows(std::span<const std::int32_t> ids, std::int64_t columns) {
  std::string header =
      fmt::format("{{'descr': '<i4', 'fortran_order': False, 'shape': ({}, {}), }}",
                  static_cast<std::int64_t>(ids.size()) / columns,
                  columns);
  // The numbers begin at a multiple of 64 bytes, behind ten bytes of magic and length.
  constexpr std::size_t kBefore = 10;
  constexpr std::size_t kAlignment = 64;
  const std::size_t end = (kBefore + header.size() + kAlignment) / kAlignment * kAlignment;
  header.resize(end - kBefore - 1, ' ');
  header += '\n';
  const auto length = static_cast<std::uint16_t>(header.size());
  std::string file("\x93NUMPY\1\0", 8);
  file.append(reinterpret_cast<const char*>(&length), sizeof(length));
  file += header;
  file.append(reinterpret_cast<const char*>(ids.data()), ids.size_bytes());
  return file;
}

}  // namespace retort::train
