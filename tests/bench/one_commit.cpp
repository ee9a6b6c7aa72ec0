// `qantara serve` with one request in a commit, to see what grouping brings. Takes --data and listens at a free port.
#include <fmt/format.h>

#include <string_view>

#include "gateway/server_options.h"

int main(int argc, char** argv) {
  qantara::gateway::ServeOptions options{.listen = {.address = "127.0.0.1", .port = 0}, .commit_max = 1, .json = true};
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::string_view{argv[i]} == "--data") options.data = argv[i + 1];
  }
  return qantara::gateway::serve(options);
}
