#include "gui/models/background_task.h"

#include <utility>

namespace retort::gui {

BackgroundTask::BackgroundTask(QObject* parent)
    : QObject(parent),
      worker_(std::make_unique<QObject>()) {
  thread_.setObjectName(QStringLiteral("BackgroundTask"));
  worker_->moveToThread(&thread_);
  thread_.start();
}

BackgroundTask::~BackgroundTask() {
  cancel();
  thread_.quit();
  thread_.wait();
}

void BackgroundTask::post(std::function<void()> task) {
  QMetaObject::invokeMethod(worker_.get(), std::move(task), Qt::QueuedConnection);
}

void BackgroundTask::deliver(std::int64_t generation, std::function<void()> done) {
  QMetaObject::invokeMethod(
      this,
      [this, generation, done = std::move(done)] {
        if (generation == generation_) {
          done();
        }
      },
      Qt::QueuedConnection);
}

}  // namespace retort::gui
