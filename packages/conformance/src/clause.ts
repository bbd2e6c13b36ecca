/** Every clause of the contract that a runtime can be tested for from outside, in the contract's order. */
// oxfmt-ignore
export const CLAUSES = [
  "G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8", "G9",
  "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9",
  "R1", "R2", "R3",
  "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11", "C12", "C13",
  "V1", "V2", "V3", "V4", "V5", "V6", "V7",
  "E1", "E2", "E3", "E4", "E5", "E6", "E7",
  "K1", "K2", "K3", "K4", "K5",
  "D1", "D2", "D3", "D4", "D5",
  "O1", "O2", "O3", "O4",
] as const;

/** The number of a clause, such as `S3`. */
export type Clause = (typeof CLAUSES)[number];
