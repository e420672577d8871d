import dapr from "@dapr/dapr";
import { Inbox, check, equal, holds } from "./checks.mjs";

const { AbstractActor, ActorId, ActorProxyBuilder, Temporal } = dapr;
const ticks = new Inbox();

class Basket extends AbstractActor {
  async onActivate() {
    if (!(await this.getStateManager().containsState("items"))) await this.getStateManager().setState("items", {});
  }

  async add(sku, quantity) {
    const items = await this.getStateManager().getState("items");
    items[sku] = (items[sku] ?? 0) + quantity;
    await this.getStateManager().setState("items", items);
    return items;
  }

  async content() {
    return await this.getStateManager().getState("items");
  }

  async addSlowly(sku) {
    const before = await this.getStateManager().getState("items");
    await new Promise((resolve) => setTimeout(resolve, 20));
    await this.getStateManager().setState("items", { ...before, [sku]: (before[sku] ?? 0) + 1 });
  }

  async clear() {
    await this.getStateManager().removeState("items");
  }

  async isEmpty() {
    return !(await this.getStateManager().containsState("items"));
  }

  async remindIn(name, dueTime, data) {
    await super.registerActorReminder(name, Temporal.Duration.from(dueTime), undefined, undefined, data);
  }

  async forget(name) {
    await super.unregisterActorReminder(name);
  }

  async tickEvery(name, period, data) {
    const duration = Temporal.Duration.from(period);
    await super.registerActorTimer(name, "tick", duration, duration, undefined, data);
  }

  async stopTicking(name) {
    await super.unregisterActorTimer(name);
  }

  async receiveReminder(data) {
    ticks.add({ reminder: data, of: this.getActorId().getId() });
  }

  async tick(data) {
    ticks.add({ timer: data, of: this.getActorId().getId() });
  }

  async fails() {
    throw new Error("out of stock");
  }
}

export async function prepare(server) {
  await server.actor.init();
  await server.actor.registerActor(Basket);
}

export async function overEach(name, client) {
  const baskets = new ActorProxyBuilder(Basket, client);
  const basket = baskets.build(new ActorId(`${name}-1`));
  await check(`${name}: an actor keeps its state from call to call`, async () => {
    equal(await basket.add("apple", 2), { apple: 2 });
    equal(await basket.add("apple", 3), { apple: 5 });
    equal(await basket.content(), { apple: 5 });
  });
  await check(`${name}: every id is an actor of its own`, async () => equal(await baskets.build(new ActorId(`${name} ü`)).content(), {}));
  await check(`${name}: an actor takes one call at a time`, async () => {
    await Promise.all(Array.from({ length: 10 }, () => basket.addSlowly("pear")));
    equal((await basket.content()).pear, 10);
  });
  await check(`${name}: state is removed`, async () => {
    await basket.clear();
    equal(await basket.isEmpty(), true);
  });
  await check(`${name}: a method that throws is an error`, async () => {
    const error = await basket.fails().then(() => null, (e) => e);
    holds(String(error?.message).includes("error invoke actor method"), `the error was ${error?.message}`);
  });
}

export async function once({ http }) {
  const basket = new ActorProxyBuilder(Basket, http).build(new ActorId("ticking"));
  await check("a reminder comes with its data", async () => {
    await basket.remindIn("soon", "PT1S", 42);
    equal(await ticks.take(), { reminder: 42, of: "ticking" });
  });
  await check("a reminder that was taken back does not come", async () => {
    await basket.remindIn("never", "PT1S", "never");
    await basket.forget("never");
    await basket.remindIn("later", "PT2S", "later");
    equal(await ticks.take(), { reminder: "later", of: "ticking" });
  });
  await check("a timer comes again and again until it is stopped", async () => {
    await basket.tickEvery("beat", "PT1S", "tock");
    equal(await ticks.take(), { timer: "tock", of: "ticking" });
    equal(await ticks.take(), { timer: "tock", of: "ticking" });
    await basket.stopTicking("beat");
  });
  await check("the metadata counts active actors", async () => {
    const { actors } = await http.metadata.get();
    holds(actors.some(({ type, count }) => type === "Basket" && count >= 4), `they are ${JSON.stringify(actors)}`);
  });
}
