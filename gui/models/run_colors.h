#pragma once

#include "core/run/run_record.h"

#include <QColor>

#include <string>
#include <vector>

namespace retort::gui {

/// Numbers the runs of the workspace from the oldest to the newest (by id where they are of one
/// time), whatever their priority, so that neighbours never share a colour. A run keeps its number
/// while the program runs, whatever is removed. Only on the GUI's thread.
void numberRuns(const std::vector<RunRecord>& runs);

/// The colour of a run: the same in every view, whatever is sorted, filtered or selected; by its
/// number, and by its id where it has none. Twelve hues that people with red-green blindness tell
/// apart, each in three lightnesses; `is_dark`: for a dark background. Only on the GUI's thread.
[[nodiscard]] QColor runColor(const std::string& run_id, bool is_dark);

}  // namespace retort::gui
