import fc from "fast-check";
import { expect, test } from "vitest";
import { ReadyQueue, shuffled } from "./ready-queue.ts";

const units = fc.uniqueArray(fc.nat({ max: 200 }), { maxLength: 60 });

/** An order in which unit n stands at place 3 (200 - n): the reverse of the units' numbers. */
const REVERSED = Int32Array.from({ length: 201 }, (_, unit) => 3 * (200 - unit));

test("S2: whatever the order of pushes, the unit that was added first comes out first", () => {
  fc.assert(
    fc.property(units, (pushed) => {
      const queue = new ReadyQueue(REVERSED);
      for (const unit of pushed) queue.push(unit);
      const popped = pushed.map(() => queue.pop());
      expect(popped).toEqual(pushed.toSorted((a, b) => b - a));
      expect(queue.pop()).toBeUndefined();
    }),
  );
});

test("S2: pushes and pops may alternate; each pop gives the first of those that wait", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat({ max: 200 }), { nil: undefined })), (steps) => {
      const queue = new ReadyQueue(REVERSED);
      const waiting: number[] = [];
      for (const step of steps) {
        if (step === undefined) {
          const first = waiting.toSorted((a, b) => b - a)[0];
          expect(queue.pop()).toBe(first);
          if (first !== undefined) waiting.splice(waiting.indexOf(first), 1);
        } else {
          queue.push(step);
          // A unit is there once, however often it is put in.
          if (!waiting.includes(step)) waiting.push(step);
        }
        expect(queue.size).toBe(waiting.length);
      }
    }),
  );
});

test("a cleared queue is empty, and goes on working", () => {
  const queue = new ReadyQueue([0, 1, 2]);
  queue.push(2);
  queue.push(0);
  queue.clear();
  expect([queue.size, queue.pop()]).toEqual([0, undefined]);
  queue.push(1);
  expect(queue.pop()).toBe(1);
});

test("D3: shuffled gives a permutation of the places and leaves the order alone", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat()),
      fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
      (order, numbers) => {
        const before = [...order];
        const dealt = shuffled(order, () => numbers.next().value as number);
        expect(dealt.toSorted((a, b) => a - b)).toEqual(order.toSorted((a, b) => a - b));
        expect(order).toEqual(before);
      },
    ),
  );
});

test("D3: shuffled can give each permutation of three", () => {
  const found = new Set<string>();
  for (const first of [0, 0.4, 0.8])
    for (const second of [0, 0.9]) {
      const numbers = [first, second];
      found.add(shuffled([0, 1, 2], () => numbers.shift()!).join());
    }
  expect(found.size).toBe(6);
});
