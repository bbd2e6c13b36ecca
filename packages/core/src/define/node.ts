import { callerReference, type NodeReference, PolyloomError, registerNode } from "@polyloom/wire";
import type { Logger } from "pino";
import { z } from "zod";
import { retryPolicy, type RetryPolicy } from "./retry-policy.ts";
import { portTable, type PortTable } from "./schema.ts";
import { checkShape, milliseconds } from "./shape.ts";

/** What a node's `run` gets beside its input. */
export interface NodeContext {
  /** Aborted when the run, a cycle's time or the node's own time is over. */
  readonly signal: AbortSignal;
  readonly runId: string;
  readonly workflow: string;
  readonly nodeId: string;
  /** Counts from 1. */
  readonly attempt: number;
  /** Iteration of the innermost cycle, from 1; 0 outside cycles. */
  readonly iteration: number;
  /** Position of a map's item, from 0; `undefined` outside maps. */
  readonly index: number | undefined;
  /** Plain data that lasts from one iteration to the next within a cycle (C8). */
  readonly state: Record<string, unknown>;
  /** A pino child with `runId` and `nodeId`; each line is an event as well. */
  readonly logger: Logger;
  /** Reports progress: `done` of `total`, in any unit. */
  readonly progress: (done: number, total?: number, message?: string) => void;
}

/** Carries the types of a node's input and output, and nothing at run time. */
export interface NodeTypes<I, O> {
  readonly "~input"?: (input: I) => void;
  readonly "~output"?: () => O;
}

/** Settings of a node that hold wherever it is used. */
export interface NodeSettings {
  readonly retry?: RetryPolicy;
  /** Longest time of one attempt, in milliseconds. */
  readonly timeoutMs?: number;
  /** Name of a group whose tasks share a limit (`groupLimits` of a runtime). */
  readonly group?: string;
  /**
   * Output ports whose buffers may be moved to the last node that reads them, rather than copied; a port that was
   * moved is not among the results.
   */
  readonly transfer?: readonly string[];
  /** Whether it stays on the calling thread, wherever a runtime runs the others. */
  readonly inline?: boolean;
  /** One sentence for readers of the graph. */
  readonly description?: string;
}

/** A node: typed ports and the function behind them. Made by {@link defineNode}. */
export interface NodeDefinition<I = never, O = unknown> extends NodeTypes<I, O>, NodeSettings {
  readonly kind: "node";
  readonly name: string;
  readonly inputs: PortTable;
  readonly outputs: PortTable;
  /** Where loading a module creates this node again (D5). */
  readonly reference: NodeReference | undefined;
  readonly run: (input: never, context: NodeContext) => unknown;
}

/** What {@link defineNode} takes. */
export interface NodeSpec<In extends z.ZodObject, Out extends z.ZodObject> extends NodeSettings {
  /** Unique in its module; shown in graphs, errors and metrics. */
  readonly name: string;
  readonly input: In;
  readonly output: Out;
  /** `import.meta.url`, where the caller's module cannot be seen from the stack. */
  readonly module?: string;
  run(input: z.output<In>, context: NodeContext): z.input<Out> | Promise<z.input<Out>>;
}

/**
 * Defines a node: its ports are the keys of two `z.object` schemas. A node can run on another thread or machine if
 * this is called while its module loads (D5).
 * @throws PolyloomError `invalid_definition`, `invalid_schema` or `invalid_option`, naming the node.
 */
export function defineNode<In extends z.ZodObject, Out extends z.ZodObject>(
  spec: NodeSpec<In, Out>,
): NodeDefinition<z.input<In>, z.output<Out>> {
  checkSpec(spec);
  const caller = callerReference(defineNode);
  const definition: NodeDefinition<z.input<In>, z.output<Out>> = Object.freeze({
    ...settingsOf(spec),
    kind: "node",
    name: spec.name,
    inputs: portTable(spec.input, `input of node "${spec.name}"`),
    outputs: portTable(spec.output, `output of node "${spec.name}"`),
    reference: referenceOf(spec, caller),
    run: spec.run.bind(spec) as NodeDefinition["run"],
  });
  if (definition.reference !== undefined) registerNode(definition.reference, definition);
  return definition;
}

function referenceOf(
  spec: { name: string; module?: string },
  caller: Omit<NodeReference, "name"> | undefined,
): NodeReference | undefined {
  const module = spec.module ?? caller?.module;
  return module === undefined ? undefined : { ...caller, module, name: spec.name };
}

function settingsOf(spec: NodeSettings): NodeSettings {
  const { retry, timeoutMs, group, inline, transfer, description } = spec;
  return {
    ...(retry === undefined ? {} : { retry: Object.freeze({ ...retry }) }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(group === undefined ? {} : { group }),
    ...(transfer === undefined ? {} : { transfer: Object.freeze([...transfer]) }),
    ...(inline === undefined ? {} : { inline }),
    ...(description === undefined ? {} : { description }),
  };
}

const SETTINGS = {
  retry: retryPolicy,
  timeoutMs: milliseconds,
  group: z.string("has to be a text").min(1, "has to be a text that is not empty"),
  transfer: z.array(z.string("has to be the name of an output"), "has to be a list of outputs"),
  inline: z.boolean("has to be true or false"),
  description: z.string("has to be a text"),
  module: z.string("has to be a URL: import.meta.url"),
  // These have codes of their own, and are checked by hand.
  name: z.unknown(),
  input: z.unknown(),
  output: z.unknown(),
  run: z.unknown(),
};

function checkSpec(spec: NodeSpec<z.ZodObject, z.ZodObject>): void {
  const name: unknown = spec?.name;
  if (typeof name !== "string" || name === "")
    throw new PolyloomError("invalid_definition", "defineNode needs a name: a text that is not empty");
  if (typeof spec.run !== "function")
    throw new PolyloomError("invalid_definition", `node "${name}" needs a run function`);
  checkShape(SETTINGS, spec, `node "${name}"`);
  const unknown = spec.transfer?.find((port) => !Object.hasOwn(spec.output?.shape ?? {}, port));
  if (unknown !== undefined)
    throw new PolyloomError("invalid_definition", `node "${name}" has no output "${unknown}" to transfer`);
}
