import { PolyloomError } from "@polyloom/wire";
import type { z } from "zod";
import type { CycleSpec } from "./cycle.ts";
import type { NodeDefinition } from "./node.ts";
import type { PortTable } from "./schema.ts";
import type { First, Reference, Source } from "./source.ts";

/** One wire into an input: what `addNode` or `connect` said. */
export interface Binding {
  readonly port: string;
  readonly source: Source;
}

/** One `connect` call, resolved when the graph is looked at: both ends may be named before they exist. */
export interface Connection {
  readonly from: Reference | First;
  readonly node: string;
  /** `undefined` joins the ports of both ends that have the same name. */
  readonly port: string | undefined;
}

/** How a map spreads its items (S9). */
export interface MapSettings {
  /** Ports that take one item each. */
  readonly each: readonly string[];
  /** Items of one chunk run one after another in one place. Default 1. */
  readonly chunkSize?: number;
  /** Keeps items with equal values in one chunk: a port of `each`, or a field of its items as `port.field`. */
  readonly chunkBy?: string;
  /** Chunks of this map at once; the runtime's own limit holds beside it. */
  readonly concurrency?: number;
}

/** A node where it stands in a graph. */
export interface NodeEntry {
  readonly id: string;
  readonly node: NodeDefinition | WorkflowLike;
  readonly bindings: readonly Binding[];
  readonly map: MapSettings | undefined;
}

/** What a workflow is made of, in the order in which it was said. */
export interface WorkflowGraph {
  readonly nodes: ReadonlyMap<string, NodeEntry>;
  readonly connections: readonly Connection[];
  readonly cycles: readonly CycleSpec[];
  /** Names of cycles that were begun and not built. */
  readonly openCycles: ReadonlySet<string>;
  readonly outputs: readonly Binding[];
}

/** Runtimes that a workflow may prefer; the umbrella package loads them. */
export type RuntimePreference = "local" | "async" | "parallel" | "cyclic" | "docker" | "testing";

/** A workflow without its types. */
export interface WorkflowLike {
  readonly kind: "workflow";
  readonly name: string;
  readonly inputs: PortTable;
  readonly outputs: PortTable;
  readonly runtime: RuntimePreference | undefined;
  readonly graph: WorkflowGraph;
  /** Grows with every change, those of sub-workflows included. */
  readonly version: number;
}

const WORKFLOWS = new WeakSet<object>();

/** Notes that an object is a workflow, and not data that looks like one. */
export function noteWorkflow(workflow: WorkflowLike): void {
  WORKFLOWS.add(workflow);
}

/** Whether a value is a workflow. */
export function isWorkflow(value: unknown): value is WorkflowLike {
  return typeof value === "object" && value !== null && WORKFLOWS.has(value);
}

/**
 * Refuses what only looks like a workflow, or not even that; one of another copy of this package passes.
 * @throws PolyloomError `invalid_definition`
 */
export function requireWorkflow(value: WorkflowLike | null | undefined): void {
  if (value?.kind === "workflow" && (value.graph as WorkflowGraph | undefined)?.nodes instanceof Map) return;
  throw new PolyloomError("invalid_definition", "give a Workflow");
}

/** What the constructor of a workflow takes. */
export interface WorkflowOptions<WI, WO> {
  /** A `z.object`: the keys are ports, read by `workflow.input`. */
  readonly input?: z.ZodType<unknown, WI>;
  /** A `z.object`: the keys are what `setOutput` fills. */
  readonly output?: z.ZodType<WO>;
  /** The runtime that the umbrella package is to load. */
  readonly runtime?: RuntimePreference;
}
