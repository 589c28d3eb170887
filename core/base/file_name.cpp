#include "core/base/file_name.h"

#include "core/base/hash.h"

#include <algorithm>
#include <array>

namespace retort {
namespace {

constexpr std::size_t kMaxLength = 60;
constexpr std::size_t kHashDigits = 8;

bool isAsciiAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// Names that open devices on Windows, whatever follows a dot.
bool isDeviceName(const std::string& name) {
  std::string stem = name.substr(0, name.find('.'));
  std::transform(stem.begin(), stem.end(), stem.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  constexpr std::array<const char*, 4> kDevices{"CON", "PRN", "AUX", "NUL"};
  if (std::find(kDevices.begin(), kDevices.end(), stem) != kDevices.end()) {
    return true;
  }
  return stem.size() == 4 && (stem.starts_with("COM") || stem.starts_with("LPT")) &&
         stem.back() >= '0' && stem.back() <= '9';
}

std::string slugOf(std::string_view name) {
  std::string slug;
  for (const char c : name) {
    const bool is_kept = isAsciiAlphanumeric(c) || c == '_' || c == '.' || c == '-';
    if (is_kept) {
      slug += c;
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  slug.resize(std::min(slug.size(), kMaxLength));
  const auto is_edge = [](char c) {
    return c == '.' || c == '-';
  };
  slug.erase(slug.begin(), std::find_if_not(slug.begin(), slug.end(), is_edge));
  while (!slug.empty() && is_edge(slug.back())) {
    slug.pop_back();
  }
  return slug;
}

}  // namespace

std::string safeFileName(std::string_view name, std::string_view ending) {
  std::string slug = slugOf(name);
  if (slug != name || slug.empty() || isDeviceName(slug)) {
    const std::string hash = sha256Hex(name).substr(0, kHashDigits);
    slug.resize(std::min(slug.size(), kMaxLength - kHashDigits - 1));
    slug = isDeviceName(slug) ? "_" + slug : slug;
    slug += (slug.empty() ? "" : "-") + hash;
  }
  return slug + std::string(ending);
}

std::string quoteForShell(std::string_view text) {
  constexpr std::string_view kPlain = "-_./:=,@%+";
  const bool is_plain = !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return isAsciiAlphanumeric(c) || kPlain.find(c) != std::string_view::npos;
  });
  if (is_plain) {
    return std::string(text);
  }
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else if (c != '\0') {
      quoted += c;
    }
  }
  return quoted + "'";
}

}  // namespace retort
