#include "gui/models/yaml_highlighter.h"

#include <QColor>
#include <QRegularExpression>

namespace retort::gui {

namespace {

QTextCharFormat colored(const char* dark, const char* light, bool is_dark) {
  QTextCharFormat format;
  format.setForeground(QColor(QLatin1String(is_dark ? dark : light)));
  return format;
}

/// Behind the closing quote; the line's end when it is not there.
qsizetype quotedEnd(const QString& text, qsizetype begin) {
  const QChar quote = text[begin];
  for (qsizetype i = begin + 1; i < text.size(); ++i) {
    if (quote == u'"' && text[i] == u'\\') {
      ++i;
    } else if (text[i] == quote) {
      return i + 1;
    }
  }
  return text.size();
}

bool isIndicator(QChar c) {
  return c == u'{' || c == u'}' || c == u'[' || c == u']' || c == u',' || c.isSpace();
}

/// Behind a word: a colon belongs to it unless a blank follows.
qsizetype wordEnd(const QString& text, qsizetype begin) {
  qsizetype i = begin;
  while (i < text.size() && !isIndicator(text[i])) {
    if (text[i] == u'$' && i + 1 < text.size() && text[i + 1] == u'{') {
      const qsizetype close = text.indexOf(u'}', i);
      i = close < 0 ? text.size() : close + 1;
      continue;
    }
    if (text[i] == u':' && (i + 1 == text.size() || isIndicator(text[i + 1]))) {
      break;
    }
    ++i;
  }
  return i == begin ? begin + 1 : i;
}

}  // namespace

YamlHighlighter::YamlHighlighter(QTextDocument* document) : QSyntaxHighlighter(document) {
  setDark(false);
}

void YamlHighlighter::setDark(bool is_dark) {
  key_ = colored("#7cb7ff", "#0b5394", is_dark);
  text_ = colored("#a5d68b", "#38761d", is_dark);
  number_ = colored("#e0b36a", "#994c00", is_dark);
  reference_ = colored("#d7a1e8", "#741b7c", is_dark);
  comment_ = colored("#8f9aa5", "#6a737d", is_dark);
  comment_.setFontItalic(true);
  rehighlight();
}

void YamlHighlighter::highlightBlock(const QString& text) {
  for (qsizetype i = 0; i < text.size();) {
    const bool is_at_start = i == 0 || text[i - 1].isSpace();
    if (text[i] == u'#' && is_at_start) {
      setFormat(static_cast<int>(i), static_cast<int>(text.size() - i), comment_);
      return;
    }
    if (isIndicator(text[i])) {
      ++i;
      continue;
    }
    const bool is_quoted = text[i] == u'"' || text[i] == u'\'';
    const qsizetype end = is_quoted ? quotedEnd(text, i) : wordEnd(text, i);
    highlightWord(text, i, end);
    i = end;
  }
}

void YamlHighlighter::highlightWord(const QString& text, qsizetype begin, qsizetype end) {
  static const QRegularExpression kNumber(
      QStringLiteral("^([-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?|true|false|null|~)$"));
  const QString word = text.mid(begin, end - begin);
  const bool is_key = end < text.size() && text[end] == u':';
  const QTextCharFormat* format = nullptr;
  if (is_key) {
    format = &key_;
  } else if (word.contains(QStringLiteral("${")) || word.startsWith(u'&') ||
             word.startsWith(u'*')) {
    format = &reference_;
  } else if (kNumber.match(word).hasMatch()) {
    format = &number_;
  } else if (word != QStringLiteral("-") && word != QStringLiteral(":")) {
    format = &text_;
  }
  if (format != nullptr) {
    setFormat(static_cast<int>(begin), static_cast<int>(end - begin), *format);
  }
}

}  // namespace retort::gui
