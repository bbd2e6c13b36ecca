import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import type { RunEvent } from "../observe/event.ts";
import { silent } from "../observe/silent-logger.fixture.ts";
import type { RunResult } from "../report/run-result.ts";
import type { WorkflowError } from "./failure.ts";
import { InlineRuntime } from "./inline-runtime.fixture.ts";
import { ManualClock, settled } from "./manual-clock.fixture.ts";
import type { ExecuteOptions } from "./options.ts";
import { illegalEvents, RandomFlow, randomOf } from "./random-run.fixture.ts";

const SEEDS = 200;
/** Far more virtual time than any of these runs needs, in milliseconds. */
const LONGEST_MS = 20_000;

interface Ended {
  readonly result?: RunResult;
  readonly error?: WorkflowError;
  readonly events: readonly RunEvent[];
  /** What is left when it is over. */
  readonly left: readonly [timers: number, listeners: number];
}

/** Runs the workflow of a seed to its end, and looks at what it leaves behind. */
async function run(seed: number, maxConcurrency: number, trouble: boolean): Promise<Ended> {
  const random = randomOf(-seed);
  const clock = new ManualClock();
  const work = new RandomFlow(seed, clock);
  const runtime = new InlineRuntime({ clock, logger: silent(), graceMs: 8, groupLimits: { few: 1 } }, maxConcurrency);
  const controller = new AbortController();
  const events: RunEvent[] = [];
  const abortAt = trouble && random() < 0.4 ? Math.floor(random() * 40) : Infinity;
  const onEvent = (event: RunEvent): void => {
    if (events.push(event) === abortAt) controller.abort();
  };
  const options: ExecuteOptions = {
    signal: controller.signal,
    observers: [{ onEvent }],
    onFailure: random() < 0.5 ? "stop" : "continue",
    ...(trouble && random() < 0.3 ? { timeoutMs: 1 + Math.floor(random() * 100) } : {}),
  };
  let ended: Pick<Ended, "result" | "error"> | undefined;
  runtime.execute(work.flow, options).then(
    (result) => (ended = { result }),
    (error: unknown) => (ended = { error: error as WorkflowError }),
  );
  await settled();
  while (ended === undefined && clock.now() < LONGEST_MS) await clock.advance(5);
  if (ended === undefined) throw new Error(`seed ${seed} does not end`);
  const left = [clock.pending - work.waiting, getEventListeners(controller.signal, "abort").length] as const;
  await clock.advance(100);
  return { ...ended, events, left };
}

/** Outputs of a run in which no time limit had a say: those are the same wherever it runs. */
function timeless({ result, events }: Ended): unknown {
  if (result === undefined || result.status !== "completed") return undefined;
  const hadSay = events.some((event) => event.type === "node.retrying" || event.type === "node.cancelled");
  return hadSay || Object.values(result.cycles).some(({ reason }) => reason === "timeout") ? undefined : result.results;
}

test("O1, K4: random workflows in random trouble end once, tell a legal story, and leave nothing behind", async () => {
  let compared = 0;
  const ends = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const runs = [await run(seed, 1, false), await run(seed, 4, false), await run(seed, 3, true)];
    for (const { events, left, error } of runs) {
      expect([seed, illegalEvents(events), left]).toEqual([seed, [], [0, 0]]);
      expect([seed, error?.code]).not.toEqual([seed, "internal"]);
      ends.add(error?.code ?? "completed");
    }
    const [one, four] = runs.map(timeless);
    if (one === undefined || four === undefined) continue;
    compared++;
    expect([seed, four]).toEqual([seed, one]);
  }
  // Or else the seeds no longer reach what this test is for.
  expect(compared).toBeGreaterThan(SEEDS / 10);
  expect([...ends]).toEqual(
    expect.arrayContaining(["completed", "cancelled", "node_failed", "node_timeout", "run_timeout"]),
  );
}, 60_000);
