// Does this compiler treat the objects in a coroutine right? Each form below awaits in a way that some compiler got wrong
// (g++ 12.2 frees the temporaries of a third of them twice, without a warning), with objects that count themselves.
// The forms go far beyond what docs/how-to/coroutines.md lets us write: a compiler that fails one of them is not trusted
// with the others. On purpose it needs nothing but the standard library and GoogleTest, so any compiler can be asked.
#include <gtest/gtest.h>

#include <coroutine>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace {

/// The objects that are alive now, and how often one was destroyed twice or used when it was not alive.
struct Ledger {
  std::set<const void*> alive;
  int born = 0;
  int died = 0;
  int faults = 0;
};
Ledger ledger;

/// An object that enters itself in the ledger.
class Tracked {
 public:
  explicit Tracked(int value) : value_(value) { enter(); }
  Tracked(const Tracked& other) : value_(other.value()) { enter(); }
  Tracked(Tracked&& other) noexcept : value_(other.value()) { enter(); }
  Tracked& operator=(const Tracked& other) {
    check_alive();
    value_ = other.value();
    return *this;
  }
  Tracked& operator=(Tracked&& other) noexcept { return *this = std::as_const(other); }
  ~Tracked() {
    ++ledger.died;
    if (ledger.alive.erase(this) == 0) ++ledger.faults;
  }

  int value() const {
    check_alive();
    return value_;
  }

 private:
  void enter() {
    ++ledger.born;
    if (!ledger.alive.insert(this).second) ++ledger.faults;
  }
  void check_alive() const {
    if (!ledger.alive.contains(this)) ++ledger.faults;
  }

  int value_;
};

/// Coroutines that wait for the loop in `run`.
std::deque<std::coroutine_handle<>> ready;

/// Suspends for real: the temporaries of the statement must live on in the coroutine's frame.
struct Pause {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) const { ready.push_back(waiting); }
  void await_resume() const noexcept {}
};

/// The smallest lazy task: starts when awaited, resumes who awaits it.
template <class T>
class Task {
 public:
  struct promise_type {
    std::optional<T> result;
    std::exception_ptr thrown;
    std::coroutine_handle<> waiting = std::noop_coroutine();

    Task get_return_object() { return Task{std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct Resume {
        bool await_ready() noexcept { return false; }
        std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> done) noexcept {
          return done.promise().waiting;
        }
        void await_resume() noexcept {}
      };
      return Resume{};
    }
    void return_value(T value) { result.emplace(std::move(value)); }
    void unhandled_exception() { thrown = std::current_exception(); }
  };

  explicit Task(std::coroutine_handle<promise_type> coroutine) : coroutine_(coroutine) {}
  Task(Task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (coroutine_) coroutine_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiting) {
    coroutine_.promise().waiting = waiting;
    return coroutine_;
  }
  T await_resume() {
    if (coroutine_.promise().thrown) std::rethrow_exception(coroutine_.promise().thrown);
    return std::move(*coroutine_.promise().result);
  }

  void start() { coroutine_.resume(); }

 private:
  std::coroutine_handle<promise_type> coroutine_;
};

/// Runs to the end and gives the result.
int run(Task<int> task) {
  task.start();
  while (!ready.empty()) {
    const std::coroutine_handle<> next = ready.front();
    ready.pop_front();
    next.resume();
  }
  return task.await_resume();
}

// ---- What is awaited ----

struct Order {
  Tracked amount;
  std::string reference;
  Tracked fee{0};
};

Task<int> take(Tracked a) {
  co_await Pause{};
  co_return a.value();
}
Task<int> take_two(Tracked a, Tracked b) {
  co_await Pause{};
  co_return a.value() + b.value();
}
Task<int> take_reference(const Tracked& a) {
  co_await Pause{};
  co_return a.value();
}
Task<int> take_default(Tracked a = Tracked{7}, std::string text = std::string(40, 'x')) {
  co_await Pause{};
  co_return a.value() + static_cast<int>(text.size());
}
Task<int> take_order(Order order) {
  co_await Pause{};
  co_return order.amount.value() + order.fee.value() + static_cast<int>(order.reference.size());
}
Task<int> take_list(std::vector<Tracked> list) {
  co_await Pause{};
  int sum = 0;
  for (const Tracked& one : list) sum += one.value();
  co_return sum;
}
Task<int> take_text(std::string a, std::string b) {
  co_await Pause{};
  co_return static_cast<int>(a.size() + b.size());
}
Task<int> take_owner(std::unique_ptr<Tracked> owner) {
  co_await Pause{};
  co_return owner->value();
}
Task<int> take_function(std::function<int()> function) {
  co_await Pause{};
  co_return function();
}
template <class Function>
Task<int> take_callable(Function function) {
  co_await Pause{};
  co_return function();
}
Task<int> take_optional(std::optional<Tracked> a) {
  co_await Pause{};
  co_return a ? a->value() : 0;
}
Task<Tracked> make(int value) {
  co_await Pause{};
  co_return Tracked{value};
}
Task<std::unique_ptr<Tracked>> make_owner(int value) {
  co_await Pause{};
  co_return std::make_unique<Tracked>(value);
}
Task<std::pair<Tracked, Tracked>> make_pair(int a, int b) {
  co_await Pause{};
  co_return std::pair{Tracked{a}, Tracked{b}};
}
Task<std::vector<Tracked>> make_list(int size) {
  co_await Pause{};
  std::vector<Tracked> list;
  for (int i = 1; i <= size; ++i) list.emplace_back(i);
  co_return list;
}
Task<int> fail(Tracked a) {
  co_await Pause{};
  throw std::runtime_error("failed with " + std::to_string(a.value()));
}

struct Service {
  Tracked state;
  Task<int> call(Tracked a) {
    co_await Pause{};
    co_return state.value() + a.value();
  }
};

int add(Tracked a, Tracked b) { return a.value() + b.value(); }

// ---- The forms. Each answers 42. ----

Task<int> temporary_by_value() {
  const int x = co_await take(Tracked{42});
  co_return x;
}
Task<int> two_temporaries_by_value() {
  const int x = co_await take_two(Tracked{40}, Tracked{2});
  co_return x;
}
Task<int> temporary_bound_to_a_reference() {
  const int x = co_await take_reference(Tracked{42});
  co_return x;
}
Task<int> copy_of_a_local() {
  const Tracked local{42};
  const int x = co_await take(local);
  co_return x + local.value() - 42;
}
Task<int> moved_local() {
  Tracked local{42};
  const int x = co_await take(std::move(local));
  co_return x;
}
Task<int> default_arguments() {
  const int x = co_await take_default();
  co_return x - 5;
}
Task<int> braced_aggregate() {
  const int x = co_await take_order({Tracked{10}, "a reference that is longer than", Tracked{1}});
  co_return x;
}
Task<int> aggregate_with_designators() {
  const int x = co_await take_order({.amount = Tracked{11}, .reference = std::string(31, 'r')});
  co_return x;
}
Task<int> named_aggregate() {
  const int x = co_await take_order(Order{Tracked{10}, std::string(31, 'r'), Tracked{1}});
  co_return x;
}
Task<int> initializer_list() {
  const int x = co_await take_list({Tracked{20}, Tracked{20}, Tracked{2}});
  co_return x;
}
Task<int> temporary_strings() {
  const std::string part(20, 'p');
  const int x = co_await take_text(part + "-", std::string("twenty-one characters") + "");
  co_return x;
}
Task<int> optional_from_a_temporary() {
  const int x = co_await take_optional(Tracked{42});
  co_return x;
}
Task<int> ternary_as_argument() {
  const Tracked local{1};
  const int x = co_await take(local.value() == 1 ? Tracked{42} : local);
  co_return x;
}
Task<int> ternary_around() {
  const Tracked local{1};
  const int x = local.value() == 1 ? co_await take(Tracked{42}) : co_await take_two(Tracked{1}, Tracked{2});
  co_return x;
}
Task<int> lambda_with_a_copy() {
  const Tracked local{42};
  const int x = co_await take_callable([local] { return local.value(); });
  co_return x;
}
Task<int> lambda_with_a_moved_in_owner() {
  auto owner = std::make_unique<Tracked>(42);
  const int x = co_await take_callable([owner = std::move(owner)] { return owner->value(); });
  co_return x;
}
Task<int> lambda_with_a_reference() {
  const Tracked local{42};
  const int x = co_await take_callable([&] { return local.value(); });
  co_return x;
}
Task<int> lambda_as_std_function() {
  const Tracked local{21};
  const int x = co_await take_function([local, twice = Tracked{2}] { return local.value() * twice.value(); });
  co_return x;
}
Task<int> coroutine_lambda_without_captures() {
  const int x = co_await [](Tracked a, Tracked b) -> Task<int> {
    co_await Pause{};
    co_return a.value() + b.value();
  }(Tracked{40}, Tracked{2});
  co_return x;
}
Task<int> coroutine_lambda_with_captures_awaited_in_place() {
  const int x = co_await [a = Tracked{40}](Tracked b) -> Task<int> {
    co_await Pause{};
    co_return a.value() + b.value();
  }(Tracked{2});
  co_return x;
}
Task<int> member_of_a_temporary() {
  const int x = co_await Service{Tracked{40}}.call(Tracked{2});
  co_return x;
}
Task<int> move_only_argument() {
  const int x = co_await take_owner(std::make_unique<Tracked>(42));
  co_return x;
}
Task<int> move_only_result() {
  const auto owner = co_await make_owner(42);
  co_return owner->value();
}
Task<int> member_of_the_result() {
  const int x = (co_await make(42)).value();
  co_return x;
}
Task<int> structured_binding() {
  const auto [a, b] = co_await make_pair(40, 2);
  co_return a.value() + b.value();
}
Task<int> tie_to_locals() {
  Tracked a{0};
  Tracked b{0};
  std::tie(a, b) = co_await make_pair(40, 2);
  co_return a.value() + b.value();
}
Task<int> assignment() {
  Tracked a{0};
  a = co_await make(42);
  co_return a.value();
}
Task<int> nested() {
  const int x = co_await take(co_await make(42));
  co_return x;
}
Task<int> nested_with_other_temporaries() {
  const int x = co_await take_two(co_await make(40), Tracked{2});
  co_return x;
}
Task<int> two_in_one_sum() {
  const int x = co_await take(Tracked{40}) + co_await take(Tracked{2});
  co_return x;
}
Task<int> two_as_arguments_of_a_plain_call() {
  const int x = add(co_await make(40), co_await make(2));
  co_return x;
}
Task<int> awaited_result_beside_an_aggregate() {
  const Order order{Tracked{11}, std::string(31, 'r'), Tracked{co_await take(Tracked{0})}};
  co_return order.amount.value() + static_cast<int>(order.reference.size()) + order.fee.value();
}
Task<int> if_condition() {
  if (co_await take(Tracked{1}) == 1) co_return 42;
  co_return 0;
}
Task<int> if_with_initialiser() {
  if (const Tracked made = co_await make(42); made.value() > 0) co_return made.value();
  co_return 0;
}
Task<int> short_circuit() {
  const bool both = co_await take(Tracked{1}) == 1 && co_await take(Tracked{2}) == 2;
  const bool either = co_await take(Tracked{1}) == 1 || co_await take(Tracked{2}) == 0;
  co_return both&& either ? 42 : 0;
}
Task<int> while_condition() {
  int n = 0;
  while (co_await take(Tracked{n}) < 42) ++n;
  co_return n;
}
Task<int> loop_body() {
  int sum = 0;
  for (int i = 0; i < 6; ++i) {
    const Tracked step{7};
    sum += co_await take(step);
  }
  co_return sum;
}
Task<int> range_of_a_loop() {
  int sum = 0;
  for (const Tracked& one : co_await make_list(8)) sum += one.value();
  co_return sum + 6;
}
Task<int> switch_condition() {
  switch (co_await take(Tracked{3})) {
    case 3: {
      const int x = co_await take(Tracked{42});
      co_return x;
    }
    default:
      co_return 0;
  }
}
Task<int> returned_directly() { co_return co_await take_two(Tracked{40}, Tracked{2}); }
Task<int> in_parentheses_as_our_macros_write_it() {
  auto result = (co_await make_owner(42));
  if (!result) co_return 0;
  const Tracked value = *std::move(result);
  co_return value.value();
}
Task<int> left_by_an_exception() {
  int x = 0;
  try {
    x = co_await fail(Tracked{1});
  } catch (const std::runtime_error&) {
    x = 42;
  }
  co_return x;
}
Task<int> exception_past_other_temporaries() {
  int x = 0;
  try {
    x = co_await take_two(Tracked{1}, Tracked{co_await fail(Tracked{2})});
  } catch (const std::runtime_error&) {
    x = 42;
  }
  co_return x;
}

struct Form {
  const char* name;
  Task<int> (*run)();
};

#define FORM(name) \
  Form { #name, name }
const Form kForms[] = {
    FORM(temporary_by_value),
    FORM(two_temporaries_by_value),
    FORM(temporary_bound_to_a_reference),
    FORM(copy_of_a_local),
    FORM(moved_local),
    FORM(default_arguments),
    FORM(braced_aggregate),
    FORM(aggregate_with_designators),
    FORM(named_aggregate),
    FORM(initializer_list),
    FORM(temporary_strings),
    FORM(optional_from_a_temporary),
    FORM(ternary_as_argument),
    FORM(ternary_around),
    FORM(lambda_with_a_copy),
    FORM(lambda_with_a_moved_in_owner),
    FORM(lambda_with_a_reference),
    FORM(lambda_as_std_function),
    FORM(coroutine_lambda_without_captures),
    FORM(coroutine_lambda_with_captures_awaited_in_place),
    FORM(member_of_a_temporary),
    FORM(move_only_argument),
    FORM(move_only_result),
    FORM(member_of_the_result),
    FORM(structured_binding),
    FORM(tie_to_locals),
    FORM(assignment),
    FORM(nested),
    FORM(nested_with_other_temporaries),
    FORM(two_in_one_sum),
    FORM(two_as_arguments_of_a_plain_call),
    FORM(awaited_result_beside_an_aggregate),
    FORM(if_condition),
    FORM(if_with_initialiser),
    FORM(short_circuit),
    FORM(while_condition),
    FORM(loop_body),
    FORM(range_of_a_loop),
    FORM(switch_condition),
    FORM(returned_directly),
    FORM(in_parentheses_as_our_macros_write_it),
    FORM(left_by_an_exception),
    FORM(exception_past_other_temporaries),
};
#undef FORM

class Coroutines : public testing::TestWithParam<Form> {
 protected:
  void SetUp() override {
    ledger = {};
    ready.clear();
  }
};

TEST_P(Coroutines, destroy_what_they_made_once) {
  EXPECT_EQ(run(GetParam().run()), 42);
  EXPECT_EQ(ledger.faults, 0) << "an object was destroyed twice, or used when it was not alive";
  EXPECT_EQ(ledger.alive.size(), 0u) << "an object was never destroyed";
  EXPECT_EQ(ledger.born, ledger.died);
}

// A gateway that shuts down destroys coroutines in the middle: what they hold by then goes, once.
TEST_P(Coroutines, destroy_what_they_made_once_when_dropped_half_way) {
  {
    Task<int> task = GetParam().run();
    task.start();
  }
  EXPECT_EQ(ledger.faults, 0) << "an object was destroyed twice, or used when it was not alive";
  EXPECT_EQ(ledger.alive.size(), 0u) << "an object was never destroyed";
}

INSTANTIATE_TEST_SUITE_P(Form, Coroutines, testing::ValuesIn(kForms),
                         [](const auto& instance) { return std::string(instance.param.name); });

// The counting itself can fail.
TEST(Ledger, notices_a_second_destruction_and_a_leak) {
  ledger = {};
  alignas(Tracked) std::byte place[sizeof(Tracked)];
  auto* object = new (place) Tracked(1);
  EXPECT_EQ(ledger.alive.size(), 1u);
  object->~Tracked();
  EXPECT_EQ(ledger.faults, 0);
  object->~Tracked();
  EXPECT_EQ(ledger.faults, 1);
}

}  // namespace
