import { FrameParser } from "@polyloom/wire";
import fc from "fast-check";
import { beforeAll, afterAll, expect, test } from "vitest";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { frame, HANDLERS } from "../actor.fixture.ts";
import { type ActorServer, serveActor } from "./actor-server.ts";

const KINDS = [
  "message_too_large",
  "empty_message",
  "invalid_json",
  "invalid_encoding",
  "connection_error",
  "server_error",
];
const MOST = 1000;

let folder: string;
let actor: ActorServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "actor-"));
  const socketPath = join(folder, "app.sock");
  actor = await serveActor({ handler: `${HANDLERS}:process`, socketPath, maxMessageBytes: MOST });
});

afterAll(async () => {
  await actor.close();
  await rm(folder, { recursive: true });
});

/** Writes chunks, closes its side, and gives all replies. */
async function exchange(
  chunks: readonly Uint8Array[],
): Promise<{ status?: string; result?: unknown; error?: string }[]> {
  const socket = connect({ path: actor.socketPath, allowHalfOpen: true });
  const parser = new FrameParser();
  const replies: Uint8Array[] = [];
  socket.on("data", (chunk) => replies.push(...parser.push(chunk)));
  // A refusal may close the connection while the rest is still being written.
  socket.on("error", () => {});
  for (const chunk of chunks) socket.write(chunk);
  socket.end();
  await new Promise((resolve) => socket.once("close", resolve));
  parser.end();
  return replies.map((reply) => JSON.parse(Buffer.from(reply).toString()) as { error?: string });
}

function cut(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const places = [0, ...at.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((place, index) => bytes.subarray(places[index], place));
}

test("any payloads, cut anywhere, come back in their order", async () => {
  const payloads = fc.array(fc.json({ maxDepth: 3 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(payloads, fc.array(fc.nat(), { maxLength: 6 }), async (texts, cuts) => {
      const short = texts.filter((text) => Buffer.byteLength(text) <= MOST);
      const replies = await exchange(cut(Buffer.concat(short.map(frame)), cuts));
      const results = short.map((text) => ({ status: "ok", result: JSON.parse(text) as unknown }));
      expect(replies).toEqual(short.length > 0 ? results : [expect.objectContaining({ error: "empty_message" })]);
    }),
    { numRuns: 100 },
  );
});

test("any bytes are answered with results and errors of the contract, and the next client is served", async () => {
  const noise = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.array(framedNoise(), { maxLength: 6 }).map(concat));
  await fc.assert(
    fc.asyncProperty(noise, fc.array(fc.nat(), { maxLength: 4 }), async (bytes, cuts) => {
      const replies = await exchange(cut(bytes, cuts));
      expect(replies.length).toBeGreaterThan(0);
      for (const { status, error } of replies) expect(status === "ok" || KINDS.includes(error!)).toBe(true);
      expect(await exchange([frame("1")])).toEqual([{ status: "ok", result: 1 }]);
    }),
    { numRuns: 100 },
  );
});

test("the frame parser answers for every byte: bodies, a refusal, or an end in the middle", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(), { maxLength: 6 }), (bytes, cuts) => {
      const parser = new FrameParser({ maxBytes: 50 });
      let taken = 0;
      try {
        for (const chunk of cut(bytes, cuts)) for (const body of parser.push(chunk)) taken += 4 + body.byteLength;
        parser.end();
        expect(taken).toBe(bytes.byteLength);
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^frame_(?:too_large|invalid)$/) });
      }
    }),
    { numRuns: 1000 },
  );
});

/** Frames whose bodies, and now and then lengths, are wrong. */
function framedNoise(): fc.Arbitrary<Uint8Array> {
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.json().map((text) => Buffer.from(text)),
  );
  const lie = fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: -3, max: 3000 }) },
  );
  return fc.tuple(bodies, lie).map(([body, off]) => {
    const bytes = frame(body);
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, Math.max(0, body.byteLength + off));
    return bytes;
  });
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}
