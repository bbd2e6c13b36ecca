import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Heartbeat } from "./heartbeat.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function listened(): { heartbeat: Heartbeat; ping: () => void; silent: () => void } {
  const [ping, silent] = [vi.fn<() => void>(), vi.fn<() => void>()];
  return { heartbeat: new Heartbeat(300, { ping, silent }), ping, silent };
}

test("who never answers is silent after the whole time, and told once", () => {
  const { heartbeat, ping, silent } = listened();
  heartbeat.start();
  vi.advanceTimersByTime(399);
  expect(ping).toHaveBeenCalledTimes(3);
  expect(silent).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1_000);
  expect(silent).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});

test("who answers is not", () => {
  const { heartbeat, silent } = listened();
  heartbeat.start();
  for (let beat = 0; beat < 20; beat++) {
    vi.advanceTimersByTime(100);
    heartbeat.heard();
  }
  expect(silent).not.toHaveBeenCalled();
  heartbeat.end();
});

test("without a call nobody is asked, and the timer ends by itself", () => {
  const { heartbeat, ping, silent } = listened();
  heartbeat.start();
  heartbeat.stop();
  vi.advanceTimersByTime(1_000);
  expect(ping).not.toHaveBeenCalled();
  expect(silent).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});
