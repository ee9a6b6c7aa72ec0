// A disk that takes longer: LD_PRELOAD this, and each fsync and fdatasync takes QANTARA_FSYNC_EXTRA_US microseconds more
// (1000 unless said), as on a volume behind a network.
#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>

namespace {

using Sync = int (*)(int);

void take_longer() {
  static const char* const wanted = std::getenv("QANTARA_FSYNC_EXTRA_US");
  static const auto extra = static_cast<useconds_t>(wanted == nullptr ? 1000 : std::atoi(wanted));
  ::usleep(extra);
}

}  // namespace

extern "C" int fsync(int descriptor) {
  static const auto real = reinterpret_cast<Sync>(::dlsym(RTLD_NEXT, "fsync"));
  take_longer();
  return real(descriptor);
}

extern "C" int fdatasync(int descriptor) {
  static const auto real = reinterpret_cast<Sync>(::dlsym(RTLD_NEXT, "fdatasync"));
  take_longer();
  return real(descriptor);
}
