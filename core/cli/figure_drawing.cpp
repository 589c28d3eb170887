#include "core/cli/figure_drawing.h"

#include "core/agent/program_output.h"
#include "core/base/json.h"
#include "core/cli/desktop_app.h"

#include <chrono>
#include <filesystem>

namespace retort::cli {
namespace {

constexpr std::chrono::minutes kLongest{5};
constexpr std::size_t kMostOutput = 1U << 20;

}  // namespace

bool canDrawFigures() {
  std::error_code error;
  return std::filesystem::exists(desktopApp(), error);
}

Status drawFigure(const FigureSpec& figure) {
  const std::filesystem::path program = desktopApp();
  if (!canDrawFigures()) {
    return fail(ErrorCode::kNotFound,
                "figures are drawn by retort-gui, which is not in " +
                    program.parent_path().string() + "; './retort gui' builds it");
  }
  const auto output = runProgram(
      {program.string(), "--plot", canonicalJson(toJson(figure))}, kLongest, kMostOutput);
  if (!output) {
    return failWith(output.error());
  }
  if (output->exit_code == 0) {
    return {};
  }
  const std::string reason = output->lastErrorLine();
  for (const ErrorCode code : {ErrorCode::kUsage, ErrorCode::kNotFound, ErrorCode::kIo}) {
    if (output->exit_code == exitCode(code)) {
      return fail(code, reason);
    }
  }
  return fail(ErrorCode::kProcess,
              "retort-gui could not draw the figure" + (reason.empty() ? "" : ": " + reason));
}

}  // namespace retort::cli
