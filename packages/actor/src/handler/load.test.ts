import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { HANDLERS, temporaryFolder } from "../actor.fixture.ts";
import { loadHandler, readHandlerName } from "./load.ts";

test.each([
  ["./handler.js", "./handler.js", "process"],
  ["my_app.handler:process", "my_app.handler", "process"],
  ["pkg/handler:Model.run", "pkg/handler", "Model.run"],
  ["file:///app/handler.js", "file:///app/handler.js", "process"],
  ["file:///app/handler.js:main", "file:///app/handler.js", "main"],
  [String.raw`C:\app\handler.js`, String.raw`C:\app\handler.js`, "process"],
])("%s", (text, module, name) => {
  expect(readHandlerName(text)).toEqual({ module, export: name });
});

test.each(["", ":process", "handler:", "handler:a.b.c", "handler:rm -rf", "handler:$(id)", "handler:1st"])(
  "%j is no handler",
  async (text) => {
    await expect(loadHandler(text, "/")).rejects.toMatchObject({ code: "handler_invalid" });
  },
);

test.each([
  ["missing", /exports no missing/],
  ["Counter.missing", /Counter has no method missing/],
  ["settings", /settings has no method|no method process/],
  ["Needy", /constructor of Needy needs arguments/],
  ["Broken", /no weights on this disk/],
])("%s is refused with its reason", async (name, message) => {
  const loading = loadHandler(`${HANDLERS}:${name}`, "/");
  await expect(loading).rejects.toMatchObject({ code: "handler_invalid", message: expect.stringMatching(message) });
});

test("a module is a file, with or without its ending, a dotted name, a URL or a package", async () => {
  const folder = await temporaryFolder();
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  await write("my_app/handler.mjs", "export const process = () => 'ours';");
  await write("common.cjs", "module.exports = { process: () => 'common' };");
  await write("typed.ts", "export function process(payload: string): string { return payload + ' typed'; }");
  await write("node_modules/pkg/package.json", '{ "name": "pkg", "exports": { "./handler": "./deep/handler.mjs" } }');
  await write("node_modules/pkg/deep/handler.mjs", "export const process = () => 'packaged';");
  const names = ["my_app/handler.mjs", "./my_app/handler", "my_app.handler", "my_app.handler:process"];
  const url = pathToFileURL(join(folder, "my_app/handler.mjs")).href;
  for (const name of [...names, url]) expect((await loadHandler(name, folder))(1)).toBe("ours");
  expect((await loadHandler("common", folder))(1)).toBe("common");
  expect((await loadHandler("./typed.ts", folder))("is")).toBe("is typed");
  expect((await loadHandler("pkg/handler", folder))(1)).toBe("packaged");
  for (const name of ["./absent", "absent", "./my_app", "/absent.js"])
    await expect(loadHandler(name, folder)).rejects.toThrow(/there is no module/);
});

test("a module that throws is refused with what it threw as the cause", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "broken.mjs"), "throw new RangeError('no device');");
  const loading = loadHandler("./broken.mjs", folder);
  await expect(loading).rejects.toMatchObject({ code: "handler_invalid", cause: expect.any(RangeError) });
});
