#pragma once

#include "tests/bench/measures.h"

#include <QApplication>
#include <QEvent>
#include <QThread>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>

namespace retort::gui {

/// A stretch in which the GUI thread did nothing but one event.
struct EventBlock {
  double wall_ms = 0;
  double cpu_ms = 0;  ///< of this thread alone: what a machine without other work would need
  std::string what;   ///< the receiver's class and the kind of event
};

/// An application that remembers the longest event it has delivered: while it was at work the
/// window could neither be drawn nor answer.
class BlockingApplication final : public QApplication {
 public:
  using QApplication::QApplication;

  bool notify(QObject* receiver, QEvent* event) override {
    // Other threads' events come this way, too.
    if (QThread::currentThread() != thread() || depth_ > 0) {
      return QApplication::notify(receiver, event);
    }
    // Named before: the receiver may be gone afterwards.
    const char* receiver_class = receiver->metaObject()->className();
    const int type = event->type();
    bool is_taken = false;
    time(std::string(receiver_class) + " " + std::to_string(type),
         [&] { is_taken = QApplication::notify(receiver, event); });
    return is_taken;
  }

  /// Counts a call as if it were an event.
  void time(const std::string& what, const std::function<void()>& work) {
    const auto wall = std::chrono::steady_clock::now();
    const double cpu = threadMs();
    ++depth_;
    work();
    --depth_;
    const double cpu_ms = threadMs() - cpu;
    const double wall_ms = millisecondsSince(wall);
    if (cpu_ms > longest_.cpu_ms) {
      longest_.cpu_ms = cpu_ms;
      longest_.what = what;
    }
    longest_.wall_ms = std::max(longest_.wall_ms, wall_ms);
  }

  /// The longest of each since the last call.
  [[nodiscard]] EventBlock take() { return std::exchange(longest_, {}); }

 private:
  int depth_ = 0;
  EventBlock longest_;
};

}  // namespace retort::gui
