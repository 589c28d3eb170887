#include "experiments/file_part.h"

#include <fmt/format.h>

namespace retort::experiments {
namespace {

const YamlNode* part(const YamlNode& root,
                     const char* key,
                     bool (YamlNode::*isKind)() const,
                     const char* kind,
                     DiagnosticSink& sink) {
  const YamlNode* node = root.find(key);
  if (node == nullptr || node->isNull()) {
    return nullptr;
  }
  if (!(node->*isKind)()) {
    sink.report(node->place,
                key,
                fmt::format("{}: expected a {}, found {}", key, kind, node->description()));
    return nullptr;
  }
  return node;
}

}  // namespace

const YamlNode* mapPart(const YamlNode& root, const char* key, DiagnosticSink& sink) {
  return part(root, key, &YamlNode::isMap, "map", sink);
}

const YamlNode* listPart(const YamlNode& root, const char* key, DiagnosticSink& sink) {
  return part(root, key, &YamlNode::isList, "list", sink);
}

}  // namespace retort::experiments
