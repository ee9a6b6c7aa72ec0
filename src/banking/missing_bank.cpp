#include "banking/banks.h"

namespace qantara::banking {

namespace {

class MissingBank final : public BankConnector {
 public:
  // It claims a list of payees, so that adding one is a call, and fails like every other.
  Capabilities capabilities() const override { return {.beneficiaries = true}; }

  Task<BankResult<void>> knock() override { co_return missing(); }

  NeedFields begin_link() const override { return {.stage = Stage::LOGIN}; }
  Task<BankResult<Step>> submit(const Answers&, const PayerDevice&, ConnectorState&) override { co_return missing(); }
  Task<BankResult<Step>> add_beneficiary(const Creditor&, const PayerDevice&, ConnectorState&) override {
    co_return missing();
  }
  Task<BankResult<BeneficiaryAdded>> read_beneficiary(const std::string&, ConnectorState&) override {
    co_return missing();
  }
  Task<BankResult<void>> end_link(ConnectorState&) override { co_return missing(); }
  Task<BankResult<Step>> begin_payment(const PaymentOrder&, const PayerDevice&, const ConnectorState&,
                                       ConnectorState&) override {
    co_return missing();
  }
  Task<BankResult<Step>> advance_payment(const PaymentOrder&, const PayerDevice&, ConnectorState&) override {
    co_return missing();
  }
  Task<BankResult<Step>> submit_payment(const PaymentOrder&, const Answers&, const PayerDevice&,
                                        ConnectorState&) override {
    co_return missing();
  }
  Task<BankResult<Step>> poll_payment(ConnectorState&) override { co_return missing(); }

 private:
  static std::unexpected<CallError> missing() {
    return std::unexpected{CallError{
        .kind = CallError::Kind::NOT_SENT, .code = {}, .message = "the bank is not configured", .retry_after = {}}};
  }
};

}  // namespace

std::shared_ptr<BankConnector> make_missing_bank() { return std::make_shared<MissingBank>(); }

}  // namespace qantara::banking
