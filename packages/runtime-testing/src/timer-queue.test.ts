import { expect, test } from "vitest";
import { SeededRandom } from "./seeded-random.ts";
import { byTime, TimerQueue, type VirtualTimer } from "./timer-queue.ts";

function timer(time: number, sequence: number, tie = 0): VirtualTimer {
  return { time, tie, sequence, callback: () => undefined };
}

test("timers come in the order of time, tie and sequence, without the cleared ones", () => {
  const random = new SeededRandom(5);
  const queue = new TimerQueue();
  const digit = (): number => Math.floor(random.next() * 10);
  const timers = Array.from({ length: 500 }, (_, i) => timer(digit(), i, digit()));
  for (const each of timers) queue.add(each);
  for (let i = 0; i < 400; i++) queue.clear(timers[(i * 7) % 500]!);
  const left = timers.filter(({ callback }) => callback !== undefined).toSorted(byTime);
  const found: VirtualTimer[] = [];
  for (let next = queue.first; next !== undefined; next = queue.first) {
    found.push(next);
    queue.take();
  }
  expect(left).toHaveLength(100);
  expect(found).toEqual(left);
});

test("clearing twice, or a timer that fired, changes nothing", () => {
  const queue = new TimerQueue();
  const [first, second] = [timer(1, 0), timer(2, 1)];
  queue.add(first);
  queue.add(second);
  queue.take();
  queue.clear(first);
  queue.clear(first);
  expect(queue.first).toBe(second);
  queue.clear(second);
  expect(queue.first).toBeUndefined();
  expect(queue.take()).toBeUndefined();
});

test("C9 · timers that are set and cleared again and again are let go of", () => {
  const queue = new TimerQueue();
  queue.add(timer(10, 0));
  let compared = 0;
  for (let i = 1; i <= 100_000; i++) {
    // Counts how often the queue looks at cleared timers: it keeps a few dozen of them at the most.
    const each = {
      ...timer(5, i),
      get time() {
        compared++;
        return 5;
      },
    };
    queue.add(each);
    queue.clear(each);
  }
  compared = 0;
  expect(queue.first?.time).toBe(10);
  expect(compared).toBeLessThan(10_000);
});
