#pragma once

#include "core/settings/catalogue.h"
#include "gui/models/series_legend.h"
#include "gui/pages/watch_curves.h"

#include <QJsonObject>
#include <QTimer>
#include <QWidget>

#include <set>
#include <string>
#include <vector>

class QListView;
class QSplitter;

namespace retort::gui {

class CurvePlot;
struct CurvePlotSetup;

/// How curves are shown, the same in all panels.
struct WatchDisplay {
  double half_life = 0;  ///< of the smoothing, in steps; 0: none
  bool is_log = false;
  bool is_following = true;
  XQuantity x = XQuantity::kStep;

  bool operator==(const WatchDisplay&) const = default;
};

/// Some plots of the watched runs and the legend beside them. Overriders make the plots.
class WatchPanel : public QWidget {
  Q_OBJECT

 public:
  explicit WatchPanel(QWidget* parent);

  /// The metrics it shows, of those that the runs have.
  [[nodiscard]] virtual std::set<std::string> wantedMetrics(
      const std::vector<std::string>& available) const = 0;

  void setRuns(std::vector<WatchedRun> runs, const std::vector<std::string>& available);
  void setDisplay(const WatchDisplay& display);
  void setCatalogue(const Catalogue& catalogue);

  /// The curves have new points: takes them in, piece by piece where there are many, and draws
  /// them when all are in.
  void grow();

  /// All in sight again, in every plot.
  virtual void resetView();

  /// What the user has chosen in this panel alone.
  [[nodiscard]] virtual QJsonObject state() const { return {}; }

  /// Takes what `state` gave; what does not fit is ignored.
  virtual void setState(const QJsonObject& /*state*/) {}

 Q_SIGNALS:
  void wantedChanged();  ///< `wantedMetrics` are others now
  void followingChanged(bool is_following);

 protected:
  /// Makes the curves anew, still without samples: other runs, curves or ways of showing them.
  virtual void rebuild() = 0;
  /// Takes samples in as far as there is room; true when all are in.
  virtual bool takeSamples(WorkRoom& room) = 0;
  /// Draws what was taken in; `is_other`: of curves that were made anew since the last time.
  virtual void showSamples(bool is_other) = 0;

  /// `rebuild`, and all that follows. What was drawn before stays until the new curves are there.
  void remake();

  /// Adds a widget with plots to the left of the legend.
  void setPlots(QWidget* plots);
  /// Shows what the curves are called, and lets the legend hide them.
  /// `can_be_log`: false for quantities that are logarithms already, as decibels.
  void addPlot(CurvePlot* plot, bool can_be_log = true);
  void fillLegend();

  [[nodiscard]] const std::vector<WatchedRun>& runs() const { return runs_; }

  [[nodiscard]] const std::vector<std::string>& available() const { return available_; }

  [[nodiscard]] const WatchDisplay& display() const { return display_; }

  /// "loss (nat)": the metric with its unit, if the catalogue knows one.
  [[nodiscard]] QString labelOf(const std::string& metric, const QString& name = {}) const;
  [[nodiscard]] static CurvePlotSetup curveSetup(const QString& y_label, XQuantity x);
  /// What the catalogue says about a metric, for tool tips; empty when it is not known.
  [[nodiscard]] QString documentationOf(const std::string& metric) const;
  [[nodiscard]] const MetricSpec* specOf(const std::string& metric) const;

  /// How a metric's curves become one; the mean of a metric that the catalogue does not know.
  [[nodiscard]] Combination combinationOf(const std::string& metric) const;

  void changeEvent(QEvent* event) override;

 private:
  void continueGrowing();

  std::vector<WatchedRun> runs_;
  std::vector<std::string> available_;
  WatchDisplay display_;
  Catalogue catalogue_;
  std::vector<CurvePlot*> plots_;
  std::set<CurvePlot*> linear_plots_;
  QSplitter* splitter_;
  QListView* legend_view_;
  SeriesLegend legend_;
  QTimer growth_timer_;
  bool is_remade_ = false;
  bool is_behind_ = false;  ///< points came while others were being taken in
};

}  // namespace retort::gui
