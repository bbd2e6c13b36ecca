import { type ErrorCode, hasCode } from "@polyloom/wire";
import { runInThisContext } from "node:vm";
import { describe, expect, test } from "vitest";

/** A wrong program: what is wrong with it, the program, and the code that it has to give. */
export type WrongProgram = readonly [name: string, program: () => unknown, code: ErrorCode];

/** Longest time of one wrong program, in milliseconds: far above what any needs, so that only a hang meets it. */
const DEADLINE_MS = 4000;

/** One test a program: it gives its code, in time, and leaves the prototypes of everyone else alone. */
export function testWrongPrograms(title: string, programs: readonly WrongProgram[]): void {
  describe(`${title}`, () => {
    test.each(programs)("%s", async (_name, program, code) => {
      const error = await errorOf(program);
      expect(hasCode(error) ? error.code : error).toBe(code);
    });
  });
}

/** What a program throws or rejects with; `undefined` when it does neither. */
export async function errorOf(program: () => unknown): Promise<unknown> {
  try {
    await withinDeadline(program);
    return undefined;
  } catch (error) {
    return error;
  }
}

/**
 * The value of a program that may hang.
 * @throws Error when it takes longer than the deadline, and when it changed a shared prototype
 */
export async function withinDeadline<T>(program: () => T, deadlineMs: number = DEADLINE_MS): Promise<Awaited<T>> {
  const before = sharedPrototypes();
  try {
    return await raceDeadline(callWithDeadline(program, deadlineMs), deadlineMs);
  } finally {
    expect(sharedPrototypes(), "shared prototypes").toEqual(before);
  }
}

/** A value as it is where types would forbid it: what a program in plain JavaScript may pass. */
export function wrong(value: unknown): never {
  return value as never;
}

/** A loop that never ends blocks every timer; the watchdog of `vm` interrupts it all the same. */
function callWithDeadline<T>(program: () => T, timeout: number): T {
  const place = globalThis as { "~program"?: () => unknown };
  place["~program"] = program;
  try {
    return runInThisContext('globalThis["~program"]()', { timeout }) as T;
  } finally {
    delete place["~program"];
  }
}

async function raceDeadline<T>(value: T, deadlineMs: number): Promise<Awaited<T>> {
  const { promise: deadline, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("it did not end in time")), deadlineMs);
  try {
    return await Promise.race([value, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

function sharedPrototypes(): unknown {
  return [Object, Array, Function, Map, Promise].map(({ prototype }) =>
    Reflect.ownKeys(prototype).map((key) => [String(key), Reflect.getOwnPropertyDescriptor(prototype, key)?.value]),
  );
}
