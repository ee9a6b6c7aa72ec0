// Secret: text that prints as **** and is wiped when it goes.
#pragma once

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

/// For {fmt}: a Secret formats as ****.
inline std::string_view format_as(const Secret&) { return "****"; }

}  // namespace qantara
