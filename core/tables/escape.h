#pragma once

#include <string>
#include <string_view>

/// One function a format: the only places where names, labels and messages enter a document.
/// Control characters and invalid UTF-8 are made visible first (as `escapeForTerminal` does), but
/// for CSV, which keeps every byte.
namespace retort {

/// Every character that Markdown (GitHub's, CommonMark) or embedded HTML could take for markup,
/// backslashed or written as an entity; line breaks become blanks.
[[nodiscard]] std::string escapeMarkdown(std::string_view text);

/// \ & % $ # _ { } ~ ^ and < > | " ' ` - written so that they print as they are (T1 fonts, utf8
/// input). Latin letters stay; other characters that pdflatex has no glyph for are written as
/// "[U+4E2D]". Defines and inputs nothing.
[[nodiscard]] std::string escapeLatex(std::string_view text);

/// & < > " ' as entities: safe as text and inside quoted attributes.
[[nodiscard]] std::string escapeHtml(std::string_view text);

/// One RFC 4180 field: quoted when it holds a comma, quote or line break (which are kept). A text
/// that a spreadsheet would run as a formula (starts with = + - @, tab or carriage return) gets an
/// apostrophe in front. For texts only: numbers are written as they are.
[[nodiscard]] std::string escapeCsv(std::string_view text);

}  // namespace retort
