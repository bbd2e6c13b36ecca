import { PolyloomError } from "@polyloom/wire";
import type * as z from "zod/v4/core";
import type { Port, PortTable } from "../define/schema.ts";
import type { Step } from "../plan/plan.ts";
import type { Clock } from "./clock.ts";
import { describeThrown } from "./failure.ts";
import { undeclaredKeys } from "./undeclared.ts";
import type { ValueIssue, ValueIssues } from "./value-issue.ts";
import { describeIssue } from "./value-issue.ts";

/** How values are checked: not at all, with a report, or with a refusal (V2). */
export type ValidationMode = "off" | "warn" | "strict";

type Values = Record<string, unknown>;
type Side = "input" | "output";

const SYNC: z.ParseContextInternal = { async: false } as z.ParseContextInternal;
const ASYNC: z.ParseContextInternal = { async: true } as z.ParseContextInternal;

/** Every so many checks one is timed. */
const TIMED_SHARE = 64;

/** Checks what enters and leaves nodes, port by port. */
export class ValueChecker {
  readonly mode: ValidationMode;
  /** Where issues go. */
  readonly issues: ValueIssues;
  readonly #clock: Clock | undefined;
  #untilTimed = 0;

  /** `issues` counts, logs and reports what is found; `clock` is given where times are wanted. */
  constructor(mode: ValidationMode, issues: ValueIssues, clock: Clock | undefined) {
    this.mode = mode;
    this.issues = issues;
    this.#clock = clock;
  }

  /**
   * The values that go on: parsed where they fit, as they came where they do not.
   * @throws PolyloomError `connection_invalid` in strict mode
   */
  check(table: PortTable, raw: Values, step: Step, side: Side): Values | Promise<Values> {
    if (this.mode === "off") {
      this.issues.bypassed();
      return table.pure ? raw : this.#byPort(table, raw, step, side);
    }
    this.issues.checked();
    if (this.#clock === undefined || this.#untilTimed-- > 0) return this.#checked(table, raw, step, side);
    this.#untilTimed = TIMED_SHARE - 1;
    const began = this.#clock.now();
    const values = this.#checked(table, raw, step, side);
    this.issues.took(this.#clock.now() - began);
    return values;
  }

  #checked(table: PortTable, raw: Values, step: Step, side: Side): Values | Promise<Values> {
    // The whole object at once is what zod does fastest; ports are only told apart where something is wrong.
    const parsed = table.hasCode ? undefined : parseAll(table, raw);
    if (parsed === undefined || (side === "output" && hasOthers(table, raw)))
      return this.#byPort(table, raw, step, side);
    if (table.shaped) this.#declared(table, raw, step, side);
    return parsed;
  }

  #byPort(table: PortTable, raw: Values, step: Step, side: Side): Values | Promise<Values> {
    const values: Values = {};
    const pending: Promise<void>[] = [];
    const thrown: Thrown[] = [];
    table.ports.forEach((port, index) => {
      if (thrown.length > 0 && pending.length === 0) return;
      const fail = (error: unknown): void => void (thrown[index] = { error });
      try {
        const waits = this.#port(port, values, raw[port.name], step, side);
        if (waits !== undefined) pending.push(waits.catch(fail));
      } catch (error) {
        fail(error);
      }
    });
    const finish = (): Values => {
      rethrowFirst(thrown);
      if (side === "output") this.#dropOthers(table, raw, step);
      return values;
    };
    return pending.length === 0 ? finish() : Promise.all(pending).then(finish);
  }

  /** Gives a promise where the port's schema waits. */
  #port(port: Port, values: Values, value: unknown, step: Step, side: Side): Promise<void> | undefined {
    if (this.mode === "off" && port.pure) {
      if (value !== undefined) values[port.name] = value;
      return undefined;
    }
    const result = run(port, value);
    if (result instanceof Promise) return result.then((each) => this.#accept(values, port, value, each, step, side));
    this.#accept(values, port, value, result, step, side);
    return undefined;
  }

  /** A parse that outlives its run has nothing to tell any more. */
  close(): void {
    this.issues.close();
  }

  #accept(values: Values, port: Port, value: unknown, result: z.ParsePayload, step: Step, side: Side): void {
    const found = result.issues.length > 0;
    const parsed = found ? value : result.value;
    if (parsed !== undefined) values[port.name] = parsed;
    if (this.mode === "off") return;
    if (found) for (const issue of result.issues) this.#report(describeIssue(issue, step, port.name, side, value));
    else if (port.shaped) this.#undeclared(port, value, step, side);
  }

  #declared(table: PortTable, raw: Values, step: Step, side: Side): void {
    for (const port of table.ports)
      if (port.shaped && raw[port.name] !== undefined) this.#undeclared(port, raw[port.name], step, side);
  }

  #undeclared(port: Port, value: unknown, step: Step, side: Side): void {
    for (const path of undeclaredKeys(port.schema, value))
      this.#report({
        kind: "undeclared",
        step,
        port: port.name,
        side,
        path,
        expected: "only declared keys",
        found: `key "${String(path.at(-1))}"`,
      });
  }

  #dropOthers(table: PortTable, raw: Values, step: Step): void {
    if (this.mode === "off") return;
    for (const key of Object.keys(raw))
      if (!table.byName.has(key))
        this.#report({
          kind: "undeclared",
          step,
          port: key,
          side: "output",
          path: [],
          expected: `one of the outputs ${[...table.byName.keys()].join(", ")}`,
          found: `key "${key}"`,
        });
  }

  #report(issue: ValueIssue): void {
    this.issues.report(issue);
    if (this.mode === "strict") throw this.issues.refusal(issue);
  }
}

interface Thrown {
  readonly error: unknown;
}

/** Of several ports that fail, the first in the order of the schema is told, whichever answered first (E6). */
function rethrowFirst(thrown: readonly Thrown[]): void {
  const first = thrown.find((each) => each !== undefined);
  if (first !== undefined) throw first.error;
}

function parseAll(table: PortTable, raw: Values): Values | undefined {
  try {
    const result = table.schema._zod.run({ value: raw, issues: [] }, SYNC) as z.ParsePayload;
    return result.issues.length === 0 ? (result.value as Values) : undefined;
  } catch {
    // An author's refinement threw: port by port it can be told which.
    return undefined;
  }
}

/** An asynchronous parse answers at once where nothing in the schema waits; a synchronous one would lose a promise. */
function run(port: Port, value: unknown): z.ParsePayload | Promise<z.ParsePayload> {
  try {
    const result = port.schema._zod.run({ value, issues: [] }, ASYNC);
    return result instanceof Promise ? settled(port, result) : result;
  } catch (error) {
    throw schemaThrew(port, error);
  }
}

async function settled(port: Port, result: z.ParsePayload | PromiseLike<z.ParsePayload>): Promise<z.ParsePayload> {
  try {
    return await result;
  } catch (error) {
    throw schemaThrew(port, error);
  }
}

function schemaThrew({ name }: Port, cause: unknown): PolyloomError {
  return new PolyloomError("connection_invalid", `the schema of port "${name}" threw: ${describeThrown(cause)}`, {
    cause,
  });
}

/** Whether a node gave something under a key that is no port; keys mostly come in the order of the ports. */
function hasOthers({ ports, byName }: PortTable, raw: Values): boolean {
  let at = 0;
  for (const key in raw) if (ports[at++]?.name !== key && !byName.has(key)) return true;
  return false;
}
