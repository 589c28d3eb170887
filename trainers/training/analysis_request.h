#pragma once

#include "core/settings/resolve.h"

#include <cstdint>
#include <string>
#include <vector>

namespace retort::train {

/// What `retort-train --analyze DIR` is asked for.
struct AnalysisRequest {
  std::vector<std::string> probes;     ///< names of the registry
  std::vector<std::string> overrides;  ///< "key=value"
  std::string checkpoint = "last";     ///< "last", "best", or a step
  std::int64_t rows = 0;               ///< first rows of the evaluation set; 0: all
  std::int64_t batch = 0;              ///< rows at once; 0: as evaluations of the run

  bool operator==(const AnalysisRequest&) const = default;
};

/// The key of an override; empty where there is none.
[[nodiscard]] std::string overriddenKey(const std::string& text);

/// True when the request names questions to judge the model on (--set eval.tasks=…).
[[nodiscard]] bool asksQuestions(const AnalysisRequest& request);

/// From the words after DIR: --probe NAME[,NAME…], --set KEY=VALUE, --checkpoint C, --rows N,
/// --batch N. Throws std::invalid_argument with a sentence for anything else, and when neither
/// probes nor questions are named.
[[nodiscard]] AnalysisRequest parseAnalysisRequest(const std::vector<std::string>& words);

/// The settings of a finished run as an analysis needs them: the probes that are asked for are on,
/// with the options that the run gave them; all others are off; questions are those of the request
/// alone; then the overrides, with paths made absolute. Throws TrainError (kBadSpec) for probes
/// that do not exist or look at the training itself, and for overrides of settings that are neither
/// a probe's nor of questions (eval.tasks …) nor of the machine (device, threads): a model that was
/// trained otherwise is another run.
[[nodiscard]] SettingValues analysisSettings(const SettingValues& run,
                                             const AnalysisRequest& request);

}  // namespace retort::train
