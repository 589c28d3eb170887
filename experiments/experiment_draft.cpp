#include "experiments/experiment_draft.h"

#include "experiments/catalogue_scope.h"
#include "experiments/document_reader.h"
#include "experiments/grid.h"
#include "experiments/yaml_guard.h"
#include "experiments/yaml_reader.h"

#include <algorithm>
#include <map>
#include <set>

namespace retort::experiments {

namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

/// The grid's cells with and without the excluded ones; included runs are left out.
std::vector<Cell> cellsOf(const ExperimentDocument& document, const CatalogueScope& scope) {
  DiagnosticSink sink("", "");
  std::vector<std::string> notes;
  std::vector<Cell> cells = makeCells(document, scope, sink, notes);
  std::erase_if(cells, [](const Cell& cell) { return cell.is_included; });
  return cells;
}

using RunsByLabels = std::map<Labels, std::vector<std::size_t>>;

/// The runs of one cell, or of the runs that are included besides the grid.
void addRuns(const Labels& labels, bool is_cell, RunsByLabels& runs_of, DraftPlan& plan) {
  for (const std::size_t run : runs_of[labels]) {
    plan.rows.push_back({labels, is_cell, false, run});
  }
  runs_of[labels].clear();
}

void addRows(const ExperimentDocument& document, const CatalogueScope& scope, DraftPlan& plan) {
  RunsByLabels runs_of;
  std::vector<Labels> order;
  for (std::size_t i = 0; i < plan.submission.runs.size(); ++i) {
    const ExperimentRun& membership = plan.submission.runs[i].membership;
    if (membership.is_needed_only) {
      plan.rows.push_back({{}, false, false, i});
      continue;
    }
    std::vector<std::size_t>& runs = runs_of[membership.labels];
    if (runs.empty()) {
      order.push_back(membership.labels);
    }
    runs.push_back(i);
  }
  std::set<Labels> kept;
  for (const Cell& cell : cellsOf(document, scope)) {
    kept.insert(cell.labels);
  }
  ExperimentDocument whole = document;
  whole.exclude.clear();
  for (const Cell& cell : cellsOf(whole, scope)) {
    if (kept.contains(cell.labels)) {
      addRuns(cell.labels, true, runs_of, plan);
    } else {
      plan.rows.push_back({cell.labels, true, true, std::nullopt});
    }
  }
  for (const Labels& labels : order) {
    addRuns(labels, false, runs_of, plan);
  }
}

}  // namespace

ExperimentDraft readDraft(std::string text, const std::filesystem::path& file) {
  ExperimentDraft draft;
  draft.file = file;
  draft.text = std::move(text);
  draft.document = std::make_shared<const ExperimentDocument>();
  const auto normalized = normalizeText(draft.text, file.string());
  if (!normalized) {
    draft.diagnostics = {normalized.error()};
    return draft;
  }
  DiagnosticSink sink(file.string(), *normalized);
  draft.root = parseYaml(*normalized, sink);
  if (draft.root.isMap()) {
    YamlNode no_overrides;
    no_overrides.kind = YamlNode::Kind::kMap;
    ReadDocument read = readDocument(draft.root, no_overrides, sink);
    draft.name = std::move(read.name);
    draft.trainer = std::move(read.trainer);
    draft.document = std::make_shared<const ExperimentDocument>(std::move(read.document));
  } else if (sink.isEmpty()) {
    sink.report({1, 1, ""},
                "",
                "expected a map at the top (experiment: …), found " + draft.root.description());
  }
  draft.diagnostics = sink.take();
  return draft;
}

DraftPlan planDraft(const ExperimentDraft& draft,
                    const Catalogue& catalogue,
                    const ExpandOptions& options) {
  DraftPlan plan;
  const auto file = parseExperiment(draft.text, draft.file);
  if (!file) {
    plan.diagnostics = file.error();
    return plan;
  }
  const auto provider = [&](const std::string& /*trainer*/) -> Result<Catalogue> {
    return catalogue;
  };
  auto expanded = expandExperiment(*file, provider, options);
  if (!expanded) {
    plan.diagnostics = expanded.error();
    return plan;
  }
  plan.submission = std::move(expanded->submission);
  plan.notes = std::move(expanded->notes);
  addRows(*file->document, CatalogueScope(catalogue), plan);
  return plan;
}

std::optional<std::size_t> exclusionOf(const ExperimentDocument& document, const Labels& labels) {
  const auto names = [&](const CellMatch& match) {
    return match.choices.size() == labels.size() &&
           std::all_of(labels.begin(), labels.end(), [&](const auto& wanted) {
             const Axis* axis = document.findAxis(wanted.first);
             return std::any_of(
                 match.choices.begin(), match.choices.end(), [&](const auto& choice) {
                   if (choice.axis != wanted.first || choice.values.size() != 1) {
                     return false;
                   }
                   if (choice.values[0] == wanted.second) {
                     return true;
                   }
                   return axis != nullptr &&
                          std::any_of(
                              axis->values.begin(), axis->values.end(), [&](const auto& value) {
                                return value.label == wanted.second &&
                                       isMeant(*axis, value, choice.values[0]);
                              });
                 });
           });
  };
  const auto found = std::find_if(document.exclude.begin(), document.exclude.end(), names);
  return found == document.exclude.end()
             ? std::nullopt
             : std::optional(static_cast<std::size_t>(found - document.exclude.begin()));
}

}  // namespace retort::experiments
