// Everything that a browser test needs: a gateway with its bank, a shop to visit, and a browser to visit it with.
import {Browser, type Window} from './browser.js';
import {Flow, type FlowOptions} from './browser_flow.js';
import {Merchant, type ShopPage} from './merchant.js';
import {type Destination, Shop} from './shop.js';

export interface ToConnect {
  customer: string;
  destination: Destination;
  [config: string]: unknown;
}

export class World {
  private constructor(
    readonly shop: Shop,
    readonly merchant: Merchant,
    readonly browser: Browser,
  ) {}

  /** A call to the bank that takes longer than `bankTimeout` has no outcome. End it with `close()`, in `after`. */
  static async open(bankTimeout = '10s'): Promise<World> {
    const shop = await Shop.open(bankTimeout);
    try {
      return new World(shop, await Merchant.listen(() => shop.gateway.url), await Browser.launch());
    } catch (error) {
      await shop.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.merchant.close();
    await this.shop.close();
  }

  /** The shop's page in a new tab, before anything is pressed. */
  async visit(window: Window, options: FlowOptions = {}, how: ShopPage = {}): Promise<Flow> {
    const page = await window.tab();
    return new Flow(window, await this.merchant.visit(page, {language: options.language ?? 'en', ...how}), options);
  }

  async connecting(window: Window, {customer, destination, ...config}: ToConnect, options: FlowOptions = {}): Promise<Flow> {
    const flow = await this.visit(window, options);
    return flow.open('connect', {
      app_token: this.shop.appToken,
      permissions: ['payments'],
      customer_id: customer,
      payment_destination_id: destination.id,
      ...config,
    });
  }

  async paying(window: Window, intent: string, options: FlowOptions = {}, how: ShopPage = {}): Promise<Flow> {
    const flow = await this.visit(window, options, how);
    return flow.open('pay', {app_token: this.shop.appToken, payment_intent_id: intent});
  }

  /** An intent of AED 1,000.00 that `user` can pay now. */
  async payable(user: string, more: Record<string, unknown> = {}): Promise<{intent: string; destination: Destination; customer: string}> {
    const destination = await this.shop.destination();
    const customer = await this.shop.connected(user, destination);
    return {intent: await this.shop.intent(customer, destination, more), destination, customer};
  }
}
