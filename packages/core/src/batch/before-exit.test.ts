import { expect, test } from "vitest";
import { beforeExit } from "./before-exit.ts";

test("one listener for any number of calls, and none afterwards", () => {
  const before = process.listenerCount("exit");
  const called: number[] = [];
  const takeBack = Array.from({ length: 20 }, (_, at) => beforeExit(() => called.push(at)));
  expect(process.listenerCount("exit")).toBe(before + 1);
  takeBack[0]!();
  (process.listeners("exit").at(-1) as () => void)();
  expect(called).toEqual(Array.from({ length: 19 }, (_, at) => at + 1));
  for (const each of takeBack) each();
  expect(process.listenerCount("exit")).toBe(before);
});
