#pragma once

#include "core/base/result.h"

#include <filesystem>

namespace retort::cli {

/// Where retort-gui stands when it has been built: beside this program.
[[nodiscard]] std::filesystem::path desktopApp();

/// True where a display is announced and retort-gui stands beside this program.
[[nodiscard]] bool hasDesktopApp();

/// Opens a workspace in the desktop app, which goes on when this program ends. Does not wait for
/// the window.
[[nodiscard]] Status openDesktopApp(const std::filesystem::path& workspace);

}  // namespace retort::cli
