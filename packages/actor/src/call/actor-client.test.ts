import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { frame, temporaryFolder, testActor } from "../actor.fixture.ts";
import { connectActor } from "./actor-client.ts";

test("gives results, and any number of calls at once", async () => {
  await using client = await connectActor((await testActor("later")).socketPath);
  expect(await client.call({ a: 1 })).toEqual({ a: 1 });
  expect(await client.call(undefined)).toBeNull();
  const payloads = Array.from({ length: 300 }, (_, n) => n);
  expect(await Promise.all(payloads.map((n) => client.call(n)))).toEqual(payloads);
});

test("an error reply is actor_failed, with its kind and its type", async () => {
  await using client = await connectActor((await testActor("fail")).socketPath);
  await expect(client.call(1)).rejects.toMatchObject({
    code: "actor_failed",
    message: "The actor answered processing_error: no weights for 1",
    details: { error: "processing_error", type: "ModelError" },
  });
});

test("a payload that JSON cannot hold is refused before it is sent", async () => {
  await using client = await connectActor((await testActor()).socketPath);
  await expect(client.call(() => 1)).rejects.toMatchObject({ code: "not_transferable" });
  await expect(client.call(1n)).rejects.toMatchObject({ code: "not_transferable" });
  expect(await client.call(1)).toBe(1);
});

test("an abort ends the wait; later replies still find their calls", async () => {
  await using client = await connectActor((await testActor("gate")).socketPath);
  const abort = new AbortController();
  const aborted = client.call({ wait: "aborted" }, { signal: abort.signal });
  await new Promise((resolve) => setImmediate(resolve));
  abort.abort(new Error("enough"));
  await expect(aborted).rejects.toThrow("enough");
  expect(await client.call({ open: "aborted" })).toEqual({ opened: "aborted" });
  await expect(client.call({}, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
});

test("where nobody listens it is actor_unreachable, with the path", async () => {
  const path = join(await temporaryFolder(), "none.sock");
  await expect(connectActor(path)).rejects.toMatchObject({ code: "actor_unreachable", details: { path } });
});

test("a connection that breaks fails the open calls, and the next call opens another", async () => {
  const actor = await testActor("process", { maxMessageBytes: 10 });
  await using client = await connectActor(actor.socketPath);
  await expect(client.call("x".repeat(20))).rejects.toMatchObject({ details: { error: "message_too_large" } });
  await expect.poll(() => client.call(1).catch(() => "broken")).toBe(1);
  await actor.close();
  await expect(client.call(1)).rejects.toMatchObject({ code: "actor_unreachable" });
});

test("a closed client is closed: open calls and later ones reject", async () => {
  const client = await connectActor((await testActor("gate")).socketPath);
  const open = client.call({ wait: "for ever" }).catch((error: unknown) => error);
  await new Promise((resolve) => setImmediate(resolve));
  await client.close();
  await client.close();
  expect(await open).toMatchObject({ code: "actor_unreachable" });
  await expect(client.call(1)).rejects.toThrow("The client was closed.");
});

test.each([
  ["no JSON", "{", "decode_failed"],
  ["neither result nor error", "{}", "decode_failed"],
  ["a frame that is too large", "x".repeat(101), "frame_too_large"],
])("a server that answers %s", async (_, reply, code) => {
  const path = join(await temporaryFolder(), "odd.sock");
  const server = createServer((socket) => socket.on("data", () => socket.write(frame(reply)))).listen(path);
  onTestFinished(() => void server.close());
  await using client = await connectActor(path, { maxReplyBytes: 100 });
  await expect(client.call(1)).rejects.toMatchObject({ code });
});
