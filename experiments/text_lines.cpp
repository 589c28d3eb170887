#include "experiments/text_lines.h"

#include <algorithm>

namespace retort::experiments {

std::size_t lineStart(std::string_view text, std::size_t position) {
  const std::size_t newline =
      position == 0 ? std::string_view::npos : text.rfind('\n', position - 1);
  return newline == std::string_view::npos ? 0 : newline + 1;
}

std::size_t lineEnd(std::string_view text, std::size_t position) {
  const std::size_t newline = text.find('\n', position);
  if (newline == std::string_view::npos) {
    return text.size();
  }
  return newline > position && text[newline - 1] == '\r' ? newline - 1 : newline;
}

std::size_t nextLine(std::string_view text, std::size_t position) {
  const std::size_t newline = text.find('\n', position);
  return newline == std::string_view::npos ? text.size() : newline + 1;
}

std::size_t columnAt(std::string_view text, std::size_t position) {
  return position - lineStart(text, position);
}

bool isFirstInLine(std::string_view text, std::size_t position) {
  const std::size_t start = lineStart(text, position);
  return text.substr(start, position - start).find_first_not_of(' ') == std::string_view::npos;
}

std::string withLineEndsOf(std::string_view text, std::string_view lines) {
  const std::size_t first = text.find('\n');
  const bool has_returns = first != std::string_view::npos && first > 0 && text[first - 1] == '\r';
  std::string out;
  for (const char c : lines) {
    out += c == '\n' && has_returns ? "\r\n" : std::string(1, c);
  }
  return out;
}

}  // namespace retort::experiments
