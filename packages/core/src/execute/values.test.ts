import { PolyloomError } from "@polyloom/wire";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { portTable } from "../define/schema.ts";
import type { Step } from "../plan/plan.ts";
import { ManualClock } from "./manual-clock.fixture.ts";
import type { ValueIssue, ValueIssues } from "./value-issue.ts";
import { ValueChecker, type ValidationMode } from "./values.ts";

/** Notes what is told of checks. */
class Notes implements ValueIssues {
  checks = 0;
  bypasses = 0;
  readonly times: number[] = [];
  readonly issues: string[] = [];
  checked(): void {
    this.checks++;
  }
  bypassed(): void {
    this.bypasses++;
  }
  took(milliseconds: number): void {
    this.times.push(milliseconds);
  }
  report({ kind, port, path }: ValueIssue): void {
    this.issues.push([kind, port, ...path].map(String).join(" "));
  }
  counted(): void {}
  close(): void {}
  refusal({ port }: ValueIssue): PolyloomError {
    return new PolyloomError("connection_invalid", port);
  }
}

const STEP = { id: "step", inputs: [] } as unknown as Step;

type Check = (raw: Record<string, unknown>, side?: "input" | "output") => unknown;

function checker(shape: z.ZodRawShape, mode: ValidationMode, clock?: ManualClock): { check: Check; notes: Notes } {
  const notes = new Notes();
  const values = new ValueChecker(mode, notes, clock);
  const table = portTable(z.object(shape), "test");
  return { check: (raw, side = "input") => values.check(table, raw, STEP, side), notes };
}

const PARSED = { n: z.coerce.number(), s: z.string().trim(), d: z.number().default(7), plain: z.string().optional() };

describe("V7: defaults, coercions, transforms and overwrites belong to the node", () => {
  test.each<ValidationMode>(["off", "warn", "strict"])("they apply in mode %s", (mode) => {
    const { check } = checker(PARSED, mode);
    expect(check({ n: "5", s: " x ", plain: "p" })).toEqual({ n: 5, s: "x", d: 7, plain: "p" });
  });
});

describe("V2: off", () => {
  test("pure ports pass as they came, uncounted but for the bypass", () => {
    const { check, notes } = checker({ n: z.number() }, "off");
    const raw = { n: "no number" };
    expect(check(raw)).toBe(raw);
    expect(notes).toMatchObject({ checks: 0, bypasses: 1, issues: [] });
  });

  test("a value that a transforming port refuses goes on as it came", () => {
    const { check, notes } = checker({ n: z.string().transform(Number), pure: z.number() }, "off");
    expect(check({ n: 5, pure: "x" })).toEqual({ n: 5, pure: "x" });
    expect(notes.issues).toEqual([]);
  });
});

describe("V2: warn", () => {
  test("an invalid value goes on as it came, and valid ports beside it are transformed", () => {
    const { check, notes } = checker(PARSED, "warn");
    expect(check({ n: "5", s: 1, d: undefined })).toEqual({ n: 5, s: 1, d: 7 });
    expect(notes.issues).toEqual(["invalid s"]);
  });

  test("every problem of a port is told, with its path", () => {
    const { check, notes } = checker({ rows: z.array(z.object({ a: z.number() })) }, "warn");
    const raw = { rows: [{ a: 1 }, { a: "x" }, {}] };
    expect(check(raw)).toEqual(raw);
    expect(notes.issues).toEqual(["invalid rows 1 a", "invalid rows 2 a"]);
  });

  test("V4: a key that is not declared is dropped and told", () => {
    const { check, notes } = checker({ in: z.object({ a: z.number() }) }, "warn");
    expect(check({ in: { a: 1, injected: 2 } })).toEqual({ in: { a: 1 } });
    expect(notes.issues).toEqual(["undeclared in injected"]);
  });

  test("V4: an output that is no port is dropped and told", () => {
    const { check, notes } = checker({ a: z.number() }, "warn");
    expect(check({ a: 1, more: 2 }, "output")).toEqual({ a: 1 });
    expect(notes.issues).toEqual(["undeclared more"]);
  });

  test("a check is counted once, whatever it finds", () => {
    const { check, notes } = checker({ a: z.number(), b: z.number() }, "warn");
    check({ a: "x", b: "y" });
    expect([notes.checks, notes.issues.length]).toEqual([1, 2]);
  });
});

describe("V2: strict", () => {
  test("the first invalid value is refused", () => {
    const { check, notes } = checker({ a: z.number(), b: z.number() }, "strict");
    expect(() => check({ a: "x", b: "y" })).toThrow(expect.objectContaining({ code: "connection_invalid" }));
    expect(notes.issues).toEqual(["invalid a"]);
  });

  test.each<["input" | "output", Record<string, unknown>]>([
    ["input", { in: { a: 1, injected: 2 } }],
    ["output", { in: { a: 1 }, more: 2 }],
  ])("V4: a key that is not declared is refused at an %s", (side, raw) => {
    const { check } = checker({ in: z.object({ a: z.number() }) }, "strict");
    expect(() => check(raw, side)).toThrow(expect.objectContaining({ code: "connection_invalid" }));
  });

  test("what is valid is given as in every other mode", () => {
    const { check, notes } = checker({ n: z.number(), any: z.any() }, "strict");
    expect(check({ n: 1, any: { whatever: 1 } })).toEqual({ n: 1, any: { whatever: 1 } });
    expect(notes.issues).toEqual([]);
  });
});

describe("V7: asynchronous schemas", () => {
  const later = z.string().refine(async (text) => (await Promise.resolve(text)) !== "bad");

  test("are waited for, and their ports go on transformed", async () => {
    const { check, notes } = checker({ a: later.transform(async (text) => text.length), b: z.number() }, "warn");
    const answer = check({ a: "four", b: 1 });
    expect(answer).toBeInstanceOf(Promise);
    expect(await answer).toEqual({ a: 4, b: 1 });
    expect(notes.issues).toEqual([]);
  });

  test("report and refuse as the others do", async () => {
    const warned = checker({ a: later }, "warn");
    expect(await warned.check({ a: "bad" })).toEqual({ a: "bad" });
    expect(warned.notes.issues).toEqual(["invalid a"]);
    const strict = checker({ a: later }, "strict");
    await expect(strict.check({ a: "bad" })).rejects.toMatchObject({ code: "connection_invalid" });
  });

  test("stay asynchronous from check to check", async () => {
    const { check } = checker({ a: later }, "warn");
    for (let i = 0; i < 3; i++) {
      const answer = check({ a: "x" });
      expect(answer).toBeInstanceOf(Promise);
      expect(await answer).toEqual({ a: "x" });
    }
  });

  test("a refinement that never waits is asked at once, each time", () => {
    const asked = vi.fn<(text: string) => boolean>(() => true);
    const { check } = checker({ a: z.string().refine(asked) }, "warn");
    expect([check({ a: "x" }), check({ a: "y" })]).toEqual([{ a: "x" }, { a: "y" }]);
    expect(asked).toHaveBeenCalledTimes(2);
  });

  test("a refinement that waits only now and then is waited for then", async () => {
    const seldom = z.number().refine((n) => (n < 2 ? true : Promise.resolve(n < 3)));
    const { check, notes } = checker({ n: seldom }, "warn");
    expect([check({ n: 0 }), check({ n: 1 })]).toEqual([{ n: 0 }, { n: 1 }]);
    expect(await check({ n: 2 })).toEqual({ n: 2 });
    expect(notes.issues).toEqual([]);
    await check({ n: 3 });
    expect(notes.issues).toEqual(["invalid n"]);
  });

  test("no promise is lost: one that fails now and then fails the check, and nothing else", async () => {
    const lost: unknown[] = [];
    const listen = (error: unknown): void => void lost.push(error);
    process.on("unhandledRejection", listen);
    try {
      const seldom = z.number().refine((n) => (n < 2 ? true : Promise.reject(new Error("no database"))));
      const { check } = checker({ n: seldom }, "warn");
      check({ n: 0 });
      await expect(async () => check({ n: 2 })).rejects.toThrow("no database");
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
      expect(lost).toEqual([]);
    } finally {
      process.off("unhandledRejection", listen);
    }
  });

  test("a schema that throws fails the check with its port's name", async () => {
    const boom = (): never => {
      throw new RangeError("boom");
    };
    const sync = checker({ p: z.string().refine(boom) }, "warn");
    expect(() => sync.check({ p: "x" })).toThrow(/schema of port "p" threw: boom/);
    const slow = checker({ p: z.string().refine(async () => boom()) }, "warn");
    await expect(slow.check({ p: "x" })).rejects.toMatchObject({ code: "connection_invalid" });
  });
});

describe("V6: times", () => {
  test("one check in sixty-four is timed, beginning with the first", () => {
    const clock = new ManualClock();
    const slow = z.any().refine(() => {
      clock.spend(3);
      return true;
    });
    const { check, notes } = checker({ a: slow }, "warn", clock);
    for (let i = 0; i < 128; i++) check({ a: i });
    expect(notes.times).toEqual([3, 3]);
    check({ a: 128 });
    expect([notes.checks, notes.times]).toEqual([129, [3, 3, 3]]);
  });

  test("without a clock, and in mode off, nothing is timed", () => {
    const plain = checker({ a: z.any() }, "warn");
    plain.check({ a: 1 });
    const off = checker({ a: z.any() }, "off", new ManualClock());
    off.check({ a: 1 });
    expect([plain.notes.times, off.notes.times]).toEqual([[], []]);
  });
});

test("V4: __proto__ in a value never becomes a prototype, in any mode", () => {
  const raw = { x: JSON.parse('{"a": 1, "__proto__": {"polluted": 1}}') as unknown };
  for (const mode of ["off", "warn"] as const) {
    const { check } = checker({ x: z.looseObject({ a: z.number() }) }, mode);
    const { x } = check(raw) as { x: object };
    expect(Object.getPrototypeOf(x)).toBe(Object.prototype);
    expect("polluted" in x).toBe(false);
  }
});
