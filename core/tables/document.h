#pragma once

#include "core/tables/comparison_table.h"

#include <string>
#include <variant>
#include <vector>

/// A report as a sequence of parts, written as Markdown and as one HTML page that needs no network.
/// All texts are plain: they are escaped for the format.
namespace retort {

struct HeadingBlock {
  std::string text;
};

struct ParagraphBlock {
  std::string text;
};

struct ListBlock {
  std::vector<std::string> items;
};

/// A table of texts.
struct TextTableBlock {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;  ///< as wide as the header
};

struct ComparisonBlock {
  std::string title;  ///< empty: none
  ComparisonTable table;
};

/// A picture in a file beside the document, named by a relative path of plain characters.
struct PictureBlock {
  std::string title;
  std::string file;
};

using DocumentBlock = std::
    variant<HeadingBlock, ParagraphBlock, ListBlock, TextTableBlock, ComparisonBlock, PictureBlock>;

struct Document {
  std::string title;
  std::vector<DocumentBlock> blocks;
};

[[nodiscard]] std::string renderMarkdown(const Document& document);
[[nodiscard]] std::string renderHtml(const Document& document);

/// "<table>…</table>" and its caption in a figure.
[[nodiscard]] std::string htmlFigure(const ComparisonTable& table);

/// A page around a body; the title is escaped here.
[[nodiscard]] std::string htmlPage(const std::string& title, const std::string& body);

}  // namespace retort
