import { interleave } from "../interleave.ts";

/** Iterations of the loop. */
export const ITERATIONS = 1000;

/** What a driver measures: microseconds a node of two chains, and an iteration of a loop where the engine has loops. */
export interface PeerSample {
  readonly chain100: number;
  readonly chain1000: number;
  readonly loop?: number;
}

/** One run of a job; gives the value at its end. */
export type Job = () => Promise<number>;

/** Times the jobs in turn, and hands the figures to the process that started this one. */
export async function printJobs(jobs: { readonly chain: (nodes: number) => Job; readonly loop?: Job }): Promise<void> {
  const { loop } = jobs;
  const [short, long] = [jobs.chain(100), jobs.chain(1000)];
  const times = await interleave(
    { warmUp: 10, rounds: 7 },
    { chain100: () => run(short, 100), chain1000: () => run(long, 1000), loop: () => loop && run(loop, ITERATIONS) },
  );
  const perNode = { chain100: times.chain100 * 10, chain1000: times.chain1000 };
  const sample: PeerSample = loop ? { ...perNode, loop: (times.loop * 1000) / ITERATIONS } : perNode;
  console.log(JSON.stringify(sample));
  // Some engines leave timers behind.
  process.exit();
}

async function run(job: Job, expected: number): Promise<void> {
  const value = await job();
  if (value !== expected) throw new Error(`the answer is ${value}, not ${expected}`);
}
