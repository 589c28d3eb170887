#pragma once

#include <QColor>

#include <string>

namespace retort::gui {

/// The colour of a run: the same in every view and in every session, chosen by its id alone, so
/// that sorting and filtering never repaint a run. Twelve hues that people with red-green
/// blindness tell apart, each in three lightnesses; `is_dark`: for a dark background.
[[nodiscard]] QColor runColor(const std::string& run_id, bool is_dark);

}  // namespace retort::gui
