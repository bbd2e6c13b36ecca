import type { Clause } from "./clause.ts";
import type { Subject } from "./subject.ts";

/** One thing that a clause promises, tried on a runtime; it throws where the promise is not kept. */
export interface Case {
  readonly clause: Clause;
  /** What is promised, in a sentence without the clause's number. */
  readonly title: string;
  readonly run: (subject: Subject) => void | Promise<void>;
}

/** The cases of one clause, by title. */
export function casesOf(clause: Clause, cases: Readonly<Record<string, Case["run"]>>): readonly Case[] {
  return Object.entries(cases).map(([title, run]) => ({ clause, title, run }));
}
