import type { ErrorCode } from "@polyloom/wire";

/** One problem, found before anything runs (G8). */
export interface Issue {
  readonly code: ErrorCode;
  /** A warning is reported and never stops a run. */
  readonly severity: "error" | "warning";
  /** Where: `clean.rows`, `cycle refine`, `workflow orders`. */
  readonly place: string;
  readonly message: string;
  readonly expected?: string;
  readonly found?: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** Collects issues under the id of the sub-workflow that is looked at. */
export class IssueList {
  readonly #issues: Issue[] = [];
  readonly #prefix: string;

  /** `prefix` is the path of the workflow looked at: `"sub/"`, or `""` for the outermost. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  get issues(): readonly Issue[] {
    return this.#issues;
  }

  /** Whether there are so many already that nobody will read what more is told: names need not be looked for. */
  get isLong(): boolean {
    return this.#issues.length >= 20;
  }

  add(issue: Omit<Issue, "severity"> & { readonly severity?: Issue["severity"] }): void {
    const { message, place, found } = issue;
    const told = {
      message: short(message),
      place: short(this.#prefix + place),
      ...(found === undefined ? {} : { found: short(found) }),
    };
    this.#issues.push(Object.freeze({ severity: "error", ...issue, ...told }));
  }
}

/** Names come from documents as well: one of a megabyte must not fill the log. */
function short(text: string): string {
  return text.length > 1000 ? `${text.slice(0, 1000)}…` : text;
}
