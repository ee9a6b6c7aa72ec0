// What a merchant's page hands to `Lean` and gets back: docs/reference/sdk.md. No code, so that a package can ship it as it is.

export type LeanStatus = 'SUCCESS' | 'ERROR' | 'CANCELLED' | 'REDIRECT' | 'LINK_CLOSED_PROGRAMMATICALLY';

/** What the callback is told. A hint for the page: what happened to the money is told by the webhook and the API. */
export interface LeanResult {
  status: LeanStatus;
  /** `CREATE_PAYMENT_SOURCE` (also of a `connect` that asked for payments), `UPDATE_PAYMENT_SOURCE`, `PAY`, … */
  method: string;
  message: string;
  /** Where there is more to say: `ACCEPTED_BY_BANK`, `PENDING_WITH_BANK`, `INVALID_CREDENTIALS`, … */
  secondary_status?: string;
  /** The bank that the payer was at. */
  bank?: {bank_identifier: string | null; is_supported: boolean};
  /** The last screen. */
  exit_point?: string;
  /** The screen on which the payer wanted to leave. */
  exit_intent_point?: string;
  /** Never given: no payer is asked why. */
  exit_survey_reason?: string;
  user_exit_intent?: 'USER_CANCELLED_PAYMENT' | 'USER_COMPLETED_PAYMENT';
  /** `OK`, or the code of the gateway's last refusal. */
  last_api_response?: string;
  /** By what the operator finds the gateway's last answer. */
  lean_correlation_id?: string;
  /** Of REDIRECT: where the window goes. */
  open_banking_redirect_url?: string;
}

export type LeanCallback = (result: LeanResult) => void;

/** A screen that the payer has come to, and nothing that they have typed. */
export interface LeanStep {
  /** `START`, `APPLICATION_INFO`, `BANK_LIST`, `CREDENTIALS`, `LOGIN_OTP`, … */
  step: string;
  method: string;
  /** Once a bank is chosen. */
  bank_identifier?: string;
}

export type LeanStepCallback = (step: LeanStep) => void;

/** A colour as HEX, `rgb()` or a name. */
export type LeanColor = string;

export interface LeanCustomization {
  theme_color?: LeanColor;
  theme_color_dark?: LeanColor;
  button_text_color?: LeanColor;
  button_text_color_dark?: LeanColor;
  link_color?: LeanColor;
  /** What dims the shop's page; its opacity is kept between 0.4 and 0.8. */
  overlay_color?: LeanColor;
  /** Pixels, as a number or its text, or "pill". */
  button_border_radius?: number | string;
  /** A card over the shop's page, or the whole window. */
  dialog_mode?: 'contained' | 'uncontained';
  /** A colour or a `linear-gradient()` of colours. */
  dialog_background_color_light?: string;
  dialog_background_color_dark?: string;
  /** Absent: as the payer's device prefers. */
  force_appearance?: 'light' | 'dark';
  /** Pixels to keep free at the lower edge of a web view. */
  bottom_inset?: number | string;
}

type Switch = boolean | 'true' | 'false';

export interface LeanCommonOptions {
  app_token: string;
  /** The customer's own token, without "Bearer"; needed in live. */
  access_token?: string;
  /** Tells the reasons of refusals in the console. */
  sandbox?: Switch;
  language?: 'en' | 'ar';
  customization?: LeanCustomization;
  callback?: LeanCallback;
  on_step?: LeanStepCallback;
  /** Tells each event in the console. */
  show_logs?: Switch;
  /** Where the payer goes on from a bank's own page: both or none, as registered. */
  success_redirect_url?: string;
  fail_redirect_url?: string;
  /** How the payee is called beside its true name: at most 70 characters. */
  destination_alias?: string;

  // Checked, and without effect here.
  destination_avatar?: string;
  end_user_id?: string;
  entity_id?: string;
  account_type?: 'PERSONAL' | 'BUSINESS';
  access_from?: string;
  access_to?: string;
  show_consent_explanation?: Switch;
  customer_metadata?: object | string;
  customer_name?: string;
  show_balances?: Switch;
  risk_details?: object | string;
  country?: string;
  version?: string;
  env?: string;
}

export interface LeanCreatePaymentSourceOptions extends LeanCommonOptions {
  customer_id: string;
  /** Absent: the application's default destination. */
  payment_destination_id?: string;
  /** Skips the list of banks. */
  bank_identifier?: string;
}

export interface LeanConnectOptions extends LeanCreatePaymentSourceOptions {
  /** Must hold "payments"; others are ignored. */
  permissions: readonly string[];
}

export interface LeanUpdatePaymentSourceOptions extends LeanCommonOptions {
  customer_id: string;
  payment_source_id: string;
  payment_destination_id: string;
}

export interface LeanCreateBeneficiaryOptions extends LeanCommonOptions {
  customer_id: string;
  /** Absent: the application's default destination. */
  payment_destination_id?: string;
  /** Absent: the newest of the customer's sources that cannot pay the destination yet. */
  payment_source_id?: string;
  /** Of the sources, those at this bank. */
  bank_identifier?: string;
}

export interface LeanReconnectOptions extends LeanCommonOptions {
  /** Of the payment source whose bank has ended the consent. */
  reconnect_id: string;
}

export interface LeanPayOptions extends LeanCommonOptions {
  payment_intent_id: string;
  /** Skips the choice of an account, if this one can pay. */
  account_id?: string;
  /** `false`: no other account than `account_id`. */
  allow_payment_source_change?: Switch;
  /** Skips the list of banks, if one has to be connected. */
  bank_identifier?: string;
}

export type LeanCheckoutOptions = LeanPayOptions;

export interface LeanCaptureRedirectOptions extends LeanCommonOptions {
  customer_id: string;
  /** From the address of the page that the payer came back to. */
  consent_attempt_id: string;
  consent_id?: string;
  granular_status_code?: string;
  status_additional_info?: string;
}

/** The globals `Lean` and `LeanV2`: one and the same object. */
export interface Lean {
  connect(options: LeanConnectOptions): void;
  createPaymentSource(options: LeanCreatePaymentSourceOptions): void;
  updatePaymentSource(options: LeanUpdatePaymentSourceOptions): void;
  createBeneficiary(options: LeanCreateBeneficiaryOptions): void;
  reconnect(options: LeanReconnectOptions): void;
  pay(options: LeanPayOptions): void;
  checkout(options: LeanCheckoutOptions): void;
  captureRedirect(options: LeanCaptureRedirectOptions): void;
  /** @deprecated The old name of `connect`. */
  link(options: LeanConnectOptions): void;
}

declare global {
  interface Window {
    Lean: Lean;
    LeanV2: Lean;
  }
}
