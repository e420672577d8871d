// A list of checks that are run one after another; each prints a line, and the process ends with 1 when one of them failed.
import { isDeepStrictEqual, inspect } from "node:util";

let passed = 0;
let failed = 0;

export async function check(name, body) {
  try {
    await body();
    passed++;
    console.log(`ok: ${name}`);
  } catch (error) {
    failed++;
    console.log(`failed: ${name}: ${error.message ?? inspect(error)}`);
  }
}

export function equal(actual, expected) {
  if (!isDeepStrictEqual(actual, expected)) throw new Error(`expected ${inspect(expected)}, not ${inspect(actual)}`);
}

export function holds(condition, otherwise) {
  if (!condition) throw new Error(otherwise);
}

/** Messages as they come, to be taken one by one. */
export class Inbox {
  #items = [];
  #waiting = [];

  add(item) {
    const taker = this.#waiting.shift();
    if (taker) taker(item);
    else this.#items.push(item);
  }

  take() {
    if (this.#items.length > 0) return Promise.resolve(this.#items.shift());
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error("nothing came within 10 s")), 10_000);
      this.#waiting.push((item) => (clearTimeout(limit), resolve(item)));
    });
  }
}

/** How many checks have run. */
export function ran() {
  return passed + failed;
}

export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}
