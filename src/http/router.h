// Routes: rows of a table. `{name}` stands for one path segment; trailing slashes are optional everywhere.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <variant>
#include <vector>

#include "base/task.h"
#include "http/message.h"

namespace qantara::http {

/// A handler is a coroutine; the request outlives it. Whoever routes completes the request (its path parameters).
using Handler = std::function<Task<Response>(Request&)>;

class Router {
 public:
  Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;
  ~Router();

  /// `pattern`: "/customers/v1/{customer_id}/destinations". Two equal patterns with one method are a bug of ours.
  void add(Method method, std::string_view pattern, Handler handler);

  struct Match {
    const Handler* handler = nullptr;
    std::vector<std::pair<std::string, std::string>> path_parameters;
  };
  struct NoSuchPath {};
  struct NoSuchMethod {
    std::string allow;  ///< For the Allow header: "GET, POST".
  };
  /// A literal segment wins over `{name}`. HEAD finds GET.
  std::variant<Match, NoSuchPath, NoSuchMethod> find(Method method, std::string_view path) const;

  struct Row {
    Method method;
    std::string pattern;
  };
  /// Every route, sorted by pattern and method: for comparison with the OpenAPI file.
  std::vector<Row> rows() const;

 private:
  struct Table;
  std::unique_ptr<Table> table_;
};

}  // namespace qantara::http
