#include "experiments/document_reader.h"

#include "core/base/text.h"
#include "core/settings/setting_key.h"
#include "experiments/file_part.h"
#include "experiments/grid_reader.h"
#include "experiments/report_reader.h"
#include "experiments/settings_reader.h"
#include "experiments/units.h"

#include <algorithm>
#include <limits>
#include <set>

#include <fmt/format.h>

namespace retort::experiments {

namespace {

constexpr std::size_t kLongestName = 100;
constexpr std::int64_t kMostSeeds = 100000;

/// Names are shown, stored and used for export files; they never become paths, and do not look like
/// one either.
bool isName(const std::string& name) {
  const bool has_control = std::any_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
  return !name.empty() && name.size() <= kLongestName && !has_control &&
         name.find_first_of("/\\") == std::string::npos && name.front() != '.';
}

class DocumentReader {
 public:
  DocumentReader(const YamlNode& root, DiagnosticSink& sink) : root_(root), sink_(sink) {}

  ReadDocument read(const YamlNode& overrides) {
    checkKeys();
    readHead();
    if (const YamlNode* base = mapPart(root_, "base", sink_)) {
      document_.base = readSettings(*base, "", sink_);
      document_.base_place = base->place;
    }
    document_.overrides = readSettings(overrides, "", sink_);
    readGridParts(root_, document_, sink_);
    readSeeds();
    readNeeds();
    readResources();
    document_.report = readReport(root_.find("report"), document_, sink_);
    document_.alarms = readAlarms(root_.find("alarms"), sink_);
    return std::move(result_);
  }

 private:
  void checkKeys() {
    for (const YamlEntry& entry : root_.entries) {
      const auto& parts = documentParts();
      if (std::find(parts.begin(), parts.end(), entry.key) != parts.end()) {
        continue;
      }
      const auto nearest = nearestName(entry.key, parts);
      sink_.report(entry.place,
                   entry.key,
                   fmt::format("unknown key {}; {}",
                               entry.key,
                               nearest ? fmt::format("did you mean {}?", *nearest)
                                       : "settings of runs stand below base; known here: " +
                                             joinStrings(parts, ", ")));
    }
  }

  void readHead() {
    const YamlNode* version = root_.find("retort");
    if (version != nullptr && version->scalar != kExperimentVersion) {
      sink_.report(version->place,
                   "retort",
                   version->isScalar() && version->scalar.is_number_integer()
                       ? fmt::format("made for version {}, this is version {}",
                                     version->scalar.dump(),
                                     kExperimentVersion)
                       : fmt::format("retort: expected the version {}, found {}",
                                     kExperimentVersion,
                                     version->description()));
    }
    readName("experiment", true, result_.name);
    readName("trainer", false, result_.trainer);
    if (const YamlNode* trainer = root_.find("trainer")) {
      document_.trainer_place = trainer->place;
    }
  }

  void readName(const char* key, bool is_required, std::string& name) {
    const YamlNode* node = root_.find(key);
    if (node == nullptr) {
      if (is_required) {
        sink_.report(
            {1, 1, ""}, key, fmt::format("the key {} is missing: give the experiment a name", key));
      }
      return;
    }
    if (!node->isText() || !isName(node->scalar.get_ref<const std::string&>())) {
      sink_.report(node->place,
                   key,
                   fmt::format("{}: expected a name (one line of at most {} characters without / "
                               "and \\, not beginning "
                               "with a dot), found {}",
                               key,
                               kLongestName,
                               node->description()));
      return;
    }
    name = node->scalar.get<std::string>();
  }

  void readSeeds() {
    const YamlNode* node = root_.find("seeds");
    if (node == nullptr) {
      return;
    }
    document_.seeds_place = node->place;
    const auto report = [&](const Place& place, const YamlNode& found) {
      sink_.report(
          place,
          "seeds",
          fmt::format(
              "seeds: expected how many (1 to {}) or a list of different integers from 0, found {}",
              kMostSeeds,
              found.description()));
    };
    if (node->isScalar() && node->scalar.is_number_integer()) {
      const auto count = node->scalar.get<std::int64_t>();
      if (count < 1 || count > kMostSeeds) {
        report(node->place, *node);
        return;
      }
      for (std::int64_t seed = 1; seed <= count; ++seed) {
        document_.seeds.push_back(seed);
      }
      return;
    }
    if (!node->isList() || node->items.empty()) {
      report(node->place, *node);
      return;
    }
    std::set<std::int64_t> seen;
    for (const YamlNode& item : node->items) {
      const bool is_seed = item.isScalar() && item.scalar.is_number_integer() &&
                           item.scalar.get<std::int64_t>() >= 0;
      if (!is_seed || !seen.insert(item.scalar.get<std::int64_t>()).second) {
        report(item.place, item);
        continue;
      }
      document_.seeds.push_back(item.scalar.get<std::int64_t>());
    }
  }

  void readNeeds() {
    const YamlNode* needs = mapPart(root_, "needs", sink_);
    if (needs == nullptr) {
      return;
    }
    for (const YamlEntry& entry : needs->entries) {
      if (!isSettingKey(entry.key) || entry.key.find('.') != std::string::npos) {
        sink_.report(
            entry.place, "needs", fmt::format("needs: '{}' is not a lower-case word", entry.key));
      } else if (!entry.value.isMap()) {
        sink_.report(entry.value.place,
                     "needs",
                     fmt::format("needs: expected {}: {{settings of the run}}, found {}",
                                 entry.key,
                                 entry.value.description()));
      } else {
        document_.needs.push_back({entry.key, readSettings(entry.value, "", sink_), entry.place});
      }
    }
  }

  void readResources() {
    readInt(root_.find("priority"), "priority", -1000000, document_.priority);
    const YamlNode* resources = mapPart(root_, "resources", sink_);
    if (resources == nullptr) {
      return;
    }
    for (const YamlEntry& entry : resources->entries) {
      Resources& wanted = document_.resources;
      if (entry.key == "gpus") {
        readInt(&entry.value, "resources.gpus", 0, wanted.gpus);
      } else if (entry.key == "threads") {
        readInt(&entry.value, "resources.threads", 1, wanted.threads);
      } else if (entry.key == "memory") {
        readQuantity(entry.value, "resources.memory", &parseByteSize, wanted.memory_bytes);
      } else if (entry.key == "time") {
        readQuantity(entry.value, "resources.time", &parseDuration, wanted.time_limit_s);
      } else {
        sink_.report(entry.place,
                     "resources",
                     fmt::format("resources: unknown key {}; known: gpus, threads, memory, time",
                                 entry.key));
      }
    }
  }

  void readInt(const YamlNode* node, const char* key, std::int64_t minimum, int& value) {
    constexpr std::int64_t kLargest = 1000000;
    if (node == nullptr) {
      return;
    }
    const bool is_integer = node->isScalar() && node->scalar.is_number_integer();
    const std::int64_t number = is_integer ? node->scalar.get<std::int64_t>() : minimum - 1;
    if (number < minimum || number > kLargest) {
      sink_.report(node->place,
                   key,
                   fmt::format("{}: expected an integer of {} to {}, found {}",
                               key,
                               minimum,
                               kLargest,
                               node->description()));
      return;
    }
    value = static_cast<int>(number);
  }

  void readQuantity(const YamlNode& node,
                    const char* key,
                    Result<std::int64_t, std::string> (*parse)(std::string_view),
                    std::int64_t& value) {
    const auto quantity = parse(node.isScalar() ? node.spelling : node.description());
    if (!quantity) {
      sink_.report(node.place, key, fmt::format("{}: {}", key, quantity.error()));
      return;
    }
    value = *quantity;
  }

  const YamlNode& root_;
  DiagnosticSink& sink_;
  ReadDocument result_;
  ExperimentDocument& document_ = result_.document;
};

}  // namespace

const std::vector<std::string>& documentParts() {
  static const std::vector<std::string> kParts = {"experiment",
                                                  "trainer",
                                                  "base",
                                                  "grid",
                                                  "zip",
                                                  "when",
                                                  "exclude",
                                                  "include",
                                                  "seeds",
                                                  "baseline",
                                                  "report",
                                                  "resources",
                                                  "priority",
                                                  "needs",
                                                  "alarms",
                                                  "retort"};
  return kParts;
}

ReadDocument readDocument(const YamlNode& root, const YamlNode& overrides, DiagnosticSink& sink) {
  return DocumentReader(root, sink).read(overrides);
}

}  // namespace retort::experiments
