import { expect, test } from "vitest";
import { ok, RawClient, testActor } from "../actor.fixture.ts";

test("out of memory: what had begun fails, and the queue goes on with a new thread", { timeout: 30_000 }, async () => {
  const actor = await testActor("hoard", { memoryMB: 64 });
  const clients = await Promise.all([1, 2, 3].map(() => RawClient.connect(actor)));
  const [hoarder, first, second] = clients as [RawClient, RawClient, RawClient];
  expect(await hoarder.call({})).toEqual(ok({}));
  hoarder.send({ hoard: "objects" });
  first.send({ text: "x".repeat(100_000) }); // past the ring
  second.send({ text: "small" });
  expect(await hoarder.reply()).toEqual({ error: "out_of_memory", message: expect.stringContaining("memory") });
  expect(await first.reply()).toEqual(ok({ text: "x".repeat(100_000) }));
  expect(await second.reply()).toEqual(ok({ text: "small" }));
});

test("out of memory by one array, one map, or buffers is survived as well", { timeout: 60_000 }, async () => {
  const client = await RawClient.connect(await testActor("hoard", { memoryMB: 64 }));
  for (const kind of ["numbers", "map", "buffers"]) {
    expect(await client.call({ hoard: kind })).toMatchObject({ error: "out_of_memory" });
    expect(await client.call({})).toEqual(ok({}));
  }
});

test("a handler that ends its thread fails its call, and no other", async () => {
  const client = await RawClient.connect(await testActor("exit"));
  client.send({ code: 3 });
  client.send({ a: 1 });
  const message = "The handler ended its thread with exit code 3.";
  expect(await client.reply()).toEqual({ error: "processing_error", message, type: "ProcessExit" });
  expect(await client.reply()).toEqual(ok({ a: 1 }));
});

test("an exception beside a call fails it with that exception", async () => {
  const client = await RawClient.connect(await testActor("throwAside"));
  const error = { error: "processing_error", message: "thrown beside the call", type: "TypeError" };
  expect(await client.call({ aside: true })).toEqual(error);
  expect(await client.call({})).toEqual(ok({}));
});

test("asynchronous calls run at once up to the limit, and replies on one connection keep their order", async () => {
  const actor = await testActor("gate", { concurrency: 2 });
  const client = await RawClient.connect(actor);
  client.send({ wait: "a" });
  client.send({ open: "a" }); // answered only because the first call does not hold the second up
  expect(await client.reply()).toEqual(ok({ waited: "a" }));
  expect(await client.reply()).toEqual(ok({ opened: "a" }));
});

test("with a concurrency of 1 a call begins when the one before has ended", async () => {
  const actor = await testActor("ordered", { concurrency: 1 });
  const clients = await Promise.all([1, 2, 3, 4].map(() => RawClient.connect(actor)));
  const replies = await Promise.all(clients.map((client, n) => client.call({ n })));
  expect(replies).toEqual(clients.map((_, n) => ok({ n, running: 1 })));
});

test("a full queue holds connections back, and answers all of them in the end", async () => {
  const actor = await testActor("later", { maxQueue: 3, concurrency: 2 });
  const clients = await Promise.all(Array.from({ length: 20 }, () => RawClient.connect(actor)));
  for (const client of clients) for (let n = 0; n < 20; n++) client.send({ n });
  for (const client of clients) for (let n = 0; n < 20; n++) expect(await client.reply()).toEqual(ok({ n }));
});

test("a queue of one lets no second call in, whatever the concurrency", async () => {
  const actor = await testActor("ordered", { maxQueue: 1, concurrency: 4 });
  const clients = await Promise.all([1, 2, 3, 4].map(() => RawClient.connect(actor)));
  const replies = await Promise.all(clients.map((client, n) => client.call({ n })));
  expect(replies).toEqual(clients.map((_, n) => ok({ n, running: 1 })));
});

test("a slow reader holds up itself only, and gets all its replies", async () => {
  const actor = await testActor();
  const [slow, other] = [await RawClient.connect(actor), await RawClient.connect(actor)];
  slow.socket.pause();
  const text = "x".repeat(100_000);
  for (let n = 0; n < 50; n++) slow.send({ n, text });
  expect(await other.call("1")).toEqual(ok(1));
  slow.socket.resume();
  for (let n = 0; n < 50; n++) expect(await slow.reply()).toEqual(ok({ n, text }));
});

test("a client that goes away in the middle of its calls disturbs nobody", async () => {
  const actor = await testActor("gate");
  const [gone, other] = [await RawClient.connect(actor), await RawClient.connect(actor)];
  gone.send({ wait: "gone" });
  gone.socket.destroy();
  expect(await other.call({ open: "missing" })).toMatchObject({ error: "processing_error", type: "TypeError" });
  expect(await other.call({ open: "gone" })).toEqual(ok({ opened: "gone" }));
});
