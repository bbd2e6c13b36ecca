import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { networkInterfaces } from "node:os";

import { container } from "@polyloom/containers";
import { double } from "./functions-neighbour.fixture.ts";

/** Progress is for people: the tests keep it to themselves. */
const quiet = { onProgress: () => {} };
const multiplier = 10;

export const scale = container((x: number) => double(x) * multiplier, { name: "test-scale", ...quiet });

export const echo = container((...args: unknown[]) => args, { name: "test-echo", ...quiet });

const byFactor = (factor: number) => (x: number) => x * factor;
export const triple = container(byFactor(3), { name: "test-triple", ...quiet });

export const fail = container(
  (message: string): number => {
    console.error("about to fail");
    throw Object.assign(new RangeError(message), { code: "E_FAR", cause: new Error("the cause") });
  },
  { name: "test-fail", ...quiet },
);

export const throwValue = container(
  (value: unknown): void => {
    throw value;
  },
  { name: "test-throw", ...quiet },
);

/** Runs a text: for what a test wants to see from inside of a container. */
export const evaluate = container(
  async (text: string): Promise<unknown> =>
    await (Object.getPrototypeOf(async () => {}).constructor(text)() as unknown),
  { name: "test-evaluate", ...quiet },
);

export const readData = container(
  () => ({
    texts: ["fixtures/a/same.txt", "fixtures/b/same.txt"].map((path) => readFileSync(path, "utf8")),
    executable: (statSync("fixtures/run.sh").mode & 0o111) !== 0,
  }),
  { name: "test-copy", copy: ["./fixtures/"], ...quiet },
);

export const greet = container(
  async ({ port, greeting = "hello", host = "0.0.0.0" }: { port: number; greeting?: string; host?: string }) => {
    const server = createServer((request, response) => response.end(`${greeting} ${request.url}`));
    server.listen(port, host);
    await once(server, "listening");
    console.log("listening");
    await new Promise(() => {});
  },
  { name: "test-greet", ...quiet },
);

export const idle = container(
  async (_argument: { port: number }) => await new Promise(() => setInterval(() => {}, 1000)),
  {
    name: "test-idle",
    ...quiet,
  },
);

export const interfaces = container(() => Object.keys(networkInterfaces()), { name: "test-network", ...quiet });

export function exported(x: number): number {
  return x + multiplier;
}

const twice = { name: "test-twice", ...quiet };
export const first = container(() => 1, twice);
export const second = container(() => 2, twice);
