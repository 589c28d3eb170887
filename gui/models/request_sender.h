#pragma once

#include "core/base/result.h"

#include <QObject>
#include <QThread>

#include <atomic>
#include <functional>
#include <memory>

namespace retort::gui {

/// Carries out what may wait for another process (requests to the agent), one after another, away
/// from the GUI thread.
class RequestSender final : public QObject {
  Q_OBJECT

 public:
  explicit RequestSender(QObject* parent = nullptr);
  /// Tells the work under way to give up, and waits for it.
  ~RequestSender() override;
  RequestSender(const RequestSender&) = delete;
  RequestSender& operator=(const RequestSender&) = delete;

  /// Calls `work` in the other thread, then `done` in this one. `work` looks at `keep_waiting`
  /// between two waits.
  void send(std::function<Status(const std::function<bool()>& keep_waiting)> work,
            std::function<void(const Status&)> done);

 private:
  QThread thread_;
  std::unique_ptr<QObject> worker_;  ///< lives in thread_
  std::atomic<bool> is_closing_ = false;
};

}  // namespace retort::gui
