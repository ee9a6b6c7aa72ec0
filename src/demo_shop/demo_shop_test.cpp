#include "demo_shop/demo_shop.h"

#include <unistd.h>

#include "demo_shop/test_support.h"

namespace qantara::demo_shop {
namespace {

/// The shop behind its server, with a gateway that nobody answers for.
class Served : public testing::Test {
 protected:
  Served() {
    std::string path = (std::filesystem::temp_directory_path() / "qantara-shop-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) std::abort();
    folder_ = path;
  }
  ~Served() override { std::filesystem::remove_all(folder_); }

  void start(std::uint16_t wanted_port = 0) {
    auto started = DemoShop::start(context_.get_executor(), clock_, random_,
                                   {.wanted_port = wanted_port, .file = folder_ / "demo-shop.db", .pages = page});
    ASSERT_TRUE(started) << started.error().message;
    shop_ = *std::move(started);
  }
  void open() {
    shop_->open({.gateway_url = "http://127.0.0.1:1",
                 .app_token = "app-1",
                 .webhook_secret = kSecret,
                 .sandbox_bank_url = "http://127.0.0.1:1",
                 .operator_socket = folder_ / "admin.sock"});
  }
  void stop() {
    run(finish());
    shop_.reset();
  }
  void TearDown() override {
    if (shop_) stop();
  }

  template <class T>
  T run(Task<T> task) {
    std::optional<T> result;
    Nursery nursery{context_.get_executor()};
    nursery.start(keep(std::move(task), result));
    while (nursery.count() > 0) {
      context_.restart();
      context_.run_one();
    }
    return *std::move(result);
  }
  template <class T>
  static Task<void> keep(Task<T> task, std::optional<T>& result) {
    T value = co_await std::move(task);
    result.emplace(std::move(value));
  }
  Task<bool> finish() {
    co_await shop_->stop();
    co_return true;
  }

  http::ClientResult send(http::Method method, std::string_view path, std::string body = "",
                          const http::Headers& headers = {}) {
    http::ClientRequest request{.method = method, .url = shop_->url() + std::string{path}, .headers = headers};
    request.body = std::move(body);
    if (method == http::Method::POST) request.headers.set("Content-Type", "application/json");
    return run(client_->send(std::move(request)));
  }
  json::Value state() {
    const auto answer = send(http::Method::GET, "/api/state");
    EXPECT_TRUE(answer);
    auto body = json::parse(answer->body);
    EXPECT_TRUE(body);
    return *std::move(body);
  }

  static std::optional<http::Response> page(const http::Request& request) {
    if (request.path == "/") return http::Response::text(200, "the page");
    return std::nullopt;
  }

  std::filesystem::path folder_;
  boost::asio::io_context context_{1};
  SystemClock clock_;
  SystemRandom random_;
  std::unique_ptr<http::Dns> dns_ = http::make_system_dns(context_.get_executor());
  std::unique_ptr<http::Client> client_ = http::make_client(context_.get_executor(), *dns_, {});
  std::unique_ptr<DemoShop> shop_;
};

TEST_F(Served, shows_its_page_and_may_load_from_itself_and_the_gateway_only) {
  start();
  open();
  const auto page = send(http::Method::GET, "/");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->body, "the page");
  EXPECT_EQ(
      page->headers.value_or("Content-Security-Policy", ""),
      "default-src 'none'; script-src 'self' http://127.0.0.1:1; style-src 'self'; img-src 'self' data:; "
      "connect-src 'self'; frame-src http://127.0.0.1:1; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  EXPECT_EQ(page->headers.value_or("X-Content-Type-Options", ""), "nosniff");
}

TEST_F(Served, answers_strangers_without_doing_anything) {
  start();
  open();
  struct Row {
    http::Method method;
    const char* path;
    int status;
  };
  for (const auto& [method, path, status] :
       {Row{http::Method::GET, "/assets/none.js", 404}, Row{http::Method::GET, "/assets/..%2F..%2Fkey", 404},
        Row{http::Method::GET, "/dev.json", 404}, Row{http::Method::GET, "/webhooks", 405},
        Row{http::Method::PUT, "/api/top-ups", 403}, Row{http::Method::DELETE, "/api/state", 403}}) {
    const auto answer = send(method, path);
    ASSERT_TRUE(answer) << path;
    EXPECT_EQ(answer->status, status) << path;
    EXPECT_NE(answer->headers.find("Content-Security-Policy"), nullptr) << path;
  }
  http::Headers foreign;
  foreign.add("Origin", "https://evil.example");
  const auto refused = send(http::Method::POST, "/api/start-over", "{}", foreign);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 403);
}

TEST_F(Served, takes_no_amount_that_is_none) {
  start();
  open();
  for (const auto* const body :
       {R"({"amount":"0"})", R"({"amount":"-50"})", R"({"amount":"50.001"})", R"({"amount":"5e1"})",
        R"({"amount":"050"})", R"({"amount":" 50"})", R"({"amount":"50,00"})", R"({"amount":"٥٠"})",
        R"({"amount":"NaN"})", R"({"amount":""})", R"({"amount":"99999999999999999999"})", R"({"amount":50})",
        R"({"amount":null})", R"({})", R"([])", "null", "", "{"}) {
    const auto answer = send(http::Method::POST, "/api/top-ups", body);
    ASSERT_TRUE(answer) << body;
    EXPECT_EQ(answer->status, 400) << body << ": " << answer->body;
  }
  EXPECT_TRUE(state().find("journal")->items().empty());  // The gateway was not bothered.
}

TEST_F(Served, moves_the_clock_by_what_its_buttons_say) {
  start();
  open();
  for (const auto* const body : {R"({"by":"25h"})", R"({"by":"1h\",\"x\":\"y"})", R"({"by":24})", "{}"}) {
    const auto answer = send(http::Method::POST, "/api/clock", body);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 400) << body;
  }
}

TEST_F(Served, says_so_when_the_gateway_is_away) {
  start();
  open();
  const auto answer = send(http::Method::POST, "/api/connect", "{}");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  const auto seen = state();
  EXPECT_EQ(seen.find("clock")->kind(), json::Kind::NUL);
  ASSERT_EQ(seen.find("journal")->items().size(), 1U);
  EXPECT_EQ(seen.find("journal")->items()[0].text("title"), "POST /customers/v1");
}

TEST_F(Served, refuses_forged_webhooks_and_shows_them) {
  start();
  open();
  const auto body = PaymentEvent{}.json();
  const auto unsigned_one = send(http::Method::POST, "/webhooks", body);
  const auto old_one = send(http::Method::POST, "/webhooks", body, signed_headers(body, kNow));
  const auto nonsense = send(http::Method::POST, "/webhooks", "{}", signed_headers("{}", clock_.now()));
  for (const auto* const answer : {&unsigned_one, &old_one, &nonsense}) {
    ASSERT_TRUE(*answer);
    EXPECT_EQ((*answer)->status, 400);
  }
  const auto seen = state();
  ASSERT_EQ(seen.find("journal")->items().size(), 3U);
  EXPECT_EQ(seen.find("journal")->items()[0].text("verdict"), "REFUSED");
  EXPECT_EQ(seen.find("journal")->items()[0].text("received"), body);
}

TEST_F(Served, takes_a_genuine_webhook) {
  start();
  open();
  const auto body = PaymentEvent{}.json();
  const auto answer = send(http::Method::POST, "/webhooks", body, signed_headers(body, clock_.now()));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, R"({"verdict":"NOT_OURS"})");
}

TEST_F(Served, comes_back_to_where_deliveries_go) {
  start();
  open();
  const auto url = shop_->webhook_url();
  const auto port = shop_->port();
  stop();
  start(port);
  EXPECT_EQ(shop_->webhook_url(), url);
}

TEST_F(Served, goes_elsewhere_if_that_is_taken) {
  http::ServerOptions other;
  other.handler = [](const http::Request&) -> Task<http::Response> { co_return http::Response::text(200, ""); };
  auto taken = http::listen(context_.get_executor(), random_, std::move(other));
  ASSERT_TRUE(taken);
  start((*taken)->port());
  EXPECT_NE(shop_->port(), (*taken)->port());
}

}  // namespace
}  // namespace qantara::demo_shop
