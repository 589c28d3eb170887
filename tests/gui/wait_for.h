#pragma once

#include <QTest>

#include <functional>

namespace retort::gui {

/// Lets events happen until `condition` holds; false when it does not within ten seconds.
inline bool waitFor(const std::function<bool()>& condition) {
  constexpr int kLimitMs = 10'000;
  return QTest::qWaitFor(condition, kLimitMs);
}

}  // namespace retort::gui
