#include "core/tables/text_width.h"

#include "core/base/text.h"

#include <algorithm>
#include <array>

namespace retort {
namespace {

struct CodeRange {
  char32_t first;
  char32_t last;
};

// Unicode 15: the blocks of combining marks and format characters that people's names and labels
// use.
constexpr std::array<CodeRange, 17> kNoWidth{{{0x0300, 0x036F},
                                              {0x0483, 0x0489},
                                              {0x0591, 0x05BD},
                                              {0x0610, 0x061A},
                                              {0x064B, 0x065F},
                                              {0x093A, 0x093C},
                                              {0x0941, 0x094D},
                                              {0x0E31, 0x0E31},
                                              {0x0E34, 0x0E3A},
                                              {0x0E47, 0x0E4E},
                                              {0x1AB0, 0x1AFF},
                                              {0x1DC0, 0x1DFF},
                                              {0x200B, 0x200F},
                                              {0x20D0, 0x20FF},
                                              {0xFE00, 0xFE0F},
                                              {0xFE20, 0xFE2F},
                                              {0xE0100, 0xE01EF}}};

// Unicode TR 11: wide and full-width blocks.
constexpr std::array<CodeRange, 15> kDoubleWidth{{{0x1100, 0x115F},
                                                  {0x231A, 0x231B},
                                                  {0x23E9, 0x23EC},
                                                  {0x2E80, 0x303E},
                                                  {0x3041, 0x33FF},
                                                  {0x3400, 0x4DBF},
                                                  {0x4E00, 0x9FFF},
                                                  {0xA000, 0xA4CF},
                                                  {0xAC00, 0xD7A3},
                                                  {0xF900, 0xFAFF},
                                                  {0xFE30, 0xFE6F},
                                                  {0xFF00, 0xFF60},
                                                  {0xFFE0, 0xFFE6},
                                                  {0x1F300, 0x1FAFF},
                                                  {0x20000, 0x3FFFD}}};

template <std::size_t Size>
bool isIn(const std::array<CodeRange, Size>& ranges, char32_t code) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const CodeRange& range) {
    return code >= range.first && code <= range.last;
  });
}

std::size_t codePointWidth(char32_t code) {
  if (code < 0x0300) {
    return 1;
  }
  if (isIn(kNoWidth, code)) {
    return 0;
  }
  return isIn(kDoubleWidth, code) ? 2 : 1;
}

}  // namespace

char32_t takeCodePoint(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = utf8SequenceLength(text);
  if (length == 0) {
    text.remove_prefix(1);
    return 0xFFFD;
  }
  if (length == 1) {
    text.remove_prefix(1);
    return lead;
  }
  char32_t code = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    code = (code << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  text.remove_prefix(length);
  return code;
}

std::size_t displayWidth(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    width += codePointWidth(takeCodePoint(text));
  }
  return width;
}

std::string elideText(std::string_view text, std::size_t width) {
  std::size_t used = 0;
  std::size_t bytes_kept = 0;  // what fits before the ellipsis
  std::string_view rest = text;
  while (!rest.empty()) {
    used += codePointWidth(takeCodePoint(rest));
    if (used + 1 <= width) {
      bytes_kept = text.size() - rest.size();
    }
    if (used > width) {
      return std::string(text.substr(0, bytes_kept)) + "…";
    }
  }
  return std::string(text);
}

std::string elideStart(std::string_view text, std::size_t width) {
  if (displayWidth(text) <= width) {
    return std::string(text);
  }
  while (!text.empty() && displayWidth(text) + 1 > width) {
    (void)takeCodePoint(text);
  }
  return "…" + std::string(text);
}

std::string wrapText(std::string_view text, std::size_t width, std::size_t indent) {
  std::string result;
  std::string line;
  const auto finishLine = [&] {
    result += std::string(indent, ' ') + line + "\n";
    line.clear();
  };
  for (const std::string& word : splitString(text, ' ')) {
    if (!line.empty() && indent + displayWidth(line) + 1 + displayWidth(word) > width) {
      finishLine();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  if (!line.empty()) {
    finishLine();
  }
  return result;
}

std::string padRight(std::string_view text, std::size_t width) {
  const std::size_t used = displayWidth(text);
  return std::string(text) + std::string(width > used ? width - used : 0, ' ');
}

std::string padLeft(std::string_view text, std::size_t width) {
  const std::size_t used = displayWidth(text);
  return std::string(width > used ? width - used : 0, ' ') + std::string(text);
}

}  // namespace retort
