import { check, equal, holds } from "./checks.mjs";

export async function overEach(name, { secret }) {
  await check(`${name}: secrets`, async () => {
    equal(await secret.get("secretstore", "api-key"), { "api-key": "k-1" });
    holds(JSON.stringify(await secret.getBulk("secretstore")).includes("p-1"), "the nested secret is missing");
  });
}
