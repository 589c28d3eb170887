#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/run_progress.h"
#include "core/cli/text_table.h"
#include "core/cli/workspace_access.h"
#include "core/run/format.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

namespace retort::cli {
namespace {

struct ListOptions {
  std::vector<std::string> experiments;
  std::vector<std::string> states;
  std::vector<std::string> tags;
  std::string text;
  bool is_json = false;
};

/// Some runs with a heading: those of an experiment, or those that belong to none.
struct Group {
  std::string name;
  std::vector<std::pair<std::string, const RunRecord*>> runs;  ///< position, run
};

Result<storage::RunFilter> makeFilter(const ListOptions& options) {
  storage::RunFilter filter;
  filter.with_spec = false;
  filter.tags = options.tags;
  filter.text = options.text;
  for (const std::string& name : options.states) {
    const auto state = runStateFromName(name);
    if (!state) {
      return fail(
          ErrorCode::kUsage,
          "'--state " + name +
              "': states are queued, paused, blocked, running, stopping, stopped, finished, "
              "diverged, failed");
    }
    filter.states.push_back(*state);
  }
  return filter;
}

/// The latest experiment of each name, oldest first, with its runs among `runs`.
Result<std::vector<Group>> groupRuns(storage::WorkspaceStore& store,
                                     const std::vector<RunRecord>& runs,
                                     const ListOptions& options) {
  std::map<std::string, const RunRecord*> by_id;
  for (const RunRecord& run : runs) {
    by_id.emplace(run.spec.run_id, &run);
  }
  const auto experiments = store.experiments().list(true);
  if (!experiments) {
    return failWith(experiments.error());
  }
  std::vector<Group> groups;
  std::set<std::string> names;
  std::set<std::string> placed;
  for (const ExperimentRecord& experiment : *experiments) {
    if (!names.insert(experiment.name).second) {
      continue;
    }
    Group group{experiment.name, {}};
    for (const ExperimentRun& member : experiment.runs) {
      if (const auto found = by_id.find(member.run_id); found != by_id.end()) {
        group.runs.emplace_back(std::to_string(member.position), found->second);
        placed.insert(member.run_id);
      }
    }
    groups.push_back(std::move(group));
  }
  std::reverse(groups.begin(), groups.end());
  Group others{"runs of earlier grids", {}};
  for (const RunRecord& run : runs) {
    if (!placed.contains(run.spec.run_id)) {
      others.runs.emplace_back("", &run);
    }
  }
  if (!options.experiments.empty()) {
    for (const std::string& name : options.experiments) {
      if (!names.contains(name)) {
        return fail(ErrorCode::kNotFound, store.experiments().find(name).error().message);
      }
    }
    std::erase_if(groups, [&](const Group& group) {
      const auto& wanted = options.experiments;
      return std::find(wanted.begin(), wanted.end(), group.name) == wanted.end();
    });
  } else if (!others.runs.empty()) {
    groups.insert(groups.begin(), std::move(others));
  }
  return groups;
}

std::optional<double> tookSeconds(const RunRecord& run) {
  if (!run.started_ms) {
    return std::nullopt;
  }
  const std::int64_t end = run.ended_ms.value_or(wallClockMs());
  return static_cast<double>(end - *run.started_ms) / 1000;
}

std::string remark(const RunRecord& run) {
  std::vector<std::string> parts;
  if (!run.tags.empty()) {
    parts.push_back("[" + joinStrings(run.tags, ", ") + "]");
  }
  for (const std::string* text : {&run.note, &run.message}) {
    if (!text->empty()) {
      parts.push_back(*text);
    }
  }
  return joinStrings(parts, " ");
}

void printGroup(const Session& session, const Group& group) {
  GridProgress counts;
  TextTable table;
  table.columns = {{"#", true, false},
                   {"run", false, false},
                   {"state", false, false},
                   {"step", true, false},
                   {"took", true, false},
                   {"name", false, true},
                   {"remark", false, true}};
  for (const auto& [position, run] : group.runs) {
    ++counts.counts[run->state];
    ++counts.total;
    table.rows.push_back({position,
                          shortId(run->spec.run_id),
                          std::string(runStateName(run->state)),
                          formatSteps(run->step, run->total_steps),
                          formatDuration(tookSeconds(*run)),
                          run->name,
                          remark(*run)});
  }
  const std::size_t width = session.terminal.is_terminal ? session.terminal.columns : 0;
  print(escapeForTerminal(group.name) + ": " + countsText(counts) + "\n");
  print(renderTextTable(std::move(table), width, session.terminal.has_color) + "\n");
}

Json runJson(const std::string& position, const RunRecord& run) {
  const auto time = [](const std::optional<std::int64_t>& value) {
    return value ? Json(*value) : Json(nullptr);
  };
  return {{"run", run.spec.run_id},
          {"position", position.empty() ? Json(nullptr) : Json(*parseInteger(position))},
          {"name", run.name},
          {"state", runStateName(run.state)},
          {"phase", run.phase},
          {"step", run.step},
          {"total_steps", run.total_steps},
          {"attempts", run.attempts},
          {"priority", run.priority},
          {"message", run.message},
          {"note", run.note},
          {"tags", run.tags},
          {"created_ms", run.created_ms},
          {"started_ms", time(run.started_ms)},
          {"ended_ms", time(run.ended_ms)}};
}

Result<int> list(const Session& session, const ListOptions& options) {
  auto store = openWorkspace(session, storage::Access::kReadOnly);
  if (!store) {
    return failWith(store.error());
  }
  const auto filter = makeFilter(options);
  if (!filter) {
    return failWith(filter.error());
  }
  const auto runs = store->runs().list(*filter);
  if (!runs) {
    return failWith(runs.error());
  }
  const auto groups = groupRuns(*store, *runs, options);
  if (!groups) {
    return failWith(groups.error());
  }
  if (options.is_json) {
    Json json = Json::array();
    for (const Group& group : *groups) {
      Json members = Json::array();
      for (const auto& [position, run] : group.runs) {
        members.push_back(runJson(position, *run));
      }
      json.push_back({{"experiment", group.name}, {"runs", std::move(members)}});
    }
    printJson(json);
    return 0;
  }
  for (const Group& group : *groups) {
    if (!group.runs.empty()) {
      printGroup(session, group);
    }
  }
  if (runs->empty()) {
    print("no runs\n");
  }
  return 0;
}

CommandBody declare(Arguments& arguments) {
  auto options = std::make_shared<ListOptions>();
  arguments.positionals("EXPERIMENT", options->experiments, "Only these experiments", false);
  arguments.list("-s,--state", options->states, "Only runs in these states");
  arguments.list("-t,--tag", options->tags, "Only runs with all of these tags");
  arguments.option("--text", options->text, "Only runs with this text in id, name or note");
  arguments.flag("--json", options->is_json, "For scripts");
  return [options](Session& session) {
    return list(session, *options);
  };
}

}  // namespace

Command lsCommand() {
  return {"ls",
          "Look",
          "List experiments and their runs",
          "  retort ls\n"
          "  retort ls losses --state failed,stopped\n"
          "  retort ls --json | jq '.[].runs[] | select(.state==\"failed\").run'",
          declare};
}

}  // namespace retort::cli
