#include "trainers/data/text_settings.h"

#include "trainers/data/chat_template.h"
#include "trainers/data/data_settings.h"

namespace retort::train {

const SettingGroup<TextSettings>& textSettings() {
  static const auto kGroup =
      SettingGroup<TextSettings>()
          .add(&TextSettings::format,
               {.key = "data.text.format",
                .documentation = "text (a file is a document), lines, jsonl (a text or chat "
                                 "messages a line), tokens (.bin, .npy); auto: by the ending",
                .choices = {"auto", "text", "lines", "jsonl", "tokens"},
                .when = {taskIs("text")}})
          .add(&TextSettings::train,
               {.key = "data.text.train",
                .documentation = "name of the training file when data.path is a folder",
                .when = {taskIs("text")}})
          .add(&TextSettings::validation,
               {.key = "data.text.validation",
                .documentation = "name of the validation file in the same folder, or in "
                                 "data.text.validation_path; empty: the end of the training file",
                .when = {taskIs("text")}})
          .add(&TextSettings::validation_path,
               {.key = "data.text.validation_path",
                .type = SettingType::kPath,
                .documentation = "a file, or a folder with data.text.validation in it, to evaluate "
                                 "on instead of the text of data.path",
                .when = {taskIs("text")}})
          .add(&TextSettings::validation_share,
               {.key = "data.text.validation_share",
                .documentation = "share of the training file that is kept for validation when "
                                 "there is no validation file",
                .minimum = 0.0001,
                .maximum = 0.9,
                .when = {taskIs("text")}})
          .add(&TextSettings::key,
               {.key = "data.text.key",
                .documentation = "member of JSON lines that holds the text",
                .when = {taskIs("text")}})
          .add(&TextSettings::chat_template,
               {.key = "data.text.template",
                .documentation = "how chat messages are written; only the assistant's are learned",
                .choices = chatTemplateNames(),
                .when = {taskIs("text")}})
          .add(&TextSettings::token_type,
               {.key = "data.text.token_type",
                .documentation = "numbers of a .bin file",
                .choices = {"uint16", "uint32"},
                .when = {taskIs("text")}})
          .add(&TextSettings::add_eos,
               {.key = "data.text.add_eos",
                .documentation = "end documents with the tokenizer's eos, if it has one",
                .when = {taskIs("text")}})
          .add(&TextSettings::packing,
               {.key = "data.text.packing",
                .documentation = "packed: documents one behind the other in rows of "
                                 "data.max_length; padded: every document in rows of its own",
                .choices = {"packed", "padded"},
                .when = {taskIsForLanguageModels()}})
          .add(&TextSettings::document_mask,
               {.key = "data.text.document_mask",
                .documentation = "tokens of a packed row attend to their own document only",
                .when = {taskIsForLanguageModels()}});
  return kGroup;
}

const SettingGroup<GrammarSettings>& grammarSettings() {
  static const auto kGroup =
      SettingGroup<GrammarSettings>()
          .add(&GrammarSettings::train_documents,
               {.key = "data.grammar.train_documents",
                .documentation = "documents to learn from",
                .minimum = 1,
                .maximum = 1e7,
                .when = {taskIs("grammar")}})
          .add(&GrammarSettings::validation_documents,
               {.key = "data.grammar.validation_documents",
                .documentation = "documents to evaluate on",
                .minimum = 1,
                .maximum = 1e6,
                .when = {taskIs("grammar")}})
          .add(&GrammarSettings::seed,
               {.key = "data.grammar.seed",
                .documentation = "seed of the documents; apart from the run's seed, so that "
                                 "replicates learn from the same data",
                .minimum = 0,
                .when = {taskIs("grammar")}})
          .add(&GrammarSettings::sentences,
               {.key = "data.grammar.sentences",
                .documentation = "sentences of a document, on average",
                .minimum = 1,
                .maximum = 100,
                .when = {taskIs("grammar")}})
          .add(&GrammarSettings::phrases,
               {.key = "data.grammar.phrases",
                .documentation = "at most so many phrases between a noun and its verb",
                .minimum = 0,
                .maximum = 20,
                .when = {taskIs("grammar")}})
          .add(&GrammarSettings::copied,
               {.key = "data.grammar.copied",
                .documentation = "at most so many words are said and then said again",
                .minimum = 1,
                .maximum = 50,
                .when = {taskIs("grammar")}});
  return kGroup;
}

}  // namespace retort::train
