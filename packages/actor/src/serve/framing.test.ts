import { expect, test } from "vitest";
import { frame, ok, RawClient, testActor } from "../actor.fixture.ts";

const error = (kind: string, message: string | RegExp = /./): unknown => ({
  error: kind,
  message: expect.stringMatching(message),
});

test("a byte at a time", async () => {
  const client = await RawClient.connect(await testActor());
  for (const byte of frame({ a: "é" })) client.write(byte);
  expect(await client.reply()).toEqual(ok({ a: "é" }));
});

test("many messages in one chunk, answered in their order, refused ones among them", async () => {
  const client = await RawClient.connect(await testActor("later"));
  const messages = ["1", "", "[2", "3", new Uint8Array([0xff]), "4"];
  client.socket.write(Buffer.concat(messages.map(frame)));
  const replies = [];
  for (const _ of messages) replies.push(await client.reply());
  expect(replies).toEqual([
    ok(1),
    error("empty_message"),
    error("invalid_json"),
    ok(3),
    error("invalid_encoding"),
    ok(4),
  ]);
});

test("a message of exactly the limit passes; one byte more is refused before its body, and the connection ends", async () => {
  const actor = await testActor("process", { maxMessageBytes: 100 });
  const client = await RawClient.connect(actor);
  const largest = JSON.stringify("x".repeat(98));
  expect(await client.call(largest)).toEqual(ok(JSON.parse(largest)));
  client.write(0, 0, 0, 101); // no byte of the body is sent
  expect(await client.reply()).toEqual(error("message_too_large", /101 bytes.*limit of 100/));
  expect(await client.reply()).toBeUndefined();
  expect(await (await RawClient.connect(actor)).call("1")).toEqual(ok(1));
});

test("a length of four gigabytes is refused like any other", async () => {
  const client = await RawClient.connect(await testActor());
  client.write(0xff, 0xff, 0xff, 0xff);
  expect(await client.reply()).toEqual(error("message_too_large", /4294967295/));
});

test("a client that writes on after its message was refused still gets the reply", async () => {
  const client = await RawClient.connect(await testActor("process", { maxMessageBytes: 10 }));
  const errors: Error[] = [];
  client.socket.on("error", (error) => errors.push(error));
  client.socket.write(frame("x".repeat(3_000_000)));
  expect(await client.reply()).toEqual(error("message_too_large"));
  expect(await client.reply()).toBeUndefined();
  expect(errors).toEqual([]);
});

test("what came before a message that is too large is answered", async () => {
  const client = await RawClient.connect(await testActor("later", { maxMessageBytes: 10 }));
  client.socket.write(Buffer.concat([frame("1"), frame("2"), frame("x".repeat(11))]));
  expect([await client.reply(), await client.reply()]).toEqual([ok(1), ok(2)]);
  expect(await client.reply()).toEqual(error("message_too_large"));
});

test.each<[string, number[]]>([
  ["the length", [0, 0]],
  ["the body", [0, 0, 0, 9, 0x22]],
  ["the body, before its first byte", [0, 0, 0, 9]],
])("the stream ends in %s: connection_error, and the next connection works", async (_, bytes) => {
  const actor = await testActor();
  const client = await RawClient.connect(actor);
  client.write(...bytes);
  client.socket.end();
  expect(await client.reply()).toEqual(error("connection_error", new RegExp(`${bytes.length} bytes`)));
  expect(await client.reply()).toBeUndefined();
  expect(await (await RawClient.connect(actor)).call("1")).toEqual(ok(1));
});

test("a connection that ends without a byte: empty_message", async () => {
  const client = await RawClient.connect(await testActor());
  client.socket.end();
  expect(await client.reply()).toEqual(error("empty_message", /No data/));
  expect(await client.reply()).toBeUndefined();
});

test("a client that has said all, and closes its side, gets every reply, and no more", async () => {
  const client = await RawClient.connect(await testActor("later"));
  client.send("1");
  client.send("2");
  client.socket.end();
  expect([await client.reply(), await client.reply(), await client.reply()]).toEqual([ok(1), ok(2), undefined]);
});

test.each<[string, number[]]>([
  ["a surrogate half", [0x22, 0xed, 0xa0, 0x80, 0x22]],
  ["a sequence that is cut off", [0x22, 0xe2, 0x82, 0x22]],
  ["Latin-1", [0x22, 0xe9, 0x22]],
])("%s is invalid_encoding", async (_, bytes) => {
  const client = await RawClient.connect(await testActor());
  expect(await client.call(Uint8Array.from(bytes))).toEqual(error("invalid_encoding"));
  expect(await client.call("1")).toEqual(ok(1));
});

test.each(["{", "undefined", "{'a': 1}", "1 2", "NaN", "\ufeff1", " "])("%j is invalid_json", async (text) => {
  const client = await RawClient.connect(await testActor());
  expect(await client.call(text)).toEqual(error("invalid_json"));
  expect(await client.call("1")).toEqual(ok(1));
});

test("nesting without end is answered, and the actor goes on", async () => {
  const client = await RawClient.connect(await testActor());
  const depth = 2_000_000;
  expect(await client.call("[".repeat(depth) + "]".repeat(depth))).toEqual(
    expect.objectContaining({ error: expect.stringMatching(/^(?:server_error|invalid_json)$/) }),
  );
  expect(await client.call("1")).toEqual(ok(1));
});

test("keys that could reach a prototype are ordinary data", async () => {
  const client = await RawClient.connect(await testActor());
  client.send('{"__proto__":{"polluted":1},"constructor":2}');
  expect(JSON.stringify(await client.reply())).toBe(
    '{"status":"ok","result":{"__proto__":{"polluted":1},"constructor":2}}',
  );
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

test("a message that is never finished is given up after the read timeout, and blocks nobody meanwhile", async () => {
  const actor = await testActor("process", { readTimeoutMs: 100 });
  const half = await RawClient.connect(actor);
  half.write(0, 0, 0, 5, 0x22);
  const other = await RawClient.connect(actor);
  expect(await other.call("1")).toEqual(ok(1));
  expect(await half.reply()).toEqual(error("connection_error", /100 ms/));
  expect(await half.reply()).toBeUndefined();
  expect(await other.call("2")).toEqual(ok(2)); // idle connections are left alone
});
