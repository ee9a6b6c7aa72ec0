// Who holds the database file: one process at a time.
#pragma once

#include <filesystem>
#include <utility>

#include "base/result.h"

namespace qantara::db::sqlite {

/// An exclusive lock on a file made for the purpose. The kernel gives it up with the process, however that ends; the
/// file stays. It is never the database file itself: closing any descriptor of that one drops SQLite's own locks.
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

}  // namespace qantara::db::sqlite
