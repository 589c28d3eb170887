#pragma once

#include "core/settings/catalogue.h"
#include "experiments/experiment_draft.h"
#include "experiments/yaml_tree.h"

#include <QAbstractItemModel>
#include <QSortFilterProxyModel>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace retort::gui {

/// The settings of a catalogue with what an experiment gives them, in groups: a tree of two levels.
/// Typing a value asks for a change (`changeRequested`); the model shows it when the experiment has
/// it.
class SettingsFormModel final : public QAbstractItemModel {
  Q_OBJECT

 public:
  enum class Column { kSetting, kValue, kUnit, kDocumentation };
  static constexpr int kColumnCount = 4;

  enum Role {
    kKeyRole = Qt::UserRole,  ///< the setting's key; empty for a group
    kAppliesRole,             ///< bool: it has a meaning for some run
    kIsGivenRole,             ///< bool: the experiment gives it
    kProblemRole,             ///< what is wrong with it; empty: nothing
    kIsOfGroupRole,           ///< bool: given with its whole group, to be reset with it only
    kReferencesRole,          ///< what an input may refer to: "${needs.NAME}" of each needed run
    kSearchRole,              ///< all texts that a search looks at
  };

  explicit SettingsFormModel(QObject* parent = nullptr);

  /// `catalogue` may be null: no settings then.
  void setCatalogue(std::shared_ptr<const Catalogue> catalogue);

  /// Shows what a draft gives; `section`: "" for base, else the name of a needed run.
  /// `diagnostics`: those of the draft and of its plan.
  void setDraft(const std::shared_ptr<const experiments::ExperimentDraft>& draft,
                const std::string& section,
                const std::vector<experiments::Diagnostic>& diagnostics);

  /// Null for a group.
  [[nodiscard]] const SettingSpec* specAt(const QModelIndex& index) const;

  /// The key by which the experiment gives this setting: its own, or that of its shorthand.
  [[nodiscard]] std::string givenKey(const std::string& key) const;

  [[nodiscard]] QModelIndex indexOf(const std::string& key) const;

  [[nodiscard]] QModelIndex index(int row,
                                  int column,
                                  const QModelIndex& parent = {}) const override;
  [[nodiscard]] QModelIndex parent(const QModelIndex& index) const override;
  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section,
                                    Qt::Orientation orientation,
                                    int role) const override;
  [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
  /// Takes the text of a value (Qt::EditRole, in Column::kValue); false when it is not allowed.
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;

 Q_SIGNALS:
  /// The user gives a setting a value; a null node takes the value back.
  void changeRequested(const QString& key, const retort::experiments::YamlNode& value);

 private:
  struct Row {
    const SettingSpec* spec = nullptr;
    QString name;  ///< without the group
    QString text;  ///< of the value
    QString problem;
    bool applies = true;
    bool is_given = false;
    bool is_varied = false;    ///< by an axis or seeds; `text` lists them
    bool is_of_group = false;  ///< the experiment gives its whole group ("data: ${data}")
  };

  struct Group {
    QString name;
    std::vector<Row> rows;
  };

  class Reader;

  [[nodiscard]] QVariant groupData(const Group& group, Column column, int role) const;
  [[nodiscard]] QVariant rowData(const Row& row, Column column, int role) const;
  [[nodiscard]] static QString textOf(const Row& row, Column column);
  [[nodiscard]] static QString toolTipOf(const Row& row);

  std::shared_ptr<const Catalogue> catalogue_;
  std::vector<Group> groups_;
  std::map<std::string, std::string> given_keys_;  ///< key -> key in the text
  QStringList references_;
};

/// The settings that a search finds, of those that apply.
class SettingsFilter final : public QSortFilterProxyModel {
  Q_OBJECT

 public:
  explicit SettingsFilter(QObject* parent = nullptr);

  /// Words that must all occur.
  void setSearch(const QString& text);
  void setOnlyGiven(bool is_only_given);
  void setAll(bool is_all);  ///< also those that do not apply

 protected:
  [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

 private:
  QStringList words_;
  bool is_only_given_ = false;
  bool is_all_ = false;
};

}  // namespace retort::gui
