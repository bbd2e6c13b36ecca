import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const repository = path("../../../../");
// Inside of the package, so that what is compiled there finds the packages that this one finds.
mkdirSync(path("../../dist"), { recursive: true });
const folder = mkdtempSync(path("../../dist/exported-"));
const declarations = `${folder}/core/src/define/exported.fixture.d.ts`;

const emitted = compile(path("exported.fixture.ts"), { noEmit: false, emitDeclarationOnly: true, declaration: true });
afterAll(() => rmSync(folder, { recursive: true }));

test("exported nodes, handles and workflows need no annotation where declarations are made", () => {
  expect(emitted).toBe("");
  const text = readFileSync(declarations, "utf8");
  expect(text).toContain('export declare const handle: import("@polyloom/core").NodeHandle<');
  expect(text.match(/\bany\b/g)).toHaveLength(3);
});

test("what another module reads from those declarations keeps its types", () => {
  writeFileSync(
    `${folder}/reader.ts`,
    `
    import { counter, flow, handle, joined, map, rows, sub } from "./core/src/define/exported.fixture.js";
    import { Workflow } from "@polyloom/core";
    const right = new Workflow("right");
    flow.addNode("a", counter, { value: rows.at(0).id, by: joined });
    flow.addMap("b", counter, { each: { value: map.out.value } });
    right.addNode("c", flow, { path: "x" });
    export const first: { readonly "~out": number } = sub.out.first;
    flow.addNode("d", counter, { value: handle.out.kind });
  `,
  );
  const said = compile(`${folder}/reader.ts`, {});
  expect(said.match(/error TS\d+/g)).toEqual(["error TS2322"]);
  expect(said).toContain("reader.ts(9,");
}, 60_000);

/** Compiles one file by the settings of the tests; what the compiler says. */
function compile(file: string, options: object): string {
  const own = {
    incremental: false,
    tsBuildInfoFile: null,
    rootDir: `${repository}packages`,
    outDir: folder,
    ...options,
  };
  writeFileSync(
    `${folder}/tsconfig.json`,
    JSON.stringify({ extends: `${repository}tsconfig.test.json`, compilerOptions: own, include: [], files: [file] }),
  );
  try {
    return execFileSync(process.execPath, [`${repository}node_modules/typescript/bin/tsc`, "-p", folder], {
      encoding: "utf8",
    });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}
