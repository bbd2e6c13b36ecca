import { ContainerEngine, offlineBaseImage, resolveLimits, secureDefaults } from "@polyloom/containers";
import { type NodeDefinition, Workflow } from "@polyloom/core";
import { DockerRuntime, type DockerRuntimeOptions } from "@polyloom/runtime-docker";
import { encode } from "@polyloom/wire";
import { interleaveValues } from "../interleave.ts";
import { printSamples, type Sample } from "../sample.ts";
import { startEcho } from "./docker-echo-client.ts";
import { echoNumbers, echoText, wait } from "./docker-nodes.ts";

const TEXT = { rows: "x".repeat(1024) };
const NUMBERS = { numbers: new Float64Array(10 * 2 ** 17).map((_, at) => at) };

const engine = await ContainerEngine.connect();
const echo = await startEcho();
printSamples(
  await warm("docker-warm", echoText, TEXT, 5_000, { transport: "socket" }),
  await warm("docker-warm-10mb", echoNumbers, NUMBERS, 10, { transport: "socket", docker: { memory: "1g" } }),
  await warm("docker-stdio", echoText, TEXT, 1_000, { transport: "stdio" }),
  await cold(),
  await four(),
);
echo.close();

/** Call after call in one run, as the iterations of a cycle; milliseconds a call. */
async function warm(
  row: string,
  node: NodeDefinition<never, object>,
  input: object,
  calls: number,
  options: DockerRuntimeOptions,
): Promise<Sample> {
  await using runtime = new DockerRuntime({ maxContainers: 1, connectionValidation: "off", ...options });
  const [port] = Object.keys(input) as [string];
  const flow = new Workflow(row);
  flow.addNode("echo", node, input as never);
  flow.createCycle("calls").connect(`echo.${port}`, `echo.${port}`).maxIterations(calls).build();
  const body = encode(input);
  const times = await interleaveValues(
    { warmUp: 3, rounds: 7 },
    {
      floor: () =>
        perCall(calls, async () => {
          for (let call = 0; call < calls; call++) await echo.call(body);
        }),
      ours: () => perCall(calls, () => runtime.execute(flow)),
    },
  );
  return { row, ...times };
}

/** A container for each call, beside the bare requests for one that starts Node and ends. */
async function cold(): Promise<Sample> {
  const image = await offlineBaseImage(engine);
  const HostConfig = { ...secureDefaults({ limits: resolveLimits() }, engine.facts), AutoRemove: false };
  await using runtime = new DockerRuntime({ maxContainers: 1, docker: { isolation: "container" } });
  const flow = new Workflow("cold");
  flow.addNode("echo", echoText, TEXT);
  const floor = async (): Promise<void> => {
    const Entrypoint = ["node", "-e", "0"];
    const container = await engine.docker.createContainer({
      Image: image,
      Entrypoint,
      User: "65534:65534",
      HostConfig,
    });
    await container.start();
    await container.wait();
    await container.remove();
  };
  const subjects = { floor: () => perCall(1, floor), ours: () => perCall(1, () => runtime.execute(flow)) };
  return { row: "docker-cold", ...(await interleaveValues({ warmUp: 1, rounds: 5 }, subjects)) };
}

/** The same calls in four containers and in one. */
async function four(): Promise<Sample> {
  await using one = new DockerRuntime({ maxContainers: 1 });
  await using many = new DockerRuntime({ maxContainers: 4 });
  const flow = new Workflow("four");
  flow.addMap("wait", wait, { each: { ms: Array.from({ length: 40 }, () => 20) } } as never);
  const subjects = {
    floor: () => perCall(1, () => one.execute(flow)),
    ours: () => perCall(1, () => many.execute(flow)),
  };
  return { row: "docker-four", ...(await interleaveValues({ warmUp: 2, rounds: 5 }, subjects)) };
}

async function perCall(calls: number, work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / calls;
}
