// One connection to PostgreSQL and its prepared statements, for one thread at a time. All of the engine's libpq calls are
// here. Statements are queued one behind the other without waiting for each (pipeline mode); whoever wants an answer waits
// for it, and what was queued before has been answered by then.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "db/database.h"
#include "db/postgres/many_rows.h"
#include "db/transaction.h"

namespace qantara::db::postgres {

struct ResultDeleter {
  void operator()(PGresult* result) const { PQclear(result); }
};
/// The rows and the count of one statement. Shared where several closures asked the same.
using Answer = std::shared_ptr<const PGresult>;

/// Gives each row to `sink`, which may be null. Result: changed rows, or found ones.
std::int64_t read_answer(const Answer& answer, RowSink* sink);

/// Some of the rows of an answer.
struct Rows {
  Answer answer;
  int first = 0;
  int count = 0;
};
/// Gives each row to `sink`, which may be null. Result: how many there are.
std::int64_t read_rows(const Rows& rows, RowSink* sink);
/// All of them.
Rows rows_of(Answer answer);
/// Those of each set of parameters (for_many_questions), of which there were `asked`.
std::vector<Rows> rows_of_each(const Answer& answer, std::size_t asked);

/// What the server says that it did: "COMMIT", "INSERT 0 1".
std::string_view command_of(const PGresult& answer);

/// What a failure says beyond the statement that met it. Later is worse.
enum class Trouble {
  NONE,       ///< Nothing failed.
  STATEMENT,  ///< A constraint, or a mistake in the SQL: the transaction can only be rolled back.
  RETRY,      ///< Another transaction was in the way; the same once more may well succeed.
  SERVER,     ///< The server cannot do it now: no space, no memory, a lock that nobody releases.
  LOST,       ///< Nothing is heard from the server any more, or it does not serve us: only another connection helps.
};

using Deadline = std::chrono::steady_clock::time_point;
/// For deadlines: of the kernel, as sockets are.
inline Deadline uptime() { return std::chrono::steady_clock::now(); }

/// While the server is away, how often it is looked for.
inline constexpr std::chrono::milliseconds kTryEvery{200};

/// For a connection, with all that is asked before it is used. At the start nobody waits for answers yet.
inline constexpr std::chrono::milliseconds kConnectWithin{400};
inline constexpr std::chrono::milliseconds kConnectAtStartWithin{5000};

/// How long nothing may be heard before the server counts as gone.
enum class Patience {
  SHORT,        ///< kSilenceMax.
  WHILE_ALIVE,  ///< Longer, as long as the server still works for us: it is at a long statement.
};

class Connection {
 public:
  struct Options {
    std::string url;
    Durability durability = Durability::FULL;
    std::chrono::milliseconds connect_within = kConnectWithin;
    std::chrono::milliseconds silence_max{700};
    /// The server ends the session if it hears nothing for so long outside of a transaction; zero: never.
    std::chrono::milliseconds ended_when_idle_for{0};
  };

  /// Connects and looks whether the server may be used. Errors: SERVICE_UNAVAILABLE if it does not answer or lets us not in,
  /// or only reads; STORAGE_FAILED if it must not be used (open_postgres says when); INVALID_PARAMETERS.
  static Result<std::unique_ptr<Connection>> open(const Options& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Stands for a statement that was queued.
  using Ticket = std::uint64_t;

  /// Queues a statement; it is prepared once, and found again by the address of the literal. A failure shows when somebody waits.
  Ticket queue(Sql sql, std::span<const Value> parameters);
  /// Queues a statement whose answer nobody takes. Inserts of one row each are gathered until another statement comes or
  /// somebody waits, and go as one for each table.
  void queue_insert(Sql sql, std::span<const Value> parameters);

  /// Queues one question with several sets of parameters, as one statement (rows_of_each). Nothing if it cannot be one.
  std::optional<Ticket> queue_questions(Sql sql, std::span<const std::span<const Value>> sets);

  template <class... Parameters>
  Ticket queue_with(Sql sql, const Parameters&... parameters) {
    const Value values[] = {to_value(parameters)..., Value{Null{}}};
    return queue(sql, std::span{values, sizeof...(Parameters)});
  }

  /// The answer to `ticket`. Errors: that of the first statement that failed since `settle`, whichever it was:
  /// VERSION_CONFLICT (Trouble::RETRY), SERVICE_UNAVAILABLE (LOST), STORAGE_FAILED.
  Result<Answer> wait(Ticket ticket, Patience patience = Patience::WHILE_ALIVE);

  /// The answer to a statement that was queued before the last `settle`; nothing if it failed or was passed over.
  Answer take(Ticket ticket);

  /// Waits until everything that was queued is answered. After a failure what was queued behind it has been passed over, and
  /// the connection takes statements again. `patience` is for the last one. Errors: the first failure, which is forgotten then unless the connection is lost.
  Result<void> settle(Patience patience = Patience::WHILE_ALIVE);

  /// The answers that nobody took are not wanted.
  void forget_answers() { answers_.clear(); }
  /// From now on the answers to what is queued are kept for `take`, or only looked at for failures.
  enum class Answers { KEEP, DROP };
  void keep_answers(Answers which) { keep_ = which; }

  /// Runs statements separated by semicolons, without parameters, outside of everything else. Errors: STORAGE_FAILED.
  Result<void> script(const std::string& statements);

  /// Whether the server has warned since this was last asked.
  bool was_warned() { return std::exchange(was_warned_, false); }

  /// The worst failure since it was last settled without one.
  Trouble trouble() const { return trouble_; }
  bool is_lost() const { return trouble_ == Trouble::LOST; }
  /// What the last `settle` found.
  Trouble settled_trouble() const { return settled_trouble_; }
  const Error& settled_failure() const { return settled_failure_; }

 private:
  enum class Kind { PREPARE, STATEMENT, SYNC };
  struct Expected {
    Kind kind;
    Ticket ticket;
    const char* statement;  ///< Of PREPARE.
    bool kept = false;
  };
  enum class Preparation { NONE, ASKED, DONE };
  struct Prepared {
    std::string name;
    Preparation preparation = Preparation::NONE;
  };

  Connection() = default;
  Result<void> connect(const Options& options);
  Result<void> configure(const Options& options);
  Result<std::string> ask(const std::string& query);
  Ticket queue_at_once(Sql sql, std::span<const Value> parameters);
  Ticket submit(const char* text, std::span<const Oid> types, std::span<const char* const> values,
                std::span<const int> lengths);
  Ticket submit_arrays(const std::string& text, std::span<ArrayColumn> columns);
  void send_inserts();
  void send(int sent);
  void receive_one(Patience patience);
  void note(const PGresult& result, const Expected& expected);
  void lose(std::string cause);
  Result<void> failure() const;
  bool wait_for_socket(bool also_to_write, Deadline deadline) const;
  bool server_works_for_us() const;

  Options options_;
  PGconn* handle_ = nullptr;
  std::string session_;
  std::unordered_map<const char*, Prepared> statements_;
  /// Inserts and questions, for many at once if they can be.
  std::unordered_map<const char*, std::optional<std::string>> for_many_;
  std::vector<RowInserts> inserts_;
  std::deque<Expected> expected_;
  std::unordered_map<Ticket, Answer> answers_;
  Answers keep_ = Answers::DROP;
  bool has_sent_ = false;  ///< Something, since the last end of a batch.
  bool was_warned_ = false;
  Ticket next_ticket_ = 1;
  Ticket answered_ = 0;  ///< Up to here.
  Ticket wanted_ = 0;
  Trouble trouble_ = Trouble::NONE;
  std::optional<Error> failure_;
  Trouble settled_trouble_ = Trouble::NONE;
  Error settled_failure_;
};

/// Whether libpq understands it. Errors: INVALID_PARAMETERS, without the text itself, which may hold a password.
Result<void> check_url(const std::string& url);

}  // namespace qantara::db::postgres
