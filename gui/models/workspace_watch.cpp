#include "gui/models/workspace_watch.h"

#include <utility>

namespace retort::gui {
namespace {

constexpr int kPollMs = 250;

}  // namespace

WorkspaceWatch::WorkspaceWatch(std::filesystem::path workspace, QObject* parent)
    : QObject(parent),
      reader_{std::move(workspace)},
      worker_(std::make_unique<QObject>()) {
  thread_.setObjectName(QStringLiteral("WorkspaceWatch"));
  worker_->moveToThread(&thread_);
  thread_.start();
  timer_.setInterval(kPollMs);
  connect(&timer_, &QTimer::timeout, this, &WorkspaceWatch::lookElsewhere);
}

WorkspaceWatch::~WorkspaceWatch() {
  // The connection belongs to the thread that opened it.
  QMetaObject::invokeMethod(
      worker_.get(), [this] { reader_.store.reset(); }, Qt::BlockingQueuedConnection);
  thread_.quit();
  thread_.wait();
}

void WorkspaceWatch::start() {
  lookElsewhere();
  timer_.start();
}

void WorkspaceWatch::lookElsewhere() {
  if (std::exchange(is_looking_, true)) {
    return;
  }
  QMetaObject::invokeMethod(
      worker_.get(),
      [this] {
        auto look = std::make_shared<const Look>(reader_.look());
        QMetaObject::invokeMethod(
            this,
            [this, look] {
              is_looking_ = false;
              take(*look);
            },
            Qt::QueuedConnection);
      },
      Qt::QueuedConnection);
}

void WorkspaceWatch::take(const Look& look) {
  if (!look) {
    const QString reason = QString::fromStdString(look.error().message);
    if (std::exchange(last_failure_, reason) != reason) {
      Q_EMIT readFailed(reason);
    }
    return;
  }
  last_failure_.clear();
  if (*look != nullptr) {
    Q_EMIT runsRead(*look);
  }
}

WorkspaceWatch::Look WorkspaceWatch::Reader::look() {
  Look runs = readChanges();
  if (!runs) {
    store.reset();
  }
  return runs;
}

WorkspaceWatch::Look WorkspaceWatch::Reader::readChanges() {
  if (store && store->isReplaced()) {
    store.reset();
  }
  if (!store) {
    auto opened = storage::WorkspaceStore::open(workspace, storage::Access::kReadOnly);
    if (!opened) {
      return failWith(opened.error());
    }
    store.emplace(std::move(*opened));
    seen_version = -1;
  }
  const auto version = store->dataVersion();
  if (!version) {
    return failWith(version.error());
  }
  if (std::exchange(seen_version, *version) == *version) {
    return nullptr;
  }
  storage::RunFilter all;
  all.with_spec = false;
  auto runs = store->runs().list(all);
  if (!runs) {
    return failWith(runs.error());
  }
  return shareRuns(std::move(*runs));
}

}  // namespace retort::gui
