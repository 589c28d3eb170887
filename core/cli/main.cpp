#include "core/cli/command.h"

#include <string>
#include <vector>

int main(int argc, char** argv) {
  return retort::cli::runCommandLine(std::vector<std::string>(argv + 1, argv + argc));
}
