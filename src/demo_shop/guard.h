// Who may talk to the shop: it is a tool on a developer's machine, and the browser there visits other sites too.
#pragma once

#include <optional>
#include <string_view>

#include "http/message.h"

namespace qantara::demo_shop {

/// Who a request must be from: the page, or the gateway with a delivery, which its signature proves.
enum class Purpose { PAGE, WEBHOOK };

/// Why a request is not answered; nothing if it may be.
/// - Host must be loopback, or `address` (which the shop listens at): another name that leads here is DNS rebinding.
/// - For a PAGE: what a browser sends must come from the shop's own page: Origin equal to Host, Sec-Fetch-Site "same-origin" ("none", which is
///   typed into the address bar, may read). Programs send neither; they are not what is guarded against.
/// - For a PAGE: a POST must be JSON, which no page can send elsewhere without being asked first.
std::optional<std::string_view> guard_fault(const http::Request& request, Purpose purpose, std::string_view address);

}  // namespace qantara::demo_shop
