#pragma once

#include "core/settings/catalogue.h"

#include <QStyledItemDelegate>

#include <functional>

class QLineEdit;

namespace retort::gui {

/// A line that takes a value of one setting: refuses letters in numbers while typing, and shows
/// why a value is not allowed (red text, tool tip). `references` are offered besides its own words.
[[nodiscard]] QLineEdit* makeSettingLine(const SettingSpec& spec,
                                         const QStringList& references,
                                         QWidget* parent);

/// Edits values of settings in a view: lists of choices, lines that keep limits while typing, and a
/// button for paths. Paths are chosen from the folder that `folder` names.
class DesignValueDelegate final : public QStyledItemDelegate {
  Q_OBJECT

 public:
  using SpecOf = std::function<const SettingSpec*(const QModelIndex&)>;

  DesignValueDelegate(SpecOf spec_of, std::function<QString()> folder, QObject* parent);

  [[nodiscard]] QWidget* createEditor(QWidget* parent,
                                      const QStyleOptionViewItem& option,
                                      const QModelIndex& index) const override;
  void setEditorData(QWidget* editor, const QModelIndex& index) const override;
  void setModelData(QWidget* editor,
                    QAbstractItemModel* model,
                    const QModelIndex& index) const override;
  [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option,
                               const QModelIndex& index) const override;

 protected:
  void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override;

 private:
  [[nodiscard]] QWidget* makeChoice(const SettingSpec& spec, QWidget* parent) const;
  void addPathButton(QLineEdit* line) const;

  SpecOf spec_of_;
  std::function<QString()> folder_;
};

}  // namespace retort::gui
