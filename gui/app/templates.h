#pragma once

#include <QString>

namespace retort::gui {

/// Where the shipped experiments are: installed beside the program, else in the source tree.
[[nodiscard]] QString templatesFolder();

}  // namespace retort::gui
