#include "core/base/text.h"
#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/table_style.h"
#include "core/cli/workspace_access.h"
#include "core/comparison/comparison_loader.h"
#include "core/comparison/experiment_catalogue.h"
#include "core/tables/render.h"

#include <memory>

namespace retort::cli {
namespace {

struct CompareOptions {
  std::string experiment;
  ComparisonOptions comparison;
  std::string confidence = "95";
  std::string format = "text";
  std::string output;
  bool may_overwrite = false;
  bool is_json = false;
};

Result<int> compare(const Session& session, CompareOptions& options) {
  const auto confidence = parseConfidence(options.confidence);
  if (!confidence) {
    return failWith(confidence.error());
  }
  options.comparison.confidence = *confidence;
  auto store = openWorkspace(session, storage::Access::kReadOnly);
  if (!store) {
    return failWith(store.error());
  }
  const auto experiment = store->experiments().find(options.experiment);
  if (!experiment) {
    return failWith(experiment.error());
  }
  const Catalogue catalogue = catalogueOf(session.paths, *store, *experiment);
  const auto lookup = [&](const std::string& name) {
    return catalogue.findMetric(name);
  };
  const auto table = loadComparison(*store, *experiment, options.comparison, lookup);
  if (!table) {
    return failWith(table.error());
  }
  const auto format = tableFormatFromName(options.is_json ? "json" : options.format);
  const TextStyle style = options.output.empty() ? tableStyle(session.terminal) : TextStyle{};
  const Status delivered =
      deliverDocument(renderTable(*table, *format, style), options.output, options.may_overwrite);
  return delivered ? Result<int>(0) : failWith(delivered.error());
}

CommandBody declare(Arguments& arguments) {
  auto options = std::make_shared<CompareOptions>();
  ComparisonOptions& comparison = options->comparison;
  arguments.positional("EXPERIMENT", options->experiment, "The experiment");
  arguments.list("-b,--by", comparison.by, "Factors whose labels are the rows (default: all)");
  arguments.list("-c,--columns", comparison.columns, "Factors whose labels are columns");
  arguments.options(
      "-m,--metric", comparison.metrics, "Metric, or one curve of it; may be repeated");
  arguments.choice(
      "--at", comparison.at, {"last", "best"}, "Value of each run: its last or its best");
  arguments.list("--baseline", comparison.baseline, "FACTOR=LABEL,…: what differences refer to");
  arguments.flag("--no-baseline", comparison.is_without_baseline, "No differences");
  arguments.option("--confidence", options->confidence, "Of the intervals, in per cent");
  arguments.choice("-f,--format",
                   options->format,
                   {"text", "markdown", "latex", "csv", "json", "html"},
                   "Format of the table");
  arguments.option("-o,--output", options->output, "File to write instead of the terminal");
  arguments.flag("--force", options->may_overwrite, "Replace the file if it exists");
  arguments.flag("--json", options->is_json, "The same as --format json");
  return [options](Session& session) {
    return compare(session, *options);
  };
}

}  // namespace

Command compareCommand() {
  return {"compare",
          "Results",
          "Compare the configurations of an experiment in a table",
          "  retort compare losses\n"
          "  retort compare losses --by distill --columns freeze --at best\n"
          "  retort compare losses --metric eval.loss --baseline distill=score\n"
          "  retort compare losses --metric 'grad_norm[layer=0,projection=v]'\n"
          "  retort compare losses --format latex -o losses.tex",
          declare};
}

}  // namespace retort::cli
