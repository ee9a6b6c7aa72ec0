// The engine behind `open_sqlite`, with what its own tests turn and read.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "db/database.h"

namespace qantara::db::sqlite {

struct Tuning {
  /// After a commit that leaves the log longer than this, in pages: 32 MiB. Four times the interval of SQLite's default
  /// brings a third more commits a second; a longer log makes starting after a crash slower.
  int checkpoint_pages = 8000;

  /// With nothing to do for `idle_after`, a log longer than this is moved too, so that fewer commits wait for it.
  int idle_checkpoint_pages = 1000;
  std::chrono::milliseconds idle_after{50};

  /// After a storage failure, how often to look whether writing works again.
  std::chrono::milliseconds probe_every{500};

  /// Unsafe below FULL. For the tests that show that their power cuts would find it.
  std::string synchronous = "FULL";
};

struct Statistics {
  std::uint64_t closures = 0;     ///< Closures run by the writer, with those run again.
  std::uint64_t commits = 0;      ///< Durable transactions; one may hold many closures.
  std::uint64_t checkpoints = 0;  ///< Times the log was moved into the file.
};

class Engine : public Database {
 public:
  virtual Statistics statistics() const = 0;
};

/// `open_sqlite` with everything adjustable.
Result<std::unique_ptr<Engine>> open_engine(const SqliteOptions& options, std::span<const Migration> migrations,
                                            const Tuning& tuning);

}  // namespace qantara::db::sqlite
