#include "core/tables/escape.h"

#include "core/base/file.h"
#include "core/tables/text_width.h"

#include <fmt/format.h>

namespace retort {
namespace {

std::string_view latexOfAscii(char32_t code) {
  switch (code) {
    case '\\':
      return "\\textbackslash{}";
    case '&':
      return "\\&";
    case '%':
      return "\\%";
    case '$':
      return "\\$";
    case '#':
      return "\\#";
    case '_':
      return "\\_";
    case '{':
      return "\\{";
    case '}':
      return "\\}";
    case '~':
      return "\\textasciitilde{}";
    case '^':
      return "\\textasciicircum{}";
    case '<':
      return "\\textless{}";
    case '>':
      return "\\textgreater{}";
    case '|':
      return "\\textbar{}";
    case '"':
      return "\\textquotedbl{}";
    case '\'':
      return "\\textquotesingle{}";
    case '`':
      return "\\textasciigrave{}";
    default:
      return "";
  }
}

std::string_view latexOfSymbol(char32_t code) {
  switch (code) {
    case U'±':
      return "$\\pm$";
    case U'Δ':
      return "$\\Delta$";
    case U'−':
      return "$-$";
    case U'–':
      return "--";
    case U'×':
      return "$\\times$";
    case U'…':
      return "\\dots{}";
    default:
      return "";
  }
}

/// Letters that the T1 encoding has a glyph for, but ordinal signs and the like.
bool isLatinLetter(char32_t code) {
  return code >= 0xC0 && code <= 0xFF && code != 0xD7 && code != 0xF7;
}

}  // namespace

std::string escapeMarkdown(std::string_view text) {
  std::string result;
  for (const char c : escapeForTerminal(text)) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '\n':
        result += ' ';
        break;
      case '\\':
      case '|':
      case '`':
      case '*':
      case '_':
      case '[':
      case ']':
      case '~':
      case '#':
      case '!':
      case '$':
        result += '\\';
        [[fallthrough]];
      default:
        result += c;
    }
  }
  return result;
}

std::string escapeLatex(std::string_view text) {
  const std::string visible = escapeForTerminal(text);
  std::string_view rest = visible;
  std::string result;
  while (!rest.empty()) {
    const std::string_view before = rest;
    const char32_t code = takeCodePoint(rest);
    if ((code == '-' || code == ',') && !result.empty() &&
        result.back() == static_cast<char>(code)) {
      result += "{}";  // no ligature of two hyphens to a dash, of two commas to a quotation mark
    }
    const std::string_view ascii = latexOfAscii(code);
    const std::string_view symbol = latexOfSymbol(code);
    if (!ascii.empty()) {
      result += ascii;
    } else if (!symbol.empty()) {
      result += symbol;
    } else if (code < 0x80 || isLatinLetter(code)) {
      result += before.substr(0, before.size() - rest.size());
    } else {
      result += fmt::format("[U+{:04X}]", static_cast<std::uint32_t>(code));
    }
  }
  return result;
}

std::string escapeHtml(std::string_view text) {
  std::string result;
  for (const char c : escapeForTerminal(text, true)) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string escapeCsv(std::string_view text) {
  std::string field;
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) {
    field = "'";
  }
  field += text;
  if (field.find_first_of(",\"\r\n") == std::string::npos) {
    return field;
  }
  std::string quoted = "\"";
  for (const char c : field) {
    quoted += c == '"' ? "\"\"" : std::string(1, c);
  }
  return quoted + '"';
}

}  // namespace retort
