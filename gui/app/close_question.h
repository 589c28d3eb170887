#pragma once

#include <cstddef>
#include <functional>

class QWidget;

namespace retort::gui {

enum class CloseAnswer { kKeepRunning, kStopRuns, kCancel };

struct CloseQuestion {
  std::size_t runs_going_on = 0;  ///< running or waiting for their turn
  bool has_unsaved_changes = false;
};

/// The one question of the program: what becomes of the runs when the window closes. `answered` is
/// called once, later; asking again while the question is open only raises it.
void openCloseQuestion(QWidget& window,
                       const CloseQuestion& question,
                       const std::function<void(CloseAnswer)>& answered);

}  // namespace retort::gui
