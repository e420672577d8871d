import { check, equal, holds } from "./checks.mjs";
import { APP_ID } from "./settings.mjs";

export async function overEach(name, { metadata, health }) {
  await check(`${name}: metadata`, async () => {
    await metadata.set(`set-by-${name}`, "yes");
    equal((await metadata.get()).id, APP_ID);
  });
  await check(`${name}: health`, async () => holds(await health.isHealthy(), "not healthy"));
}
