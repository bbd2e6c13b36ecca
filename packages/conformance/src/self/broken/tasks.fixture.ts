import type { Outcome, Task } from "@polyloom/core/runtime";
import { type Broken, broken } from "../sabotage.fixture.ts";

/** A task whose context says something else. */
function told(task: Task, more: Partial<Task["context"]>): Task {
  const { context } = task;
  const own = { ...more, progress: context.progress.bind(context) };
  const get = (_: object, key: string): unknown => (key in own ? own[key as never] : context[key as never]);
  return { ...task, context: new Proxy({}, { get: get as never }) as Task["context"] };
}

/** Runs a task whose context is another. */
function runWith(task: Task): Outcome | Promise<Outcome> {
  const settle = (run: () => unknown): Outcome | Promise<Outcome> => {
    try {
      const output = run();
      if (!(output instanceof Promise)) return { status: "completed", output };
      return output.then(
        (value: unknown) => ({ status: "completed", output: value }) as const,
        (error: unknown) => ({ status: "failed", error }) as const,
      );
    } catch (error) {
      return { status: "failed", error };
    }
  };
  return settle(() => task.node.run(task.input as never, task.context));
}

/** Changes the outcome of a task, now or later. */
function then(outcome: Outcome | Promise<Outcome>, change: (outcome: Outcome) => Outcome): Outcome | Promise<Outcome> {
  return outcome instanceof Promise ? outcome.then(change) : change(outcome);
}

/** Changes the outputs of a task that completed. */
function output(outcome: Outcome | Promise<Outcome>, change: (value: unknown) => unknown): Outcome | Promise<Outcome> {
  return then(outcome, (each) => (each.status === "completed" ? { ...each, output: change(each.output) } : each));
}

/** Changes what a task threw. */
function thrown(outcome: Outcome | Promise<Outcome>, change: (error: unknown) => unknown): Outcome | Promise<Outcome> {
  return then(outcome, (each) => (each.status === "failed" ? { ...each, error: change(each.error) } : each));
}

/** As JSON and back; what is large goes as it is, for the sake of the suite's time. */
function throughJson(value: unknown): unknown {
  if (isLarge(value)) return value;
  try {
    return JSON.parse(JSON.stringify(value)) as unknown;
  } catch {
    return value;
  }
}

function isLarge(values: unknown): boolean {
  return Object.values((values ?? {}) as object).some((value) => ArrayBuffer.isView(value) && value.byteLength > 1000);
}

const NEVER = new AbortController().signal;

/** Runtimes that run a task wrongly. */
export const tasks: readonly Broken[] = [
  broken("runs each node twice", ["S1", "S8", "C7", "C8", "K2", "O1", "O4"], {
    task: (task, run) => then(run(), () => run() as Outcome),
  }),
  broken("answers from a cache of inputs", ["S8", "C9", "D1", "D2"], {
    task: (task, run, memory) => {
      if (isLarge(task.input)) return run();
      const key = `${task.nodeId} ${JSON.stringify(throughJson(task.input))}`;
      if (memory.has(key)) return memory.get(key) as Outcome;
      return then(run(), (outcome) => {
        if (outcome.status === "completed") memory.set(key, outcome);
        return outcome;
      });
    },
  }),
  broken("takes a thrown undefined for success", ["E5"], {
    task: (_task, run) =>
      then(run(), (each) =>
        each.status === "failed" && each.error === undefined ? { status: "completed", output: {} } : each,
      ),
  }),
  broken("takes nothing returned for an empty object", ["E5"], {
    task: (_task, run) => output(run(), (value) => value ?? {}),
  }),
  broken("sends outputs as JSON", ["D1", "D2"], { task: (_task, run) => output(run(), throughJson) }),
  broken("loses a node's undefined outputs inside lists", ["D2"], {
    task: (_task, run) =>
      output(run(), (value) => {
        const { value: list } = (value ?? {}) as { value?: unknown };
        return Array.isArray(list) && list.includes(undefined)
          ? { value: list.filter((each) => each !== undefined) }
          : value;
      }),
  }),
  broken("turns errors into texts", ["E1", "E6", "E4", "D3"], {
    task: (_task, run) => thrown(run(), (error) => (error instanceof Error ? error.message : error)),
  }),
  broken("sends of an error only its message", ["E1", "D3"], {
    task: (_task, run) => thrown(run(), (error) => (error instanceof Error ? new Error(error.message) : error)),
  }),
  broken("gives nodes a signal that is never aborted", ["K2", "K4"], {
    task: (task) => runWith(told(task, { signal: NEVER })),
  }),
  broken("gives nodes no iteration", ["C3"], { task: (task) => runWith(told(task, { iteration: 0 })) }),
  broken("gives nodes no attempt", ["C8", "E4", "K4", "O1", "O3"], {
    task: (task) => runWith(told(task, { attempt: 1 })),
  }),
  broken("gives items no index", ["S9"], {
    task: (task) => (task.index === undefined ? runWith(task) : runWith(told(task, { index: 0 }))),
  }),
  broken("gives every node the run's id of the first run", ["S8"], {
    task: (task, _run, memory) => {
      if (!memory.has("runId")) memory.set("runId", task.runId);
      return runWith(told(task, { runId: memory.get("runId") as string }));
    },
  }),
  broken("keeps one state for all runs", ["S8", "C7", "C8"], {
    task: (task, _run, memory) => {
      if (task.iteration === 0) return runWith(task);
      if (!memory.has(task.nodeId)) memory.set(task.nodeId, {});
      return runWith(told(task, { state: memory.get(task.nodeId) as Record<string, unknown> }));
    },
  }),
  broken("keeps no state", ["S8", "C7", "C8"], { task: (task) => runWith(told(task, { state: {} })) }),
  broken("keeps one state for all nodes", ["C7", "C8"], {
    task: (task, _run, memory) => {
      const key = task.runId;
      if (task.iteration < 2 || !memory.has(key)) memory.set(key, memory.get(key) ?? {});
      return runWith(told(task, { state: memory.get(key) as Record<string, unknown> }));
    },
  }),
  broken("keeps what a failed attempt changed in the state", ["C8"], {
    task: (task, _run, memory) => {
      const key = `${task.runId} ${task.nodeId}`;
      if (task.attempt > 1) return runWith(told(task, { state: memory.get(key) as Record<string, unknown> }));
      const { state } = task.context;
      memory.set(key, state);
      return runWith(told(task, { state }));
    },
  }),
];
