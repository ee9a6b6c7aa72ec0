#include "base/log.h"

#include <spdlog/async.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "base/clock.h"

namespace qantara::log {

namespace {

/// Standard error, written to when there is nothing more to write and some milliseconds brought nothing new: soon when little
/// happens, and many lines at a time when much does; then nobody who logs has to wake the one thread that this runs on.
class StandardError final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit StandardError(spdlog::details::thread_pool& pool) : pool_(pool) {}
  ~StandardError() override { write_out(); }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    lines_.append(message.payload.data(), message.payload.size());
    lines_ += '\n';
    if (lines_.size() < kWrittenAtOnce && pool_.queue_size() == 0) {
      std::unique_lock lock{resting_};
      rest_.wait_for(lock, kRest);
    }
    if (lines_.size() >= kWrittenAtOnce || pool_.queue_size() == 0) write_out();
  }
  void flush_() override { write_out(); }

 private:
  static constexpr std::size_t kWrittenAtOnce = 64 * 1024;
  static constexpr std::chrono::milliseconds kRest{2};

  void write_out() {
    for (std::string_view rest = lines_; !rest.empty();) {
      const auto written = ::write(STDERR_FILENO, rest.data(), rest.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) break;  // Nobody is left to be told.
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
    lines_.clear();
  }

  spdlog::details::thread_pool& pool_;  // Runs this, so it is there.
  std::string lines_;
  std::mutex resting_;
  std::condition_variable rest_;  // Never notified.
};

std::shared_ptr<spdlog::logger> logger;  // Null until start(): what is written before is dropped.

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::DEBUG:
      return spdlog::level::debug;
    case Level::INFO:
      return spdlog::level::info;
    case Level::WARN:
      return spdlog::level::warn;
    case Level::ERROR:
      return spdlog::level::err;
    case Level::OFF:
      return spdlog::level::off;
  }
  return spdlog::level::off;
}

std::string_view name(Level level) {
  switch (level) {
    case Level::DEBUG:
      return "debug";
    case Level::INFO:
      return "info";
    case Level::WARN:
      return "warn";
    case Level::ERROR:
      return "error";
    case Level::OFF:
      return "off";
  }
  return "off";
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool is_escaped = byte == '"' || byte == '\\';
    const bool is_control = byte < 0x20 || byte == 0x7F;
    if (!is_escaped && !is_control) continue;
    out.append(text, done, i - done);
    out += is_escaped ? std::string{'\\', text[i]} : fmt::format("\\u{:04x}", byte);
    done = i + 1;
  }
  out.append(text, done);
  out += '"';
}

}  // namespace

void start(Level level) {
  // Blocking when full: a line that explains an incident is worth a short wait.
  spdlog::init_thread_pool(8192, 1);
  logger = std::make_shared<spdlog::async_logger>("qantara", std::make_shared<StandardError>(*spdlog::thread_pool()),
                                                  spdlog::thread_pool(), spdlog::async_overflow_policy::block);
  logger->set_level(spdlog_level(level));
}

void stop() {
  logger.reset();
  spdlog::shutdown();
}

void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
  if (!logger || !logger->should_log(spdlog_level(level))) return;
  std::string line = R"({"time":")" + to_text(SystemClock{}.now()) + R"(","level":")";
  line += name(level);
  line += R"(","message":)";
  append_quoted(line, message);
  for (const auto& field : fields) {
    line += ',';
    append_quoted(line, field.name);
    line += ':';
    if (field.is_number) {
      line += field.value;
    } else {
      append_quoted(line, field.value);
    }
  }
  line += '}';
  logger->log(spdlog_level(level), line);
}

}  // namespace qantara::log
