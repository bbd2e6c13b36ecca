import { Workflow } from "@polyloom/core";
import type { BaseRuntime, RuntimeOptions } from "@polyloom/core/runtime";
import { LocalRuntime } from "@polyloom/runtime-local";
import { TestingRuntime } from "@polyloom/runtime-testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AsyncRuntime } from "../async-runtime.ts";
import { build, type Building } from "./build.fixture.ts";
import type { Scenario } from "./description.fixture.ts";
import { illegalities } from "./event-order.fixture.ts";
import { featuresOf, LEAST } from "./features.fixture.ts";
import { observe } from "./observed.fixture.ts";
import { promptClock } from "./prompt-clock.fixture.ts";
import { rawScenarios } from "./raw-graph.fixture.ts";
import { evaluate } from "./reference-evaluator.fixture.ts";
import { resolveScenario } from "./resolve-graph.fixture.ts";
import { SeededScheduler } from "./seeded-scheduler.fixture.ts";
import { sketch } from "./sketch.fixture.ts";
import { differences } from "./verdict.fixture.ts";

/** How many random scenarios; set PROPERTY_RUNS to hunt, PROPERTY_SEED to repeat. */
const RUNS = Number(process.env["PROPERTY_RUNS"] ?? 250);
const SEED = process.env["PROPERTY_SEED"];
const SEEDED = SEED === undefined ? {} : { seed: Number(SEED) };
const TIMEOUT_MS = 60_000 + 100 * RUNS;
/** Shrinking stops early enough for fast-check to print the seed and the path. */
const SETTINGS = { numRuns: RUNS, skipAllAfterTimeLimit: TIMEOUT_MS / 2, ...SEEDED };

interface Way {
  readonly name: string;
  readonly create: (options: RuntimeOptions, seed: number) => BaseRuntime;
}

const asynchronous = (maxConcurrency: number): Way => ({
  name: `async, ${maxConcurrency} at once`,
  create: (options) => new AsyncRuntime({ ...options, clock: promptClock(), maxConcurrency }),
});

/** In virtual time, with nothing mocked. */
const testing = (maxConcurrency: number): Way => ({
  name: `testing, ${maxConcurrency} at once`,
  create: (options, seed) => new TestingRuntime({ ...options, maxConcurrency, seed }),
});

const LOCAL: Way = { name: "local", create: (options) => new LocalRuntime({ ...options, clock: promptClock() }) };
const WAYS: readonly Way[] = [LOCAL, ...[1, 2, 3, Infinity].map(asynchronous), ...[1, 2, Infinity].map(testing)];
const MODES = ["off", "warn", "strict"] as const;

describe("random graphs against the reference evaluator", () => {
  test.each(WAYS)(
    "S1 S3 S6 S7 S9 R2 C1 C2 C3 C5 C6 C7 C8 C12 E1 E2 E6 O1 V5: $name",
    async (way) => {
      await hold(async (scenario) => {
        const expected = evaluate(scenario);
        for (const connectionValidation of way === LOCAL ? MODES : [MODES[scenario.seed % 3]!]) {
          const runtime = way.create({ connectionValidation }, scenario.seed);
          const { maxConcurrency } = runtime.capabilities;
          const observed = await observe(runtime, buildOf(scenario), scenario);
          const found = [
            ...differences(observed, expected, scenario),
            ...illegalities(observed.events, scenario.flow, maxConcurrency),
          ];
          if (found.length > 0) throw new Error([connectionValidation, ...found, sketch(scenario)].join("\n"));
        }
      });
    },
    TIMEOUT_MS,
  );

  test(
    "G7: a graph that went through JSON runs the same, and gives the same document",
    async () => {
      await hold(async (scenario) => {
        const { workflow, library } = buildOf(scenario);
        const document = JSON.parse(JSON.stringify(workflow)) as unknown;
        const copy = Workflow.fromJSON(document, library);
        expect(withoutBytes(copy)).toBe(withoutBytes(workflow));
        const runtime = new LocalRuntime({ clock: promptClock() });
        const observed = await observe(runtime, { workflow: copy, library }, scenario);
        const found = differences(observed, evaluate(scenario), scenario);
        if (found.length > 0) throw new Error([...found, sketch(scenario)].join("\n"));
      });
    },
    TIMEOUT_MS,
  );

  test("every feature has its share of the graphs", () => {
    const scenarios = fc.sample(rawScenarios, { ...SEEDED, numRuns: Math.max(RUNS, 1000) }).map(resolveScenario);
    const counts = new Map(Object.keys(LEAST).map((name) => [name, 0]));
    for (const scenario of scenarios)
      for (const feature of featuresOf(scenario, evaluate(scenario)))
        counts.set(feature, (counts.get(feature) ?? 0) + 1);
    const shares = Object.fromEntries([...counts].map(([name, count]) => [name, (100 * count) / scenarios.length]));
    const told = Object.entries(shares).map(
      ([name, share]) => `${share.toFixed(1).padStart(5)} %  ${name} (at least ${LEAST[name]} %)`,
    );
    process.stdout.write(`share of ${scenarios.length} random graphs with each feature:\n${told.join("\n")}\n`);
    expect(Object.keys(shares).filter((name) => shares[name]! < LEAST[name]!)).toEqual([]);
  });
});

/** Checks a property of random scenarios; fast-check prints the seed when it fails. */
async function hold(property: (scenario: Scenario) => Promise<void>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(rawScenarios, (raw) => property(resolveScenario(raw))),
    SETTINGS,
  );
}

function buildOf({ flow, seed }: Scenario): Building {
  return build(flow, new SeededScheduler(seed));
}

/** Values that JSON cannot hold are stored as bytes, and equal values may have several encodings. */
function withoutBytes(workflow: Building["workflow"]): string {
  return JSON.stringify(workflow).replaceAll(/"encoded":"[^"]*"/g, '"encoded":""');
}
