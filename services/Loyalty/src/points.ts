// What one order brings its customer: a point for every whole pound that was paid and not paid back. Pure rules; facts may come in any order and more than once.

export type Style = "orchestrated" | "choreographed";

export interface Purchase {
  customerId: string;
  style: Style;
  pence: number;
}

export interface OrderPoints {
  orderId: string;
  /** Unknown until the order completes; a return may be heard of before. */
  purchase?: Purchase;
  /** Pence paid back, by return. */
  returns: Record<string, number>;
}

export const nothingYet = (orderId: string): OrderPoints => ({ orderId, returns: {} });

/** The order completed: its first purchase counts, a repeat changes nothing. */
export const award = (order: OrderPoints, purchase: Purchase): OrderPoints => (order.purchase ? order : { ...order, purchase });

/** Something came back and was paid for: a return counts once. */
export const takeBack = (order: OrderPoints, returnId: string, pence: number): OrderPoints =>
  returnId in order.returns ? order : { ...order, returns: { ...order.returns, [returnId]: pence } };

export const earned = (order: OrderPoints): number => wholePounds(order.purchase?.pence ?? 0);

/** What the order is worth now. */
export const points = (order: OrderPoints): number => wholePounds(Math.max(0, (order.purchase?.pence ?? 0) - paidBack(order)));

export const takenBack = (order: OrderPoints): number => earned(order) - points(order);

/** Amounts come as pounds with pence after the point. */
export const toPence = (pounds: number): number => Math.round(pounds * 100);

const paidBack = (order: OrderPoints): number => Object.values(order.returns).reduce((sum, pence) => sum + pence, 0);

const wholePounds = (pence: number): number => Math.floor(pence / 100);
