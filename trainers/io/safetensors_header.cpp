#include "trainers/io/safetensors_header.h"

#include "core/base/json.h"
#include "trainers/train_error.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace retort::train {

namespace {

// Deeper nesting than the reference reader (serde_json) accepts.
constexpr int kMaxDepth = 128;
constexpr std::size_t kMaxDimensions = 64;

[[noreturn]] void refuse(const std::string& file, const std::string& what) {
  throw TrainError(ExitCode::kBadData, file + ": " + what);
}

/// Names come from strangers: a long one may not fill the message.
std::string quoted(const std::string& name) {
  constexpr std::size_t kShown = 120;
  return Json(name.size() <= kShown ? name : name.substr(0, kShown) + "…")
      .dump(-1, ' ', true, Json::error_handler_t::replace);
}

bool startsWithIgnoringCase(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(), [](char a, char b) {
           return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
         });
}

/// What a file really is that people often have in the place of a model; empty when it is none of
/// these.
std::string_view foreignKind(std::string_view prefix) {
  if (prefix.starts_with("version https://git-lfs")) {
    return "a git-LFS pointer, not the model itself: run 'git lfs pull' in its repository";
  }
  std::string_view text = prefix;
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n\xEF\xBB\xBF"), text.size()));
  if (startsWithIgnoringCase(text, "<!doctype") || startsWithIgnoringCase(text, "<html") ||
      startsWithIgnoringCase(text, "<?xml")) {
    return "a web page, not a model: download the file itself";
  }
  if (prefix.starts_with(std::string_view("PK\x03\x04", 4))) {
    return "a zip archive (as torch.save makes), not a safetensors file: convert it with "
           "safetensors";
  }
  if (prefix.size() >= 2 && prefix[0] == '\x80' && prefix[1] >= 2 && prefix[1] <= 5) {
    return "a pickle, not a safetensors file; it is never opened: convert it with safetensors";
  }
  return {};
}

std::optional<std::uint64_t> checkedProduct(std::uint64_t a, std::uint64_t b) {
  std::uint64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) {
    return std::nullopt;
  }
  return product;
}

/// Reads one entry of the header; every check names the tensor.
class EntryReader {
 public:
  EntryReader(const std::string& file, const std::string& name, const Json& json)
      : file_(file),
        name_(name),
        json_(json) {}

  TensorEntry read() const {
    if (!json_.is_object()) {
      refuseEntry("its entry is not an object");
    }
    TensorEntry entry;
    entry.name = name_;
    entry.type = readType();
    entry.shape = readShape();
    const Json& offsets = member("data_offsets");
    if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() ||
        !offsets[1].is_number_unsigned()) {
      refuseEntry(fmt::format("data_offsets must be two non-negative integers, found {}",
                              offsets.dump().substr(0, 80)));
    }
    entry.begin = offsets[0].get<std::uint64_t>();
    entry.end = offsets[1].get<std::uint64_t>();
    checkSize(entry);
    return entry;
  }

 private:
  [[noreturn]] void refuseEntry(const std::string& what) const {
    refuse(file_, fmt::format("tensor {}: {}", quoted(name_), what));
  }

  const Json& member(const char* key) const {
    const auto found = json_.find(key);
    if (found == json_.end()) {
      refuseEntry(fmt::format("{} is missing", key));
    }
    return *found;
  }

  TensorType readType() const {
    const Json& dtype = member("dtype");
    if (!dtype.is_string()) {
      refuseEntry("dtype is not a string");
    }
    const auto& word = dtype.get_ref<const std::string&>();
    const std::optional<TensorType> type = tensorTypeFromName(word);
    if (!type) {
      refuseEntry(fmt::format("unknown dtype {}; supported: {}", quoted(word), tensorTypeNames()));
    }
    return *type;
  }

  std::vector<std::int64_t> readShape() const {
    const Json& shape = member("shape");
    if (!shape.is_array() || shape.size() > kMaxDimensions) {
      refuseEntry(fmt::format("shape must be an array of at most {} integers", kMaxDimensions));
    }
    std::vector<std::int64_t> sizes;
    for (const Json& size : shape) {
      if (!size.is_number_unsigned()) {
        refuseEntry(fmt::format("shape {} is not made of non-negative integers",
                                shape.dump().substr(0, 80)));
      }
      const auto value = size.get<std::uint64_t>();
      if (value > std::numeric_limits<std::int64_t>::max()) {
        refuseEntry(fmt::format("shape {} does not fit 64 bits", shape.dump().substr(0, 80)));
      }
      sizes.push_back(static_cast<std::int64_t>(value));
    }
    return sizes;
  }

  void checkSize(const TensorEntry& entry) const {
    // Zeros are left out of the bound, so that strides fit 64 bits as well.
    std::uint64_t bound = tensorTypeSize(entry.type);
    bool is_empty = false;
    for (const std::int64_t size : entry.shape) {
      is_empty = is_empty || size == 0;
      const auto product =
          checkedProduct(bound, static_cast<std::uint64_t>(std::max<std::int64_t>(size, 1)));
      if (!product || *product > std::numeric_limits<std::int64_t>::max()) {
        refuseEntry(fmt::format("shape [{}] does not fit 64 bits", fmt::join(entry.shape, ", ")));
      }
      bound = *product;
    }
    if (entry.end < entry.begin) {
      refuseEntry(
          fmt::format("data_offsets [{}, {}] end before they begin", entry.begin, entry.end));
    }
    const std::uint64_t expected = is_empty ? 0 : bound;
    if (entry.end - entry.begin != expected) {
      refuseEntry(fmt::format("data_offsets [{}, {}] hold {} bytes, but shape [{}] of {} needs {}",
                              entry.begin,
                              entry.end,
                              entry.end - entry.begin,
                              fmt::join(entry.shape, ", "),
                              tensorTypeName(entry.type),
                              expected));
    }
  }

  const std::string& file_;
  const std::string& name_;
  const Json& json_;
};

std::map<std::string, std::string> readMetadata(const std::string& file, const Json& json) {
  if (!json.is_object()) {
    refuse(file, "__metadata__ is not an object");
  }
  std::map<std::string, std::string> metadata;
  for (const auto& [key, value] : json.items()) {
    if (!value.is_string()) {
      refuse(file, fmt::format("__metadata__ entry {} is not a string", quoted(key)));
    }
    metadata[key] = value.get<std::string>();
  }
  return metadata;
}

/// The ranges, sorted, must follow each other without hole, overlap or rest.
void checkCoverage(const std::string& file,
                   const std::vector<TensorEntry>& entries,
                   std::uint64_t data_size) {
  std::uint64_t covered = 0;
  const TensorEntry* previous = nullptr;
  for (const TensorEntry& entry : entries) {
    if (entry.begin != covered) {
      const std::string range = fmt::format("[{}, {}]", entry.begin, entry.end);
      if (previous == nullptr) {
        refuse(file,
               fmt::format(
                   "tensor {} {} is the first but does not begin at 0", quoted(entry.name), range));
      }
      refuse(file,
             fmt::format("tensors {} [{}, {}] and {} {} {}",
                         quoted(previous->name),
                         previous->begin,
                         previous->end,
                         quoted(entry.name),
                         range,
                         entry.begin < covered ? "overlap" : "leave a hole between them"));
    }
    covered = entry.end;
    previous = &entry;
  }
  if (covered == data_size) {
    return;
  }
  const std::string last = previous == nullptr ? "no tensor"
                                               : fmt::format("the last tensor {} [{}, {}]",
                                                             quoted(previous->name),
                                                             previous->begin,
                                                             previous->end);
  if (covered > data_size) {
    refuse(
        file,
        fmt::format(
            "{} ends after the data, which have {} bytes: the file is cut off", last, data_size));
  }
  refuse(file, fmt::format("{} bytes after {}", data_size - covered, last));
}

}  // namespace

std::uint64_t safetensorsHeaderLength(const std::string& file,
                                      std::string_view prefix,
                                      std::uint64_t file_size) {
  // A header begins with its brace: its length alone may look like the first bytes of a pickle.
  const bool may_be_header = prefix.size() > 8 && prefix[8] == '{';
  if (const std::string_view kind = foreignKind(prefix); !may_be_header && !kind.empty()) {
    refuse(file, fmt::format("this is {}", kind));
  }
  if (prefix.size() < 8) {
    refuse(file,
           fmt::format("too short for a safetensors file: {} bytes, at least 8 are needed",
                       file_size));
  }
  std::uint64_t length = 0;
  for (std::size_t i = 8; i-- > 0;) {
    length = length << 8U | static_cast<unsigned char>(prefix[i]);
  }
  if (length > file_size - 8) {
    refuse(file,
           fmt::format("header length {} is larger than the file ({} bytes)", length, file_size));
  }
  if (length > kMaxSafetensorsHeader) {
    refuse(
        file,
        fmt::format(
            "header length {} is larger than the {} bytes allowed", length, kMaxSafetensorsHeader));
  }
  return length;
}

SafetensorsHeader parseSafetensorsHeader(const std::string& file,
                                         std::string_view text,
                                         std::uint64_t data_size) {
  if (text.empty()) {
    refuse(file, "header is not valid JSON: it is empty");
  }
  text = text.substr(0, text.find_last_not_of(' ') + 1);
  if (!text.starts_with('{') || !text.ends_with('}')) {
    refuse(file, "header is not valid JSON at byte 1: it must be one object, then only spaces");
  }
  const Result<Json> json = parseJson(text, kMaxDepth);
  if (!json) {
    refuse(file, "header is not valid JSON: " + json.error().message);
  }
  SafetensorsHeader header;
  header.entries.reserve(json->size());
  for (const auto& [name, value] : json->items()) {
    if (name == "__metadata__") {
      header.metadata = readMetadata(file, value);
    } else {
      header.entries.push_back(EntryReader(file, name, value).read());
    }
  }
  std::sort(
      header.entries.begin(), header.entries.end(), [](const TensorEntry& a, const TensorEntry& b) {
        return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
      });
  checkCoverage(file, header.entries, data_size);
  return header;
}

std::string formatSafetensorsHeader(const SafetensorsHeader& header) {
  std::string json = "{";
  if (!header.metadata.empty()) {
    json += "\"__metadata__\":" + Json(header.metadata).dump();
  }
  for (const TensorEntry& entry : header.entries) {
    json += fmt::format(R"({}{}:{{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})",
                        json.size() > 1 ? "," : "",
                        Json(entry.name).dump(),
                        tensorTypeName(entry.type),
                        fmt::join(entry.shape, ","),
                        entry.begin,
                        entry.end);
  }
  json += '}';
  json.append((8 - json.size() % 8) % 8, ' ');
  std::string bytes;
  for (std::uint64_t rest = json.size(), i = 0; i < 8; ++i, rest >>= 8U) {
    bytes += static_cast<char>(rest & 0xFFU);
  }
  return bytes + json;
}

}  // namespace retort::train
