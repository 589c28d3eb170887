#pragma once

#include <QWidget>

namespace retort::gui {

class AppContext;

/// All runs of the workspace: how far they are, what they gave, and what to do with them.
class RunsPage final : public QWidget {
  Q_OBJECT

 public:
  RunsPage(AppContext& context, QWidget* parent);

 private:
  AppContext& context_;
};

}  // namespace retort::gui
