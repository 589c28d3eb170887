#include "gui/pages/watch_pick_button.h"

#include "core/base/text.h"

#include <QMenu>

#include <algorithm>

namespace retort::gui {
namespace {

constexpr int kMostNamed = 3;

/// Menu texts take "&" for a mnemonic.
QString menuText(const std::string& choice) {
  return QString::fromStdString(choice).replace(QLatin1Char('&'), QStringLiteral("&&"));
}

}  // namespace

WatchPickButton::WatchPickButton(const QString& title, QWidget* parent)
    : QToolButton(parent),
      title_(title) {
  setPopupMode(QToolButton::InstantPopup);
  setToolButtonStyle(Qt::ToolButtonTextOnly);
  setFocusPolicy(Qt::StrongFocus);
  setMenu(new QMenu(this));
  showPicked();
  setVisible(false);
}

void WatchPickButton::setChoices(const std::vector<std::string>& choices) {
  setVisible(choices.size() > 1);
  if (choices == choices_) {
    return;
  }
  choices_ = choices;
  fillMenu();
  showPicked();
}

std::vector<std::string> WatchPickButton::picked() const {
  std::vector<std::string> present;
  for (const std::string& choice : choices_) {
    if (std::find(picked_.begin(), picked_.end(), choice) != picked_.end()) {
      present.push_back(choice);
    }
  }
  return present;
}

void WatchPickButton::setPicked(const std::vector<std::string>& picked) {
  picked_ = picked;
  fillMenu();
  showPicked();
}

void WatchPickButton::fillMenu() {
  menu()->clear();
  QAction* all = menu()->addAction(tr("&All"));
  connect(all, &QAction::triggered, this, [this] {
    setPicked({});
    Q_EMIT pickedChanged();
  });
  menu()->addSeparator();
  for (const std::string& choice : choices_) {
    QAction* action = menu()->addAction(menuText(choice));
    action->setCheckable(true);
    action->setChecked(std::find(picked_.begin(), picked_.end(), choice) != picked_.end());
    connect(action, &QAction::toggled, this, [this, choice](bool is_picked) {
      std::erase(picked_, choice);
      if (is_picked) {
        picked_.push_back(choice);
      }
      showPicked();
      Q_EMIT pickedChanged();
    });
  }
}

void WatchPickButton::showPicked() {
  std::vector<std::string> named = picked();
  QString what = tr("all");
  if (!named.empty()) {
    const auto count = static_cast<int>(named.size());
    named.resize(static_cast<std::size_t>(std::min(count, kMostNamed)));
    what = QString::fromStdString(joinStrings(named, ", "));
    what += count > kMostNamed ? QStringLiteral(" …") : QString();
  }
  const QString text = tr("%1: %2").arg(title_, what);
  setText(QString(text).replace(QLatin1Char('&'), QStringLiteral("&&")));
  setAccessibleName(text);
}

}  // namespace retort::gui
