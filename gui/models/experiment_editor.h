#pragma once

#include "core/base/result.h"
#include "core/settings/catalogue.h"
#include "experiments/experiment_draft.h"
#include "experiments/input_hashes.h"
#include "experiments/yaml_edit.h"
#include "gui/models/background_task.h"
#include "gui/models/text_file.h"

#include <QObject>
#include <QTimer>

#include <filesystem>
#include <functional>
#include <memory>

class QTextDocument;

namespace retort::gui {

/// An experiment that is being written: its text in a document (which keeps undo and redo of
/// everything), what the text means, and its file.
///
/// Text and meaning follow each other: a change of the text is read shortly afterwards, away from
/// the GUI thread; a change of the meaning (`edit`) changes the text where it stands.
class ExperimentEditor final : public QObject {
  Q_OBJECT

 public:
  using Draft = std::shared_ptr<const experiments::ExperimentDraft>;
  using Plan = std::shared_ptr<const experiments::DraftPlan>;
  using SharedCatalogue = std::shared_ptr<const Catalogue>;

  /// `document` must live longer.
  ExperimentEditor(QTextDocument& document,
                   std::filesystem::path workspace,
                   QObject* parent = nullptr);

  /// Shows a file; on failure everything stays as it was.
  Status open(const std::filesystem::path& path);
  /// Begins anew without a file; until there is one, relative paths are looked up from `folder`.
  void begin(const QString& text, const std::filesystem::path& folder = {});
  Status save();
  /// Relative paths that would be lost in another folder become absolute first.
  Status saveAs(const std::filesystem::path& path);

  [[nodiscard]] const TextFile& file() const { return file_; }

  [[nodiscard]] bool isModified() const;

  /// Changes single values of the text, as one step of undo. The error of `change` is returned, and
  /// nothing has changed then.
  Status edit(const std::function<Status(experiments::YamlEditor&)>& change);

  /// What the text meant when it was read last; never null.
  [[nodiscard]] const Draft& draft() const { return draft_; }

  /// Its runs; null until they are known.
  [[nodiscard]] const Plan& plan() const { return plan_; }

  /// Of the draft's trainer; null until it has answered.
  [[nodiscard]] const SharedCatalogue& catalogue() const { return catalogue_; }

  /// Why there is no catalogue; empty while it is asked for.
  [[nodiscard]] const QString& catalogueProblem() const { return catalogue_problem_; }

  /// True when the draft belongs to the text as it is now.
  [[nodiscard]] bool isDraftCurrent() const { return !is_behind_; }

  /// True when draft and plan belong to the text as it is now.
  [[nodiscard]] bool isSettled() const { return !is_behind_ && plan_ != nullptr; }

  /// Asks the trainer again that had no answer.
  void askAgain();

  /// Reads the text now instead of after a pause in typing.
  void readNow();

 Q_SIGNALS:
  void draftRead();
  void planMade();
  void catalogueRead();
  /// The text is another than what draft and plan belong to.
  void fellBehind();
  void fileChanged();

 private:
  void takeDraft(const Draft& draft);
  void askCatalogue();
  void makePlan();
  void show(const QString& text);
  [[nodiscard]] std::filesystem::path place() const;
  void keepPathsFor(const std::filesystem::path& path);

  QTextDocument& document_;
  std::filesystem::path workspace_;
  TextFile file_;
  std::filesystem::path folder_;  ///< of relative paths while there is no file
  Draft draft_;
  Plan plan_;
  SharedCatalogue catalogue_;
  std::string catalogue_trainer_;
  QString catalogue_problem_;
  std::shared_ptr<experiments::InputHashes> hashes_;  ///< only the planner's thread uses them
  bool is_behind_ = false;
  int seen_revision_ = -1;
  QTimer pause_;
  BackgroundTask reader_;
  BackgroundTask planner_;
  BackgroundTask asker_;
};

}  // namespace retort::gui
