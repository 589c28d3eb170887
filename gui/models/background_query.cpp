#include "gui/models/background_query.h"

#include <utility>

namespace retort::gui {

BackgroundQuery::BackgroundQuery(std::filesystem::path workspace, QObject* parent)
    : QObject(parent),
      workspace_(std::move(workspace)),
      worker_(std::make_unique<QObject>()) {
  thread_.setObjectName(QStringLiteral("BackgroundQuery"));
  worker_->moveToThread(&thread_);
  thread_.start();
}

BackgroundQuery::~BackgroundQuery() {
  cancel();
  // The connection belongs to the thread that opened it.
  QMetaObject::invokeMethod(
      worker_.get(), [this] { store_.reset(); }, Qt::BlockingQueuedConnection);
  thread_.quit();
  thread_.wait();
}

void BackgroundQuery::post(std::int64_t generation, std::function<void()> task) {
  ++pending_;
  QMetaObject::invokeMethod(
      worker_.get(),
      [this, generation, task = std::move(task)] {
        if (generation == generation_) {
          task();
        } else {
          deliver(generation, [] {});
        }
      },
      Qt::QueuedConnection);
}

void BackgroundQuery::deliver(std::int64_t generation, std::function<void()> done) {
  QMetaObject::invokeMethod(
      this,
      [this, generation, done = std::move(done)] {
        --pending_;
        if (generation == generation_) {
          done();
        }
      },
      Qt::QueuedConnection);
}

storage::WorkspaceStore* BackgroundQuery::openStore() {
  if (store_ && store_->isReplaced()) {
    store_.reset();
  }
  if (!store_) {
    auto store = storage::WorkspaceStore::open(workspace_, storage::Access::kReadOnly);
    if (!store) {
      open_error_ = store.error();
      return nullptr;
    }
    store_.emplace(std::move(*store));
  }
  return &*store_;
}

}  // namespace retort::gui
