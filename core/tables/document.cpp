#include "core/tables/document.h"

#include "core/tables/escape.h"
#include "core/tables/render.h"

#include <fmt/format.h>

namespace retort {
namespace {

class MarkdownWriter {
 public:
  std::string operator()(const HeadingBlock& heading) const {
    return "## " + escapeMarkdown(heading.text) + "\n";
  }

  std::string operator()(const ParagraphBlock& paragraph) const {
    return escapeMarkdown(paragraph.text) + "\n";
  }

  std::string operator()(const ListBlock& list) const {
    std::string text;
    for (const std::string& item : list.items) {
      text += "- " + escapeMarkdown(item) + "\n";
    }
    return text;
  }

  std::string operator()(const TextTableBlock& table) const {
    std::string text = row(table.header);
    text += "|";
    for (std::size_t i = 0; i < table.header.size(); ++i) {
      text += " --- |";
    }
    text += "\n";
    for (const auto& cells : table.rows) {
      text += row(cells);
    }
    return text;
  }

  std::string operator()(const ComparisonBlock& block) const {
    const std::string title = escapeMarkdown(block.title);
    return (title.empty() ? "" : "### " + title + "\n\n") + renderMarkdown(block.table);
  }

  std::string operator()(const PictureBlock& picture) const {
    return "![" + escapeMarkdown(picture.title) + "](" + picture.file + ")\n\n" +
           escapeMarkdown(picture.title) + "\n";
  }

 private:
  static std::string row(const std::vector<std::string>& cells) {
    std::string text = "|";
    for (const std::string& cell : cells) {
      text += " " + escapeMarkdown(cell) + " |";
    }
    return text + "\n";
  }
};

class HtmlWriter {
 public:
  std::string operator()(const HeadingBlock& heading) const {
    return "<h2>" + escapeHtml(heading.text) + "</h2>\n";
  }

  std::string operator()(const ParagraphBlock& paragraph) const {
    return "<p>" + escapeHtml(paragraph.text) + "</p>\n";
  }

  std::string operator()(const ListBlock& list) const {
    std::string text = "<ul>\n";
    for (const std::string& item : list.items) {
      text += "<li>" + escapeHtml(item) + "</li>\n";
    }
    return text + "</ul>\n";
  }

  std::string operator()(const TextTableBlock& table) const {
    std::string text = "<figure>\n<table>\n<thead>\n" + row("th", " scope=\"col\"", table.header) +
                       "</thead>\n<tbody>\n";
    for (const auto& cells : table.rows) {
      text += row("td", "", cells);
    }
    return text + "</tbody>\n</table>\n</figure>\n";
  }

  std::string operator()(const ComparisonBlock& block) const {
    const std::string title = escapeHtml(block.title);
    return (title.empty() ? "" : "<h3>" + title + "</h3>\n") + htmlFigure(block.table);
  }

  std::string operator()(const PictureBlock& picture) const {
    const std::string title = escapeHtml(picture.title);
    return fmt::format(
        "<figure>\n<img src=\"{}\" alt=\"{}\">\n<figcaption>{}</figcaption>\n</figure>\n",
        escapeHtml(picture.file),
        title,
        title);
  }

 private:
  static std::string row(const char* tag,
                         const char* attributes,
                         const std::vector<std::string>& cells) {
    std::string text = "<tr>";
    for (const std::string& cell : cells) {
      text += fmt::format("<{0}{1}>{2}</{0}>", tag, attributes, escapeHtml(cell));
    }
    return text + "</tr>\n";
  }
};

}  // namespace

std::string renderMarkdown(const Document& document) {
  std::string text = "# " + escapeMarkdown(document.title) + "\n";
  for (const DocumentBlock& block : document.blocks) {
    text += "\n" + std::visit(MarkdownWriter{}, block);
  }
  return text;
}

std::string renderHtml(const Document& document) {
  std::string body;
  for (const DocumentBlock& block : document.blocks) {
    body += std::visit(HtmlWriter{}, block);
  }
  return htmlPage(document.title, body);
}

}  // namespace retort
