import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { award, earned, nothingYet, points, takeBack, takenBack, toPence } from "../src/points.js";

const bought = (pounds: number) => ({ customerId: "17850", style: "choreographed" as const, pence: toPence(pounds) });

describe("the points of an order", () => {
  it("are one for every whole pound", () => {
    assert.equal(points(award(nothingYet("o"), bought(139.12))), 139);
    assert.equal(points(award(nothingYet("o"), bought(0.99))), 0);
  });

  it("are earned once, however often its completion is told", () => {
    const once = award(nothingYet("o"), bought(20));
    assert.equal(award(once, bought(999)), once);
  });

  it("go with what comes back, each return once", () => {
    const order = takeBack(award(nothingYet("o"), bought(139.12)), "r1", toPence(39.5));
    assert.equal(points(order), 99);
    assert.equal(takenBack(order), 40);
    assert.equal(takeBack(order, "r1", toPence(39.5)), order);
  });

  it("are the same when the return is heard of before the completion", () => {
    const inOrder = takeBack(award(nothingYet("o"), bought(50)), "r1", 1_001);
    const reversed = award(takeBack(nothingYet("o"), "r1", 1_001), bought(50));
    assert.deepEqual([earned(reversed), points(reversed)], [earned(inOrder), points(inOrder)]);
    assert.equal(points(reversed), 39);
  });

  it("are never less than none", () => {
    assert.equal(points(takeBack(award(nothingYet("o"), bought(10)), "r1", 1_001)), 0);
    assert.equal(points(takeBack(nothingYet("o"), "r1", 1_001)), 0);
  });

  it("count pence, not binary fractions of a pound", () => {
    assert.equal(toPence(0.29 + 0.71), 100);
    assert.equal(toPence(1.15), 115);
  });
});
