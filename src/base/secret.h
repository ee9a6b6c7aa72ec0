// Secret: text that prints as **** and is wiped when it goes.
#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <utility>

namespace qantara {

/// A password, code, key or token. It cannot be printed or formatted by accident; `reveal()` is easy to search for.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { other.wipe(); }
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { wipe(); }

  std::string_view reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  void wipe();

  std::string text_;
};

}  // namespace qantara

/// A Secret formats as ****. (What {fmt} 9 takes from a `format_as` is enumerations only.)
template <>
struct fmt::formatter<qantara::Secret> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const qantara::Secret&, Context& context) const {
    return fmt::formatter<std::string_view>::format("****", context);
  }
};
