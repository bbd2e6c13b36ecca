import { type AnyHandle, PolyloomError, type RunResult, WorkflowError } from "@polyloom/core";
import { idOf } from "./response.ts";
import { TestingRuntime } from "./testing-runtime.ts";

/** What a matcher of vitest gives. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
  readonly actual?: unknown;
  readonly expected?: unknown;
}

type Node = AnyHandle | string;

/** Of a TestingRuntime: whether these nodes started in this order; others may stand between them. */
export function toHaveExecutedInOrder(received: unknown, nodes: readonly Node[]): MatcherResult {
  const order = runtimeIn(received, "toHaveExecutedInOrder").getExecutionOrder();
  const ids = nodes.map(idOf);
  const missing = firstMissing(order, ids);
  return {
    pass: missing === undefined,
    message: () =>
      missing === undefined
        ? `expected nodes not to start in the order ${listed(ids)}`
        : `expected nodes to start in the order ${listed(ids)}; "${missing}" did not in ${listed(order)}`,
    actual: order,
    expected: ids,
  };
}

/** Of a TestingRuntime: whether a node started, or how often; all attempts at one activation count once. */
export function toHaveExecuted(received: unknown, node: Node, times?: number): MatcherResult {
  const id = idOf(node);
  const order = runtimeIn(received, "toHaveExecuted").getExecutionOrder();
  const found = order.filter((each) => each === id).length;
  const wanted = times === undefined ? "" : ` ${times} times`;
  return {
    pass: times === undefined ? found > 0 : found === times,
    message: () =>
      `expected node "${id}" to start${wanted} or not as asked; it started ${found} times in ${listed(order)}`,
    actual: found,
    expected: times ?? "at least 1",
  };
}

/** Of a result or a WorkflowError: whether a cycle converged, or every one that began, of which there is one at least. */
export function toHaveConverged(received: unknown, cycle?: string): MatcherResult {
  const { cycles } = outcomeIn(received, "toHaveConverged");
  const names = cycle === undefined ? Object.keys(cycles) : [cycle];
  const told = names.map(
    (name) => `${name}: ${cycles[name]?.reason ?? "never began"}, ${cycles[name]?.iterations ?? 0} iterations`,
  );
  return {
    pass: names.length > 0 && names.every((name) => cycles[name]?.converged === true),
    message: () => `asked whether ${cycle ?? "every cycle"} converged; ${told.join("; ") || "no cycle began"}`,
    actual: cycles,
  };
}

/** Of a result: whether a node was skipped. */
export function toHaveSkipped(received: unknown, node: Node): MatcherResult {
  const id = idOf(node);
  const status = resultIn(received, "toHaveSkipped").nodes[id]?.status ?? "no node of the workflow";
  return {
    pass: status === "skipped",
    message: () => `asked whether node "${id}" was skipped; it is ${status}`,
    actual: status,
    expected: "skipped",
  };
}

/** Of a WorkflowError or a result: whether a node failed, with this code if one is given. */
export function toHaveFailedAt(received: unknown, node: Node, code?: string): MatcherResult {
  const id = idOf(node);
  const failures = outcomeIn(received, "toHaveFailedAt").errors.map(
    (failure) => `${failure.nodeId ?? "the run"}: ${failure.code}`,
  );
  const wanted = code === undefined ? `${id}: ` : `${id}: ${code}`;
  return {
    pass: failures.some((failure) => (code === undefined ? failure.startsWith(wanted) : failure === wanted)),
    message: () => `asked for a failure at "${id}"${code ? ` with ${code}` : ""}; failures are ${listed(failures)}`,
    actual: failures,
    expected: wanted,
  };
}

function firstMissing(order: readonly string[], ids: readonly string[]): string | undefined {
  let from = 0;
  for (const id of ids) {
    const at = order.indexOf(id, from);
    if (at < 0) return id;
    from = at + 1;
  }
  return undefined;
}

function runtimeIn(received: unknown, matcher: string): TestingRuntime {
  return received instanceof TestingRuntime ? received : refuse(matcher, "a TestingRuntime");
}

function resultIn(received: unknown, matcher: string): RunResult {
  return isResult(received) ? received : refuse(matcher, "what execute() resolved to");
}

function outcomeIn(received: unknown, matcher: string): RunResult | WorkflowError {
  if (isResult(received) || received instanceof WorkflowError) return received;
  return refuse(matcher, "what execute() resolved to, or the WorkflowError that it rejected with");
}

function isResult(value: unknown): value is RunResult {
  const { nodes, cycles } = (value ?? {}) as Partial<RunResult>;
  return typeof nodes === "object" && typeof cycles === "object";
}

function refuse(matcher: string, expected: string): never {
  throw new PolyloomError("invalid_option", `${matcher} takes ${expected}: expect(…).${matcher}(…)`);
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "(none)" : names.join(" → ");
}
