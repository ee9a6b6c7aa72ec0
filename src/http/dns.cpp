#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
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

}  // namespace

std::unique_ptr<Dns> make_system_dns(Executor /*callers resume on their own*/) { return std::make_unique<SystemDns>(); }

}  // namespace qantara::http
