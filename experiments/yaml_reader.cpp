#include "experiments/yaml_reader.h"

#include "core/base/text.h"
#include "experiments/yaml_guard.h"
#include "experiments/yaml_scalar.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <map>
#include <set>
#include <sstream>

#include <fmt/format.h>

namespace retort::experiments {

namespace {

/// yaml-cpp counts from 0, and columns in bytes.
Place placeOf(const YAML::Mark& mark, const std::vector<std::string>& lines) {
  Place place;
  if (mark.line < 0) {
    return place;
  }
  place.line = mark.line + 1;
  place.column = mark.column + 1;
  const auto line = static_cast<std::size_t>(mark.line);
  if (line < lines.size()) {
    for (const char c :
         std::string_view(lines[line]).substr(0, static_cast<std::size_t>(mark.column))) {
      place.column -= (static_cast<unsigned char>(c) & 0xC0U) == 0x80U ? 1 : 0;
    }
  }
  return place;
}

std::size_t countNodes(const YamlNode& node) {
  std::size_t count = 1;
  for (const YamlNode& item : node.items) {
    count += countNodes(item);
  }
  for (const YamlEntry& entry : node.entries) {
    count += countNodes(entry.value);
  }
  return count;
}

std::size_t depthOf(const YamlNode& node) {
  std::size_t deepest = 0;
  for (const YamlNode& item : node.items) {
    deepest = std::max(deepest, depthOf(item));
  }
  for (const YamlEntry& entry : node.entries) {
    deepest = std::max(deepest, depthOf(entry.value));
  }
  return deepest + 1;
}

/// Builds the tree from the parser's events. Aliases are copied here and not by YAML::Node, whose
/// shared nodes make bombs and cycles possible. What makes going on pointless is thrown as the
/// parser's own exception.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const std::string& text, DiagnosticSink& sink)
      : text_(text),
        lines_(splitString(text, '\n')),
        sink_(sink) {}

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}

  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    addScalar(mark, anchor, YamlNode());
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto named = anchors_.find(anchor);
    if (named == anchors_.end()) {
      throw YAML::ParserException(mark,
                                  "the alias refers to itself: it stands within what it names");
    }
    spend(mark, countNodes(named->second));
    if (open_.size() + depthOf(named->second) > static_cast<std::size_t>(kDeepestYaml)) {
      throw YAML::ParserException(mark, fmt::format("nested deeper than {} levels", kDeepestYaml));
    }
    YamlNode copy = named->second;
    copy.place = placeOf(mark, lines_);
    add(std::move(copy));
  }

  void OnScalar(const YAML::Mark& mark,
                const std::string& tag,
                YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node;
    node.spelling = value;
    const bool is_quoted = tag == "!";
    if (is_quoted) {
      checkQuotes(mark);
    } else {
      checkTag(mark, tag);
    }
    if (is_quoted || expectsKey()) {
      node.scalar = value;
      is_plain_key_ = !is_quoted;
    } else {
      Result<Json, std::string> typed = typePlainScalar(value);
      if (typed) {
        node.scalar = std::move(*typed);
      } else {
        sink_.report(placeOf(mark, lines_), path(), typed.error());
      }
    }
    addScalar(mark, anchor, std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark,
                       const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(mark, tag, anchor, YamlNode::Kind::kList);
  }

  void OnMapStart(const YAML::Mark& mark,
                  const std::string& tag,
                  YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(mark, tag, anchor, YamlNode::Kind::kMap);
  }

  void OnSequenceEnd() override { close(); }

  void OnMapEnd() override { close(); }

  YamlNode takeTree() { return std::move(root_); }

 private:
  struct OpenNode {
    YamlNode node;
    YAML::anchor_t anchor = 0;
    bool has_key = false;  ///< a map that waits for the value of `key`
    bool is_kept = true;   ///< false: the value belongs to a key that was refused
    std::string key;
    Place key_place;
    std::map<std::string, int> lines;  ///< of the keys so far
  };

  [[nodiscard]] bool expectsKey() const {
    return !open_.empty() && open_.back().node.isMap() && !open_.back().has_key;
  }

  /// The dotted key of the value that is being read.
  [[nodiscard]] std::string path() const {
    std::vector<std::string> parts;
    for (const OpenNode& node : open_) {
      if (node.node.isMap() && node.has_key) {
        parts.push_back(node.key);
      }
    }
    return joinStrings(parts, ".");
  }

  void checkTag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!") {
      sink_.report(
          placeOf(mark, lines_), path(), fmt::format("tags are not supported (found {})", tag));
    }
  }

  /// yaml-cpp takes the end of the file for the end of a quoted text.
  void checkQuotes(const YAML::Mark& mark) const {
    // The scalar begins at the mark, or behind its anchor.
    const std::size_t begin = text_.find_first_of("'\"|>", static_cast<std::size_t>(mark.pos));
    if (begin == std::string::npos || text_[begin] == '|' || text_[begin] == '>') {
      return;
    }
    const char quote = text_[begin];
    for (std::size_t i = begin + 1; i < text_.size(); ++i) {
      if (quote == '"' && text_[i] == '\\') {
        ++i;
      } else if (text_[i] == quote) {
        return;  // in single quotes, a doubled one ends nothing, but then another follows
      }
    }
    throw YAML::ParserException(
        mark, fmt::format("the text that begins here is not closed with {}", quote));
  }

  void spend(const YAML::Mark& mark, std::size_t count) {
    nodes_ += count;
    if (nodes_ > static_cast<std::size_t>(kMostYamlNodes)) {
      throw YAML::ParserException(mark, "more than 10 000 values after aliases");
    }
  }

  void addScalar(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode node) {
    spend(mark, 1);
    node.place = placeOf(mark, lines_);
    if (anchor != 0) {
      anchors_[anchor] = node;
    }
    add(std::move(node));
  }

  void open(const YAML::Mark& mark,
            const std::string& tag,
            YAML::anchor_t anchor,
            YamlNode::Kind kind) {
    spend(mark, 1);
    checkTag(mark, tag);
    if (expectsKey()) {
      throw YAML::ParserException(mark, "a key must be a plain text, not a list or a map");
    }
    if (open_.size() >= static_cast<std::size_t>(kDeepestYaml)) {
      throw YAML::ParserException(mark, fmt::format("nested deeper than {} levels", kDeepestYaml));
    }
    OpenNode& opened = open_.emplace_back();
    opened.node.kind = kind;
    opened.node.place = placeOf(mark, lines_);
    opened.anchor = anchor;
  }

  void close() {
    OpenNode closed = std::move(open_.back());
    open_.pop_back();
    if (closed.anchor != 0) {
      anchors_[closed.anchor] = closed.node;
    }
    add(std::move(closed.node));
  }

  void add(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (open_.back().node.isList()) {
      open_.back().node.items.push_back(std::move(node));
    } else if (expectsKey()) {
      addKey(node);
    } else {
      OpenNode& parent = open_.back();
      parent.has_key = false;
      if (parent.is_kept) {
        parent.node.entries.push_back({std::move(parent.key), parent.key_place, std::move(node)});
      }
    }
  }

  void addKey(const YamlNode& key) {
    OpenNode& parent = open_.back();
    parent.is_kept = false;
    parent.key = key.spelling;
    parent.key_place = key.place;
    if (!key.isText()) {
      sink_.report(key.place, path(), "a key must be a plain text");
    } else if (is_plain_key_ && key.spelling == "<<") {
      sink_.report(key.place, path(), "merge keys (<<) are not supported");
    } else if (const auto [before, is_new] = parent.lines.emplace(parent.key, key.place.line);
               !is_new) {
      parent.has_key = true;
      const std::string full = path();
      sink_.report(
          key.place,
          full,
          before->second == key.place.line
              ? fmt::format("{} is given twice", full)
              : fmt::format(
                    "{} is given twice (line {} and {})", full, before->second, key.place.line));
    } else {
      parent.is_kept = true;
    }
    parent.has_key = true;
  }

  const std::string& text_;
  std::vector<std::string> lines_;
  DiagnosticSink& sink_;
  std::vector<OpenNode> open_;
  std::map<YAML::anchor_t, YamlNode> anchors_;
  std::size_t nodes_ = 0;
  bool is_plain_key_ = false;
  YamlNode root_;
};

/// yaml-cpp's words for what people do wrong, where ours are clearer.
std::string clearMessage(const std::string& message) {
  static const std::map<std::string, std::string> kClear = {
      {YAML::ErrorMsg::TAB_IN_INDENTATION, "a tab in the indentation; indent with spaces"},
      {YAML::ErrorMsg::END_OF_SEQ_FLOW, "expected , or ] here: a list is not closed"},
      {YAML::ErrorMsg::END_OF_MAP_FLOW, "expected , or } here: a map is not closed"},
      {YAML::ErrorMsg::END_OF_MAP, "expected 'key: value' here; is the indentation right?"},
      {YAML::ErrorMsg::END_OF_SEQ, "expected '- item' here; is the indentation right?"},
      {YAML::ErrorMsg::MAP_VALUE,
       "a ':' does not fit here; is the indentation right? A text that holds ': ' needs quotes"},
      {YAML::ErrorMsg::FLOW_END, "a ] or } that closes nothing"},
      {YAML::ErrorMsg::UNKNOWN_TOKEN,
       "a value cannot begin with this character; put the text in quotes"},
      {YAML::ErrorMsg::EOF_IN_SCALAR,
       "the text that begins before the end of the file is not closed"},
      {YAML::ErrorMsg::UNKNOWN_ANCHOR, "the alias names an anchor that is not defined before it"},
  };
  const auto clear = kClear.find(message);
  return clear == kClear.end() ? message : clear->second;
}

void reportException(const YAML::Exception& exception,
                     const std::string& text,
                     DiagnosticSink& sink) {
  const std::vector<std::string> lines = splitString(text, '\n');
  Place place = placeOf(exception.mark, lines);
  std::string message = clearMessage(exception.msg);
  if (place.line > 0 && static_cast<std::size_t>(place.line) <= lines.size()) {
    // A tab makes yaml-cpp complain about what follows it.
    const std::string& line = lines[static_cast<std::size_t>(place.line) - 1];
    const std::size_t indentation = std::min(line.find_first_not_of(" \t"), line.size());
    if (const std::size_t tab = line.find('\t'); tab < indentation) {
      place.column = static_cast<int>(tab) + 1;
      message = clearMessage(YAML::ErrorMsg::TAB_IN_INDENTATION);
    }
  }
  sink.report(place, "", std::move(message));
}

/// LoadAll must never see the text: with yaml-cpp 0.7 a file that holds only "," makes it take all
/// memory. So one document is read, and then the scanner says whether anything is left.
void readOneDocument(const std::string& text, TreeBuilder& builder, DiagnosticSink& sink) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  parser.HandleNextDocument(builder);
  if (!parser) {
    return;
  }
  const bool is_document = text.find("\n---") != std::string::npos;
  sink.report(Place(),
              "",
              is_document ? "2 documents in one file (a second '---')"
                          : "there is text behind the end of the document, or a stray ','");
}

}  // namespace

YamlNode parseYaml(const std::string& text, DiagnosticSink& sink) {
  Place deep;
  if (isTooDeep(text, deep)) {
    sink.report(deep, "", fmt::format("nested deeper than {} levels", kDeepestYaml));
    return {};
  }
  TreeBuilder builder(text, sink);
  try {
    readOneDocument(text, builder, sink);
  } catch (const YAML::Exception& exception) {
    reportException(exception, text, sink);
    return {};
  }
  return builder.takeTree();
}

}  // namespace retort::experiments
