import { TestingRuntime } from "@polyloom/runtime-testing";
import { test as base } from "vitest";
import { input, output } from "./flow.ts";

// oxlint-disable no-empty-pattern -- vitest wants to see here which other fixtures are used: none
// #region fixture
/** A test with a runtime on which the services answer; each test has its own. */
export const test = base.extend("mockRuntime", ({}, { onCleanup }) => {
  const runtime = new TestingRuntime()
    .setNodeResponse(input, { data: [1, 2, 3].map((id) => ({ id, value: 10 * id })) })
    .setNodeResponse(output, { status: 200 });
  onCleanup(() => runtime.close());
  return runtime;
});
// #endregion fixture
