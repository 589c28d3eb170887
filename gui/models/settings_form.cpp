#include "gui/models/settings_form.h"

#include "core/settings/effective_values.h"
#include "experiments/axis_reader.h"
#include "experiments/catalogue_scope.h"
#include "gui/models/setting_text.h"

#include <QColor>
#include <QFont>

#include <algorithm>
#include <optional>

namespace retort::gui {

namespace {

using experiments::Axis;
using experiments::AxisValue;
using experiments::GivenSettings;

/// Groups have this for their internal id; settings the number of their group plus one.
constexpr quintptr kGroupId = 0;

/// Of a long axis the first values say what it varies.
constexpr std::size_t kMostValues = 200;

QString qt(const std::string& text) {
  return QString::fromStdString(text);
}

}  // namespace

/// Looks up what an experiment gives to the settings of a catalogue.
class SettingsFormModel::Reader {
 public:
  Reader(const Catalogue& catalogue,
         const experiments::ExperimentDocument& document,
         const std::string& section)
      : catalogue_(catalogue),
        document_(document),
        is_base_(section.empty()) {
    const auto need = std::find_if(document.needs.begin(),
                                   document.needs.end(),
                                   [&](const auto& run) { return run.name == section; });
    given_ = is_base_ ? &document.base : need == document.needs.end() ? &empty_ : &need->settings;
    SettingValues values;
    for (const auto& [key, setting] : *given_) {
      values.emplace(key, setting.value);
    }
    presets_ = presetDefaults(catalogue, values);
  }

  /// What a run has that is given nothing for the setting: a recipe's number or the declared one.
  [[nodiscard]] const Json& defaultOf(const SettingSpec& spec) const {
    const auto preset = presets_.find(spec.key);
    return preset == presets_.end() ? spec.default_value : preset->second;
  }

  /// The given value and the key it stands under; a reference to a whole group counts as given.
  [[nodiscard]] std::optional<std::pair<std::string, Json>> given(const SettingSpec& spec) const {
    if (const auto own = findIn(*given_, spec)) {
      return own;
    }
    for (const auto& [key, setting] : *given_) {
      const bool is_group = spec.key.starts_with(key + ".") && setting.value.is_string();
      if (is_group && setting.value.get_ref<const std::string&>().starts_with("${")) {
        return std::pair(key, setting.value);
      }
    }
    return std::nullopt;
  }

  /// The labels with which an axis or the seeds vary the setting; empty when none does.
  [[nodiscard]] QStringList labels(const SettingSpec& spec) const {
    QStringList labels;
    if (spec.is_seed && is_base_) {
      for (std::size_t i = 0; i < std::min(document_.seeds.size(), kMostValues); ++i) {
        labels.append(QString::number(document_.seeds[i]));
      }
    }
    for (const auto& [label, value] : variants(spec)) {
      labels.append(qt(label));
    }
    return labels;
  }

  [[nodiscard]] bool applies(const SettingSpec& spec) {
    const auto [entry, is_new] = applies_.try_emplace(spec.key, false);
    if (is_new) {
      const bool holds = std::all_of(spec.when.begin(),
                                     spec.when.end(),
                                     [&](const auto& condition) { return canHold(condition); });
      applies_[spec.key] = holds;
      return holds;
    }
    return entry->second;
  }

  [[nodiscard]] static bool isShorthand(const SettingSpec& spec, const std::string& key) {
    return key == shorthandOf(spec);
  }

 private:
  static std::string shorthandOf(const SettingSpec& spec) {
    return spec.is_shorthand ? spec.key.substr(0, spec.key.rfind('.')) : spec.key;
  }

  static std::optional<std::pair<std::string, Json>> findIn(const GivenSettings& settings,
                                                            const SettingSpec& spec) {
    for (const std::string& key : {spec.key, shorthandOf(spec)}) {
      if (const auto found = settings.find(key); found != settings.end()) {
        return std::pair(key, found->second.value);
      }
    }
    return spec.type == SettingType::kStringList ? findMapIn(settings, spec) : std::nullopt;
  }

  /// A list that is given as a map.
  static std::optional<std::pair<std::string, Json>> findMapIn(const GivenSettings& settings,
                                                               const SettingSpec& spec) {
    const auto first = settings.lower_bound(spec.key + ".");
    if (first == settings.end() || !first->first.starts_with(spec.key + ".")) {
      return std::nullopt;
    }
    const GivenSettings folded = experiments::foldedLists(
        settings, [&](const std::string& key) { return key == spec.key ? &spec : nullptr; });
    const auto found = folded.find(spec.key);
    return found == folded.end() ? std::nullopt
                                 : std::optional(std::pair(spec.key, found->second.value));
  }

  [[nodiscard]] std::vector<std::pair<std::string, Json>> variants(const SettingSpec& spec) const {
    std::vector<std::pair<std::string, Json>> found;
    if (!is_base_) {
      return found;
    }
    for (const auto& group : document_.groups) {
      for (const Axis& axis : group.axes) {
        for (std::size_t i = 0; i < std::min(axis.values.size(), kMostValues); ++i) {
          const AxisValue& value = axis.values[i];
          if (const auto set = findIn(value.settings, spec)) {
            found.emplace_back(value.label, set->second);
          }
        }
      }
    }
    return found;
  }

  /// True when some run may fulfil the condition.
  [[nodiscard]] bool canHold(const SettingCondition& condition) {
    const SettingSpec* spec = catalogue_.findSetting(condition.key);
    if (spec == nullptr || !applies(*spec)) {
      return false;
    }
    const auto holds = [&](const Json& value) {
      const auto is_value = [&](const Json& wanted) {
        return canonical(*spec, wanted) == canonical(*spec, value);
      };
      const bool is_wanted =
          condition.any_of.empty() ||
          std::any_of(condition.any_of.begin(), condition.any_of.end(), is_value);
      const bool is_reference =
          value.is_string() && value.get_ref<const std::string&>().starts_with("${");
      return !value.is_null() &&
             (is_reference ||
              (is_wanted &&
               std::none_of(condition.none_of.begin(), condition.none_of.end(), is_value)));
    };
    const auto all = variants(*spec);
    const auto set = given(*spec);
    return holds(set ? set->second : defaultOf(*spec)) ||
           std::any_of(all.begin(), all.end(), [&](const auto& one) { return holds(one.second); });
  }

  static Json canonical(const SettingSpec& spec, const Json& value) {
    const auto checked = checkSettingValue(spec, value);
    return checked ? *checked : value;
  }

  const Catalogue& catalogue_;
  const experiments::ExperimentDocument& document_;
  bool is_base_;
  GivenSettings empty_;
  const GivenSettings* given_ = nullptr;
  SettingValues presets_;
  std::map<std::string, bool> applies_;
};

SettingsFormModel::SettingsFormModel(QObject* parent) : QAbstractItemModel(parent) {}

void SettingsFormModel::setCatalogue(std::shared_ptr<const Catalogue> catalogue) {
  beginResetModel();
  catalogue_ = std::move(catalogue);
  groups_.clear();
  if (catalogue_ != nullptr) {
    for (const SettingSpec& spec : catalogue_->settings) {
      const std::size_t dot = spec.key.find('.');
      const QString name = dot == std::string::npos ? tr("general") : qt(spec.key.substr(0, dot));
      const auto found = std::find_if(
          groups_.begin(), groups_.end(), [&](const Group& group) { return group.name == name; });
      Group& group = found == groups_.end() ? groups_.emplace_back(Group{name, {}}) : *found;
      Row row;
      row.spec = &spec;
      row.name = qt(dot == std::string::npos ? spec.key : spec.key.substr(dot + 1));
      row.text = settingText(spec, spec.default_value);
      group.rows.push_back(std::move(row));
    }
  }
  endResetModel();
}

void SettingsFormModel::setDraft(const std::shared_ptr<const experiments::ExperimentDraft>& draft,
                                 const std::string& section,
                                 const std::vector<experiments::Diagnostic>& diagnostics) {
  if (catalogue_ == nullptr) {
    return;
  }
  std::map<std::string, QString> problems;
  for (const experiments::Diagnostic& diagnostic : diagnostics) {
    problems.emplace(diagnostic.key, qt(diagnostic.message));
  }
  Reader reader(*catalogue_, *draft->document, section);
  given_keys_.clear();
  references_.clear();
  for (const experiments::NeededRun& need : draft->document->needs) {
    if (need.name != section) {
      references_.append(qt("${needs." + need.name + "}"));
    }
  }
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    for (Row& row : groups_[g].rows) {
      const auto given = reader.given(*row.spec);
      const QStringList labels = reader.labels(*row.spec);
      const std::string key = given ? given->first : row.spec->key;
      row.is_given = given.has_value();
      row.is_varied = !labels.isEmpty();
      row.is_of_group =
          given && given->first != row.spec->key && !Reader::isShorthand(*row.spec, given->first);
      row.applies = reader.applies(*row.spec);
      row.text = row.is_varied
                     ? (row.spec->is_seed ? tr("seeds: %1") : tr("axis: %1"))
                           .arg(labels.join(QStringLiteral(", ")))
                     : settingText(*row.spec, given ? given->second : reader.defaultOf(*row.spec));
      const auto problem = problems.find(key);
      const auto own = problem == problems.end() ? problems.find(row.spec->key) : problem;
      row.problem = own == problems.end() ? QString() : own->second;
      given_keys_[row.spec->key] = key;
    }
    const QModelIndex group = index(static_cast<int>(g), 0);
    Q_EMIT dataChanged(index(0, 0, group), index(rowCount(group) - 1, kColumnCount - 1, group));
    Q_EMIT dataChanged(group, index(static_cast<int>(g), kColumnCount - 1));
  }
}

const SettingSpec* SettingsFormModel::specAt(const QModelIndex& index) const {
  if (!index.isValid() || index.internalId() == kGroupId) {
    return nullptr;
  }
  return groups_[index.internalId() - 1].rows[static_cast<std::size_t>(index.row())].spec;
}

std::string SettingsFormModel::givenKey(const std::string& key) const {
  const auto found = given_keys_.find(key);
  return found == given_keys_.end() ? key : found->second;
}

QModelIndex SettingsFormModel::indexOf(const std::string& key) const {
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    for (std::size_t r = 0; r < groups_[g].rows.size(); ++r) {
      const std::string& own = groups_[g].rows[r].spec->key;
      if (own == key || givenKey(own) == key) {
        return index(static_cast<int>(r), 0, index(static_cast<int>(g), 0));
      }
    }
  }
  return {};
}

QModelIndex SettingsFormModel::index(int row, int column, const QModelIndex& parent) const {
  if (!hasIndex(row, column, parent)) {
    return {};
  }
  return createIndex(
      row, column, parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : kGroupId);
}

QModelIndex SettingsFormModel::parent(const QModelIndex& index) const {
  if (!index.isValid() || index.internalId() == kGroupId) {
    return {};
  }
  return createIndex(static_cast<int>(index.internalId()) - 1, 0, kGroupId);
}

int SettingsFormModel::rowCount(const QModelIndex& parent) const {
  if (!parent.isValid()) {
    return static_cast<int>(groups_.size());
  }
  if (parent.internalId() != kGroupId || parent.column() != 0) {
    return 0;
  }
  return static_cast<int>(groups_[static_cast<std::size_t>(parent.row())].rows.size());
}

int SettingsFormModel::columnCount(const QModelIndex& /*parent*/) const {
  return kColumnCount;
}

QVariant SettingsFormModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) {
    return {};
  }
  const auto column = static_cast<Column>(index.column());
  if (index.internalId() == kGroupId) {
    return groupData(groups_[static_cast<std::size_t>(index.row())], column, role);
  }
  const Group& group = groups_[index.internalId() - 1];
  return rowData(group.rows[static_cast<std::size_t>(index.row())], column, role);
}

QVariant SettingsFormModel::groupData(const Group& group, Column column, int role) const {
  if (role == Qt::DisplayRole && column == Column::kSetting) {
    return group.name;
  }
  if (role == Qt::FontRole) {
    QFont font;
    font.setBold(true);
    return font;
  }
  return role == kKeyRole ? QVariant(QString()) : QVariant();
}

QVariant SettingsFormModel::rowData(const Row& row, Column column, int role) const {
  switch (role) {
    case Qt::DisplayRole:
      return textOf(row, column);
    case Qt::EditRole:
      return column == Column::kValue ? row.text : textOf(row, column);
    case Qt::ToolTipRole:
      return toolTipOf(row);
    case Qt::FontRole: {
      QFont font;
      font.setBold(row.is_given && !row.is_varied && column != Column::kDocumentation);
      font.setItalic(row.is_varied && column == Column::kValue);
      return font;
    }
    case kKeyRole:
      return qt(row.spec->key);
    case kAppliesRole:
      return row.applies;
    case kIsGivenRole:
      return row.is_given;
    case kIsOfGroupRole:
      return row.is_of_group;
    case kReferencesRole:
      return row.spec->type == SettingType::kPath ? references_ : QStringList();
    case kProblemRole:
      return row.problem;
    case kSearchRole:
      return qt(row.spec->key + " " + row.spec->documentation + " " + row.spec->unit) + row.text;
    default:
      return {};
  }
}

QString SettingsFormModel::textOf(const Row& row, Column column) {
  switch (column) {
    case Column::kSetting:
      return row.name;
    case Column::kValue:
      return row.text;
    case Column::kUnit:
      return qt(row.spec->unit);
    case Column::kDocumentation:
      return qt(row.spec->documentation);
  }
  return {};
}

QString SettingsFormModel::toolTipOf(const Row& row) {
  QStringList lines(qt(row.spec->key));
  if (!row.problem.isEmpty()) {
    lines.append(row.problem);
  }
  lines.append(qt(row.spec->documentation));
  lines.append(settingSummary(*row.spec));
  // Tool tips guess whether a text is HTML.
  return QStringLiteral("<p>%1</p>")
      .arg(lines.join(u'\n').toHtmlEscaped().replace(u'\n', QStringLiteral("<br>")));
}

QVariant SettingsFormModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
    return {};
  }
  switch (static_cast<Column>(section)) {
    case Column::kSetting:
      return tr("Setting");
    case Column::kValue:
      return tr("Value");
    case Column::kUnit:
      return tr("Unit");
    case Column::kDocumentation:
      return tr("Meaning");
  }
  return {};
}

Qt::ItemFlags SettingsFormModel::flags(const QModelIndex& index) const {
  if (specAt(index) == nullptr) {
    return index.isValid() ? Qt::ItemIsEnabled : Qt::NoItemFlags;
  }
  const Row& row = groups_[index.internalId() - 1].rows[static_cast<std::size_t>(index.row())];
  Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
  flags.setFlag(
      Qt::ItemIsEditable,
      index.column() == static_cast<int>(Column::kValue) && !row.is_varied && !row.is_of_group);
  return flags;
}

bool SettingsFormModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  const SettingSpec* spec = specAt(index);
  if (spec == nullptr || role != Qt::EditRole || !(flags(index) & Qt::ItemIsEditable)) {
    return false;
  }
  const QString text = value.toString();
  const bool is_given = index.data(kIsGivenRole).toBool();
  if (text == index.data(Qt::EditRole).toString()) {
    return true;
  }
  const bool is_taken_back = text.trimmed().isEmpty() && spec->type != SettingType::kString &&
                             spec->type != SettingType::kStringList;
  if (is_taken_back) {
    if (is_given) {
      Q_EMIT changeRequested(qt(spec->key), {});
    }
    return true;
  }
  const auto node = parseSettingText(*spec, text);
  if (!node) {
    return false;
  }
  Q_EMIT changeRequested(qt(spec->key), *node);
  return true;
}

SettingsFilter::SettingsFilter(QObject* parent) : QSortFilterProxyModel(parent) {
  setRecursiveFilteringEnabled(true);
}

void SettingsFilter::setSearch(const QString& text) {
  words_ = text.split(u' ', Qt::SkipEmptyParts);
  invalidateFilter();
}

void SettingsFilter::setOnlyGiven(bool is_only_given) {
  is_only_given_ = is_only_given;
  invalidateFilter();
}

void SettingsFilter::setAll(bool is_all) {
  is_all_ = is_all;
  invalidateFilter();
}

bool SettingsFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
  const QModelIndex index = sourceModel()->index(row, 0, parent);
  if (index.data(SettingsFormModel::kKeyRole).toString().isEmpty()) {
    return false;  // a group is there for its settings
  }
  const bool is_given = index.data(SettingsFormModel::kIsGivenRole).toBool();
  const bool is_shown = is_all_ || is_given || index.data(SettingsFormModel::kAppliesRole).toBool();
  const QString text = index.data(SettingsFormModel::kSearchRole).toString();
  return is_shown && (!is_only_given_ || is_given) &&
         std::all_of(words_.begin(), words_.end(), [&](const QString& word) {
           return text.contains(word, Qt::CaseInsensitive);
         });
}

}  // namespace retort::gui
