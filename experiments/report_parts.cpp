#include "experiments/report_parts.h"

#include "core/base/text.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace retort::experiments {

namespace {

constexpr std::size_t kLongestName = 60;

bool isFileWord(const std::string& name) {
  const bool has_others = std::any_of(name.begin(), name.end(), [](char c) {
    return !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-');
  });
  return !name.empty() && name.size() <= kLongestName && !has_others && name.front() != '-';
}

/// Reads the parts of one list. Each key has a reader, which returns what is wrong or nothing.
class PartReader {
 public:
  using Reader = std::function<std::string(const YamlNode&, Json&)>;

  PartReader(std::string list, const ExperimentDocument& document, DiagnosticSink& sink)
      : list_(std::move(list)),
        document_(document),
        sink_(sink) {
    readers_["name"] = [](const YamlNode& node, Json& value) {
      value = toJson(node);
      return node.isText() && isFileWord(node.spelling)
                 ? ""
                 : "must be a word of lower-case letters, digits and dashes";
    };
    readers_["title"] = [](const YamlNode& node, Json& value) {
      value = toJson(node);
      return node.isText() ? "" : "must be a text";
    };
    readers_["by"] = readers_["columns"] = [this](const YamlNode& node, Json& value) {
      return readAxes(node, value);
    };
    readers_["baseline"] = [this](const YamlNode& node, Json& value) {
      return readBaseline(node, value);
    };
    addWords("at", {"last", "best"});
  }

  void addWords(const std::string& key, const std::vector<std::string>& words) {
    readers_[key] = [words](const YamlNode& node, Json& value) -> std::string {
      value = toJson(node);
      const bool is_word =
          node.isText() && std::find(words.begin(), words.end(), node.spelling) != words.end();
      return is_word ? "" : "must be one of " + joinStrings(words, ", ");
    };
  }

  void add(const std::string& key, Reader reader) { readers_[key] = std::move(reader); }

  std::vector<ReportPart> read(const YamlNode& node) {
    std::vector<ReportPart> parts;
    if (!node.isList()) {
      report(node.place, "expected a list, found " + node.description());
      return parts;
    }
    for (const YamlNode& item : node.items) {
      if (!item.isMap()) {
        report(item.place, "expected {name: …}, found " + item.description());
      } else {
        parts.push_back(readPart(item));
      }
    }
    return parts;
  }

 private:
  void report(const Place& place, const std::string& what) {
    sink_.report(place, "report." + list_, "report: " + list_ + ": " + what);
  }

  ReportPart readPart(const YamlNode& item) {
    ReportPart part{Json::object(), item.place};
    for (const YamlEntry& entry : item.entries) {
      const auto reader = readers_.find(entry.key);
      if (reader == readers_.end()) {
        std::vector<std::string> known;
        for (const auto& [key, unused] : readers_) {
          known.push_back(key);
        }
        report(entry.place,
               fmt::format("unknown key {}; known: {}", entry.key, joinStrings(known, ", ")));
        continue;
      }
      const std::string wrong = reader->second(entry.value, part.value[entry.key]);
      if (!wrong.empty()) {
        report(entry.value.place,
               fmt::format("{} {}, not {}", entry.key, wrong, entry.value.description()));
      }
    }
    const YamlNode* name = item.find("name");
    if (name == nullptr) {
      report(item.place, "the name is missing");
    } else if (name->isText() && !names_.insert(name->spelling).second) {
      report(name->place, fmt::format("the name {} is taken already", name->spelling));
    }
    return part;
  }

  std::string readAxes(const YamlNode& node, Json& value) const {
    value = Json::array();
    const std::vector<YamlNode> items = node.isList() ? node.items : std::vector<YamlNode>{node};
    for (const YamlNode& item : items) {
      if (!item.isText() || document_.findAxis(item.spelling) == nullptr) {
        const std::vector<std::string> axes = document_.axisKeys();
        return fmt::format("names axes of the grid ({})",
                           axes.empty() ? "there are none" : joinStrings(axes, ", "));
      }
      value.push_back(item.spelling);
    }
    return {};
  }

  std::string readBaseline(const YamlNode& node, Json& value) const {
    value = Json::object();
    if (node.isText() && node.spelling == "none") {
      return {};
    }
    if (!node.isMap()) {
      return "must be {axis: label} or none";
    }
    for (const YamlEntry& entry : node.entries) {
      if (document_.findAxis(entry.key) == nullptr || !entry.value.isScalar()) {
        return fmt::format("must be {{axis: label}} with axes of the grid ({})",
                           joinStrings(document_.axisKeys(), ", "));
      }
      value[entry.key] = entry.value.spelling;
    }
    return {};
  }

  std::string list_;
  const ExperimentDocument& document_;
  DiagnosticSink& sink_;
  std::map<std::string, Reader> readers_;
  std::set<std::string> names_;
};

std::string readMetric(const YamlNode& node, Json& value) {
  value = toJson(node);
  return node.isText() && !node.spelling.empty() ? "" : "must be the name of a metric";
}

std::string readMetrics(const YamlNode& node, Json& value) {
  value = Json::array();
  for (const YamlNode& item : node.isList() ? node.items : std::vector<YamlNode>{node}) {
    Json name;
    if (std::string wrong = readMetric(item, name); !wrong.empty()) {
      return "must name metrics";
    }
    value.push_back(std::move(name));
  }
  return {};
}

}  // namespace

std::vector<ReportPart> readReportTables(const YamlNode& node,
                                         const ExperimentDocument& document,
                                         DiagnosticSink& sink) {
  PartReader reader("tables", document, sink);
  reader.add("metric", readMetrics);
  return reader.read(node);
}

std::vector<ReportPart> readReportFigures(const YamlNode& node,
                                          const ExperimentDocument& document,
                                          DiagnosticSink& sink) {
  PartReader reader("figures", document, sink);
  reader.add("metric", readMetric);
  reader.add("reference", readMetric);
  reader.addWords("kind", {"points", "bars", "curves", "runs", "depth"});
  reader.addWords("spread", {"deviation", "interval", "none"});
  reader.add("log", [](const YamlNode& flag, Json& value) {
    value = toJson(flag);
    return flag.isScalar() && flag.scalar.is_boolean() ? "" : "must be true or false";
  });
  return reader.read(node);
}

}  // namespace retort::experiments
