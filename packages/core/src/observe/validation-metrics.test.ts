import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import { InlineRuntime } from "../execute/inline-runtime.fixture.ts";
import { silent } from "./silent-logger.fixture.ts";
import { ValidationCounter } from "./validation-metrics.ts";

describe("ValidationCounter", () => {
  test("splits into a summary and a report (V6)", () => {
    const counter = new ValidationCounter();
    for (let i = 0; i < 4; i++) counter.checked();
    counter.failed();
    counter.bypassed();
    counter.violated({ nodeId: "a", port: "x", path: "key", found: 'key "key"' });
    expect(counter.snapshot()).toEqual({
      performanceSummary: { count: 4, failures: 1, bypasses: 1, failureRate: 0.25, totalTimeMs: undefined },
      securityReport: {
        totalViolations: 1,
        violationsByNode: { a: 1 },
        mostRecent: [{ nodeId: "a", port: "x", path: "key", found: 'key "key"' }],
      },
    });
  });

  test("has no rate of failure before the first check", () => {
    expect(new ValidationCounter().snapshot().performanceSummary.failureRate).toBe(0);
  });

  test("is bounded in memory: the ten newest violations, and a thousand nodes by name (V6)", () => {
    const counter = new ValidationCounter();
    for (let i = 0; i < 3000; i++) counter.violated({ nodeId: `n${i}`, port: "x", path: "", found: String(i) });
    const { securityReport } = counter.snapshot();
    expect(securityReport.totalViolations).toBe(3000);
    expect(securityReport.mostRecent.map(({ found }) => found)).toEqual(
      Array.from({ length: 10 }, (_, i) => String(2999 - i)),
    );
    expect(Object.keys(securityReport.violationsByNode)).toHaveLength(1001);
    expect(Object.values(securityReport.violationsByNode).reduce((a, b) => a + b)).toBe(3000);
  });

  test("a node's hostile name reaches no prototype (V4)", () => {
    const counter = new ValidationCounter();
    counter.violated({ nodeId: "__proto__", port: "x", path: "", found: "1" });
    counter.violated({ nodeId: "constructor", port: "x", path: "", found: "1" });
    const { violationsByNode } = counter.snapshot().securityReport;
    expect(Object.keys(violationsByNode)).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(violationsByNode)).toBe(Object.prototype);
  });
});

describe("a runtime", () => {
  test("counts over its runs, apart from other runtimes, until it is told to start afresh (V6)", async () => {
    const [one, other] = [new InlineRuntime({ logger: silent() }), new InlineRuntime({ logger: silent() })];
    await one.execute(injecting());
    await one.execute(injecting());
    expect(one.getValidationMetrics().securityReport).toMatchObject({
      totalViolations: 2,
      violationsByNode: { takes: 2 },
    });
    expect(other.getValidationMetrics().securityReport.totalViolations).toBe(0);
    one.resetValidationMetrics();
    expect(one.getValidationMetrics().performanceSummary.count).toBe(0);
  });

  test("tells each issue as an event, and never the value (V3, V6)", async () => {
    const events: unknown[] = [];
    const observer = {
      onEvent: (event: { type: string }): void => void (event.type === "validation.issue" && events.push(event)),
    };
    const runtime = new InlineRuntime({ logger: silent(), observers: [observer] });
    await runtime.execute(injecting());
    expect(events).toMatchObject([
      { nodeId: "takes", port: "value", side: "input", kind: "undeclared", from: "gives.value", path: "extra" },
    ]);
    expect(JSON.stringify([events, runtime.getValidationMetrics()])).not.toContain("a secret value");
  });

  test("counts a bypass instead of a check when validation is off (V2)", async () => {
    const runtime = new InlineRuntime({ connectionValidation: "off" });
    await runtime.execute(injecting());
    const { count, bypasses } = runtime.getValidationMetrics().performanceSummary;
    expect(count).toBe(0);
    expect(bypasses).toBeGreaterThan(0);
  });
});

/** A workflow whose first node gives a key that the second does not declare. */
function injecting(): Workflow {
  const gives = defineNode({
    name: "gives",
    input: z.object({}),
    output: z.object({ value: z.looseObject({}) }),
    run: () => ({ value: { id: 1, extra: "a secret value" } }),
  });
  const takes = defineNode({
    name: "takes",
    input: z.object({ value: z.object({ id: z.number() }) }),
    output: z.object({}),
    run: () => ({}),
  });
  const flow = new Workflow("injecting");
  const source = flow.addNode("gives", gives, {});
  flow.addNode("takes", takes, { value: source.out.value as never });
  return flow;
}
