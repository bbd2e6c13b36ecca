import { formatPath, type PolyloomError } from "@polyloom/wire";
import type { Logger } from "pino";
import type { PathKey } from "../define/reference.ts";
import { refusalOf, sentenceOf, sourceName, type ValueIssue, type ValueIssues } from "../execute/value-issue.ts";
import type { CheckCounts } from "../batch/report.ts";
import type { Plan } from "../plan/plan.ts";
import type { Emitter } from "./emitter.ts";
import type { ValidationCounter } from "./validation-metrics.ts";

/** Lines a port and run; more would bury the rest of the log (V2). */
const MOST_LINES = 10;

/** Counts, logs and reports what the checks of one run find. */
export class ValueReporter implements ValueIssues {
  readonly #plan: Plan;
  readonly #runId: string;
  readonly #counter: ValidationCounter;
  readonly #events: Emitter | undefined;
  readonly #logger: () => Logger;
  readonly #lines: Map<string, number> = new Map();
  #closed = false;

  /** `logger` is asked for when there is something to log. */
  constructor(
    plan: Plan,
    runId: string,
    counter: ValidationCounter,
    events: Emitter | undefined,
    logger: () => Logger,
  ) {
    this.#plan = plan;
    this.#runId = runId;
    this.#counter = counter;
    this.#events = events;
    this.#logger = logger;
  }

  checked(): void {
    this.#counter.checked();
  }

  bypassed(): void {
    this.#counter.bypassed();
  }

  took(milliseconds: number): void {
    this.#counter.took(milliseconds);
  }

  counted({ checked, bypassed, timed }: CheckCounts): void {
    this.#counter.checked(checked);
    this.#counter.bypassed(bypassed);
    for (const milliseconds of timed) this.#counter.took(milliseconds);
  }

  close(): void {
    this.#closed = true;
  }

  report(issue: ValueIssue): void {
    if (this.#closed) return;
    const { kind, step, port, side, path, expected, found } = issue;
    const inner = formatPath("", path as PathKey[]);
    this.#counter.failed();
    if (kind === "undeclared") this.#counter.violated({ nodeId: step.id, port, path: inner, found });
    const from =
      side === "input"
        ? sourceName(
            step.inputs.find((input) => input.port.name === port),
            this.#plan,
          )
        : "";
    this.#events?.emit({
      type: "validation.issue",
      nodeId: step.id,
      port,
      side,
      kind,
      from,
      path: inner,
      expected,
      found,
    });
    this.#log(issue);
  }

  refusal(issue: ValueIssue): PolyloomError {
    return refusalOf(issue, this.#plan);
  }

  #log(issue: ValueIssue): void {
    // Keys that are no ports count together: a node may make up another one each time.
    const isPort = issue.kind === "invalid" || issue.path.length > 0;
    const key = `${issue.step.id}.${isPort ? issue.port : "?"}`;
    const lines = (this.#lines.get(key) ?? 0) + 1;
    this.#lines.set(key, lines);
    if (lines > MOST_LINES) return;
    const last = lines === MOST_LINES ? " (further lines about this port are left out)" : "";
    this.#guarded((logger) =>
      logger.warn(
        { runId: this.#runId, nodeId: issue.step.id, port: issue.port },
        sentenceOf(issue, this.#plan) + last,
      ),
    );
  }

  /** A logger that throws never fails a run (E7). */
  #guarded(write: (logger: Logger) => void): void {
    try {
      write(this.#logger());
    } catch {
      // there is nowhere left to say so
    }
  }
}
