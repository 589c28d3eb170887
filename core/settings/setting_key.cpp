#include "core/settings/setting_key.h"

namespace retort {

bool isSettingKey(std::string_view key) {
  char before = '.';
  for (const char c : key) {
    const bool is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    if (!is_word && (c != '.' || before == '.')) {
      return false;
    }
    before = c;
  }
  return before != '.';
}

}  // namespace retort
