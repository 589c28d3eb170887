#include "core/cli/views/live_screen.h"

#include "core/cli/console.h"

#include <array>
#include <csignal>
#include <cstdio>

#include <poll.h>
#include <termios.h>
#include <unistd.h>

namespace retort::cli {
namespace {

volatile std::sig_atomic_t stop_signal = 0;
termios saved_terminal{};

constexpr std::array<int, 3> kStopSignals{SIGINT, SIGTERM, SIGHUP};
constexpr char kControlC = 3;
constexpr char kControlZ = 26;
constexpr char kEscape = 27;

void rememberSignal(int signal) {
  stop_signal = signal;
}

void flush() {
  (void)std::fflush(stdout);
}

std::optional<char> readByte(int timeout_ms) {
  pollfd keyboard{STDIN_FILENO, POLLIN, 0};
  char byte = 0;
  if (poll(&keyboard, 1, timeout_ms) <= 0) {
    return std::nullopt;
  }
  return read(STDIN_FILENO, &byte, 1) == 1 ? byte : 'q';  // the terminal is gone: leave
}

/// An arrow key is the escape sequence "\x1b[A" … "\x1b[D".
char meaningOf(char key) {
  if (key != kEscape) {
    return key == kControlC ? 'q' : key;
  }
  if (readByte(0) != '[') {
    return ' ';
  }
  const std::optional<char> arrow = readByte(0);
  if (arrow == 'A' || arrow == 'D') {
    return 'p';
  }
  return arrow == 'B' || arrow == 'C' ? 'n' : ' ';
}

}  // namespace

StopSignals::StopSignals() {
  stop_signal = 0;

  struct sigaction action {};

  action.sa_handler = rememberSignal;
  // Once only, and without SA_RESTART: waiting ends at once, and a second signal does what it
  // always does.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : kStopSignals) {
    (void)sigaction(signal, &action, nullptr);
  }
}

StopSignals::~StopSignals() {
  for (const int signal : kStopSignals) {
    (void)std::signal(signal, SIG_DFL);
  }
}

int StopSignals::received() {
  return stop_signal;
}

void waitMilliseconds(int milliseconds) {
  if (stop_signal == 0) {
    (void)poll(nullptr, 0, milliseconds);
  }
}

void LiveBlock::draw(const std::vector<std::string>& lines) {
  std::string text = drawn_lines_ > 0 ? "\x1b[" + std::to_string(drawn_lines_) + "F" : "";
  for (const std::string& line : lines) {
    text += "\x1b[2K" + line + "\n";
  }
  print(text + "\x1b[0J");
  flush();
  drawn_lines_ = lines.size();
}

void LiveBlock::clear() {
  draw({});
}

FullScreen::FullScreen() {
  has_keyboard_ = isatty(STDIN_FILENO) == 1 && tcgetattr(STDIN_FILENO, &saved_terminal) == 0;
  enter();
}

FullScreen::~FullScreen() {
  leave();
}

void FullScreen::enter() {
  if (has_keyboard_) {
    termios raw = saved_terminal;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ISIG);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
  }
  print("\x1b[?1049h\x1b[?25l\x1b[2J");
  flush();
}

void FullScreen::leave() {
  print("\x1b[?25h\x1b[?1049l");
  flush();
  if (has_keyboard_) {
    (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &saved_terminal);
  }
}

void FullScreen::draw(const std::vector<std::string>& lines) {
  std::string text = "\x1b[H";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    // Cleared to the right before the line break: no flicker, no remains. No break after the last
    // line: no scrolling.
    text += lines[i] + "\x1b[0m\x1b[K" + (i + 1 < lines.size() ? "\r\n" : "");
  }
  print(text + "\x1b[0J");
  flush();
}

std::optional<char> FullScreen::waitForKey(int milliseconds) {
  if (!has_keyboard_) {
    waitMilliseconds(milliseconds);
    return std::nullopt;
  }
  const std::optional<char> byte = readByte(milliseconds);
  if (!byte) {
    return std::nullopt;
  }
  const char key = meaningOf(*byte);
  if (key == kControlZ) {
    leave();
    (void)std::raise(SIGTSTP);
    enter();
    return std::nullopt;
  }
  return key;
}

}  // namespace retort::cli
