#include "gui/models/app_context.h"

#include "core/agent/agent_client.h"
#include "gui/models/request_sender.h"
#include "gui/models/run_colors.h"

#include <utility>

namespace retort::gui {

AppContext::AppContext(std::filesystem::path workspace, QObject* parent)
    : QObject(parent),
      workspace_(std::move(workspace)),
      watch_(workspace_),
      runs_(shareRuns({})),
      sender_(std::make_unique<RequestSender>()) {
  connect(&watch_, &WorkspaceWatch::runsRead, this, &AppContext::takeRuns);
  connect(&watch_, &WorkspaceWatch::readFailed, this, &AppContext::readFailed);
}

AppContext::~AppContext() = default;

void AppContext::start() {
  watch_.start();
}

const RunRecord* AppContext::findRun(const std::string& run_id) const {
  return runs_->find(run_id);
}

void AppContext::selectRuns(std::vector<std::string> run_ids) {
  if (run_ids != selected_) {
    selected_ = std::move(run_ids);
    Q_EMIT selectionChanged();
  }
}

void AppContext::request(const std::string& kind,
                         const Json& arguments,
                         std::function<void(bool)> done) {
  const auto work = [workspace = workspace_, kind, arguments](const auto& keep_waiting) -> Status {
    auto store = storage::WorkspaceStore::open(workspace, storage::Access::kReadWrite);
    if (!store) {
      return failWith(store.error());
    }
    ClientOptions options;
    options.keep_waiting = keep_waiting;
    return sendRequest(*store, kind, arguments, options);
  };
  send(work, std::move(done));
}

void AppContext::submit(std::shared_ptr<const Submission> submission,
                        std::function<void(bool)> done) {
  const auto work = [workspace = workspace_,
                     submission = std::move(submission)](const auto& keep_waiting) -> Status {
    auto store = storage::WorkspaceStore::open(workspace, storage::Access::kCreate);
    if (!store) {
      return failWith(store.error());
    }
    ClientOptions options;
    options.keep_waiting = keep_waiting;
    return retort::submit(*store, *submission, options);
  };
  send(work, std::move(done));
}

void AppContext::showError(const QString& sentence) {
  Q_EMIT messageRaised(sentence, true);
}

void AppContext::showMessage(const QString& sentence) {
  Q_EMIT messageRaised(sentence, false);
}

void AppContext::takeRuns(const SharedRuns& runs) {
  runs_ = runs;
  numberRuns(runs_->runs());
  Q_EMIT runsRead();
  Q_EMIT dataChanged();
}

void AppContext::send(std::function<Status(const std::function<bool()>&)> work,
                      std::function<void(bool)> done) {
  sender_->send(std::move(work), [this, done = std::move(done)](const Status& status) {
    if (!status && status.error().code != ErrorCode::kCanceled) {
      showError(QString::fromStdString(status.error().message));
    }
    if (done) {
      done(status.has_value());
    }
  });
}

}  // namespace retort::gui
