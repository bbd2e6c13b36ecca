/** What a row has to stay under: a multiple of its floor, its floor and a bit, or a fixed figure. */
export type Target =
  | { readonly kind: "ratio" | "excess" | "value"; readonly most: number }
  | { readonly kind: "reported" };

/** One line of the table: what is measured, in which unit, and what it has to meet. */
export interface Row {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly target: Target;
}

/** A program that measures rows, each of its processes once. */
export interface Program {
  /** File under `programs/`, without its ending. */
  readonly name: string;
  /** How many processes, where it is not as many as asked for. */
  readonly processes?: number;
  /** Flags for node, beside `--expose-gc`. */
  readonly flags?: readonly string[];
  readonly rows: readonly Row[];
}

const REPORTED: Target = { kind: "reported" };
const atMost = (kind: "ratio" | "excess" | "value", most: number): Target => ({ kind, most });

const SPEEDUP = (times: number): Target => atMost("ratio", 1 / times);

const CHAIN = "chain of 10,000 synchronous nodes";
const MILLION = "chain of 1,000,000 nodes, built, planned and run";

/** Every program, in the order in which they run. */
export const PROGRAMS: readonly Program[] = [
  program("chain", [["chain", `${CHAIN}: local, warn, metrics on, last value read`, "ns/node", atMost("ratio", 3)]]),
  program("chain-off", [["chain-off", `${CHAIN}: validation and metrics off`, "ns/node", REPORTED]]),
  program("validation", [
    ["validation", "validation of 1,000 nodes: warn minus off, beside the parses", "ms/run", atMost("excess", 1)],
  ]),
  program("loop", [
    ["loop", "self-loop of 1,000,000 iterations with a predicate, warn", "ns/iteration", atMost("ratio", 3)],
    ["loop-heap", "growth of the heap during that loop", "MB", atMost("value", 5)],
  ]),
  program("build", [
    ["build", "build, validate and plan a chain of 10,000 nodes", "µs/node", atMost("value", 5)],
    ["build-first", "the same, the first time in a process", "µs/node", REPORTED],
    ["build-growth", "a node of 100,000 beside a node of 1,000", "µs/node", atMost("ratio", 3)],
  ]),
  {
    ...program("million", [
      ["million", `${MILLION}: peak of resident memory`, "MB", atMost("value", 4096)],
      ["million-time", `${MILLION}: time`, "s", REPORTED],
    ]),
    processes: 1,
    flags: ["--max-old-space-size=4096"],
  },
  program("async", [
    ["async", "1,000 nodes of 20 ms, maxConcurrency 100, beside p-limit", "ms/run", atMost("ratio", 1.03)],
  ]),
  program("parallel-small", [
    [
      "parallel-many",
      "2 workers: 1,000 independent no-ops, beside piscina with one run() each",
      "ms/run",
      atMost("ratio", 0.25),
    ],
    ["parallel-chain", "2 workers: chain of 200, beside piscina awaited 200 times", "ms/run", atMost("ratio", 0.15)],
  ]),
  program("parallel-busy", [
    ["parallel-busy", "2 workers: 16 nodes of 50 ms, beside the local runtime", "ms/run", SPEEDUP(1.85)],
  ]),
  program("parallel-mixed", [
    [
      "parallel-mixed",
      "2 workers: 1,500 no-ops, 4 of 50 ms, 1,500 no-ops, beside 100 ms",
      "ms/run",
      atMost("ratio", 1.2),
    ],
  ]),
  program("parallel-map", [
    ["parallel-column", "2 workers: map over 1,000,000 rows in columns, summed, beside a loop", "ms/run", SPEEDUP(1.7)],
    [
      "parallel-rows",
      "2 workers: map over 1,000,000 row objects, beside piscina by hand",
      "ms/run",
      atMost("ratio", 1.1),
    ],
  ]),
  program("parallel-transfer", [
    [
      "parallel-moved",
      "100 MB moved through 5 nodes, not fused, beside 5 hops of piscina",
      "ms/run",
      atMost("ratio", 1.2),
    ],
    ["parallel-moved-fused", "the same, fused", "ms/run", REPORTED],
  ]),
  program("parallel-cold", [
    ["parallel-cold", "first result of a cold worker, beside piscina's", "ms/run", atMost("ratio", 1.3)],
  ]),
  program("cyclic-loop", [
    [
      "cyclic-loop",
      "self-loop of 1,000,000 iterations on CyclicRuntime, metrics on",
      "ns/iteration",
      atMost("ratio", 3),
    ],
    ["cyclic-heap", "what stays of that loop in the heap", "MB", atMost("value", 5)],
  ]),
  program("parallel-cycles", [
    ["cycles-two", "2 workers: two busy cycles, beside one of them", "ms/run", atMost("ratio", 1.08)],
    [
      "cycles-eight",
      "2 workers: eight cycles of very different length, beside the best schedule",
      "ms/run",
      atMost("ratio", 1.15),
    ],
  ]),
  program("import", [["import", "import of core beside zod alone", "ms", atMost("ratio", 1.3)]]),
  program("typecheck", [
    ["typecheck", "type-check of a static graph of 1,000 nodes beside 10", "s", atMost("excess", 1)],
  ]),
];

function program(name: string, rows: readonly (readonly [string, string, string, Target])[]): Program {
  return { name, rows: rows.map(([row, title, unit, target]) => ({ name: row, title, unit, target })) };
}
