import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineNode, type NodeContext } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import { InlineRuntime } from "../execute/inline-runtime.fixture.ts";
import { CLOCK, outline, PORT, recorder, takes } from "./recording.fixture.ts";

describe("context", () => {
  const manager = new AsyncLocalStorageContextManager();
  beforeAll(() => void context.setGlobalContextManager(manager.enable()));
  afterAll(() => context.disable());

  test("a run's span is a child of the span that is active where execute is called", async () => {
    const flow = new Workflow("child");
    flow.addNode("a", takes(1), { x: 1 });
    const { observer, exporter, provider } = recorder();
    const outer = provider.getTracer("test").startSpan("outer");
    await context.with(trace.setSpan(context.active(), outer), () =>
      new InlineRuntime({ observers: [observer] }).execute(flow),
    );
    const run = exporter.getFinishedSpans().find(({ name }) => name === "run child")!;
    expect(run.parentSpanContext?.spanId).toBe(outer.spanContext().spanId);
  });

  test("spans that a node's code starts, also after an await, are children of its attempt's span, of no other node's", async () => {
    const { observer, exporter, provider } = recorder();
    const inner = (name: string): void => provider.getTracer("test").startSpan(name).end();
    const run = async ({ x }: { x: number }, { nodeId, attempt }: NodeContext): Promise<{ x: number }> => {
      inner(`before ${nodeId} ${attempt}`);
      await Promise.resolve();
      inner(`after ${nodeId} ${attempt}`);
      if (attempt === 1) throw new Error("once");
      return { x };
    };
    const node = defineNode({ name: "node", input: PORT, output: PORT, retry: { attempts: 2, delayMs: 0 }, run });
    const flow = new Workflow("inside");
    const first = flow.addNode("a", node, { x: 1 });
    flow.addNode("b", node, { x: first.out.x });
    await new InlineRuntime({ observers: [observer], clock: CLOCK }).execute(flow);
    expect(outline(exporter.getFinishedSpans()).map((line) => line.replace(/ \d+ ms$/, ""))).toEqual([
      "run inside",
      ...["a", "b"].flatMap((id) => [
        `  node ${id}`,
        ...[1, 2].flatMap((n) => [`    attempt ${id}`, `      before ${id} ${n}`, `      after ${id} ${n}`]),
      ]),
    ]);
  });

  test("spans of a map's items are children of the map's span, which has no attempts of its own", async () => {
    const { observer, exporter, provider } = recorder();
    const run = ({ x }: { x: number }, { index, attempt }: NodeContext): { x: number } => {
      provider.getTracer("test").startSpan(`item ${index} ${attempt}`).end();
      if (attempt === 1 && index === 1) throw new Error("once");
      return { x };
    };
    const flow = new Workflow("map");
    flow.addMap(
      "each",
      defineNode({ name: "item", input: PORT, output: PORT, retry: { attempts: 2, delayMs: 0 }, run }),
      { each: { x: [1, 2] } },
    );
    await new InlineRuntime({ observers: [observer], clock: CLOCK }).execute(flow);
    const spans = exporter.getFinishedSpans();
    expect(outline(spans).map((line) => line.replace(/ \d+ ms$/, ""))).toEqual([
      "run map",
      "  node each",
      "    item 0 1",
      "    item 1 1",
      "    item 1 2",
    ]);
    const map = spans.find(({ name }) => name === "node each")!;
    expect(map.events).toMatchObject([
      { name: "node.retrying", attributes: { "polyloom.index": 1, "polyloom.attempt": 1 } },
    ]);
  });
});
