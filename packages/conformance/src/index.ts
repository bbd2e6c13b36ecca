export { testRuntime } from "./test-runtime.ts";
export type { Conformance, ConformanceOptions } from "./test-runtime.ts";
export type { Runtime } from "./subject.ts";
export { CLAUSES } from "./clause.ts";
export type { Clause } from "./clause.ts";
export type { CaseReport, ClauseReport, ConformanceReport, Verdict } from "./report.ts";
export { capabilityMatrix } from "./capability-matrix.ts";
