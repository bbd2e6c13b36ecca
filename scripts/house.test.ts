import { globSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { ARROWS, LIBRARY_HOMES, packageName, TEST_ARROWS } from "./house.ts";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string): string => readFileSync(root + path, "utf8");
const json = <T>(path: string): T => JSON.parse(read(path)) as T;
const glob = (...patterns: string[]): string[] =>
  globSync(patterns, {
    cwd: root,
    exclude: (path) => ["node_modules", "dist", ".cache"].includes(basename(path)),
  }).sort();

const folders = readdirSync(`${root}packages`);
const nameToFolder = new Map(folders.map((folder) => [packageName(folder), folder]));
const isTest = (path: string): boolean => /\.(test|test-d|fixture)\.ts$/.test(path);
const sources = glob("packages/*/src/**/*.ts").filter((path) => !isTest(path));
const tests = glob("packages/*/src/**/*.ts", "examples/**/*.ts", "scripts/*.ts").filter(isTest);

describe.each(folders)("packages/%s", (folder) => {
  const manifest = json<Manifest>(`packages/${folder}/package.json`);
  const arrows = ARROWS[folder] ?? [];
  const own = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  const all = [...own, ...Object.keys(manifest.devDependencies ?? {})];

  test("has its row in the import table, and its name", () => {
    expect(Object.keys(ARROWS)).toContain(folder);
    expect(manifest.name).toBe(packageName(folder));
  });

  test("depends on its neighbours as the import table allows", () => {
    expect(arrows).toEqual(expect.arrayContaining(neighbours(own)));
    expect([...arrows, ...(TEST_ARROWS[folder] ?? [])]).toEqual(expect.arrayContaining(neighbours(all)));
  });

  test("its compiler settings reference exactly the neighbours it depends on", () => {
    expect(references(`packages/${folder}/tsconfig.json`)).toEqual(neighbours(own));
    if (folder === "bench") return;
    expect(references(`packages/${folder}/tsconfig.test.json`)).toEqual([".", ...neighbours(all)]);
    const solution = json<{ references: { path: string }[] }>("tsconfig.json").references.map(({ path }) => path);
    expect(solution).toEqual(expect.arrayContaining([`packages/${folder}`, `packages/${folder}/tsconfig.test.json`]));
  });

  test("keeps each heavy library at its home", () => {
    const strays = own.filter((name) => (LIBRARY_HOMES[name] ?? folder) !== folder);
    expect(folder === "bench" ? [] : strays).toEqual([]);
  });

  test("declares whatever it imports", () => {
    const imported = (paths: string[]): string[] =>
      paths.filter((path) => path.startsWith(`packages/${folder}/`)).flatMap((path) => bareImports(read(path)));
    expect(imported(sources).filter((name) => !own.includes(name))).toEqual([]);
    const testing = [...all, manifest.name, "vitest", "fast-check", "zod"];
    expect(imported(tests).filter((name) => !testing.includes(name))).toEqual([]);
  });

  test("publishes what a published package must", () => {
    if (manifest.private) return;
    expect(manifest).toMatchObject({ version: json<Manifest>("package.json").version, type: "module", license: "MIT" });
    expect(manifest).toMatchObject({ sideEffects: false, engines: { node: ">=22.18" } });
    for (const target of Object.values(manifest.exports ?? {})) {
      if (typeof target === "string") continue;
      expect(Object.keys(target)).toEqual(["polyloom-source", "types", "default"]);
      expect(sources).toContain(`packages/${folder}/${target["polyloom-source"]!.slice(2)}`);
    }
  });
});

describe("every source file", () => {
  test("has 300 lines at most", () => {
    expect(sources.filter((path) => read(path).trimEnd().split("\n").length > 300)).toEqual([]);
  });

  test("lists what it exports", () => {
    expect(sources.filter((path) => /^export \*/m.test(read(path)))).toEqual([]);
  });

  test("is named after what is in it", () => {
    const vague = /(^|\/)(utils?|helpers?|common|shared|misc)(\.[\w-]+)?(\/|\.ts$)|\/types\.ts$/;
    expect(glob("packages/*/src/**", "examples/**/*.ts").filter((path) => vague.test(path))).toEqual([]);
  });
});

describe("every test", () => {
  test("that may be skipped says why, in a comment `skip: …` beside it or in the call", () => {
    expect(tests.flatMap(unexplainedSkips)).toEqual([]);
  });
});

test("the tools are pinned exactly", () => {
  const { devDependencies } = json<Manifest>("package.json");
  const tools = { ...devDependencies, ...json<Manifest>("tools/package.json").devDependencies };
  expect(Object.entries(tools).filter(([, version]) => !/^\d/.test(version))).toEqual([]);
});

test("the lock file has every platform's binaries, without which `npm ci` refuses it", () => {
  const { packages } = json<{ packages: Record<string, { optionalDependencies?: Record<string, string> }> }>(
    "package-lock.json",
  );
  const names = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, "")));
  const wanted = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
  expect(wanted.filter((name) => !names.has(name))).toEqual([]);
});

/** The folders under `packages/` among some dependencies, sorted. */
function neighbours(names: readonly string[]): string[] {
  return [...new Set(names)].flatMap((name) => nameToFolder.get(name) ?? []).sort();
}

/** The folders that a tsconfig references, `.` for the package's own. */
function references(path: string): string[] {
  const { references = [] } = json<{ references?: { path: string }[] }>(path);
  return references.map((reference) => reference.path.replace(/^\.\.\//, "")).sort();
}

/** The packages that a file imports by name, statically or lazily; built-in modules are left out. */
function bareImports(text: string): string[] {
  const specifiers = text.matchAll(
    /^(?:(?:import|export|\}).*\bfrom |import |.*\b(?:import|\w*[rR]equire(?:<.*>)?)\()"([@a-z][\w@/.-]*)"/gm,
  );
  return [...specifiers]
    .map(([, specifier = ""]) => specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/"))
    .filter((name) => !name.startsWith("node:") && !builtinModules.includes(name));
}

/** `file:line` of each skip without a reason. */
function unexplainedSkips(path: string): string[] {
  const lines = read(path).split("\n");
  return lines.flatMap((line, index) => {
    const skips =
      /\b(?:test|it|describe|suite|bench)(?:\.\w+)*\.(?:skip|skipIf|runIf|todo|fails)\b|\b(?:skip|todo)\(\)/;
    const explained = [lines[index - 1] ?? "", line].some((text) => /\/\/.*\bskip: \S/.test(text));
    return skips.test(line) && !explained ? [`${path}:${index + 1}`] : [];
  });
}
