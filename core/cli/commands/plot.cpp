#include "core/base/text.h"
#include "core/cli/arguments.h"
#include "core/cli/commands/commands.h"
#include "core/cli/figure_drawing.h"
#include "core/cli/run_reference.h"
#include "core/cli/workspace_access.h"

#include <algorithm>
#include <memory>

namespace retort::cli {
namespace {

struct PlotOptions {
  FigureSpec figure;
  std::string spread = "deviation";
  std::string value = "last";
  std::string confidence = "95";
  std::string size;
  std::string font;
  std::int64_t dots_per_inch = 300;
  bool may_overwrite = false;
};

std::string lowerEnding(const std::filesystem::path& file) {
  std::string ending = file.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return ending;
}

Status checkTime(const FigureSpec& figure) {
  const bool has_steps =
      figure.kind == "curves" || figure.kind == "runs" || figure.kind == "heatmap";
  return !figure.is_over_time || has_steps
             ? Status()
             : fail(ErrorCode::kUsage,
                    "--time: a figure of kind '" + figure.kind +
                        "' has no steps; it is for curves, runs and heatmap");
}

Status checkKindOf(const FigureSpec& figure) {
  if (!figure.minus.empty() && figure.kind != "heatmap") {
    return fail(ErrorCode::kUsage,
                "--minus: a figure of kind '" + figure.kind +
                    "' is of an experiment; two runs are compared in a heatmap");
  }
  if (!figure.reference.empty() && figure.kind != "depth") {
    return fail(ErrorCode::kUsage,
                "--reference: it is for depth, not for a figure of kind '" + figure.kind + "'");
  }
  return {};
}

Status checkFile(const PlotOptions& options) {
  const std::string& file = options.figure.file;
  if (file.empty()) {
    return fail(ErrorCode::kUsage, "where to: give -o FILE.pdf, FILE.svg or FILE.png");
  }
  const std::string ending = lowerEnding(file);
  if (ending != ".pdf" && ending != ".svg" && ending != ".png") {
    return fail(ErrorCode::kUsage, "'" + file + "' must end in .pdf, .svg or .png");
  }
  std::error_code error;
  if (!options.may_overwrite &&
      std::filesystem::exists(std::filesystem::symlink_status(file, error))) {
    return fail(ErrorCode::kAlreadyExists, file + " exists; --force replaces it");
  }
  return {};
}

/// Takes the texts of the command line into the figure's description.
Status takeTexts(PlotOptions& options) {
  FigureSpec& figure = options.figure;
  figure.spread = options.spread == "none"       ? Spread::kNone
                  : options.spread == "interval" ? Spread::kInterval
                                                 : Spread::kDeviation;
  figure.profile_value = options.value == "mean" ? ProfileValue::kMean : ProfileValue::kLast;
  figure.dots_per_inch = static_cast<int>(options.dots_per_inch);
  const auto confidence = parseConfidence(options.confidence);
  if (!confidence) {
    return failWith(confidence.error());
  }
  figure.comparison.confidence = *confidence;
  if (!options.size.empty()) {
    const auto size = parseFigureSize(options.size);
    if (!size) {
      return failWith(withContext(size.error(), "--size"));
    }
    figure.width_mm = size->first;
    figure.height_mm = size->second;
  }
  if (!options.font.empty()) {
    const auto points = parseDouble(options.font);
    if (!points) {
      return fail(ErrorCode::kUsage, "--font: '" + options.font + "' is no number of points");
    }
    figure.font_pt = *points;
  }
  return {};
}

/// The run or experiment must be there before a second program is started.
Status resolveSubject(const Session& session, FigureSpec& figure) {
  auto store = openWorkspace(session, storage::Access::kReadOnly);
  if (!store) {
    return failWith(store.error());
  }
  if (figure.kind == "heatmap") {
    const auto run = resolveRun(*store, figure.subject);
    if (!run) {
      return failWith(run.error());
    }
    figure.subject = run->spec.run_id;
    if (!figure.minus.empty()) {
      const auto other = resolveRun(*store, figure.minus);
      if (!other) {
        return failWith(withContext(other.error(), "--minus"));
      }
      figure.minus = other->spec.run_id;
    }
    return {};
  }
  const auto experiment = store->experiments().find(figure.subject);
  return experiment ? Status() : failWith(experiment.error());
}

Result<int> plot(const Session& session, PlotOptions& options) {
  FigureSpec& figure = options.figure;
  figure.workspace = session.paths.folder.string();
  for (const Status& status :
       {checkTime(figure), checkKindOf(figure), checkFile(options), takeTexts(options)}) {
    if (!status) {
      return failWith(status.error());
    }
  }
  if (Status found = resolveSubject(session, figure); !found) {
    return failWith(found.error());
  }
  const Status drawn = drawFigure(figure);
  return drawn ? Result<int>(0) : failWith(drawn.error());
}

void declareData(Arguments& arguments, PlotOptions& options) {
  FigureSpec& figure = options.figure;
  arguments.option(
      "-m,--metric", figure.metric, "Metric, one curve of it, or a part of its curves");
  arguments.list("-b,--by", figure.comparison.by, "Factors whose labels make the groups");
  arguments.list("-c,--columns", figure.comparison.columns, "More factors, varying faster");
  arguments.choice(
      "--at", figure.comparison.at, {"last", "best"}, "Bars and points: each run's last or best");
  arguments.choice("--spread",
                   options.spread,
                   {"deviation", "interval", "none"},
                   "Around the mean: standard deviation, confidence interval, nothing");
  arguments.option("--confidence", options.confidence, "Of the interval, in per cent");
  arguments.choice(
      "--value", options.value, {"last", "mean"}, "Depth: last point or mean of each curve");
  arguments.option("--reference",
                   figure.reference,
                   "Depth: a metric of the baseline's runs, dashed beside the groups");
  arguments.option("--minus",
                   figure.minus,
                   "Heatmap: how the run differs from this one; as a ratio, unless values are "
                   "negative");
  arguments.flag("--log", figure.is_log, "Logarithmic values");
  arguments.flag("--time",
                 figure.is_over_time,
                 "Curves, runs, heatmap: over the time since a run's first step, not over steps");
}

CommandBody declare(Arguments& arguments) {
  auto options = std::make_shared<PlotOptions>();
  FigureSpec& figure = options->figure;
  arguments.positional("KIND", figure.kind, "bars, points, curves, runs, depth or heatmap");
  arguments.positional("SUBJECT", figure.subject, "The experiment; for a heat map the run");
  declareData(arguments, *options);
  arguments.option("-o,--output", figure.file, "File to write: .pdf, .svg or .png");
  arguments.option(
      "--size", options->size, "Width and height: 140x90mm, 5.5x3.5in (default: 140 mm wide)");
  arguments.option("--font", options->font, "Size of the letters in points (default: 9)");
  arguments.number("--dpi", options->dots_per_inch, 30, 2400, "Dots per inch of a PNG");
  arguments.flag("--force", options->may_overwrite, "Replace the file if it exists");
  return [options](Session& session) -> Result<int> {
    const std::vector<std::string> kinds{"bars", "points", "curves", "runs", "depth", "heatmap"};
    const std::string& kind = options->figure.kind;
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) {
      const auto near = nearestName(kind, kinds);
      return fail(
          ErrorCode::kUsage,
          "there is no kind of figure '" + kind + "'; " +
              (near ? "did you mean '" + *near + "'?" : "there are " + joinStrings(kinds, ", ")));
    }
    return plot(session, *options);
  };
}

}  // namespace

Command plotCommand() {
  return {"plot",
          "Results",
          "Draw a figure of an experiment as PDF, SVG or PNG",
          "  retort plot points losses -o losses.pdf\n"
          "  retort plot bars losses --by distill --columns freeze --spread interval -o bars.svg\n"
          "  retort plot curves losses --metric train.loss --log --size 84x60mm --font 7 -o a.pdf\n"
          "  retort plot runs losses --metric eval.accuracy -o runs.pdf\n"
          "  retort plot runs losses --metric train.loss --time -o time.pdf\n"
          "  retort plot depth losses --by freeze --metric 'grad_norm[projection=v]' -o depth.pdf\n"
          "  retort plot heatmap losses:3 --metric grad_norm --log --dpi 600 -o map.png\n"
          "  retort plot heatmap llm:2 --minus llm:1 --metric grad_norm -o freeze-on-off.pdf\n"
          "\n"
          "bars, points: every run's value by group; curves: mean curves with a band; runs: every\n"
          "run's own curve; depth: a metric by layer; heatmap: all curves of a metric of one run.\n"
          "The desktop app draws them, without a display.",
          declare};
}

}  // namespace retort::cli
