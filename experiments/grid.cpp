#include "experiments/grid.h"

#include <algorithm>

#include <fmt/format.h>

namespace retort::experiments {

namespace {

/// Later settings win: a value, and all that stands below a key.
void overlay(GivenSettings& settings, const GivenSettings& later) {
  for (const auto& [key, setting] : later) {
    settings.insert_or_assign(key, setting);
  }
}

class GridWalker {
 public:
  GridWalker(const ExperimentDocument& document,
             const CatalogueScope& catalogue,
             DiagnosticSink& sink)
      : document_(document),
        catalogue_(catalogue),
        sink_(sink),
        base_(catalogue.canonicalKeys(document.base)),
        overrides_(catalogue.canonicalKeys(document.overrides)),
        indexes_(document.groups.size(), 0),
        exclude_hits_(document.exclude.size(), 0) {}

  std::vector<Cell> walk() {
    std::vector<Cell> cells;
    do {
      if (const auto cell = currentCell()) {
        cells.push_back(*cell);
      }
    } while (advance() && sink_.isEmpty());
    for (const IncludedRun& run : document_.include) {
      cells.push_back(includedCell(run));
    }
    return cells;
  }

  [[nodiscard]] const std::vector<int>& excludeHits() const { return exclude_hits_; }

 private:
  /// Steps to the next combination; false after the last.
  bool advance() {
    for (std::size_t i = indexes_.size(); i > 0; --i) {
      if (++indexes_[i - 1] < document_.groups[i - 1].size()) {
        return true;
      }
      indexes_[i - 1] = 0;
    }
    return false;
  }

  [[nodiscard]] const AxisValue& valueOf(const Axis& axis, std::size_t group) const {
    return axis.values[indexes_[group]];
  }

  [[nodiscard]] GivenSettings settingsWith(const std::vector<bool>& active) const {
    GivenSettings settings = base_;
    for (std::size_t i = 0; i < document_.groups.size(); ++i) {
      if (active[i]) {
        for (const Axis& axis : document_.groups[i].axes) {
          overlay(settings, catalogue_.canonicalKeys(valueOf(axis, i).settings));
        }
      }
    }
    overlay(settings, overrides_);
    return settings;
  }

  /// The axis of the condition if it is one, else the setting: does it have one of the values?
  [[nodiscard]] bool holds(const AxisCondition& condition,
                           const std::vector<bool>& active,
                           const GivenSettings& settings) const {
    for (std::size_t i = 0; i < document_.groups.size(); ++i) {
      for (const Axis& axis : document_.groups[i].axes) {
        if (axis.key == condition.key) {
          return std::any_of(
              condition.values.begin(), condition.values.end(), [&](const Json& wanted) {
                return active[i] ? isMeant(axis, valueOf(axis, i), wanted) : wanted == kNoLabel;
              });
        }
      }
    }
    const auto given = settings.find(catalogue_.canonicalKey(condition.key));
    const Json value = catalogue_.canonicalValue(
        condition.key,
        given != settings.end() ? given->second.value
                                : catalogue_.defaultOf(condition.key, settings));
    return std::any_of(condition.values.begin(), condition.values.end(), [&](const Json& wanted) {
      return catalogue_.canonicalValue(condition.key, wanted) == value;
    });
  }

  /// Which groups exist in the current combination. Conditions may depend on axes that have
  /// conditions, so they are evaluated until nothing changes; a circle never settles.
  std::optional<std::vector<bool>> activeGroups() {
    std::vector<bool> active(document_.groups.size(), true);
    for (std::size_t round = 0; round <= document_.groups.size() + 1; ++round) {
      const GivenSettings settings = settingsWith(active);
      std::vector<bool> next(active.size(), true);
      for (std::size_t i = 0; i < active.size(); ++i) {
        const auto& when = document_.groups[i].when;
        next[i] = std::all_of(when.begin(), when.end(), [&](const AxisCondition& condition) {
          return holds(condition, active, settings);
        });
      }
      if (next == active) {
        return active;
      }
      active = next;
    }
    for (const AxisGroup& group : document_.groups) {
      for (const AxisCondition& condition : group.when) {
        sink_.report(condition.place,
                     "when",
                     "when: the conditions of the axes depend on each other in a circle");
        return std::nullopt;
      }
    }
    return std::nullopt;
  }

  std::optional<Cell> currentCell() {
    const auto active =
        has_conditions_ ? activeGroups() : std::vector<bool>(document_.groups.size(), true);
    if (!active) {
      return std::nullopt;
    }
    Cell cell;
    for (std::size_t i = 0; i < document_.groups.size(); ++i) {
      if (!(*active)[i] && indexes_[i] != 0) {
        return std::nullopt;  // an axis that does not exist here makes one cell, not one for each
                              // value
      }
      for (const Axis& axis : document_.groups[i].axes) {
        const AxisValue& value = valueOf(axis, i);
        cell.labels.emplace_back(axis.key, (*active)[i] ? value.label : kNoLabel);
        cell.places.push_back(value.place);
      }
    }
    if (isExcluded(*active)) {
      return std::nullopt;
    }
    cell.settings = settingsWith(*active);
    return cell;
  }

  bool isExcluded(const std::vector<bool>& active) {
    bool is_excluded = false;
    for (std::size_t i = 0; i < document_.exclude.size(); ++i) {
      if (matches(document_.exclude[i], active)) {
        ++exclude_hits_[i];
        is_excluded = true;
      }
    }
    return is_excluded;
  }

  [[nodiscard]] bool matches(const CellMatch& match, const std::vector<bool>& active) const {
    const GivenSettings none;
    return std::all_of(
        match.choices.begin(), match.choices.end(), [&](const CellMatch::Choice& choice) {
          return holds({choice.axis, choice.values, choice.place}, active, none);
        });
  }

  [[nodiscard]] Cell includedCell(const IncludedRun& run) const {
    Cell cell;
    cell.is_included = true;
    for (const std::string& axis : document_.axisKeys()) {
      const auto label = run.labels.find(axis);
      cell.labels.emplace_back(axis, label == run.labels.end() ? kNoLabel : label->second);
      cell.places.push_back(run.place);
    }
    cell.settings = base_;
    overlay(cell.settings, catalogue_.canonicalKeys(run.settings));
    overlay(cell.settings, overrides_);
    return cell;
  }

  const ExperimentDocument& document_;
  const CatalogueScope& catalogue_;
  DiagnosticSink& sink_;
  GivenSettings base_;
  GivenSettings overrides_;
  std::vector<std::size_t> indexes_;
  std::vector<int> exclude_hits_;
  bool has_conditions_ = std::any_of(document_.groups.begin(),
                                     document_.groups.end(),
                                     [](const AxisGroup& group) { return !group.when.empty(); });
};

}  // namespace

std::vector<Cell> makeCells(const ExperimentDocument& document,
                            const CatalogueScope& catalogue,
                            DiagnosticSink& sink,
                            std::vector<std::string>& notes) {
  GridWalker walker(document, catalogue, sink);
  std::vector<Cell> cells = walker.walk();
  for (std::size_t i = 0; i < document.exclude.size(); ++i) {
    if (walker.excludeHits()[i] == 0) {
      notes.push_back(
          fmt::format("exclude (line {}) matches no cell", document.exclude[i].place.line));
    }
  }
  return cells;
}

std::map<std::string, std::string> matchLabels(const CellMatch& match,
                                               const ExperimentDocument& document,
                                               DiagnosticSink& sink) {
  std::map<std::string, std::string> labels;
  for (const CellMatch::Choice& choice : match.choices) {
    if (choice.values.size() != 1) {
      sink.report(
          choice.place, choice.axis, fmt::format("{}: expected one value here", choice.axis));
      continue;
    }
    labels.insert_or_assign(choice.axis, std::string(kNoLabel));
    for (const AxisValue& value : document.findAxis(choice.axis)->values) {
      if (isMeant(*document.findAxis(choice.axis), value, choice.values.front())) {
        labels[choice.axis] = value.label;
      }
    }
  }
  return labels;
}

}  // namespace retort::experiments
