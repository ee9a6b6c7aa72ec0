#include "db/sqlite/gathered_log.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <new>
#include <string_view>
#include <utility>

namespace qantara::db::sqlite {
namespace {

// What is gathered at most: a commit of 256 requests has about half of it.
constexpr std::size_t kGatheredMax = std::size_t{4} * 1024 * 1024;

// SQLite's own VFS takes less than 128 KiB at a time: its pages are never larger.
constexpr std::size_t kPiece = std::size_t{64} * 1024;

/// An open log. SQLite gives the memory; the file of the VFS below lies behind it.
struct LogFile {
  sqlite3_file base;  // First: SQLite sees only this.
  sqlite3_file* below;
  std::string* gathered;
  sqlite3_int64 begin;  // Where the gathered bytes belong.
};

LogFile& log_of(sqlite3_file* file) { return *reinterpret_cast<LogFile*>(file); }
const sqlite3_io_methods& below(sqlite3_file* file) { return *log_of(file).below->pMethods; }

/// Errors are those of the write that was put off.
int write_out(sqlite3_file* file) {
  LogFile& log = log_of(file);
  std::string_view rest = *log.gathered;
  int written = SQLITE_OK;
  for (sqlite3_int64 offset = log.begin; !rest.empty() && written == SQLITE_OK;) {
    const auto piece = rest.substr(0, kPiece);
    written = below(file).xWrite(log.below, piece.data(), static_cast<int>(piece.size()), offset);
    rest.remove_prefix(piece.size());
    offset += static_cast<sqlite3_int64>(piece.size());
  }
  log.gathered->clear();
  return written;
}

int close(sqlite3_file* file) {
  LogFile& log = log_of(file);
  const int written = write_out(file);
  const int closed = below(file).xClose(log.below);
  delete std::exchange(log.gathered, nullptr);
  return written != SQLITE_OK ? written : closed;
}

int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  LogFile& log = log_of(file);
  const auto end = log.begin + static_cast<sqlite3_int64>(log.gathered->size());
  if (!log.gathered->empty() && (offset != end || log.gathered->size() >= kGatheredMax)) {
    if (const int written = write_out(file); written != SQLITE_OK) return written;
  }
  if (log.gathered->empty()) log.begin = offset;
  try {
    log.gathered->append(static_cast<const char*>(data), static_cast<std::size_t>(size));
  } catch (const std::bad_alloc&) {
    return SQLITE_IOERR_NOMEM;
  }
  return SQLITE_OK;
}

int read(sqlite3_file* file, void* data, int size, sqlite3_int64 offset) {
  if (const int written = write_out(file); written != SQLITE_OK) return written;
  return below(file).xRead(log_of(file).below, data, size, offset);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (const int written = write_out(file); written != SQLITE_OK) return written;
  return below(file).xTruncate(log_of(file).below, size);
}

int sync(sqlite3_file* file, int flags) {
  if (const int written = write_out(file); written != SQLITE_OK) return written;
  return below(file).xSync(log_of(file).below, flags);
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  if (const int written = write_out(file); written != SQLITE_OK) return written;
  return below(file).xFileSize(log_of(file).below, size);
}

int lock(sqlite3_file* file, int level) { return below(file).xLock(log_of(file).below, level); }
int unlock(sqlite3_file* file, int level) { return below(file).xUnlock(log_of(file).below, level); }
int is_reserved(sqlite3_file* file, int* found) { return below(file).xCheckReservedLock(log_of(file).below, found); }
int control(sqlite3_file* file, int what, void* with) {
  return below(file).xFileControl(log_of(file).below, what, with);
}
int sector_size(sqlite3_file* file) { return below(file).xSectorSize(log_of(file).below); }
int characteristics(sqlite3_file* file) { return below(file).xDeviceCharacteristics(log_of(file).below); }

constexpr sqlite3_io_methods kLogMethods{.iVersion = 1,
                                         .xClose = close,
                                         .xRead = read,
                                         .xWrite = write,
                                         .xTruncate = truncate,
                                         .xSync = sync,
                                         .xFileSize = file_size,
                                         .xLock = lock,
                                         .xUnlock = unlock,
                                         .xCheckReservedLock = is_reserved,
                                         .xFileControl = control,
                                         .xSectorSize = sector_size,
                                         .xDeviceCharacteristics = characteristics};

sqlite3_vfs* below(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* found) {
  sqlite3_vfs* const real = below(vfs);
  if ((flags & SQLITE_OPEN_WAL) == 0) return real->xOpen(real, name, file, flags, found);
  LogFile& log = log_of(file);
  log.base.pMethods = nullptr;
  log.below = reinterpret_cast<sqlite3_file*>(&log + 1);
  const int opened = real->xOpen(real, name, log.below, flags, found);
  if (opened != SQLITE_OK) {
    if (log.below->pMethods != nullptr) log.below->pMethods->xClose(log.below);
    return opened;
  }
  log.gathered = new (std::nothrow) std::string;
  if (log.gathered == nullptr) {
    log.below->pMethods->xClose(log.below);
    return SQLITE_NOMEM;
  }
  log.base.pMethods = &kLogMethods;
  return SQLITE_OK;
}

}  // namespace

struct GatheringVfs::State {
  std::string name;
  sqlite3_vfs vfs{};
};

std::unique_ptr<GatheringVfs> GatheringVfs::above(const std::string& below_name) {
  sqlite3_vfs* const real = sqlite3_vfs_find(below_name.empty() ? nullptr : below_name.c_str());
  if (real == nullptr) return nullptr;
  auto state = std::make_unique<State>();
  state->name = fmt::format("gathering-{}-{}", real->zName, static_cast<const void*>(state.get()));
  // What is not about opening files goes to the functions of the one below, which get itself.
  sqlite3_vfs& vfs = state->vfs;
  vfs.iVersion = 2;
  vfs.szOsFile = static_cast<int>(sizeof(LogFile)) + real->szOsFile;
  vfs.mxPathname = real->mxPathname;
  vfs.zName = state->name.c_str();
  vfs.pAppData = real;
  vfs.xOpen = open;
  vfs.xDelete = [](sqlite3_vfs* self, const char* name, int sync_folder) {
    return below(self)->xDelete(below(self), name, sync_folder);
  };
  vfs.xAccess = [](sqlite3_vfs* self, const char* name, int flags, int* found) {
    return below(self)->xAccess(below(self), name, flags, found);
  };
  vfs.xFullPathname = [](sqlite3_vfs* self, const char* name, int size, char* out) {
    return below(self)->xFullPathname(below(self), name, size, out);
  };
  vfs.xRandomness = [](sqlite3_vfs* self, int size, char* out) {
    return below(self)->xRandomness(below(self), size, out);
  };
  vfs.xSleep = [](sqlite3_vfs* self, int micros) { return below(self)->xSleep(below(self), micros); };
  vfs.xCurrentTime = [](sqlite3_vfs* self, double* day) { return below(self)->xCurrentTime(below(self), day); };
  vfs.xGetLastError = [](sqlite3_vfs* self, int size, char* out) {
    return below(self)->xGetLastError == nullptr ? 0 : below(self)->xGetLastError(below(self), size, out);
  };
  vfs.xCurrentTimeInt64 = [](sqlite3_vfs* self, sqlite3_int64* millis) {
    return below(self)->xCurrentTimeInt64(below(self), millis);
  };
  if (real->iVersion < 2 || real->xCurrentTimeInt64 == nullptr) vfs.iVersion = 1;
  if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK) return nullptr;
  return std::unique_ptr<GatheringVfs>{new GatheringVfs{std::move(state)}};
}

GatheringVfs::GatheringVfs(std::unique_ptr<State> state) : state_(std::move(state)) {}
GatheringVfs::~GatheringVfs() { sqlite3_vfs_unregister(&state_->vfs); }

const std::string& GatheringVfs::name() const { return state_->name; }

}  // namespace qantara::db::sqlite
