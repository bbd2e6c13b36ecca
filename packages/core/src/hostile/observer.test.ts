import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineNode } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import { InlineRuntime } from "../execute/inline-runtime.fixture.ts";
import type { Clock } from "../execute/clock.ts";
import type { RunEvent } from "../observe/event.ts";
import { doing, execute, one } from "./nodes.fixture.ts";
import { testWrongPrograms, withinDeadline, wrong } from "./wrong-program.fixture.ts";

const trap = (): never => {
  throw new Error("trap");
};
const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

const OBSERVERS: readonly (readonly [string, unknown])[] = [
  ["throws", { onEvent: trap }],
  [
    "throws undefined",
    {
      onEvent: () => {
        throw undefined;
      },
    },
  ],
  ["rejects", { onEvent: async () => trap() }],
  ["gives a thenable that throws", { onEvent: () => ({ then: trap }) }],
  ["gives a thenable that never settles", { onEvent: () => ({ then: () => undefined }) }],
  ["gives a revoked Proxy", { onEvent: revoked }],
  [
    "changes the event",
    {
      onEvent: (event: { type: string }) => {
        event.type = "changed";
      },
    },
  ],
  [
    "throws what cannot be shown",
    {
      onEvent: () => {
        throw Object.create(null);
      },
    },
  ],
];

/** A node that reports, logs, and gets an invalid value. */
function noise(): Workflow {
  const flow = new Workflow("w");
  flow.addNode(
    "a",
    defineNode({
      ...specOf(),
      run: (input, context) => (context.logger.warn("a line"), context.progress(1, 2), { y: Number(input.x) }),
    }),
    { x: wrong("1") },
  );
  return flow;
}

function specOf(): { name: string; input: z.ZodObject<{ x: z.ZodNumber }>; output: z.ZodObject<{ y: z.ZodNumber }> } {
  return { name: "noisy", input: z.object({ x: z.number() }), output: z.object({ y: z.number() }) };
}

describe("E7: an observer that misbehaves never fails a run, nor hides events from others", () => {
  test.each(OBSERVERS)("it %s", async (_, observer) => {
    const types: string[] = [];
    const quiet = silent();
    const seen = { onEvent: (event: RunEvent) => void types.push(event.type) };
    const result = await withinDeadline(() =>
      execute(noise(), { observers: [wrong(observer), seen] }, { logger: quiet }),
    );
    expect(result.status).toBe("completed");
    expect(types).toEqual([
      "run.started",
      "node.started",
      "validation.issue",
      "node.log",
      "node.progress",
      "node.completed",
      "run.ended",
    ]);
  });
});

function silent(): never {
  const logger: Record<string, unknown> = {};
  for (const level of ["trace", "debug", "info", "warn", "error", "fatal"]) logger[level] = () => undefined;
  logger["child"] = () => ({ ...logger });
  return wrong(logger);
}

const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"];
const LOGGERS: readonly (readonly [string, () => object])[] = [
  [
    "whose lines throw",
    () =>
      Object.fromEntries([
        ...LEVELS.map((level) => [level, trap]),
        ["child", () => Object.fromEntries(LEVELS.map((level) => [level, trap]))],
      ]),
  ],
  ["whose child throws", () => Object.fromEntries([...LEVELS.map((level) => [level, trap]), ["child", trap]])],
  [
    "whose child is nothing",
    () => Object.fromEntries([...LEVELS.map((level) => [level, trap]), ["child", () => undefined]]),
  ],
];

describe("E7: a logger that throws never fails a run", () => {
  test.each(LOGGERS)("%s", async (_, make) => {
    const observers = [wrong({ onEvent: trap })];
    for (const options of [{}, { observers }]) {
      const result = await withinDeadline(() => execute(noise(), options, { logger: wrong(make()) }));
      expect(result.status).toBe("completed");
    }
  });
});

/** A clock whose timers are kept, so that none can be left behind unseen. */
function countingClock(): Clock & { readonly open: Set<unknown> } {
  const open = new Set<unknown>();
  return {
    open,
    now: () => performance.now(),
    set: (call, ms) => {
      const timer = setTimeout(() => {
        open.delete(timer);
        call();
      }, ms);
      open.add(timer);
      return timer;
    },
    clear: (timer) => {
      open.delete(timer);
      clearTimeout(timer as NodeJS.Timeout);
    },
    turn: (call) => void setImmediate(call),
  };
}

testWrongPrograms("runtimes and runs that are over (K1, K4)", [
  [
    "execute after close",
    async () => {
      const runtime = new InlineRuntime();
      await runtime.close();
      return runtime.execute(new Workflow("w"));
    },
    "runtime_closed",
  ],
  [
    "execute while closing",
    async () => {
      const runtime = new InlineRuntime();
      void runtime.close();
      return runtime.execute(new Workflow("w"));
    },
    "runtime_closed",
  ],
  [
    "stream after close",
    async () => {
      const runtime = new InlineRuntime();
      await runtime.close();
      for await (const event of runtime.stream(new Workflow("w"))) void event;
    },
    "runtime_closed",
  ],
  [
    "close with cancel while a node hangs",
    async () => {
      const runtime = new InlineRuntime({ graceMs: 0 });
      const flow = new Workflow("w");
      flow.addNode(
        "a",
        doing(() => new Promise(() => undefined)),
      );
      const run = runtime.execute(flow);
      await Promise.all([runtime.close({ cancel: true }), runtime.close({ cancel: true }), run]);
    },
    "cancelled",
  ],
  [
    "a signal that is aborted already",
    () => {
      const flow = new Workflow("w");
      flow.addNode("a", one);
      return execute(flow, { signal: AbortSignal.abort() });
    },
    "cancelled",
  ],
  [
    "a signal that is aborted already, for an empty workflow",
    () => execute(new Workflow("w"), { signal: AbortSignal.abort() }),
    "cancelled",
  ],
  [
    "a signal aborted with what cannot be shown",
    () => {
      const flow = new Workflow("w");
      flow.addNode("a", one);
      return execute(flow, { signal: AbortSignal.abort(Object.create(null)) });
    },
    "cancelled",
  ],
  [
    "a signal aborted with undefined by a node",
    () => {
      const controller = new AbortController();
      const flow = new Workflow("w");
      flow.addNode(
        "a",
        doing(() => {
          controller.abort(null);
          return { value: 1 };
        }),
      );
      flow.addNode("b", doing(trap));
      return execute(flow, { signal: controller.signal });
    },
    "cancelled",
  ],
  [
    "a node that hangs on after the run's timeout",
    () => {
      const flow = new Workflow("w");
      flow.addNode(
        "a",
        doing(() => new Promise(() => undefined)),
      );
      return execute(flow, { timeoutMs: 1 }, { graceMs: 1 });
    },
    "run_timeout",
  ],
]);

test("K4: no timer and no listener is left after runs that end badly", async () => {
  const clock = countingClock();
  const controller = new AbortController();
  const runtime = new InlineRuntime({
    clock,
    graceMs: 1,
    nodeTimeoutMs: 1000,
    timeoutMs: 2000,
    retry: { attempts: 2, delayMs: 0 },
  });
  let listeners = 0;
  const { signal } = controller;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--;
    remove(...args);
  };
  for (const run of [trap, async () => trap(), () => 5, () => ({ value: 1 })]) {
    const flow = new Workflow("w");
    flow.addNode("a", doing(run));
    await runtime.execute(flow, { signal }).catch(() => undefined);
  }
  expect(clock.open.size).toBe(0);
  expect(listeners).toBe(0);
});

test("S8: a wrong run leaves nothing behind for the next one", async () => {
  const runtime = new InlineRuntime({ connectionValidation: "strict" });
  let wrongly = true;
  const flow = new Workflow("w");
  flow.addNode(
    "a",
    doing(() => (wrongly ? trap() : { value: 1 })),
  );
  await expect(runtime.execute(flow)).rejects.toMatchObject({ code: "node_failed" });
  wrongly = false;
  expect((await runtime.execute(flow)).results).toEqual({ a: { value: 1 } });
});
