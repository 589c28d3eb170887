#pragma once

#include <QApplication>

namespace retort::gui {

/// An application that an exception in a slot does not end: it becomes a message.
class Application final : public QApplication {
  Q_OBJECT

 public:
  Application(int& argc, char** argv);

  bool notify(QObject* receiver, QEvent* event) override;

 Q_SIGNALS:
  /// `sentence` says what was thrown; what was done at that moment has no effect.
  void exceptionCaught(const QString& sentence);
};

}  // namespace retort::gui
