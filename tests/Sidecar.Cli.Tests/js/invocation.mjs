import dapr from "@dapr/dapr";
import { check, equal, holds } from "./checks.mjs";
import { APP_ID } from "./settings.mjs";

const { HttpMethod } = dapr;

export async function prepare({ invoker }) {
  await invoker.listen("prices/quote", async ({ body, query }) => ({ body: JSON.parse(body), query }), { method: HttpMethod.POST });
  await invoker.listen("prices", async ({ query }) => ({ query }), { method: HttpMethod.GET });
}

export async function overEach(name, { invoker }) {
  await check(`${name}: invoke with a body and a query`, async () => {
    // Over gRPC the SDK has no place for a query, and daprd 1.18 refuses one in the method.
    const method = name === "grpc" ? "prices/quote" : "prices/quote?currency=EUR";
    const answer = await invoker.invoke(APP_ID, method, HttpMethod.POST, { sku: "a" });
    equal(answer.body, { sku: "a" });
    holds(!method.includes("?") || answer.query.includes("currency=EUR"), `the query was ${answer.query}`);
  });
  await check(`${name}: invoke by GET`, async () => holds("query" in (await invoker.invoke(APP_ID, "prices", HttpMethod.GET)), "no answer"));
  await check(`${name}: invoke an unknown app`, async () => {
    const error = await invoker.invoke("nobody", "prices", HttpMethod.GET).then(() => null, (e) => e);
    holds(String(error?.message).includes(name === "grpc" ? "nobody" : "ERR_DIRECT_INVOKE"), `the error was ${error?.message}`);
  });
}
