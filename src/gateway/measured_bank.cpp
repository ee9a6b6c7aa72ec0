#include "gateway/measured_bank.h"

#include <utility>

namespace qantara::gateway {

namespace {

enum Index : std::size_t {
  SUBMIT,
  ADD_BENEFICIARY,
  READ_BENEFICIARY,
  BEGIN_PAYMENT,
  ADVANCE_PAYMENT,
  SUBMIT_PAYMENT,
  POLL_PAYMENT
};

/// In the order of BankFigures::kOutcomes.
std::size_t outcome_of(const banking::CallError& failure) { return 1 + static_cast<std::size_t>(failure.kind); }

class MeasuredBank final : public banking::BankConnector {
 public:
  MeasuredBank(std::shared_ptr<BankConnector> connector, BankFigures* figures, const Clock& clock, HearCall heard)
      : connector_(std::move(connector)), figures_(figures), clock_(clock), heard_(std::move(heard)) {}

  banking::Capabilities capabilities() const override { return connector_->capabilities(); }
  /// Whoever knocks hears the answer.
  Task<banking::BankResult<void>> knock() override { return connector_->knock(); }
  banking::NeedFields begin_link() const override { return connector_->begin_link(); }

  Task<banking::BankResult<banking::Step>> submit(const banking::Answers& answers, const banking::PayerDevice& device,
                                                  banking::ConnectorState& state) override {
    return count(SUBMIT, connector_->submit(answers, device, state));
  }
  Task<banking::BankResult<banking::Step>> add_beneficiary(const banking::Creditor& creditor,
                                                           const banking::PayerDevice& device,
                                                           banking::ConnectorState& state) override {
    return count(ADD_BENEFICIARY, connector_->add_beneficiary(creditor, device, state));
  }
  Task<banking::BankResult<banking::BeneficiaryAdded>> read_beneficiary(const std::string& bank_beneficiary_id,
                                                                        banking::ConnectorState& state) override {
    return count(READ_BENEFICIARY, connector_->read_beneficiary(bank_beneficiary_id, state));
  }
  Task<banking::BankResult<void>> end_link(banking::ConnectorState& state) override {
    return connector_->end_link(state);
  }
  Task<banking::BankResult<banking::Step>> begin_payment(const banking::PaymentOrder& order,
                                                         const banking::PayerDevice& device,
                                                         const banking::ConnectorState& link,
                                                         banking::ConnectorState& payment) override {
    return count(BEGIN_PAYMENT, connector_->begin_payment(order, device, link, payment));
  }
  Task<banking::BankResult<banking::Step>> advance_payment(const banking::PaymentOrder& order,
                                                           const banking::PayerDevice& device,
                                                           banking::ConnectorState& payment) override {
    return count(ADVANCE_PAYMENT, connector_->advance_payment(order, device, payment));
  }
  Task<banking::BankResult<banking::Step>> submit_payment(const banking::PaymentOrder& order,
                                                          const banking::Answers& answers,
                                                          const banking::PayerDevice& device,
                                                          banking::ConnectorState& payment) override {
    return count(SUBMIT_PAYMENT, connector_->submit_payment(order, answers, device, payment));
  }
  Task<banking::BankResult<banking::Step>> poll_payment(banking::ConnectorState& payment) override {
    return count(POLL_PAYMENT, connector_->poll_payment(payment));
  }

 private:
  template <class T>
  Task<banking::BankResult<T>> count(Index index, Task<banking::BankResult<T>> call) {
    const Instant begun_at = clock_.now();
    auto answer = co_await std::move(call);
    heard_(answer ? nullptr : &answer.error());
    if (figures_ != nullptr) {
      auto& figures = figures_->call(index);
      figures.duration.observe((clock_.now() - begun_at).count());
      figures.outcomes[answer ? 0 : outcome_of(answer.error())].add();
    }
    co_return answer;
  }

  std::shared_ptr<BankConnector> connector_;
  BankFigures* figures_;
  const Clock& clock_;
  HearCall heard_;
};

}  // namespace

static_assert(BankFigures::kCalls.size() == POLL_PAYMENT + 1);
static_assert(BankFigures::kOutcomes.size() == static_cast<std::size_t>(banking::CallError::Kind::SESSION_ENDED) + 2);

BankFigures::BankFigures(std::string bank, std::span<const std::int64_t> bounds) : bank_(std::move(bank)) {
  for (auto& call : calls_) call = std::make_unique<Call>(bounds);
}

std::shared_ptr<banking::BankConnector> measured(std::shared_ptr<banking::BankConnector> connector,
                                                 BankFigures* figures, const Clock& clock, HearCall heard) {
  return std::make_shared<MeasuredBank>(std::move(connector), figures, clock, std::move(heard));
}

}  // namespace qantara::gateway
