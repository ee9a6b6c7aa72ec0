// For the tests of this folder: a gateway that answers by script, and a verb's surroundings without a terminal.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "base/event_loop.h"
#include "base/text.h"
#include "base/timers.h"
#include "cli/context.h"
#include "http/server.h"

namespace qantara::cli {

/// Answers each call with the next answer in its line; the last of a line is repeated. What was asked is kept.
class ScriptedGateway {
 public:
  struct Call {
    std::string what;  ///< "POST /link/v1/sessions", with the query if there is one.
    std::string body;
    http::Headers headers;
  };

  /// Serves at a free port, or at `socket` if one is given.
  ScriptedGateway(Executor executor, Random& random, std::filesystem::path socket) {
    http::ServerOptions options;
    options.unix_socket = std::move(socket);
    options.handler = [this](const http::Request& request) { return answer(request); };
    auto listening = http::listen(std::move(executor), random, std::move(options));
    if (!listening) ADD_FAILURE() << listening.error().message;
    server_ = *std::move(listening);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }
  void on(const std::string& what, int status, std::string body) {
    script_[what].emplace_back(status, std::move(body));
  }

  std::vector<Call> calls;

  /// The bodies that were sent with `what`, in order.
  std::vector<std::string> bodies_of(std::string_view what) const {
    std::vector<std::string> bodies;
    for (const auto& call : calls) {
      if (call.what == what) bodies.push_back(call.body);
    }
    return bodies;
  }

 private:
  Task<http::Response> answer(const http::Request& request) {
    const auto query = request.query.empty() ? "" : '?' + request.query;
    const auto what = std::string(to_text(request.method)) + ' ' + request.path + query;
    calls.push_back({what, request.body, request.headers});
    auto& line = script_[what];
    if (line.empty()) {
      co_return http::Response::json(404, R"({"status":"INVALID_URL","message":"Not in the script: )" + what + "\"}");
    }
    const auto [status, body] = line.front();
    if (line.size() > 1) line.erase(line.begin());
    co_return http::Response::json(status, body);
  }

  std::map<std::string, std::vector<std::pair<int, std::string>>> script_;
  std::unique_ptr<http::Server> server_;
};

class VerbTest : public ::testing::Test {
 protected:
  static constexpr Look kPipe{};
  static constexpr Look kTerminal{
      .device = Device::TERMINAL, .letters = Letters::UTF8, .paint = Paint::OFF, .width = 80};

  ~VerbTest() override { std::filesystem::remove_all(data_); }

  Context& context(const Look& look = kPipe, Output output = Output::TEXT) {
    const UtcOffset dubai = [](Instant) { return std::chrono::hours{4}; };
    out_terminal_ = std::make_unique<Terminal>(out_, look, dubai);
    err_terminal_ = std::make_unique<Terminal>(err_, look, dubai);
    context_ = std::make_unique<Context>(
        Context{.executor = loop_.executor(),
                .client = *client_,
                .timers = *timers_,
                .clock = clock_,
                .random = random_,
                .out = *out_terminal_,
                .err = *err_terminal_,
                .output = output,
                .on_signal = [this](std::function<void()> stop) { stop_ = std::move(stop); }});
    return *context_;
  }

  int run(Task<int> verb) { return loop_.run(std::move(verb)); }

  std::filesystem::path make_folder() {
    std::array<std::byte, 8> bytes{};
    random_.fill(bytes);
    auto folder = std::filesystem::temp_directory_path() / ("qantara-cli-" + to_hex(bytes));
    std::filesystem::create_directories(folder);
    return folder;
  }

  SystemRandom random_;
  SystemClock clock_;
  std::filesystem::path data_ = make_folder();
  EventLoop loop_;
  std::unique_ptr<Timers> timers_ = make_system_timers(loop_.executor(), clock_);
  std::unique_ptr<http::Dns> dns_ = http::make_system_dns(loop_.executor());
  std::unique_ptr<http::Client> client_ = http::make_client(loop_.executor(), *dns_, {});
  ScriptedGateway gateway_{loop_.executor(), random_, {}};                      ///< What `--url` names.
  ScriptedGateway operators_{loop_.executor(), random_, data_ / "admin.sock"};  ///< What `--data` names.
  std::ostringstream out_;
  std::ostringstream err_;
  std::unique_ptr<Terminal> out_terminal_;
  std::unique_ptr<Terminal> err_terminal_;
  std::unique_ptr<Context> context_;
  std::function<void()> stop_;  ///< What Ctrl-C would call.
};

}  // namespace qantara::cli
