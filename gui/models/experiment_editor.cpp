#include "gui/models/experiment_editor.h"

#include "core/agent/trainer_catalogue.h"
#include "core/run/workspace_layout.h"
#include "experiments/path_edit.h"

#include <QTextCursor>
#include <QTextDocument>

#include <algorithm>
#include <utility>

namespace retort::gui {

namespace {

/// Long enough that a word being typed is not read letter by letter.
constexpr int kPauseMs = 150;

/// Puts `changed` in place of the document's text by replacing what differs, as one step of undo.
void replaceText(QTextDocument& document, const QString& text, const QString& changed) {
  const qsizetype shorter = std::min(text.size(), changed.size());
  qsizetype same_begin = 0;
  while (same_begin < shorter && text[same_begin] == changed[same_begin]) {
    ++same_begin;
  }
  qsizetype same_end = 0;
  while (same_end < shorter - same_begin &&
         text[text.size() - 1 - same_end] == changed[changed.size() - 1 - same_end]) {
    ++same_end;
  }
  QTextCursor cursor(&document);
  cursor.beginEditBlock();
  cursor.setPosition(static_cast<int>(same_begin));
  cursor.setPosition(static_cast<int>(text.size() - same_end), QTextCursor::KeepAnchor);
  cursor.insertText(changed.mid(same_begin, changed.size() - same_end - same_begin));
  cursor.endEditBlock();
}

}  // namespace

ExperimentEditor::ExperimentEditor(QTextDocument& document,
                                   std::filesystem::path workspace,
                                   QObject* parent)
    : QObject(parent),
      document_(document),
      workspace_(std::move(workspace)),
      draft_(std::make_shared<const experiments::ExperimentDraft>(experiments::readDraft("", {}))),
      hashes_(std::make_shared<experiments::InputHashes>()) {
  pause_.setSingleShot(true);
  pause_.setInterval(kPauseMs);
  connect(&pause_, &QTimer::timeout, this, &ExperimentEditor::readNow);
  connect(&document_, &QTextDocument::contentsChanged, this, [this] {
    if (document_.revision() == seen_revision_) {
      return;  // only its looks have changed
    }
    seen_revision_ = document_.revision();
    is_behind_ = true;
    reader_.cancel();
    planner_.cancel();
    pause_.start();
    Q_EMIT fellBehind();
  });
  connect(&document_, &QTextDocument::modificationChanged, this, &ExperimentEditor::fileChanged);
}

Status ExperimentEditor::open(const std::filesystem::path& path) {
  auto file = TextFile::open(path);
  if (!file) {
    return failWith(file.error());
  }
  file_ = std::move(*file);
  show(file_.text());
  return {};
}

void ExperimentEditor::begin(const QString& text, const std::filesystem::path& folder) {
  file_ = TextFile();
  folder_ = folder;
  show(text);
}

void ExperimentEditor::show(const QString& text) {
  document_.setPlainText(text);
  document_.setModified(false);
  plan_.reset();
  Q_EMIT fileChanged();
  readNow();
}

Status ExperimentEditor::save() {
  return saveAs(file_.path());
}

Status ExperimentEditor::saveAs(const std::filesystem::path& path) {
  const bool is_elsewhere = path != file_.path();
  if (is_elsewhere) {
    keepPathsFor(path);
  }
  if (Status saved = file_.saveAs(path, document_.toPlainText()); !saved) {
    return saved;
  }
  document_.setModified(false);
  Q_EMIT fileChanged();
  if (is_elsewhere) {
    readNow();  // paths in the text are relative to the file
  }
  return {};
}

/// The file; before there is one, a nameless one in the folder of relative paths.
std::filesystem::path ExperimentEditor::place() const {
  return file_.path().empty() && !folder_.empty() ? folder_ / "" : file_.path();
}

void ExperimentEditor::keepPathsFor(const std::filesystem::path& path) {
  const auto draft =
      experiments::readDraft(document_.toPlainText().toStdString(), std::filesystem::path());
  if (catalogue_ == nullptr || !draft.diagnostics.empty()) {
    return;
  }
  // A text that cannot be changed this way is saved as it is: its paths are found wrong at once.
  static_cast<void>(edit([&](experiments::YamlEditor& text) {
    return experiments::keepPaths(text,
                                  *draft.document,
                                  *catalogue_,
                                  place().parent_path(),
                                  std::filesystem::absolute(path).parent_path());
  }));
}

bool ExperimentEditor::isModified() const {
  return document_.isModified();
}

Status ExperimentEditor::edit(const std::function<Status(experiments::YamlEditor&)>& change) {
  const QString text = document_.toPlainText();
  experiments::YamlEditor editor(text.toStdString());
  if (Status changed = change(editor); !changed) {
    return changed;
  }
  const QString changed = QString::fromStdString(editor.text());
  if (changed != text) {
    replaceText(document_, text, changed);
    readNow();
  }
  return {};
}

void ExperimentEditor::readNow() {
  pause_.stop();
  is_behind_ = true;
  const auto work = [text = document_.toPlainText().toStdString(), path = place()] {
    return experiments::readDraft(text, path);
  };
  reader_.run<experiments::ExperimentDraft>(work, [this](const Draft& draft) { takeDraft(draft); });
}

void ExperimentEditor::takeDraft(const Draft& draft) {
  draft_ = draft;
  is_behind_ = false;
  plan_.reset();
  Q_EMIT draftRead();
  if (catalogue_trainer_ == draft_->trainer && catalogue_ != nullptr) {
    makePlan();
  } else {
    askCatalogue();
  }
}

void ExperimentEditor::askCatalogue() {
  if (catalogue_trainer_ == draft_->trainer && catalogue_problem_.isEmpty()) {
    return;  // asked already
  }
  catalogue_trainer_ = draft_->trainer;
  catalogue_.reset();
  catalogue_problem_.clear();
  const auto work = [paths = WorkspacePaths{workspace_}, trainer = draft_->trainer] {
    return loadCatalogue(paths, trainer);
  };
  asker_.run<Result<Catalogue>>(
      work, [this](const std::shared_ptr<const Result<Catalogue>>& answer) {
        if (*answer) {
          catalogue_ = SharedCatalogue(answer, &**answer);
        } else {
          catalogue_problem_ = QString::fromStdString(answer->error().message);
        }
        Q_EMIT catalogueRead();
        makePlan();
      });
}

void ExperimentEditor::askAgain() {
  catalogue_trainer_.clear();
  askCatalogue();
}

void ExperimentEditor::makePlan() {
  if (!draft_->diagnostics.empty() || catalogue_ == nullptr) {
    auto plan = std::make_shared<experiments::DraftPlan>();
    plan->diagnostics = draft_->diagnostics;
    plan_ = std::move(plan);
    Q_EMIT planMade();
    return;
  }
  const auto work = [draft = draft_, catalogue = catalogue_, hashes = hashes_] {
    experiments::ExpandOptions options;
    options.hashes = hashes;
    return experiments::planDraft(*draft, *catalogue, options);
  };
  planner_.run<experiments::DraftPlan>(work, [this](const Plan& plan) {
    plan_ = plan;
    Q_EMIT planMade();
  });
}

}  // namespace retort::gui
