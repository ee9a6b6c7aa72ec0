// The shop's side towards its page and towards the gateway: routes, and who may use them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/task.h"
#include "demo_shop/merchant.h"
#include "http/router.h"

namespace qantara::demo_shop {

/// The page and what it loads, by the request's path; nothing if there is no such file.
using Pages = std::function<std::optional<http::Response>(const http::Request& request)>;

class Site {
 public:
  /// `address`: where it listens, for Host. `timers` and `clock` are the machine's and outlive the site.
  Site(Pages pages, std::string address, const Clock& clock, Timers& timers);

  /// From now on there is a merchant behind the counter. Requests that came earlier wait for it.
  void open(Merchant& merchant) { merchant_ = &merchant; }

  Task<http::Response> answer(http::Request& request);

 private:
  using Handler = Task<http::Response> (Site::*)(const http::Request& request);

  Task<http::Response> route(http::Request& request);
  Task<http::Response> show_page(const http::Request& request);
  Task<http::Response> show_state(const http::Request& request);
  Task<http::Response> connect(const http::Request& request);
  Task<http::Response> create_top_up(const http::Request& request);
  Task<http::Response> start_over(const http::Request& request);
  Task<http::Response> advance_clock(const http::Request& request);
  Task<http::Response> receive_webhook(const http::Request& request);
  Task<bool> wait_for_merchant();

  Pages pages_;
  std::string address_;
  const Clock& clock_;
  Timers& timers_;
  http::Router router_;
  Merchant* merchant_ = nullptr;
};

/// A refusal in the form of the gateway's: `{"status","message","metadata"}`.
http::Response refusal(const Error& error);
http::Response refusal(int status, std::string_view code, std::string_view message);

}  // namespace qantara::demo_shop
