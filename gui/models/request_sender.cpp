#include "gui/models/request_sender.h"

#include <utility>

namespace retort::gui {

RequestSender::RequestSender(QObject* parent)
    : QObject(parent),
      worker_(std::make_unique<QObject>()) {
  thread_.setObjectName(QStringLiteral("RequestSender"));
  worker_->moveToThread(&thread_);
  thread_.start();
}

RequestSender::~RequestSender() {
  is_closing_ = true;
  thread_.quit();
  thread_.wait();
}

void RequestSender::send(std::function<Status(const std::function<bool()>& keep_waiting)> work,
                         std::function<void(const Status&)> done) {
  QMetaObject::invokeMethod(
      worker_.get(),
      [this, work = std::move(work), done = std::move(done)] {
        const Status status = work([this] { return !is_closing_; });
        QMetaObject::invokeMethod(
            this, [status, done] { done(status); }, Qt::QueuedConnection);
      },
      Qt::QueuedConnection);
}

}  // namespace retort::gui
