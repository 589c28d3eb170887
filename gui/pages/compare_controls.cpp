#include "gui/pages/compare_controls.h"

#include "core/base/file.h"
#include "gui/models/icons.h"

#include <QAction>
#include <QComboBox>
#include <QCompleter>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QSignalBlocker>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace retort::gui {
namespace {

constexpr int kRowMargin = 8;

QStringList toQt(const std::vector<std::string>& texts) {
  QStringList list;
  for (const std::string& text : texts) {
    list.append(QString::fromStdString(text));
  }
  return list;
}

/// With control characters visible.
QString shown(const QString& text) {
  return QString::fromStdString(escapeForTerminal(text.toStdString()));
}

/// A box with the labels that a baseline can have.
class BaselineDelegate final : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  QWidget* createEditor(QWidget* parent,
                        const QStyleOptionViewItem& /*option*/,
                        const QModelIndex& index) const override {
    auto* box = new QComboBox(parent);
    const QStringList labels = index.data(ComparisonFactorModel::kChoicesRole).toStringList();
    for (const QString& label : labels) {
      box->addItem(label.isEmpty() ? ComparisonFactorModel::tr("none") : shown(label), label);
    }
    connect(box, &QComboBox::activated, this, [this, box] {
      auto* self = const_cast<BaselineDelegate*>(this);
      Q_EMIT self->commitData(box);
      Q_EMIT self->closeEditor(box);
    });
    return box;
  }

  void setEditorData(QWidget* editor, const QModelIndex& index) const override {
    auto* box = qobject_cast<QComboBox*>(editor);
    box->setCurrentIndex(std::max(0, box->findData(index.data(Qt::EditRole))));
  }

  void setModelData(QWidget* editor,
                    QAbstractItemModel* model,
                    const QModelIndex& index) const override {
    model->setData(index, qobject_cast<QComboBox*>(editor)->currentData(), Qt::EditRole);
  }
};

QToolButton* makeButton(const QString& icon_name, const QString& text, QWidget* parent) {
  auto* button = new QToolButton(parent);
  button->setIcon(icon(icon_name));
  button->setToolTip(text);
  button->setAccessibleName(text);
  button->setAutoRaise(true);
  return button;
}

QLabel* makeHeading(const QString& text, QWidget* buddy, QWidget* parent) {
  auto* label = new QLabel(text, parent);
  label->setBuddy(buddy);
  return label;
}

}  // namespace

CompareControls::CompareControls(QWidget* parent)
    : QWidget(parent),
      experiments_(new QComboBox(this)),
      factor_view_(new QTableView(this)),
      curves_(new QComboBox(this)),
      at_(new QComboBox(this)),
      confidence_(new QDoubleSpinBox(this)) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  experiments_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  experiments_->setMinimumContentsLength(16);
  layout->addWidget(makeHeading(tr("E&xperiment"), experiments_, this));
  layout->addWidget(experiments_);
  buildFactors();
  buildMetrics();
  at_->addItem(tr("at the end of each run"), QStringLiteral("last"));
  at_->addItem(tr("best of each run"), QStringLiteral("best"));
  confidence_->setRange(50, 99.9);
  confidence_->setDecimals(1);
  confidence_->setValue(95);
  confidence_->setSuffix(QStringLiteral(" %"));
  confidence_->setKeyboardTracking(false);
  auto* form = new QFormLayout;
  form->addRow(tr("Val&ues"), at_);
  form->addRow(tr("Confi&dence"), confidence_);
  layout->addLayout(form);
  connectAll();
}

QString CompareControls::experiment() const {
  return experiments_->currentData().toString();
}

ComparisonOptions CompareControls::options() const {
  ComparisonOptions options;
  for (const FactorRow& factor : factors_.factors()) {
    const std::string name = factor.name.toStdString();
    if (factor.is_in_rows) {
      options.by.push_back(name);
    }
    if (factor.is_in_columns) {
      options.columns.push_back(name);
    }
    if (!factor.baseline.isEmpty()) {
      options.baseline.push_back(name + "=" + factor.baseline.toStdString());
    }
  }
  for (const QString& metric : metrics_.checkedNames()) {
    options.metrics.push_back(metric.toStdString());
  }
  options.is_without_baseline = options.baseline.empty();
  options.at = at_->currentData().toString().toStdString();
  options.confidence = confidence_->value() / 100;
  return options;
}

void CompareControls::showData(const ComparisonData& comparison) {
  const QSignalBlocker blocker(this);
  showExperiments(comparison);
  if (!comparison.table_error.empty()) {
    return;
  }
  showFactors(comparison);
  showMetrics(comparison);
  const QSignalBlocker at_blocker(at_);
  at_->setCurrentIndex(comparison.table.at == ValueChoice::kBest ? 1 : 0);
}

void CompareControls::buildFactors() {
  factor_view_->setModel(&factors_);
  factor_view_->setItemDelegateForColumn(static_cast<int>(ComparisonFactorModel::Column::kBaseline),
                                         new BaselineDelegate(factor_view_));
  factor_view_->setAccessibleName(tr("Factors"));
  factor_view_->setSelectionBehavior(QAbstractItemView::SelectRows);
  factor_view_->setSelectionMode(QAbstractItemView::SingleSelection);
  factor_view_->setEditTriggers(QAbstractItemView::AllEditTriggers);
  factor_view_->setTabKeyNavigation(false);
  factor_view_->verticalHeader()->hide();
  factor_view_->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + kRowMargin);
  factor_view_->setTextElideMode(Qt::ElideMiddle);
  factor_view_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  factor_view_->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
  factor_view_->horizontalHeader()->setSectionResizeMode(
      static_cast<int>(ComparisonFactorModel::Column::kBaseline), QHeaderView::Stretch);
  factor_view_->horizontalHeader()->setHighlightSections(false);
  factor_view_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  auto* up = makeButton(QStringLiteral("up"), tr("Move the factor up"), this);
  auto* down = makeButton(QStringLiteral("down"), tr("Move the factor down"), this);
  up->setShortcut(QKeySequence(Qt::ALT | Qt::Key_Up));
  down->setShortcut(QKeySequence(Qt::ALT | Qt::Key_Down));
  connect(up, &QToolButton::clicked, this, [this] { moveFactor(-1); });
  connect(down, &QToolButton::clicked, this, [this] { moveFactor(1); });
  auto* heading = new QHBoxLayout;
  heading->addWidget(makeHeading(tr("&Rows, columns, baseline"), factor_view_, this), 1);
  heading->addWidget(up);
  heading->addWidget(down);
  auto* whole = qobject_cast<QVBoxLayout*>(layout());
  whole->addLayout(heading);
  whole->addWidget(factor_view_, 3);
}

void CompareControls::buildMetrics() {
  auto* list = new QListView(this);
  list->setModel(&metrics_);
  list->setSpacing(1);  // or the boxes overlap
  list->setAccessibleName(tr("Metrics"));
  list->setUniformItemSizes(true);
  list->setTextElideMode(Qt::ElideMiddle);
  curves_->setEditable(true);
  curves_->setInsertPolicy(QComboBox::NoInsert);
  curves_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  curves_->setMinimumContentsLength(12);
  curves_->lineEdit()->setPlaceholderText(tr("grad_norm[layer=3,projection=q]"));
  curves_->completer()->setFilterMode(Qt::MatchContains);
  curves_->completer()->setCompletionMode(QCompleter::PopupCompletion);
  curves_->setAccessibleName(tr("One curve of a metric"));
  auto* add = makeButton(QStringLiteral("add"), tr("Compare this curve, too"), this);
  connect(add, &QToolButton::clicked, this, &CompareControls::addCurve);
  connect(curves_->lineEdit(), &QLineEdit::returnPressed, this, &CompareControls::addCurve);
  auto* line = new QHBoxLayout;
  line->addWidget(curves_, 1);
  line->addWidget(add);
  auto* whole = qobject_cast<QVBoxLayout*>(layout());
  whole->addWidget(makeHeading(tr("&Metrics"), list, this));
  whole->addWidget(list, 2);
  whole->addLayout(line);
}

void CompareControls::connectAll() {
  connect(&factors_, &ComparisonFactorModel::edited, this, &CompareControls::edited);
  connect(&metrics_, &CheckListModel::edited, this, &CompareControls::edited);
  connect(at_, &QComboBox::activated, this, &CompareControls::edited);
  connect(confidence_, &QDoubleSpinBox::valueChanged, this, &CompareControls::edited);
  connect(
      experiments_, &QComboBox::activated, this, [this] { Q_EMIT experimentChosen(experiment()); });
}

void CompareControls::moveFactor(int by) {
  const int row = factor_view_->currentIndex().row();
  factors_.move(row, by);
}

void CompareControls::addCurve() {
  const QString name = curves_->currentText().trimmed();
  if (!name.isEmpty()) {
    metrics_.addChecked(name);
    curves_->clearEditText();
  }
}

void CompareControls::showExperiments(const ComparisonData& comparison) {
  const QStringList names = toQt(comparison.experiments);
  QStringList before;
  for (int i = 0; i < experiments_->count(); ++i) {
    before.append(experiments_->itemData(i).toString());
  }
  if (names != before) {
    experiments_->clear();
    for (const QString& name : names) {
      experiments_->addItem(shown(name), name);
    }
  }
  experiments_->setCurrentIndex(
      experiments_->findData(QString::fromStdString(comparison.experiment)));
}

void CompareControls::showFactors(const ComparisonData& comparison) {
  const QStringList rows = toQt(comparison.table.row_factors);
  const QStringList columns = toQt(comparison.table.column_factors);
  std::vector<FactorRow> next;
  for (const FactorChoice& choice : comparison.choices.factors) {
    FactorRow row;
    row.name = QString::fromStdString(choice.name);
    row.labels = toQt(choice.labels);
    row.is_in_rows = rows.contains(row.name);
    row.is_in_columns = columns.contains(row.name);
    if (const auto label = comparison.table.baseline.find(choice.name);
        label != comparison.table.baseline.end()) {
      row.baseline = QString::fromStdString(label->second);
    }
    next.push_back(std::move(row));
  }
  // The user's order stays; a factor that is averaged over keeps its label for later.
  const std::vector<FactorRow>& known_rows = factors_.factors();
  const auto place_of = [&](const FactorRow& row) {
    const auto known =
        std::find_if(known_rows.begin(), known_rows.end(), [&](const FactorRow& candidate) {
          return candidate.name == row.name;
        });
    return known - known_rows.begin();
  };
  const bool is_known = std::all_of(next.begin(), next.end(), [&](const FactorRow& row) {
    return place_of(row) < static_cast<std::ptrdiff_t>(known_rows.size());
  });
  if (is_known) {
    std::stable_sort(next.begin(), next.end(), [&](const FactorRow& a, const FactorRow& b) {
      return place_of(a) < place_of(b);
    });
    for (FactorRow& row : next) {
      const FactorRow& before = known_rows[static_cast<std::size_t>(place_of(row))];
      if (!row.is_in_rows && !row.is_in_columns && row.labels.contains(before.baseline)) {
        row.baseline = before.baseline;
      }
    }
  }
  if (!is_known) {
    const QStringList as_in_table = rows + columns;
    const auto rank_of = [&](const FactorRow& row) {
      const qsizetype place = as_in_table.indexOf(row.name);
      return place < 0 ? as_in_table.size() : place;
    };
    std::stable_sort(next.begin(), next.end(), [&](const FactorRow& a, const FactorRow& b) {
      return rank_of(a) < rank_of(b);
    });
  }
  factors_.setFactors(std::move(next));
}

void CompareControls::showMetrics(const ComparisonData& comparison) {
  QStringList checked;
  for (const ComparisonColumn& column : comparison.table.columns) {
    const QString name = QString::fromStdString(column.metric.name);
    if (!checked.contains(name)) {
      checked.append(name);
    }
  }
  metrics_.setNames(toQt(comparison.choices.metrics), checked);
  const QStringList names = toQt(comparison.choices.curves);
  if (curves_->count() != names.size()) {
    const QString typed = curves_->currentText();
    curves_->clear();
    curves_->addItems(names);
    curves_->setEditText(typed);
  }
}

}  // namespace retort::gui
