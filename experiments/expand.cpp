#include "core/base/text.h"
#include "core/settings/metric_name.h"
#include "experiments/catalogue_scope.h"
#include "experiments/experiment_document.h"
#include "experiments/experiment_file.h"
#include "experiments/grid.h"
#include "experiments/input_hashes.h"
#include "experiments/references.h"
#include "experiments/run_builder.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include <fmt/format.h>

namespace retort::experiments {

namespace {

/// 15625000000 -> "15 625 000 000".
std::string groupedDigits(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t i = text.size(); i > 3; i -= 3) {
    text.insert(i - 3, " ");
  }
  return text;
}

class Expander {
 public:
  Expander(const ExperimentFile& file,
           const CatalogueScope& catalogue,
           InputHashes& hashes,
           DiagnosticSink& sink)
      : file_(file),
        document_(*file.document),
        catalogue_(catalogue),
        sink_(sink),
        builder_(catalogue, file.trainer, file.path.parent_path(), hashes, sink) {}

  ExpandedExperiment expand() {
    Submission& submission = result_.submission;
    submission.experiment = file_.name;
    submission.file = file_.path.string();
    submission.text = file_.text;
    const std::vector<Cell> cells = makeCells(document_, catalogue_, sink_, result_.notes);
    const std::vector<std::optional<std::int64_t>> seeds = seedsToRun();
    for (const Cell& cell : cells) {
      for (const auto& seed : seeds) {
        addCell(cell, seed);
      }
    }
    if (cells.empty() && sink_.isEmpty()) {
      sink_.report(gridPlace(), "grid", "the exclusions leave no run");
    }
    submission.report = makeReport(cells);
    for (std::size_t i = 0; i < submission.runs.size(); ++i) {
      submission.runs[i].membership.position = static_cast<int>(i);
    }
    addNotes();
    return std::move(result_);
  }

 private:
  [[nodiscard]] Place gridPlace() const {
    return document_.groups.empty() ? Place{1, 1, ""} : document_.groups.front().axes.front().place;
  }

  /// No value: the seed is an ordinary setting of each cell.
  std::vector<std::optional<std::int64_t>> seedsToRun() {
    const SettingSpec* seed = catalogue_.catalogue().seedSetting();
    if (document_.seeds.empty() || (seed != nullptr && document_.overrides.contains(seed->key))) {
      return {std::nullopt};
    }
    if (seed == nullptr) {
      sink_.report(document_.seeds_place,
                   "seeds",
                   fmt::format("seeds: {} has no setting for the seed", file_.trainer));
      return {std::nullopt};
    }
    return {document_.seeds.begin(), document_.seeds.end()};
  }

  void addCell(const Cell& cell, std::optional<std::int64_t> seed) {
    GivenSettings given = cell.settings;
    if (seed && !addSeed(*seed, given)) {
      return;
    }
    const std::size_t before = sink_.size();
    const GivenSettings settings = resolveReferences(given, scopeOf(given), sink_);
    if (sink_.size() != before) {
      return;
    }
    auto spec = builder_.build(settings, fallbackPlace(cell));
    if (!spec) {
      return;
    }
    SubmittedRun run;
    run.spec = std::move(*spec);
    run.membership.labels = cell.labels;
    run.membership.seed = seedOf(run.spec);
    run.name = nameOf(cell, seed);
    add(std::move(run), &cell);
  }

  bool addSeed(std::int64_t seed, GivenSettings& given) {
    const std::string& key = catalogue_.catalogue().seedSetting()->key;
    const auto [entry, is_new] = given.emplace(key, GivenSetting{seed, document_.seeds_place});
    if (!is_new) {
      sink_.report(entry->second.place,
                   key,
                   fmt::format("{} is set here and by seeds; keep one of them", key));
    }
    return is_new;
  }

  [[nodiscard]] std::optional<std::int64_t> seedOf(const RunSpec& spec) const {
    const SettingSpec* seed = catalogue_.catalogue().seedSetting();
    const auto value = seed == nullptr ? spec.settings.end() : spec.settings.find(seed->key);
    if (value == spec.settings.end() || !value->second.is_number_integer()) {
      return std::nullopt;
    }
    return value->second.get<std::int64_t>();
  }

  [[nodiscard]] Place fallbackPlace(const Cell& cell) const {
    if (cell.is_included && !cell.places.empty()) {
      return cell.places.front();
    }
    return document_.base.empty() ? Place{1, 1, ""} : document_.base_place;
  }

  [[nodiscard]] std::string nameOf(const Cell& cell, std::optional<std::int64_t> seed) const {
    std::vector<std::string> parts;
    for (const auto& [axis, label] : cell.labels) {
      if (label != kNoLabel) {
        parts.push_back(axis + "=" + label);
      }
    }
    if (parts.empty() && cell.is_included) {
      parts.emplace_back("include");
    }
    if (seed) {
      parts.push_back(fmt::format("seed={}", *seed));
    }
    return parts.empty() ? file_.name : joinStrings(parts, " ");
  }

  ReferenceScope scopeOf(const GivenSettings& given) {
    ReferenceScope scope;
    scope.settings = &given;
    scope.canonical_key = [this](const std::string& key) {
      return catalogue_.canonicalKey(key);
    };
    scope.default_of = [this, &given](const std::string& key) {
      return catalogue_.defaultOf(key, given);
    };
    scope.need = [this, &given](const std::string& name, const Place& place) {
      return need(name, given, place);
    };
    return scope;
  }

  /// The run that a cell needs under this name, made once for all cells for which it comes out the
  /// same.
  std::optional<Json> need(const std::string& name, const GivenSettings& cell, const Place& place) {
    const auto needed = std::find_if(document_.needs.begin(),
                                     document_.needs.end(),
                                     [&](const NeededRun& run) { return run.name == name; });
    if (needed == document_.needs.end()) {
      std::vector<std::string> names;
      for (const NeededRun& run : document_.needs) {
        names.push_back(run.name);
      }
      sink_.report(place,
                   "needs",
                   fmt::format("${{needs.{}}}: needs has no such run{}",
                               name,
                               names.empty() ? "" : "; it has " + joinStrings(names, ", ")));
      return std::nullopt;
    }
    used_needs_.insert(name);
    if (std::find(open_needs_.begin(), open_needs_.end(), name) != open_needs_.end()) {
      sink_.report(
          needed->place,
          "needs",
          fmt::format(
              "needs: {} needs itself: {} -> {}", name, joinStrings(open_needs_, " -> "), name));
      return std::nullopt;
    }
    open_needs_.push_back(name);
    const auto run_id = makeNeeded(*needed, cell);
    open_needs_.pop_back();
    return run_id ? std::optional<Json>("run:" + *run_id + "/model") : std::nullopt;
  }

  std::optional<std::string> makeNeeded(const NeededRun& needed, const GivenSettings& cell) {
    const std::size_t before = sink_.size();
    const GivenSettings settings =
        resolveReferences(catalogue_.canonicalKeys(needed.settings), scopeOf(cell), sink_);
    if (sink_.size() != before) {
      return std::nullopt;
    }
    auto spec = builder_.build(settings, needed.place);
    if (!spec) {
      return std::nullopt;
    }
    const std::string run_id = spec->run_id;
    if (!indexes_.contains(run_id)) {
      SubmittedRun run;
      run.spec = std::move(*spec);
      run.membership.seed = seedOf(run.spec);
      run.membership.is_needed_only = true;
      const int count = ++need_counts_[needed.name];
      run.name = count == 1 ? needed.name : fmt::format("{} {}", needed.name, count);
      add(std::move(run), nullptr);
    }
    return run_id;
  }

  /// `cell` is null for needed runs.
  void add(SubmittedRun run, const Cell* cell) {
    std::vector<SubmittedRun>& runs = result_.submission.runs;
    run.membership.run_id = run.spec.run_id;
    run.resources = document_.resources;
    run.priority = document_.priority;
    const auto [entry, is_new] = indexes_.emplace(run.spec.run_id, runs.size());
    if (is_new) {
      cells_.push_back(cell);
      runs.push_back(std::move(run));
      return;
    }
    SubmittedRun& before = runs[entry->second];
    if (before.membership.is_needed_only) {
      // A cell of the grid that others need as well: it stays where those that need it find it,
      // before them.
      before.membership = run.membership;
      before.membership.is_needed_only = false;
      before.name = run.name;
      cells_[entry->second] = cell;
    } else if (cell->is_included || cells_[entry->second]->is_included) {
      result_.notes.push_back(
          fmt::format("include: {} is the same run as {} and was dropped", run.name, before.name));
    } else {
      reportSame(before, run, *cells_[entry->second], *cell);
    }
  }

  void reportSame(const SubmittedRun& first,
                  const SubmittedRun& second,
                  const Cell& cell,
                  const Cell& other) {
    Place place = gridPlace();
    for (std::size_t i = 0; i < other.labels.size(); ++i) {
      if (cell.labels[i].second != other.labels[i].second) {
        place = other.places[i];
      }
    }
    sink_.report(
        place,
        "grid",
        fmt::format(
            "'{}' and '{}' are the same run: all their settings come out equal; remove one of the "
            "values, or say with 'when' where the axis matters",
            first.name,
            second.name));
  }

  Json makeReport(const std::vector<Cell>& cells) {
    const ReportRequest& wanted = document_.report;
    Json report = {{"at", wanted.at}, {"by", Json::array()}};
    for (const GivenSetting& axis : wanted.by) {
      report["by"].push_back(axis.value);
    }
    if (wanted.by.empty()) {
      report["by"] = document_.axisKeys();
    }
    if (wanted.metric) {
      addMetric(*wanted.metric, report);
    }
    if (document_.baseline) {
      addBaseline(cells, report);
    }
    if (!document_.alarms.empty()) {
      report["alarms"] = document_.alarms;
    }
    addParts("tables", wanted.tables, report);
    addParts("figures", wanted.figures, report);
    return report;
  }

  void addParts(const char* key, const std::vector<ReportPart>& parts, Json& report) {
    for (const ReportPart& part : parts) {
      if (part.value.contains("metric")) {
        const Json& metric = part.value.at("metric");
        for (const Json& name : metric.is_array() ? metric : Json::array({metric})) {
          static_cast<void>(
              findMetric(parseMetricName(name.get<std::string>()).metric, part.place));
        }
      }
      report[key].push_back(part.value);
    }
  }

  /// Null, after a report, when the trainer has no such metric.
  const MetricSpec* findMetric(const std::string& name, const Place& place) {
    const MetricSpec* metric = catalogue_.catalogue().findMetric(name);
    if (metric == nullptr) {
      std::vector<std::string> names;
      for (const MetricSpec& spec : catalogue_.catalogue().metrics) {
        names.push_back(spec.name);
      }
      const auto nearest = nearestName(name, names);
      sink_.report(place,
                   "report.metric",
                   fmt::format("report: {} has no metric {}; {}",
                               file_.trainer,
                               name,
                               nearest ? fmt::format("did you mean {}?", *nearest)
                                       : "'retort catalog' lists its metrics"));
    }
    return metric;
  }

  void addMetric(const GivenSetting& wanted, Json& report) {
    const auto name = wanted.value.get<std::string>();
    const MetricSpec* metric = findMetric(name, wanted.place);
    if (metric == nullptr) {
      return;
    }
    const std::string better =
        document_.report.better.empty() ? metric->better : document_.report.better;
    if (better.empty()) {
      sink_.report(
          wanted.place,
          "report.metric",
          fmt::format("report: the trainer does not say whether more or less of {} is better; add "
                      "'better: max' or 'better: min'",
                      name));
      return;
    }
    report["metric"] = name;
    report["better"] = better;
  }

  void addBaseline(const std::vector<Cell>& cells, Json& report) {
    const Json baseline = matchLabels(*document_.baseline, document_, sink_);
    const bool is_matched = std::any_of(cells.begin(), cells.end(), [&](const Cell& cell) {
      return std::all_of(cell.labels.begin(), cell.labels.end(), [&](const auto& label) {
        return !baseline.contains(label.first) || baseline.at(label.first) == label.second;
      });
    });
    if (is_matched) {
      report["baseline"] = baseline;
    } else if (document_.is_pinned) {
      result_.notes.emplace_back(
          "--set leaves no run that matches the baseline: there will be no differences to it");
    } else if (sink_.isEmpty()) {
      sink_.report(
          document_.baseline->place, "baseline", "baseline: no run of this experiment matches it");
    }
  }

  void addNotes() {
    for (const auto& [key, place] : builder_.notApplied()) {
      if (!builder_.applied().contains(key)) {
        const std::string where = place.line > 0 ? fmt::format(" (line {})", place.line) : "";
        result_.notes.push_back(
            fmt::format("{}{} has no effect: it applies to none of the runs", key, where));
      }
    }
    for (const NeededRun& needed : document_.needs) {
      if (!used_needs_.contains(needed.name)) {
        result_.notes.push_back(
            fmt::format("needs: {} (line {}) is used by no run", needed.name, needed.place.line));
      }
    }
  }

  const ExperimentFile& file_;
  const ExperimentDocument& document_;
  const CatalogueScope& catalogue_;
  DiagnosticSink& sink_;
  RunBuilder builder_;
  ExpandedExperiment result_;
  std::map<std::string, std::size_t> indexes_;  ///< run id -> index in the submission
  std::vector<const Cell*> cells_;              ///< of the submission's runs; null for needed ones
  std::vector<std::string> open_needs_;         ///< needs that are being made, outermost first
  std::set<std::string> used_needs_;
  std::map<std::string, int> need_counts_;
};

/// Refuses a grid that is too large before any of it is made.
bool isWithinLimit(const ExperimentFile& file, const ExpandOptions& options, DiagnosticSink& sink) {
  const RunCount count = countRuns(file);
  if (!count.is_overflow && count.runs <= options.limit) {
    return true;
  }
  const ExperimentDocument& document = *file.document;
  const Place place =
      document.groups.empty() ? document.seeds_place : document.groups.front().axes.front().place;
  sink.report(place,
              "grid",
              fmt::format("this grid has {}{} runs; the limit is {} (--limit raises it)",
                          count.is_overflow ? "more than " : "",
                          groupedDigits(count.runs),
                          groupedDigits(options.limit)));
  return false;
}

}  // namespace

RunCount countRuns(const ExperimentFile& file) {
  const ExperimentDocument& document = *file.document;
  RunCount count{1, false};
  const auto multiply = [&](std::uint64_t factor) {
    count.is_overflow =
        __builtin_mul_overflow(count.runs, factor, &count.runs) || count.is_overflow;
  };
  for (const AxisGroup& group : document.groups) {
    multiply(group.size());
  }
  count.is_overflow =
      __builtin_add_overflow(count.runs, document.include.size(), &count.runs) || count.is_overflow;
  multiply(std::max<std::size_t>(document.seeds.size(), 1));
  if (count.is_overflow) {
    count.runs = std::numeric_limits<std::uint64_t>::max();
  }
  return count;
}

DiagnosedResult<ExpandedExperiment> expandExperiment(const ExperimentFile& file,
                                                     const CatalogueProvider& catalogues,
                                                     const ExpandOptions& options) {
  DiagnosticSink sink(file.shown_path, file.document->source);
  if (!isWithinLimit(file, options, sink)) {
    return failWith(sink.take());
  }
  const Result<Catalogue> catalogue = catalogues(file.trainer);
  if (!catalogue) {
    sink.report(file.document->trainer_place, "trainer", catalogue.error().message);
    return failWith(sink.take());
  }
  const CatalogueScope scope(*catalogue);
  InputHashes own;
  InputHashes& hashes = options.hashes == nullptr ? own : *options.hashes;
  ExpandedExperiment expanded = Expander(file, scope, hashes, sink).expand();
  if (!sink.isEmpty()) {
    return failWith(sink.take());
  }
  return expanded;
}

}  // namespace retort::experiments
