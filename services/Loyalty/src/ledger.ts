import { type DaprClient, StateConcurrencyEnum, StateConsistencyEnum } from "@dapr/dapr";
import { type OrderPoints, type Purchase, award, nothingYet, points, takeBack } from "./points.js";

export interface CustomerPoints {
  customerId: string;
  points: number;
  orders: number;
}

interface Document<T> {
  key: string;
  value: T;
  etag?: string;
}

const store = "statestore";
const mostTries = 20;

/** Orders and customers in the state store. An order and its customer change in one transaction, under the ETags they were read with. */
export class Ledger {
  constructor(private readonly dapr: DaprClient) {}

  award = (orderId: string, purchase: Purchase) => this.change(orderId, (order) => award(order, purchase));

  takeBack = (orderId: string, returnId: string, pence: number) => this.change(orderId, (order) => takeBack(order, returnId, pence));

  async customer(customerId: string): Promise<CustomerPoints> {
    const [found] = await this.read([customerKey(customerId)], [newCustomer(customerId)]);
    return found!.value;
  }

  async orders(orderIds: string[]): Promise<OrderPoints[]> {
    return (await this.read(orderIds.map(orderKey), orderIds.map(nothingYet))).map((found) => found.value);
  }

  private async change(orderId: string, change: (order: OrderPoints) => OrderPoints): Promise<OrderPoints> {
    for (let tries = 1; ; tries++) {
      const [order] = await this.read([orderKey(orderId)], [nothingYet(orderId)]);
      const changed = change(order!.value);
      if (changed === order!.value) return changed;
      const documents: Document<unknown>[] = [{ ...order!, value: changed }];
      if (changed.purchase) documents.push(await this.customerWith(order!.value, changed));
      try {
        await this.dapr.state.transaction(store, documents.map(upsert));
        return changed;
      } catch (error) {
        // Somebody else's change of the same order or customer came first, as it does; whatever else it is lasts and is thrown in the end.
        if (tries === mostTries) throw error;
      }
    }
  }

  private async customerWith(before: OrderPoints, after: OrderPoints): Promise<Document<CustomerPoints>> {
    const { customerId } = after.purchase!;
    const [customer] = await this.read([customerKey(customerId)], [newCustomer(customerId)]);
    const known = customer!.value;
    return { ...customer!, value: { customerId, points: known.points + points(after) - points(before), orders: known.orders + (before.purchase ? 0 : 1) } };
  }

  /** The documents of the keys, or what stands for them where there is none. */
  private async read<T>(keys: string[], absent: T[]): Promise<Document<T>[]> {
    const found = new Map((await this.dapr.state.getBulk(store, keys)).map((item) => [item["key"] as string, item]));
    return keys.map((key, i) => {
      const item = found.get(key);
      return item?.["etag"] ? { key, value: item["data"] as T, etag: item["etag"] as string } : { key, value: absent[i]! };
    });
  }
}

const orderKey = (orderId: string) => `order-${orderId}`;
const customerKey = (customerId: string) => `customer-${customerId}`;
const newCustomer = (customerId: string): CustomerPoints => ({ customerId, points: 0, orders: 0 });

type Operation = NonNullable<Parameters<DaprClient["state"]["transaction"]>[1]>[number];

/** First write wins; without an ETag there must be no document yet. */
const upsert = ({ key, value, etag }: Document<unknown>): Operation => ({
  operation: "upsert",
  request: {
    key,
    value,
    options: { concurrency: StateConcurrencyEnum.CONCURRENCY_FIRST_WRITE, consistency: StateConsistencyEnum.CONSISTENCY_STRONG },
    // The SDK's type wants an object, but it sends what it is given, and Dapr takes a text.
    ...(etag ? { etag: etag as unknown as { value: string } } : {}),
  },
});
