#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/export_writer.h"
#include "core/cli/output_file.h"
#include "core/cli/run_reference.h"
#include "core/cli/workspace_access.h"

#include <algorithm>
#include <memory>

namespace retort::cli {
namespace {

struct ExportOptions {
  std::vector<std::string> words;
  std::string metric;
  std::string format = "csv";
  std::string output;
  bool is_run_table = false;
  bool may_overwrite = false;
};

std::string toText(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<std::vector<RunRecord>> chooseRuns(storage::WorkspaceStore& store,
                                          const std::vector<std::string>& words) {
  if (!words.empty()) {
    return resolveRuns(store, words);
  }
  storage::RunFilter filter;
  filter.with_spec = false;
  return store.runs().list(filter);
}

/// All points, piece by piece: an export may be larger than the memory.
Status writePoints(storage::WorkspaceStore& store,
                   const std::vector<RunRecord>& runs,
                   const ExportOptions& options,
                   OutputFile& output) {
  const bool is_csv = options.format == "csv";
  std::map<std::string, std::string> names;
  std::vector<std::string> ids;
  for (const RunRecord& run : runs) {
    names[run.spec.run_id] = run.name;
    ids.push_back(run.spec.run_id);
  }
  output.write(is_csv ? pointCsvHeader() : "[");
  bool is_first = true;
  const auto write = [&](const storage::MetricRow& row) {
    if (is_csv) {
      output.write(pointCsvLine(row, names[row.run_id]));
    } else {
      output.write((is_first ? "\n" : ",\n") + toText(pointJson(row, names[row.run_id])));
    }
    is_first = false;
    return true;
  };
  const std::optional<std::string_view> metric =
      options.metric.empty() ? std::nullopt : std::optional<std::string_view>(options.metric);
  if (!ids.empty()) {
    if (Status read = store.metrics().forEachPoint(ids, metric, write); !read) {
      return read;
    }
  }
  output.write(is_csv ? "" : "\n]\n");
  return {};
}

Result<std::vector<ExportedRun>> loadRuns(storage::WorkspaceStore& store,
                                          const std::vector<RunRecord>& runs) {
  std::vector<ExportedRun> exported;
  for (const RunRecord& listed : runs) {
    const std::string& id = listed.spec.run_id;
    auto record = store.runs().get(id);
    auto results = store.metrics().results(id);
    const auto experiments = store.experiments().experimentsOf(id);
    if (!record || !results || !experiments) {
      return failWith(!record ? record.error() : !results ? results.error() : experiments.error());
    }
    ExportedRun run{std::move(*record), std::nullopt, std::move(*results)};
    if (!experiments->empty()) {
      for (const ExperimentRun& member : experiments->front().runs) {
        if (member.run_id == id) {
          run.membership = member;
        }
      }
    }
    exported.push_back(std::move(run));
  }
  return exported;
}

Result<int> exportData(const Session& session, const ExportOptions& options) {
  auto store = openWorkspace(session, storage::Access::kReadOnly);
  if (!store) {
    return failWith(store.error());
  }
  const auto runs = chooseRuns(*store, options.words);
  if (!runs) {
    return failWith(runs.error());
  }
  auto output = OutputFile::open(options.output, options.may_overwrite);
  if (!output) {
    return failWith(output.error());
  }
  if (options.is_run_table) {
    const auto exported = loadRuns(*store, *runs);
    if (!exported) {
      return failWith(exported.error());
    }
    output->write(options.format == "csv" ? runTableCsv(*exported)
                                          : toText(runTableJson(*exported)) + "\n");
  } else if (Status written = writePoints(*store, *runs, options, *output); !written) {
    return failWith(written.error());
  }
  const Status committed = output->commit();
  return committed ? Result<int>(0) : failWith(committed.error());
}

CommandBody declare(Arguments& arguments) {
  auto options = std::make_shared<ExportOptions>();
  arguments.positionals("RUN", options->words, "Runs, or experiments (default: all runs)", false);
  arguments.option("-m,--metric", options->metric, "Only the points of this metric");
  arguments.flag("--runs", options->is_run_table, "A table of runs instead of points");
  arguments.choice("-f,--format", options->format, {"csv", "json"}, "Format");
  arguments.option("-o,--output", options->output, "File to write instead of standard output");
  arguments.flag("--force", options->may_overwrite, "Replace the file if it exists");
  return [options](Session& session) {
    return exportData(session, *options);
  };
}

}  // namespace

Command exportCommand() {
  return {
      "export",
      "Results",
      "Write all points, or a table of runs, as CSV or JSON",
      "  retort export losses -o points.csv\n"
      "  retort export losses --metric eval.accuracy --format json\n"
      "  retort export losses --runs -o runs.csv\n"
      "\n"
      "Numbers read back bit for bit; NaN, Infinity and -Infinity are written so. Texts that a\n"
      "spreadsheet would take for a formula start with an apostrophe.",
      declare};
}

}  // namespace retort::cli
