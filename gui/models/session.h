#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QList>
#include <QRect>
#include <QSettings>
#include <QString>
#include <QStringList>

#include <memory>

namespace retort::gui {

/// What a window remembers from one start to the next. Of the whole program: its place on the
/// screen, the recent files, the theme; of each workspace: the page, the state of the list of runs
/// and of the curves, the selection, the open file.
struct SessionState {
  QByteArray geometry;
  QString page;
  QJsonObject runs;
  QJsonObject watch;
  QStringList selected_runs;
  QString open_file;
};

/// The settings file. Everything in it is checked when it is read: it may be of another version, or
/// damaged.
class Session {
 public:
  /// `file` is made when it does not exist. A damaged one is renamed to FILE.broken and replaced by
  /// the defaults; `problem` then says so in one sentence.
  explicit Session(const QString& file);

  /// $XDG_CONFIG_HOME/retort/retort-gui.ini.
  [[nodiscard]] static QString defaultFile();

  [[nodiscard]] const QString& problem() const { return problem_; }

  /// `workspace`: an absolute path.
  [[nodiscard]] SessionState load(const QString& workspace) const;
  void save(const QString& workspace, const SessionState& state);

  /// Absolute paths, the last one first, without those that went.
  [[nodiscard]] QStringList recentFiles() const;
  void addRecentFile(const QString& file);

  /// "light", "dark" or "system".
  [[nodiscard]] QString theme() const;
  void setTheme(const QString& theme);

 private:
  QString problem_;
  std::unique_ptr<QSettings> settings_;
};

/// `window` moved and shrunk so that it can be seen and gripped on one of the screens (their usable
/// areas). Unchanged when it can; centred on the first screen when it is on none.
[[nodiscard]] QRect fitToScreens(const QRect& window, const QList<QRect>& screens);

}  // namespace retort::gui
