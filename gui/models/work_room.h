#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>

namespace retort::gui {

/// How much may be done before the window has to be drawn and to answer again: long work on the
/// GUI's thread is done in pieces of one room each. Counted in looks at a sample.
class WorkRoom {
 public:
  explicit WorkRoom(std::size_t looks) : left_(looks) {}

  /// For work that nobody waits for.
  [[nodiscard]] static WorkRoom unlimited() {
    return WorkRoom(std::numeric_limits<std::size_t>::max());
  }

  [[nodiscard]] bool isEmpty() const { return left_ == 0; }

  void use(std::size_t looks) { left_ -= std::min(left_, looks); }

 private:
  std::size_t left_;
};

}  // namespace retort::gui
