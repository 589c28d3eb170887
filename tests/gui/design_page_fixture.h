#pragma once

#include "gui/models/app_context.h"
#include "gui/models/settings_form.h"
#include "gui/pages/design_page.h"
#include "gui/pages/design_yaml_view.h"
#include "tests/gui/design_fixture.h"

#include <QAction>
#include <QListWidget>
#include <QPushButton>
#include <QTreeView>

#include <gtest/gtest.h>

#include <string>

namespace retort::gui {

class DesignPageTest : public ::testing::Test {
 protected:
  DesignPageTest() {
    EXPECT_TRUE(writeFileAtomically(file(), kSampleText));
    page_.resize(1200, 700);
    page_.show();
    page_.openFile(QString::fromStdString(file().string()));
    settle();
  }

  [[nodiscard]] std::filesystem::path file() const { return trainer_.path("grid.yaml"); }

  void settle() {
    ASSERT_TRUE(waitUntil([&] { return start()->isEnabled() || problems()->count() > 0; }));
  }

  [[nodiscard]] DesignYamlView* view() const { return page_.findChild<DesignYamlView*>(); }

  [[nodiscard]] std::string text() const { return view()->toPlainText().toStdString(); }

  [[nodiscard]] QListWidget* problems() const {
    return named<QListWidget>("Problems of the experiment");
  }

  template <class T>
  [[nodiscard]] T* named(const QString& name) const {
    for (T* widget : page_.findChildren<T*>()) {
      if (widget->accessibleName() == name) {
        return widget;
      }
    }
    return nullptr;
  }

  [[nodiscard]] QPushButton* button(const QString& text) const {
    for (auto* candidate : page_.findChildren<QPushButton*>()) {
      if (QString(candidate->text()).remove(u'&') == text && !candidate->isHidden()) {
        return candidate;
      }
    }
    return nullptr;
  }

  [[nodiscard]] QAction* action(const QString& text) const {
    for (QAction* candidate : page_.findChildren<QAction*>()) {
      if (candidate->text() == text) {
        return candidate;
      }
    }
    return nullptr;
  }

  [[nodiscard]] QPushButton* start() const { return button("Start"); }

  /// The cell of a setting's value in the form.
  [[nodiscard]] QModelIndex setting(const QString& key) const {
    const QAbstractItemModel* model = named<QTreeView>("Settings")->model();
    for (int group = 0; group < model->rowCount(); ++group) {
      const QModelIndex parent = model->index(group, 0);
      for (int row = 0; row < model->rowCount(parent); ++row) {
        const QModelIndex index = model->index(row, 1, parent);
        if (index.data(SettingsFormModel::kKeyRole).toString() == key) {
          return index;
        }
      }
    }
    return {};
  }

  void type(const QString& key, const QString& value) {
    QAbstractItemModel* model = named<QTreeView>("Settings")->model();
    EXPECT_TRUE(model->setData(setting(key), value, Qt::EditRole)) << key.toStdString();
    settleAfterChange();
  }

  void settleAfterChange() {
    ASSERT_TRUE(waitUntil([&] { return !start()->isEnabled() || problems()->count() > 0; }));
    settle();
  }

  SampleTrainer trainer_;
  AppContext context_{trainer_.path("workspace")};
  DesignPage page_{context_};
};

}  // namespace retort::gui
