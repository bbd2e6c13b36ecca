import { createServer, connect, type Socket } from "node:net";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeFrame } from "@polyloom/wire";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Channels } from "./channels.ts";
import { FrameLine } from "./frame-line.ts";

let here: Socket;
let there: Socket;
let close: () => void;

beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), "line-"));
  const server = createServer().listen(join(folder, "s"));
  await once(server, "listening");
  const accepted = once(server, "connection");
  here = connect(join(folder, "s"));
  [there] = (await accepted) as [Socket];
  close = () => {
    here.destroy();
    there.destroy();
    server.close();
    rmSync(folder, { recursive: true });
  };
});

afterEach(() => close());

interface Heard {
  readonly bodies: Uint8Array[];
  readonly closed: Promise<Error | undefined>;
  count(most: number): Promise<void>;
}

function hear(line: Pick<FrameLine, "listen">): Heard {
  const bodies: Uint8Array[] = [];
  const { promise: closed, resolve } = Promise.withResolvers<Error | undefined>();
  let wake = (): void => undefined;
  line.listen((body) => {
    bodies.push(body);
    wake();
  }, resolve);
  const count = (most: number): Promise<void> =>
    new Promise((done) => {
      wake = () => bodies.length >= most && done();
      wake();
    });
  return { bodies, closed, count };
}

test("messages of all sizes arrive in their order, the large ones not copied together", async () => {
  const heard = hear(new FrameLine(there, there, 2 ** 22));
  const line = new FrameLine(here, here, 2 ** 22);
  const bodies = [0, 1, 2 ** 16, 2 ** 16 + 1, 2 ** 21].map((size) => new Uint8Array(size).fill(size & 0xff));
  for (const body of bodies) line.send(body);
  await heard.count(bodies.length);
  expect(heard.bodies.map((body) => Buffer.compare(body, bodies[heard.bodies.indexOf(body)]!))).toEqual([
    0, 0, 0, 0, 0,
  ]);
});

test("an announced length above the limit closes the line, and says so", async () => {
  const heard = hear(new FrameLine(there, there, 100));
  here.write(encodeFrame(new Uint8Array(101)));
  expect(await heard.closed).toMatchObject({ code: "frame_too_large" });
});

test("the end of the other side is told once, without an error", async () => {
  const heard = hear(new FrameLine(there, there, 100));
  here.end();
  expect(await heard.closed).toBeUndefined();
});

test("after its end a line sends nothing, and does not throw", async () => {
  const line = new FrameLine(there, there, 100);
  const heard = hear(line);
  here.destroy();
  await heard.closed;
  expect(() => line.send(new Uint8Array(1))).not.toThrow();
});

test("two channels in one line hear their own messages and no others, and both its end", async () => {
  const [mine, theirs] = [here, there].map((socket) => new Channels(new FrameLine(socket, socket, 1000)));
  const [control, worker] = [hear(theirs!.channel("control")), hear(theirs!.channel("worker"))];
  mine!.channel("control").send(Uint8Array.of(1));
  mine!.channel("worker").send(Uint8Array.of(2));
  await Promise.all([control.count(1), worker.count(1)]);
  expect([control.bodies, worker.bodies]).toEqual([[Uint8Array.of(1)], [Uint8Array.of(2)]]);
  mine!.close();
  expect(await Promise.all([control.closed, worker.closed])).toEqual([undefined, undefined]);
});
