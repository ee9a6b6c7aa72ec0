#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "base/random.h"
#include "base/text.h"
#include "http/client.h"
#include "http/server.h"
#include "http/test_sockets.h"

namespace qantara::http {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

class UnixSocketTest : public ::testing::Test {
 protected:
  UnixSocketTest() : folder_(std::filesystem::temp_directory_path() / unique_name()), file_(folder_ / "admin.sock") {
    std::filesystem::create_directories(folder_);
    client_ = make_client(context_.executor(), *dns_, {});
  }
  ~UnixSocketTest() override {
    context_.run(discard(&client_));
    std::filesystem::remove_all(folder_);
  }

  Result<std::unique_ptr<Server>> start() {
    ServerOptions options;
    options.unix_socket = file_;
    options.handler = [](const Request& request) -> Task<Response> {
      co_return Response::text(200, request.path + ' ' + request.headers.find("Host")->c_str() + ' ' + request.body);
    };
    return listen(context_.executor(), random_, std::move(options));
  }

  ClientResult ask(std::string url = "http://localhost/info", std::filesystem::path file = {}) {
    ClientRequest request{.method = Method::POST, .url = std::move(url), .body = "body"};
    request.unix_socket = file.empty() ? file_ : std::move(file);
    return context_.run(client_->send(std::move(request)));
  }

  void stop(std::unique_ptr<Server>& server) {
    context_.run(server->stop(milliseconds{1'000}));
    context_.run(discard(&server));
  }

  template <class T>
  static Task<void> discard(std::unique_ptr<T>* what) {
    what->reset();
    co_return;
  }

  std::string unique_name() {
    std::array<std::byte, 8> bytes{};
    random_.fill(bytes);
    return "qantara-" + to_hex(bytes);
  }

  SystemRandom random_;
  std::filesystem::path folder_;
  std::filesystem::path file_;
  RunningContext context_;
  std::unique_ptr<Dns> dns_ = make_system_dns(context_.executor());
  std::unique_ptr<Client> client_;
};

TEST_F(UnixSocketTest, serves_at_a_file_that_only_its_owner_may_open) {
  auto server = start();
  ASSERT_TRUE(server) << server.error().message;
  struct stat status{};
  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode, S_IFSOCK | S_IRUSR | S_IWUSR);
  for (int i = 0; i < 3; ++i) {
    const auto answer = ask();
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "/info localhost body");
  }
  stop(*server);
}

TEST_F(UnixSocketTest, removes_the_file_when_it_stops) {
  auto server = start();
  ASSERT_TRUE(server);
  stop(*server);
  EXPECT_FALSE(std::filesystem::exists(file_));
  const auto answer = ask();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reached, Reached::NOT_SENT);
  EXPECT_EQ(answer.error().reason, ClientFailure::Reason::CONNECT);
}

TEST_F(UnixSocketTest, replaces_what_a_killed_server_left_behind) {
  const int left_behind = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{.sun_family = AF_UNIX};
  file_.native().copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(left_behind, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ::close(left_behind);

  auto server = start();
  ASSERT_TRUE(server) << server.error().message;
  EXPECT_TRUE(ask());
  stop(*server);
}

TEST_F(UnixSocketTest, leaves_a_living_server_and_a_file_of_another_kind_alone) {
  auto first = start();
  ASSERT_TRUE(first);
  const auto second = start();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::SERVICE_UNAVAILABLE);
  EXPECT_THAT(second.error().message, HasSubstr(file_.native()));
  EXPECT_TRUE(ask());
  stop(*first);

  std::ofstream{file_} << "precious";
  EXPECT_FALSE(start());
  EXPECT_TRUE(std::filesystem::is_regular_file(file_));
}

TEST_F(UnixSocketTest, refuses_a_path_that_the_kernel_cannot_hold) {
  const auto answer = ask("http://localhost/", folder_ / std::string(200, 'a'));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reached, Reached::NOT_SENT);
  file_ = folder_ / std::string(200, 'a');
  EXPECT_FALSE(start());
}

}  // namespace
}  // namespace qantara::http
