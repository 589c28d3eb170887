#pragma once

#include <QStringList>

namespace retort::gui {

/// Names of runs without the words that all of them have: "map seed=1" and "map seed=2" become
/// "seed=1" and "seed=2". A single name, and names that would become alike or empty, stay.
[[nodiscard]] QStringList distinctiveNames(const QStringList& names);

}  // namespace retort::gui
