#pragma once

#include "core/run/submission.h"
#include "core/settings/catalogue.h"
#include "gui/models/workspace_watch.h"

#include <QObject>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace retort::gui {

class RequestSender;

/// What all pages of one window share: the workspace, its runs as last read, which of them are
/// selected, requests to the agent, and where messages go.
class AppContext final : public QObject {
  Q_OBJECT

 public:
  explicit AppContext(std::filesystem::path workspace, QObject* parent = nullptr);
  ~AppContext() override;

  [[nodiscard]] const std::filesystem::path& workspace() const { return workspace_; }

  /// Looks at the workspace now and every 250 ms; `runsRead` tells when it was there.
  void start();

  /// The runs as last read, without their specs, in the order of the workspace.
  [[nodiscard]] const std::vector<RunRecord>& runs() const { return runs_->runs(); }

  /// The same, for who keeps them.
  [[nodiscard]] const SharedRuns& sharedRuns() const { return runs_; }

  /// Null when there is no such run.
  [[nodiscard]] const RunRecord* findRun(const std::string& run_id) const;

  /// The runs that every view shows, in the order of selection.
  [[nodiscard]] const std::vector<std::string>& selectedRuns() const { return selected_; }

  void selectRuns(std::vector<std::string> run_ids);

  /// Asks the agent for something (kinds: core/run/run_record.h), away from this thread. A refusal
  /// becomes a message. `done` is called here afterwards; true: carried out.
  void request(const std::string& kind, const Json& arguments, std::function<void(bool)> done = {});
  /// Makes the workspace when there is none, and has the agent queue and start the runs.
  void submit(std::shared_ptr<const Submission> submission, std::function<void(bool)> done = {});

  /// Shows a bar with one sentence; `showError` in the colours of an error.
  void showError(const QString& sentence);
  void showMessage(const QString& sentence);

 Q_SIGNALS:
  void runsRead();  ///< `runs()` is new
  /// Something was committed to the workspace: points, events, states. At most every 250 ms.
  void dataChanged();
  void readFailed(const QString& reason);
  void selectionChanged();
  void messageRaised(const QString& sentence, bool is_error);
  /// A page asks the window to show another: "design", "runs", "watch", "compare".
  void pageRequested(const QString& page);

 private:
  void takeRuns(const SharedRuns& runs);
  void send(std::function<Status(const std::function<bool()>& keep_waiting)> work,
            std::function<void(bool)> done);

  std::filesystem::path workspace_;
  WorkspaceWatch watch_;
  SharedRuns runs_;  ///< never null
  std::vector<std::string> selected_;
  std::unique_ptr<RequestSender> sender_;
};

}  // namespace retort::gui
