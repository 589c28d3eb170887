#pragma once

#include <QWidget>

namespace retort::gui {

class AppContext;

/// The comparison of an experiment: its table, and figures of the same groups of runs.
class ComparePage final : public QWidget {
  Q_OBJECT

 public:
  ComparePage(AppContext& context, QWidget* parent);

 private:
  AppContext& context_;
};

}  // namespace retort::gui
