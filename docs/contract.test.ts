import { globSync, readFileSync } from "node:fs";
import { CLAUSES } from "@polyloom/conformance";
import { expect, test } from "vitest";

const FOLDER = import.meta.dirname;
const contract = readFileSync(`${FOLDER}/contract.md`, "utf8");

test("the contract has the clauses that the suite tests, in its order", () => {
  expect([...contract.matchAll(/^- ([A-Z]\d+) /gm)].map(([, clause]) => clause)).toEqual(CLAUSES);
});

test.each(globSync(["**/*.md", "../*.md"], { cwd: FOLDER, exclude: ["api/**"] }))(
  "%s cites clauses that exist",
  (page) => {
    const text = readFileSync(`${FOLDER}/${page}`, "utf8").replaceAll(/^(`{3,})[\s\S]*?^\1$/gm, "");
    const cited = [...text.matchAll(/\b[GSRCVEKDO]\d{1,2}\b/g)].map(([clause]) => clause);
    expect(cited.filter((clause) => !(CLAUSES as readonly string[]).includes(clause))).toEqual([]);
  },
);
