import { PolyloomError } from "@polyloom/wire";

/** The port in the first of some arguments, where that is an object which names one; throws container_options_invalid. */
export function portOf(args: readonly unknown[]): number | undefined {
  const [first] = args;
  if (typeof first !== "object" || first === null || Array.isArray(first)) return undefined;
  const { port } = first as { port?: unknown };
  if (port === undefined) return undefined;
  if (typeof port === "number" && Number.isInteger(port) && port > 0 && port < 65_536) return port;
  const message = `port is ${JSON.stringify(port)}; it takes a whole number from 1 to 65535.`;
  throw new PolyloomError("container_options_invalid", message, { details: { option: "port", value: port } });
}
