import { afterEach, expect, test, vi } from "vitest";
import { systemClock } from "./clock.ts";

afterEach(() => void vi.useRealTimers());

const DAY = 86_400_000;

test("the system's clock never goes back", () => {
  let last = systemClock.now();
  for (let i = 0; i < 1000; i++) {
    const now = systemClock.now();
    expect(now).toBeGreaterThanOrEqual(last);
    last = now;
  }
});

test("a timer fires once, after its time", () => {
  vi.useFakeTimers();
  const fired = vi.fn<() => void>();
  systemClock.set(fired, 100);
  vi.advanceTimersByTime(99);
  expect(fired).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1000);
  expect(fired).toHaveBeenCalledOnce();
});

test("a timer that was cleared never fires", () => {
  vi.useFakeTimers();
  const fired = vi.fn<() => void>();
  systemClock.clear(systemClock.set(fired, 100));
  vi.advanceTimersByTime(200);
  expect(fired).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});

test("a timer longer than the platform's 2^31 - 1 ms does not fire at once", () => {
  vi.useFakeTimers();
  const fired = vi.fn<() => void>();
  systemClock.set(fired, 2 ** 31 + 1000);
  vi.advanceTimersByTime(DAY);
  expect(fired).not.toHaveBeenCalled();
});

test("a timer of 60 days fires after 60 days", () => {
  vi.useFakeTimers();
  const fired = vi.fn<() => void>();
  systemClock.set(fired, 60 * DAY);
  vi.advanceTimersByTime(59 * DAY);
  expect(fired).not.toHaveBeenCalled();
  vi.advanceTimersByTime(DAY);
  expect(fired).toHaveBeenCalledOnce();
});

test("a timer of 60 days can be cleared after 50", () => {
  vi.useFakeTimers();
  const fired = vi.fn<() => void>();
  const timer = systemClock.set(fired, 60 * DAY);
  vi.advanceTimersByTime(50 * DAY);
  systemClock.clear(timer);
  vi.advanceTimersByTime(50 * DAY);
  expect(fired).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});

test("K5: a turn comes after callbacks of the event loop that were due before it", async () => {
  const order: string[] = [];
  setImmediate(() => order.push("immediate"));
  await new Promise<void>((resolve) =>
    systemClock.turn(() => {
      order.push("turn");
      resolve();
    }),
  );
  expect(order).toEqual(["immediate", "turn"]);
});
