// For tests: a disk in memory, under SQLite, that knows what has been flushed. The power can fail at any operation, any
// call can fail, and space can run out. Header only, so that none of it is in the library.
#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "base/check.h"

namespace qantara::db::sqlite {

class CrashDisk {
 public:
  /// What becomes of writes that were not flushed when the power fails.
  enum class Loss {
    EVERYTHING,    ///< None of them arrived.
    NOTHING,       ///< All of them did.
    SOME_SECTORS,  ///< Each sector of 512 bytes arrived or not, in any order.
    TORN_SECTORS,  ///< The same, and some that arrived hold garbage.
  };

  enum class Operation { OPEN, READ, WRITE, TRUNCATE, SYNC, REMOVE, SHARED_MEMORY };

  struct Fault {
    Operation operation;
    int from;                                     ///< The n-th such operation from now on, counted from 1.
    int count = std::numeric_limits<int>::max();  ///< How many fail.
    int code;                                     ///< SQLite's, for example SQLITE_IOERR_FSYNC.
    bool takes_effect = false;                    ///< A write is reported as failed, and has arrived all the same.
  };

  /// Registers itself with SQLite under `name`.
  explicit CrashDisk(std::string name) : name_(std::move(name)) {
    vfs_.iVersion = 1;
    vfs_.szOsFile = sizeof(File);
    vfs_.mxPathname = 512;
    vfs_.zName = name_.c_str();
    vfs_.pAppData = this;
    vfs_.xOpen = open;
    vfs_.xDelete = remove;
    vfs_.xAccess = access;
    vfs_.xFullPathname = full_path;
    vfs_.xRandomness = randomness;
    vfs_.xSleep = sleep;
    vfs_.xCurrentTime = current_time;
    vfs_.xGetLastError = last_error;
    CHECK(sqlite3_vfs_register(&vfs_, 0) == SQLITE_OK);
  }
  ~CrashDisk() { sqlite3_vfs_unregister(&vfs_); }
  CrashDisk(const CrashDisk&) = delete;
  CrashDisk& operator=(const CrashDisk&) = delete;

  const std::string& name() const { return name_; }

  /// Begins anew: an empty disk, with power and without faults.
  void format(std::uint64_t seed) {
    const std::lock_guard lock{mutex_};
    files_.clear();
    random_.seed(seed);
    make_well();
  }

  /// The power fails with the n-th change or flush from now, counted from 1: a change has been taken, a flush has not.
  void cut_at(long operation, Loss loss) {
    const std::lock_guard lock{mutex_};
    changes_ = 0;
    cut_at_ = operation;
    loss_ = loss;
  }

  /// The power fails now.
  void cut(Loss loss) {
    const std::lock_guard lock{mutex_};
    loss_ = loss;
    if (!dead_) lose_power();
  }

  /// After a cut and after the last connection is closed: what arrived on the disk is all there is. Also heals faults.
  void restart() {
    const std::lock_guard lock{mutex_};
    if (dead_) files_ = std::move(survivors_);
    make_well();
  }

  void fail(const Fault& fault) {
    const std::lock_guard lock{mutex_};
    fault_ = fault;
    failing_ = true;
    matching_ = 0;
  }

  /// No fault, and space again.
  void heal() {
    const std::lock_guard lock{mutex_};
    failing_ = false;
    space_ = std::numeric_limits<std::size_t>::max();
  }

  /// All files together may not become larger than this.
  void limit_space(std::size_t bytes) {
    const std::lock_guard lock{mutex_};
    space_ = bytes;
  }

  std::size_t space_used() {
    const std::lock_guard lock{mutex_};
    return used();
  }

  bool is_dead() {
    const std::lock_guard lock{mutex_};
    return dead_;
  }

  /// Changes and flushes since `format`, `restart` or `cut_at`.
  long changes() {
    const std::lock_guard lock{mutex_};
    return changes_;
  }

  /// How often the fault has struck since `fail`.
  int failures() {
    const std::lock_guard lock{mutex_};
    return std::max(0, std::min(matching_ - fault_.from + 1, fault_.count));
  }

 private:
  using Data = std::vector<unsigned char>;

  struct Change {
    std::size_t offset;
    Data data;
    bool truncates;
  };

  struct File;
  struct Node {
    Data now;
    Data durable;
    std::vector<Change> unsynced;
    std::vector<File*> open;  // For the locks, which are held by files.
    std::vector<std::unique_ptr<unsigned char[]>> shared_memory;
  };
  using Files = std::map<std::string, std::shared_ptr<Node>>;

  struct File {
    sqlite3_file base;
    CrashDisk* disk;
    std::shared_ptr<Node>* node;
    int lock;
    bool uses_shared_memory;
    unsigned shared_locks;  // Bit n: lock n of the write-ahead log's index.
    unsigned exclusive_locks;
  };

  static File& file(sqlite3_file* base) { return *reinterpret_cast<File*>(base); }
  static CrashDisk& disk(sqlite3_vfs* vfs) { return *static_cast<CrashDisk*>(vfs->pAppData); }

  void make_well() {
    dead_ = false;
    cut_at_ = -1;
    changes_ = 0;
    failing_ = false;
    space_ = std::numeric_limits<std::size_t>::max();
  }

  std::size_t used() const {
    std::size_t sum = 0;
    for (const auto& [path, node] : files_) sum += node->now.size();
    return sum;
  }

  static void put(Data& data, const Change& change) {
    if (change.truncates) {
      data.resize(change.offset);
      return;
    }
    if (data.size() < change.offset + change.data.size()) data.resize(change.offset + change.data.size());
    std::copy(change.data.begin(), change.data.end(), data.begin() + static_cast<std::ptrdiff_t>(change.offset));
  }

  bool chance(unsigned one_in) { return random_() % one_in == 0; }

  void lose_power() {
    dead_ = true;
    survivors_.clear();
    for (const auto& [path, node] : files_) {
      const auto survivor = std::make_shared<Node>();
      survivor->durable = node->durable;
      for (const Change& change : node->unsynced) lose(survivor->durable, change);
      survivor->now = survivor->durable;
      survivors_[path] = survivor;
    }
  }

  void lose(Data& data, const Change& change) {
    if (loss_ == Loss::EVERYTHING) return;
    if (change.truncates || loss_ == Loss::NOTHING) {
      if (loss_ == Loss::NOTHING || chance(2)) put(data, change);
      return;
    }
    constexpr std::size_t kSector = 512;
    for (std::size_t start = 0; start < change.data.size(); start += kSector) {
      if (chance(2)) continue;
      const auto begin = change.data.begin() + static_cast<std::ptrdiff_t>(start);
      const std::size_t size = std::min(kSector, change.data.size() - start);
      Change part{change.offset + start, {begin, begin + static_cast<std::ptrdiff_t>(size)}, false};
      if (loss_ == Loss::TORN_SECTORS && chance(16)) {
        for (unsigned char& byte : part.data) byte = static_cast<unsigned char>(random_());
      }
      put(data, part);
    }
  }

  /// Whether the operation goes on; otherwise the code that it returns.
  int strike(Operation operation, int when_dead) {
    if (dead_) return when_dead;
    if (!failing_ || fault_.operation != operation) return SQLITE_OK;
    ++matching_;
    return matching_ >= fault_.from && matching_ - fault_.from < fault_.count ? fault_.code : SQLITE_OK;
  }

  /// Counts a change or flush. False when the power failed with it.
  bool survives() {
    if (++changes_ != cut_at_) return true;
    lose_power();
    return false;
  }

  int change(File& file, Operation operation, Change change, int failure) {
    const std::lock_guard lock{mutex_};
    const int struck = strike(operation, failure);
    if (struck != SQLITE_OK && (dead_ || !fault_.takes_effect)) return struck;
    Node& node = **file.node;
    const std::size_t end = change.offset + change.data.size();
    bool fits = true;
    if (const std::size_t size = node.now.size(); end > size && used() + (end - size) > space_) {
      fits = false;  // What fits is written.
      const std::size_t available = std::max(size + space_ - std::min(space_, used()), change.offset);
      change.data.resize(std::min(change.data.size(), available - change.offset));
    }
    put(node.now, change);
    node.unsynced.push_back(std::move(change));
    if (!survives()) return failure;
    return fits ? struck : SQLITE_FULL;
  }

  // The methods of a file.

  static int close(sqlite3_file* base) {
    File& f = file(base);
    const std::lock_guard lock{f.disk->mutex_};
    std::erase((*f.node)->open, &f);
    delete f.node;
    return SQLITE_OK;
  }

  static int read(sqlite3_file* base, void* out, int size, sqlite3_int64 offset) {
    File& f = file(base);
    const std::lock_guard lock{f.disk->mutex_};
    if (const int struck = f.disk->strike(Operation::READ, SQLITE_IOERR_READ); struck != SQLITE_OK) return struck;
    const Data& data = (*f.node)->now;
    const auto wanted = static_cast<std::size_t>(size);
    const auto start = std::min(static_cast<std::size_t>(offset), data.size());
    const std::size_t found = std::min(wanted, data.size() - start);
    std::memset(out, 0, wanted);
    std::copy_n(data.begin() + static_cast<std::ptrdiff_t>(start), found, static_cast<unsigned char*>(out));
    return found < wanted ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
  }

  static int write(sqlite3_file* base, const void* in, int size, sqlite3_int64 offset) {
    const auto* bytes = static_cast<const unsigned char*>(in);
    return file(base).disk->change(file(base), Operation::WRITE,
                                   {static_cast<std::size_t>(offset), {bytes, bytes + size}, false},
                                   SQLITE_IOERR_WRITE);
  }

  static int truncate(sqlite3_file* base, sqlite3_int64 size) {
    return file(base).disk->change(file(base), Operation::TRUNCATE, {static_cast<std::size_t>(size), {}, true},
                                   SQLITE_IOERR_TRUNCATE);
  }

  static int sync(sqlite3_file* base, int) {
    File& f = file(base);
    const std::lock_guard lock{f.disk->mutex_};
    Node& node = **f.node;
    if (const int struck = f.disk->strike(Operation::SYNC, SQLITE_IOERR_FSYNC); struck != SQLITE_OK) {
      if (!f.disk->dead_)
        node.unsynced.clear();  // Linux forgets them: a flush that succeeds later does not bring them.
      return struck;
    }
    if (!f.disk->survives()) return SQLITE_IOERR_FSYNC;
    for (const Change& change : node.unsynced) put(node.durable, change);
    node.unsynced.clear();
    return SQLITE_OK;
  }

  static int size(sqlite3_file* base, sqlite3_int64* out) {
    File& f = file(base);
    const std::lock_guard lock{f.disk->mutex_};
    *out = static_cast<sqlite3_int64>((*f.node)->now.size());
    return SQLITE_OK;
  }

  static int lock(sqlite3_file* base, int wanted) {
    File& f = file(base);
    const std::lock_guard lock{f.disk->mutex_};
    if (f.lock >= wanted) return SQLITE_OK;
    for (const File* other : (*f.node)->open) {
      if (other == &f) continue;
      const bool compatible = wanted == SQLITE_LOCK_SHARED     ? other->lock < SQLITE_LOCK_PENDING
                              : wanted == SQLITE_LOCK_RESERVED ? other->lock < SQLITE_LOCK_RESERVED
                                                               : other->lock == SQLITE_LOCK_NONE;
      if (!compatible) return SQLITE_BUSY;
    }
    f.lock = wanted;
    return SQLITE_OK;
  }

  static int unlock(sqlite3_file* base, int wanted) {
    File& f = file(base);
    const std::lock_guard lock{f.disk->mutex_};
    f.lock = std::min(f.lock, wanted);
    return SQLITE_OK;
  }

  static int check_reserved(sqlite3_file* base, int* out) {
    File& f = file(base);
    const std::lock_guard lock{f.disk->mutex_};
    *out = std::ranges::any_of((*f.node)->open, [](const File* other) { return other->lock >= SQLITE_LOCK_RESERVED; });
    return SQLITE_OK;
  }

  static int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
  static int sector_size(sqlite3_file*) { return 4096; }
  // As SQLite's own for Linux: a torn write spoils nothing beside it.
  static int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

  static int map_shared_memory(sqlite3_file* base, int region, int size, int extend, void volatile** out) {
    File& f = file(base);
    const std::lock_guard lock{f.disk->mutex_};
    *out = nullptr;
    if (const int struck = f.disk->strike(Operation::SHARED_MEMORY, SQLITE_OK); struck != SQLITE_OK) return struck;
    f.uses_shared_memory = true;
    auto& regions = (*f.node)->shared_memory;
    const auto index = static_cast<std::size_t>(region);
    if (index >= regions.size() && extend == 0) return SQLITE_OK;
    while (index >= regions.size()) {
      regions.push_back(std::make_unique<unsigned char[]>(static_cast<std::size_t>(size)));
    }
    *out = regions[index].get();
    return SQLITE_OK;
  }

  static int lock_shared_memory(sqlite3_file* base, int first, int count, int flags) {
    File& f = file(base);
    const std::lock_guard lock{f.disk->mutex_};
    const unsigned mask = ((1U << count) - 1U) << first;
    if ((flags & SQLITE_SHM_UNLOCK) != 0) {
      f.shared_locks &= ~mask;
      f.exclusive_locks &= ~mask;
      return SQLITE_OK;
    }
    const bool shared = (flags & SQLITE_SHM_SHARED) != 0;
    for (const File* other : (*f.node)->open) {
      const unsigned held = other->exclusive_locks | (shared ? 0U : other->shared_locks);
      if (other != &f && (held & mask) != 0) return SQLITE_BUSY;
    }
    (shared ? f.shared_locks : f.exclusive_locks) |= mask;
    return SQLITE_OK;
  }

  static void barrier(sqlite3_file* base) { const std::lock_guard lock{file(base).disk->mutex_}; }

  static int unmap_shared_memory(sqlite3_file* base, int) {
    File& f = file(base);
    const std::lock_guard lock{f.disk->mutex_};
    f.shared_locks = f.exclusive_locks = 0;
    f.uses_shared_memory = false;
    Node& node = **f.node;
    if (std::ranges::none_of(node.open, &File::uses_shared_memory)) node.shared_memory.clear();
    return SQLITE_OK;
  }

  // The methods of the disk.

  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* base, int flags, int* flags_out) {
    static constexpr sqlite3_io_methods kMethods = {
        .iVersion = 2,
        .xClose = close,
        .xRead = read,
        .xWrite = write,
        .xTruncate = truncate,
        .xSync = sync,
        .xFileSize = size,
        .xLock = lock,
        .xUnlock = unlock,
        .xCheckReservedLock = check_reserved,
        .xFileControl = control,
        .xSectorSize = sector_size,
        .xDeviceCharacteristics = characteristics,
        .xShmMap = map_shared_memory,
        .xShmLock = lock_shared_memory,
        .xShmBarrier = barrier,
        .xShmUnmap = unmap_shared_memory,
    };
    CrashDisk& self = disk(vfs);
    const std::lock_guard lock{self.mutex_};
    base->pMethods = nullptr;
    if (const int struck = self.strike(Operation::OPEN, SQLITE_CANTOPEN); struck != SQLITE_OK) return struck;
    std::shared_ptr<Node> node = path != nullptr ? self.files_[path] : nullptr;
    if (!node) node = std::make_shared<Node>();
    if (path != nullptr) self.files_[path] = node;
    File& f = *new (base) File{.base = {.pMethods = &kMethods}, .disk = &self, .node = new std::shared_ptr(node)};
    node->open.push_back(&f);
    if (flags_out != nullptr) *flags_out = flags;
    return SQLITE_OK;
  }

  static int remove(sqlite3_vfs* vfs, const char* path, int) {
    CrashDisk& self = disk(vfs);
    const std::lock_guard lock{self.mutex_};
    if (const int struck = self.strike(Operation::REMOVE, SQLITE_IOERR_DELETE); struck != SQLITE_OK) return struck;
    self.files_.erase(path);
    return self.survives() ? SQLITE_OK : SQLITE_IOERR_DELETE;
  }

  static int access(sqlite3_vfs* vfs, const char* path, int, int* out) {
    CrashDisk& self = disk(vfs);
    const std::lock_guard lock{self.mutex_};
    const auto found = self.files_.find(path);
    *out = found != self.files_.end() && !found->second->now.empty();
    return SQLITE_OK;
  }

  static int full_path(sqlite3_vfs*, const char* path, int size, char* out) {
    std::snprintf(out, static_cast<std::size_t>(size), "%s", path);
    return SQLITE_OK;
  }

  static int randomness(sqlite3_vfs* vfs, int size, char* out) {
    CrashDisk& self = disk(vfs);
    const std::lock_guard lock{self.mutex_};
    for (int i = 0; i < size; ++i) out[i] = static_cast<char>(self.random_());
    return size;
  }

  static int sleep(sqlite3_vfs*, int micros) { return micros; }
  static int current_time(sqlite3_vfs*, double* days) {
    *days = 2460000.0;
    return SQLITE_OK;
  }
  static int last_error(sqlite3_vfs*, int, char*) { return SQLITE_OK; }

  const std::string name_;
  sqlite3_vfs vfs_{};
  std::mutex mutex_;
  Files files_;
  Files survivors_;
  std::mt19937_64 random_;
  bool dead_ = false;
  long cut_at_ = -1;
  Loss loss_ = Loss::EVERYTHING;
  long changes_ = 0;
  bool failing_ = false;
  Fault fault_{};
  int matching_ = 0;
  std::size_t space_ = std::numeric_limits<std::size_t>::max();
};

}  // namespace qantara::db::sqlite
