// The ceiling: our own HTTP server and JSON reader, and behind them no database but a file of fixed size to which records
// are added and flushed, many at a time. It checks the token, reads the body, makes an id and answers an intent only when
// the record is durable; it can find nothing again.
//   raw_log DIRECTORY TOKEN
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/event_loop.h"
#include "base/uuid.h"
#include "http/server.h"
#include "json/json.h"
#include "serving.h"

namespace qantara::bench {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kFileSize = 256U << 20U;  // Written over from its beginning when it is full.

class Log {
 public:
  Log(const std::string& file, Executor executor)
      : executor_(std::move(executor)),
        descriptor_(::open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {
    const std::vector<char> zeros(1U << 20U);
    for (std::size_t written = 0; written < kFileSize; written += zeros.size()) {
      if (::write(descriptor_, zeros.data(), zeros.size()) != static_cast<ssize_t>(zeros.size()))
        throw std::runtime_error("cannot make " + file);
    }
    ::fsync(descriptor_);
    thread_ = std::thread{[this] { run(); }};
  }
  ~Log() {
    {
      const std::scoped_lock lock{mutex_};
      closed_ = true;
    }
    news_.notify_one();
    thread_.join();
    ::close(descriptor_);
  }
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// Returns when `record` is durable.
  Task<void> append(const std::string& record) {
    const auto enqueue = [this, &record](auto handler) {
      {
        const std::scoped_lock lock{mutex_};
        bytes_ += record;
        waiting_.emplace_back(std::move(handler));
      }
      news_.notify_one();
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(enqueue, asio::use_awaitable);
  }

 private:
  void run() {
    std::string bytes;
    std::vector<std::move_only_function<void()>> waiting;
    for (std::size_t end = 0;;) {
      {
        std::unique_lock lock{mutex_};
        news_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
        if (closed_) return;
        bytes.clear();
        bytes.swap(bytes_);
        waiting.clear();
        waiting.swap(waiting_);
      }
      if (end + bytes.size() > kFileSize) end = 0;
      if (::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(end)) < 0 ||
          ::fdatasync(descriptor_) != 0)
        std::abort();
      end += bytes.size();
      asio::post(executor_, [done = std::exchange(waiting, {})]() mutable {
        for (auto& resume : done) resume();
      });
    }
  }

  Executor executor_;
  int descriptor_;
  std::mutex mutex_;
  std::condition_variable news_;
  std::string bytes_;
  std::vector<std::move_only_function<void()>> waiting_;
  bool closed_ = false;
  std::thread thread_;
};

struct Surroundings {
  Log& log;
  const Clock& clock;
  Random& random;
  std::string token;
};

std::string intent_json(const std::string& id, const json::Value& body, Instant now) {
  const auto text = [&](std::string_view name) { return std::string{body.text(name).value_or("")}; };
  json::Writer writer;
  writer.begin_object()
      .member("payment_intent_id", id)
      .member("customer_id", text("customer_id"))
      .raw_member("amount", "1000.00")
      .member("currency", text("currency"))
      .member("description", text("description"))
      .member("status", "INTENT_CREATED")
      .member("created_at", to_text(now))
      .member("updated_at", to_text(now))
      .member("expires_at", to_text(now))
      .name("payments")
      .begin_array()
      .end_array()
      .name("payment_destination")
      .begin_object()
      .member("id", id)
      .member("bank_identifier", "EXAMPLE")
      .member("name", "Marsa Wallet LLC")
      .member("iban", "AE070331234567890123456")
      .member("display_name", "Marsa Wallet")
      .member("account_number", "1234567")
      .member("swift_code", "EBILAEAD")
      .member("status", "CONFIRMED")
      .member("address", "1 Harbour Street")
      .member("country", "ARE")
      .member("city", "Dubai")
      .member("default", true)
      .member("customer_id", std::optional<std::string>{})
      .member("owner_type", "APPLICATION")
      .end_object()
      .end_object();
  return std::move(writer).text();
}

Task<http::Response> answer(const http::Request& request, const Surroundings& with) {
  if (request.headers.value_or("lean-app-token", "") != with.token) co_return http::Response::text(401, "who?\n");
  const auto body = json::parse(request.body);
  if (!body) co_return http::Response::text(400, "no JSON\n");
  const auto id = Uuid::make(with.clock, with.random).to_text();
  const Instant now = with.clock.now();
  const std::string record = fmt::format("{} {} {} {}\n", id, now.time_since_epoch().count(),
                                         request.headers.value_or("idempotency-key", ""), request.body);
  co_await with.log.append(record);
  co_return http::Response::json(200, intent_json(id, *body, now));
}

Task<int> serve(EventLoop& loop, const Clock& clock, Random& random, const std::string& directory, std::string token) {
  Log log{directory + "/raw.log", loop.executor()};
  const Surroundings with{log, clock, random, std::move(token)};
  http::ServerOptions options;
  options.handler = [&with](http::Request& request) { return answer(request, with); };
  const int code = co_await serve_until_signal(loop, clock, random, std::move(options));
  co_return code;
}

}  // namespace
}  // namespace qantara::bench

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "raw_log DIRECTORY TOKEN\n");
    return 2;
  }
  const qantara::SystemClock clock;
  qantara::SystemRandom random;
  qantara::EventLoop loop;
  return loop.run(qantara::bench::serve(loop, clock, random, argv[1], argv[2]));
}
