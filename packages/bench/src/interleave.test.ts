import { expect, test } from "vitest";
import { interleaveValues } from "./interleave.ts";

test("subjects take turns, every second round backwards, and the first rounds do not count", async () => {
  const calls: string[] = [];
  const values = { floor: [100, 1, 5, 3], ours: [100, 20, 10, 30] };
  const next = (name: "floor" | "ours") => () => (calls.push(name), values[name].shift()!);
  const medians = await interleaveValues({ warmUp: 1, rounds: 3 }, { floor: next("floor"), ours: next("ours") });
  expect(calls.join(" ")).toBe("floor ours ours floor floor ours ours floor");
  expect(medians).toEqual({ floor: 3, ours: 20 });
});
