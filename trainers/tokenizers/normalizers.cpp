#include "trainers/tokenizers/normalizers.h"

#include "trainers/tokenizers/basic_tokenizer.h"
#include "trainers/tokenizers/pattern.h"
#include "trainers/tokenizers/unicode_text.h"

#include <memory>
#include <utility>
#include <vector>

namespace retort::train {

namespace {

Normalizer formNormalizer(NormalForm form) {
  return [form](const std::string& text) {
    return normalizedUtf8(text, form);
  };
}

Normalizer stripNormalizer(bool left, bool right) {
  return [left, right](std::string text) {
    if (right) {
      text.resize(text.size() - trailingWhiteSpace(text));
    }
    return left ? text.substr(leadingWhiteSpace(text)) : text;
  };
}

Normalizer replaceNormalizer(const Component& component) {
  const auto pattern = std::make_shared<Pattern>(Pattern::fromJson(component.at("pattern")));
  return [pattern, content = component.text("content")](const std::string& text) {
    std::string result;
    std::size_t done = 0;
    for (const Match& match : pattern->find(text)) {
      result += text.substr(done, match.begin - done) + content;
      done = match.end;
    }
    return result + text.substr(done);
  };
}

Normalizer sequenceNormalizer(const Component& component) {
  std::vector<Normalizer> steps;
  for (const Component& step : component.list("normalizers")) {
    steps.push_back(makeNormalizer(step));
  }
  return [steps](std::string text) {
    for (const Normalizer& step : steps) {
      text = step(std::move(text));
    }
    return text;
  };
}

}  // namespace

Normalizer makeNormalizer(const Component& component) {
  const std::string type = component.type();
  if (type == "NFC") {
    return formNormalizer(NormalForm::kNfc);
  }
  if (type == "NFD") {
    return formNormalizer(NormalForm::kNfd);
  }
  if (type == "NFKC") {
    return formNormalizer(NormalForm::kNfkc);
  }
  if (type == "NFKD") {
    return formNormalizer(NormalForm::kNfkd);
  }
  if (type == "Lowercase") {
    return [](const std::string& text) {
      return encodeUtf8(lowerCase(decodeUtf8(text)));
    };
  }
  if (type == "Strip") {
    return stripNormalizer(component.flag("strip_left", true), component.flag("strip_right", true));
  }
  if (type == "Prepend") {
    return [prefix = component.text("prepend")](const std::string& text) {
      return text.empty() ? text : prefix + text;
    };
  }
  if (type == "Replace") {
    return replaceNormalizer(component);
  }
  if (type == "Sequence") {
    return sequenceNormalizer(component);
  }
  component.refuseType("NFC, NFD, NFKC, NFKD, Lowercase, Strip, Prepend, Replace, Sequence");
}

}  // namespace retort::train
