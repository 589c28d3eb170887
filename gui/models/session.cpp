#include "gui/models/session.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QStandardPaths>
#include <QStringDecoder>

#include <algorithm>

namespace retort::gui {
namespace {

constexpr qint64 kMostBytes = 4 << 20;
constexpr int kMostRecent = 12;
constexpr int kMostSelected = 1000;
constexpr int kGrip = 80;      // of a title bar that must stay visible
constexpr int kTitleBar = 32;  // what window managers draw above a window
constexpr int kLeastWidth = 320;
constexpr int kLeastHeight = 240;

QString groupOf(const QString& workspace) {
  // Paths hold slashes, which separate groups in the file.
  const QByteArray hash =
      QCryptographicHash::hash(workspace.toUtf8(), QCryptographicHash::Sha256).toHex().left(16);
  return QStringLiteral("workspace-%1/").arg(QString::fromLatin1(hash));
}

/// A text file in UTF-8 without control characters, as QSettings writes it.
bool isSound(const QString& file) {
  QFile opened(file);
  if (!opened.exists()) {
    return true;
  }
  if (!QFileInfo(file).isFile() || opened.size() > kMostBytes ||
      !opened.open(QIODevice::ReadOnly)) {
    return false;
  }
  const QByteArray bytes = opened.readAll();
  const bool is_text = std::all_of(bytes.begin(), bytes.end(), [](char byte) {
    const auto code = static_cast<unsigned char>(byte);
    return code >= 0x20 || byte == '\n' || byte == '\r' || byte == '\t';
  });
  QStringDecoder decoder(QStringDecoder::Utf8);
  const QString text = decoder(bytes);
  if (!is_text || decoder.hasError()) {
    return false;
  }
  return QSettings(file, QSettings::IniFormat).status() == QSettings::NoError;
}

}  // namespace

Session::Session(const QString& file) {
  if (!isSound(file)) {
    const QString backup = file + QStringLiteral(".broken");
    QFile::remove(backup);
    const bool is_moved = QFile::rename(file, backup);
    problem_ = is_moved
                   ? QStringLiteral(
                         "The settings file %1 was damaged: it is now %2, and the "
                         "defaults are used.")
                         .arg(file, backup)
                   : QStringLiteral("The settings file %1 cannot be read: the defaults are used.")
                         .arg(file);
  }
  settings_ = std::make_unique<QSettings>(file, QSettings::IniFormat);
}

QString Session::defaultFile() {
  return QDir(QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation))
      .filePath(QStringLiteral("retort/retort-gui.ini"));
}

SessionState Session::load(const QString& workspace) const {
  const QString group = groupOf(workspace);
  SessionState state;
  state.geometry = settings_->value(QStringLiteral("window/geometry")).toByteArray();
  state.page = settings_->value(group + QStringLiteral("page")).toString();
  state.open_file = settings_->value(group + QStringLiteral("file")).toString();
  state.selected_runs =
      settings_->value(group + QStringLiteral("selected")).toStringList().mid(0, kMostSelected);
  const auto object = [&](const QString& name) {
    return QJsonDocument::fromJson(settings_->value(group + name).toString().toUtf8()).object();
  };
  state.runs = object(QStringLiteral("runs"));
  state.watch = object(QStringLiteral("watch"));
  return state;
}

void Session::save(const QString& workspace, const SessionState& state) {
  const QString group = groupOf(workspace);
  settings_->setValue(QStringLiteral("window/geometry"), state.geometry);
  settings_->setValue(group + QStringLiteral("path"), workspace);
  settings_->setValue(group + QStringLiteral("page"), state.page);
  settings_->setValue(group + QStringLiteral("file"), state.open_file);
  settings_->setValue(group + QStringLiteral("selected"),
                      state.selected_runs.mid(0, kMostSelected));
  const auto put = [&](const QString& name, const QJsonObject& object) {
    settings_->setValue(group + name,
                        QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact)));
  };
  put(QStringLiteral("runs"), state.runs);
  put(QStringLiteral("watch"), state.watch);
  settings_->sync();
}

QStringList Session::recentFiles() const {
  QStringList files = settings_->value(QStringLiteral("recent")).toStringList();
  files.removeIf([](const QString& file) { return !QFileInfo(file).isFile(); });
  return files.mid(0, kMostRecent);
}

void Session::addRecentFile(const QString& file) {
  const QString path = QFileInfo(file).absoluteFilePath();
  QStringList files = recentFiles();
  files.removeAll(path);
  files.prepend(path);
  settings_->setValue(QStringLiteral("recent"), files.mid(0, kMostRecent));
}

QString Session::theme() const {
  const QString theme = settings_->value(QStringLiteral("theme")).toString();
  return theme == QLatin1String("light") || theme == QLatin1String("dark")
             ? theme
             : QStringLiteral("system");
}

void Session::setTheme(const QString& theme) {
  settings_->setValue(QStringLiteral("theme"), theme);
}

QRect fitToScreens(const QRect& window, const QList<QRect>& screens) {
  if (screens.isEmpty()) {
    return window;
  }
  // The top edge must be reachable, or the window cannot be moved.
  const QRect title(window.left(), window.top(), window.width(), kGrip);
  QRect best = screens.first();
  bool is_visible = false;
  for (const QRect& screen : screens) {
    const QRect seen = title & screen;
    if (seen.width() >= std::min(kGrip, window.width()) && seen.height() >= kGrip / 2) {
      best = screen;
      is_visible = true;
      break;
    }
  }
  best.adjust(0, kTitleBar, 0, 0);
  const QSize size(
      std::clamp(window.width(), std::min(kLeastWidth, best.width()), best.width()),
      std::clamp(window.height(), std::min(kLeastHeight, best.height()), best.height()));
  QRect fitted(window.topLeft(), size);
  if (!is_visible) {
    fitted.moveCenter(best.center());
  }
  fitted.moveTop(std::max(fitted.top(), best.top()));
  return fitted;
}

}  // namespace retort::gui
