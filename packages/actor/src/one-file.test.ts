import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { ok, RawClient } from "./actor.fixture.ts";
import { connectActor } from "./call/actor-client.ts";
import { readEnvironment } from "./environment.ts";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const BUILD = fileURLToPath(new URL("../../../scripts/one-file.ts", import.meta.url));
const MOST_BYTES = 1024 * 1024; // of all that a ConfigMap holds

let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "actor-"));
  file = join(folder, "built", "polyloom-actor.mjs");
  execFileSync(process.execPath, [BUILD, "src/one-file.ts", file], { cwd: PACKAGE });
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test("the one file is below the size of a ConfigMap, and imports nothing but Node's own modules", async () => {
  const text = await readFile(file, "utf8");
  expect(Buffer.byteLength(text)).toBeLessThan(MOST_BYTES);
  const imports = [...text.matchAll(/^import .* from "([^"]+)";$/gm)].map(([, name]) => name!);
  expect(imports.length).toBeGreaterThan(3);
  expect(imports.filter((name) => !builtinModules.includes(name.replace("node:", "")))).toEqual([]);
});

interface Manifest {
  readonly kind: string;
  readonly spec: { readonly template?: { spec: Pod }; readonly workload?: { template: { spec: Pod } } };
}

interface Pod {
  readonly containers: readonly Container[];
  readonly volumes: readonly { name: string; configMap?: { name: string } }[];
}

interface Container {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: readonly { name: string; value: string }[];
  readonly volumeMounts: readonly { name: string; mountPath: string; subPath?: string }[];
}

test.each(["actor.yaml", "async-actor.yaml"])(
  "%s mounts the file where it runs it, and sets variables that exist",
  async (name) => {
    const { pod, runtime } = await readManifest(name);
    const [node, script] = runtime.command;
    const mount = runtime.volumeMounts.find(({ mountPath }) => mountPath === script)!;
    expect([node, mount.subPath]).toEqual(["node", "polyloom-actor.mjs"]);
    expect(pod.volumes).toContainEqual({ name: mount.name, configMap: { name: "polyloom-actor" } });
    for (const { name: volume } of pod.containers.flatMap(({ volumeMounts }) => volumeMounts))
      expect(pod.volumes.map((each) => each.name)).toContain(volume);
    const env = environmentOf(runtime);
    expect(Object.keys(readEnvironment(env))).toHaveLength(Object.keys(env).length);
  },
);

// No cluster is at hand: this lays the files out as the mounts would, and runs the same command with the same variables.
test("what the Deployment describes serves, is ready, and ends at SIGTERM when its calls have", async () => {
  const { runtime } = await readManifest("actor.yaml");
  const root = join(folder, "pod");
  const inPod = (text: string): string => text.replace(/^\/(?:app|tmp)\//, (start) => join(root, start));
  const script = inPod(runtime.command[1]!);
  await mkdir(dirname(script), { recursive: true });
  await writeFile(script, await readFile(file));
  await writeFile(inPod("/app/handler.mjs"), HANDLER);
  const env = Object.entries(environmentOf(runtime)).map(([name, value]) => [name, inPod(value)]);
  const child = start(script, Object.fromEntries(env) as Record<string, string>);
  await child.says(/ready: .*handler\.mjs:process at .*app\.sock/);
  const socketPath = inPod("/tmp/sockets/app.sock");
  expect(await readFile(join(dirname(socketPath), "runtime-ready"), "utf8")).toBe("ready");
  await using client = await connectActor(socketPath);
  expect(await client.call({ text: "hi" })).toEqual({ text: "hi", model: "loaded once" });
  await expect(client.call({})).rejects.toMatchObject({ details: { error: "validation_error" } });

  const raw = await RawClient.connect({ socketPath });
  raw.send({ text: "slow", wait: join(folder, "go") });
  raw.send({ text: "next" });
  await until(() => existsSync(join(folder, "go.started")));
  child.process.kill("SIGTERM");
  await until(() => !existsSync(socketPath));
  await writeFile(join(folder, "go"), "");
  expect(await raw.reply()).toEqual(ok({ text: "slow", model: "loaded once" }));
  expect(await raw.reply()).toEqual(ok({ text: "next", model: "loaded once" }));
  expect(await child.ended).toBe(0);
  expect(existsSync(join(dirname(socketPath), "runtime-ready"))).toBe(false);
}, 30_000);

test.each<[string, Record<string, string>, RegExp]>([
  ["no handler", {}, /invalid_option: Set ASYA_PROCESS_MODULE/],
  ["a handler that is not there", { ASYA_PROCESS_MODULE: "./none.mjs" }, /handler_invalid: .*no module \.\/none\.mjs/],
  ["a size that is no number", { ASYA_PROCESS_MODULE: "./none.mjs", ASYA_MAX_MESSAGE_SIZE: "much" }, /invalid_option/],
])("with %s it says so and exits with 1", async (_, env, message) => {
  const child = start(file, env);
  await child.says(message);
  expect(await child.ended).toBe(1);
});

const HANDLER = `
import { existsSync, writeFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";

const model = "loaded once";

export async function process({ text, wait }) {
  if (text === undefined) throw Object.assign(new Error("Missing 'text' field"), { name: "ValidationError" });
  if (wait) writeFileSync(wait + ".started", "");
  while (wait && !existsSync(wait)) await setImmediate();
  return { text, model };
}
`;

async function readManifest(name: string): Promise<{ pod: Pod; runtime: Container }> {
  const documents = parseAllDocuments(await readFile(join(PACKAGE, "kubernetes", name), "utf8"));
  expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
  const { spec } = documents[0]!.toJS() as Manifest;
  const pod = (spec.template ?? spec.workload!.template).spec;
  return { pod, runtime: pod.containers.find((container) => container.name === "runtime")! };
}

function environmentOf({ env }: Container): Record<string, string> {
  return Object.fromEntries(env.map(({ name, value }) => [name, value]));
}

interface Child {
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
  says(text: RegExp): Promise<void>;
}

function start(script: string, env: Record<string, string>): Child {
  const child = spawn(process.execPath, [script], { cwd: folder, env, stdio: ["ignore", "inherit", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  let said = "";
  child.stderr.on("data", (chunk) => (said += String(chunk)));
  const says = (text: RegExp): Promise<void> => until(() => text.test(said));
  return { process: child, ended, says };
}

async function until(holds: () => boolean): Promise<void> {
  await expect.poll(holds, { timeout: 15_000, interval: 10 }).toBe(true);
}
