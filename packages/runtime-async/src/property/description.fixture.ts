/** What crosses the wires of random graphs. */
export type Value = number | readonly (number | undefined)[];

/** A place that a value is read from; `node` is `null` for the flow's own input. */
export interface Ref {
  readonly node: string | null;
  readonly path: readonly (string | number)[];
}

/** What a port is wired to. */
export type Source =
  | { readonly kind: "ref"; readonly ref: Ref }
  | { readonly kind: "first"; readonly of: readonly Ref[] }
  | { readonly kind: "list"; readonly items: readonly (Ref | number)[] };

/** What a port takes when nothing supplies it. */
export type Mode =
  | { readonly kind: "required" }
  | { readonly kind: "optional" }
  | { readonly kind: "default"; readonly value: Value };

/** An input port with all that supplies it, parameters and feedback excepted. */
export interface Port {
  readonly name: string;
  readonly type: "number" | "list";
  readonly mode: Mode;
  readonly literal: Value | undefined;
  readonly from: Source | undefined;
}

/** When a node throws: for some values, until an attempt. */
export interface Fault {
  readonly modulus: number;
  readonly rest: number;
  /** The first attempt that succeeds. */
  readonly until: number;
}

/** What a computing node does; see `behaviour.fixture.ts`. */
export interface Behaviour {
  readonly salt: number;
  /** The port `maybe` is left out when the value has this rest modulo 3. */
  readonly gap: number;
  readonly isAsync: boolean;
  readonly usesState: boolean;
  readonly usesIteration: boolean;
  readonly fault: Fault | undefined;
  /** Attempts of its retry policy; 1 is none. */
  readonly attempts: number;
}

/** A node that computes numbers from its inputs. */
export interface ComputeNode {
  readonly kind: "compute";
  readonly id: string;
  readonly ports: readonly Port[];
  readonly behaviour: Behaviour;
}

/** `ifElse` (two cases) or `switchOn` (three): which case is taken is the value modulo their number. */
export interface BranchNode {
  readonly kind: "branch";
  readonly id: string;
  readonly ports: readonly [Port];
  readonly cases: 2 | 3;
}

/** A computing node, once an item of the lists of `each`. */
export interface MapNode {
  readonly kind: "map";
  readonly id: string;
  /** Ports of `each` first; those behind are shared. */
  readonly ports: readonly Port[];
  readonly each: readonly string[];
  /** Whether an item may lack a value at a port of `each`. */
  readonly takesHoles: boolean;
  readonly chunkSize: number | undefined;
  readonly chunkBy: string | undefined;
  readonly concurrency: number | undefined;
  readonly behaviour: Behaviour;
}

/** A workflow as a node. */
export interface SubNode {
  readonly kind: "sub";
  readonly id: string;
  readonly ports: readonly Port[];
  readonly flow: Flow;
}

/** A node of a random graph. */
export type Node = ComputeNode | BranchNode | MapNode | SubNode;

/** A ready-made criterion over a reference. */
export type Measure =
  | { readonly kind: "delta"; readonly ref: Ref; readonly tolerance: number; readonly patience: number }
  | { readonly kind: "fixpoint"; readonly ref: Ref; readonly patience: number }
  | {
      readonly kind: "plateau";
      readonly ref: Ref;
      readonly tolerance: number;
      readonly patience: number;
      readonly goal: "min" | "max";
    }
  | { readonly kind: "any" | "all"; readonly of: readonly Measure[] };

/** A test of a number: its rest, its predecessor, or its history. */
export type Test =
  | { readonly kind: "rest"; readonly modulus: number; readonly rest: number }
  | { readonly kind: "previous" }
  | { readonly kind: "history" }
  | { readonly kind: "throws"; readonly modulus: number; readonly rest: number };

/** When a cycle has converged. */
export type Goal =
  | { readonly kind: "predicate"; readonly from: Source; readonly test: Test }
  | {
      readonly kind: "expression";
      readonly form: number;
      readonly node: string;
      readonly port: string;
      readonly constant: number;
    }
  | { readonly kind: "measure"; readonly measure: Measure };

/** A cycle of a random graph. */
export interface Cycle {
  readonly name: string;
  readonly feedback: readonly { readonly from: Source; readonly node: string; readonly port: string }[];
  readonly include: readonly string[];
  readonly maxIterations: number;
  readonly goal: Goal | undefined;
  readonly condition: { readonly from: Source; readonly test: Test } | undefined;
  readonly onExhausted: "accept" | "fail";
  readonly historyWindow: number;
}

/** A random graph: nodes in an order in which each reads from earlier ones only, feedback excepted. */
export interface Flow {
  readonly name: string;
  readonly inputs: readonly { readonly name: string; readonly mode: Mode }[];
  readonly nodes: readonly Node[];
  readonly cycles: readonly Cycle[];
  readonly outputs: readonly { readonly name: string; readonly from: Source }[];
}

/** A graph, and one way to run it. */
export interface Scenario {
  readonly flow: Flow;
  readonly input: Readonly<Record<string, number>>;
  readonly parameters: Readonly<Record<string, Readonly<Record<string, Value>>>>;
  readonly onFailure: "stop" | "continue";
  /** In which order asynchronous nodes settle. */
  readonly seed: number;
}
