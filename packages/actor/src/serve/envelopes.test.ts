import { expect, test } from "vitest";
import { RawClient, testActor } from "../actor.fixture.ts";

const route = { actors: ["a", "b"], current: 0 };

test("the sidecar's exchange: a connection, an envelope, a list of envelopes, the end", async () => {
  const actor = await testActor("process", { handlerMode: "payload" });
  for (const n of [1, 2]) {
    const client = await RawClient.connect(actor);
    client.send({ id: "x", payload: { n }, route });
    client.send({ never: "read" });
    expect(await client.reply()).toEqual([{ payload: { n }, route: { ...route, current: 1 } }]);
    expect(await client.reply()).toBeUndefined();
  }
});

test("what is wrong with a frame is told as the sidecar knows it", async () => {
  const actor = await testActor("process", { handlerMode: "envelope", maxMessageBytes: 10 });
  const replyTo = async (send: (client: RawClient) => void): Promise<unknown> => {
    const client = await RawClient.connect(actor);
    send(client);
    return client.reply();
  };
  const parsing = (type: string): unknown => [
    { error: "msg_parsing_error", details: { message: expect.any(String), type } },
  ];
  expect(await replyTo((client) => client.send(""))).toEqual(parsing("empty_message"));
  expect(await replyTo((client) => client.write(0, 0, 0, 11))).toEqual(parsing("message_too_large"));
  expect(await replyTo((client) => client.send(new Uint8Array([0xff])))).toEqual(parsing("invalid_encoding"));
  expect(await replyTo((client) => client.send("{"))).toEqual(parsing("JSONDecodeError"));
  expect(await replyTo((client) => client.socket.end(new Uint8Array([0, 0])))).toEqual([
    { error: "connection_error", details: { message: expect.any(String), type: "connection_error" } },
  ]);
});
