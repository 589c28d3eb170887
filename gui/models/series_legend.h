#pragma once

#include <QAbstractListModel>
#include <QColor>

#include <string>
#include <vector>

namespace retort::gui {

struct LegendEntry {
  std::string id;
  QString name;
  QColor color;
  Qt::PenStyle pen = Qt::SolidLine;

  bool operator==(const LegendEntry&) const = default;
};

/// The curves of some plots, each with a box that shows or hides it. Hidden ids stay hidden while
/// entries come and go.
class SeriesLegend final : public QAbstractListModel {
  Q_OBJECT

 public:
  static constexpr int kPenRole = Qt::UserRole;

  using QAbstractListModel::QAbstractListModel;

  void setEntries(std::vector<LegendEntry> entries);

  [[nodiscard]] bool isShown(const std::string& id) const;
  void setShown(const std::string& id, bool is_shown);
  void showAll();
  /// Hides all others; shows all again when it is the only one shown.
  void showOnly(int row);

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;
  [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;

 Q_SIGNALS:
  void shownChanged(const std::string& id, bool is_shown);

 private:
  std::vector<LegendEntry> entries_;
  std::vector<std::string> hidden_;  ///< sorted
};

}  // namespace retort::gui
