import { writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { Inbox, check, equal } from "./checks.mjs";

const write = (settings) => writeFile("settings.json", JSON.stringify(settings));
const values = ({ items }) => Object.fromEntries(Object.entries(items).map(([key, { value, version }]) => [key, [value, version]]));

/** The SDK has configuration over gRPC only. */
export async function once({ grpc: { configuration } }) {
  await write({ colour: "blue||1", size: 7 });
  await check("configuration: some keys and all of them are read, with their versions", async () => {
    equal(values(await configuration.get("settings", ["colour", "missing"])), { colour: ["blue", "1"] });
    equal(values(await configuration.get("settings", [])), { colour: ["blue", "1"], size: ["7", ""] });
  });
  await check("configuration: changes and deletions of the keys asked for arrive until the subscription is stopped", async () => {
    const some = new Inbox();
    const all = new Inbox();
    const subscription = await configuration.subscribeWithKeys("settings", ["colour"], async (data) => some.add(values(data)));
    const other = await configuration.subscribe("settings", async (data) => all.add(values(data)));
    await untilSubscribed(some, all);
    await write({ colour: "red||2", size: 7 });
    equal([await some.take(), await all.take()], [{ colour: ["red", "2"] }, { colour: ["red", "2"] }]);
    await write({ colour: "red||2", size: 8 });
    equal(await all.take(), { size: ["8", ""] });
    await write({ size: 8 });
    equal([await some.take(), await all.take()], [{ colour: ["", ""] }, { colour: ["", ""] }]);
    await subscription.stop();
    await write({ colour: "green||3", size: 8 });
    equal(await all.take(), { colour: ["green", "3"] });
    await other.stop();
  });
}

/** The SDK does not say when it has subscribed: the colour changes until everybody has heard of it, and then everybody has heard of the last one. */
async function untilSubscribed(...inboxes) {
  const first = inboxes.map((inbox) => inbox.take());
  let heard = false;
  const everybody = Promise.all(first).then(() => (heard = true));
  let colour = "blue";
  for (let i = 0; !heard; i++) {
    await write({ colour: (colour = `blue ${i}`), size: 7 });
    await Promise.race([everybody, pause(100)]);
  }
  for (const [i, inbox] of inboxes.entries()) {
    for (let change = await first[i]; change.colour[0] !== colour; ) change = await inbox.take();
  }
}
