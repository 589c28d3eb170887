#include "gui/app/display.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace retort::gui {
namespace {

constexpr const char* kHint =
    " (over ssh: ssh -X). \"retort watch\" and \"retort compare\" show runs in a terminal.";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Whether somebody listens; `path` may begin with a zero byte (an abstract name).
bool canConnect(std::string_view path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return false;
  }
  std::ranges::copy(path, address.sun_path);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  const bool is_connected =
      socket >= 0 && ::connect(socket, reinterpret_cast<const sockaddr*>(&address), length) == 0;
  if (socket >= 0) {
    ::close(socket);
  }
  return is_connected;
}

/// ":0" and "unix:0.1" are sockets of this machine; others are not tried.
bool isXServerThere(const std::string& display) {
  const std::size_t colon = display.rfind(':');
  const std::string host = display.substr(0, colon == std::string::npos ? 0 : colon);
  if (colon == std::string::npos || (!host.empty() && host != "unix")) {
    return true;
  }
  const std::string number = display.substr(colon + 1, display.find('.', colon) - colon - 1);
  const std::string path = "/tmp/.X11-unix/X" + number;
  return canConnect(path) || canConnect(std::string(1, '\0') + path);
}

bool isWaylandThere(const std::string& display) {
  const std::string path =
      display.starts_with('/') ? display : variable("XDG_RUNTIME_DIR") + "/" + display;
  return canConnect(path);
}

}  // namespace

std::optional<std::string> findDisplayProblem() {
  if (!variable("QT_QPA_PLATFORM").empty()) {
    return std::nullopt;  // the user knows better
  }
  const std::string wayland = variable("WAYLAND_DISPLAY");
  const std::string x11 = variable("DISPLAY");
  if (wayland.empty() && x11.empty()) {
    return std::string("there is no display: neither DISPLAY nor WAYLAND_DISPLAY is set") + kHint;
  }
  if ((!wayland.empty() && isWaylandThere(wayland)) || (!x11.empty() && isXServerThere(x11))) {
    return std::nullopt;
  }
  return "no display answers at " + (x11.empty() ? wayland : x11) + kHint;
}

}  // namespace retort::gui
