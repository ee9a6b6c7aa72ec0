// What the types allow, and what they do not: this file is compiled and never run. A line below `@ts-expect-error` that
// compiled would be an error itself.
import {type Lean, type LeanResult, loadLean} from './index.js';

const id = '9dafc6f5-37e8-4f72-aa0b-5323c0935c5f';

export async function right(): Promise<void> {
  const lean: Lean = await loadLean({gateway: 'https://pay.example', version: '1.21.1', integrity: 'sha384-x', nonce: 'n'});
  const callback = ({status, bank, secondary_status, exit_point}: LeanResult) => {
    if (status === 'REDIRECT' || status === 'LINK_CLOSED_PROGRAMMATICALLY') return;
    const name: string | null | undefined = bank?.bank_identifier;
    console.log(name, secondary_status?.length, exit_point);
  };
  lean.connect({app_token: id, customer_id: id, permissions: ['payments'], callback});
  lean.link({app_token: id, customer_id: id, permissions: ['payments'] as const, bank_identifier: 'LEANMB1'});
  lean.createPaymentSource({app_token: id, customer_id: id, sandbox: 'true', language: 'ar'});
  lean.updatePaymentSource({app_token: id, customer_id: id, payment_source_id: id, payment_destination_id: id});
  lean.createBeneficiary({app_token: id, customer_id: id, payment_destination_id: id, destination_alias: 'Acme'});
  lean.reconnect({app_token: id, reconnect_id: id, on_step: ({step, bank_identifier}) => console.log(step, bank_identifier?.length)});
  lean.pay({app_token: id, payment_intent_id: id, account_id: id, allow_payment_source_change: false, risk_details: {any: 'shape'}});
  lean.checkout({
    app_token: id, payment_intent_id: id, success_redirect_url: 'https://shop.example/ok', fail_redirect_url: 'https://shop.example/no',
    customization: {theme_color: '#0B5F6E', button_border_radius: 'pill', dialog_mode: 'uncontained', bottom_inset: 16},
  });
  lean.captureRedirect({app_token: id, customer_id: id, consent_attempt_id: id, granular_status_code: 'x'});
}

export async function wrong(lean: Lean): Promise<void> {
  // @ts-expect-error The gateway must be named.
  await loadLean({});
  // @ts-expect-error An intent is needed.
  lean.pay({app_token: id});
  // @ts-expect-error So is the application's token.
  lean.pay({payment_intent_id: id});
  // @ts-expect-error Permissions are a list.
  lean.connect({app_token: id, customer_id: id, permissions: 'payments'});
  // @ts-expect-error A connection has a customer.
  lean.connect({app_token: id, permissions: ['payments']});
  // @ts-expect-error Which source?
  lean.updatePaymentSource({app_token: id, customer_id: id, payment_destination_id: id});
  // @ts-expect-error A reconnect_id, not a source's.
  lean.reconnect({app_token: id, payment_source_id: id});
  // @ts-expect-error There are two languages.
  lean.pay({app_token: id, payment_intent_id: id, language: 'fr'});
  // @ts-expect-error A misspelt option.
  lean.pay({app_token: id, payment_intent_id: id, acount_id: id});
  // @ts-expect-error Colours are text.
  lean.pay({app_token: id, payment_intent_id: id, customization: {theme_color: 7}});
  // @ts-expect-error No such mode.
  lean.pay({app_token: id, payment_intent_id: id, customization: {dialog_mode: 'full'}});
  // @ts-expect-error The callback is told one result, and no id is in it.
  lean.pay({app_token: id, payment_intent_id: id, callback: ({payment_id}) => console.log(payment_id)});
  // @ts-expect-error No such status.
  lean.pay({app_token: id, payment_intent_id: id, callback: ({status}) => status === 'PAID'});
  // @ts-expect-error Not offered by this gateway.
  lean.manageConsents({app_token: id, customer_id: id});
  // @ts-expect-error Methods return nothing to wait for.
  const result: LeanResult = lean.pay({app_token: id, payment_intent_id: id});
  console.log(result);
}
