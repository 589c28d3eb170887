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

/// Removes the header of a .npy (versions 1 to 3) and says what follows.
NumberType readNpyHeader(const std::string& name, std::string_view& bytes) {
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
  const std::size_t comma = shape.find(',');
  const std::optional<std::int64_t> count = parseInteger(shape.substr(0, comma));
  if (!count || comma + 1 != shape.size() ||
      static_cast<std::uint64_t>(*count) * number.size != bytes.size()) {
    refuse(name,
           fmt::format("expected one dimension and its numbers, found shape ({}) and {} bytes",
                       shape,
                       bytes.size()));
  }
  return number;
}

std::int64_t numberAt(std::string_view bytes, std::size_t place, NumberType type) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data() + place, type.size);
  if (type.is_signed && type.size < 8 && (value >> (8 * type.size - 1)) != 0) {
    return -1;
  }
  return static_cast<std::int64_t>(value);
}

NumberType binType(const std::string& name, std::string_view bytes, const std::string& type) {
  if (type != "uint16" && type != "uint32") {
    throw TrainError(
        ExitCode::kBadSpec,
        fmt::format("type \"{}\" of token files is not known: uint16 or uint32", type));
  }
  const NumberType number = {type == "uint16" ? 2U : 4U, false};
  if (bytes.size() % number.size != 0) {
    refuse(name, fmt::format("{} bytes are no whole number of {} ids", bytes.size(), type));
  }
  return number;
}

}  // namespace

TokenCorpus parseTokenFile(const std::string& name,
                           std::string_view bytes,
                           const TokenFileOptions& options) {
  const NumberType type =
      name.ends_with(".npy") ? readNpyHeader(name, bytes) : binType(name, bytes, options.type);
  TokenCorpusBuilder builder;
  std::vector<std::int32_t> document;
  for (std::size_t place = 0; place < bytes.size(); place += type.size) {
    const std::int64_t id = numberAt(bytes, place, type);
    if (id < 0 || id >= options.vocabulary_size) {
      refuse(name,
             fmt::format("id {} at place {}; the tokenizer has {} ids",
                         id,
                         place / type.size,
                         options.vocabulary_size));
    }
    document.push_back(static_cast<std::int32_t>(id));
    if (options.eos && document.back() == *options.eos) {
      builder.add(document);
      document.clear();
    }
  }
  builder.add(document);
  TokenCorpus corpus = std::move(builder).build();
  if (corpus.size() == 0) {
    refuse(name, "there are no ids in it");
  }
  return corpus;
}

}  // namespace retort::train
