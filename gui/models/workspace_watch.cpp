#include "gui/models/workspace_watch.h"

#include <utility>

namespace retort::gui {
namespace {

constexpr int kPollMs = 250;

}  // namespace

WorkspaceWatch::WorkspaceWatch(std::filesystem::path workspace, QObject* parent)
    : QObject(parent),
      workspace_(std::move(workspace)) {
  timer_.setInterval(kPollMs);
  connect(&timer_, &QTimer::timeout, this, &WorkspaceWatch::poll);
}

void WorkspaceWatch::start() {
  poll();
  timer_.start();
}

void WorkspaceWatch::poll() {
  auto runs = readChanges();
  if (!runs) {
    store_.reset();
    const QString reason = QString::fromStdString(runs.error().message);
    if (std::exchange(last_failure_, reason) != reason) {
      Q_EMIT readFailed(reason);
    }
    return;
  }
  last_failure_.clear();
  if (runs->has_value()) {
    Q_EMIT runsRead(**runs);
  }
}

/// Nothing when nothing has been committed since the last look.
Result<std::optional<std::vector<RunRecord>>> WorkspaceWatch::readChanges() {
  if (store_ && store_->isReplaced()) {
    store_.reset();
  }
  if (!store_) {
    auto store = storage::WorkspaceStore::open(workspace_, storage::Access::kReadOnly);
    if (!store) {
      return failWith(store.error());
    }
    store_.emplace(std::move(*store));
    seen_version_ = -1;
  }
  const auto version = store_->dataVersion();
  if (!version) {
    return failWith(version.error());
  }
  if (std::exchange(seen_version_, *version) == *version) {
    return std::nullopt;
  }
  storage::RunFilter all;
  all.with_spec = false;
  auto runs = store_->runs().list(all);
  if (!runs) {
    return failWith(runs.error());
  }
  return std::move(*runs);
}

}  // namespace retort::gui
