#include "base/secret.h"

#include <openssl/crypto.h>

namespace qantara {

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    wipe();
    text_ = other.text_;
  }
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    text_ = std::move(other.text_);
    other.wipe();
  }
  return *this;
}

void Secret::wipe() {
  text_.resize(text_.capacity());  // Never grows: no new memory, and short texts stay in the object.
  OPENSSL_cleanse(text_.data(), text_.size());
  text_.clear();
}

}  // namespace qantara
