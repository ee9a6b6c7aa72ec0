#include "http/router.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include "base/check.h"

namespace qantara::http {
namespace {

constexpr std::size_t kMethodCount = 7;
constexpr std::size_t kParametersMax = 8;

std::size_t index(Method method) { return static_cast<std::size_t>(method); }

/// Cuts the first segment off `path`, which begins with '/'.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const auto end = std::min(path.find('/'), path.size());
  const auto segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

std::string_view without_trailing_slash(std::string_view path) {
  return path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
}

struct Endpoint {
  Handler handler;
  std::vector<std::string> parameter_names;
};

/// One segment of the patterns, below those before it.
struct Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> parameter;
  std::array<std::unique_ptr<Endpoint>, kMethodCount> endpoints;

  bool has_endpoints() const {
    return std::ranges::any_of(endpoints, [](const auto& endpoint) { return endpoint != nullptr; });
  }
};

struct Captures {
  std::array<std::string_view, kParametersMax> values;
  std::size_t count = 0;
};

/// The node at the end of `path`, a literal segment going before a parameter; null if there is none.
const Node* walk(const Node& node, std::string_view path, Captures& captures) {
  if (path.empty()) return node.has_endpoints() ? &node : nullptr;
  const auto segment = take_segment(path);
  if (const auto literal = node.literals.find(segment); literal != node.literals.end()) {
    const auto count = captures.count;
    if (const auto* found = walk(*literal->second, path, captures)) return found;
    captures.count = count;
  }
  if (!node.parameter || segment.empty()) return nullptr;
  captures.values[captures.count++] = segment;
  return walk(*node.parameter, path, captures);
}

}  // namespace

struct Router::Table {
  Node root;
  std::vector<Row> rows;
};

Router::Router() : table_(std::make_unique<Table>()) {}
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;
Router::~Router() = default;

void Router::add(Method method, std::string_view pattern, Handler handler) {
  CHECK(pattern.starts_with('/'));
  Node* node = &table_->root;
  auto endpoint = std::make_unique<Endpoint>();
  endpoint->handler = std::move(handler);
  for (auto rest = without_trailing_slash(pattern); !rest.empty();) {
    const auto segment = take_segment(rest);
    CHECK(!segment.empty());
    auto& next = segment.starts_with('{') ? node->parameter : node->literals[std::string(segment)];
    if (!next) next = std::make_unique<Node>();
    if (segment.starts_with('{')) {
      CHECK(segment.ends_with('}'));
      endpoint->parameter_names.emplace_back(segment.substr(1, segment.size() - 2));
    }
    node = next.get();
  }
  CHECK(endpoint->parameter_names.size() <= kParametersMax);
  CHECK(!node->endpoints[index(method)]);
  node->endpoints[index(method)] = std::move(endpoint);
  table_->rows.push_back({method, std::string(pattern)});
}

std::variant<Router::Match, Router::NoSuchPath, Router::NoSuchMethod> Router::find(Method method,
                                                                                   std::string_view path) const {
  if (!path.starts_with('/')) return NoSuchPath{};
  Captures captures;
  const Node* node = walk(table_->root, without_trailing_slash(path), captures);
  if (!node) return NoSuchPath{};

  const auto* endpoint = node->endpoints[index(method)].get();
  if (!endpoint && method == Method::HEAD) endpoint = node->endpoints[index(Method::GET)].get();
  if (endpoint) {
    Match match{.handler = &endpoint->handler, .path_parameters = {}};
    match.path_parameters.reserve(captures.count);
    for (std::size_t i = 0; i < captures.count; ++i) {
      match.path_parameters.emplace_back(endpoint->parameter_names[i], captures.values[i]);
    }
    return match;
  }

  NoSuchMethod refusal;
  for (std::size_t i = 0; i < kMethodCount; ++i) {
    const bool is_implied = i == index(Method::HEAD) && node->endpoints[index(Method::GET)];
    if (!node->endpoints[i] && !is_implied) continue;
    if (!refusal.allow.empty()) refusal.allow += ", ";
    refusal.allow += to_text(static_cast<Method>(i));
  }
  return refusal;
}

std::vector<Router::Row> Router::rows() const {
  auto rows = table_->rows;
  std::ranges::sort(rows, {}, [](const Row& row) { return std::pair{std::string_view{row.pattern}, row.method}; });
  return rows;
}

}  // namespace qantara::http
