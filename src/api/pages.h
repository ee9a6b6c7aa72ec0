// The hosted page: who may frame it, and what else its answer says to a browser.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "applications/application.h"
#include "http/message.h"

namespace qantara::api {

/// The application that a page is asked for, and the origins that may frame it.
struct PageOwner {
  applications::Application application;
  std::vector<std::string> origins;  ///< Registered; as parse_origin gives them.
};

/// The answer to GET /link?app_token=…&origin=…&language=…: the page, to be framed by exactly that origin, or a plain page
/// that nobody may frame and that says why. `owner`: the application of `app_token`, if there is one.
http::Response make_link_page(const http::Request& request, const std::optional<PageOwner>& owner);

/// The answer to GET …/lean-sdk.html?app_token=…&language=…: the same page for the web view of an app, which nobody may frame.
http::Response make_web_view_page(const http::Request& request, const std::optional<PageOwner>& owner);

/// The page that a payer comes back to from the bank's own pages, which nobody may frame.
http::Response make_returned_page(const http::Request& request);

/// A plain page that says one thing in both languages; plain text.
http::Response make_notice_page(int status, std::string_view english, std::string_view arabic);

}  // namespace qantara::api
