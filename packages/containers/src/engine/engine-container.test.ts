import { once } from "node:events";

import { expect, test } from "vitest";

import { startScript, testEngine, testImage, withEngine } from "../engine.fixture.ts";

withEngine("a container", () => {
  test("that ends well is an end without an error, with its output parted", async () => {
    const seen: string[] = [];
    const onLog = (stream: string, chunk: Uint8Array): void =>
      void seen.push(`${stream} ${Buffer.from(chunk).toString()}`);
    const container = await startScript("console.log('to out'); console.error('to err')", { onLog });
    const end = await container.ended;
    expect(end).toEqual({ kind: "exited", exitCode: 0, childOutOfMemory: false });
    expect(container.errorOf(end)).toBeUndefined();
    expect(seen.sort()).toEqual(["stderr to err\n", "stdout to out\n"]);
  });

  test("that exits with another code fails with its last lines, its id and its limits", async () => {
    const container = await startScript("console.error('no such table'); process.exit(3)", {
      limits: { memory: "64m" },
    });
    const error = container.errorOf(await container.ended);
    expect(error).toMatchObject({ code: "container_failed", message: expect.stringContaining("exited with code 3") });
    expect(error?.message).toContain("no such table");
    expect(error?.details).toMatchObject({ containerId: container.id, limits: { memory: 64 * 2 ** 20, pids: 128 } });
  });

  test("takes what is written to its stdin, and gives its stdout as a stream", async () => {
    const container = await startScript("process.stdin.pipe(process.stdout)", { stdin: true, stdout: "stream" });
    container.stdin.end("across and back");
    const chunks = await container.stdout.toArray();
    expect(Buffer.concat(chunks).toString()).toBe("across and back");
    expect(await container.ended).toMatchObject({ kind: "exited", exitCode: 0 });
    expect(container.logs.totalBytes).toBe(0);
  });

  test("keeps the pace of a slow reader, and loses nothing of 20 MB", async () => {
    const script = "const b = Buffer.alloc(1 << 20, 7); for (let i = 0; i < 20; i++) process.stdout.write(b)";
    const container = await startScript(script, { stdout: "stream" });
    let bytes = 0;
    for await (const chunk of container.stdout) bytes += (chunk as Buffer).length;
    expect(bytes).toBe(20 * 2 ** 20);
    await container.ended;
  });

  test("that goes beyond its memory is out of memory", async () => {
    const script = "const kept = []; for (;;) kept.push(Buffer.alloc(8 << 20, 1))";
    const container = await startScript(script, { limits: { memory: "128m" } });
    const end = await container.ended;
    expect(end).toMatchObject({ kind: "out-of-memory", where: "container", exitCode: 137 });
    expect(container.errorOf(end)).toMatchObject({
      code: "out_of_memory",
      message: expect.stringContaining("134217728"),
    });
  });

  test("that fills its JavaScript heap says so", async () => {
    const command = ["/usr/local/bin/node", "--max-old-space-size=20", "-e", "const a = []; for (;;) a.push({ a })"];
    const container = await startScript("", { command, limits: { memory: "256m" } });
    expect(await container.ended).toMatchObject({ kind: "out-of-memory", where: "heap" });
  });

  test("of which a child went beyond the memory says so, though it ended well itself", async () => {
    const hog = "const kept = []; for (;;) kept.push(Buffer.alloc(8 << 20, 1))";
    const script = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(hog)}]).on("exit", () => process.exit(0))`;
    const container = await startScript(script, { limits: { memory: "128m" } });
    const end = await container.ended;
    expect(end).toEqual({ kind: "exited", exitCode: 0, childOutOfMemory: true });
    expect(container.errorOf(end)?.code).toBe("out_of_memory");
  });

  test("that takes too long is killed", async () => {
    const container = await startScript("for (;;);", { limits: { timeoutMs: 300 } });
    const end = await container.ended;
    expect(end).toMatchObject({ kind: "ended-here", reason: "timeout" });
    expect(container.errorOf(end)).toMatchObject({
      code: "container_timeout",
      message: expect.stringContaining("300 ms"),
    });
  });

  test("that writes too much is killed, and what was written before is kept", async () => {
    const script = "for (;;) require('node:fs').writeSync(1, 'x'.repeat(1000) + '\\n')";
    const container = await startScript(script, { limits: { outputBytes: "100k" } });
    const end = await container.ended;
    expect(container.errorOf(end)?.code).toBe("output_limit_exceeded");
    expect(container.logs.totalBytes).toBeGreaterThan(0);
    expect(container.logs.totalBytes).toBeLessThanOrEqual(100 * 1024);
  });

  test("that is killed from outside says by which signal", async () => {
    const container = await startScript("console.log('up'); setInterval(() => {}, 1000)");
    await testEngine().docker.getContainer(container.id).kill({ signal: "SIGKILL" });
    const end = await container.ended;
    expect(end).toEqual({ kind: "killed", signal: "SIGKILL", exitCode: 137 });
    expect(container.errorOf(end)?.code).toBe("container_killed");
  });

  test("that is removed from outside says so", async () => {
    const container = await startScript("setInterval(() => {}, 1000)");
    await testEngine().docker.getContainer(container.id).remove({ force: true });
    const end = await container.ended;
    // The engine says first that it was killed; that it was removed as well may be told too late.
    expect(["container_removed", "container_killed"]).toContain(container.errorOf(end)?.code);
  });

  test("is stopped with SIGTERM, and is no failure of its own", async () => {
    const up = Promise.withResolvers<void>();
    const container = await startScript("console.log('up'); setInterval(() => {}, 1000)", {
      onLog: () => up.resolve(),
    });
    await up.promise;
    expect(await container.stop()).toMatchObject({ kind: "ended-here", reason: "stopped", exitCode: 143 });
  });

  test("is discarded in any state, and any number of times", async () => {
    const created = await testEngine().create({ image: await testImage() });
    expect(await created.discard()).toMatchObject({ kind: "ended-here", reason: "stopped" });
    await created.discard();
    const started = await startScript("setInterval(() => {}, 1000)");
    await Promise.all([started.discard(), started.discard(), started.kill()]);
    await started.discard();
  });

  test("whose command does not exist has not started", async () => {
    const container = await startScript("", { command: ["/no/such/program"] });
    const error = container.errorOf(await container.ended);
    expect(error).toMatchObject({
      code: "container_start_failed",
      message: expect.stringContaining("/no/such/program"),
    });
  });

  test("with a file in the place of a folder fails to start, and nothing of it is left", async () => {
    const mounts = [{ source: import.meta.filename, target: "/app/node_modules" }];
    const spec = { image: await testImage(), mounts };
    const container = await testEngine().create(spec);
    await expect(container.start()).rejects.toMatchObject({ code: "container_start_failed" });
    await container.ended;
    await expect(testEngine().docker.getContainer(container.id).inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  test("of an image that is not there is refused with its name", async () => {
    await expect(testEngine().create({ image: "polyloom/absent:1" })).rejects.toMatchObject({ code: "image_missing" });
  });

  test("sees the end of its input when its stdin is closed", async () => {
    const container = await startScript("process.stdin.resume().on('end', () => process.exit(7))", { stdin: true });
    container.stdin.end();
    expect(await container.ended).toMatchObject({ exitCode: 7 });
  });

  test("has a port on the loopback of the host", async () => {
    const script = "require('node:http').createServer((q, a) => a.end('hello')).listen(8080, () => console.log('up'))";
    const listening = Promise.withResolvers<void>();
    const options = {
      profile: { network: "bridge" },
      ports: [{ containerPort: 8080 }],
      onLog: () => listening.resolve(),
    };
    await using container = await startScript(script, options);
    await listening.promise;
    const port = await container.hostPort(8080);
    expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe("hello");
  });

  test("that closed its own output is waited for", async () => {
    const script =
      "const fs = require('node:fs'); fs.closeSync(1); fs.closeSync(2); setTimeout(() => process.exit(5), 1500)";
    const container = await startScript(script);
    expect(await container.ended).toMatchObject({ kind: "exited", exitCode: 5 });
  });

  test("leaves no handle behind", async () => {
    const container = await startScript("");
    await container.ended;
    await once(process, "beforeExit", { signal: AbortSignal.timeout(1) }).catch(() => {});
    const resources = process.getActiveResourcesInfo().filter((name) => name === "Timeout");
    expect(resources.length).toBeLessThanOrEqual(3);
  });
});
