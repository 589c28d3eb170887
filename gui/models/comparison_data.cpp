#include "gui/models/comparison_data.h"

#include "core/comparison/experiment_catalogue.h"
#include "storage/workspace_store.h"

#include <algorithm>

namespace retort::gui {
namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The metric of a figure when none was chosen: that of the table where it can be, else what most
/// people look at first.
std::string chooseMetric(const ComparisonData& data) {
  const std::string first =
      data.table.columns.empty() ? "" : data.table.columns.front().metric.name;
  switch (data.figure.kind) {
    case FigureKind::kValues:
      return first;
    case FigureKind::kCurves:
      return contains(data.choices.metrics, "train.loss") ? "train.loss" : first;
    case FigureKind::kDepth:
      break;
  }
  const std::vector<std::string>& metrics = data.choices.by_layer;
  return contains(metrics, "grad_norm") || metrics.empty() ? "grad_norm" : metrics.front();
}

bool isInTable(const ComparisonTable& table, const std::string& metric) {
  return std::any_of(table.columns.begin(), table.columns.end(), [&](const auto& column) {
    return column.metric.name == metric;
  });
}

Status loadClocks(storage::WorkspaceStore& store, ComparisonData& data) {
  for (const GroupCurves& group : data.curves) {
    for (const std::string& run_id : group.run_ids) {
      const auto times = store.metrics().stepTimes(run_id);
      if (!times) {
        return failWith(times.error());
      }
      data.clocks[run_id].append(*times);
    }
  }
  return {};
}

/// The group whose runs the others are compared with; the first where there is none.
const RunGroup& baselineOf(const ComparisonData& data) {
  const auto found = std::ranges::find_if(data.groups, [&](const RunGroup& group) {
    const ComparisonCell* cell =
        data.table.columns.empty()
            ? nullptr
            : cellOf(data.table, group, data.table.columns.front().metric.name);
    return cell != nullptr && cell->is_baseline;
  });
  return found == data.groups.end() ? data.groups.front() : *found;
}

/// The declaration of a metric or of a part of its curves; null when the catalogue has none.
const MetricSpec* specOf(const Catalogue& catalogue, const std::string& metric) {
  return catalogue.findMetric(metric.substr(0, metric.find('[')));
}

Combination combinationOf(const Catalogue& catalogue, const std::string& metric) {
  const MetricSpec* spec = specOf(catalogue, metric);
  return spec == nullptr ? Combination::kMean : spec->combine;
}

Status loadProfiles(storage::WorkspaceStore& store,
                    ComparisonData& data,
                    const Catalogue& catalogue) {
  ProfileRequest request = {data.figure.metric,
                            data.figure.profile_value,
                            data.figure.spread,
                            data.table.confidence,
                            combinationOf(catalogue, data.figure.metric)};
  auto profiles = loadGroupProfiles(store, data.groups, request);
  if (!profiles) {
    return failWith(profiles.error());
  }
  data.profiles = std::move(*profiles);
  if (data.figure.reference.empty() || data.groups.empty()) {
    return {};
  }
  RunGroup group = baselineOf(data);
  group.name = request.metric = data.figure.reference;
  request.combination = combinationOf(catalogue, request.metric);
  auto reference = loadGroupProfiles(store, {group}, request);
  if (!reference) {
    return failWith(reference.error());
  }
  data.reference = std::move(reference->front());
  return {};
}

void loadFigure(storage::WorkspaceStore& store, ComparisonData& data, const Catalogue& catalogue) {
  FigureRequest& figure = data.figure;
  if (figure.metric.empty() ||
      (figure.kind == FigureKind::kValues && !isInTable(data.table, figure.metric))) {
    figure.metric = chooseMetric(data);
  }
  const MetricSpec* spec = specOf(catalogue, figure.metric);
  data.figure_unit = spec == nullptr ? "" : spec->unit;
  const double confidence = data.table.confidence;
  if (figure.kind == FigureKind::kCurves) {
    auto curves = loadGroupCurves(store, data.groups, figure.metric, figure.spread, confidence);
    if (curves) {
      data.curves = std::move(*curves);
      const Status loaded = figure.is_over_time ? loadClocks(store, data) : Status();
      data.figure_error = loaded ? "" : loaded.error().message;
    } else {
      data.figure_error = curves.error().message;
    }
  } else if (figure.kind == FigureKind::kDepth) {
    const Status loaded = loadProfiles(store, data, catalogue);
    data.figure_error = loaded ? "" : loaded.error().message;
  }
}

const Catalogue& catalogueFor(storage::WorkspaceStore& store,
                              const ExperimentRecord& experiment,
                              CatalogueCache& cache) {
  if (cache.experiment_id != experiment.experiment_id) {
    cache.catalogue = catalogueOf(store.paths(), store, experiment);
    cache.experiment_id = experiment.experiment_id;
  }
  return cache.catalogue;
}

Status loadExperiment(storage::WorkspaceStore& store,
                      const ComparisonQuery& query,
                      CatalogueCache& cache,
                      ComparisonData& data) {
  const auto experiment = store.experiments().find(data.experiment);
  if (!experiment) {
    return failWith(experiment.error());
  }
  auto choices = loadChoices(store, *experiment);
  if (!choices) {
    return failWith(choices.error());
  }
  data.choices = std::move(*choices);
  const Catalogue& catalogue = catalogueFor(store, *experiment, cache);
  const auto lookup = [&](const std::string& name) {
    return catalogue.findMetric(name);
  };
  auto table = loadComparison(store, *experiment, query.options, lookup, data.choices);
  if (!table) {
    data.table_error = table.error().message;
    return {};
  }
  data.table = std::move(*table);
  data.groups = groupsOf(data.table);
  data.figure = query.figure;
  loadFigure(store, data, catalogue);
  return {};
}

}  // namespace

Result<ComparisonData> loadComparisonData(storage::WorkspaceStore& store,
                                          const ComparisonQuery& query,
                                          CatalogueCache& cache) {
  ComparisonData data;
  const auto experiments = store.experiments().list();
  if (!experiments) {
    return failWith(experiments.error());
  }
  for (const ExperimentRecord& experiment : *experiments) {
    if (!contains(data.experiments, experiment.name)) {
      data.experiments.push_back(experiment.name);
    }
  }
  data.figure = query.figure;
  data.experiment = query.experiment.empty() && !data.experiments.empty() ? data.experiments.front()
                                                                          : query.experiment;
  if (data.experiment.empty()) {
    return data;
  }
  if (Status loaded = loadExperiment(store, query, cache, data); !loaded) {
    return failWith(loaded.error());
  }
  return data;
}

}  // namespace retort::gui
