#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <unordered_map>
#include <utility>

#include "http/client.h"

namespace qantara::http {
namespace {

namespace asio = boost::asio;

// The system's resolver blocks its thread, for ten seconds and more where a name's servers are dead. With several threads
// one dead name does not hold up the others.
constexpr std::size_t kThreads = 8;

std::string address_text(const addrinfo& info) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (info.ai_family == AF_INET) {
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(info.ai_addr)->sin_addr, text.data(), text.size());
  } else if (info.ai_family == AF_INET6) {
    ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(info.ai_addr)->sin6_addr, text.data(), text.size());
  }
  return text.data();
}

Task<Result<std::vector<std::string>>> look_up(std::string host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int failure = ::getaddrinfo(host.c_str(), nullptr, &hints, &found); failure != 0) {
    co_return caused_by(ErrorCode::NOT_SENT, "The host name has no address.", ::gai_strerror(failure));
  }
  std::vector<std::string> addresses;
  for (const addrinfo* info = found; info != nullptr; info = info->ai_next) {
    if (auto text = address_text(*info); !text.empty()) addresses.push_back(std::move(text));
  }
  ::freeaddrinfo(found);
  if (addresses.empty()) co_return error(ErrorCode::NOT_SENT, "The host name has no address.");
  co_return addresses;
}

class SystemDns final : public Dns {
 public:
  Task<Result<std::vector<std::string>>> resolve(std::string host) override {
    auto lookup = look_up(std::move(host));
    auto addresses = co_await asio::co_spawn(threads_, std::move(lookup), asio::use_awaitable);
    co_return addresses;
  }

 private:
  asio::thread_pool threads_{kThreads};
};

class RememberingDns final : public Dns {
 public:
  RememberingDns(Executor executor, Dns& dns, DnsMemory memory)
      : executor_(std::move(executor)), dns_(dns), memory_(memory) {}

  Task<Result<std::vector<std::string>>> resolve(std::string host) override {
    const auto lookup = look_up(std::move(host));
    while (!lookup->is_done) {
      boost::system::error_code ignored;
      co_await lookup->done.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    co_return lookup->found;
  }

 private:
  using SteadyClock = std::chrono::steady_clock;
  struct Lookup {
    explicit Lookup(const Executor& executor) : done(executor, SteadyClock::time_point::max()) {}
    Result<std::vector<std::string>> found;
    asio::steady_timer done;  ///< Cancelled, it wakes all who wait.
    bool is_done = false;
    SteadyClock::time_point good_until;
  };

  /// The one that is under way or still good, or a new one.
  std::shared_ptr<Lookup> look_up(std::string host) {
    const auto now = SteadyClock::now();
    if (lookups_.size() >= kNamesMax) {
      std::erase_if(lookups_,
                    [&](const auto& entry) { return entry.second->is_done && entry.second->good_until <= now; });
    }
    auto& place = lookups_[host];
    if (place && (!place->is_done || now < place->good_until)) return place;
    const auto lookup = place = std::make_shared<Lookup>(executor_);
    asio::co_spawn(executor_, dns_.resolve(std::move(host)),
                   [lookup, memory = memory_](const std::exception_ptr&, Result<std::vector<std::string>> found) {
                     lookup->good_until = SteadyClock::now() + (found ? memory.found_for : memory.missed_for);
                     lookup->found = std::move(found);
                     lookup->is_done = true;
                     lookup->done.cancel();
                   });
    return lookup;
  }

  static constexpr std::size_t kNamesMax = 1000;

  Executor executor_;
  Dns& dns_;
  const DnsMemory memory_;
  std::unordered_map<std::string, std::shared_ptr<Lookup>> lookups_;
};

}  // namespace

std::unique_ptr<Dns> make_remembering_dns(Executor executor, Dns& dns, DnsMemory memory) {
  return std::make_unique<RememberingDns>(std::move(executor), dns, memory);
}

std::unique_ptr<Dns> make_system_dns(Executor /*callers resume on their own*/) { return std::make_unique<SystemDns>(); }

}  // namespace qantara::http
