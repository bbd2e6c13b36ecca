import { PolyloomError } from "@polyloom/wire";
import { type AnyHandle, LazyHandle } from "../define/handle.ts";
import type { Failure } from "../execute/failure.ts";
import type { Run } from "../execute/run.ts";
import { Status } from "../execute/run-state.ts";
import type { Step, SubPlan } from "../plan/plan.ts";
import type { CycleMetrics, CycleReport } from "./cycle-report.ts";
import type { Metrics } from "./metrics.ts";

/** How a node ended. */
export type NodeStatus = "pending" | "running" | "completed" | "skipped" | "failed" | "cancelled";

/** What became of one node. */
export interface NodeRecord {
  readonly status: NodeStatus;
  /** Attempts of its last activation. */
  readonly attempts: number;
  /** Milliseconds after the run's start; only with metrics or observers. */
  readonly startMs: number | undefined;
  /** Milliseconds of its last activation; only with metrics or observers. */
  readonly durationMs: number | undefined;
  /** Where it ran. */
  readonly where: string;
}

const NAMES = Object.keys(Status) as NodeStatus[];

/** What a run gave. Each part is made when it is first read. */
export class RunResult<WO = unknown> {
  readonly runId: string;
  readonly workflow: string;
  readonly runtime: string;
  readonly status: "completed" | "failed";
  /** All failures, the first observed first; none of a completed run. */
  readonly errors: readonly Failure[];
  /** Only with `collectMetrics`. */
  readonly metrics: Metrics | undefined;
  readonly #run: Run;
  #results: Readonly<Record<string, unknown>> | undefined;
  #nodes: Readonly<Record<string, NodeRecord>> | undefined;
  #cycles: Readonly<Record<string, CycleReport>> | undefined;
  #outputs: WO | undefined;

  /** Made by a runtime. */
  constructor(run: Run, runtime: string, metrics: Metrics | undefined) {
    this.#run = run;
    this.runId = run.runId;
    this.workflow = run.plan.workflow.name;
    this.runtime = runtime;
    this.status = run.failures.length > 0 ? "failed" : "completed";
    this.errors = Object.freeze([...run.failures]);
    this.metrics = metrics;
    Object.freeze(this);
  }

  /**
   * The outputs of a node.
   * @throws PolyloomError `no_result` when it did not complete
   */
  get<O>(handle: AnyHandle<O>): O {
    const { plan } = this.#run;
    if (handle instanceof LazyHandle && LazyHandle.ownerOf(handle) !== plan.workflow)
      throw new PolyloomError("no_result", `node "${handle.id}" is not part of workflow "${this.workflow}"`);
    const index = plan.indexOf.get(handle.id);
    const sub = plan.subs.get(handle.id);
    const outputs = index !== undefined ? outputsOf(this.#run, plan.steps[index]!) : sub && subOutputs(this.#run, sub);
    if (outputs === undefined)
      throw new PolyloomError(
        "no_result",
        `node "${handle.id}" has no result: ${this.nodes[handle.id]?.status ?? "it is not part of this workflow"}`,
      );
    return outputs as O;
  }

  /** Outputs by node id: completed nodes only; of a cycle the last completed iteration (R2). */
  // oxlint-disable-next-line typescript/no-explicit-any -- by id nothing is known of a value; get(handle) is the typed way
  get results(): Readonly<Record<string, any>> {
    return (this.#results ??= collectResults(this.#run));
  }

  /** What became of each node. */
  get nodes(): Readonly<Record<string, NodeRecord>> {
    return (this.#nodes ??= collectNodes(this.#run));
  }

  /** What became of each cycle that began, by name. */
  get cycles(): Readonly<Record<string, CycleReport>> {
    return (this.#cycles ??= collectCycles(this.#run));
  }

  /** Sums over all cycles. */
  get cycleMetrics(): CycleMetrics {
    const cycles = Object.values(this.cycles);
    return {
      totalIterations: cycles.reduce((sum, cycle) => sum + cycle.totalIterations, 0),
      converged: cycles.length > 0 && cycles.every((cycle) => cycle.converged),
    };
  }

  /** The declared outputs of the workflow. */
  get outputs(): WO {
    return (this.#outputs ??= Object.freeze(subOutputs(this.#run, this.#run.plan.subs.get("")!)) as WO);
  }
}

/** Outputs of completed nodes, by id. */
export function collectResults(run: Run): Readonly<Record<string, unknown>> {
  const results: Record<string, unknown> = {};
  for (const step of run.plan.steps) {
    const outputs = step.kind === "relay" ? undefined : outputsOf(run, step);
    if (outputs !== undefined) results[step.id] = outputs;
  }
  for (const [id, sub] of run.plan.subs) if (id !== "" && hasResult(run, sub)) results[id] = subOutputs(run, sub);
  return Object.freeze(results);
}

/** What became of each cycle that began, by name. */
export function collectCycles(run: Run): Readonly<Record<string, CycleReport>> {
  const reports = run.plan.cycles.map(({ name, index }) => [name, run.cycles[index]!.progress.report] as const);
  return Object.freeze(Object.fromEntries(reports.filter(([, report]) => report !== undefined))) as Readonly<
    Record<string, CycleReport>
  >;
}

/** A step's outputs; inside cycles those of the outermost one's last completed iteration. */
function outputsOf({ plan, cycles, state }: Run, { index, scope }: Step): Record<string, unknown> | undefined {
  if (scope < 0) return state.outputs[index];
  let outermost = scope;
  while (plan.cycles[outermost]!.parent >= 0) outermost = plan.cycles[outermost]!.parent;
  return cycles[outermost]!.committed(index);
}

/** A workflow inside a cycle is shown as its nodes are: by the last completed iteration, whatever came after. */
function hasResult(run: Run, sub: SubPlan): boolean {
  if (statusOfSub(run, sub) === "completed") return true;
  return [...sub.outputs].some(([port, relay]) => {
    const step = run.plan.steps[relay]!;
    return step.scope >= 0 && outputsOf(run, step)?.[port] !== undefined;
  });
}

function subOutputs(run: Run, { outputs }: SubPlan): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [port, relay] of outputs) {
    const value = outputsOf(run, run.plan.steps[relay]!)?.[port];
    if (value !== undefined) values[port] = value;
  }
  return values;
}

/** What became of each node, by id. */
export function collectNodes(run: Run): Readonly<Record<string, NodeRecord>> {
  const records: Record<string, NodeRecord> = {};
  for (const step of run.plan.steps) if (step.kind !== "relay") records[step.id] = recordOf(run, step);
  for (const [id, sub] of run.plan.subs) if (id !== "") records[id] = recordOfSub(run, sub);
  return Object.freeze(records);
}

function recordOf(run: Run, step: Step): NodeRecord {
  const { state, settings } = run;
  const { index } = step;
  const status = statusOf(run, step);
  const hasRun = status !== "pending" && status !== "skipped";
  const startMs = hasRun ? state.startedAt?.[index] : undefined;
  const durationMs = hasRun ? state.durationMs?.[index] : undefined;
  return Object.freeze({
    status,
    attempts: hasRun ? (state.attempts.get(index) ?? 1) : 0,
    startMs: Number.isNaN(startMs) ? undefined : startMs,
    durationMs: Number.isNaN(durationMs) ? undefined : durationMs,
    where: state.where.get(index) ?? settings.where,
  });
}

/** A workflow's own record: from the first start of its nodes to their last end. */
function recordOfSub(run: Run, sub: SubPlan): NodeRecord {
  const inner = run.plan.steps
    .slice(sub.from, sub.to)
    .filter(({ kind }) => kind !== "relay")
    .map((step) => recordOf(run, step));
  const timed = inner.filter((record) => record.startMs !== undefined);
  // Not by spreading: a workflow may have more nodes than a call takes arguments.
  const startMs =
    timed.length === 0 ? undefined : timed.reduce((least, { startMs: at }) => Math.min(least, at!), Infinity);
  const endMs = timed.reduce((most, { startMs: at, durationMs }) => Math.max(most, at! + durationMs!), 0);
  const status = statusOfSub(run, sub);
  return Object.freeze({
    status,
    attempts: status === "skipped" || status === "pending" ? 0 : 1,
    startMs,
    durationMs: startMs === undefined ? undefined : endMs - startMs,
    where: run.settings.where,
  });
}

/** Inside cycles what was completed is what a completed iteration kept: a body without one counts as skipped (R2). */
function statusOf(run: Run, step: Step): NodeStatus {
  const status = NAMES[run.state.status[step.index]!]!;
  if (step.scope < 0 || (status !== "completed" && status !== "skipped")) return status;
  return outputsOf(run, step) === undefined ? "skipped" : "completed";
}

/** Skipped only where every node inside was, and no output has a value. */
function statusOfSub(run: Run, { from, to, outputs }: SubPlan): NodeStatus {
  const { state, plan } = run;
  const codes = state.status.subarray(from, to);
  const found = (["failed", "cancelled", "running"] as const).find((name) => codes.includes(Status[name]));
  if (found !== undefined) return found;
  if (codes.includes(Status.pending)) return codes.every((code) => code === Status.pending) ? "pending" : "running";
  const hasOutput = [...outputs].some(([port, relay]) => outputsOf(run, plan.steps[relay]!)?.[port] !== undefined);
  const nodes = plan.steps.slice(from, to).filter(({ kind }) => kind !== "relay");
  const isIdle = !hasOutput && nodes.every((step) => statusOf(run, step) === "skipped");
  return isIdle ? "skipped" : "completed";
}
