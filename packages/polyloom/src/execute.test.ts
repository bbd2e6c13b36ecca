import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineNode, execute, type RuntimePreference, Workflow } from "./index.ts";

const double = defineNode({
  name: "double",
  input: z.object({ x: z.number() }),
  output: z.object({ x: z.number() }),
  run: ({ x }) => ({ x: 2 * x }),
});

function doubling(runtime?: RuntimePreference): Workflow<{ x: number }, { x: number }> {
  const ports = { input: z.object({ x: z.number() }), output: z.object({ x: z.number() }) };
  const flow = new Workflow("doubling", { ...ports, ...(runtime && { runtime }) });
  const node = flow.addNode("double", double, { x: flow.input.x });
  return flow.setOutput({ x: node.out.x });
}

describe("execute", () => {
  test("runs on the local runtime unless the workflow says otherwise", async () => {
    const result = await execute(doubling(), { input: { x: 21 } });
    expect(result).toMatchObject({ runtime: "local", outputs: { x: 42 } });
  });

  test.each(["local", "async", "testing"] as const)("runs where the workflow wants it: %s", async (name) => {
    const result = await execute(doubling(name), { input: { x: 21 } });
    expect(result).toMatchObject({ runtime: name, outputs: { x: 42 } });
  });

  test("keeps the preference through JSON", async () => {
    const flow = Workflow.fromJSON(doubling("async").toJSON(), [double]);
    expect((await execute(flow, { input: { x: 1 } })).runtime).toBe("async");
  });

  test("gives one part of its options to the runtime and the rest to the execution", async () => {
    const options = { input: { x: 1 }, runId: "mine", runtime: { collectMetrics: true } };
    const result = await execute(doubling(), options);
    expect(result.runId).toBe("mine");
    expect(result.metrics?.nodeTimes["double"]?.count).toBe(1);
  });

  test("rejects as a runtime does", async () => {
    await expect(execute(doubling())).rejects.toMatchObject({ code: "missing_input" });
    await expect(execute(undefined as never)).rejects.toMatchObject({ code: "invalid_definition" });
    await expect(execute(doubling(), { input: { x: 1 }, onFailre: "stop" } as never)).rejects.toMatchObject({
      code: "invalid_option",
    });
  });
});
