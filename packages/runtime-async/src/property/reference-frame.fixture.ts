import type { Cycle, Flow, Scenario } from "./description.fixture.ts";
import type { ExpectedCycle, ExpectedFailure } from "./expected.fixture.ts";

/** Values by port. */
export type Outputs = Readonly<Record<string, unknown>>;

/** How one activation of a node ended. */
export interface Ending {
  readonly status: "completed" | "skipped" | "failed";
  /** What others read: dead where it is undefined. */
  readonly outputs: Outputs | undefined;
  readonly attempts: number;
  /** Whether it is a workflow's own. */
  readonly isSub?: boolean;
  /** What results show of a node that failed: its last completed iteration (E1). */
  readonly shown?: Outputs | undefined;
}

/** Nothing to run with. */
export const SKIPPED: Ending = { status: "skipped", outputs: undefined, attempts: 0 };

/** One run of a cycle: what lasts from one iteration to the next. */
export interface CycleState {
  readonly cycle: Cycle;
  readonly body: ReadonlySet<string>;
  /** C8: by full id, with the item's index for maps. */
  readonly states: Map<string, Record<string, unknown>>;
  /** Values that arrived by feedback, by `node.port`. */
  readonly fed: Map<string, unknown>;
  /** Values that inputs had, by `node.port` (C12). */
  readonly had: Map<string, unknown>;
  iteration: number;
}

/** One iteration of a cycle, or a flow's part outside cycles: each node in it is activated once (S1). */
export class Frame {
  readonly endings: Map<string, Ending> = new Map();
  readonly parent: Frame | undefined;
  /** `undefined` outside cycles. */
  readonly state: CycleState | undefined;
  hasFailed = false;
  hasCompleted = false;

  /** A frame without state is the root of a flow; its parent is where the flow stands as a node. */
  constructor(parent?: Frame, state?: CycleState) {
    this.parent = parent;
    this.state = state;
  }

  /** The cycle around it, also where it belongs to a workflow around this one. */
  get innermost(): CycleState | undefined {
    return this.state ?? this.parent?.innermost;
  }

  /** Notes how a node ended, here and for all iterations that this one is part of. */
  end(id: string, ending: Ending): void {
    this.endings.set(id, ending);
    if (ending.status === "failed") this.fail();
    if (ending.status === "completed") this.#complete();
  }

  /** A failing body ends its cycle, and those around it (E2). */
  fail(): void {
    this.hasFailed = true;
    this.parent?.fail();
  }

  #complete(): void {
    this.hasCompleted = true;
    if (this.parent !== undefined) this.parent.#complete();
  }
}

/** What all parts of one evaluation share. */
export interface Books {
  readonly parameters: Scenario["parameters"];
  readonly failures: ExpectedFailure[];
  readonly cycles: Map<string, ExpectedCycle>;
}

/** A flow where it stands. */
export interface Place {
  readonly flow: Flow;
  readonly prefix: string;
  readonly inputs: Outputs;
  /** A required input of the sub-workflow is dead: all of it is skipped (S3, G9). */
  readonly isDead: boolean;
  readonly books: Books;
}
