/** The export conditions that this process was started with, for bundles to resolve packages as it does. */
export function conditions(): string[] {
  const options = [...process.execArgv, ...(process.env["NODE_OPTIONS"] ?? "").split(" ")];
  return options.flatMap((option, index) => {
    if (option === "-C" || option === "--conditions") return options[index + 1] ?? [];
    return /^--conditions=(.+)$/.exec(option)?.[1] ?? [];
  });
}
