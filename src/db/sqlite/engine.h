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
  /// After a commit that leaves the log longer than this, in pages: 64 MiB. The longer, the more often a page is written
  /// that is moved once; but who waits for a commit meanwhile waits long, and so does a start after a crash.
  int checkpoint_pages = 16'000;

  /// A log longer than this is moved too if the writer has time to spare: for so much of the time since the last move it
  /// had nothing to do, or now for `idle_after`. So only a writer that has more to do than it can makes others wait long.
  int idle_checkpoint_pages = 1000;
  int spare_percent = 25;
  std::chrono::milliseconds idle_after{50};

  /// Commits begin no closer to each other where more than one is waited for: one for a single closure costs as much as one
  /// for several, and writes more pages for each.
  std::chrono::microseconds gather_for{1000};

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
