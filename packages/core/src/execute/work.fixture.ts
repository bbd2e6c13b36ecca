import { z } from "zod";
import { defineNode, type NodeContext, type NodeDefinition, type NodeSettings } from "../define/node.ts";
import type { Workflow } from "../define/workflow.ts";
import type { RunEvent } from "../observe/event.ts";
import type { Observer } from "../observe/observer.ts";
import { silent } from "../observe/silent-logger.fixture.ts";
import type { RunResult } from "../report/run-result.ts";
import type { WorkflowError } from "./failure.ts";
import { InlineRuntime } from "./inline-runtime.fixture.ts";
import { ManualClock } from "./manual-clock.fixture.ts";
import type { ExecuteOptions, RuntimeOptions } from "./options.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- any value may stand at these ports
type Any = any;

/** A node with two optional inputs and one optional output, all of any kind. */
export type Work = NodeDefinition<{ in?: Any; after?: Any }, { out?: Any }>;

const after = z.any().optional();
const output = z.object({ out: z.any().optional() });
const OPTIONAL = { input: z.object({ in: after, after }), output };
const REQUIRED = { input: z.object({ in: z.any(), after }), output };

/** Makes a node that gives at `out` what the function gives; a promise is waited for. */
export function work(run: (input: Any, context: NodeContext) => unknown, settings: NodeSettings = {}): Work {
  return defineNode({ name: "work", ...OPTIONAL, run: atOut(run), ...settings }) as unknown as Work;
}

/** The same with an input `in` that has to arrive. */
export function needing(run: (input: Any, context: NodeContext) => unknown, settings: NodeSettings = {}): Work {
  return defineNode({ name: "needing", ...REQUIRED, run: atOut(run), ...settings }) as unknown as Work;
}

function atOut(run: (input: Any, context: NodeContext) => unknown): (input: Any, context: NodeContext) => Any {
  return (input, context) => {
    const out = run(input, context) as PromiseLike<unknown> | undefined | null;
    return typeof out?.then === "function" ? Promise.resolve(out).then((value) => ({ out: value })) : { out };
  };
}

/** Waits for the node's signal, and then fails as `fetch` would. */
export function untilAborted(_input: unknown, { signal }: NodeContext): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}

/** How a run ended, and what was observed of it. */
export interface Watched {
  readonly result: RunResult<Any> | undefined;
  readonly error: WorkflowError | undefined;
  readonly events: readonly RunEvent[];
}

/** A runtime with a clock of the test's own, quiet, running up to so many tasks at once. */
export function runtimeOf(
  options: RuntimeOptions = {},
  maxConcurrency = 8,
): { runtime: InlineRuntime; clock: ManualClock } {
  const clock = new ManualClock();
  return { runtime: new InlineRuntime({ clock, logger: silent(), ...options }, maxConcurrency), clock };
}

/** Runs a workflow to its end, however it ends. */
export async function watch(
  runtime: InlineRuntime,
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever the workflow declares
  flow: Workflow<any, any>,
  options: ExecuteOptions = {},
): Promise<Watched> {
  const events: RunEvent[] = [];
  const observer: Observer = { onEvent: (event) => void events.push(event) };
  const observers = [...(options.observers ?? []), observer];
  try {
    const result = await runtime.execute(flow, { ...options, observers });
    return { result, error: undefined, events };
  } catch (error) {
    return { result: undefined, error: error as WorkflowError, events };
  }
}

/** What happened to nodes and cycles, one text an event: `a started`. */
export function happened(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) => {
    if ("nodeId" in event && event.type.startsWith("node.")) return [`${event.nodeId} ${event.type.slice(5)}`];
    if (event.type === "cycle.iteration") return [`${event.cycle} iteration ${event.iteration}`];
    if (event.type === "cycle.ended") return [`${event.cycle} ${event.reason}`];
    return [];
  });
}

/** The status of each node, by id. */
export function statuses({ result, error }: Watched): Record<string, string> {
  const { nodes } = (result ?? error)!;
  return Object.fromEntries(Object.entries(nodes).map(([id, { status }]) => [id, status]));
}
