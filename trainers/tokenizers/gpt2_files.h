#pragma once

#include "trainers/tokenizers/tokenizer.h"

#include <string>

namespace retort::train {

/// Adds the tokenizer.json that vocab.json and merges.txt stand for, as Hugging Face converts a
/// GPT2Tokenizer: byte-level BPE, "<|endoftext|>" special when the vocabulary has it, and bos, eos
/// and unknown token unless a file names others. Throws TrainError (kBadData) for a vocab.json that
/// is no object, a line of merges.txt that is no pair, and files that tokenizer_config.json says
/// are of another class, whose words are cut differently.
void addGpt2TokenizerJson(TokenizerFiles& files, const std::string& source);

}  // namespace retort::train
