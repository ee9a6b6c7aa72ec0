// A lock that ends with the process that holds it.
#pragma once

#include <filesystem>
#include <utility>

#include "base/result.h"

namespace qantara {

/// An exclusive lock on a file made for the purpose (mode 0600). The kernel gives it up with the process, however that ends;
/// the file stays. It is never a database's own file: closing any descriptor of one drops the locks that SQLite has on it.
class FileLock {
 public:
  /// Errors: SERVICE_UNAVAILABLE if it is taken; STORAGE_FAILED if `file` cannot be made.
  static Result<FileLock> take(const std::filesystem::path& file);

  FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace qantara
