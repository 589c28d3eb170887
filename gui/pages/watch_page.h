#pragma once

#include <QWidget>

namespace retort::gui {

class AppContext;

/// The curves of the selected runs while they grow.
class WatchPage final : public QWidget {
  Q_OBJECT

 public:
  WatchPage(AppContext& context, QWidget* parent);

 private:
  AppContext& context_;
};

}  // namespace retort::gui
