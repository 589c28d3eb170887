#pragma once

class QMainWindow;

namespace retort::gui {

/// A list of every shortcut in the window, made from its actions.
void openShortcutsDialog(QMainWindow& window);

void openAboutDialog(QMainWindow& window);

}  // namespace retort::gui
