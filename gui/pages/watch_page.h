#pragma once

#include "gui/models/background_query.h"
#include "gui/models/curve_source.h"
#include "gui/pages/watch_panel.h"

#include <QJsonObject>
#include <QWidget>

#include <string>
#include <vector>

class QBoxLayout;
class QCheckBox;
class QComboBox;
class QLabel;
class QSlider;
class QStackedWidget;
class QTabBar;

namespace retort::gui {

class AppContext;
class EmptyState;

/// The curves of the selected runs while they grow: a panel for losses, gradients, attention,
/// signal propagation and speed, and one for any other metric.
class WatchPage final : public QWidget {
  Q_OBJECT

 public:
  WatchPage(AppContext& context, QWidget* parent);
  ~WatchPage() override;

  /// 0 to `panelCount()` - 1, in the order of the tabs.
  void showPanel(int index);

  [[nodiscard]] int panelCount() const { return static_cast<int>(panels_.size()); }

  /// The panel in sight, and how curves are shown.
  [[nodiscard]] QJsonObject state() const;
  /// Takes what `state` gave; what does not fit is ignored.
  void setState(const QJsonObject& state);

 protected:
  /// What was committed while the page was hidden is read now.
  void showEvent(QShowEvent* event) override;

 private:
  void buildPanels();
  void addPanel(const QString& title, WatchPanel* panel);
  void buildBar(QBoxLayout& layout);
  void buildDisplay(QBoxLayout& layout);
  void connectSource();
  void followSelection();
  void followMetrics();
  void showSeries();
  void showEmptyState();
  void takeDisplay();
  [[nodiscard]] XQuantity xQuantity() const;
  void askCatalogue();
  [[nodiscard]] WatchPanel* panel() const;
  [[nodiscard]] std::vector<WatchedRun> watchedRuns() const;

  AppContext& context_;
  CurveSource source_;
  BackgroundQuery catalogue_query_;
  std::string catalogue_trainer_;  ///< whose catalogue is shown or asked for
  std::vector<std::string> run_ids_;
  std::vector<WatchPanel*> panels_;
  QTabBar* tabs_;
  QStackedWidget* stack_;
  EmptyState* empty_;
  QLabel* note_;
  QComboBox* x_axis_;
  QSlider* smoothing_;
  QLabel* smoothing_label_;
  QCheckBox* log_;
  QCheckBox* follow_;
};

}  // namespace retort::gui
