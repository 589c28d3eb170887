#pragma once

namespace retort::gui {

/// The whole desktop app: `retort-gui [WORKSPACE | FILE.yaml]`. Returns the exit code: 0, or 1 when
/// there is no display, 64 for a wrong command line.
int runDesktopApp(int argc, char** argv);

}  // namespace retort::gui
