#pragma once

#include <functional>
#include <string>
#include <string_view>

/// Short texts that choose parameters by what they are or by name; settings that are about some of
/// the parameters take them. A selector is one of
///   q, k, v, o, ffn1, ffn2            the projection (weight and bias) in every layer
///   gate, up, down                    the same of decoders
///   embeddings, pooler, classifier    that part
///   head                              a decoder's language-model head
///   mlp                               ffn1 and ffn2; gate, up and down
///   norms                             every LayerNorm or RMSNorm
///   weights, quantizers               all parameters; all that quantizers learn
///   not:norms                         all parameters but those of another selector
///   layer:3, layer:0-2                whole layers
///   layer:3/q, layer:0-2/ffn1         a projection in these layers
///   a pattern of names                "encoder.layer.[0-3].attention", "*.output.dense.weight"
/// In a pattern `*` stands for any characters, `?` for one and `[0-11]` for a whole number in that
/// range. A pattern stands for all names that begin with it up to a dot or an underscore
/// ("embeddings.word"), and "bert.", "model." or "transformer." at the beginning may be left out.
namespace retort::train {

using ParameterSelector = std::function<bool(std::string_view name)>;

/// Throws TrainError (bad spec) that begins with `setting` for a text that is none of these.
[[nodiscard]] ParameterSelector parseParameterSelector(std::string_view setting,
                                                       const std::string& selector);

/// True when `name` is one that the pattern stands for. The work grows with the product of the
/// lengths, whatever the pattern. Throws as parseParameterSelector for a range that is malformed.
[[nodiscard]] bool matchesNamePattern(std::string_view setting,
                                      std::string_view pattern,
                                      std::string_view name);

}  // namespace retort::train
