import { WorkflowRuntime } from "@dapr/dapr";
import type { Ledger } from "./ledger.js";
import { earned, toPence } from "./points.js";

/** What the saga asks for; LoyaltyCalls.cs of the workflow host has the other end. */
interface AwardPoints {
  orderId: string;
  customerId: string;
  amount: number;
}

/** Loyalty's step of the orchestrated order: an activity that a workflow of another app calls, in another language. */
export function activities(ledger: Ledger, sidecar: { daprHost: string; daprPort: string; daprApiToken?: string }): WorkflowRuntime {
  return new WorkflowRuntime(sidecar).registerActivityWithName("AwardPoints", async (_, { orderId, customerId, amount }: AwardPoints) =>
    earned(await ledger.award(orderId, { customerId, style: "orchestrated", pence: toPence(amount) })),
  );
}
