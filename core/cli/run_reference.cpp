#include "core/cli/run_reference.h"

#include "core/base/text.h"
#include "core/run/format.h"
#include "storage/workspace_store.h"

#include <algorithm>
#include <set>

namespace retort::cli {
namespace {

bool isHexadecimal(const std::string& text) {
  return !text.empty() && text.size() <= 16 &&
         text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Result<std::vector<RunRecord>> namedRuns(storage::WorkspaceStore& store, const std::string& name) {
  storage::RunFilter filter;
  filter.text = name;  // the store looks for parts; only whole names count here
  filter.with_spec = false;
  auto runs = store.runs().list(filter);
  if (runs) {
    std::erase_if(*runs, [&](const RunRecord& run) { return run.name != name; });
  }
  return runs;
}

Result<RunRecord> ambiguous(const std::string& text, const std::vector<RunRecord>& candidates) {
  std::string message = "'" + text + "' may be any of:";
  for (const RunRecord& run : candidates) {
    message +=
        "\n  " + run.spec.run_id + "  " + std::string(runStateName(run.state)) + "  " + run.name;
  }
  return fail(ErrorCode::kUsage, message);
}

/// "NAME:3" when there is such an experiment; nothing when the text has another form.
Result<std::vector<RunRecord>> runAtPosition(storage::WorkspaceStore& store,
                                             const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const auto position =
      colon == std::string::npos ? std::nullopt : parseInteger(text.substr(colon + 1));
  if (!position) {
    return std::vector<RunRecord>{};
  }
  const auto experiment = store.experiments().find(text.substr(0, colon));
  if (!experiment) {
    return failWith(experiment.error());
  }
  for (const ExperimentRun& run : experiment->runs) {
    if (run.position == *position) {
      return store.runs().get(run.run_id).map([](RunRecord record) {
        return std::vector<RunRecord>{std::move(record)};
      });
    }
  }
  return fail(ErrorCode::kNotFound,
              "experiment '" + experiment->name + "' has no run at position " +
                  std::to_string(*position) + "; it has " +
                  formatCount(experiment->runs.size(), "run"));
}

Result<std::vector<RunRecord>> findCandidates(storage::WorkspaceStore& store,
                                              const std::string& text) {
  std::vector<RunRecord> candidates;
  if (isHexadecimal(text)) {
    const auto ids = store.runs().idsWithPrefix(text);
    if (!ids) {
      return failWith(ids.error());
    }
    for (const std::string& id : *ids) {
      auto run = store.runs().get(id);
      if (!run) {
        return failWith(run.error());
      }
      candidates.push_back(std::move(*run));
    }
  }
  if (candidates.empty()) {
    auto named = namedRuns(store, text);
    if (!named || !named->empty()) {
      return named;
    }
    return runAtPosition(store, text);
  }
  return candidates;
}

Error noSuchRun(storage::WorkspaceStore& store, const std::string& text) {
  std::string message = "there is no run '" + text + "'";
  storage::RunFilter filter;
  filter.with_spec = false;
  filter.text = text;
  filter.limit = 5;
  if (const auto similar = store.runs().list(filter); similar && !similar->empty()) {
    message += "; similar:";
    for (const RunRecord& run : *similar) {
      message += "\n  " + run.spec.run_id + "  " + run.name;
    }
    return {ErrorCode::kNotFound, message};
  }
  return {ErrorCode::kNotFound, message + "; 'retort ls' shows what there is"};
}

Result<std::vector<RunRecord>> runsOfExperiment(storage::WorkspaceStore& store,
                                                const std::string& name) {
  const auto experiment = store.experiments().find(name);
  if (!experiment) {
    return failWith(experiment.error());
  }
  storage::RunFilter filter;
  filter.experiment_id = experiment->experiment_id;
  filter.with_spec = false;
  return store.runs().list(filter);
}

}  // namespace

Result<RunRecord> resolveRun(storage::WorkspaceStore& store, const std::string& text) {
  const auto candidates = findCandidates(store, text);
  if (!candidates) {
    return failWith(candidates.error());
  }
  if (candidates->empty()) {
    return failWith(noSuchRun(store, text));
  }
  if (candidates->size() > 1) {
    return ambiguous(text, *candidates);
  }
  return store.runs().get(candidates->front().spec.run_id);
}

Result<std::vector<RunRecord>> resolveRuns(storage::WorkspaceStore& store,
                                           const std::vector<std::string>& texts) {
  std::vector<RunRecord> result;
  std::set<std::string> seen;
  const auto add = [&](const RunRecord& run) {
    if (seen.insert(run.spec.run_id).second) {
      result.push_back(run);
    }
  };
  for (const std::string& text : texts) {
    const auto experiment = runsOfExperiment(store, text);
    if (experiment) {
      std::for_each(experiment->begin(), experiment->end(), add);
      continue;
    }
    const auto run = resolveRun(store, text);
    if (!run) {
      return failWith(run.error());
    }
    add(*run);
  }
  return result;
}

}  // namespace retort::cli
