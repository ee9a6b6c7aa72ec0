// HTTP messages as plain data: what handlers, connectors and tests see. Knows no domain word.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace qantara::http {

enum class Method { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS };
std::string_view to_text(Method method);
std::optional<Method> parse_method(std::string_view text);  ///< Case-sensitive, as RFC 9110 has it.

/// Header fields in order. Names compare without case.
class Headers {
 public:
  void reserve(std::size_t count) { fields_.reserve(count); }
  void add(std::string_view name, std::string_view value) { fields_.emplace_back(name, value); }
  void set(std::string_view name, std::string_view value);  ///< Replaces every field of this name.
  /// The first field of this name, or null.
  const std::string* find(std::string_view name) const;
  std::string_view value_or(std::string_view name, std::string_view fallback) const;
  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct Request {
  Method method = Method::GET;
  /// Percent-decoded once, starts with '/', trailing slash dropped (but "/" stays). An encoded slash stays "%2F", and so in
  /// its segment. Valid UTF-8 without control characters.
  std::string path;
  std::string query;  ///< After '?', as sent; empty if none.
  Headers headers;
  std::string body;
  std::string peer_address;  ///< The client's, without port: the connection's other end, or whom a trusted proxy names.
  /// Lower-case hex SHA-256 of the certificate (DER) that the client proved to hold in TLS; empty if it showed none, and
  /// where a proxy stands between.
  std::string client_certificate;
  bool secure = false;  ///< It came over TLS, or to a trusted proxy that says so.
  std::vector<std::pair<std::string, std::string>> path_parameters;  ///< Filled by the router: {"customer_id", "…"}.
  std::string request_id;  ///< Made by the server for each request; goes to the log and to `metadata.request_id`.

  std::string_view path_parameter(std::string_view name) const;  ///< Empty if the route has none of this name.
  /// The first query parameter of this name, percent-decoded.
  std::optional<std::string> query_parameter(std::string_view name) const;
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  /// For a server that plays a faulty one (the sandbox bank): half of the body, or no byte at all, then the connection closes.
  enum class Delivery { WHOLE, HALF, NOTHING } delivery = Delivery::WHOLE;

  static Response json(int status, std::string body);
  static Response text(int status, std::string body);
};

/// The usual phrase for a status: 404 → "Not Found".
std::string_view reason_phrase(int status);

/// Percent-decodes; nothing for a broken escape. `+` stays `+`.
std::optional<std::string> percent_decode(std::string_view text);
std::string percent_encode(std::string_view text);  ///< All but unreserved characters (RFC 3986).

/// A URL of scheme http or https, taken apart.
struct Url {
  std::string scheme;  ///< "http" or "https".
  std::string host;    ///< Without brackets for IPv6.
  std::string port;    ///< Always present: "80", "443", "7070".
  std::string target;  ///< Path and query, at least "/".

  std::string authority() const;  ///< As it stands in Host: port only if not the scheme's own, brackets for IPv6.
  std::string origin() const;     ///< scheme "://" authority.
};

/// Nothing for another scheme, user info, a fragment, a missing or malformed host, a port outside 1–65535.
std::optional<Url> parse_url(std::string_view text);

}  // namespace qantara::http
