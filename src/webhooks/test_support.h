// What the tests of webhooks share: a real database, a clock that moves when told, and receivers that do as they are told.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/nursery.h"
#include "base/random.h"
#include "base/timers.h"
#include "db/database.h"
#include "db/test_database.h"
#include "events/events.h"
#include "http/client.h"
#include "migrations/gateway.h"
#include "webhooks/dispatcher.h"
#include "webhooks/webhooks.h"

namespace qantara::webhooks {

inline constexpr auto kShop = "https://shop.example/hooks";
inline constexpr auto kOther = "https://other.example/hooks";

/// In webhook_store_test.cpp, where SQL may stand.
Result<void> insert_application(db::Transaction& tx, ApplicationId id);
Result<void> make_live(db::Transaction& tx, ApplicationId id);
Result<std::optional<std::string>> select_fan_out_mark(db::Transaction& tx);

/// The world's receivers behind one http::Client: each URL gives its scripted answers, then 200 for ever.
class ScriptedReceivers final : public http::Client {
 public:
  explicit ScriptedReceivers(Timers& timers) : timers_(timers) {}

  void answer(const std::string& url, http::ClientResult answer) { scripts_[url].push_back(std::move(answer)); }
  void answer(const std::string& url, int status) {
    answer(url, http::ClientResult{http::ClientResponse{.status = status}});
  }
  void always(const std::string& url, int status) { defaults_[url] = status; }

  /// Attempts at `url` wait, until it is let go.
  void hold(const std::string& url) { held_.insert(url); }
  /// Those that wait go on waiting; what comes is answered.
  void hold_no_more(const std::string& url) { held_.erase(url); }
  void let_go(const std::string& url) {
    held_.erase(url);
    for (const auto& [waiting, bell] : bells_) bell->ring();
  }
  void let_all_go() {
    held_.clear();
    for (const auto& [waiting, bell] : bells_) bell->ring();
  }

  Task<http::ClientResult> send(http::ClientRequest request) override {
    const std::string url = request.url;
    requests.push_back(std::move(request));
    while (held_.contains(url)) {
      const auto bell = timers_.make_bell();
      const auto place = bells_.emplace(url, bell.get());
      co_await bell->wait_until(Instant::max());
      bells_.erase(place);
    }
    auto& script = scripts_[url];
    if (!script.empty()) {
      http::ClientResult next = std::move(script.front());
      script.pop_front();
      co_return next;
    }
    http::ClientResponse usual{.status = defaults_.contains(url) ? defaults_.at(url) : 200};
    co_return usual;
  }

  std::vector<const http::ClientRequest*> to(std::string_view url) const {
    std::vector<const http::ClientRequest*> found;
    for (const auto& request : requests) {
      if (request.url == url) found.push_back(&request);
    }
    return found;
  }
  std::vector<std::string> bodies(std::string_view url) const {
    std::vector<std::string> found;
    for (const auto* request : to(url)) found.push_back(request->body);
    return found;
  }

  std::deque<http::ClientRequest> requests;

 private:
  Timers& timers_;
  std::map<std::string, std::deque<http::ClientResult>> scripts_;
  std::map<std::string, int> defaults_;
  std::set<std::string> held_;
  std::multimap<std::string, Bell*> bells_;
};

/// The world's names: each has the addresses it was given, the others none.
class ScriptedDns final : public http::Dns {
 public:
  void answer(const std::string& host, std::vector<std::string> addresses) { names_[host] = std::move(addresses); }

  Task<Result<std::vector<std::string>>> resolve(std::string host) override {
    const auto found = names_.find(host);
    if (found == names_.end()) co_return error(ErrorCode::NOT_SENT, "the host name has no address");
    co_return found->second;
  }

 private:
  std::map<std::string, std::vector<std::string>> names_;
};

/// A database that can be told to fail.
class FragileDatabase final : public db::Database {
 public:
  explicit FragileDatabase(db::Database& whole) : whole_(whole) {}
  void fail_writes() { broken_ = true; }
  void heal() { broken_ = false; }
  int refused() const { return refused_; }

  void on_commit(db::Channel channel, std::function<void()> listener) override {
    whole_.on_commit(channel, std::move(listener));
  }
  std::optional<db::Term> leadership() const override { return whole_.leadership(); }
  void on_leadership(std::function<void()> listener) override { whole_.on_leadership(std::move(listener)); }
  Result<std::string> place() const override { return whole_.place(); }
  bool writable() const override { return !broken_; }
  void close() override {}

 protected:
  Task<Result<void>> run_write(const Job& job, db::Reads) override {
    if (broken_) {
      ++refused_;
      co_return error(ErrorCode::STORAGE_FAILED, "the disk is gone");
    }
    const Result<void> done = co_await whole_.write([&](db::Transaction& tx) { return job(tx); });
    co_return done;
  }
  Task<Result<void>> run_read(const Job& job) override {
    const Result<void> done = co_await whole_.read([&](db::Transaction& tx) { return job(tx); });
    co_return done;
  }

 private:
  db::Database& whole_;
  bool broken_ = false;
  int refused_ = 0;
};

/// One gateway's worth of webhooks, in one thread beside the database's.
class Stage {
 public:
  Stage() {
    database = std::make_unique<FragileDatabase>(*whole_);
    application = make_application();
  }
  ~Stage() {
    receivers.let_all_go();
    stop_dispatcher();
  }

  /// Runs `task` to its end, and everybody else meanwhile.
  template <class T>
  T run(Task<T> task) {
    auto result = whole_.run(std::move(task));
    EXPECT_TRUE(until([&] { return whole_.is_idle(); }));
    return result;
  }
  template <class Closure>
  auto write(Closure closure) {
    return run((*whole_).write(std::move(closure)));
  }

  /// Lets everybody work until `done()`. False if that does not come to pass.
  template <class Done>
  bool until(Done done) {
    return whole_.until(std::move(done));
  }

  ApplicationId make_application() {
    const auto id = ApplicationId::make(clock, random);
    EXPECT_TRUE(write([&](db::Transaction& tx) { return insert_application(tx, id); }));
    return id;
  }
  CreatedEndpoint create(std::string_view url, std::vector<std::string> types = {}) {
    const EndpointSettings settings{.url = std::string{url}, .types = std::move(types)};
    return *write([&](db::Transaction& tx) { return webhooks.create_endpoint(tx, application, settings); });
  }
  /// Commits an event and wakes the dispatcher. Result: the envelope's bytes.
  std::string publish(const Uuid& aggregate, events::Type type = events::Type::PAYMENT_CREATED) {
    return publish(events::Subject{.application = application, .aggregate = aggregate}, type);
  }
  std::string publish(const events::Subject& subject, events::Type type = events::Type::PAYMENT_CREATED) {
    std::string envelope = publish_quietly(subject, type);
    if (dispatcher) dispatcher->wake();
    return envelope;
  }
  std::string publish_quietly(const Uuid& aggregate) {
    return publish_quietly({.application = application, .aggregate = aggregate}, events::Type::PAYMENT_CREATED);
  }
  std::string publish_quietly(const events::Subject& subject, events::Type type) {
    const auto stored = write([&](db::Transaction& tx) -> Result<std::vector<events::StoredEvent>> {
      RETURN_IF_ERROR(events.append(tx, subject, type, R"({"amount":10.00})"));
      return events.of_aggregate(tx, subject.aggregate);
    });
    return stored->back().body;
  }
  Executor executor() { return whole_.executor(); }
  Uuid make_aggregate() { return Uuid::make(clock, random); }

  std::vector<Delivery> deliveries(WebhookEndpointId endpoint) {
    auto found =
        *write([&](db::Transaction& tx) { return webhooks.deliveries_of_endpoint(tx, endpoint, INT64_MAX, 1000); });
    std::ranges::reverse(found);
    return found;
  }
  std::vector<Attempt> attempts(std::int64_t delivery) {
    return *write([&](db::Transaction& tx) { return webhooks.attempts(tx, delivery); });
  }
  Endpoint endpoint(WebhookEndpointId id) {
    return *write([&](db::Transaction& tx) { return webhooks.get_endpoint(tx, application, id); });
  }

  /// It polls once a day unless told otherwise, so that a wake-up that gets lost fails the test. Real time stands still: with
  /// `row_after` as it is, nothing gets a row before it must; with zero everything does, and is claimed from the table.
  void start_dispatcher(DispatcherOptions options = {}) {
    if (row_after) options.row_after = *row_after;
    if (options.poll == DispatcherOptions{}.poll) options.poll = std::chrono::hours{24};
    dispatcher = std::make_unique<Dispatcher>(Dispatcher::Surroundings{.executor = whole_.executor(),
                                                                       .database = *database,
                                                                       .client = *client,
                                                                       .domain_clock = clock,
                                                                       .real_clock = real_clock,
                                                                       .random = random,
                                                                       .vault = vault,
                                                                       .timers = *timers,
                                                                       .addresses = addresses},
                                              options);
    dispatcher_task_.start(dispatcher->run());
  }
  void stop_dispatcher() {
    if (!dispatcher) return;
    dispatcher->stop();
    EXPECT_TRUE(until([&] { return dispatcher_task_.count() == 0; }));
    dispatcher.reset();
  }
  bool is_dispatching() const { return dispatcher_task_.count() > 0; }
  /// A later moment, of which the dispatcher hears.
  void advance(Duration by) {
    clock.advance(by);
    timers->ring_all();
  }
  bool delivered(WebhookEndpointId id, std::size_t count) {
    return until([&] {
      return std::ranges::count(deliveries(id), DeliveryStatus::DELIVERED, &Delivery::status) ==
             static_cast<std::ptrdiff_t>(count);
    });
  }

 private:
  db::TestDatabase whole_{gateway::schema::migrations(), gateway::schema::postgres_migrations()};

 public:
  ManualClock clock{Instant{std::chrono::seconds{1'700'000'000}}};
  ManualClock real_clock{Instant{std::chrono::seconds{1'600'000'000}}};
  SeededRandom random{7};
  const http::AddressPolicy addresses{};
  const Vault vault{std::array<std::byte, 32>{}, random};
  std::unique_ptr<Timers> timers = make_system_timers(whole_.executor(), clock);
  ScriptedReceivers receivers{*timers};
  http::Client* client = &receivers;  ///< What the dispatcher sends with.
  std::unique_ptr<FragileDatabase> database;
  const events::Events events{clock, random};
  ScriptedDns dns;
  const Webhooks webhooks{clock, random, vault, addresses, dns};
  ApplicationId application;
  std::optional<Duration> row_after;
  std::unique_ptr<Dispatcher> dispatcher;

 private:
  Nursery dispatcher_task_{whole_.executor()};
};

}  // namespace qantara::webhooks
