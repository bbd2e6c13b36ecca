import { median } from "./median.ts";
import { installPeer } from "./install-peer.ts";
import type { PeerSample } from "./peers/jobs.ts";
import type { Progress } from "./progress.ts";
import { runProgram } from "./run-program.ts";

/** Another engine: its driver is `peers/<name>.ts`, and `packages` are installed for it, the engine first. */
export interface Peer {
  readonly name: string;
  readonly packages: readonly (readonly [name: string, version: string])[];
}

/** What was measured of an engine, in microseconds; or why nothing was. */
export interface PeerFigure extends Partial<PeerSample> {
  readonly name: string;
  readonly version: string;
  readonly error?: string;
}

const ZOD = ["zod", "4.6.7"] as const;

/** The engines that are measured beside Polyloom, at versions that their drivers were written for. */
export const PEERS: readonly Peer[] = [
  { name: "p-graph", packages: [["p-graph", "2.0.0"]] },
  { name: "mastra", packages: [["@mastra/core", "1.71.0"], ZOD] },
  { name: "langgraph", packages: [["@langchain/langgraph", "1.4.10"], ["@langchain/core", "1.2.13"], ZOD] },
];

/** Installs the peers and measures them; one that cannot be installed or fails says so in its figure. */
export async function measurePeers(processes: number, progress: Progress): Promise<PeerFigure[]> {
  const figures = [await measure("polyloom", "this checkout", processes, progress)];
  for (const { name, packages } of PEERS) {
    const [, version] = packages[0]!;
    progress.busy(`installing ${name} ${version}`);
    const problem = installPeer(name, packages);
    figures.push(
      problem === undefined ? await measure(name, version, processes, progress) : { name, version, error: problem },
    );
  }
  return figures;
}

async function measure(name: string, version: string, processes: number, progress: Progress): Promise<PeerFigure> {
  const samples: PeerSample[] = [];
  try {
    for (let done = 0; done < processes; done++) {
      progress.at(name, done, processes);
      samples.push((await runProgram(`./peers/${name}.ts`)) as PeerSample);
    }
  } catch (error) {
    return { name, version, error: (error as Error).message };
  }
  const loops = samples.flatMap(({ loop }) => loop ?? []);
  return {
    name,
    version,
    chain100: median(samples.map(({ chain100 }) => chain100)),
    chain1000: median(samples.map(({ chain1000 }) => chain1000)),
    ...(loops.length > 0 && { loop: median(loops) }),
  };
}
