// Fewer writes for a commit. SQLite writes each page of its log in two pieces, head and page; here what follows in the file
// on what was written before is gathered in memory, and goes to the file in one piece when it must be there: before a flush,
// a read, a look at the size, or the end. A reader never looks for more than what a commit has flushed.
#pragma once

#include <memory>
#include <string>

namespace qantara::db::sqlite {

/// A VFS (sqlite.org/vfs.html) that does this for logs, and leaves everything else to another one. Known to SQLite by its
/// name for as long as it lives; it outlives the connections that are opened with it.
class GatheringVfs {
 public:
  /// `below`: the name of the VFS that does the work; empty for the machine's. Null if there is none of this name.
  static std::unique_ptr<GatheringVfs> above(const std::string& below);

  GatheringVfs(const GatheringVfs&) = delete;
  GatheringVfs& operator=(const GatheringVfs&) = delete;
  ~GatheringVfs();

  const std::string& name() const;

 private:
  struct State;
  explicit GatheringVfs(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace qantara::db::sqlite
