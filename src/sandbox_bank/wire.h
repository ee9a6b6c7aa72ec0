// Answers of the XS2A interface (NextGenPSD2 XS2A 1.3.11, JSON).
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "http/message.h"
#include "json/json.h"
#include "money/money.h"

namespace qantara::sandbox_bank {

/// A refusal: {"tppMessages":[{"category":"ERROR","code":…,"text":…}]}.
http::Response refuse(int status, std::string_view code, std::string_view text);
http::Response format_error(std::string_view text);  ///< 400 FORMAT_ERROR
http::Response unknown_resource();                   ///< 404 RESOURCE_UNKNOWN
http::Response wrong_status(std::string_view text);  ///< 409 STATUS_INVALID

/// Appends `"_links":{name:{"href":…},…}`; links with an empty address are left out.
void write_links(json::Writer& json, std::initializer_list<std::pair<std::string_view, std::string>> links);

/// An amount from the books.
money::Money to_money(std::int64_t minor, std::string_view currency);

/// `text` is a date as ISO 8601 writes it: "2026-12-31".
bool is_date(std::string_view text);
bool is_ipv4(std::string_view text);

}  // namespace qantara::sandbox_bank
