#include "base/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace qantara {

Result<FileLock> FileLock::take(const std::filesystem::path& file) {
  FileLock lock{::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (lock.descriptor_ < 0) {
    return caused_by(ErrorCode::STORAGE_FAILED, "Cannot make the lock file " + file.string(),
                     std::generic_category().message(errno));
  }
  if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK) {
    return error(ErrorCode::SERVICE_UNAVAILABLE, "Another process holds the lock file " + file.string());
  }
  return caused_by(ErrorCode::STORAGE_FAILED, "Cannot lock " + file.string(), std::generic_category().message(errno));
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace qantara
