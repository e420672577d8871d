import { type DaprServer, DaprPubSubStatusEnum } from "@dapr/dapr";
import type { Ledger } from "./ledger.js";
import { type Style, toPence } from "./points.js";

// The facts of the topic `ordering` that Loyalty reads; Ordering.Contracts/Schemas describes them in full.
interface OrderCompleted {
  orderId: string;
  style: Style;
  customerId: string;
  amount: number;
}

interface ReturnCompleted {
  orderId: string;
  returnId: string;
  amount: number;
}

const pubsub = "pubsub";
const topic = "ordering";

/** Choreographed orders earn their points by what is published; orchestrated ones by the saga's own step. What comes back is heard of in one way only. */
export async function subscribe(server: DaprServer, ledger: Ledger): Promise<void> {
  await server.pubsub.subscribeWithOptions(pubsub, topic, {
    deadLetterTopic: "loyalty-dead-letters",
    route: {
      default: "/ordering-other",
      rules: [
        { match: 'event.type == "ordering.order-completed.v1"', path: "/ordering-order-completed" },
        { match: 'event.type == "ordering.return-completed.v1"', path: "/ordering-return-completed" },
      ],
    },
  });
  on<OrderCompleted>("order-completed", async ({ orderId, style, customerId, amount }) => {
    if (style === "choreographed") await ledger.award(orderId, { customerId, style, pence: toPence(amount) });
  });
  on<ReturnCompleted>("return-completed", async ({ orderId, returnId, amount }) => {
    await ledger.takeBack(orderId, returnId, toPence(amount));
  });
  // An event that no rule takes would be dead-lettered.
  on<unknown>("other", async () => {});

  function on<T>(route: string, handle: (fact: T) => Promise<void>): void {
    server.pubsub.subscribeToRoute(pubsub, topic, `/ordering-${route}`, async (fact: T) => {
      try {
        await handle(fact);
        return DaprPubSubStatusEnum.SUCCESS;
      } catch (error) {
        // The SDK takes a handler that throws for one that is done: the event would be lost.
        console.error(`${route} comes again: ${error}`);
        return DaprPubSubStatusEnum.RETRY;
      }
    });
  }
}
