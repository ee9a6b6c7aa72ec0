// Objects of C libraries, owned: std::unique_ptr<X509, Freed<X509_free>>.
#pragma once

namespace qantara {

template <auto kFree>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};

}  // namespace qantara
