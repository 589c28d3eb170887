#include "core/cli/desktop_app.h"

#include "core/agent/spawn.h"

#include <cstdlib>

namespace retort::cli {

std::filesystem::path desktopApp() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "retort-gui";
}

bool hasDesktopApp() {
  std::error_code error;
  const bool has_display =
      std::getenv("DISPLAY") != nullptr || std::getenv("WAYLAND_DISPLAY") != nullptr;
  return has_display && std::filesystem::exists(desktopApp(), error);
}

Status openDesktopApp(const std::filesystem::path& workspace) {
  SpawnOptions options;
  options.argv = {desktopApp().string(), workspace.string()};
  options.is_detached = true;
  const auto started = spawn(options);
  return started ? Status() : failWith(started.error());
}

}  // namespace retort::cli
