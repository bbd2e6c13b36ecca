import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const FOLDER = import.meta.dirname;
const ROOT = `${FOLDER}/../..`;

interface Table {
  readonly type: string;
  /** The folder of the package that declares it. */
  readonly folder: string;
  /** Names in the first column. */
  readonly names: readonly string[];
}

describe("every table has the public members of its type, and no others", () => {
  test.each(globSync("*.md", { cwd: FOLDER }).flatMap(tablesOf))("$type", ({ type, folder, names }) => {
    expect(names.toSorted()).toEqual(membersOf(sourceOf(folder), type).toSorted());
  });
});

test("the table of events has every type with its fields", () => {
  const page = readFileSync(`${FOLDER}/events.md`, "utf8");
  const rows = tableAfter(page, page.indexOf("<!-- events of")).map((cells) => [codes(cells[0])[0]!, codes(cells[2])]);
  const source = readFileSync(`${ROOT}/packages/core/src/observe/event.ts`, "utf8");
  expect(Object.fromEntries(rows)).toEqual(eventsIn(source));
});

function tablesOf(page: string): Table[] {
  const text = readFileSync(`${FOLDER}/${page}`, "utf8");
  return [...text.matchAll(/<!-- members: (\w+) of (\S+) -->/g)].map(({ 1: type, 2: folder, index }) => {
    return { type: type!, folder: folder!, names: tableAfter(text, index).flatMap((cells) => codes(cells[0])) };
  });
}

/** All source of a package, so that a type may move from file to file. */
function sourceOf(folder: string): string {
  const files = globSync(`packages/${folder}/src/**/*.ts`, { cwd: ROOT, exclude: ["**/*.test.ts", "**/*.test-d.ts"] });
  return files.map((file) => readFileSync(`${ROOT}/${file}`, "utf8")).join("\n");
}

/** The cells of each row of the first table after a place, without its head. */
function tableAfter(text: string, from: number): string[][] {
  const lines = text.slice(from).split("\n").slice(1);
  const end = lines.findIndex((line) => !line.startsWith("|"));
  const rows = lines.slice(2, end < 0 ? undefined : end);
  return rows.map((line) => line.split("|").slice(1, -1));
}

/** Names in backticks, without what they take. */
function codes(cell = ""): string[] {
  return [...cell.matchAll(/`([\w.]+)[^`]*`/g)].map(([, name]) => name!);
}

/** Names of the public members that an interface or a class declares itself. */
function membersOf(source: string, type: string): string[] {
  const body = bodyOf(source, type).map((line) => line.replace(/^(?:abstract |readonly |get |async |\*)+/, ""));
  const names = body.flatMap((line) => /^(\w+)(?=[?:;(<=]| =)/.exec(line)?.[1] ?? []);
  return [...new Set(names)].filter((name) => !["constructor", "protected", "static", "declare"].includes(name));
}

function bodyOf(source: string, type: string): string[] {
  const lines = source.split("\n");
  const start = lines.findIndex((line) =>
    new RegExp(`^(?:export )?(?:abstract )?(?:class|interface) ${type}\\b`).test(line),
  );
  const end = lines.findIndex((line, index) => index > start && line === "}");
  expect(start, `${type} is declared there`).toBeGreaterThanOrEqual(0);
  return lines.slice(start + 1, end).flatMap((line) => /^ {2}(\S.*)$/.exec(line)?.[1] ?? []);
}

function eventsIn(source: string): Record<string, string[]> {
  const declared = [...source.matchAll(/interface (\w+) extends (\w+)/g)].filter(([, name]) => name !== "OnNode");
  const entries = declared.map(([, name = "", base = ""]) => {
    const type = /readonly type: "([\w.]+)"/.exec(bodyOf(source, name).join("\n"))![1]!;
    const own = membersOf(source, name).filter((field) => field !== "type");
    return [type, [...(base === "OnNode" ? membersOf(source, "OnNode") : []), ...own]];
  });
  return Object.fromEntries(entries) as Record<string, string[]>;
}
