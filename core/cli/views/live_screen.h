#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

/// Terminals and signals for live views. At most one of each at a time.
namespace retort::cli {

/// While it exists, SIGINT, SIGTERM and SIGHUP end a view in good order instead of the process; a
/// second one ends the process.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// The signal that came, or 0.
  [[nodiscard]] static int received();
};

/// Waits; returns early when a signal comes.
void waitMilliseconds(int milliseconds);

/// Some lines at the bottom of what was printed so far, drawn again and again in the same place.
class LiveBlock {
 public:
  /// Replaces the lines that were drawn before.
  void draw(const std::vector<std::string>& lines);
  /// Removes them, so that other text can be printed.
  void clear();

 private:
  std::size_t drawn_lines_ = 0;
};

/// The whole terminal: another screen without echo and cursor; the destructor brings everything
/// back.
class FullScreen {
 public:
  FullScreen();
  ~FullScreen();
  FullScreen(const FullScreen&) = delete;
  FullScreen& operator=(const FullScreen&) = delete;

  void draw(const std::vector<std::string>& lines);
  /// The next key within the time; nothing when none was pressed or there is no keyboard. Ctrl-Z is
  /// handled here (the program is put to sleep with the terminal in order); Ctrl-C reads as 'q'.
  /// Arrow keys read as 'n' and 'p'.
  [[nodiscard]] std::optional<char> waitForKey(int milliseconds);

 private:
  void enter();
  void leave();

  struct SavedTerminal;
  bool has_keyboard_ = false;
};

}  // namespace retort::cli
