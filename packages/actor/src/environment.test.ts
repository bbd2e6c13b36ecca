import { expect, test } from "vitest";
import { readEnvironment } from "./environment.ts";
import { settingsOf } from "./options.ts";

const handler = "./handler.js:process";

test("the seed's variables and defaults", () => {
  expect(settingsOf(readEnvironment({ ASYA_PROCESS_MODULE: handler }))).toMatchObject({
    handler,
    socketPath: "/tmp/sockets/app.sock",
    maxMessageBytes: 10_485_760,
    socketMode: 0o666,
    handlerMode: undefined,
    validateEnvelopes: true,
  });
});

test("every variable", () => {
  const options = readEnvironment({
    ASYA_PROCESS_MODULE: handler,
    ASYA_SOCKET_PATH: "/run/a.sock",
    ASYA_MAX_MESSAGE_SIZE: "100",
    ASYA_SOCKET_CHMOD: "0o660",
    ASYA_HANDLER_MODE: "envelope",
    ASYA_ENABLE_VALIDATION: "False",
    ACTOR_CONCURRENCY: "1",
    ACTOR_MAX_QUEUE: "2",
    ACTOR_MAX_CONNECTIONS: "3",
    ACTOR_READ_TIMEOUT_MS: "4",
    ACTOR_SHUTDOWN_MS: "5",
    ACTOR_MEMORY_MB: "64",
  });
  const text = {
    handler,
    socketPath: "/run/a.sock",
    handlerMode: "envelope",
    validateEnvelopes: false,
    socketMode: 0o660,
  };
  const numbers = {
    maxMessageBytes: 100,
    concurrency: 1,
    maxQueue: 2,
    maxConnections: 3,
    readTimeoutMs: 4,
    shutdownMs: 5,
    memoryMB: 64,
  };
  expect(options).toEqual({ ...text, ...numbers });
  expect(settingsOf(options)).toMatchObject(options);
});

test("an empty variable counts as unset, but for the permissions, which it leaves alone", () => {
  const empty = { ASYA_SOCKET_PATH: "", ASYA_MAX_MESSAGE_SIZE: "", ASYA_HANDLER_MODE: "", ASYA_SOCKET_CHMOD: "" };
  expect(readEnvironment({ ASYA_PROCESS_MODULE: handler, ...empty })).toEqual({ handler, socketMode: null });
});

test.each([
  [{}, /Set ASYA_PROCESS_MODULE to a handler such as/],
  [{ ASYA_MAX_MESSAGE_SIZE: "10MB" }, /ASYA_MAX_MESSAGE_SIZE .* "10MB"/],
  [{ ASYA_MAX_MESSAGE_SIZE: "-1" }, /ASYA_MAX_MESSAGE_SIZE/],
  [{ ASYA_SOCKET_CHMOD: "rw" }, /ASYA_SOCKET_CHMOD .* octal/],
  [{ ASYA_HANDLER_MODE: "both" }, /ASYA_HANDLER_MODE .* payload or envelope/],
  [{ ASYA_ENABLE_VALIDATION: "perhaps" }, /ASYA_ENABLE_VALIDATION/],
])("%j is refused", (env, message) => {
  const all = message.source.startsWith("Set") ? env : { ASYA_PROCESS_MODULE: handler, ...env };
  expect(() => readEnvironment(all)).toThrow(
    expect.objectContaining({ code: "invalid_option", message: expect.stringMatching(message) }),
  );
});

test.each([
  [{ maxMessageBytes: 0 }, /maxMessageBytes has to be a whole number from 1/],
  [{ concurrency: 1.5 }, /concurrency/],
  [{ socketMode: 0o1000 }, /socketMode/],
  [{ socketPath: `/tmp/${"x".repeat(120)}` }, /socketPath has to be at most/],
  [{ handlerMode: "both" as "payload" }, /handlerMode/],
  [{ readTimeOutMs: 3 }, /no option readTimeOutMs; there are handler/],
])("options %j are refused", (options, message) => {
  expect(() => settingsOf({ handler, ...options })).toThrow(message);
});
