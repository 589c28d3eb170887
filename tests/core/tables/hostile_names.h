#pragma once

#include <string>
#include <vector>

namespace retort {

/// Names as a hostile or careless experiment file may hold them.
inline std::vector<std::string> hostileNames() {
  using namespace std::string_literals;
  return {"=1+1",
          "=cmd|' /C calc'!A0",
          "+1",
          "-1",
          "@SUM(A1)",
          "\ttab first",
          "\rreturn first",
          "a,b",
          "say \"hi\"",
          "two\r\nlines",
          "pipe|star*under_score",
          "`code` [link](javascript:alert(1)) ![i](x)",
          "\\input{/etc/passwd}",
          "\\write18{id}",
          "& % $ # _ { } ~ ^ \\",
          "$\\frac{1}{0}$",
          "^^5cinput",
          "<script>alert('x')</script>",
          "\" onmouseover=\"alert(1)",
          "&lt;b&gt;",
          "\x1b[31mred\x1b[0m",
          "\x1b]8;;http://example.org\x07link\x1b]8;;\x07",
          "\xc2\x9b"
          "31m",
          "bad utf-8 \xff\xfe",
          "nul\0byte"s,
          "注意力 🔥 Ω é",
          "right\xe2\x80\xaeto left",
          "[4pt]",
          "*",
          "~~strike~~ # head",
          "'quote' -- ``dash''",
          std::string(300, 'x')};
}

}  // namespace retort
