// oxlint-disable vitest/no-standalone-expect -- `test` is the fixture's
import "@polyloom/runtime-testing/vitest"; // the matchers
import { expect } from "vitest";
import { input, output, report, total } from "./flow.ts";
import { test } from "./mock-runtime.fixture.ts";

// #region tests
test("the sum of all rows is sent, once", async ({ mockRuntime }) => {
  const result = await mockRuntime.execute(report);
  expect(result.get(total)).toEqual({ total: 60 });
  expect(mockRuntime).toHaveExecutedInOrder([input, total, output]);
  expect(mockRuntime).toHaveExecuted(output, 1);
  expect(mockRuntime.getNodeCalls(output)[0]?.inputs).toEqual({ total: 60 });
});

test("a service that fails twice is asked a third time", async ({ mockRuntime }) => {
  mockRuntime.setNodeError(input, new Error("busy"), { times: 2 });
  await mockRuntime.execute(report); // two waits of a minute and more, in virtual time
  expect(mockRuntime.getNodeCallCount(input)).toBe(3);
});

test("nothing is sent when the rows cannot be read", async ({ mockRuntime }) => {
  mockRuntime.setNodeError(input, new RangeError("simulated"));
  await expect(mockRuntime.execute(report)).rejects.toHaveFailedAt(input, "node_failed");
  expect(mockRuntime).not.toHaveExecuted(output);
});
// #endregion tests
