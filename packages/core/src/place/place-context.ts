import type { Logger } from "pino";
import type { NodeContext } from "../define/node.ts";
import { linesTo } from "../observe/log-lines.ts";
import type { Order } from "./order.ts";
import type { Listener, Report } from "./report.ts";

/** What a node sees of its run, from afar; each part is made when it is asked for. */
export class PlaceContext implements NodeContext {
  readonly runId: string;
  readonly workflow: string;
  readonly nodeId: string;
  readonly attempt: number;
  readonly iteration: number;
  readonly index: number | undefined;
  readonly state: Record<string, unknown>;
  #listener: Listener | undefined;
  #signal: AbortSignal | undefined;
  #logger: Logger | undefined;
  #progress: NodeContext["progress"] | undefined;

  /** One for each order. */
  constructor({ about, state = {} }: Order<unknown>, listener: Listener) {
    this.runId = about.runId;
    this.workflow = about.workflow;
    this.nodeId = about.nodeId;
    this.attempt = about.attempt;
    this.iteration = about.iteration;
    this.index = about.index;
    this.state = state;
    this.#listener = listener;
  }

  get signal(): AbortSignal {
    return (this.#signal ??= this.#listener?.signal ?? new AbortController().signal);
  }

  /** Lines of every level are told: what becomes of them is decided where the run is. */
  get logger(): Logger {
    return (this.#logger ??= linesTo((line) => this.#tell({ kind: "log", line }))());
  }

  /** Bound, since nodes take their context apart. */
  get progress(): NodeContext["progress"] {
    return (this.#progress ??= (done, total, message) =>
      this.#tell({
        kind: "progress",
        done,
        ...(total !== undefined && { total }),
        ...(message !== undefined && { message }),
      }));
  }

  /** Nothing is told of a node after its end (O1). */
  close(): void {
    this.#listener = undefined;
  }

  #tell(report: Report): void {
    this.#listener?.tell(report);
  }
}
