// The agent alone, with the delays that tests need: test_agent [NAME VALUE]… --workspace DIR.
#include "core/agent/agent_main.h"
#include "core/base/text.h"

#include <iostream>
#include <string>

int main(int argc, char** argv) {
  using std::chrono::milliseconds;
  retort::AgentOptions options;
  options.tick = milliseconds(20);
  options.idle_exit = milliseconds(3'000);
  options.retry.first_delay = milliseconds(50);
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    const auto number = retort::parseInteger(argv[i + 1]).value_or(0);
    if (name == "--workspace") {
      options.workspace = argv[i + 1];
    } else if (name == "--jobs") {
      options.jobs = static_cast<int>(number);
    } else if (name == "--grace") {
      options.stop_grace = milliseconds(number);
    } else if (name == "--idle") {
      options.idle_exit = milliseconds(number);
    } else if (name == "--max-crashes") {
      options.retry.max_crashes = static_cast<int>(number);
    } else {
      std::cerr << "unknown option " << name << '\n';
      return 64;
    }
  }
  return retort::runAgent(options);
}
