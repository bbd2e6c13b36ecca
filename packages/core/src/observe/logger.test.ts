import { type Logger, pino } from "pino";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineNode, type NodeContext } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import { InlineRuntime } from "../execute/inline-runtime.fixture.ts";
import type { RuntimeOptions } from "../execute/options.ts";
import type { RunEvent } from "./event.ts";
import { defaultLogger } from "./logger.ts";
import { recording, silent } from "./silent-logger.fixture.ts";

const PORT = z.object({ x: z.number() });

describe("a node's logger", () => {
  test("is a pino child with runId and nodeId (O4)", async () => {
    const { logger, lines } = recording();
    await runWith((context) => context.logger.info({ rows: 3 }, "loaded"), { logger });
    expect(lines).toEqual([{ level: 30, runId: "r1", nodeId: "a", rows: 3, msg: "loaded" }]);
  });

  test("writes only from the logger's level on, and tells observers each line (O1)", async () => {
    const { logger, lines } = recording("warn");
    const logs = await logsOf(
      (context) => {
        for (const level of ["trace", "debug", "info", "warn", "error", "fatal"] as const)
          context.logger[level](`a line of ${level}`);
      },
      { logger },
    );
    expect(lines.map(({ msg }) => msg)).toEqual(["a line of warn", "a line of error", "a line of fatal"]);
    expect(logs).toEqual(
      ["trace", "debug", "info", "warn", "error", "fatal"].map((level) => [level, `a line of ${level}`]),
    );
  });

  test("tells observers the message of an object, of an error, and nothing where there is none", async () => {
    const logs = await logsOf(({ logger }) => {
      logger.info({ a: 1 }, "with fields");
      logger.error(new Error("an error"));
      logger.info({ a: 1 });
    });
    expect(logs.map(([, message]) => message)).toEqual(["with fields", "an error", ""]);
  });

  test("of a child that the node makes itself writes its bindings, and tells observers as well (O1, O4)", async () => {
    const { logger, lines } = recording();
    const logs = await logsOf((context) => context.logger.child({ page: 2 }).info("fetched"), { logger });
    expect(lines).toEqual([{ level: 30, runId: "r1", nodeId: "a", page: 2, msg: "fetched" }]);
    expect(logs).toEqual([["info", "fetched"]]);
  });

  test("tells nothing after the node's end (O1)", async () => {
    let late: (() => void) | undefined;
    const types: string[] = [];
    const observers = [{ onEvent: ({ type }: RunEvent): void => void types.push(type) }];
    await runWith((context) => void (late = () => context.logger.info("late")), { logger: silent(), observers });
    late!();
    expect(types).toEqual(["run.started", "node.started", "node.completed", "run.ended"]);
  });
});

describe("what throws never fails a run (E7)", () => {
  test("an observer that throws or rejects: it is logged", async () => {
    const { logger, lines } = recording();
    const observers = [
      {
        onEvent: (): void => {
          throw new Error("thrown");
        },
      },
      { onEvent: (): Promise<void> => Promise.reject(new Error("rejected")) },
    ];
    await runWith(() => undefined, { logger, observers });
    expect(lines.length).toBe(8);
    expect(lines[0]).toMatchObject({ level: 50, runId: "r1", msg: "an observer failed", err: { message: "thrown" } });
  });

  test("an observer that throws while the logger does as well", async () => {
    const observers = [
      {
        onEvent: (): void => {
          throw new Error("thrown");
        },
      },
    ];
    await runWith(() => undefined, { logger: throwing(), observers });
  });

  test("a logger that throws when a node writes a line", async () => {
    await runWith(({ logger }) => logger.info("a line"), { logger: throwing("write") });
  });

  test("a logger that throws when a node asks for its child", async () => {
    await runWith(({ logger }) => logger.info("a line"), { logger: throwing() });
  });

  test("a logger that throws when validation has something to say", async () => {
    const flow = new Workflow("warns");
    const gives = defineNode({
      name: "gives",
      input: z.object({}),
      output: z.object({ x: z.unknown() }),
      run: () => ({ x: "text" }),
    });
    const source = flow.addNode("gives", gives, {});
    flow.addNode("takes", defineNode({ name: "takes", input: PORT, output: z.object({}), run: () => ({}) }), {
      x: source.out.x as never,
    });
    await new InlineRuntime({ logger: throwing() }).execute(flow);
  });
});

test("the logger of a runtime that was given none is one for all, and quiet below warnings", () => {
  expect(defaultLogger()).toBe(defaultLogger());
  expect(defaultLogger().level).toBe("warn");
});

/** Runs one node that does something with its context. */
async function runWith(act: (context: NodeContext) => void, options: RuntimeOptions = {}): Promise<void> {
  const flow = new Workflow("logs");
  const run = ({ x }: { x: number }, context: NodeContext): { x: number } => {
    act(context);
    return { x };
  };
  flow.addNode("a", defineNode({ name: "a", input: PORT, output: PORT, run }), { x: 1 });
  const result = await new InlineRuntime(options).execute(flow, { runId: "r1" });
  expect(result.status).toBe("completed");
}

async function logsOf(
  act: (context: NodeContext) => void,
  options: RuntimeOptions = { logger: silent() },
): Promise<[string, string][]> {
  const logs: [string, string][] = [];
  const onEvent = (event: RunEvent): void =>
    void (event.type === "node.log" && logs.push([event.level, event.message]));
  await runWith(act, { ...options, observers: [{ onEvent }] });
  return logs;
}

/** A logger of the caller's that fails: in all it does, or only when a line is written. */
function throwing(when: "always" | "write" = "always"): Logger {
  const fail = (): never => {
    throw new Error("the logger failed");
  };
  return when === "write" ? pino({}, { write: fail }) : new Proxy(silent(), { get: () => fail });
}
