#pragma once

#include "trainers/data/table.h"
#include "trainers/data/task.h"

#include <string>
#include <vector>

namespace retort::train {

/// One of GLUE's tasks: what is learned, and how its files are laid out.
struct GlueTask {
  Task task;
  TableOptions table;                  ///< columns: text, second text of a pair, label
  std::vector<std::string> files;      ///< the first is for training, the others for evaluation
  std::vector<std::string> set_names;  ///< of the evaluation files
};

/// The tasks as GLUE distributes them: tab-separated, nothing quoted, columns and label order as in
/// its own reading code (encoder.md 4, utils_glue.py).
[[nodiscard]] const std::vector<GlueTask>& glueTasks();

}  // namespace retort::train
