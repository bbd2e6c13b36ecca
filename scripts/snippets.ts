import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Keeps the code blocks of the documentation equal to the files that the tests run.
 *
 *     <!-- snippet: examples/00-iris/main.ts#flow -->
 *     ```ts
 *     …the lines between `// #region flow` and `// #endregion flow`, dedented
 *     ```
 *
 * Without `#name` the block is the whole file, less its region marks.
 */

/** A block that does not show what it claims to, or claims nothing. */
export interface Drift {
  readonly line: number;
  readonly problem: string;
}

/** The page as it should be, and what was wrong with it. */
export interface Synced {
  readonly text: string;
  readonly drifts: readonly Drift[];
}

const PAGES = ["README.md", "docs/**/*.md", "packages/*/README.md"];
const MARKER = /^(\s*)<!-- snippet: (\S+?)(?:#(\S+))? -->\s*$/;
const FENCE = /^\s*(`{3,})(\S*)/;
const CODE = new Set(["ts", "typescript", "tsx", "mts", "js", "javascript", "mjs"]);
const REGION = /^\s*\/\/ #(?:end)?region\b/;

/** Compares every block of a page with its source; `read` gives a file's text by its path from the root. */
export function sync(page: string, read: (path: string) => string): Synced {
  const lines = page.split("\n");
  const text: string[] = [];
  const drifts: Drift[] = [];
  for (let at = 0; at < lines.length;) {
    const line = lines[at]!;
    const marker = MARKER.exec(line);
    const start = marker ? at + 1 : at;
    const end = endOfBlock(lines, start);
    const block = lines.slice(start, end);
    const language = FENCE.exec(lines[start] ?? "")?.[2] ?? "";
    if (marker) {
      const [, indent = "", path = "", region] = marker;
      const fresh = attempt(() => fence(snippet(read(path), region), language || extname(path).slice(1), indent));
      if (typeof fresh === "string") drifts.push({ line: at + 1, problem: fresh });
      else if (fresh.join("\n") !== block.join("\n")) {
        drifts.push({ line: at + 1, problem: `differs from ${path}${region ? `#${region}` : ""}` });
      }
      text.push(line, ...(typeof fresh === "string" ? block : fresh));
    } else {
      if (CODE.has(language)) drifts.push({ line: at + 1, problem: `a ${language} block without a snippet marker` });
      text.push(...(end > start ? block : [line]));
    }
    at = Math.max(end, at + 1);
  }
  return { text: text.join("\n"), drifts };
}

/** The lines of a region, or of the whole text, dedented and without region marks. */
export function snippet(text: string, region: string | undefined): string[] {
  const lines = text.split("\n");
  if (region === undefined) return dedent(lines.filter((line) => !REGION.test(line)));
  const start = lines.findIndex((line) => line.trim() === `// #region ${region}`);
  const end = lines.findIndex((line) => line.trim() === `// #endregion ${region}`);
  if (start < 0 || end < start) throw new Error(`no region ${region}`);
  return dedent(lines.slice(start + 1, end).filter((line) => !REGION.test(line)));
}

/** Every page of the repository at `root` that has blocks to compare, by its path from there. */
export function pages(root: string): string[] {
  return globSync(PAGES, { cwd: root, exclude: ["docs/api/**"] }).sort();
}

/** Compares all pages, and mends them when `write` is set; returns one line for each drift. */
export function syncPages(root: string, write: boolean): string[] {
  const read = (path: string): string => {
    if (!existsSync(join(root, path))) throw new Error(`no file ${path}`);
    return readFileSync(join(root, path), "utf8");
  };
  return pages(root).flatMap((page) => {
    const before = read(page);
    const { text, drifts } = sync(before, read);
    if (write && text !== before) writeFileSync(join(root, page), text);
    const left = write ? sync(text, read).drifts : drifts;
    return left.map(({ line, problem }) => `${page}:${line}: ${problem}`);
  });
}

/** The index after the fence that closes a block opened at `start`, or `start` when no block opens there. */
function endOfBlock(lines: readonly string[], start: number): number {
  const ticks = FENCE.exec(lines[start] ?? "")?.[1];
  if (ticks === undefined) return start;
  const close = lines.findIndex((line, index) => index > start && line.trim() === ticks);
  return close < 0 ? lines.length : close + 1;
}

function fence(code: readonly string[], language: string, indent: string): string[] {
  const ticks = code.some((line) => line.includes("```")) ? "````" : "```";
  return [ticks + language, ...code, ticks].map((line) => (line === "" ? line : indent + line));
}

function dedent(lines: readonly string[]): string[] {
  const full = lines.filter((line) => line.trim() !== "");
  const margin = Math.min(...full.map((line) => line.length - line.trimStart().length));
  const first = lines.indexOf(full[0] ?? "");
  const last = lines.lastIndexOf(full.at(-1) ?? "");
  return lines.slice(first, last + 1).map((line) => line.slice(margin).trimEnd());
}

function attempt<T>(make: () => T): T | string {
  try {
    return make();
  } catch (error) {
    return (error as Error).message;
  }
}

if (import.meta.main) {
  const left = syncPages(fileURLToPath(new URL("..", import.meta.url)), process.argv.includes("--write"));
  for (const line of left) console.error(line);
  if (left.length > 0) process.exitCode = 1;
}
