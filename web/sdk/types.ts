// What a merchant's page hands to `Lean` and gets back: docs/reference/sdk.md. No code, so that a package can ship it as it is.

/** What the callback is told. A hint for the page: what happened to the money is told by the webhook and the API. */
export interface LeanResult {
  status: 'SUCCESS' | 'ERROR' | 'CANCELLED';
  /** `CREATE_PAYMENT_SOURCE` (also of a `connect` that asked for payments), `UPDATE_PAYMENT_SOURCE`, `PAY`, … */
  method: string;
  message: string;
  /** Where there is more to say: `ACCEPTED_BY_BANK`, `PENDING_WITH_BANK`, `INVALID_CREDENTIALS`, … */
  secondary_status?: string;
}

export type LeanCallback = (result: LeanResult) => void;

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

export interface LeanCommonOptions {
  app_token: string;
  /** Tells the reasons of refusals in the console. */
  sandbox?: boolean | 'true' | 'false';
  language?: 'en' | 'ar';
  customization?: LeanCustomization;
  callback?: LeanCallback;
  /** Tells each event in the console. */
  show_logs?: boolean | 'true' | 'false';
  /** Skips the list of banks. */
  bank_identifier?: string;

  // Taken without complaint, and without effect today.
  access_token?: string;
  success_redirect_url?: string;
  fail_redirect_url?: string;
  end_user_id?: string;
  account_type?: string;
  destination_alias?: string;
  destination_avatar?: string;
}

export interface LeanCreatePaymentSourceOptions extends LeanCommonOptions {
  customer_id: string;
  /** Absent: the application's default destination. */
  payment_destination_id?: string;
}

export interface LeanConnectOptions extends LeanCreatePaymentSourceOptions {
  /** Must hold "payments"; others are ignored. */
  permissions: string[];
}

export interface LeanUpdatePaymentSourceOptions extends LeanCommonOptions {
  customer_id: string;
  payment_source_id: string;
  payment_destination_id: string;
}

export interface LeanPayOptions extends LeanCommonOptions {
  payment_intent_id: string;
  /** Skips the choice of an account, if this one can pay. */
  account_id?: string;
}

/** The globals `Lean` and `LeanV2`: one and the same object. */
export interface Lean {
  connect(options: LeanConnectOptions): void;
  createPaymentSource(options: LeanCreatePaymentSourceOptions): void;
  updatePaymentSource(options: LeanUpdatePaymentSourceOptions): void;
  pay(options: LeanPayOptions): void;
}

declare global {
  interface Window {
    Lean: Lean;
    LeanV2: Lean;
  }
}
