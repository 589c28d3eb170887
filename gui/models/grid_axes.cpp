#include "gui/models/grid_axes.h"

#include "core/run/format.h"
#include "experiments/grid_edit.h"
#include "experiments/yaml_layout.h"

#include <QMimeData>

#include <algorithm>
#include <map>

namespace retort::gui {

namespace {

using experiments::YamlEntry;
using experiments::YamlNode;
using Row = GridAxesModel::Row;

QString qt(const std::string& text) {
  return QString::fromStdString(text);
}

/// What a dragged axis is known by.
constexpr const char* kMimeType = "application/x-retort-axis";

QString joined(const std::vector<QString>& parts) {
  return QStringList(parts.begin(), parts.end()).join(QStringLiteral(", "));
}

/// The values as the file spells them, without brackets.
QString valuesText(const YamlNode& values) {
  std::vector<QString> parts;
  for (const YamlNode& item : values.items) {
    parts.push_back(qt(experiments::flowText(item)));
  }
  const bool is_range = values.entries.size() == 1 &&
                        (values.entries[0].key == "range" || values.entries[0].key == "log_range");
  for (const YamlEntry& entry : values.entries) {
    parts.push_back(is_range ? qt(entry.key + " " + experiments::flowText(entry.value))
                             : qt(entry.key));
  }
  return joined(parts);
}

Row makeRow(const experiments::ExperimentDraft& draft, const YamlEntry& entry, int zip) {
  Row row;
  row.key = entry.key;
  row.values = valuesText(entry.value);
  row.zip = zip;
  const experiments::Axis* axis = draft.document->findAxis(entry.key);
  row.count = axis == nullptr ? 0 : static_cast<qsizetype>(axis->values.size());
  if (const YamlNode* when = nodeAt(draft.root, {"when", entry.key}); when != nullptr) {
    std::vector<QString> conditions;
    for (const YamlEntry& condition : when->entries) {
      conditions.push_back(qt(condition.key + ": " + experiments::flowText(condition.value)));
    }
    row.when = joined(conditions);
  }
  const auto problem =
      std::find_if(draft.diagnostics.begin(), draft.diagnostics.end(), [&](const auto& diagnostic) {
        return diagnostic.key == entry.key || diagnostic.key == "grid." + entry.key;
      });
  row.problem = problem == draft.diagnostics.end() ? QString() : qt(problem->message);
  return row;
}

std::string parentOf(const std::string& key) {
  return key.substr(0, key.rfind('.'));
}

/// One named value for each setting that is off by default, and one for the first two together.
YamlNode switchValues(const std::vector<const SettingSpec*>& specs, const std::string& group) {
  const auto name = [&](const SettingSpec* spec) {
    return parentOf(spec->key).substr(group.size() + 1);
  };
  std::vector<std::pair<std::string, YamlNode>> values;
  for (const SettingSpec* spec : specs) {
    values.emplace_back(name(spec), experiments::yamlNode({{name(spec), 1}}));
  }
  const std::string first = name(specs[0]);
  const std::string second = name(specs[1]);
  values.emplace_back(first + "+" + second, experiments::yamlNode({{first, 1}, {second, 1}}));
  return experiments::yamlMap(std::move(values));
}

}  // namespace

void GridAxesModel::setDraft(const experiments::ExperimentDraft& draft) {
  std::vector<Row> rows;
  if (const YamlNode* grid = draft.root.find("grid"); grid != nullptr) {
    for (const YamlEntry& entry : grid->entries) {
      rows.push_back(makeRow(draft, entry, 0));
    }
  }
  if (const YamlNode* zip = draft.root.find("zip"); zip != nullptr) {
    for (std::size_t i = 0; i < zip->items.size(); ++i) {
      for (const YamlEntry& entry : zip->items[i].entries) {
        rows.push_back(makeRow(draft, entry, static_cast<int>(i) + 1));
      }
    }
  }
  if (rows.size() != rows_.size()) {
    beginResetModel();
    rows_ = std::move(rows);
    endResetModel();
  } else if (rows != rows_) {
    rows_ = std::move(rows);
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, kColumnCount - 1));
  }
}

int GridAxesModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int GridAxesModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : kColumnCount;
}

QVariant GridAxesModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
    return {};
  }
  const Row& row = rows_[static_cast<std::size_t>(index.row())];
  if (role == kProblemRole) {
    return row.problem;
  }
  if (role == Qt::ToolTipRole) {
    const QString text = row.problem.isEmpty() ? row.values : row.problem;
    return QStringLiteral("<p>%1</p>").arg(text.toHtmlEscaped());
  }
  if (role != Qt::DisplayRole) {
    return {};
  }
  switch (static_cast<Column>(index.column())) {
    case Column::kAxis:
      return qt(row.key);
    case Column::kValues:
      return row.values;
    case Column::kCount:
      return row.count;
    case Column::kWhen:
      return row.when;
    case Column::kTogether:
      return row.zip == 0 ? QString() : tr("zip %1").arg(row.zip);
  }
  return {};
}

QVariant GridAxesModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
    return {};
  }
  switch (static_cast<Column>(section)) {
    case Column::kAxis:
      return tr("Axis");
    case Column::kValues:
      return tr("Values");
    case Column::kCount:
      return tr("Count");
    case Column::kWhen:
      return tr("Only when");
    case Column::kTogether:
      return tr("Together");
  }
  return {};
}

Qt::ItemFlags GridAxesModel::flags(const QModelIndex& index) const {
  Qt::ItemFlags flags = QAbstractTableModel::flags(index);
  if (!index.isValid()) {
    return flags | Qt::ItemIsDropEnabled;  // between the rows
  }
  flags.setFlag(Qt::ItemIsDragEnabled, rows_[static_cast<std::size_t>(index.row())].zip == 0);
  return flags;
}

Qt::DropActions GridAxesModel::supportedDropActions() const {
  return Qt::MoveAction;
}

QStringList GridAxesModel::mimeTypes() const {
  return {QLatin1String(kMimeType)};
}

QMimeData* GridAxesModel::mimeData(const QModelIndexList& indexes) const {
  auto* data = new QMimeData;
  if (!indexes.isEmpty()) {
    const Row& row = rows_[static_cast<std::size_t>(indexes.front().row())];
    data->setData(QLatin1String(kMimeType), QByteArray::fromStdString(row.key));
  }
  return data;
}

int GridAxesModel::draggedRow(const QMimeData* data) const {
  const std::string key = data->data(QLatin1String(kMimeType)).toStdString();
  const auto found =
      std::find_if(rows_.begin(), rows_.end(), [&](const Row& row) { return row.key == key; });
  return found == rows_.end() ? -1 : static_cast<int>(found - rows_.begin());
}

int GridAxesModel::freeCount() const {
  return static_cast<int>(
      std::count_if(rows_.begin(), rows_.end(), [](const Row& row) { return row.zip == 0; }));
}

bool GridAxesModel::canDropMimeData(const QMimeData* data,
                                    Qt::DropAction action,
                                    int row,
                                    int /*column*/,
                                    const QModelIndex& parent) const {
  return action == Qt::MoveAction && draggedRow(data) >= 0 && !parent.isValid() &&
         row <= freeCount();
}

bool GridAxesModel::dropMimeData(
    const QMimeData* data, Qt::DropAction action, int row, int column, const QModelIndex& parent) {
  if (!canDropMimeData(data, action, row, column, parent)) {
    return false;
  }
  const int from = draggedRow(data);
  const int gap = row < 0 ? freeCount() : row;  // below the last row there is no number
  const int to = gap > from ? gap - 1 : gap;
  if (to != from) {
    Q_EMIT moveRequested(rows_[static_cast<std::size_t>(from)].key, to);
  }
  return true;
}

std::vector<AxisPreset> axisPresets(const Catalogue& catalogue) {
  std::vector<AxisPreset> presets;
  std::map<std::string, std::vector<const SettingSpec*>> switches;
  for (const SettingSpec& spec : catalogue.settings) {
    const std::string group = parentOf(parentOf(spec.key));
    if (spec.is_shorthand && spec.default_value.is_number() && spec.default_value == 0 &&
        group.size() < parentOf(spec.key).size()) {
      switches[group].push_back(&spec);
    }
  }
  for (const auto& [group, specs] : switches) {
    if (specs.size() > 1) {
      presets.push_back({GridAxesModel::tr("%1: one each, and two together").arg(qt(group)),
                         group,
                         switchValues(specs, group)});
    }
  }
  for (const SettingSpec& spec : catalogue.settings) {
    Json values = Json::array();
    for (const auto& [name, list] : spec.presets) {
      values.push_back(name);
    }
    if (spec.type == SettingType::kChoice && spec.choices.size() > 1) {
      values = spec.choices;
    }
    if (!values.empty()) {
      const experiments::YamlNode node = experiments::yamlNode(values);
      presets.push_back(
          {QStringLiteral("%1: %2").arg(qt(spec.key), valuesText(node)), spec.key, node});
    }
  }
  return presets;
}

}  // namespace retort::gui
