import dapr from "@dapr/dapr";
import { check, equal, holds } from "./checks.mjs";
import { APP_ID } from "./settings.mjs";

const { HttpMethod } = dapr;

export async function prepare({ invoker }) {
  await invoker.listen("prices/quote", async ({ body, query }) => ({ body: JSON.parse(body), query }), { method: HttpMethod.POST });
  await invoker.listen("prices", async ({ query }) => ({ query }), { method: HttpMethod.GET });
}

export async function once({ http: client }) {
  await check("invoke with a body and a query", async () => {
    const answer = await client.invoker.invoke(APP_ID, "prices/quote?currency=EUR", HttpMethod.POST, { sku: "a" });
    equal(answer.body, { sku: "a" });
    holds(answer.query.includes("currency=EUR"), `the query was ${answer.query}`);
  });
  await check("invoke by GET", async () => holds((await client.invoker.invoke(APP_ID, "prices?x=1", HttpMethod.GET)).query.includes("x=1"), "no query"));
  await check("invoke an unknown app", async () => {
    const error = await client.invoker.invoke("nobody", "prices", HttpMethod.GET).then(() => null, (e) => e);
    holds(String(error?.message).includes("ERR_DIRECT_INVOKE"), `the error was ${error?.message}`);
  });
}
