#include "experiments/diagnostic.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "experiments/diagnostic_sink.h"

#include <algorithm>

#include <fmt/format.h>

namespace retort::experiments {

namespace {

constexpr std::size_t kExcerptLength = 100;
constexpr std::size_t kShownBeforeCaret = 60;
constexpr std::size_t kMessageLength = 400;

/// The characters (code points) of a line, so that columns can be counted.
std::vector<std::string_view> charactersOf(std::string_view text) {
  std::vector<std::string_view> characters;
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8SequenceLength(text), 1);
    characters.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return characters;
}

std::string shortened(const std::string& message) {
  const auto characters = charactersOf(message);
  if (characters.size() <= kMessageLength) {
    return message;
  }
  std::string text;
  for (std::size_t i = 0; i < kMessageLength; ++i) {
    text += characters[i];
  }
  return text + "…";
}

std::string placeText(const Diagnostic& diagnostic) {
  const Place& place = diagnostic.place;
  if (!place.option.empty()) {
    return fmt::format("--set '{}'", place.option);
  }
  if (place.line == 0) {
    return diagnostic.file;
  }
  return fmt::format("{}:{}:{}", diagnostic.file, place.line, place.column);
}

}  // namespace

DiagnosticSink::DiagnosticSink(std::string file, std::string_view text)
    : file_(std::move(file)),
      lines_(splitString(text, '\n')) {}

void DiagnosticSink::report(const Place& place, std::string key, std::string message) {
  Diagnostic diagnostic;
  diagnostic.file = place.option.empty() ? file_ : "";
  diagnostic.place = place;
  diagnostic.key = std::move(key);
  diagnostic.message = shortened(message);
  if (!seen_.emplace(place.line, place.column, place.option, diagnostic.message).second) {
    return;
  }
  addExcerpt(diagnostic);
  diagnostics_.push_back(std::move(diagnostic));
}

void DiagnosticSink::addExcerpt(Diagnostic& diagnostic) const {
  const Place& place = diagnostic.place;
  if (place.line < 1 || static_cast<std::size_t>(place.line) > lines_.size() || place.column < 1) {
    return;
  }
  const auto characters = charactersOf(lines_[static_cast<std::size_t>(place.line) - 1]);
  const auto caret = static_cast<std::size_t>(place.column) - 1;
  const std::size_t begin = caret > kExcerptLength - 1 ? caret - kShownBeforeCaret : 0;
  const std::size_t end = std::min(characters.size(), begin + kExcerptLength);
  for (std::size_t i = begin; i < end; ++i) {
    // A tab would move the caret away from its place.
    diagnostic.excerpt += characters[i] == "\t" ? std::string_view(" ") : characters[i];
  }
  diagnostic.excerpt_column = static_cast<int>(caret - begin) + 1;
}

std::string formatDiagnostics(const std::vector<Diagnostic>& diagnostics, std::size_t limit) {
  std::vector<const Diagnostic*> sorted;
  for (const Diagnostic& diagnostic : diagnostics) {
    sorted.push_back(&diagnostic);
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const Diagnostic* a, const Diagnostic* b) {
    return std::tie(a->place.line, a->place.column) < std::tie(b->place.line, b->place.column);
  });
  std::string text;
  for (std::size_t i = 0; i < std::min(limit, sorted.size()); ++i) {
    const Diagnostic& diagnostic = *sorted[i];
    text += escapeForTerminal(placeText(diagnostic) + ": " + diagnostic.message) + "\n";
    if (!diagnostic.excerpt.empty() && diagnostic.excerpt_column > 0) {
      text += fmt::format("    {}\n    {:>{}}\n",
                          escapeForTerminal(diagnostic.excerpt),
                          "^",
                          diagnostic.excerpt_column);
    }
  }
  if (sorted.size() > limit) {
    text += fmt::format("and {} more\n", sorted.size() - limit);
  }
  return text;
}

}  // namespace retort::experiments
