import type { Express } from "express";
import type { Ledger } from "./ledger.js";
import { earned, points, takenBack } from "./points.js";

/** What other services ask by service invocation. */
export function serve(app: Express, ledger: Ledger): void {
  app.get("/customers/:customerId/points", async (request, response) => {
    response.json(await ledger.customer(request.params.customerId));
  });

  app.post("/orders/points", async (request, response) => {
    const orderIds: unknown = request.body;
    if (!Array.isArray(orderIds) || !orderIds.every((id) => typeof id === "string")) {
      response.status(400).json({ title: "The body is to be a list of order ids.", status: 400 });
      return;
    }

    const orders = await ledger.orders(orderIds);
    response.json(
      orders.map((order) => ({ orderId: order.orderId, style: order.purchase?.style ?? null, earned: earned(order), takenBack: takenBack(order), points: points(order) })),
    );
  });
}
