#include "gui/plots/tick_label.h"

#include <QDateTime>
#include <qcustomplot.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace retort::gui {
namespace {

constexpr double kLargestPlain = 1e6;
constexpr double kSmallestPlain = 1e-3;
constexpr double kSmallestPlainStep = 1.01e-4;
constexpr int kMostDigits = 12;

/// Digits after the point that tell multiples of `step` apart.
int decimalsOf(double step) {
  if (!(step > 0) || !std::isfinite(step)) {
    return 3;
  }
  const double tolerance = step * 1e-6;
  double unit = 1;
  for (int decimals = 0; decimals < kMostDigits; ++decimals, unit /= 10) {
    const double rounded = std::round(step / unit) * unit;
    if (std::abs(rounded - step) <= tolerance) {
      return decimals;
    }
  }
  return kMostDigits;
}

/// 0 for -0.
double withoutSign(double value) {
  return value == 0 ? 0 : value;
}

QString withoutZeros(QString text) {
  if (text.contains(QLatin1Char('.'))) {
    while (text.endsWith(QLatin1Char('0'))) {
      text.chop(1);
    }
    if (text.endsWith(QLatin1Char('.'))) {
      text.chop(1);
    }
  }
  return text;
}

QString exponentLabel(double value, double step) {
  const int exponent = static_cast<int>(std::floor(std::log10(std::abs(value)) + 1e-12));
  const double unit = std::pow(10, exponent);
  const QString digits = withoutZeros(QString::number(value / unit, 'f', decimalsOf(step / unit)));
  return digits + QStringLiteral("e%1").arg(exponent);
}

class LinearTicker final : public QCPAxisTicker {
 protected:
  double getTickStep(const QCPRange& range) override {
    step_ = QCPAxisTicker::getTickStep(range);
    return step_;
  }

  QString getTickLabel(double tick, const QLocale& /*locale*/, QChar, int) override {
    return tickLabel(tick, step_);
  }

 private:
  double step_ = 1;
};

class WholeTicker final : public QCPAxisTicker {
 public:
  explicit WholeTicker(bool has_thousands) : has_thousands_(has_thousands) {}

 protected:
  double getTickStep(const QCPRange& range) override {
    // A step of 2.5 would be told as 3, and ticks at 3 and 6 are odd beside 10.
    const double step = QCPAxisTicker::getTickStep(range);
    step_ = step > 2 && step < 3 ? 2 : std::max(1.0, std::round(step));
    return step_;
  }

  int getSubTickCount(double step) override {
    return step <= 1 ? 0 : QCPAxisTicker::getSubTickCount(step);
  }

  QString getTickLabel(double tick, const QLocale& /*locale*/, QChar, int) override {
    return has_thousands_ ? stepLabel(tick, step_) : QString::number(tick, 'f', 0);
  }

 private:
  bool has_thousands_;
  double step_ = 1;
};

/// The canvas' own logarithmic ticks are powers only: none may be in sight after zooming in.
class LogTicker final : public QCPAxisTicker {
 protected:
  QVector<double> createTickVector(double step, const QCPRange& range) override {
    const double decades = std::log10(range.upper / range.lower);
    if (!(decades > 0) || !std::isfinite(decades)) {
      return {};
    }
    if (decades < 0.5) {
      step_ = QCPAxisTicker::getTickStep(range);
      return QCPAxisTicker::createTickVector(step_, range);
    }
    Q_UNUSED(step)
    step_ = 0;
    // `tickCount` says how many there is room for.
    const int every = std::max(1, static_cast<int>(std::ceil(decades / tickCount())));
    const bool has_between = every == 1 && 3 * decades < 1.5 * tickCount();
    QVector<double> ticks;
    const int first = static_cast<int>(std::floor(std::log10(range.lower)));
    const int last = static_cast<int>(std::ceil(std::log10(range.upper)));
    for (int exponent = first; exponent <= last; ++exponent) {
      if (exponent % every != 0) {
        continue;
      }
      const double power = std::pow(10, exponent);
      ticks.append(power);
      if (has_between) {
        ticks << 2 * power << 5 * power;
      }
    }
    return ticks;
  }

  QVector<double> createSubTickVector(int /*count*/, const QVector<double>& ticks) override {
    QVector<double> sub_ticks;
    if (step_ > 0 || ticks.size() < 2 || ticks.last() / ticks.first() > 1e9) {
      return sub_ticks;
    }
    const int first = static_cast<int>(std::floor(std::log10(ticks.first()))) - 1;
    const int last = static_cast<int>(std::ceil(std::log10(ticks.last())));
    for (int exponent = first; exponent <= last; ++exponent) {
      for (int factor = 2; factor < 10; ++factor) {
        sub_ticks.append(factor * std::pow(10, exponent));
      }
    }
    return sub_ticks;
  }

  QString getTickLabel(double tick, const QLocale& /*locale*/, QChar, int) override {
    return tickLabel(tick, step_ > 0 ? step_ : tick);
  }

 private:
  double step_ = 0;  ///< between ticks that are evenly apart; 0: they are not
};

/// Ticks at whole seconds, minutes, hours and days.
class ElapsedTicker final : public QCPAxisTicker {
 protected:
  double getTickStep(const QCPRange& range) override {
    constexpr std::array<double, 15> kSteps = {
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10'800};
    const double wanted = range.size() / std::max(1, tickCount());
    const auto found = std::lower_bound(kSteps.begin(), kSteps.end(), wanted);
    if (wanted < kSteps.front()) {
      step_ = QCPAxisTicker::getTickStep(range);
    } else if (found != kSteps.end()) {
      step_ = *found;
    } else {
      step_ = kQuarterDay * std::ceil(wanted / kQuarterDay);
    }
    return step_;
  }

  int getSubTickCount(double /*step*/) override { return 0; }

  QString getTickLabel(double tick, const QLocale& /*locale*/, QChar, int) override {
    return durationLabel(tick, step_);
  }

 private:
  static constexpr double kQuarterDay = 21'600;
  double step_ = 1;
};

/// Ticks at times of day.
class ClockTicker final : public QCPAxisTickerDateTime {
 protected:
  double getTickStep(const QCPRange& range) override {
    const double step = QCPAxisTickerDateTime::getTickStep(range);
    setDateTimeFormat(step < kMinute ? QStringLiteral("HH:mm:ss")
                      : step < kDay  ? QStringLiteral("HH:mm\nMM-dd")
                                     : QStringLiteral("yyyy-MM-dd"));
    return step;
  }

 private:
  static constexpr double kMinute = 60;
  static constexpr double kDay = 86'400;
};

}  // namespace

QString tickLabel(double value, double step) {
  if (!std::isfinite(value)) {
    return valueLabel(value);
  }
  if (std::abs(value) < std::abs(step) * 1e-9) {
    return QStringLiteral("0");
  }
  const double magnitude = std::abs(value);
  const bool is_small = magnitude < kSmallestPlain && std::abs(step) < kSmallestPlainStep;
  if (magnitude >= kLargestPlain || is_small) {
    return exponentLabel(value, step);
  }
  return QString::number(withoutSign(value), 'f', decimalsOf(step));
}

QString stepLabel(double value, double step) {
  if (value == 0) {
    return QStringLiteral("0");
  }
  const double magnitude = std::max(std::abs(value), std::abs(step));
  if (magnitude >= 1e6) {
    return withoutZeros(QString::number(value / 1e6, 'f', decimalsOf(step / 1e6))) +
           QLatin1Char('M');
  }
  if (magnitude >= 1e3) {
    return withoutZeros(QString::number(value / 1e3, 'f', decimalsOf(step / 1e3))) +
           QLatin1Char('k');
  }
  return QString::number(withoutSign(std::round(value)), 'f', 0);
}

QString valueLabel(double value) {
  if (std::isnan(value)) {
    return QStringLiteral("NaN");
  }
  if (std::isinf(value)) {
    return value > 0 ? QStringLiteral("inf") : QStringLiteral("-inf");
  }
  return QString::number(withoutSign(value), 'g', 5);
}

QString durationLabel(double seconds, double step) {
  if (step < 1) {
    return QStringLiteral("%1 s").arg(tickLabel(seconds, step));
  }
  const auto total = static_cast<qint64>(std::llround(std::abs(seconds)));
  const QString sign = seconds < 0 && total > 0 ? QStringLiteral("-") : QString();
  const auto two_digits = [](qint64 number) {
    return QStringLiteral("%1").arg(number, 2, 10, QLatin1Char('0'));
  };
  const qint64 hours = total / 3600;
  const qint64 minutes = total / 60 % 60;
  QString text;
  if (total < 60) {
    text = QStringLiteral("%1 s").arg(total);
  } else if (step < 60) {
    text = hours > 0
               ? QStringLiteral("%1:%2:%3 h")
                     .arg(QString::number(hours), two_digits(minutes), two_digits(total % 60))
               : QStringLiteral("%1:%2 min").arg(QString::number(minutes), two_digits(total % 60));
  } else if (hours == 0) {
    text = QStringLiteral("%1 min").arg(minutes);
  } else if (total % 86'400 == 0) {
    text = QStringLiteral("%1 d").arg(total / 86'400);
  } else {
    text = QStringLiteral("%1:%2 h").arg(QString::number(hours), two_digits(minutes));
  }
  return sign + (total == 0 ? QStringLiteral("0") : text);
}

QString clockLabel(double seconds_since_1970) {
  return QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(seconds_since_1970 * 1000))
      .toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
}

QString axisLabel(double value, AxisKind kind) {
  constexpr double kSecond = 1;
  switch (kind) {
    case AxisKind::kElapsed:
      return durationLabel(value, value < 60 ? 0.01 : kSecond);
    case AxisKind::kClock:
      return clockLabel(value);
    default:
      return QString::number(value, 'g', 12);
  }
}

QSharedPointer<QCPAxisTicker> makeTicker(AxisKind kind) {
  QSharedPointer<QCPAxisTicker> ticker;
  switch (kind) {
    case AxisKind::kLinear:
      ticker.reset(new LinearTicker);
      break;
    case AxisKind::kLog:
      ticker.reset(new LogTicker);
      break;
    case AxisKind::kSteps:
      ticker.reset(new WholeTicker(true));
      break;
    case AxisKind::kIntegers:
      ticker.reset(new WholeTicker(false));
      break;
    case AxisKind::kElapsed:
      ticker.reset(new ElapsedTicker);
      break;
    case AxisKind::kClock:
      ticker.reset(new ClockTicker);
      break;
  }
  ticker->setTickStepStrategy(QCPAxisTicker::tssReadability);
  return ticker;
}

}  // namespace retort::gui
