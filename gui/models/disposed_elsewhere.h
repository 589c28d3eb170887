#pragma once

#include <QThreadPool>

#include <memory>

namespace retort::gui {

/// Shares a large value whose memory takes longer to give back than a frame lasts: whoever lets go
/// of it last does not wait for that.
template <class T>
[[nodiscard]] std::shared_ptr<const T> disposedElsewhere(std::unique_ptr<const T> value) {
  return {value.release(), [](const T* old) {
            QThreadPool::globalInstance()->start([old] { delete old; });
          }};
}

}  // namespace retort::gui
