#pragma once

#include "core/settings/catalogue.h"
#include "experiments/experiment_draft.h"
#include "experiments/yaml_tree.h"

#include <QAbstractTableModel>

#include <string>
#include <vector>

namespace retort::gui {

/// The axes of an experiment's grid, in the order in which they vary: the last one fastest.
class GridAxesModel final : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum class Column { kAxis, kValues, kCount, kWhen, kTogether };
  static constexpr int kColumnCount = 5;
  static constexpr int kProblemRole = Qt::UserRole;

  struct Row {
    std::string key;
    QString values;
    qsizetype count = 0;
    QString when;  ///< "quant.weight.scheme: int4"; empty: in every cell
    int zip = 0;   ///< number of the group of axes that advance together; 0: none
    QString problem;

    bool operator==(const Row&) const = default;
  };

  using QAbstractTableModel::QAbstractTableModel;

  void setDraft(const experiments::ExperimentDraft& draft);

  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section,
                                    Qt::Orientation orientation,
                                    int role) const override;
  /// Axes of the grid can be dragged to another place among them; those that advance together not.
  [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
  [[nodiscard]] Qt::DropActions supportedDropActions() const override;
  [[nodiscard]] QStringList mimeTypes() const override;
  [[nodiscard]] QMimeData* mimeData(const QModelIndexList& indexes) const override;
  [[nodiscard]] bool canDropMimeData(const QMimeData* data,
                                     Qt::DropAction action,
                                     int row,
                                     int column,
                                     const QModelIndex& parent) const override;
  /// Asks for the move; the rows follow the experiment.
  bool dropMimeData(const QMimeData* data,
                    Qt::DropAction action,
                    int row,
                    int column,
                    const QModelIndex& parent) override;

 Q_SIGNALS:
  /// The axis is to become this row.
  void moveRequested(const std::string& key, int row);

 private:
  [[nodiscard]] int draggedRow(const QMimeData* data) const;
  [[nodiscard]] int freeCount() const;

  std::vector<Row> rows_;
};

/// An axis that is offered ready-made.
struct AxisPreset {
  QString title;
  std::string key;
  experiments::YamlNode values;
};

/// What the catalogue suggests: a loss each and two together (settings of one group that a number
/// switches on), named lists (freeze: none, ov), the choices of a setting (number formats).
[[nodiscard]] std::vector<AxisPreset> axisPresets(const Catalogue& catalogue);

}  // namespace retort::gui
