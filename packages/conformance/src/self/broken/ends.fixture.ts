import type { RunResult, WorkflowError } from "@polyloom/core";
import { type Broken, broken, replaced } from "../sabotage.fixture.ts";

type Records = Readonly<Record<string, Record<string, unknown>>>;

function each(records: object, change: (record: Record<string, unknown>, id: string) => object): object {
  return Object.freeze(
    Object.fromEntries(
      Object.entries(records as Records).map(([id, record]) => [id, Object.freeze(change(record, id))]),
    ),
  );
}

/** The same error, but for some of its properties. */
function but(error: Error, parts: (error: WorkflowError) => Partial<Record<keyof WorkflowError, unknown>>): unknown {
  return error.name === "WorkflowError" ? replaced(error, parts(error as WorkflowError)) : error;
}

function metricsOf({ metrics }: RunResult, change: (nodeTimes: Record<string, { total: number }>) => object): object {
  if (metrics === undefined) return {};
  const nodeTimes = change({ ...metrics.nodeTimes });
  return { metrics: replaced(metrics, { nodeTimes }) };
}

/** Runtimes that tell the end of a run wrongly. */
export const ends: readonly Broken[] = [
  broken("gives a result that can be changed", ["R1"], { result: ({ results }) => ({ results: { ...results } }) }),
  broken("makes a new record each time it is asked", ["R1"], {
    result: (result) => ({
      get: result.get.bind(result),
      ...Object.defineProperty({}, "nodes", { get: () => ({ ...result.nodes }), enumerable: true }),
    }),
  }),
  broken("freezes outputs", ["R1"], {
    result: ({ results }) => {
      for (const outputs of Object.values(results))
        for (const value of Object.values(outputs as object)) if (Array.isArray(value)) Object.freeze(value);
      return {};
    },
  }),
  broken("takes skipped nodes for completed ones", ["S3", "C6", "C10"], {
    result: ({ nodes }) => ({
      nodes: each(nodes, (record) => (record["status"] === "skipped" ? { ...record, status: "completed" } : record)),
    }),
  }),
  broken("leaves out the outputs of workflows inside", ["G9", "R2"], {
    result: ({ results }) => {
      const inside = new Set(Object.keys(results).flatMap((id) => (id.includes("/") ? [id.split("/")[0]] : [])));
      return { results: Object.freeze(Object.fromEntries(Object.entries(results).filter(([id]) => !inside.has(id)))) };
    },
  }),
  broken("gives items of a map in reverse order", ["S9", "R2"], {
    result: ({ results }) => ({
      results: each(results, (outputs, id) =>
        id === "map"
          ? Object.fromEntries(Object.entries(outputs).map(([port, list]) => [port, (list as unknown[]).toReversed()]))
          : outputs,
      ),
    }),
  }),
  broken("fills the holes of a map with null", ["S9"], {
    result: ({ results }) => ({
      results: each(results, (outputs, id) =>
        id === "map"
          ? Object.fromEntries(
              Object.entries(outputs).map(([port, list]) => [port, (list as unknown[]).map((item) => item ?? null)]),
            )
          : outputs,
      ),
    }),
  }),
  broken("calls every cycle converged", ["C5"], {
    result: ({ cycles }) => ({ cycles: each(cycles, (cycle) => ({ ...cycle, converged: true })) }),
  }),
  broken("counts only the last run of an inner cycle", ["C7"], {
    result: ({ cycles }) => ({ cycles: each(cycles, (cycle) => ({ ...cycle, totalIterations: cycle["iterations"] })) }),
  }),
  broken("puts times on another node", ["O3"], {
    result: (result) =>
      metricsOf(result, (times) => Object.fromEntries(Object.entries(times).map(([id, time]) => [`${id}2`, time]))),
  }),
  broken("gives metrics whose forms differ", ["O3"], {
    result: (result) =>
      metricsOf(result, (times) =>
        Object.fromEntries(Object.entries(times).map(([id, time]) => [id, { ...time, total: time.total + 1 }])),
      ),
  }),
  broken("gives no partial results", ["E1", "K3"], { error: (error) => but(error, () => ({ partialResults: {} })) }),
  broken("gives no errors but the first", ["E1"], { error: (error) => but(error, () => ({ errors: [] })) }),
  broken("does not tell how far cycles came", ["C5", "E1", "K3"], {
    error: (error) => but(error, () => ({ cycles: {} })),
  }),
  broken("calls every failure internal", ["E1", "E5", "E6"], {
    error: (error) => but(error, ({ code }) => (code === "node_failed" ? { code: "internal" } : {})),
  }),
  broken("calls a timeout a cancel", ["K1"], {
    error: (error) => but(error, ({ code }) => (code === "run_timeout" ? { code: "cancelled" } : {})),
  }),
  broken("does not tell the iteration of a failure", ["E1", "E6"], {
    error: (error) => but(error, () => ({ iteration: undefined })),
  }),
  broken("does not tell the index of an item", ["S9"], {
    error: (error) => but(error, ({ details }) => ({ details: { ...details, index: undefined } })),
  }),
  broken("reports one issue at a time", ["G8"], {
    error: (error) => but(error, ({ issues }) => ({ issues: issues.slice(0, 1) })),
  }),
  broken("tells a value that did not fit", ["V3"], {
    error: (error) =>
      but(error, ({ code, message }) => (code === "connection_invalid" ? { message: `${message} (hunter2)` } : {})),
  }),
  broken("throws what the node threw", ["S9", "C5", "E1", "E3", "E6", "E4"], {
    error: (error) =>
      (error as WorkflowError).code === "node_failed" && error.cause instanceof Error ? error.cause : error,
  }),
];
